"""The accountant takes a hold in two parts, from the invoice."""

import pytest
from playwright.sync_api import expect

from dev.env.waiting import wait_until

from .pages import InvoicePage
from .shop import BOOKING_LIMIT
from .visitor import DESKTOP


@pytest.mark.usefixtures('in_russian')
def test_accountant_captures_a_part_and_later_the_rest(shop, visit):
    with shop.holding_money():
        invoice = shop.sell(shop.regular('ru_RU'), 100000)
        payer = visit(screen=DESKTOP, locale='ru-RU')
        payer.open(shop.payment_link(invoice))
        bank_page = InvoicePage(payer).go_to_bank('card', is_open=True)
        order_id = bank_page.order_id
        bank_page.pay_by('card')
        assert wait_until(lambda: is_held(shop, invoice), limit=BOOKING_LIMIT)

        accountant = visit(screen=DESKTOP, locale='ru-RU')
        accountant.open(f'/odoo/account.move/{invoice.id}')
        accountant.log_in(shop.administrator)
        capture(accountant, '300,00')
        assert shop.bank.control.order(order_id)['depositedAmount'] == 30000
        assert wait_until(lambda: shop.booked(invoice) == [30000], limit=BOOKING_LIMIT)

        accountant.page.reload()
        capture(accountant)
        assert shop.bank.control.order(order_id)['depositedAmount'] == 100000
        assert wait_until(lambda: shop.is_settled(invoice.id), limit=BOOKING_LIMIT)
        assert sorted(shop.booked(invoice)) == [30000, 70000]
        accountant.page.reload()
        accountant.page.locator('button[name=action_reverse]').wait_for()
        expect(accountant.page.locator('button[name=payment_action_capture]')).to_have_count(0)
        accountant.photograph('captured')


def capture(accountant, amount=None):
    """Take a part of what is held, or all that is left of it."""
    accountant.page.locator('button[name=payment_action_capture]').click()
    dialog = accountant.page.locator('.modal-dialog')
    dialog.locator('[name=amount_to_capture]').wait_for()
    if amount:
        dialog.locator('[name=amount_to_capture] input').fill(amount)
        expect(dialog.locator('[name=void_remaining_amount] input')).not_to_be_checked()
    accountant.photograph('window')
    dialog.locator('button[name=action_capture]').click()
    expect(dialog).to_have_count(0)


def is_held(shop, invoice):
    return [tx['state'] for tx in shop.transactions(invoice)] == ['authorized']
