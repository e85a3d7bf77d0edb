"""What happens in the pictures: a shop is set up, customers pay, an accountant looks at it."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser

from dev.odoo.back_office import Account
from dev.screenshots.camera import Camera
from dev.screenshots.shop import PicturedShop

INVOICE_IS_UNROLLED = "Number(document.querySelector('#invoice_html').height) > 0"


def tell(browser: Browser, shop: PicturedShop, folder: Path) -> None:
    """Let it all happen, and take the pictures.

    :param folder: where they go
    """

    def window(screen: str) -> Camera:
        return Camera(
            browser,
            shop_url=shop.url,
            bank_url=re.match(r'https?://[^/]+', shop.bank.url)[0],
            language=shop.words.language,
            screen=screen,
            folder=folder,
        )

    with window('desktop') as camera:
        _set_up(camera, shop)
    for screen, customer in zip(('desktop', 'phone'), shop.customers, strict=False):
        with window(screen) as camera:
            order = _pay(camera, shop, customer)
    _trouble(shop)
    with window('desktop') as camera:
        _look_after(camera, shop, order)


def _set_up(camera: Camera, shop: PicturedShop) -> None:
    """Fill the form in, and try the connection."""
    path = f'/odoo/payment.provider/{shop.office.provider()}'
    with shop.as_if_published():
        camera.open(path)
        camera.log_in(shop.administrator)
        camera.one('[name=sberbank_username]')
        camera.size(height=1620)
        camera.take('provider')
    camera.size(height=800)
    camera.open(path)
    camera.one('button[name=action_sberbank_test_connection]').click()
    camera.one('.o_notification')
    camera.take('connection')


def _pay(camera: Camera, shop: PicturedShop, customer: Account) -> str:
    """Pay an invoice, saving the card, and return the bank's id of the order."""
    page = camera.page
    invoice_id = shop.sell(customer, 0)
    camera.open('/my/invoices')
    camera.log_in(customer)
    camera.one(f'a[href*="/my/invoices/{invoice_id}?"]').click()
    camera.one('a[data-bs-target="#pay_with"]').click()
    dialog = page.locator('#pay_with.show')
    by_card = page.locator('[name=o_payment_radio][data-payment-method-code=card]')
    option = dialog.locator('[name=o_payment_option]').filter(has=by_card)
    option.locator('label.o_payment_option_label').click()
    dialog.locator('[name=o_payment_tokenize_checkbox]:visible').check()
    camera.take('pay')
    dialog.locator('[name=o_payment_submit_button]').click()

    camera.one('#card-form')
    camera.size(height=660)
    query = parse_qs(urlsplit(page.url).query)
    order = (query.get('mdOrder') or query['orderId'])[0]
    camera.take('bank')
    camera.one('#cancel').click()
    camera.one('[name=o_payment_status] [name=o_sberbank_continue]')
    camera.size(height=560)
    camera.take('status')
    camera.one('[name=o_payment_status] [name=o_sberbank_continue]').click()
    card = shop.card()
    for name in ('pan', 'expiry', 'cvc'):
        page.locator(f'#card-form [name={name}]').fill(card[name])
    camera.one('#pay').click()
    camera.one('#code').fill(card['acs_code'])
    camera.one('#confirm').click()
    page.wait_for_url(f'{shop.url}/**')
    camera.one('[name=invoice_paid_badge]')

    shop.payment(order)
    shop.await_receipt(order)
    page.reload()
    page.wait_for_function(INVOICE_IS_UNROLLED)
    camera.size(height=1260)
    camera.one('.o_sberbank_receipts')
    camera.take('paid')
    if camera.screen == 'phone':
        camera.one('.o_sberbank_receipts').scroll_into_view_if_needed()
        camera.take('receipt')

    camera.size(height=420)
    camera.open('/my/payment_method')
    camera.one('[name=o_payment_delete_token]')
    camera.take('cards')
    for lesson in (1, 2):
        shop.sell(customer, lesson)
    camera.size(height=760)
    camera.open('/my/top-up')
    camera.one('.o_sberbank_top_up.o_sberbank_ready')
    page.locator('.o_sberbank_suggestion').nth(2).click()
    camera.take('top_up')
    return order


def _trouble(shop: PicturedShop) -> None:
    """Let the bank give money back by itself, which a person has to look at."""
    control = shop.bank.control
    olga, dmitry = shop.customers[2:]
    disputed = shop.pay(olga, shop.sell(olga, 2))
    returned = shop.pay(dmitry, shop.sell(dmitry, 3))
    for order in (disputed, returned):
        shop.await_receipt(order)
    control.chargeback(disputed)
    control.refund(returned, 1_000_00)
    for order in (disputed, returned):
        shop.ask_bank(order)


def _look_after(camera: Camera, shop: PicturedShop, order: str) -> None:
    """Be the accountant: a payment with its receipt, the list, money back."""
    payment_id = shop.payment(order)
    camera.open(f'/odoo/account.payment/{payment_id}')
    camera.log_in(shop.administrator)
    camera.one('[name=sberbank_issued_receipt_ids] .o_data_row')
    camera.take('payment')

    camera.size(width=1500, height=700)
    camera.open('/odoo/online-payments-needing-attention')
    camera.one('.o_data_row')
    camera.take('attention')

    camera.size(height=860)
    paid = [('transaction_ids.provider_reference', '=', order)]
    [invoice] = shop.office.find('account.move', paid, ['name'])
    camera.open(f'/odoo/account.move/{invoice["id"]}')
    camera.one('button[name=action_sberbank_refund_online]').click()
    camera.one('.modal-dialog [name=amount] input')
    camera.take('refund')
