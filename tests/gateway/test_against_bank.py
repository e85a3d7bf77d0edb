"""The client and the stand-in bank: two readings of the same protocol that check each other."""

import itertools
from urllib.parse import urlsplit

import pytest
from gateway import (
    ECOM,
    RBS,
    Credentials,
    GatewayClient,
    OrderNumberTaken,
    Refused,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    WrongSettings,
    page_url_for,
    payment_page_allowed,
    read_notification,
    verify_checksum,
)

from .test_calls import new_order

LOGIN = 'gateway-test'
PASSWORD = 'p%"&+ =w1'
CALLBACK_KEY = 'ключ-0001'
GOOD_CARD = '2202205000012424'

# The bank lives as long as the tests, and takes a number only once.
NUMBERS = itertools.count(1)


@pytest.fixture
def callback(server):
    return server.url + 'callback'


@pytest.fixture
def shop(bank, dialect, callback):
    """Open a shop at the bank; keyword arguments are the bank's settings of its callbacks."""

    def open_shop(**settings):
        bank.control.put_merchant(
            LOGIN,
            password=PASSWORD,
            dialect=dialect.code,
            name='Shop',
            callback={'url': callback, **settings},
        )
        return bank.control.merchant(LOGIN)

    open_shop()
    yield open_shop
    bank.control.faults(LOGIN)


@pytest.fixture
def client(bank, dialect, shop):
    url = bank.ecom_url if dialect is ECOM else bank.rbs_url
    return GatewayClient(dialect, url, Credentials(LOGIN, PASSWORD), read_timeout=5)


@pytest.fixture
def order(dialect, callback):
    """An order with everything in it that the client can send."""
    return new_order(
        order_number=f'G-{dialect.code}-{next(NUMBERS)}',
        description='Счёт «INV/2026/00042» — 100% & +',
        email='payer@example.com',
        callback_url=callback,
    )


def last_notification(bank, server):
    assert bank.control.wait_idle()
    received = server.last
    return read_notification(
        method=received.method,
        query_string=urlsplit(received.path).query.encode(),
        content_type=received.headers.get('Content-Type'),
        body=received.body,
    )


def test_an_order_is_paid_notified_and_refunded_once(bank, client, server, order):
    # given
    registered = client.register(order)
    assert payment_page_allowed(registered.form_url, (), base_url=client.base_url)
    found = client.get_order_status_extended(order_number=order.order_number)
    assert (found.order_id, found.amount, found.currency) == (
        registered.order_id,
        order.amount,
        '643',
    )
    assert found.is_registered

    # when
    bank.control.pay(registered.order_id, card=GOOD_CARD)

    # then
    notification = last_notification(bank, server)
    assert (notification.order_id, notification.operation, notification.status) == (
        registered.order_id,
        'deposited',
        '1',
    )
    paid = client.get_order_status_extended(order_id=registered.order_id)
    assert paid.is_paid
    assert (paid.order_number, paid.deposited_amount) == (order.order_number, order.amount)
    assert paid.masked_pan.endswith('2424')

    # when
    for _repetition in range(2):
        client.refund(registered.order_id, 1050, external_refund_id='refund-1')

    # then
    refunded = client.get_order_status_extended(order_id=registered.order_id)
    assert refunded.is_refunded
    assert (refunded.deposited_amount, refunded.refunded_amount) == (order.amount, 1050)


def test_a_hold_is_completed_in_part_or_released(bank, client, order):
    first = client.register_pre_auth(order)
    bank.control.pay(first.order_id, card=GOOD_CARD)
    assert client.get_order_status_extended(order_id=first.order_id).is_held

    client.deposit(first.order_id, 100000)

    assert client.get_order_status_extended(order_id=first.order_id).deposited_amount == 100000

    second = client.register_pre_auth(new_order(order_number=order.order_number + '-2'))
    bank.control.pay(second.order_id, card=GOOD_CARD)

    client.reverse(second.order_id)

    assert client.get_order_status_extended(order_id=second.order_id).is_reversed


