"""Where things are: the repository, what a run leaves in it, and what is kept between runs.

Standard library only: the bootstrap runs this file with the machine's own Python.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = REPOSITORY / 'payment_sberbank'
#: Logs, screenshots and configuration files of runs. Never committed, removed by `make clean`.
BUILD = REPOSITORY / 'build'


def cache() -> Path:
    """Return the folder of what is downloaded or built once and used by every clone of the user."""
    folder = _cache_home() / 'payment_sberbank'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder that becomes `target` when the block ends well, and vanishes when not.

    Whoever is killed in between leaves no half-filled `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target)
    folder = Path(tempfile.mkdtemp(prefix=f'.{target.name}-', dir=target.parent))
    try:
        yield folder
        folder.chmod(0o755)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def digest(parts: Iterable[str | bytes], *, length: int = 12) -> str:
    """Return a short hash of `parts`, to name what depends on them."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, 'big') + data)
    return sha.hexdigest()[:length]


def digest_of_files(folder: Path) -> str:
    """Return a short hash of the names and contents of the files under `folder`.

    In a git repository these are the files that git would commit, committed already or not.
    """
    paths = sorted(path for path in _project_files(folder) if path.is_file())
    return digest(
        part for path in paths for part in (path.relative_to(folder).as_posix(), path.read_bytes())
    )


def _cache_home() -> Path:
    if given := os.environ.get('XDG_CACHE_HOME'):
        return Path(given).resolve()
    # PostgreSQL does not run as root: its own user has to reach its files, not in root's home.
    return Path('/var/cache') if os.geteuid() == 0 else Path.home() / '.cache'


def _remove_abandoned(target: Path) -> None:
    for leftover in target.parent.glob(f'.{target.name}-*'):
        shutil.rmtree(leftover, ignore_errors=True)


def _project_files(folder: Path) -> Iterable[Path]:
    listing = subprocess.run(
        ['git', '-C', folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        return [folder / os.fsdecode(name) for name in listing.stdout.split(b'\0') if name]
    return (path for path in folder.rglob('*') if '__pycache__' not in path.parts)
