"""The payer's way: the payment page, the issuer's page, the wallets, and back to the merchant."""

from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from dev.bank.cards import TEST_CARDS, passes_luhn
from dev.bank.rendering import money

from .merchant import Merchant

GOOD = {'pan': '2202 2050 0001 2424', 'expiry': '05/28', 'cvc': '649'}
CHALLENGED = {'pan': '2202205300068092', 'expiry': '05/26', 'cvc': '583'}


def submit(url: str, **fields: str) -> requests.Response:
    return requests.post(url, data=fields, timeout=10)


def back_to_shop(merchant: Merchant, order_id: str) -> str:
    url = f'{merchant.bank.url}/pay/{order_id}/return'
    response = requests.get(url, timeout=10, allow_redirects=False)
    assert response.status_code == 302
    return response.headers['Location']


@pytest.mark.parametrize('language', ['ru', 'en'])
def test_the_page_says_who_is_paid_how_much_and_for_what(merchant: Merchant, language):
    answer = merchant.register(
        orderNumber='P1', amount=123456, description='Счёт 42', language=language
    )

    page = requests.get(answer['formUrl'], timeout=10)

    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    for text in ('Shop', 'P1', 'Счёт 42', money(123456, language)):
        assert text in page.text
    for part in ('name="pan"', 'name="expiry"', 'name="cvc"', 'id="pay"', 'id="cancel"'):
        assert part in page.text
    assert 'src=' not in page.text


def test_amounts_are_written_for_people():
    assert money(123456789) == '1\u00a0234\u00a0567,89\u00a0₽'
    assert money(5, 'en') == '0.05\u00a0₽'


def test_a_description_is_text_and_not_html(rbs: Merchant):
    page = requests.get(rbs.register(description='<script>1</script>')['formUrl'], timeout=10)

    assert '<script>' not in page.text


@pytest.mark.parametrize('card', TEST_CARDS, ids=lambda card: card.note_en)
def test_every_test_card_does_what_is_printed_about_it(merchant: Merchant, card):
    answer = merchant.register()

    page = submit(answer['formUrl'], pan=card.grouped, expiry=card.expiry, cvc=card.cvc)
    if card.challenge:
        assert page.url.endswith('/acs')
        assert merchant.status(answer['orderId'])['orderStatus'] == 5
        submit(page.url, code='111111')

    status = merchant.status(answer['orderId'])
    paid = not card.action_code
    assert (status['orderStatus'], status['actionCode']) == (2 if paid else 0, card.action_code)
    assert passes_luhn(card.pan)


@pytest.mark.parametrize(
    ('change', 'field'),
    [
        ({'pan': '2202205000012425'}, 'pan'),
        ({'pan': '2202'}, 'pan'),
        ({'pan': ''}, 'pan'),
        ({'expiry': '13/28'}, 'expiry'),
        ({'expiry': ''}, 'expiry'),
        ({'pan': '4111111111111111', 'expiry': '01/20'}, 'expiry'),
        ({'cvc': '12'}, 'cvc'),
        ({'cvc': 'abc'}, 'cvc'),
    ],
    ids=str,
)
def test_a_slip_of_the_pen_costs_no_attempt(merchant: Merchant, change, field):
    answer = merchant.register()

    page = submit(answer['formUrl'], **{**GOOD, **change})

    assert 'id="error"' in page.text
    assert f'name="{field}"' in page.text
    order = merchant.control.order(answer['orderId'])
    assert (order['state'], order['attempts']) == ('REGISTERED', 0)


@pytest.mark.parametrize(
    ('change', 'action_code'),
    [
        ({'cvc': '000'}, 82),
        ({'expiry': '06/28'}, 1015),
        ({'pan': '4111111111111111', 'expiry': '01/99'}, 111),
    ],
    ids=['wrong cvc', 'wrong date', 'nobody issued it'],
)
def test_a_card_that_is_not_right_is_a_declined_attempt(merchant: Merchant, change, action_code):
    answer = merchant.register()

    page = submit(answer['formUrl'], **{**GOOD, **change})

    assert 'id="error"' in page.text
    assert 'Осталось попыток: 2 из 3' in page.text
    assert merchant.status(answer['orderId'])['actionCode'] == action_code


def test_a_wrong_code_leads_back_to_the_payment_page(merchant: Merchant):
    answer = merchant.register()
    acs = submit(answer['formUrl'], **CHALLENGED)

    page = submit(acs.url, code='000000')

    assert 'id="card-form"' in page.text
    assert merchant.status(answer['orderId'])['actionCode'] == -2006


def test_giving_up_at_the_issuer_is_a_failed_authentication(merchant: Merchant):
    answer = merchant.register()
    acs = submit(answer['formUrl'], **CHALLENGED)

    submit(acs.url, code='111111', cancel='1')

    assert merchant.status(answer['orderId'])['actionCode'] == -2006


