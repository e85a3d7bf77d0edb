"""The accountant cancels an invoice while its customer is on the bank's page."""

import pytest
from playwright.sync_api import expect

from dev.env.waiting import wait_until

from .pages import InvoicePage
from .visitor import DESKTOP

#: Seconds until the job, which runs every minute, has told the bank.
CALL_OFF_LIMIT = 90
#: The bank's status of an order that was called off.
DECLINED = 6


@pytest.mark.usefixtures('in_russian')
def test_accountant_is_shown_the_open_order_and_asked(shop, visit):
    shop.take_payments('rbs')
    invoice = shop.sell(shop.regular('ru_RU'), 100000)
    payer = visit(screen=DESKTOP, locale='ru-RU')
    payer.open(shop.payment_link(invoice))
    order_id = InvoicePage(payer).go_to_bank('card', is_open=True).order_id
    shop.back_office.call('account.move', 'button_draft', [invoice.id])
    (tx,) = shop.transactions(invoice)

    accountant = visit(screen=DESKTOP, locale='ru-RU')
    accountant.open(f'/odoo/account.move/{invoice.id}')
    accountant.log_in(shop.administrator)
    page = accountant.page
    expect(page.locator('button[name=button_cancel]')).to_have_count(0)
    page.locator('button[name=action_sberbank_cancel]').click()
    dialog = page.locator('.modal-dialog')
    expect(dialog.locator('[name=orders]')).to_contain_text(tx['reference'])
    expect(dialog.locator('[name=orders]')).to_contain_text('1 000,00')
    accountant.photograph('window')
    dialog.locator('.modal-footer .btn-secondary').click()
    expect(dialog).to_have_count(0)
    assert get_state(shop, invoice) == 'draft'

    page.locator('button[name=action_sberbank_cancel]').click()
    dialog.locator('button[name=action_cancel_invoice]').click()
    expect(dialog).to_have_count(0)
    expect(page.locator('button[name=action_sberbank_cancel]')).to_have_count(0)
    accountant.photograph('cancelled')

    assert get_state(shop, invoice) == 'cancel'
    assert wait_until(
        lambda: shop.bank.control.order(order_id)['orderStatus'] == DECLINED, limit=CALL_OFF_LIMIT
    )


def get_state(shop, invoice):
    """Return the state of an invoice, for example `draft`."""
    (found,) = shop.back_office.find('account.move', [('id', '=', invoice.id)], ['state'])
    return found['state']
