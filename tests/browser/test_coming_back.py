"""A customer's way to the bank is interrupted, and they come back to it."""

import pytest

from .pages import BankPage, StatusPage, UnavailablePage, is_russian, open_in_portal
from .visitor import DESKTOP, PHONE


@pytest.mark.parametrize(
    ('dialect', 'screen', 'language'),
    [
        pytest.param('rbs', DESKTOP, 'en_US', id='rbs-desktop-en'),
        pytest.param('ecom', PHONE, 'ru_RU', id='ecom-phone-ru'),
    ],
)
def test_customer_who_gave_up_at_the_bank_pays_after_all(shop, visit, dialect, screen, language):
    shop.take_payments(dialect)
    customer = shop.regular(language)
    invoice = shop.sell(customer, 300000)
    visitor = visit(screen=screen, locale=language.replace('_', '-'))
    bank_page = open_in_portal(visitor, customer, invoice).go_to_bank()
    order_id = bank_page.order_id

    bank_page.give_up()

    status_page = StatusPage(visitor)
    visitor.photograph('status')
    assert is_russian(status_page.continue_link.inner_text()) == (language == 'ru_RU')
    bank_page = status_page.go_on()
    assert bank_page.order_id == order_id

    bank_page.give_up()
    invoice_page = StatusPage(visitor).go_back()

    invoice_page.photograph('unpaid-invoice')
    assert shop.payment_state(invoice) == 'not_paid'
    bank_page = invoice_page.go_on()
    assert bank_page.order_id == order_id

    bank_page.pay_by_card()

    invoice_page.wait_until_paid()
    assert shop.booked(invoice) == [300000]
    assert [tx['provider_reference'] for tx in shop.transactions(invoice)] == [order_id]


def test_customer_tries_again_when_the_bank_was_down(shop, visit):
    shop.take_payments('rbs')
    customer = shop.regular('ru_RU')
    invoice = shop.sell(customer, 77700)
    visitor = visit(screen=PHONE, locale='ru-RU')
    invoice_page = open_in_portal(visitor, customer, invoice)
    login = shop.login_at_bank('rbs')

    shop.bank.control.faults(login, {'fault': 'drop_connection'})
    invoice_page.choose_sberbank()

    unavailable_page = UnavailablePage(visitor)
    visitor.photograph('unavailable')
    assert is_russian(unavailable_page.button.inner_text())

    unavailable_page.try_again()

    unavailable_page = UnavailablePage(visitor)
    assert [tx['provider_reference'] for tx in shop.transactions(invoice)] == [False]

    shop.bank.control.faults(login)
    unavailable_page.try_again()
    BankPage(visitor).pay_by_card()

    invoice_page.wait_until_paid()
    assert shop.booked(invoice) == [77700]
    assert [tx['state'] for tx in shop.transactions(invoice)] == ['done']
