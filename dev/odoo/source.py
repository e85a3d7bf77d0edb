"""Odoo 19's own source, from the first of these that there is:

1. the checkout that `ODOO_HOME` names;
2. what an earlier run has fetched;
3. Odoo's public git repository, where it can be reached: its branch 19.0, without the history;
4. Debian's package `odoo-19`. It is unpacked, not installed: its dependencies are those of Debian
   unstable, ours come from PyPI.

Standard library only: the bootstrap runs this file with the machine's own Python.
"""

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.env.debian import Archive, machine_suite
from dev.env.folders import cache, digest, fresh_folder
from dev.env.locks import lock
from dev.env.progress import Problem, say, step

SERIES = '19.0'

PUBLIC_REPOSITORY = 'https://github.com/odoo/odoo.git'
#: Seconds within which the public repository has to answer.
PROBE_TIMEOUT = 10

#: Where Debian has the package `odoo`. A clone is put there too: the Python environment names the
#: folder before anything is in it, so it must not depend on the way that Odoo comes.
PACKAGES = 'usr/lib/python3/dist-packages'

#: Web files that Debian's build of Odoo replaces by links into these packages.
LINKED_PACKAGES = (
    'fonts-font-awesome',
    'fonts-inconsolata',
    'fonts-ocr-b',
    'fonts-roboto-unhinted',
    'libjs-jquery',
    'libjs-jquery-form',
    'libjs-underscore',
)
#: The last suite in which all of them have the files that Odoo links to.
SUITE_OF_LINKED_PACKAGES = 'bookworm'


def python_path() -> Path:
    """Return the folder that holds the package `odoo`, whether it is there yet or not.

    :raise Problem: `ODOO_HOME` is set to something that is not Odoo 19
    """
    given = os.environ.get('ODOO_HOME')
    return _checkout(Path(given)) if given else _kept() / PACKAGES


def addons_path() -> Path:
    """Return the folder of Odoo's own addons: in a checkout it lies beside the package.

    Debian has them in the package; what lies beside it there is the Python files alone.
    """
    inside = python_path() / 'odoo/addons'
    return inside if (inside / 'payment').is_dir() else python_path() / 'addons'


def ensure() -> None:
    """Fetch Odoo, unless that was done before or `ODOO_HOME` is set.

    :raise Problem: it can't be fetched; the text says what to do instead
    """
    if os.environ.get('ODOO_HOME'):
        return
    with lock('odoo'):
        if not _kept().exists() and not (_can_be_cloned() and _clone(_kept())):
            _download(_kept())


def version() -> str:
    """Return a text that changes when the Odoo that is used does."""
    home = python_path()
    head = subprocess.run(
        ['git', '-C', home, 'rev-parse', 'HEAD'], capture_output=True, text=True, check=False
    )
    built = (home / 'odoo/release.py').stat().st_mtime_ns
    return digest([str(home), head.stdout, str(built)])


def _kept() -> Path:
    return cache() / f'odoo-{SERIES}'


def _can_be_cloned() -> bool:
    """Tell whether the public repository answers. Nobody is asked for a password."""
    branch = ['git', 'ls-remote', '--exit-code', '--heads', PUBLIC_REPOSITORY, SERIES]
    try:
        answer = subprocess.run(
            branch,
            timeout=PROBE_TIMEOUT,
            capture_output=True,
            check=False,
            env={**os.environ, 'GIT_TERMINAL_PROMPT': '0'},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _clone(target: Path) -> bool:
    """Clone the branch's latest commit; tell whether that worked."""
    options = ['--quiet', '--depth=1', f'--branch={SERIES}']
    try:
        with step(f'cloning Odoo {SERIES}'), fresh_folder(target) as folder:
            clone = ['git', 'clone', *options, PUBLIC_REPOSITORY, folder / PACKAGES]
            subprocess.run(clone, check=True)
            _checkout(folder)
    except (subprocess.CalledProcessError, Problem):
        say("  it did not work: Debian's package comes instead")
        return False
    return True


def _checkout(home: Path) -> Path:
    folder = home.expanduser().resolve()
    for candidate in (folder, folder.parent, folder / PACKAGES):
        release = candidate / 'odoo/release.py'
        if not release.is_file():
            continue
        found = re.search(r'^version_info = \((\d+), (\d+)', release.read_text(), re.MULTILINE)
        if found and '.'.join(found.groups()) == SERIES:
            return candidate
    raise Problem(f'ODOO_HOME={home} is no checkout of Odoo {SERIES}: see odoo/release.py.')


def _download(target: Path) -> None:
    with fresh_folder(target) as root, TemporaryDirectory(dir=cache(), prefix='apt-') as state:
        unstable = Archive('unstable', Path(state))
        with step(f'downloading Odoo {SERIES} (123 MB)'):
            packages = [unstable.download(name) for name in ('odoo-19', 'fonts-montserrat')]
        with step('unpacking Odoo (1.2 GB)'):
            for package in packages:
                _unpack(package, root)
        with step('fonts and scripts that Odoo links to'):
            _resolve_links(root, Path(state))


def _resolve_links(root: Path, state: Path) -> None:
    for suite in dict.fromkeys((machine_suite(), SUITE_OF_LINKED_PACKAGES)):
        archive = Archive(suite, state)
        for name in LINKED_PACKAGES:
            _unpack(archive.download(name), root)
        if not (dangling := _dangling_links(root)):
            return
    names = ', '.join(str(path.relative_to(root)) for path in dangling[:5])
    raise Problem(f'Debian has no package for {len(dangling)} files that Odoo links to: {names} …')


def _unpack(package: Path, root: Path) -> None:
    subprocess.run(['dpkg', '-x', package, root], check=True)


def _dangling_links(root: Path) -> list[Path]:
    links = (path for path in root.rglob('*') if path.is_symlink())
    return [path for path in links if not path.exists()]
