"""Building the addon's wheel."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.env.folders import ADDON, REPOSITORY

#: What `setup.py` reads, beside the addon itself.
SOURCES = ('setup.py', 'pyproject.toml', 'README.md')


def run(_arguments: list[str]) -> int:
    """Build the wheel into `dist/` and say where it is."""
    print(build(REPOSITORY / 'dist').relative_to(REPOSITORY))
    return 0


def build(target: Path) -> Path:
    """Build the wheel into the folder `target` and return its path.

    setuptools ships again what an earlier build left beside `setup.py`: it works on a copy.
    """
    with TemporaryDirectory() as work:
        copy = Path(work, 'source')
        shutil.copytree(ADDON, copy / ADDON.name)
        for source in filter(Path.exists, (REPOSITORY / name for name in SOURCES)):
            shutil.copy(source, copy)
        wheels = Path(work, 'wheels')
        subprocess.run(
            [
                *(sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps'),
                *('--no-build-isolation', '--wheel-dir', wheels, copy),
            ],
            check=True,
        )
        (wheel,) = wheels.iterdir()
        target.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, target))
