"""Which of Odoo's own tests are run, and which are left out where something is missing."""

import re

import pytest

from dev import core_tests
from dev.odoo import source

CHOSEN = (*core_tests.CHANGED, *core_tests.QUICK, *core_tests.SLOW)


@pytest.fixture(scope='module')
def addons():
    source.ensure()
    return source.addons_path()


def test_no_test_is_chosen_twice():
    assert len(set(CHOSEN)) == len(CHOSEN)


@pytest.mark.parametrize(
    'name', [name for _is_missing, names in core_tests.LEFT_OUT for name in names]
)
def test_what_is_left_out_is_a_test_that_would_be_run(addons, name):
    _file, case, method = name.split('::')
    chosen = [addons / path for path in CHOSEN]
    sources = [
        path.read_text(encoding='utf-8')
        for file in chosen
        for path in (file.glob('test_*.py') if file.is_dir() else [file])
    ]

    assert any(
        re.search(rf'^class {case}\(', text, re.MULTILINE) and f'def {method}(' in text
        for text in sources
    )


def test_a_machine_that_lacks_nothing_runs_everything(addons, monkeypatch):
    monkeypatch.setattr(core_tests, 'LEFT_OUT', ((lambda _addons: False, ('::A::test_b',)),))

    arguments = core_tests.options(addons, ['sale/tests/test_payment_flow.py'])

    assert arguments == [core_tests.PLUGIN, str(addons / 'sale/tests/test_payment_flow.py')]
