"""Orders that check a card and take nothing (`VERIFY`)."""

import pytest
import requests

from .merchant import Merchant
from .receiver import Receiver

CHECK = {'amount': 0, 'features': 'VERIFY', 'clientId': 'c1'}
METHODS = pytest.mark.parametrize('method', ['register', 'registerPreAuth'])
ALLOWED = {'bindings': True, 'verify': True}


@pytest.fixture
def merchant(merchant: Merchant) -> Merchant:
    merchant.configure(permissions=ALLOWED)
    return merchant


def amounts(status: dict) -> tuple:
    told = status['paymentAmountInfo']
    return status['amount'], told['approvedAmount'], told['depositedAmount']


@METHODS
def test_the_card_is_kept_and_the_order_reversed_at_once(merchant: Merchant, method: str):
    order_id = merchant.order(method, **CHECK)

    merchant.control.pay(order_id)

    status = merchant.status(order_id)
    [binding] = merchant.control.bindings(merchant.login)
    assert (status['orderStatus'], status['actionCode'], amounts(status)) == (3, 0, (0, 0, 0))
    assert status['bindingInfo'] == {'clientId': 'c1', 'bindingId': binding['bindingId']}
    assert merchant.control.ledger(merchant.login)['totals']['net'] == 0


@METHODS
def test_no_money_is_taken_whatever_the_amount(merchant: Merchant, method: str):
    order_id = merchant.order(method, **{**CHECK, 'amount': 500})

    merchant.control.pay(order_id)

    assert amounts(merchant.status(order_id)) == (500, 0, 0)
    assert merchant.control.ledger(merchant.login)['totals']['net'] == 0


@pytest.mark.parametrize(('method', 'status'), [('register', 2), ('registerPreAuth', 1)])
def test_at_some_gateways_it_stays_as_it_is(merchant: Merchant, method: str, status: int):
    merchant.configure(permissions=ALLOWED, keeps_verified=True)
    order_id = merchant.order(method, **CHECK)

    merchant.control.pay(order_id)

    assert merchant.status(order_id)['orderStatus'] == status
    assert merchant.control.bindings(merchant.login)


def test_a_card_that_is_declined_is_not_kept(merchant: Merchant):
    order_id = merchant.order('registerPreAuth', **CHECK)

    for _attempt in range(3):
        merchant.control.pay(order_id, outcome='declined')

    assert merchant.status(order_id)['orderStatus'] == 6
    assert not merchant.control.bindings(merchant.login)


@METHODS
def test_the_contract_has_to_allow_it(merchant: Merchant, method: str):
    merchant.configure(permissions={'bindings': True})

    answer = merchant.register(method, **CHECK)

    assert answer['errorCode'] == {'rbs': '13', 'ecom': '5'}[merchant.dialect]
    assert merchant.reason() == 'NO_PERMISSION: VERIFY'


def test_nothing_else_may_be_for_nothing(merchant: Merchant):
    assert merchant.register(**{**CHECK, 'features': 'FORCE_TDS'})['errorCode'] == '5'


def test_the_shop_is_told_of_both_steps(merchant: Merchant, receiver: Receiver):
    merchant.configure(
        permissions=ALLOWED,
        callback={'url': receiver.url, 'operations': ['approved', 'reversed']},
    )
    merchant.control.pay(merchant.order('registerPreAuth', **CHECK))

    told = [notice.parameters['operation'] for notice in receiver.wait_for(2)]

    assert sorted(told) == ['approved', 'reversed']


def test_its_page_asks_for_a_card_and_for_no_money(merchant: Merchant):
    page_url = merchant.register(**CHECK)['formUrl']
    order_id = page_url.partition('rId=')[2] or page_url.partition('mdOrder=')[2]

    page = requests.get(page_url, timeout=30).text
    sbp = requests.get(f'{merchant.bank.url}/pay/{order_id}/sbp', timeout=30)

    assert 'Привязать карту' in page
    assert 'id="sbp"' not in page
    assert sbp.status_code == 404
