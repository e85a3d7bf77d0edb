"""A customer saves a card, pays with it, and removes it."""

import pytest

from dev.env.waiting import wait_until

from .pages import BankPage, CardsPage, find_in_portal, open_in_portal
from .visitor import PHONE


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
    visitor.page.locator('[name=o_sberbank_no_cards]').wait_for()
    visitor.photograph('no-cards')

    assert shop.booked(first) + shop.booked(second) == [150000, 99950]
    login = shop.login_at_bank(dialect)
    assert wait_until(
        lambda: not any(card['active'] for card in shop.bank.control.bindings(login)), limit=20
    )
