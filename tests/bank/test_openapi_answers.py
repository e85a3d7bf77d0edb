"""The newer gateway's answers against the schemas of the bank's own file, where somebody has it."""

import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from .merchant import Merchant
from .published import read_openapi

EVERYTHING = {'bindings': True, 'recurring': True, 'card_search': True, 'sbp': True}
SUBSCRIPTION = {
    'qrType': 'DYNAMIC_QR_SBP',
    'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT',
    'sbp.subscriptionPurpose': 'Занятия',
}
# The file's pattern is a regular expression with its opening stroke and without its end.
GARBLED = {'/[A-Z0-9]+', '&#91;\\w^"\\/|#$%;\'<>=*&#93;'}


@pytest.fixture(scope='module')
def published() -> dict:
    """The file, without what is broken in it."""
    return json.loads(json.dumps(_without_garbled(read_openapi()), default=str))


@pytest.fixture
def fits(published: dict) -> Callable[[dict, str], None]:
    """Check an answer against the schema of its name."""

    def check(answer: dict, name: str) -> None:
        schema = {'$ref': f'#/components/schemas/{name}Response', **published}
        errors = [
            f'{"/".join(map(str, error.absolute_path))}: {error.message}'
            for error in Draft202012Validator(schema).iter_errors(answer)
        ]
        assert errors == []

    return check


@pytest.fixture
def shop(ecom: Merchant) -> Merchant:
    ecom.configure(permissions=EVERYTHING)
    return ecom


@pytest.mark.parametrize('json_params', [None, SUBSCRIPTION, {'qrType': 'SBERPAY_DYNAMIC_QR'}])
def test_a_registration(shop: Merchant, fits, json_params):
    fits(shop.register(jsonParams=json_params), 'register')
    fits(shop.register(amount='1'), 'register')


@pytest.mark.parametrize(
    'payment',
    [{'outcome': 'declined'}, {'outcome': '3ds'}, {}, {'method': 'sbp'}, {'method': 'sberpay'}],
    ids=['declined', 'at the issuer', 'card', 'sbp', 'sberpay'],
)
def test_the_status_of_an_order(shop: Merchant, fits, payment):
    order_id = shop.order(clientId='c1', email='a@b.ru', jsonParams=SUBSCRIPTION)
    fits(shop.status(order_id), 'getOrderStatusExtended')

    shop.control.pay(order_id, **payment)

    fits(shop.status(order_id), 'getOrderStatusExtended')


def test_the_status_after_money_went_back(shop: Merchant, fits):
    order_id = shop.hold()
    for method, amount in (('deposit', 10000), ('refund', 3000)):
        answer = shop.call(method, orderId=order_id, amount=amount)
        fits(answer, method)
        fits(shop.status(order_id), 'getOrderStatusExtended')
    shop.control.chargeback(order_id)
    fits(shop.status(order_id), 'getOrderStatusExtended')
    fits(shop.call('reverse', orderId=order_id), 'reverse')
    fits(shop.call('decline', orderId=shop.order()), 'decline')


def test_what_is_on_file(shop: Merchant, fits):
    paid = shop.paid(clientId='c1')
    binding_id = shop.status(paid)['bindingInfo']['bindingId']
    named = {'bindingId': binding_id}

    fits(shop.call('getBindings', clientId='c1'), 'getBindings')
    fits(shop.call('getBindingsByCardOrId', **named), 'getBindingsByCardOrId')
    for challenge in (False, True):
        shop.control.set_binding(binding_id, challenge=challenge)
        order = {'mdOrder': shop.order(clientId='c1'), 'ip': '127.0.0.1'}
        fits(shop.call('paymentOrderBinding', **named, **order), 'paymentOrderBinding')
    for number, code in (('R1', None), ('R2', 116), ('R1', None)):
        shop.control.set_binding(binding_id, actionCode=code)
        answer = shop.call('recurrentPayment', **named, orderNumber=number, amount=100)
        fits(answer, 'recurrentPayment')
    for _twice in range(2):
        fits(shop.call('unbindCard', **named), 'unBindCard')
    fits(shop.call('bindCard', **named), 'bindCard')


def test_methods_that_no_contract_has(shop: Merchant, fits):
    for method in ('paymentOrder', 'paymentSberPay', 'finish3dsPayment', 'mir/paymentDirect'):
        fits(shop.call(method), method.removeprefix('mir/'))


def _without_garbled(node):
    if isinstance(node, dict):
        return {
            key: _without_garbled(value)
            for key, value in node.items()
            if not (key == 'pattern' and value in GARBLED)
        }
    return [_without_garbled(item) for item in node] if isinstance(node, list) else node
