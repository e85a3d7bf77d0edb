"""Operations one by one, holds that end in parts or by themselves, and chargebacks."""

import pytest

from dev.bank.process import BankError

from .merchant import Merchant

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def parts(rbs: Merchant) -> Merchant:
    """A shop of the older gateway that may complete a hold several times."""
    rbs.configure(permissions={'multi_completion': True})
    return rbs


def operations(merchant: Merchant, order_id: str) -> list[tuple[str, int]]:
    lines = merchant.status(order_id)['operations']
    return [(line['type'], line['amount']) for line in lines]


def totals(merchant: Merchant) -> dict[str, int]:
    return merchant.control.ledger(merchant.login)['totals']


def test_each_operation_has_its_numbers_and_a_refund_has_its_own(merchant: Merchant):
    order_id = merchant.hold()
    merchant.call('deposit', orderId=order_id, amount=10000)
    for _twice in range(2):
        merchant.call('refund', orderId=order_id, amount=3000)

    lines = merchant.status(order_id)['operations']

    assert [(line['type'], line['amount']) for line in lines] == [
        ('PREAUTHORIZATION', 12345),
        ('COMPLETION', 10000),
        ('REFUND', 3000),
        ('REFUND', 3000),
    ]
    references = [line['referenceNumber'] for line in lines]
    assert references[0] == references[1] == merchant.status(order_id)['authRefNum']
    assert len(set(references)) == 3
    assert all(len(line['approvalCode']) == 6 and line['date'] for line in lines)


def test_the_window_for_a_reversal_ends_with_the_banks_day(merchant: Merchant):
    """Whatever the hour of the payment: at 23:59 Moscow time it is over."""
    early, late = merchant.paid(), merchant.paid()
    since_midnight = (merchant.control.health()['now'] + 3 * HOUR) % DAY
    if since_midnight < DAY - 120:
        merchant.control.advance(DAY - 60 - since_midnight)
        assert merchant.code('reverse', orderId=early) == '0'

    merchant.control.advance(120)

    assert merchant.code('reverse', orderId=late) != '0'
    assert 'the business day is over' in merchant.reason()


def test_a_completed_hold_is_reversed_on_its_day_where_that_is_allowed(merchant: Merchant):
    merchant.configure(reverses_completed=True)
    order_id, later = merchant.hold(), merchant.hold()
    for held in (order_id, later):
        merchant.call('deposit', orderId=held, amount=10000)

    assert merchant.code('reverse', orderId=order_id) == '0'
    assert merchant.status(order_id)['orderStatus'] == 3
    assert totals(merchant)['net'] == 10000

    merchant.control.advance(DAY)
    assert merchant.code('reverse', orderId=later) != '0'


def test_a_part_of_a_hold_is_released_once_where_that_is_allowed(merchant: Merchant):
    merchant.configure(releases_in_parts=True)
    order_id = merchant.hold()

    assert merchant.code('reverse', orderId=order_id, amount=2345) == '0'

    status = merchant.status(order_id)
    assert (status['orderStatus'], status['paymentAmountInfo']['approvedAmount']) == (1, 10000)
    assert merchant.code('reverse', orderId=order_id, amount=1) != '0'
    assert 'SECOND_REVERSAL' in merchant.reason()
    assert merchant.code('deposit', orderId=order_id, amount=10001) == '5'
    assert merchant.code('deposit', orderId=order_id, amount=10000) == '0'


def test_a_hold_without_an_amount_is_released_too(merchant: Merchant):
    merchant.configure(permissions={'verify': True}, keeps_verified=True)
    order_id = merchant.hold(amount=0, features='VERIFY')

    assert merchant.code('reverse', orderId=order_id) == '0'

    assert merchant.status(order_id)['orderStatus'] == 3


def test_a_hold_is_completed_in_parts_until_it_is_used_up(parts: Merchant):
    order_id = parts.hold()

    assert parts.code('deposit', orderId=order_id, amount=5000) == '0'
    assert parts.status(order_id)['orderStatus'] == 8
    assert parts.code('refund', orderId=order_id, amount=1) == '7'
    assert parts.code('deposit', orderId=order_id, amount=7346) == '5'
    assert totals(parts)['held'] == 7345
    assert parts.code('deposit', orderId=order_id, amount='0') == '0'

    assert parts.status(order_id)['orderStatus'] == 2
    assert operations(parts, order_id)[1:] == [('COMPLETION', 5000), ('COMPLETION', 7345)]
    assert parts.code('refund', orderId=order_id, amount=12345) == '0'


def test_what_was_not_completed_is_released_and_the_rest_stays_taken(parts: Merchant):
    order_id = parts.hold()
    parts.call('deposit', orderId=order_id, amount=5000)

    assert parts.code('reverse', orderId=order_id) == '0'

    status = parts.status(order_id)
    assert (status['orderStatus'], status['paymentAmountInfo']['approvedAmount']) == (2, 5000)
    assert (totals(parts)['net'], totals(parts)['held']) == (5000, 0)


def test_the_newer_gateway_completes_a_hold_once(ecom: Merchant):
    with pytest.raises(BankError, match='multi_completion'):
        ecom.configure(permissions={'multi_completion': True})


def test_the_issuer_lets_a_hold_go_when_its_time_is_over(merchant: Merchant):
    merchant.configure(hold_life=7 * DAY)
    order_id, completed = merchant.hold(), merchant.hold()
    merchant.call('deposit', orderId=completed, amount=12345)
    merchant.control.advance(6 * DAY)
    assert merchant.status(order_id)['orderStatus'] == 1

    merchant.control.advance(DAY + 1)

    assert merchant.status(order_id)['orderStatus'] == 3
    assert merchant.status(completed)['orderStatus'] == 2
    assert merchant.code('deposit', orderId=order_id, amount=1) == '7'


def test_a_hold_can_be_ended_in_its_issuers_name(merchant: Merchant):
    order_id = merchant.hold()

    merchant.control.expire(order_id)

    assert merchant.status(order_id)['orderStatus'] == 3
    with pytest.raises(BankError, match='409'):
        merchant.control.expire(order_id)


def test_a_chargeback_is_seen_on_the_card_and_in_the_books(merchant: Merchant):
    order_id = merchant.paid()
    merchant.call('refund', orderId=order_id, amount=345)
    assert 'chargeback' not in merchant.status(order_id)['cardAuthInfo']

    merchant.control.chargeback(order_id, 5000)

    status = merchant.status(order_id)
    assert status['cardAuthInfo']['chargeback'] is True
    assert status['paymentAmountInfo']['refundedAmount'] == 345
    assert (totals(merchant)['charged_back'], totals(merchant)['net']) == (5000, 7000)
    assert merchant.code('refund', orderId=order_id, amount=7001) == '7'
    merchant.control.chargeback(order_id)
    assert totals(merchant)['net'] == 0
    with pytest.raises(BankError, match='409'):
        merchant.control.chargeback(order_id)
