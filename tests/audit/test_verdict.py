"""The comparison of the two books finds every way in which they can differ."""

from dataclasses import replace

import pytest

from dev.audit.books import (
    OdooBooks,
    OdooInvoice,
    OdooOrder,
    OdooPayment,
    OdooTransaction,
)
from dev.audit.verdict import believed_lies, compare, untold

PAID = {
    'login': 'shop-api',
    'orderNumber': 'N1',
    'orderId': 'id-1',
    'state': 'DEPOSITED',
    'registered': 100_00,
    'taken': 100_00,
    'reversed': 0,
    'refunded': 0,
    'returned': 0,
    'net': 100_00,
    'held': 0,
    'receipt_income': 0,
    'receipt_return': 0,
    'receipt_offset': 0,
    'receipts': 0,
}
UNPAID = {**PAID, 'state': 'DECLINED', 'taken': 0, 'net': 0}

BOOKED = OdooPayment(
    id=1,
    amount=100_00,
    entry=100_00,
    is_posted=True,
    is_balanced=True,
    open_credit=0,
    reconciled=[(11, 100_00)],
    mails=1,
)


def transaction(**values):
    return OdooTransaction(**{
        'id': 5,
        'reference': 'INV/1',
        'order_number': 'N1',
        'order_id': 'id-1',
        'state': 'done',
        'amount': 100_00,
        'partner_id': 3,
        'is_on_account': False,
        'payments': [BOOKED],
        **values,
    })


def compared(line, *transactions, debts=None):
    return compare([line], OdooBooks(transactions, debts or {}))


def test_equal_books_are_clean():
    verdict = compared(PAID, transaction())
    assert verdict.is_clean
    assert str(verdict) == (
        'bank 100.00 RUB in 1 orders = Odoo 100.00 RUB in 1 payments;'
        ' lost 0, doubled 0, wrong 0, mails 1 = 1'
    )


def test_books_without_a_payment_prove_nothing():
    assert not compared(UNPAID, transaction(state='cancel', payments=[])).is_clean


@pytest.mark.parametrize(
    'values',
    [
        {'state': 'pending', 'payments': []},
        {'payments': []},
        {'payments': [replace(BOOKED, is_posted=False)]},
        {'payments': [replace(BOOKED, mails=0)]},
    ],
)
def test_what_is_missing_in_odoo_is_lost(values):
    verdict = compared(PAID, transaction(**values))
    assert verdict.count('lost') == 1
    assert not verdict.is_clean


def test_a_paid_order_that_odoo_does_not_know_is_lost():
    assert compared(PAID).count('lost') == 1


@pytest.mark.parametrize(
    'values',
    [
        {'payments': [BOOKED, replace(BOOKED, id=2)]},
        {'payments': [replace(BOOKED, reconciled=[(11, 50_00), (11, 50_00)])]},
        {'payments': [replace(BOOKED, mails=2)]},
    ],
)
def test_what_is_twice_in_odoo_is_doubled(values):
    verdict = compared(PAID, transaction(**values))
    assert verdict.count('doubled') == 1
    assert not verdict.is_clean


@pytest.mark.parametrize(
    'values',
    [
        {'payments': [replace(BOOKED, amount=99_99, reconciled=[(11, 99_99)])]},
        {'payments': [replace(BOOKED, entry=99_99)]},
        {'payments': [replace(BOOKED, is_balanced=False)]},
        {'payments': [replace(BOOKED, open_credit=100_00, reconciled=[])]},
        {'state': 'error'},
        {'order_id': 'id-2'},
    ],
)
def test_what_differs_in_odoo_is_wrong(values):
    verdict = compared(PAID, transaction(**values))
    assert verdict.count('wrong') == 1
    assert not verdict.is_clean


def test_money_that_the_bank_did_not_take_is_wrong():
    assert compared(UNPAID, transaction()).count('wrong') == 1


def test_money_of_no_order_is_wrong():
    verdict = compare([], OdooBooks([transaction()], {}))
    assert verdict.count('wrong') == 1


def test_a_declined_order_is_cancelled():
    assert not compared(UNPAID, transaction(state='cancel', payments=[])).faults
    for state in ('pending', 'error'):
        assert compared(UNPAID, transaction(state=state, payments=[])).count('wrong') == 1


def test_a_credit_is_right_when_staff_know_why():
    payments = [replace(BOOKED, open_credit=100_00, reconciled=[])]
    verdict = compared(PAID, transaction(payments=payments, attention={'already_paid'}))
    assert verdict.is_clean
    assert verdict.listed == {'already_paid': 1}


def test_a_credit_on_account_is_right_when_nothing_is_owed():
    payments = [replace(BOOKED, open_credit=100_00, reconciled=[])]
    tx = transaction(payments=payments, is_on_account=True)
    assert compared(PAID, tx).is_clean
    assert compared(PAID, tx, debts={3: 1}).count('wrong') == 1


def test_a_refund_made_in_odoo_is_booked():
    line = {**PAID, 'state': 'REFUNDED', 'refunded': 40_00, 'returned': 40_00, 'net': 60_00}
    refund = replace(BOOKED, id=2, amount=-40_00, entry=-40_00)
    verdict = compared(line, transaction(refunds=[refund]))
    assert verdict.is_clean
    assert (verdict.bank, verdict.odoo, verdict.mails) == (60_00, 60_00, 2)


