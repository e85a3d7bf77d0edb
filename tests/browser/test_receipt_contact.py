"""Somebody of whom the shop knows neither an e-mail nor a telephone number pays with a receipt."""

from .pages import BankPage, InvoicePage
from .visitor import PHONE


def test_the_payer_without_an_email_is_asked_for_one(shop, visit):
    customer = shop.add_customer('en_US')
    shop.back_office.call('res.partner', 'write', [customer.partner_id], {'email': False})
    invoice = shop.sell(customer, 150000)
    visitor = visit(screen=PHONE)
    with shop.sending_receipts('rbs'):
        visitor.open(shop.payment_link(invoice))
        InvoicePage(visitor).choose_sberbank(is_open=True)
        field = visitor.page.get_by_label('E-mail or telephone')
        field.fill('+375 29 123-45-67')
        visitor.photograph('asked')
        field.press('Enter')
        visitor.page.get_by_role('alert').filter(has_text='Enter a short e-mail').wait_for()
        visitor.photograph('refused')

        field.fill('anna@home.example')
        visitor.page.get_by_role('button', name='Continue to the payment').click()
        bank_page = BankPage(visitor)
        order_id = bank_page.order_id
        bank_page.pay_by_card()

        InvoicePage(visitor).wait_until_paid()

    receipt = shop.receipt_of(order_id)
    assert receipt['content']['buyer']['email'] == 'anna@home.example'
