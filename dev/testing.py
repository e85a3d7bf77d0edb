"""The tests, on a real Odoo with a database of their own."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.env import chromium, postgres
from dev.env.folders import REPOSITORY
from dev.env.processes import run_in_foreground
from dev.odoo import command, database, source

#: Folders whose tests need neither Odoo nor a database of the session's.
PLAIN_FOLDERS = ('tests/audit', 'tests/bank', 'tests/gateway')
#: Tests on a database of their own, where other apps wrap what the addon overrides.
NEIGHBOURS_FOLDER = 'tests/neighbours'
NEIGHBOURS = ('sale_management', 'website_sale', 'website_payment', 'pos_online_payment')
#: Modules of Odoo that this addon changes: their own tests must pass beside it.
CORE_MODULES = ('payment', 'account_payment')
#: How pytest exits when it finds no test.
NO_TESTS = 5
#: Draws a QR code into an invoice, for which reportlab wants a renderer.
CORE_QR_TEST = (
    'test_account_payment.py::TestAccountPayment::test_generate_and_send_invoice_with_qr_code'
)


def run(arguments: list[str]) -> int:
    """Run pytest with `arguments`, by default on all tests, and return its exit status."""
    paths = _paths(arguments)
    if paths and all(_is_plain(path) for path in paths):
        return _pytest(['-p', 'no:odoo', *arguments])
    if path := chromium.ensure():
        os.environ['CHROMIUM'] = path
    if paths and all(_is_below(path, NEIGHBOURS_FOLDER) for path in paths):
        return _pytest_on_odoo(arguments, NEIGHBOURS)
    return _pytest_on_odoo(arguments) if paths else _run_all(arguments)


def _run_all(options: list[str]) -> int:
    """Run the tests of every folder, each on the database that it needs."""
    results = (
        _pytest_on_odoo([NEIGHBOURS_FOLDER, *options], NEIGHBOURS),
        _pytest_on_odoo(['tests', f'--ignore={NEIGHBOURS_FOLDER}', *_core_tests(), *options]),
    )
    # Options may leave no test of a folder, for example `-k`.
    ran = [result for result in results if not (options and result == NO_TESTS)]
    return max(ran, default=NO_TESTS)


def run_core(arguments: list[str]) -> int:
    """Run Odoo's own tests of what this addon changes, with the addon installed."""
    return _pytest_on_odoo([*_core_tests(), *arguments])


def _core_tests() -> list[str]:
    source.ensure()
    folders = [str(source.addons_path() / module / 'tests') for module in CORE_MODULES]
    if importlib.util.find_spec('_rl_renderPM'):
        return folders
    # The renderer has no wheels for Python 3.13.
    return [f'--deselect={CORE_QR_TEST}', *folders]


def _pytest_on_odoo(arguments: list[str], neighbours: Sequence[str] = ()) -> int:
    source.ensure()
    with postgres.server(), database.scratch('test', neighbours=neighbours) as name:
        # Odoo's limit on memory would be the browser's too, which does not start then.
        config = command.write_config(name, options={'limit_memory_hard': '0'})
        options = [f'--odoo-config={config}', f'--odoo-database={name}', '--odoo-http']
        return _pytest([*options, *arguments])


def _pytest(arguments: list[str]) -> int:
    command = [sys.executable, '-m', 'pytest', '-c', 'pyproject.toml', *arguments]
    return run_in_foreground(command, cwd=REPOSITORY)


def _paths(arguments: list[str]) -> list[Path]:
    """Return the files and folders among `arguments`."""
    named = [REPOSITORY / argument.partition('::')[0] for argument in arguments]
    return [path for path in named if path.exists()]


def _is_plain(path: Path) -> bool:
    return any(_is_below(path, folder) for folder in PLAIN_FOLDERS)


def _is_below(path: Path, folder: str) -> bool:
    return path.is_relative_to(REPOSITORY / folder)
