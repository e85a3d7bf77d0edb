"""A customer saves the account that they pay from by SBP, pays by a click, and removes it."""

from .pages import BankPage, CardsPage, find_in_portal, open_in_portal
from .visitor import PHONE


def test_customer_saves_an_account_pays_from_it_and_removes_it(shop, visit):
    with shop.keeping_accounts():
        customer = shop.add_customer('ru_RU')
        first, second = (shop.sell(customer, kopecks) for kopecks in (150000, 99950))
        visitor = visit(screen=PHONE, locale='ru-RU')

        invoice_page = open_in_portal(visitor, customer, first)
        invoice_page.save_account()
        BankPage(visitor).pay_by_wallet('sbp')
        invoice_page.wait_until_paid()

        invoice_page = find_in_portal(visitor, second)
        invoice_page.choose_saved_card()
        invoice_page.wait_until_paid()

        cards_page = CardsPage(visitor)
        assert 'СБП · Сбербанк' in visitor.page.locator('main').inner_text()
        assert visitor.page.locator('[name=o_sberbank_accounts]').is_visible()
        visitor.photograph('accounts')
        cards_page.remove()
        visitor.page.locator('[name=o_sberbank_accounts]').wait_for(state='detached')

        assert shop.booked(first) + shop.booked(second) == [150000, 99950]
        [account] = shop.bank.control.subscriptions(shop.login_at_bank('ecom'))
        assert account['active']  # The customer ends that in their bank's app.
