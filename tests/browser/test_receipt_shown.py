"""What the register has printed is read by the accountant and by the customer."""

from playwright.sync_api import expect

from .pages import open_in_portal
from .visitor import DESKTOP, PHONE

#: Bank seconds in which the register has printed.
DELAY = 60


def test_the_accountant_and_the_customer_read_the_receipt(shop, visit):
    customer = shop.regular('en_US')
    invoice = shop.sell(customer, 150000)
    payer = visit(screen=PHONE)
    with shop.sending_receipts('rbs'):
        invoice_page = open_in_portal(payer, customer, invoice)
        bank_page = invoice_page.go_to_bank('card')
        order_id = bank_page.order_id
        bank_page.pay_by_card()
        invoice_page.wait_until_paid()
        shop.wait_until_booked(invoice)
        shop.bank.control.advance(DELAY)

        receipt = shop.receipt_of(order_id)
        accountant = visit(screen=DESKTOP)
        accountant.open(f'/odoo/sberbank.receipt/{receipt["id"]}')
        accountant.log_in(shop.administrator)
        accountant.page.locator('button[name=action_ask_bank]').click()
        issued = accountant.page.locator('[name=issued_ids] .o_data_row')
        expect(issued).to_have_count(1)
        accountant.photograph('receipt')

    order_number = shop.bank.control.order(order_id)['orderNumber']
    [printed] = shop.bank.control.receipts(order_number=order_number)
    sign = str(printed['printed']['sign'])
    of_transaction = [('payment_transaction_id', '=', receipt['transaction_id'][0])]
    [payment] = shop.back_office.find('account.payment', of_transaction, ['name'])
    accountant.open(f'/odoo/account.payment/{payment["id"]}')
    row = accountant.page.locator('[name=sberbank_issued_receipt_ids] .o_data_row')
    expect(row).to_contain_text(sign)
    accountant.photograph('payment')

    payer.page.reload()
    shown = payer.page.locator('.o_sberbank_receipts')
    expect(shown).to_contain_text(sign)
    expect(shown.locator('img')).to_be_visible()
    shown.scroll_into_view_if_needed()
    payer.photograph('portal')
