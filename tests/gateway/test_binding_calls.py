"""Cards on file, with the stand-in bank, and with one that answers with nonsense."""

import itertools

import pytest
from gateway import (
    ECOM,
    CardOnFile,
    Credentials,
    GatewayClient,
    OrderStatus,
    Refused,
    UnexpectedAnswer,
)

from .server import Answer
from .test_calls import new_order

LOGIN = 'gateway-cards'
PASSWORD = 'p%"&+ =w1'
CLIENT = 'f' * 64
#: Asks a payer who is there for a code.
CARD = '2202205300068092'
UNKNOWN = '0d6f28d9-6a3d-4b5f-9f4c-0c4f1f1f7a11'
NUMBERS = itertools.count(1)


@pytest.fixture
def client(bank, dialect):
    bank.control.put_merchant(
        LOGIN,
        password=PASSWORD,
        dialect=dialect.code,
        name='Shop',
        permissions={'bindings': True, 'verify': True, 'recurring': True},
    )
    url = bank.ecom_url if dialect is ECOM else bank.rbs_url
    return GatewayClient(dialect, url, Credentials(LOGIN, PASSWORD), read_timeout=5)


@pytest.fixture
def nonsense(server, dialect, credentials):
    return GatewayClient(dialect, server.url, credentials, read_timeout=5)


def register(client, card):
    number = f'B-{client.dialect.code}-{next(NUMBERS)}'
    return client.register(new_order(order_number=number, card=card)).order_id


def ask(client, order_id):
    return client.get_order_status_extended(order_id=order_id)


@pytest.fixture
def on_file(bank, client):
    """The id of a card that was just saved by paying with it."""
    order_id = register(client, CardOnFile(f'{CLIENT}{next(NUMBERS)}'))
    bank.control.pay(order_id, card=CARD)
    bank.control.pay(order_id)
    order = ask(client, order_id)
    assert order.expiration
    return CardOnFile(order.client_id, order.binding_id, without_payer=True)


def test_a_card_is_charged_without_the_payer_and_once(client, on_file):
    order_id = register(client, on_file)

    client.charge_binding(order_id, on_file.binding_id)
    with pytest.raises(Refused):
        client.charge_binding(order_id, on_file.binding_id)

    order = ask(client, order_id)
    assert (order.status, order.deposited_amount) == (OrderStatus.DEPOSITED, order.amount)


def test_a_decline_is_told_by_the_order(bank, client, on_file):
    bank.control.set_binding(on_file.binding_id, actionCode=116)
    order_id = register(client, on_file)

    with pytest.raises(Refused):
        client.charge_binding(order_id, on_file.binding_id)

    order = ask(client, order_id)
    assert (order.is_money_taken, order.action_code) == (False, 116)


def test_a_card_is_listed_until_it_is_removed(client, on_file):
    [listed] = client.get_bindings(on_file.client_id)
    assert (listed.binding_id, listed.is_active) == (on_file.binding_id, True)

    client.unbind_card(on_file.binding_id)

    assert client.get_bindings(on_file.client_id) == ()
    with pytest.raises(Refused):
        client.unbind_card(on_file.binding_id)


def test_who_has_no_card_on_file_has_an_empty_list(client):
    assert client.get_bindings('nobody') == ()


def test_a_contract_without_cards_refuses(bank, dialect, client, on_file):
    bank.control.put_merchant(LOGIN, password=PASSWORD, dialect=dialect.code, name='Shop')

    for ask_for in (
        lambda: client.get_bindings(on_file.client_id),
        lambda: client.unbind_card(on_file.binding_id),
    ):
        with pytest.raises(Refused):
            ask_for()


@pytest.mark.parametrize('method', ['register', 'register_pre_auth'])
def test_a_card_is_verified_and_kept_for_nothing(bank, client, method):
    card = CardOnFile(f'{CLIENT}{next(NUMBERS)}', only_verified=True)
    number = f'V-{client.dialect.code}-{next(NUMBERS)}'
    order = new_order(order_number=number, amount=0, card=card)
    order_id = getattr(client, method)(order).order_id

    bank.control.pay(order_id)

    told = ask(client, order_id)
    [binding] = client.get_bindings(card.client_id)
    assert (told.is_reversed, told.amount, told.approved_amount) == (True, 0, 0)
    assert (told.binding_id, told.client_id) == (binding.binding_id, card.client_id)


@pytest.mark.parametrize('amount', [1, 0.0, False, None], ids=repr)
def test_nothing_is_taken_when_a_card_is_verified(amount):
    with pytest.raises(ValueError, match='Nothing is taken'):
        new_order(amount=amount, card=CardOnFile(CLIENT, only_verified=True))


def test_an_order_says_nothing_of_cards_unless_asked(dialect):
    told = dialect.order_fields(new_order())

    assert not {'clientId', 'bindingId', 'features'} & told.keys()


@pytest.mark.parametrize(
    'listed',
    [
        None,
        {},
        'none',
        [None],
        [{}],
        [{'bindingId': ''}],
        [{'bindingId': 7}],
        [{'bindingId': 'a b'}],
    ],
    ids=repr,
)
def test_a_list_that_cannot_be_read_removes_no_card(server, nonsense, listed):
    server.answer = Answer.json({'errorCode': '0', 'bindings': listed})

    with pytest.raises(UnexpectedAnswer):
        nonsense.get_bindings(CLIENT)


@pytest.mark.parametrize('status', ['0', 0, '1', 1, None, 'ACTIVE'])
def test_a_card_is_out_of_use_only_if_the_bank_says_so(server, nonsense, status):
    line = {'bindingId': UNKNOWN, 'bindingStatus': status}
    server.answer = Answer.json({'errorCode': '0', 'bindings': [line]})

    [listed] = nonsense.get_bindings(CLIENT)

    assert listed.is_active == (status not in ('0', 0))


@pytest.mark.parametrize(
    'values',
    [
        {'client_id': ''},
        {'client_id': 'a' * 256},
        {'client_id': 'Анна'},
        {'client_id': 'a b'},
        {'client_id': CLIENT, 'binding_id': 'a b'},
        {'client_id': CLIENT, 'without_payer': True},
        {'client_id': CLIENT, 'binding_id': UNKNOWN, 'only_verified': True},
    ],
    ids=repr,
)
def test_what_can_be_no_card_is_refused(values):
    with pytest.raises(ValueError, match=r"can't|no id|Nobody|on file already"):
        CardOnFile(**values)


def test_a_card_shows_nothing_of_itself():
    assert CLIENT not in repr(CardOnFile(CLIENT, UNKNOWN))
    assert UNKNOWN not in repr(CardOnFile(CLIENT, UNKNOWN))
