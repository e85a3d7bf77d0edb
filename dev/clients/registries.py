"""How a client gets onto this machine: by pip or npm, from where these are set up to look."""

import os
import shutil
import subprocess
from pathlib import Path

from dev import bootstrap
from dev.clients.catalogue import FOLDER, Client
from dev.env.folders import cache, digest, fresh_folder
from dev.env.locks import lock
from dev.env.progress import Problem, step

_PINS = ('package.json', 'package-lock.json')


class Unavailable(Exception):
    """A client can't be had here; the text says why."""


def environment_of(client: Client) -> tuple[list[str], dict[str, str]]:
    """Return the command that runs a client's script, and the variables that it needs.

    :raise Unavailable: there is no npm, or no registry that has the packages
    """
    if client.registry == 'npm':
        modules = str(_node_modules())
        return ['node'], {**os.environ, 'NODE_PATH': modules}
    try:
        python = bootstrap.ensure(FOLDER / 'requirements.txt', with_odoo=False)
    except Problem as problem:
        raise Unavailable('no registry of Python packages has it') from problem
    return [str(python)], dict(os.environ)


def _node_modules() -> Path:
    if not (shutil.which('npm') and shutil.which('node')):
        raise Unavailable('no npm here')
    pins = [FOLDER / name for name in _PINS]
    folder = cache() / f'node-{digest(path.read_bytes() for path in pins)}'
    with lock(folder.name):
        if not folder.exists():
            _install(pins, folder)
    return folder / 'node_modules'


def _install(pins: list[Path], folder: Path) -> None:
    with step('packages of npm'), fresh_folder(folder) as fresh:
        for path in pins:
            shutil.copy(path, fresh)
        command = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
        if subprocess.run(command, cwd=fresh, check=False).returncode:
            raise Unavailable('no registry of npm packages has it')
