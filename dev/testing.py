"""The tests, on a real Odoo with a database of their own."""

import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from dev import core_tests
from dev.env import chromium, postgres
from dev.env.folders import REPOSITORY
from dev.env.processes import run_in_foreground
from dev.odoo import command, database, source

#: Folders whose tests need neither Odoo nor a database of the session's.
PLAIN_FOLDERS = ('tests/audit', 'tests/bank', 'tests/gateway')
#: Tests on a database of their own, where other apps wrap what the addon overrides.
NEIGHBOURS_FOLDER = 'tests/neighbours'
NEIGHBOURS = ('sale_management', 'website_sale', 'website_payment', 'pos_online_payment')
#: Tests in a browser, which wait for it more than they compute.
BROWSER_FOLDER = 'tests/browser'
#: How pytest exits when it finds no test.
NO_TESTS = 5


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
    """Run the tests of every folder, each on the database that it needs.

    Two runs go side by side. What the one in the background says is shown when both have ended.
    """
    log = command.log_file('tests-in-the-background')
    elsewhere = (NEIGHBOURS_FOLDER, BROWSER_FOLDER, *PLAIN_FOLDERS)
    with postgres.server(), ThreadPoolExecutor(max_workers=1) as pool:
        background = pool.submit(_run_in_the_background, options, log)
        result = _pytest_on_odoo([
            'tests',
            *(f'--ignore={folder}' for folder in elsewhere),
            *_core(core_tests.CHANGED),
            *options,
        ])
        others = background.result()
    print(log.read_text(encoding='utf-8'))
    return _worst(result, *others, is_partial=bool(options))


def _run_in_the_background(options: list[str], log: Path) -> tuple[int, ...]:
    """Run the tests beside other apps, in a browser and without Odoo, one after another.

    :param log: where all that they say goes
    """
    with log.open('w', encoding='utf-8') as output:
        beside = [NEIGHBOURS_FOLDER, *_core(core_tests.QUICK), *options]
        return (
            _pytest_on_odoo(beside, NEIGHBOURS, output=output),
            _pytest_on_odoo([BROWSER_FOLDER, *options], output=output),
            _pytest(['-p', 'no:odoo', *PLAIN_FOLDERS, *options], output=output),
        )


def run_core(arguments: list[str]) -> int:
    """Run Odoo's own tests of payments with the addon installed, and beside other apps."""
    beside = (*core_tests.QUICK, *core_tests.SLOW)
    return _worst(
        _pytest_on_odoo([*_core(core_tests.CHANGED), *arguments]),
        _pytest_on_odoo([*_core(beside), *arguments], NEIGHBOURS),
        is_partial=bool(arguments),
    )


def _core(tests: Iterable[str]) -> list[str]:
    source.ensure()
    return core_tests.options(source.addons_path(), tests)


def _worst(*results: int, is_partial: bool) -> int:
    """Return the exit status of several runs.

    :param is_partial: whether options, for example `-k`, may have left no test of one of them
    """
    ran = [result for result in results if not (is_partial and result == NO_TESTS)]
    return max(ran, default=NO_TESTS)


def _pytest_on_odoo(
    arguments: list[str], neighbours: Sequence[str] = (), *, output: TextIO | None = None
) -> int:
    source.ensure()
    with postgres.server(), database.scratch('test', neighbours=neighbours) as name:
        # Odoo's limit on memory would be the browser's too, which does not start then.
        config = command.write_config(name, options={'limit_memory_hard': '0'})
        options = [f'--odoo-config={config}', f'--odoo-database={name}', '--odoo-http']
        return _pytest([*options, *arguments], output=output)


def _pytest(arguments: list[str], *, output: TextIO | None = None) -> int:
    """Run pytest and return its exit status.

    :param output: where what it says goes, if not to the screen
    """
    pytest = [sys.executable, '-m', 'pytest', '-c', 'pyproject.toml', *arguments]
    return run_in_foreground(pytest, cwd=REPOSITORY, stdout=output, stderr=output)


def _paths(arguments: list[str]) -> list[Path]:
    """Return the files and folders among `arguments`."""
    named = [REPOSITORY / argument.partition('::')[0] for argument in arguments]
    return [path for path in named if path.exists()]


def _is_plain(path: Path) -> bool:
    return any(_is_below(path, folder) for folder in PLAIN_FOLDERS)


def _is_below(path: Path, folder: str) -> bool:
    return path.is_relative_to(REPOSITORY / folder)
