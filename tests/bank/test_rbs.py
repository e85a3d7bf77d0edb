"""The older gateway reads form fields, ignores what it does not know and has codes of its own."""

import uuid

import pytest
import requests

from .merchant import PASSWORD, RETURN_URL, Merchant


def test_register_answers_with_the_id_and_the_address_and_nothing_else(rbs: Merchant):
    answer = rbs.register(language='en')

    order_id = answer['orderId']
    page = f'{rbs.bank.url}/payment/merchants/sim/payment_en.html?mdOrder={order_id}'
    assert answer == {'orderId': order_id, 'formUrl': page}


def test_register_works_by_get_as_well(rbs: Merchant):
    response = requests.get(
        f'{rbs.bank.rbs_url}register.do',
        timeout=10,
        params={
            'userName': rbs.login,
            'password': PASSWORD,
            'orderNumber': 'G1',
            'amount': '100',
            'returnUrl': RETURN_URL,
        },
    )

    assert 'orderId' in response.json()


def test_unknown_parameters_are_ignored(rbs: Merchant):
    assert 'orderId' in rbs.register(somethingNew='1', pageView='MOBILE')


def test_a_json_body_holds_no_parameters(rbs: Merchant):
    response = requests.post(
        f'{rbs.bank.rbs_url}register.do',
        timeout=10,
        json={
            'userName': rbs.login,
            'password': PASSWORD,
            'orderNumber': 'J1',
            'amount': 100,
            'returnUrl': RETURN_URL,
        },
    )

    assert response.json() == {'errorCode': '5', 'errorMessage': 'Доступ запрещён'}
    assert rbs.control.orders(rbs.login) == []


@pytest.mark.parametrize(
    ('change', 'code'),
    [
        ({'orderNumber': ''}, '4'),
        ({'orderNumber': 'N' * 33}, '1'),
        ({'amount': None}, '4'),
        ({'amount': '0'}, '5'),
        ({'amount': '12.34'}, '5'),
        ({'amount': '-5'}, '5'),
        ({'amount': '1' * 13}, '5'),
        ({'returnUrl': None}, '4'),
        ({'returnUrl': 'https://shop.example.com/' + 'x' * 500}, '5'),
        ({'currency': '840'}, '3'),
        ({'currency': 'RUB'}, '3'),
        ({'language': 'fr'}, '5'),
        ({'description': '100% off'}, '5'),
        ({'description': 'a + b'}, '5'),
        ({'description': 'one\r\ntwo'}, '5'),
        ({'email': 'a' * 40 + '@b.ru'}, '5'),
        ({'sessionTimeoutSecs': '20m'}, '5'),
        ({'expirationDate': '2001-01-01T00:00:00'}, '5'),
        ({'expirationDate': 'tomorrow'}, '5'),
        ({'jsonParams': 'a=b'}, '5'),
        ({'jsonParams': '[]'}, '5'),
        ({'jsonParams': '{"a": {"b": 1}}'}, '5'),
        ({'orderBundle': '{'}, '5'),
        ({'features': 'FREE'}, '14'),
        ({'bindingId': str(uuid.uuid4())}, '13'),
        ({'merchantLogin': 'other'}, '5'),
        ({'dynamicCallbackUrl': 'http://shop.example.com/cb'}, '5'),
        ({'dynamicCallbackUrl': 'https://shop.example.com:8443/cb'}, '5'),
        ({'userName': None}, '5'),
        ({'password': None}, '5'),
        ({'password': 'wrong'}, '5'),
        ({'userName': 'nobody-api'}, '5'),
        ({'token': 'abc'}, '5'),
    ],
    ids=str,
)
def test_register_refuses_with_the_documented_code(rbs: Merchant, change, code):
    answer = rbs.register(**change)

    assert answer['errorCode'] == code
    assert answer['errorMessage']
    assert 'orderId' not in answer
    assert rbs.control.orders(rbs.login) == []


def test_a_token_serves_instead_of_login_and_password(rbs: Merchant):
    rbs.configure(token='token-of-this-shop')

    answer = rbs.register(userName=None, password=None, token='token-of-this-shop')

    assert rbs.control.order(answer['orderId'])['login'] == rbs.login
    assert rbs.control.requests(login=rbs.login)[-1]['parameters']['token'] == '***'


def test_a_shop_of_the_newer_gateway_is_not_known_here(rbs: Merchant, ecom: Merchant):
    assert rbs.register(userName=ecom.login)['errorCode'] == '5'


def test_status_prefers_the_order_id_and_wants_one_of_both(rbs: Merchant):
    first, _second = rbs.order(orderNumber='F1'), rbs.order(orderNumber='F2')

    assert rbs.status(first, orderNumber='F2')['orderNumber'] == 'F1'
    assert rbs.call('getOrderStatusExtended', orderNumber='F2')['orderNumber'] == 'F2'
    assert rbs.code('getOrderStatusExtended') == '1'
    assert rbs.code('getOrderStatusExtended', orderId=str(uuid.uuid4())) == '6'


@pytest.mark.parametrize('method', ['deposit', 'reverse', 'refund', 'decline'])
def test_an_order_must_be_named_and_known(rbs: Merchant, method):
    assert rbs.code(method, amount='1') == '5'
    assert rbs.code(method, amount='1', orderId=str(uuid.uuid4())) == '6'


def test_zero_means_all_of_it(rbs: Merchant):
    held, paid = rbs.hold(), rbs.paid()

    assert rbs.code('deposit', orderId=held, amount='0') == '0'
    assert rbs.code('refund', orderId=paid, amount='0') == '0'

    assert rbs.control.order(held)['depositedAmount'] == 12345
    assert rbs.control.order(paid)['refundedAmount'] == 12345


def test_the_short_status_has_capitals_and_code_2_for_a_declined_order(rbs: Merchant):
    order_id = rbs.order()
    assert rbs.call('getOrderStatus', orderId=order_id)['ErrorCode'] == '0'
    rbs.control.expire(order_id)

    answer = rbs.call('getOrderStatus', orderId=order_id)

    assert (answer['ErrorCode'], answer['OrderStatus'], answer['Amount']) == ('2', 6, 12345)
    assert rbs.call('getOrderStatus', orderId=str(uuid.uuid4()))['ErrorCode'] == '6'


def test_methods_that_do_not_exist_are_not_found(rbs: Merchant):
    for method in ('getbindings', 'registerpreauth', 'recurrentPayment', 'nothing'):
        assert rbs.post(method).status_code == 404


def test_holds_need_a_permission(rbs: Merchant):
    rbs.configure(permissions={'hold': False})

    assert rbs.register('registerPreAuth')['errorCode'] == '13'
