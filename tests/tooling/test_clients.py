"""What `make clients` makes of the clients' output, and that its packages are pinned."""

import json
import re

import pytest

from dev.clients import report
from dev.clients.catalogue import CLIENTS, FOLDER


def test_calls_are_read_whatever_a_package_prints_beside_them():
    output = 'a warning\n{"call": "register", "outcome": "ok"}\n{"other": 1}\n'

    assert report.read(output, 0) == {'register': 'ok'}


@pytest.mark.parametrize(('output', 'status'), [('', 0), ('{"call": "a", "outcome": "ok"}', 1)])
def test_a_script_that_ends_too_early_has_failed(output: str, status: int):
    assert report.exit_status({'x': report.read(output, status)}) == 1


def test_the_table_counts_what_worked_and_shows_the_rest():
    outcomes = {'client (npm)': {'register': 'ok', 'get': 'Error: no'}}

    assert report.table(outcomes).splitlines() == [
        'client (npm): 1 of 2 calls worked',
        '    register  ok',
        '    get       Error: no',
    ]
    assert report.exit_status(outcomes) == 1
    assert report.exit_status({'client': {'register': 'ok'}}) == 0
    assert report.table({}) == 'No client could be run.'


@pytest.mark.parametrize('client', CLIENTS, ids=lambda client: client.package)
def test_every_client_is_pinned_and_has_its_script(client):
    pinned = {
        'PyPI': dict(
            line.split('==')
            for line in (FOLDER / 'requirements.txt').read_text('utf-8').split('\n')
            if '==' in line
        ),
        'npm': json.loads((FOLDER / 'package.json').read_text('utf-8'))['dependencies'],
    }

    assert re.fullmatch(r'[0-9.]+', pinned[client.registry][client.package])
    assert client.script.is_file()


def test_no_registry_is_written_down():
    lock = json.loads((FOLDER / 'package-lock.json').read_text('utf-8'))

    packages = {name: entry for name, entry in lock['packages'].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if 'resolved' in entry] == []
    assert all(entry['integrity'].startswith('sha512-') for entry in packages.values())
