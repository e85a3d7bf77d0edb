"""The audit itself: its verdict on the addon, and on an addon that was broken on purpose."""

import re
import subprocess
import sys

import pytest

from dev.audit import defects
from dev.env.folders import REPOSITORY
from dev.env.progress import Problem

LAST_LINE = re.compile(
    r'bank (?P<bank>[\d.]+) RUB in (?P<orders>\d+) orders (?P<money>!?=)'
    r' Odoo (?P<odoo>[\d.]+) RUB in (?P<payments>\d+) payments;'
    r' lost (?P<lost>\d+), doubled (?P<doubled>\d+), wrong (?P<wrong>\d+),'
    r' mails (?P<mails>\d+) (?P<told>!?=) (?P<bookings>\d+)'
)
RECEIPTS_LINE = re.compile(
    r'receipts of income (?!0\.00)[\d.]+ of [\d.]+ RUB, of return [\d.]+ of [\d.]+ RUB,'
    r' offset [\d.]+ of [\d.]+ RUB; missing, and listed for staff: .+;'
    r' without a register: \d+ orders'
)


def audit(*arguments):
    """Run the audit as `make audit` does; return how it ended and what its last line says."""
    run = subprocess.run(
        [sys.executable, '-m', 'dev.commands', 'audit', *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert RECEIPTS_LINE.fullmatch(run.stdout.splitlines()[-2]), run.stdout
    verdict = LAST_LINE.fullmatch(run.stdout.splitlines()[-1])
    assert verdict, run.stdout
    return run, verdict


def test_a_hundred_payments_full_of_faults_are_booked_to_the_kopeck():
    run, verdict = audit('--count', '100', '--seed', '1')

    assert run.returncode == 0, run.stdout
    assert verdict['bank'] == verdict['odoo']
    assert int(verdict['orders']) > 50
    assert (verdict['lost'], verdict['doubled'], verdict['wrong']) == ('0', '0', '0')


@pytest.mark.parametrize(
    ('defect', 'found', 'count'),
    [
        ('lock', 'doubled', 12),
        ('amount', 'wrong', 12),
        ('sent', 'doubled', 12),
        ('swallow', 'lost', 12),
        ('receipt', 'lost', 12),
        ('charge', 'doubled', 6),  # A charge that is made anew is waited for in vain.
    ],
)
def test_a_defect_is_found(defect, found, count):
    run, verdict = audit('--count', str(count), '--seed', '1', '--defect', defect)

    assert run.returncode == 1, run.stdout
    assert int(verdict[found]) > 0, run.stdout


@pytest.mark.parametrize('module', defects.MODULES.values())
def test_a_defect_overrides_what_is_there(module):
    defects.check(module)


@pytest.mark.parametrize('method', ['_sberbank_no_more', 'write'])
def test_a_defect_that_breaks_nothing_is_no_defect(method, tmp_path):
    (tmp_path / 'defect').mkdir()
    (tmp_path / 'defect/__init__.py').write_text(f'    def {method}(self):\n')

    with pytest.raises(Problem, match='breaks nothing'):
        defects.check('defect', tmp_path)
