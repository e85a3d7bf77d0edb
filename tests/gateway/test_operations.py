"""The operations of an order, and how much went back of it."""

from datetime import datetime, timezone

import pytest
from gateway import Operation, Order
from gateway.operations import operations_in
from gateway.returned import sum_returned
from hypothesis import given
from hypothesis import strategies as st

LINE = {
    'date': 1769000001000,
    'type': 'REFUND',
    'amount': 3000,
    'referenceNumber': '932801425999',
    'approvalCode': '123456',
    'externalRefundId': 'R-1',
    'actionCode': 0,
}
READ = Operation(
    type='REFUND',
    amount=3000,
    date=datetime.fromtimestamp(1769000001, timezone.utc),
    reference_number='932801425999',
    approval_code='123456',
    external_refund_id='R-1',
    action_code=0,
)


def operation(kind, amount, action_code=0):
    return Operation(type=kind, amount=amount, action_code=action_code)


def test_a_line_is_read():
    assert operations_in({'operations': [LINE]}) == (READ,)


def test_what_only_identifies_may_be_missing():
    [read] = operations_in({'operations': [{'type': 'COMPLETION', 'amount': '3000'}]})
    assert read == Operation(type='COMPLETION', amount=3000)


@pytest.mark.parametrize(
    'line',
    [None, [], 'REFUND', {}, {'type': 'REFUND'}, {'amount': 1}]
    + [{**LINE, 'amount': wrong} for wrong in (-1, 1.5, True, '1e3', 10**13, None, [1])]
    + [{**LINE, 'type': wrong} for wrong in (5, '', ' ', None, ['REFUND'])],
    ids=repr,
)
def test_a_line_that_can_t_be_read_is_left_out_and_the_others_are_kept(line):
    assert operations_in({'operations': [line, LINE]}) == (READ,)


@given(st.recursive(st.none() | st.integers() | st.text() | st.floats(), st.lists))
def test_no_block_breaks_the_answer(block):
    order = Order.from_answer({'orderStatus': 2, 'operations': block})
    assert order.operations is None


@pytest.mark.parametrize(
    ('value', 'read'),
    [
        (True, True),
        ('true', True),
        (False, False),
        ('false', False),
        (None, None),
        (1, None),
        ('yes', None),
        ([True], None),
    ],
    ids=repr,
)
def test_a_chargeback_is_read_as_it_is_told(value, read):
    answer = {'orderStatus': 2, 'cardAuthInfo': {'chargeback': value}}
    assert Order.from_answer(answer).has_chargeback is read


def test_their_number_and_their_texts_are_bounded():
    long = {**LINE, 'referenceNumber': '9' * 10_000}
    read = operations_in({'operations': [long] * 10_000})
    assert len(read) == 100
    assert max(len(one.reference_number) for one in read) <= 36


@pytest.mark.parametrize(
    ('deposited', 'refunded', 'told', 'returned'),
    [
        (None, 0, (), 0),
        (None, 3000, (), 3000),
        (10000, 3000, (), 3000),  # Refunds don't lower what was deposited,
        (7000, 3000, (), 3000),  # or they do.
        (7000, 0, (), 3000),  # A part was reversed.
        (8000, 3000, (), 5000),  # A part was reversed, and then some of the rest was refunded:
        (5000, 3000, (), None),  # in which of the two ways?
        (5000, 3000, (('REVERSAL', 5000), ('REFUND', 3000)), 8000),
        (5000, 3000, (('REVERSAL', 2000), ('REFUND', 3000)), 5000),
        (5000, 3000, (('REFUND', 1),), None),
        (7000, 3000, (('REVERSAL', 3000), ('REFUND', 3000)), 6000),
        (3000, 6000, (), 7000),  # The other way, it would be more than was taken.
        (6000, 7000, (), None),
        (10001, 0, (), None),
        (None, 10001, (), None),
        (0, 10000, (), 10000),
        (0, 4000, (), 10000),
    ],
)
def test_how_much_went_back(deposited, refunded, told, returned):
    operations = [operation('AUTHORIZATION', 10000), *(operation(*one) for one in told)]
    assert sum_returned(10000, deposited, refunded, operations) == returned


def test_an_operation_that_failed_gives_nothing_back():
    assert operation('REFUND', 1).gives_back
    assert not operation('REFUND', 1, action_code=5).gives_back
    assert not operation('AUTHORIZATION', 1).gives_back


@pytest.mark.parametrize(
    ('answer', 'returned'),
    [
        ({'orderStatus': 3}, 10000),
        ({'orderStatus': 3, 'paymentAmountInfo': {'depositedAmount': 0}}, 10000),
        ({'orderStatus': 3, 'paymentAmountInfo': {'depositedAmount': 10000}}, None),
        ({'orderStatus': 4}, None),
        ({'orderStatus': 4, 'paymentAmountInfo': {'refundedAmount': 0}}, None),
        ({'orderStatus': 4, 'paymentAmountInfo': {'refundedAmount': 1}}, 1),
        ({'orderStatus': 2}, 0),
        ({'orderStatus': 0}, None),
        ({'orderStatus': 6}, None),
    ],
    ids=repr,
)
def test_what_went_back_by_the_state(answer, returned):
    assert Order.from_answer(answer).returned_of(10000) == returned
