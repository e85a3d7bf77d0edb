"""The Python environment of the tooling: made by the machine's own Python, then taken over by it.

Standard library only.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

from dev.env.folders import REPOSITORY, cache, digest
from dev.env.locks import lock
from dev.env.progress import Problem, step
from dev.odoo import source

REQUIREMENTS = REPOSITORY / 'dev/requirements.txt'
OLDEST, NEWEST = (3, 10), (3, 13)


def enter(module: str, arguments: list[str]) -> None:
    """Replace this process by `python -m module arguments` in the environment; make it if need be.

    :raise Problem: the environment can't be made; the text says why
    """
    python = ensure()
    os.chdir(REPOSITORY)
    os.execve(python, [str(python), '-m', module, *arguments], _environment(python))


def ensure(requirements: Path = REQUIREMENTS, *, with_odoo: bool = True) -> Path:
    """Return the Python of an environment in which every package of a file is installed.

    :param requirements: the file; each has an environment of its own
    :param with_odoo: whether Odoo can be imported there
    """
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Problem('Odoo 19 takes Python 3.10 to 3.13; choose one: make PYTHON=python3.12 …')
    odoo = source.python_path() if with_odoo else None
    version = f'{sys.version_info.major}.{sys.version_info.minor}'
    key = digest([requirements.read_bytes(), sys.version, str(odoo)])
    folder = cache() / f'venv-{version}-{key}'
    with lock(folder.name):
        complete = folder / 'complete'
        if not complete.exists():
            _build(folder, requirements, odoo)
            complete.touch()
    return folder / 'bin/python'


def _build(folder: Path, requirements: Path, odoo: Path | None) -> None:
    with step(f'Python packages of {requirements.name}'):
        try:
            venv.create(folder, clear=True, symlinks=True, with_pip=True)
        except subprocess.CalledProcessError as error:
            raise Problem("Python's venv is incomplete: apt-get install python3-venv") from error
        python = folder / 'bin/python'
        pip = [python, '-m', 'pip', 'install', '-qq', '--disable-pip-version-check']
        if subprocess.run([*pip, '-r', requirements], check=False).returncode:
            raise Problem('The Python packages could not be installed: see the lines above.')
        if not odoo:
            return
        # A path file, not PYTHONPATH: what pip installed comes before what lies beside Odoo.
        (site_packages,) = folder.glob('lib/python*/site-packages')
        (site_packages / 'odoo.pth').write_text(f'{odoo}\n')


def _environment(python: Path) -> dict[str, str]:
    environment = dict(os.environ)
    environment['PATH'] = f'{python.parent}{os.pathsep}{environment.get("PATH", os.defpath)}'
    # Odoo is large: keep what Python compiles, but out of the repository and of ODOO_HOME.
    environment['PYTHONPYCACHEPREFIX'] = str(cache() / 'bytecode')
    environment.pop('PYTHONDONTWRITEBYTECODE', None)
    environment.pop('PYTHONHOME', None)
    return environment
