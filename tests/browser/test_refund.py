"""The accountant returns money from a credit note."""

import pytest
from playwright.sync_api import expect

from dev.env.waiting import wait_until

from .pages import InvoicePage
from .shop import BOOKING_LIMIT
from .visitor import DESKTOP


@pytest.mark.usefixtures('in_russian')
def test_accountant_refunds_a_part_from_the_credit_note(shop, visit):
    shop.take_payments('rbs')
    invoice = shop.sell(shop.regular('ru_RU'), 100000)
    payer = visit(screen=DESKTOP, locale='ru-RU')
    payer.open(shop.payment_link(invoice))
    invoice_page = InvoicePage(payer)
    bank_page = invoice_page.go_to_bank('card', is_open=True)
    order_id = bank_page.order_id
    bank_page.pay_by('card')
    invoice_page.wait_until_paid()
    credit_note_id = shop.credit(invoice, 30000)

    accountant = visit(screen=DESKTOP, locale='ru-RU')
    accountant.open(f'/odoo/account.move/{credit_note_id}')
    accountant.log_in(shop.administrator)
    accountant.page.locator('button[name=action_sberbank_refund_online]').click()
    dialog = accountant.page.locator('.modal-dialog')
    expect(dialog.locator('[name=amount] input')).to_have_value('300,00')
    accountant.photograph('window')
    dialog.locator('button[name=action_refund]').click()
    expect(dialog).to_have_count(0)
    expect(accountant.page.locator('.o_notification')).to_contain_text('300,00')
    expect(accountant.page.locator('button[name=action_sberbank_refund_online]')).to_have_count(0)
    accountant.photograph('refunded')

    assert shop.bank.control.order(order_id)['refundedAmount'] == 30000
    assert wait_until(lambda: shop.is_settled(credit_note_id), limit=BOOKING_LIMIT)
