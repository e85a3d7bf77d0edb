"""A customer saves a card, with a payment or without, pays with it, and removes it."""

import pytest

from dev.env.waiting import wait_until

from .pages import (
    CARD_WITH_CODE,
    BankPage,
    CardsPage,
    find_in_portal,
    is_russian,
    open_in_portal,
)
from .visitor import PHONE


def get_taken(shop, dialect: str) -> int:
    """Return the kopecks that the bank has taken for the shop."""
    return shop.bank.control.ledger(shop.login_at_bank(dialect))['totals']['net']


@pytest.mark.parametrize(('dialect', 'language'), [('rbs', 'ru_RU')])
def test_customer_saves_a_card_pays_with_it_and_removes_it(shop, visit, dialect, language):
    shop.keep_cards(dialect)
    customer = shop.add_customer(language)
    first, second = (shop.sell(customer, kopecks) for kopecks in (150000, 99950))
    visitor = visit(screen=PHONE, locale=language.replace('_', '-'))

    invoice_page = open_in_portal(visitor, customer, first)
    invoice_page.save_card()
    BankPage(visitor).pay_by_card()
    invoice_page.wait_until_paid()

    invoice_page = find_in_portal(visitor, second)
    invoice_page.choose_saved_card()
    BankPage(visitor).pay_by_saved_card()
    invoice_page.wait_until_paid()

    cards_page = CardsPage(visitor)
    visitor.photograph('cards')
    cards_page.remove()
    visitor.page.locator('[name=o_payment_submit_button]').wait_for()
    visitor.photograph('no-cards')

    assert shop.booked(first) + shop.booked(second) == [150000, 99950]
    login = shop.login_at_bank(dialect)
    assert wait_until(
        lambda: not any(card['active'] for card in shop.bank.control.bindings(login)), limit=20
    )


@pytest.mark.parametrize(('dialect', 'language'), [('ecom', 'ru_RU'), ('rbs', 'en_US')])
def test_customer_saves_a_card_without_a_payment_and_pays_with_it(shop, visit, dialect, language):
    shop.keep_cards(dialect)
    customer = shop.add_customer(language)
    invoice = shop.sell(customer, 150000)
    taken_before = get_taken(shop, dialect)
    visitor = visit(screen=PHONE, locale=language.replace('_', '-'))

    visitor.open('/my/payment_method')
    visitor.log_in(customer)
    cards_page = CardsPage(visitor)
    bank_page = cards_page.save_card()
    visitor.photograph('bank-verify')
    bank_page.pay_by_card()
    cards_page.wait_for_card(CARD_WITH_CODE['pan'][-4:])
    visitor.photograph('saved')

    invoice_page = find_in_portal(visitor, invoice)
    invoice_page.choose_saved_card()
    BankPage(visitor).pay_by_saved_card()
    invoice_page.wait_until_paid()

    assert shop.booked(invoice) == [150000]
    assert get_taken(shop, dialect) - taken_before == 150000


def test_customer_reads_that_the_card_was_not_saved(shop, visit):
    shop.keep_cards('rbs')
    customer = shop.add_customer('ru_RU')
    visitor = visit(screen=PHONE, locale='ru-RU')

    visitor.open('/my/payment_method')
    visitor.log_in(customer)
    bank_page = CardsPage(visitor).save_card()
    shop.bank.control.expire(bank_page.order_id)
    bank_page.give_up()

    visitor.page.locator('[name=o_sberbank_cards]').wait_for()
    assert is_russian(visitor.page.locator('.alert-warning').inner_text())
    visitor.photograph('not-saved')
