"""The tests, on a real Odoo with a database of their own."""

import os
import subprocess
import sys
from pathlib import Path

from dev import browser, database, odoo_command, odoo_source, postgres
from dev.folders import REPOSITORY

#: Folders that need neither Odoo nor a database.
PLAIN = ('tests/bank', 'tests/gateway')


def test(arguments: list[str]) -> int:
    """Run pytest with `arguments`, by default on all of `tests/`; return its exit status."""
    if arguments and all(_is_plain(argument) for argument in _paths(arguments)):
        return _pytest(['-p', 'no:odoo', *arguments])
    odoo_source.ensure()
    if chromium := browser.ensure():
        os.environ['CHROMIUM'] = chromium
    with postgres.server(), database.scratch('test') as name:
        return _pytest([*_odoo_options(name), *arguments])


def _paths(arguments: list[str]) -> list[str]:
    """Return the arguments that name tests, or all tests if there are none."""
    return [argument for argument in arguments if _path(argument).exists()] or ['tests']


def _path(argument: str) -> Path:
    return REPOSITORY / argument.partition('::')[0]


def _is_plain(argument: str) -> bool:
    return any(_path(argument).is_relative_to(REPOSITORY / folder) for folder in PLAIN)


def _odoo_options(name: str) -> list[str]:
    config = odoo_command.write_config(name)
    return [f'--odoo-config={config}', f'--odoo-database={name}', '--odoo-http']


def _pytest(arguments: list[str]) -> int:
    command = [sys.executable, '-m', 'pytest', *arguments]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode
