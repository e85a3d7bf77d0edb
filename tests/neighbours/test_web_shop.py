"""A visitor of the web shop fills a cart and pays it."""

import pytest

from tests.browser.pages import CARD_WITHOUT_FUNDS, StatusPage, is_russian
from tests.browser.visitor import DESKTOP, PHONE

from .web_shop import Cart, ConfirmationPage, ResultPage


@pytest.mark.parametrize(
    ('dialect', 'screen', 'locale'),
    [
        pytest.param('rbs', PHONE, 'ru-RU', id='rbs-phone-ru'),
        pytest.param('ecom', DESKTOP, 'en-US', id='ecom-desktop-en'),
    ],
)
def test_visitor_pays_a_cart(shop, visit, dialect, screen, locale):
    shop.take_payments(dialect)
    shop.offer(f'Шахматы {dialect}', 320050)
    visitor = visit(screen=screen, locale=locale)
    cart = Cart(visitor)
    cart.add(f'Шахматы {dialect}')
    assert cart.content() == [f'Шахматы {dialect}']
    visitor.photograph('cart')
    cart.give_address()
    bank_page = cart.choose_sberbank()
    visitor.photograph('bank')
    bank_order_id = bank_page.order_id

    bank_page.pay_by_card()

    order_id = ConfirmationPage(visitor).order_id
    visitor.photograph('confirmation')
    shop.wait_until_finished(order_id)
    assert shop.order(order_id)['state'] == 'sale'
    assert shop.invoices(order_id) == [('posted', 'paid', 320050, 0)]
    assert shop.payments(order_id) == [320050]
    assert shop.bank.control.order(bank_order_id)['depositedAmount'] == 320050


def test_visitor_is_declined_and_pays_the_same_cart_by_another_card(shop, visit):
    shop.take_payments('rbs')
    shop.offer('Живопись', 199000)
    visitor = visit(screen=PHONE, locale='ru-RU')
    cart = Cart(visitor)
    cart.add('Живопись')
    cart.content()
    cart.give_address()
    bank_page = cart.choose_sberbank()
    declined_id = bank_page.order_id
    bank_page.type_card(CARD_WITHOUT_FUNDS)
    bank_page.wait_for_refusal()

    bank_page.give_up()

    StatusPage(visitor)
    visitor.photograph('status')
    assert cart.content() == ['Живопись']
    visitor.photograph('cart-again')
    cart.go_on()
    bank_page = cart.choose_sberbank()
    assert bank_page.order_id != declined_id
    bank_page.pay_by_card()

    order_id = ConfirmationPage(visitor).order_id
    visitor.photograph('confirmation')
    shop.wait_until_finished(order_id)
    assert shop.order(order_id)['state'] == 'sale'
    assert shop.invoices(order_id) == [('posted', 'paid', 199000, 0)]
    assert shop.payments(order_id) == [199000]


def test_visitor_whose_order_the_bank_gave_up_keeps_the_cart(shop, visit):
    shop.take_payments('rbs')
    shop.offer('Скрипка', 410000)
    visitor = visit(screen=PHONE, locale='ru-RU')
    cart = Cart(visitor)
    cart.add('Скрипка')
    cart.content()
    cart.give_address()
    bank_page = cart.choose_sberbank()
    for _attempt in range(2):
        bank_page.type_card(CARD_WITHOUT_FUNDS)
        bank_page.wait_for_refusal()
    bank_page.type_card(CARD_WITHOUT_FUNDS)

    result_page = ResultPage(visitor)
    visitor.photograph('result')
    assert is_russian(result_page.text)
    result_page.try_again()
    cart.choose_sberbank().pay_by_card()

    order_id = ConfirmationPage(visitor).order_id
    shop.wait_until_finished(order_id)
    assert shop.invoices(order_id) == [('posted', 'paid', 410000, 0)]
    assert [tx['state'] for tx in shop.order_transactions(order_id)] == ['cancel', 'done']


def test_visitor_whose_banking_app_comes_back_in_another_browser(shop, visit):
    shop.take_payments('rbs')
    shop.offer('Флейта', 275000)
    visitor = visit(screen=PHONE, locale='ru-RU')
    cart = Cart(visitor)
    cart.add('Флейта')
    cart.content()
    cart.give_address()
    bank_order_id = cart.choose_sberbank().order_id
    shop.bank.control.pay(bank_order_id, method='sberpay')

    elsewhere = visit(screen=PHONE, locale='ru-RU')
    elsewhere.open(f'{shop.bank.url}/pay/{bank_order_id}/return')

    elsewhere.page.locator('#wrap .alert-success').wait_for()
    elsewhere.photograph('paid')
    assert is_russian(elsewhere.page.locator('#wrap .alert-success').inner_text())
