"""A customer pays an invoice in the portal."""

import pytest

from .pages import CARD_WITHOUT_FUNDS, InvoicePage, open_in_portal
from .visitor import DESKTOP, PHONE


@pytest.mark.parametrize(
    ('dialect', 'screen', 'language'),
    [
        pytest.param('rbs', PHONE, 'ru_RU', id='rbs-phone-ru'),
        pytest.param('ecom', DESKTOP, 'en_US', id='ecom-desktop-en'),
    ],
)
def test_customer_pays_an_invoice_by_card(shop, visit, dialect, screen, language):
    shop.take_payments(dialect)
    customer = shop.regular(language)
    invoice = shop.sell(customer, 123456)
    visitor = visit(screen=screen, locale=language.replace('_', '-'))

    invoice_page = open_in_portal(visitor, customer, invoice)
    invoice_page.photograph('invoice')
    bank_page = invoice_page.go_to_bank()
    visitor.photograph('bank')
    order_id = bank_page.order_id
    bank_page.pay_by_card()

    invoice_page.wait_until_paid()
    invoice_page.photograph('paid')
    assert shop.payment_state(invoice) in ('paid', 'in_payment')
    assert shop.booked(invoice) == [123456]
    order = shop.bank.control.order(order_id)
    assert order['depositedAmount'] == 123456
    assert [tx['provider_reference'] for tx in shop.transactions(invoice)] == [order_id]


def test_customer_is_declined_and_pays_by_another_card(shop, visit):
    shop.take_payments('rbs')
    customer = shop.regular('ru_RU')
    invoice = shop.sell(customer, 99999)
    visitor = visit(screen=PHONE, locale='ru-RU')
    invoice_page = open_in_portal(visitor, customer, invoice)
    bank_page = invoice_page.go_to_bank()

    bank_page.type_card(CARD_WITHOUT_FUNDS)
    bank_page.wait_for_refusal()

    visitor.photograph('bank-refusal')
    assert shop.payment_state(invoice) == 'not_paid'

    bank_page.pay_by_card()

    invoice_page.wait_until_paid()
    assert shop.booked(invoice) == [99999]
    assert [tx['state'] for tx in shop.transactions(invoice)] == ['done']


@pytest.mark.parametrize('method', ['card', 'sbp', 'sberpay'])
def test_somebody_without_a_login_pays_by_a_payment_link(shop, visit, method):
    shop.take_payments('rbs')
    invoice = shop.sell(shop.regular('ru_RU'), 250050)
    link = shop.payment_link(invoice)
    visitor = visit(screen=PHONE, locale='ru-RU')

    visitor.open(link)
    invoice_page = InvoicePage(visitor)
    invoice_page.go_to_bank(method, is_open=True).pay_by(method)

    invoice_page.wait_until_paid()
    invoice_page.photograph('paid')
    assert shop.booked(invoice) == [250050]
    assert [tx['state'] for tx in shop.transactions(invoice)] == ['done']


def test_payment_is_booked_when_the_customer_never_comes_back(shop, visit):
    shop.take_payments('rbs')
    invoice = shop.sell(shop.regular('ru_RU'), 50001)
    visitor = visit(screen=PHONE, locale='ru-RU')
    visitor.open(shop.payment_link(invoice))
    order_id = InvoicePage(visitor).go_to_bank(is_open=True).order_id

    visitor.close()
    shop.bank.control.pay(order_id, method='sberpay')

    shop.wait_until_booked(invoice)
    assert shop.booked(invoice) == [50001]


def test_payment_is_booked_when_the_notification_never_comes(shop, visit):
    shop.take_payments('rbs')
    shop.bank.control.faults(shop.login_at_bank('rbs'), {'fault': 'callback_never'})
    invoice = shop.sell(shop.regular('ru_RU'), 50002)
    visitor = visit(screen=PHONE, locale='ru-RU')
    visitor.open(shop.payment_link(invoice))
    invoice_page = InvoicePage(visitor)
    bank_page = invoice_page.go_to_bank(is_open=True)
    order_id = bank_page.order_id

    bank_page.pay_by_card()

    invoice_page.wait_until_paid()
    assert shop.booked(invoice) == [50002]
    assert not any(callback['tries'] for callback in shop.bank.control.order(order_id)['callbacks'])
