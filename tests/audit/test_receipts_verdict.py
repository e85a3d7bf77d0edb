"""The comparison of the cash registers with the money finds every way in which they can differ."""

import pytest

from dev.audit.books import OdooReceipt
from dev.audit.receipts_verdict import ReceiptsComparison
from dev.audit.verdict import compare
from dev.odoo.money import in_figures

from .test_verdict import PAID, OdooBooks, transaction

PRINTED = {**PAID, 'receipt_income': 100_00, 'receipts': 1}
RETURNED = {**PRINTED, 'returned': 30_00, 'receipt_return': 30_00, 'receipts': 2}

SOLD = OdooReceipt('payment', 'done', 100_00)
UNNEEDED = OdooReceipt('payment', 'not_needed', 100_00)
BACK = OdooReceipt('refund', 'done', 30_00)
CLOSED = OdooReceipt('closing', 'done', 100_00, offset=100_00)


def look(line, *receipts, attention=(), has_register=True):
    """Return the kinds of faults, and the tally."""
    comparison = ReceiptsComparison()
    tx = transaction(receipts=list(receipts), attention=set(attention), has_register=has_register)
    return [fault.kind for fault in comparison.look_at(line, tx)], comparison.tally


@pytest.mark.parametrize(
    ('line', 'receipts'),
    [
        (PRINTED, [SOLD]),
        (RETURNED, [SOLD, BACK]),
        ({**PRINTED, 'receipt_offset': 100_00}, [SOLD, CLOSED]),
        # Held and released: never taken, so that nothing goes back.
        ({**PAID, 'taken': 0, 'returned': 100_00}, [UNNEEDED]),
        # Of the two steps of a hold one is printed.
        (
            PRINTED,
            [UNNEEDED, OdooReceipt('capture', 'done', 100_00)],
        ),
    ],
)
def test_what_agrees_is_clean(line, receipts):
    assert look(line, *receipts)[0] == []


@pytest.mark.parametrize(
    ('line', 'receipts', 'kinds'),
    [
        (PAID, [], ['lost']),
        (PAID, [OdooReceipt('payment', 'waiting', 100_00)], ['lost']),
        ({**RETURNED, 'receipt_return': 0}, [SOLD], ['lost']),
        ({**PRINTED, 'receipt_income': 60_00}, [OdooReceipt('payment', 'done', 60_00)], ['lost']),
        ({**PRINTED, 'receipt_income': 200_00}, [SOLD, SOLD], ['doubled']),
        ({**RETURNED, 'receipt_return': 60_00}, [SOLD, BACK, BACK], ['doubled']),
        ({**PRINTED, 'receipt_offset': 200_00}, [SOLD, CLOSED], ['doubled']),
        (PRINTED, [OdooReceipt('payment', 'sent', 100_00)], ['wrong']),
        ({**PAID}, [SOLD], ['wrong', 'lost']),
        (PRINTED, [SOLD, CLOSED], ['wrong']),
    ],
)
def test_what_differs_is_found(line, receipts, kinds):
    assert look(line, *receipts)[0] == kinds


@pytest.mark.parametrize(
    ('state', 'reason'),
    [
        ('failed', 'receipt_failed'),
        ('late', 'receipt_late'),
        ('unknown', 'receipt_unknown'),
        ('by_hand', 'receipt_by_hand'),
    ],
)
def test_what_is_missing_is_apart_if_staff_know_of_it(state, reason):
    missing = OdooReceipt('payment', state, 100_00)
    kinds, tally = look(PAID, missing, attention=[reason])
    assert (kinds, tally.missing[state]) == ([], 100_00)
    assert f'{in_figures(100_00)} RUB {state}' in str(tally)
    assert look(PAID, missing)[0] == ['lost']


def test_a_return_in_the_cabinet_is_apart():
    line = {**RETURNED, 'receipt_return': 0}
    by_hand = OdooReceipt('refund', 'by_hand', 30_00)
    kinds, tally = look(line, SOLD, by_hand, attention=['receipt_by_hand'])
    assert (kinds, tally.missing) == ([], {'by_hand': 30_00})


def test_without_a_register_none_is_printed():
    kinds, tally = look(PAID, has_register=False)
    assert (kinds, tally.without_register) == ([], 1)
    assert look(PRINTED, has_register=False)[0] == ['wrong']


def test_they_are_a_part_of_the_verdict():
    tx = transaction(has_register=True)
    verdict = compare([PAID], OdooBooks([tx], {}))
    assert not verdict.is_clean
    assert verdict.count('lost') == 1
    assert verdict.receipts.taken == 100_00
