"""Orders on credit: the bank's own example is taken, and it may pay less than was asked for."""

import pytest
import requests

from dev.bank.process import BankError

from .merchant import Merchant
from .published import read_openapi

CART = {'items': [{'positionId': '1', 'itemCode': 'c', 'name': 'Курс', 'quantity': {'value': 1}}]}
CART['items'][0] |= {'itemPrice': 500000, 'itemAmount': 500000}
BUNDLE = {'installments': {'productType': 'INSTALLMENT', 'rightTerms': [6, 12]}, 'cartItems': CART}


@pytest.fixture
def shop(ecom: Merchant) -> Merchant:
    ecom.configure(permissions={'credit': True})
    return ecom


def test_the_banks_own_example_is_taken(shop: Merchant):
    post = read_openapi()['paths']['/ecomm/gw/partner/api/v1/register.do']['post']
    examples = post['requestBody']['content']['application/json']['examples']
    example = {**examples['POSCred']['value']}
    for name in ('userName', 'password'):
        del example[name]

    answer = shop.call('register', **example)

    assert answer.keys() == {'errorCode', 'errorMessage', 'orderId', 'formUrl'}
    assert answer['formUrl'] == f'{shop.bank.url}/credits/pay_ru?orderId={answer["orderId"]}'


def test_the_order_s_amount_becomes_what_the_bank_pays(shop: Merchant):
    order_id = shop.order(amount=500000, orderBundle=BUNDLE)

    shop.control.pay(order_id, method='credit', amount=475000)

    status = shop.status(order_id)
    assert (status['orderStatus'], status['amount']) == (2, 475000)
    assert status['paymentAmountInfo']['depositedAmount'] == 475000
    assert status['orderBundle']['cartItems']['items'][0]['itemAmount'] == 500000
    card = status['cardAuthInfo']
    assert (card['paymentWay'], card['paymentSystem']) == ('IPOS', 'UNDEFINED')
    assert shop.control.ledger(shop.login)['totals']['net'] == 475000


def test_the_payer_buys_on_the_bank_s_page(shop: Merchant):
    answer = shop.register(amount=500000, orderBundle=BUNDLE)

    page = requests.get(answer['formUrl'], timeout=10)
    assert 'Покупка в кредит' in page.text
    back = requests.post(page.url, data={'cancel': ''}, timeout=10)
    assert back.url == page.url
    requests.post(page.url, data={'confirm': ''}, timeout=10)

    assert shop.status(answer['orderId'])['amount'] == 500000


def test_only_a_credit_is_paid_in_part(shop: Merchant):
    credit, other = shop.order(amount=500000, orderBundle=BUNDLE), shop.order()

    for order_id, amount in ((credit, 500001), (credit, 0), (other, 1)):
        with pytest.raises(BankError, match='409'):
            shop.control.pay(order_id, method='credit', amount=amount)


def test_a_contract_without_credits_has_none(ecom: Merchant):
    assert ecom.register(amount=500000, orderBundle=BUNDLE)['errorCode'] == '5'
    assert ecom.reason() == 'NO_PERMISSION: credit'


def test_nothing_else_is_bought_on_credit(shop: Merchant):
    page = requests.get(f'{shop.bank.url}/pay/{shop.order()}/credit', timeout=10)

    assert page.status_code == 404
