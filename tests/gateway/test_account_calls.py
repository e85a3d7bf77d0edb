"""Accounts bound by SBP, with the stand-in bank, and with one that answers with nonsense."""

import itertools
import json

import pytest
from gateway import (
    ECOM,
    RBS,
    Account,
    BySbp,
    Credentials,
    GatewayClient,
    Order,
    OrderStatus,
    Refused,
    UnexpectedAnswer,
    bank_of_member,
    clean_purpose,
    is_account_gone,
)
from gateway.calls import Call

from .server import Answer
from .test_calls import new_order

LOGIN = 'gateway-accounts'
PASSWORD = 'p%"&+ =w1'
SUBSCRIPTION = 'c9403ef2f9254736a5af837238ce05b1'
MEMBER = '100000000111'
ORDER_ID = 'a67b0ced-c9a4-4cfb-bce3-b9595afaafc1'
NUMBERS = itertools.count(1)


@pytest.fixture
def client(bank):
    bank.control.put_merchant(
        LOGIN,
        password=PASSWORD,
        dialect='ecom',
        name='Shop',
        permissions={'sbp': True, 'recurring': True},
    )
    return GatewayClient(ECOM, bank.ecom_url, Credentials(LOGIN, PASSWORD), read_timeout=5)


def register(client, **values):
    number = f'A-{next(NUMBERS)}'
    return client.register(new_order(order_number=number, **values)).order_id


def ask(client, order_id):
    return client.get_order_status_extended(order_id=order_id)


@pytest.fixture
def account(bank, client):
    """An account that was just bound by paying."""
    order_id = register(client, sbp=BySbp('Lessons'))
    bank.control.pay(order_id, method='sbp')
    return ask(client, order_id).account


def test_an_account_is_charged_without_the_payer(client, account):
    order_id = register(client, description='Lessons', sbp=BySbp())

    client.charge_account(order_id, account)

    order = ask(client, order_id)
    assert (order.status, order.deposited_amount) == (OrderStatus.DEPOSITED, order.amount)
    with pytest.raises(Refused):
        client.charge_account(order_id, account)


def test_no_account_is_bound_unless_the_order_says_so(bank, client):
    order_id = register(client)

    bank.control.pay(order_id, method='sbp')

    assert ask(client, order_id).account is None


def test_a_binding_that_is_no_more_is_told_by_the_order(bank, client, account):
    bank.control.remove_subscription(account.subscription_id)
    order_id = register(client, description='Lessons', sbp=BySbp())

    client.charge_account(order_id, account)

    order = ask(client, order_id)
    assert (order.is_registered, order.is_attempt_declined) == (True, True)
    assert is_account_gone(order.action_code)


def test_a_contract_without_such_charges_refuses(bank, client, account):
    bank.control.put_merchant(
        LOGIN, password=PASSWORD, dialect='ecom', name='Shop', permissions={'sbp': True}
    )
    order_id = register(client, description='Lessons', sbp=BySbp())

    with pytest.raises(Refused):
        client.charge_account(order_id, account)


def test_the_call_has_an_address_of_its_own_kind():
    base = 'https://bank.example/ecomm/gw/partner/api/v1/'

    url = ECOM.url_of(Call.PAYMENT_ORDER_BY_SUBSCRIPTION, base)

    assert url == f'{base}paymentOrderBySubscription'


def test_an_answer_that_contradicts_itself_is_no_word(server, credentials):
    client = GatewayClient(ECOM, server.url, credentials, read_timeout=5)
    server.answer = Answer.json({'errorCode': '0', 'success': False, 'error': {'code': '5'}})

    with pytest.raises(UnexpectedAnswer):
        client.charge_account(ORDER_ID, Account(SUBSCRIPTION, MEMBER))


def test_the_older_gateway_is_told_nothing_of_accounts(server, credentials):
    client = GatewayClient(RBS, server.url, credentials, read_timeout=5)

    with pytest.raises(ValueError, match='no accounts'):
        client.charge_account(ORDER_ID, Account(SUBSCRIPTION, MEMBER))
    with pytest.raises(ValueError, match='no accounts'):
        RBS.order_fields(new_order(sbp=BySbp('Lessons')))
    assert server.connections == 0