def test_an_order_ends_unpaid(bank, client, order):
    declined = client.register(order)
    expired = client.register(new_order(order_number=order.order_number + '-2'))

    client.decline(order_id=declined.order_id)
    bank.control.expire(expired.order_id)

    assert client.get_order_status_extended(order_id=declined.order_id).is_declined
    assert client.get_order_status_extended(order_id=expired.order_id).is_expired
    assert expired.form_url == page_url_for(declined.form_url, declined.order_id, expired.order_id)


def test_a_number_is_taken_once_and_an_unknown_one_is_not_found(client, order):
    client.register(order)

    with pytest.raises(OrderNumberTaken):
        client.register(order)
    with pytest.raises(Refused) as caught:
        client.get_order_status_extended(order_number='unknown')
    assert caught.value.may_mean_not_found


def test_wrong_credentials_are_refused_with_a_hint(client, dialect):
    stranger = GatewayClient(dialect, client.base_url, Credentials(LOGIN, 'wrong'))

    with pytest.raises(Refused, match='user name and the password') as caught:
        stranger.get_order_status_extended(order_number='1')
    assert caught.value.code == '5'


@pytest.mark.parametrize('dialect', [RBS], indirect=True)
@pytest.mark.parametrize('method', ['GET', 'POST'])
@pytest.mark.parametrize('signing', ['symmetric', 'asymmetric'])
def test_the_bank_s_signature_is_right(bank, client, server, order, shop, method, signing):
    # given
    merchant = shop(
        method=method,
        signing=signing,
        key=CALLBACK_KEY,
        sign_alias='key 1',
        parameters=['mdOrder', 'operation', 'status', 'orderDescription', 'callbackCreationDate'],
    )
    certificate = merchant.get('certificate') or merchant['callback'].get('certificate')

    # when
    bank.control.pay(client.register(order).order_id, card=GOOD_CARD)

    # then
    notification = last_notification(bank, server)
    assert notification.order_number is None
    verify_checksum(notification, key=CALLBACK_KEY, public_key_pem=certificate)


@pytest.mark.parametrize(
    ('fault', 'error', 'may_have_reached'),
    [
        ('html200', UnexpectedAnswer, True),
        ('empty200', UnexpectedAnswer, True),
        ('truncated', UnexpectedAnswer, True),
        ('json_array', UnexpectedAnswer, True),
        ('giant_answer', UnexpectedAnswer, True),
        ('drop_response_after_commit', Unavailable, True),
        ('http500', Unavailable, True),
        ('http502', Unavailable, True),
        ('http503', Unavailable, True),
        ('http429', TooManyRequests, False),
        ('http403', WrongSettings, True),
        ('http404', WrongSettings, True),
        ('redirect', WrongSettings, True),
    ],
)
def test_a_fault_says_what_to_do(bank, client, order, fault, error, may_have_reached):
    bank.control.faults(LOGIN, {'fault': fault, 'times': 1})

    with pytest.raises(error) as caught:
        client.register(order)

    assert caught.value.may_have_reached is may_have_reached


def test_a_registration_whose_answer_was_lost_is_found_by_its_number(bank, client, order):
    bank.control.faults(LOGIN, {'fault': 'drop_response_after_commit', 'times': 1})
    with pytest.raises(Unavailable):
        client.register(order)

    found = client.get_order_status_extended(order_number=order.order_number)

    assert found.is_registered
    assert (found.order_number, found.amount) == (order.order_number, order.amount)


@pytest.mark.parametrize(
    'fault', ['error_code_as_int', 'attributes_as_object', 'currency_as_int', 'missing_blocks']
)
def test_the_known_variants_of_an_answer_are_read(bank, client, order, fault):
    registered = client.register(order)
    bank.control.pay(registered.order_id, card=GOOD_CARD)
    bank.control.faults(LOGIN, {'fault': fault, 'times': 1})

    found = client.get_order_status_extended(order_id=registered.order_id)

    assert found.is_paid
    assert found.amount == order.amount
    assert found.currency in ('643', None)
    assert found.order_id in (registered.order_id, None)
