"""The core journey, over the client, at each of the banks that the bank might be."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from gateway import (
    DIALECTS,
    Credentials,
    GatewayClient,
    NewOrder,
    Order,
    Refused,
    payment_page_allowed,
    read_notification,
    verify_checksum,
)

from dev.bank.process import BankProcess
from dev.bank.profiles import PROFILES

from .test_calls import new_order

LOGIN = 'profile-test'
PASSWORD = 'p%"&+ =w1'
AMOUNT = 10050
DAY = 24 * 3600

#: A refused registration has no effect; with these codes it may be about a field.
FIELD_CODES = ('4', '5', '9')

NUMBERS = itertools.count(1)

pytestmark = pytest.mark.parametrize('profile', PROFILES)


@pytest.fixture(scope='module')
def own_bank(tmp_path_factory) -> Iterator[BankProcess]:
    """A bank whose clock no other test relies on."""
    log_path = tmp_path_factory.mktemp('bank') / 'bank.log'
    with BankProcess(local_shops=True, log_path=log_path) as process:
        yield process


@pytest.fixture
def bank(own_bank, profile, server):
    own_bank.control.put_merchant(
        LOGIN,
        password=PASSWORD,
        name='Shop',
        profile=profile,
        callback={'url': server.url + 'settings'},
    )
    return own_bank


@pytest.fixture
def client(bank, profile):
    dialect = DIALECTS[PROFILES[profile]['dialect']]
    url = bank.ecom_url if dialect.code == 'ecom' else bank.rbs_url
    return GatewayClient(dialect, url, Credentials(LOGIN, PASSWORD), read_timeout=5)


@pytest.fixture
def order(profile, server) -> NewOrder:
    return new_order(
        order_number=f'P-{next(NUMBERS)}',
        amount=AMOUNT,
        description='INV/2026/00042',
        email='payer@example.com',
        callback_url=server.url + 'order',
    )


def register(client, order, *, hold=False):
    """Register an order, without its callback address where that is refused, as the addon does."""
    call = client.register_pre_auth if hold else client.register
    try:
        return call(order)
    except Refused as refusal:
        if refusal.code not in FIELD_CODES:
            raise
        return call(replace(order, callback_url=None))


def ask(client, order_id: str) -> Order:
    return client.get_order_status_extended(order_id=order_id)


def read(received):
    return read_notification(
        method=received.method,
        query_string=urlsplit(received.path).query.encode(),
        content_type=received.headers.get('Content-Type'),
        body=received.body,
    )


def test_an_order_is_paid_told_of_and_refunded_in_part(bank, client, server, order, profile):
    # given
    registered = register(client, order)
    assert payment_page_allowed(registered.form_url, (), base_url=client.base_url)
    found = client.get_order_status_extended(order_number=order.order_number)
    assert found.is_registered
    assert found.amount == AMOUNT
    assert found.order_id in (registered.order_id, None)
    assert found.order_number in (order.order_number, None)
    assert found.order_id or found.order_number
    assert found.currency in ('643', None)

    # when
    bank.control.pay(registered.order_id)

    # then
    assert bank.control.wait_idle()
    heeds_address = not {'unknown_fields', 'ignored_fields'} & PROFILES[profile].keys()
    address = '/api/order' if heeds_address else '/api/settings'
    assert {urlsplit(received.path).path for received in server.received} == {address}
    # Beside it, some installations tell that the payment was approved, in whichever order.
    told = {notice.operation: notice for notice in map(read, server.received)}
    notification = told['deposited']
    assert notification.order_id == registered.order_id
    assert notification.status == '1'
    if certificate := bank.control.merchant(LOGIN)['callback'].get('certificate'):
        verify_checksum(notification, key=None, public_key_pem=certificate)
    paid = ask(client, registered.order_id)
    assert paid.is_paid
    assert paid.taken_of(AMOUNT) in (AMOUNT, None)

    # when
    if PROFILES[profile].get('refund_from') == 'next_day':
        with pytest.raises(Refused):
            client.refund(registered.order_id, 3000, external_refund_id='refund-1')
        bank.control.advance(DAY)
    client.refund(registered.order_id, 3000, external_refund_id='refund-1')

    # then
    refunded = ask(client, registered.order_id)
    assert refunded.is_refunded
    assert refunded.refunded_amount in (3000, None)
    assert refunded.taken_of(AMOUNT) in (AMOUNT, None)
    assert bank.control.order(registered.order_id)['refundedAmount'] == 3000


def test_a_whole_payment_is_taken_back_on_its_day(bank, client, order):
    registered = register(client, order)
    bank.control.pay(registered.order_id)

    client.reverse(registered.order_id)

    assert ask(client, registered.order_id).is_reversed


def test_a_hold_is_taken_in_part(bank, client, order):
    registered = register(client, order, hold=True)
    bank.control.pay(registered.order_id)
    assert ask(client, registered.order_id).is_held

    client.deposit(registered.order_id, 10000)

    taken = ask(client, registered.order_id)
    assert taken.is_paid
    assert taken.taken_of(10000) in (10000, None)


def test_a_hold_is_released(bank, client, order):
    registered = register(client, order, hold=True)
    bank.control.pay(registered.order_id)

    client.reverse(registered.order_id)

    assert ask(client, registered.order_id).is_reversed


def test_an_order_whose_attempt_failed_is_paid_at_the_next_one(bank, client, order):
    registered = register(client, order)
    bank.control.pay(registered.order_id, outcome='declined', actionCode=116)
    assert not ask(client, registered.order_id).is_money_taken

    bank.control.pay(registered.order_id)

    assert ask(client, registered.order_id).is_paid