@pytest.mark.parametrize(
    ('sbp', 'params'),
    [
        (None, None),
        (BySbp(), {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2B'}),
        (
            BySbp('Lessons'),
            {
                'qrType': 'DYNAMIC_QR_SBP',
                'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT',
                'sbp.subscriptionPurpose': 'Lessons',
            },
        ),
    ],
    ids=repr,
)
def test_an_order_says_what_it_does_by_sbp(sbp, params):
    assert ECOM.order_fields(new_order(sbp=sbp)).get('jsonParams') == params


@pytest.mark.parametrize('as_object', [False, True])
def test_the_account_is_read_from_the_order(as_object):
    values = {'mdOrder': ORDER_ID, 'subscriptionId': SUBSCRIPTION, 'memberId': MEMBER}
    lines = [{'name': name, 'value': value} for name, value in values.items()]

    order = Order.from_answer({'orderStatus': 2, 'attributes': values if as_object else lines})

    assert (order.order_id, order.account) == (ORDER_ID, Account(SUBSCRIPTION, MEMBER))


@pytest.mark.parametrize(
    'attributes',
    [
        [('subscriptionId', SUBSCRIPTION)],
        [('memberId', MEMBER)],
        [('subscriptionId', SUBSCRIPTION.upper()), ('memberId', MEMBER)],
        [('subscriptionId', SUBSCRIPTION), ('memberId', int(MEMBER))],
        [('subscriptionId', SUBSCRIPTION), ('memberId', f'{MEMBER}\n')],
        [('subscriptionId', SUBSCRIPTION), ('memberId', MEMBER), ('memberId', '100000000004')],
        [('subscriptionId', {}), ('memberId', MEMBER)],
    ],
    ids=repr,
)
def test_an_account_that_is_not_told_for_sure_is_none(attributes):
    lines = [{'name': name, 'value': value} for name, value in attributes]

    assert Order.from_answer({'orderStatus': 2, 'attributes': lines}).account is None


@pytest.mark.parametrize(
    ('code', 'is_in_processing', 'is_declined'),
    [
        (None, False, False),
        (0, False, False),
        (-100, False, False),
        (-99, True, False),
        (-5031, False, True),
        (116, False, True),
    ],
)
def test_what_became_of_a_charge_is_told_by_its_code(code, is_in_processing, is_declined):
    order = Order(status=0, action_code=code)

    assert (order.is_in_processing, order.is_attempt_declined) == (is_in_processing, is_declined)
    paid = Order(status=2, action_code=code)
    assert (paid.is_in_processing, paid.is_attempt_declined) == (False, False)


def test_a_purpose_is_written_as_the_bank_takes_it():
    assert clean_purpose('«Уроки» — №5') == '"Уроки" - №5'
    assert len(clean_purpose('урок ' * 99)) <= 256
    assert clean_purpose('日本') is None
    for purpose in ('', '«Уроки»', 'a' * 257):
        with pytest.raises(ValueError, match='purpose'):
            BySbp(purpose)


def test_an_account_shows_nothing_of_itself():
    account = Account(SUBSCRIPTION, MEMBER)

    assert repr(account) == 'Account()'
    assert SUBSCRIPTION not in repr(Order(status=2, account=account))
    with pytest.raises(ValueError, match='no account'):
        Account('x', MEMBER)


def test_nothing_of_an_account_is_written_down(bank, account):
    written = []
    client = GatewayClient(
        ECOM, bank.ecom_url, Credentials(LOGIN, PASSWORD), on_exchange=written.append
    )
    order_id = register(client, description='Lessons', sbp=BySbp())

    client.charge_account(order_id, account)
    ask(client, order_id)

    text = json.dumps([[each.request, each.answer] for each in written])
    assert account.subscription_id not in text
    assert '***' in text


def test_a_bank_is_called_by_its_name_or_its_number():
    assert bank_of_member(MEMBER) == 'Sberbank'
    assert bank_of_member('100000000999') == 'bank 100000000999'
