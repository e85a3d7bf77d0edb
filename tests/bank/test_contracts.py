"""What a contract does not have is refused and not unknown, and what the documents leave to it."""

import pytest

from .merchant import Merchant
from .published import read_openapi

FOLDER = '/ecomm/gw/partner/api/v1/'


@pytest.mark.parametrize(
    'method', ['paymentOrder', 'verifyEnrollment', 'addParams', 'getLastOrdersForMerchants']
)
def test_the_older_gateway_says_that_a_method_is_not_in_the_contract(rbs: Merchant, method: str):
    assert rbs.call(method) == {'errorCode': '5', 'errorMessage': 'Доступ запрещён'}
    assert f'{method} is in no contract here' in rbs.reason()


@pytest.mark.parametrize('method', ['paymentOrder', 'mir/paymentDirect', 'finish3dsPayment'])
def test_the_newer_gateway_says_so_too(ecom: Merchant, method: str):
    ecom.call(method, mdOrder='whatever')
    assert 'is in no contract here' in ecom.reason()
    ecom.call(method, password='wrong')
    assert 'wrong password' in ecom.reason()


def test_every_method_of_the_banks_own_file_has_its_address(ecom: Merchant):
    paths = read_openapi()['paths']
    methods = [path.removeprefix(FOLDER) for path in paths if path.startswith(FOLDER)]

    answers = {method: ecom.post(method.removesuffix('.do')) for method in methods}

    assert methods
    assert [method for method, answer in answers.items() if answer.status_code != 200] == []


@pytest.mark.parametrize('number', ['INV/2026.1', 'S00042-1', '№ 7; (a)'])
def test_an_order_number_has_the_signs_of_the_latest_documents(merchant: Merchant, number: str):
    order_id = merchant.order(orderNumber=number)

    assert merchant.call('getOrderStatusExtended', orderNumber=number)['orderNumber'] == number
    assert merchant.control.orders(merchant.login, number)[0]['orderId'] == order_id


@pytest.mark.parametrize('number', ['INV/2026', 'S.1', 'a b'])
def test_editions_before_them_take_fewer(ecom: Merchant, number: str):
    ecom.configure(narrow_numbers=True)

    assert ecom.register(orderNumber=number)['errorCode'] == '5'
    assert ecom.register(orderNumber='Счёт_1-a')['errorCode'] == '0'


def test_the_older_gateway_reads_a_language_in_capitals(rbs: Merchant):
    answer = rbs.register(language='EN')

    assert '/payment_en.html' in answer['formUrl']
    assert rbs.call('getOrderStatusExtended', language='RU')['errorMessage'].startswith('Ожидается')


def test_an_error_of_some_methods_is_told_in_another_way(ecom: Merchant):
    denied = {'code': '5', 'description': 'Доступ запрещен'}
    assert ecom.call('mir/paymentDirect') == {'success': False, 'error': denied}
    assert ecom.control.requests(login=ecom.login)[-1]['error_code'] == '5'