def test_an_order_at_the_issuer_goes_on_where_it_was(merchant: Merchant):
    answer = merchant.register()
    submit(answer['formUrl'], **CHALLENGED)

    assert requests.get(answer['formUrl'], timeout=10).url.endswith('/acs')


@pytest.mark.parametrize(('wallet', 'way'), [('sbp', 'SBP_C2B'), ('sberpay', 'SBERPAY')])
def test_wallets_pay_when_they_are_confirmed(merchant: Merchant, wallet, way):
    answer = merchant.register()
    url = f'{merchant.bank.url}/pay/{answer["orderId"]}/{wallet}'
    submit(url, cancel='1')
    assert merchant.control.order(answer['orderId'])['state'] == 'REGISTERED'

    page = submit(url, confirm='1')

    assert 'id="result"' in page.text
    assert merchant.status(answer['orderId'])['cardAuthInfo']['paymentWay'] == way


def test_the_result_sends_the_payer_on(merchant: Merchant):
    answer = merchant.register()

    page = submit(answer['formUrl'], **GOOD)

    assert page.url == f'{merchant.bank.url}/pay/{answer["orderId"]}/result'
    assert 'outcome paid' in page.text
    assert f'url=/pay/{answer["orderId"]}/return' in page.text


def test_paying_twice_is_not_possible(merchant: Merchant):
    answer = merchant.register()
    for _again in range(2):
        submit(answer['formUrl'], **GOOD)

    assert merchant.control.ledger(merchant.login)['totals']['taken'] == 12345


def test_the_older_gateway_appends_the_order_and_the_language(rbs: Merchant):
    order_id = rbs.paid(returnUrl='https://shop.example.com/r?ref=A%201&x=#top', language='en')

    url = back_to_shop(rbs, order_id)

    assert url == f'https://shop.example.com/r?ref=A%201&x=&orderId={order_id}&lang=en#top'


def test_some_installations_append_it_twice(rbs: Merchant):
    rbs.configure(return_affix='double')
    order_id = rbs.paid(returnUrl='https://shop.example.com/r')

    query = parse_qsl(urlsplit(back_to_shop(rbs, order_id)).query)

    assert query == [('orderId', order_id), ('lang', 'ru')] * 2


def test_the_newer_gateway_appends_nothing_unless_it_does(ecom: Merchant):
    order_id = ecom.paid(returnUrl='https://shop.example.com/r?ref=1')
    assert back_to_shop(ecom, order_id) == 'https://shop.example.com/r?ref=1'

    ecom.configure(return_affix='append')

    assert back_to_shop(ecom, order_id) == f'https://shop.example.com/r?ref=1&orderId={order_id}'


def test_a_payer_who_gives_up_goes_to_the_fail_url(merchant: Merchant):
    with_own = merchant.order(failUrl='https://shop.example.com/fail')
    without = merchant.order(returnUrl='https://shop.example.com/return')

    assert back_to_shop(merchant, with_own).startswith('https://shop.example.com/fail')
    assert back_to_shop(merchant, without).startswith('https://shop.example.com/return')
    assert merchant.status(without)['orderStatus'] == 0


def test_a_relative_return_address_ends_at_the_bank(rbs: Merchant):
    order_id = rbs.paid(returnUrl='/shop/return')

    page = requests.get(f'{rbs.bank.url}/pay/{order_id}/return', timeout=10)

    assert page.url.endswith('/result')


def test_pages_are_served_at_their_own_address_only(rbs: Merchant, ecom: Merchant):
    older, newer = rbs.order(), ecom.order()

    for path in (
        f'/payment/merchants/other/payment_ru.html?mdOrder={older}',
        f'/payment/merchants/sim/payment_ru.html?mdOrder={newer}',
        f'/payment/merchants/sim/payment_de.html?mdOrder={older}',
        f'/pp/pay_ru?orderId={older}',
        '/pp/pay_ru?orderId=nothing',
        '/pp/pay_ru',
        '/pay/nothing/acs',
        '/pay/nothing/result',
        '/pay/nothing/return',
    ):
        assert requests.get(ecom.bank.url + path, timeout=10).status_code == 404, path


def test_the_front_page_shows_orders_shops_cards_and_calls(merchant: Merchant):
    merchant.order(orderNumber='FRONT-1', description='<b>')
    merchant.register(orderNumber='FRONT-1')

    page = requests.get(merchant.bank.url, timeout=10).text

    for text in ('FRONT-1', 'demo-api', '2202 2050 0001 2424', 'DUPLICATE_NUMBER', '&lt;b&gt;'):
        assert text in page