def test_a_refund_that_the_bank_did_not_make_is_wrong():
    refund = replace(BOOKED, id=2, amount=-40_00, entry=-40_00)
    assert compared(PAID, transaction(refunds=[refund])).count('wrong') == 1


def test_a_refund_made_in_the_cabinet_is_booked_like_any_other():
    line = {**PAID, 'state': 'REFUNDED', 'refunded': 40_00, 'returned': 40_00, 'net': 60_00}
    assert compared(line, transaction(attention={'refunded'})).count('wrong') == 1
    assert compared(line, transaction()).count('wrong') == 1


def test_an_amount_that_was_not_ordered_has_to_be_booked_as_it_was_taken():
    line = {**PAID, 'taken': 60_00, 'net': 60_00}
    accepted = replace(BOOKED, amount=60_00, entry=60_00, reconciled=[(11, 60_00)])
    assert compared(line, transaction(amount=60_00, payments=[accepted])).is_clean
    assert compared(line, transaction()).count('wrong') == 1
    listed = transaction(state='error', payments=[], attention={'mismatch'})
    assert compared(line, listed).count('lost') == 1


def test_a_mismatch_that_is_none_any_more_is_wrong():
    assert compared(PAID, transaction(attention={'mismatch'})).count('wrong') == 1


def test_a_lie_must_not_be_believed():
    books = OdooBooks([transaction()], {})
    assert [fault.kind for fault in believed_lies(books, ['N1'])] == ['wrong']
    disbelieved = OdooBooks([transaction(state='error', payments=[])], {})
    assert not believed_lies(disbelieved, ['N1'])


def test_what_is_finished_must_not_be_listed_and_what_is_not_must_be_finished():
    assert compared(PAID, transaction(attention={'not_settled'})).count('wrong') == 1
    unfinished = transaction(is_finished=False, attention={'not_settled'})
    assert compared(PAID, unfinished).count('lost') == 1


def test_what_can_not_be_finished_is_told():
    unfinished = transaction(is_finished=False)
    assert [fault.kind for fault in untold(OdooBooks([unfinished], {}))] == ['wrong']
    unfinished.attention = {'not_settled'}
    assert not untold(OdooBooks([unfinished], {}))
    assert not untold(OdooBooks([transaction()], {}))
    unfinished.payments = []
    assert [fault.kind for fault in untold(OdooBooks([unfinished], {}))] == ['wrong']
    unfinished.attention = {'not_bookable'}
    assert not untold(OdooBooks([unfinished], {}))


# --- sales orders -------------------------------------------------------------------------------

WAITING = replace(BOOKED, open_credit=100_00, reconciled=[])
SETTLED = [OdooInvoice(id=11, state='posted', open=0)]


def sold(*transactions, lines=(PAID,), automatic_invoices=False, **values):
    order = OdooOrder(**{
        'id': 9,
        'name': 'S1',
        'state': 'sale',
        'total': 100_00,
        'transaction_ids': [tx.id for tx in transactions],
        'invoices': [],
        'letters': [1],
        **values,
    })
    books = OdooBooks(list(transactions), {}, [order])
    return compare(lines, books, automatic_invoices=automatic_invoices)


def test_the_money_of_an_order_waits_for_its_invoice():
    assert sold(transaction(payments=[WAITING])).is_clean


@pytest.mark.parametrize('state', ['draft', 'sent'])
def test_a_paid_order_that_is_no_order_is_lost(state):
    verdict = sold(transaction(payments=[WAITING], attention={'changed'}), state=state)
    assert verdict.count('lost') == 1


def test_an_order_that_became_dearer_is_told():
    told = transaction(payments=[WAITING], attention={'changed'})
    assert sold(told, state='draft', total=150_00).is_clean
    untold = transaction(payments=[WAITING])
    assert sold(untold, state='draft', total=150_00).count('wrong') == 1


def test_a_cancelled_order_is_told():
    told = transaction(payments=[WAITING], attention={'withdrawn'})
    assert sold(told, state='cancel').is_clean
    assert sold(transaction(payments=[WAITING]), state='cancel').count('wrong') == 1


def test_an_order_that_was_paid_twice_is_told():
    first = transaction(payments=[WAITING])
    again = {
        'id': 6,
        'order_number': 'N2',
        'order_id': 'id-2',
        'payments': [replace(WAITING, id=2)],
    }
    lines = [PAID, {**PAID, 'orderNumber': 'N2', 'orderId': 'id-2'}]
    assert sold(first, transaction(**again, attention={'already_paid'}), lines=lines).is_clean
    assert sold(first, transaction(**again), lines=lines).count('wrong') == 1


def test_an_order_is_invoiced_and_paid_where_that_is_automatic():
    tx = transaction()
    assert sold(tx, automatic_invoices=True, invoices=SETTLED).is_clean
    for invoices in (
        [],
        [OdooInvoice(id=11, state='posted', open=1)],
    ):
        verdict = sold(tx, automatic_invoices=True, invoices=invoices)
        assert verdict.count('lost') == 1
    draft = [*SETTLED, OdooInvoice(id=12, state='draft', open=1)]
    assert sold(tx, automatic_invoices=True, invoices=draft).count('wrong') == 1


def test_a_letter_that_came_twice_is_doubled():
    assert sold(transaction(payments=[WAITING]), letters=[1, 2]).count('doubled') == 1
