"""Single packages of a Debian suite, fetched by apt's own client.

The client gets a sources file and state folders of its own, so the machine's apt is untouched and
nobody needs to be root. The mirror is the one that the machine itself uses.
Standard library only: the bootstrap runs this file with the machine's own Python.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from dev.env.progress import Problem

KEYRINGS = tuple(
    Path('/usr/share/keyrings') / f'debian-archive-keyring.{suffix}' for suffix in ('gpg', 'pgp')
)
APT_SOURCES = Path('/etc/apt')
#: How one line of a sources file or one stanza of a .sources file names an archive.
SOURCE = re.compile(r'^(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+)', re.MULTILINE)


class Archive:
    """One suite of the machine's Debian mirror.

    :param suite: the suite's name, e.g. `unstable`
    :param folder: an empty folder for the client's state and the packages
    :raise Problem: no mirror of the machine has the suite
    """

    def __init__(self, suite: str, folder: Path):
        self._folder = folder / suite
        self._keyring = _keyring()
        (self._folder / 'lists/partial').mkdir(parents=True)
        failures = [self._update(mirror, suite) for mirror in _mirrors()]
        if not failures or all(failures):
            raise Problem(
                f'No Debian mirror with the suite {suite} was found through {APT_SOURCES}.\n'
                + '\n'.join(filter(None, failures))
                + '\nSet ODOO_HOME to an Odoo 19 checkout to do without Debian.'
            )

    def download(self, package: str) -> Path:
        """Fetch `package` and return its .deb file.

        :raise Problem: the suite does not have it, or the network fails
        """
        into = self._folder / package
        into.mkdir()
        result = self._apt('download', package, cwd=into)
        if result.returncode:
            raise Problem(f'{package} could not be downloaded:\n{result.stderr.strip()}')
        return next(into.glob('*.deb'))

    def _update(self, mirror: str, suite: str) -> str:
        """Read the suite's index from `mirror`; return what went wrong, or nothing."""
        if (self._folder / 'complete').exists():
            return ''
        self._sources.write_text(f'deb [signed-by={self._keyring}] {mirror} {suite} main\n')
        result = self._apt('update', '--error-on=any')
        if result.returncode:
            return f'{mirror}: {result.stderr.strip()}'
        (self._folder / 'complete').touch()
        return ''

    @property
    def _sources(self) -> Path:
        return self._folder / 'sources.list'

    def _apt(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
        options = {
            'Dir::Etc::SourceList': self._sources,
            'Dir::Etc::SourceParts': '/dev/null',
            'Dir::State::Lists': self._folder / 'lists',
            'Dir::Cache::pkgcache': '',
            'Dir::Cache::srcpkgcache': '',
            'Acquire::Languages': 'none',
            'Acquire::Retries': 3,
        }
        if os.geteuid() == 0:
            # apt's own user can't write to our folders.
            options['APT::Sandbox::User'] = 'root'
        command = ['apt-get', *(f'-o{name}={value}' for name, value in options.items()), '-q']
        return subprocess.run(
            [*command, *arguments], cwd=cwd, capture_output=True, text=True, check=False
        )


def machine_suite() -> str:
    """Return the suite that the machine runs, e.g. `bookworm`."""
    return platform.freedesktop_os_release().get('VERSION_CODENAME', 'unstable')


def _keyring() -> Path:
    if not shutil.which('apt-get') or not shutil.which('dpkg'):
        raise Problem('This machine has no apt: set ODOO_HOME to an Odoo 19 checkout.')
    for keyring in KEYRINGS:
        if keyring.exists():
            return keyring
    raise Problem(
        "Debian's keys are missing: run 'apt-get install debian-archive-keyring', "
        'or set ODOO_HOME to an Odoo 19 checkout.'
    )


def _mirrors() -> list[str]:
    """Return the addresses under which the machine reaches package archives, Debian's first."""
    files = [APT_SOURCES / 'sources.list', *sorted((APT_SOURCES / 'sources.list.d').glob('*'))]
    found = [
        address
        for file in files
        if file.suffix in ('.list', '.sources') and file.is_file()
        for address in SOURCE.findall(file.read_text(errors='replace'))
    ]
    unique = dict.fromkeys(address.rstrip('/') for address in found)
    return sorted(unique, key=lambda address: not address.endswith('/debian'))
