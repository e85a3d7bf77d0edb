"""The newer gateway refuses what its schemas do not allow."""

import json
import uuid

import pytest
import requests

from .carts import ecom_order
from .merchant import PASSWORD, RETURN_URL, Merchant

BAD_PARAMETER = {'errorCode': '5', 'errorMessage': 'Error, value of the request parameter'}


def test_register_answers_with_the_documented_fields(ecom: Merchant):
    answer = ecom.register()

    order_id = answer['orderId']
    assert str(uuid.UUID(order_id)) == order_id
    assert answer == {
        'errorCode': '0',
        'errorMessage': 'Обработка запроса прошла без системных ошибок',
        'orderId': order_id,
        'formUrl': f'{ecom.bank.url}/pp/pay_ru?orderId={order_id}',
        'externalParams': {
            'sbolDeepLink': f'sberpay://invoicing/v2?bankInvoiceId={order_id.replace("-", "")}'
            '&operationType=Web2App&option=Connect',
        },
    }


@pytest.mark.parametrize(
    'change',
    [
        {'pageView': 'MOBILE'},
        {'taxSystem': 0},
        {'OrderNumber': 'x'},
        {'orderPayerData': {'mobilePhone': '+79001234567'}},
        {'amount': '12345'},
        {'amount': 123.45},
        {'amount': 12345.0},
        {'amount': True},
        {'amount': -1},
        {'amount': 10**12},
        {'amount': None},
        {'currency': 643},
        {'currency': 'RUB'},
        {'orderNumber': 42},
        {'orderNumber': ''},
        {'orderNumber': 'N' * 37},
        {'orderNumber': 'N«1»'},
        {'orderNumber': 'N1\n'},
        {'returnUrl': '/shop/retur'},
        {'returnUrl': 'http://x.y'},
        {'returnUrl': 'https://школа.рф/return'},
        {'returnUrl': None},
        {'description': ''},
        {'description': 'Счёт «1»'},
        {'description': 'one\ntwo'},
        {'description': 'x' * 513},
        {'language': 'RU'},
        {'language': 'rus'},
        {'email': 'я@почта.рф'},
        {'phone': '8 (900) 123-45-67'},
        {'sessionTimeoutSecs': '1200'},
        {'expirationDate': '2099-01-01 00:00:00'},
        {'jsonParams': '{"a": "b"}'},
        {'jsonParams': {'a': {'b': 'c'}}},
        {'jsonParams': {'a': 1}},
        {'dynamicCallbackUrl': 'http://shop.example.com/callback'},
        {'dynamicCallbackUrl': 'shop.example.com/callback'},
        {'orderBundle': {'cartItems': {'items': []}}},
        {'merchantLogin': ''},
        {'token': 'abc'},
        {'autocompletionDate': '2099-01-01T00:00:00'},
        {'password': 'п' * 8},
        {'userName': 'shop@api'},
    ],
    ids=str,
)
def test_register_refuses_what_the_schema_does_not_allow(ecom: Merchant, change):
    assert ecom.register(**change) == BAD_PARAMETER
    assert ecom.control.orders(ecom.login) == []


def test_the_reason_of_a_refusal_is_told_to_the_bench_and_not_to_the_caller(ecom: Merchant):
    ecom.register(pageView='MOBILE')

    assert ecom.reason() == 'BAD_PARAMETER: (top): unknown pageView'


def test_every_documented_field_of_register_is_taken(ecom: Merchant):
    answer = ecom.register(
        'registerPreAuth',
        currency='643',
        failUrl='https://shop.example.com/fail',
        description='Счёт №1 (a%b+c)',
        language='en',
        clientId='42',
        merchantLogin=ecom.login,
        jsonParams={'backToShopUrl': 'https://shop.example.com', 'app2app': True, 'mine': 'x'},
        sessionTimeoutSecs=600,
        features='FORCE_TDS',
        phone='+79001234567',
        email='a@b.ru',
        dynamicCallbackUrl='https://shop.example.com/callback',
        autocompletionDate='2099-01-01T00:00:00',
        orderBundle={
            'cartItems': {
                'items': [
                    {
                        'positionId': '1',
                        'name': 'Курс',
                        'quantity': {'value': 1},
                        'itemCode': 'c1',
                        'itemPrice': 12345,
                        'itemAmount': 12345,
                    }
                ]
            }
        },
    )

    assert answer['errorCode'] == '0'
    assert '/pp/pay_en?' in answer['formUrl']


@pytest.mark.parametrize('method', ['GET', 'PUT', 'DELETE'])
def test_other_methods_than_post_are_not_allowed(ecom: Merchant, method):
    response = requests.request(method, f'{ecom.bank.ecom_url}register.do', timeout=10)

    assert (response.status_code, response.text) == (405, '')
    assert response.headers['Content-Type'].startswith('text/html')


@pytest.mark.parametrize(
    'path', ['getOrderStatus.do', 'register', 'getLoyaltyBalance.do', 'x/y.do', '']
)
def test_a_wrong_path_is_an_empty_page(ecom: Merchant, path):
    response = requests.post(f'{ecom.bank.ecom_url}{path}', json={}, timeout=10)

    assert (response.status_code, response.text) == (404, '')


@pytest.mark.parametrize(
    ('body', 'content_type'),
    [
        (b'userName=a&password=b&orderNumber=1', 'application/x-www-form-urlencoded'),
        (b'{}', 'text/plain'),
        (b'', 'application/json'),
        (b'{"userName": ', 'application/json'),
        (b'[]', 'application/json'),
        (b'null', 'application/json'),
        (b'{"amount": NaN}', 'application/json'),
        ('{"userName": "я"}'.encode('cp1251'), 'application/json'),
        (b'{"userName": "a", "userName": "b"}', 'application/json'),
    ],
    ids=['form', 'text', 'empty', 'cut off', 'array', 'null', 'NaN', 'cp1251', 'repeated name'],
)
def test_a_body_that_is_no_json_object_is_a_wrong_parameter(ecom: Merchant, body, content_type):
    response = requests.post(
        f'{ecom.bank.ecom_url}register.do',
        data=body,
        headers={'Content-Type': content_type},
        timeout=10,
    )

    assert (response.status_code, response.json()) == (200, BAD_PARAMETER)


@pytest.mark.parametrize('content_type', ['text/plain', 'application/x-www-form-urlencoded', ''])
def test_json_that_is_not_declared_as_json_is_refused(ecom: Merchant, content_type):
    body = json.dumps({
        'userName': ecom.login,
        'password': PASSWORD,
        'orderNumber': 'T1',
        'amount': 1,
        'returnUrl': RETURN_URL,
    })

    response = requests.post(
        f'{ecom.bank.ecom_url}register.do',
        data=body,
        headers={'Content-Type': content_type},
        timeout=10,
    )

    assert response.json() == BAD_PARAMETER
    assert ecom.control.orders(ecom.login) == []


def test_the_schema_is_checked_before_the_password(ecom: Merchant):
    assert ecom.register(password='wrong', pageView='MOBILE') == BAD_PARAMETER
    assert ecom.register(password='wrong')['errorMessage'] == 'Доступ запрещен'


def test_credentials_are_checked_before_the_order(ecom: Merchant):
    answer = ecom.status(str(uuid.uuid4()), password='wrong')

    assert (answer['errorCode'], answer['errorMessage']) == ('5', 'Доступ запрещен')


def test_a_shop_of_the_older_gateway_is_not_known_here(ecom: Merchant, rbs: Merchant):
    assert ecom.register(userName=rbs.login)['errorMessage'] == 'Доступ запрещен'
    assert 'rbs dialect' in rbs.reason()


@pytest.mark.parametrize('both', [True, False])
def test_status_wants_exactly_one_of_order_id_and_number(ecom: Merchant, both):
    order_id = ecom.order(orderNumber='B1')
    wish = {'orderId': order_id, 'orderNumber': 'B1'} if both else {}

    assert ecom.call('getOrderStatusExtended', **wish) == BAD_PARAMETER


def test_status_by_number_finds_the_order(ecom: Merchant):
    order_id = ecom.order(orderNumber='B2')

    answer = ecom.call('getOrderStatusExtended', orderNumber='B2')

    assert answer['attributes'] == [{'name': 'mdOrder', 'value': order_id}]


def test_texts_come_in_the_language_of_the_request(ecom: Merchant):
    english = ecom.register(password='wrong', language='en')

    assert english == {'errorCode': '5', 'errorMessage': 'Access denied'}


def test_an_unknown_or_foreign_order_is_not_found(ecom: Merchant, rbs: Merchant):
    foreign = rbs.order()

    for order_id in (str(uuid.uuid4()), foreign):
        answer = ecom.status(order_id)
        assert (answer['errorCode'], answer['errorMessage']) == ('5', 'Заказ не найден')
        assert 'orderStatus' not in answer


def test_a_zero_amount_is_refused_everywhere(ecom: Merchant):
    assert ecom.register(amount=0)['errorCode'] == '5'
    assert ecom.code('deposit', orderId=ecom.hold(), amount=0) == '5'
    assert ecom.code('refund', orderId=ecom.paid(), amount=0) == '5'
    assert ecom.register(amount=0, features='AUTO_PAYMENT')['errorCode'] == '5'


def test_refunds_carry_their_key_in_json_params_only(ecom: Merchant):
    order_id = ecom.paid()

    assert ecom.call('refund', orderId=order_id, amount=1, externalRefundId='k') == BAD_PARAMETER


def test_a_cart_must_make_the_amount(ecom: Merchant):
    item = {
        'positionId': '1',
        'name': 'Курс',
        'quantity': {'value': 1},
        'itemCode': 'c1',
        'itemPrice': 12344,
        'itemAmount': 12344,
    }

    assert ecom.register(orderBundle={'cartItems': {'items': [item]}})['errorCode'] == '8'


def test_fiscal_parameters_need_fiscalisation(ecom: Merchant):
    order = ecom_order()

    assert ecom.register(**order) == BAD_PARAMETER
    ecom.configure(fiscal=True)
    assert ecom.register(**order)['errorCode'] == '0'


def test_plain_http_callbacks_go_to_this_machine_only_if_at_all(ecom: Merchant):
    assert ecom.register(dynamicCallbackUrl='http://127.0.0.1:8069/cb')['errorCode'] == '0'
    assert ecom.register(dynamicCallbackUrl='http://localhost:8069/cb')['errorCode'] == '0'
    assert ecom.register(dynamicCallbackUrl='http://127.0.0.1.example.com/') == BAD_PARAMETER


def test_the_password_never_reaches_the_list_of_calls(ecom: Merchant):
    ecom.register(password=PASSWORD)

    calls = ecom.control.requests(login=ecom.login)

    assert calls[-1]['parameters']['password'] == '***'
    assert calls[-1]['parameters']['returnUrl'] == RETURN_URL
    assert PASSWORD not in str(calls)
