"""The web shop that the browsers visit, and its pages as a visitor sees them."""

import re
from typing import Any

import requests

from dev.bank.process import BankProcess
from dev.env.waiting import wait_until
from dev.odoo.money import to_kopecks
from dev.odoo.server import OdooServer
from dev.odoo.web_shop import offer, open_web_shop
from tests.browser.pages import BankPage
from tests.browser.shop import BOOKING_LIMIT, VisitedShop
from tests.browser.visitor import Visitor

ORDER_ID = 'Number(document.querySelector("[name=order_confirmation]").dataset.orderId)'
#: Seconds that Odoo may take for a page, or for building a script.
TIMEOUT = 60
ADDRESS = {
    'name': 'Анна Петрова',
    'email': 'anna@example.com',
    'phone': '+7 495 765-43-21',
    'street': 'ул. Лесная, д. 7',
    'city': 'Москва',
    'zip': '101000',
}


class WebShop(VisitedShop):
    """A running Odoo whose site sells courses, each order invoiced by itself once it is paid."""

    def __init__(self, server: OdooServer, bank: BankProcess):
        super().__init__(server, bank)
        open_web_shop(self.back_office)
        self._build_scripts(server.url)

    @staticmethod
    def _build_scripts(url: str) -> None:
        """Have Odoo write the pages' scripts and styles, one after another.

        A browser asks for the same one twice at once, while the first answer is still being written
        to the disk; Odoo then takes it for another file of the same name, and refuses (HTTP 422).
        """
        page = requests.get(f'{url}/shop', timeout=TIMEOUT).text
        for path in dict.fromkeys(re.findall(r'/web/assets/[^"\s]+', page)):
            requests.get(f'{url}{path}', timeout=TIMEOUT).raise_for_status()

    def offer(self, name: str, kopecks: int) -> None:
        """Put a course up for sale; nothing of it has to be delivered."""
        offer(self.back_office, name, kopecks)

    def order(self, order_id: int) -> dict[str, Any]:
        """Return an order as it is stored."""
        fields = ['name', 'state', 'invoice_ids', 'transaction_ids']
        (order,) = self.back_office.find('sale.order', [('id', '=', order_id)], fields)
        return order

    def order_transactions(self, order_id: int) -> list[dict[str, Any]]:
        """Return the transactions of an order, the oldest first."""
        fields = ['state', 'provider_reference', 'is_post_processed']
        return self.back_office.find(
            'payment.transaction', [('sale_order_ids', 'in', order_id)], fields
        )

    def wait_until_finished(self, order_id: int) -> None:
        """Wait until a paid order is confirmed, invoiced and settled."""
        is_finished = wait_until(
            lambda: any(
                tx['state'] == 'done' and tx['is_post_processed']
                for tx in self.order_transactions(order_id)
            ),
            limit=BOOKING_LIMIT,
        )
        assert is_finished, f'not finished within {BOOKING_LIMIT} seconds'

    def invoices(self, order_id: int) -> list[tuple[str, str, int, int]]:
        """Return of each invoice of an order: the states, what it is about, and what is open."""
        fields = ['state', 'payment_state', 'amount_total', 'amount_residual']
        found = self.back_office.find(
            'account.move', [('id', 'in', self.order(order_id)['invoice_ids'])], fields
        )
        return [
            (
                invoice['state'],
                invoice['payment_state'],
                to_kopecks(invoice['amount_total']),
                to_kopecks(invoice['amount_residual']),
            )
            for invoice in found
        ]

    def payments(self, order_id: int) -> list[int]:
        """Return the kopecks of each payment that was booked for an order."""
        txs = [tx['id'] for tx in self.order_transactions(order_id)]
        found = self.back_office.find(
            'account.payment', [('payment_transaction_id', 'in', txs)], ['amount']
        )
        return [to_kopecks(payment['amount']) for payment in found]

    def mails_to(self, address: str) -> list[str]:
        """Return the subjects of the e-mails that were written to an address."""
        domain = ['|', ('email_to', 'ilike', address), ('recipient_ids.email', '=', address)]
        return [mail['subject'] for mail in self.back_office.find('mail.mail', domain, ['subject'])]


class Cart:
    """What somebody puts into a cart, and the way from there to the bank."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page

    def add(self, product: str) -> None:
        """Find a product in the shop and put it into the cart."""
        self.visitor.open(f'/shop?search={product}')
        self.page.locator('.oe_product_cart a.o_product_link, .oe_product_cart h2 a').first.click()
        self._wait_for_script()
        self.page.locator('#add_to_cart').click()
        self.page.locator('.my_cart_quantity:visible', has_text='1').first.wait_for()

    def content(self) -> list[str]:
        """Open the cart, and return the names of what is in it."""
        self.visitor.open('/shop/cart')
        self.page.locator('#shop_cart, .js_cart_lines').first.wait_for()
        return self.page.locator('#cart_products a h6').all_inner_texts()

    def give_address(self) -> None:
        """Go on from the cart, and type in name and address as a newcomer."""
        self.go_on()
        form = self.page.locator('form.address_autoformat')
        russia = form.locator('[name=country_id] option[code=RU]').get_attribute('value')
        form.locator('[name=country_id]').select_option(russia)
        for name, value in ADDRESS.items():
            form.locator(f'input[name={name}]').fill(value)
        self.go_on()

    def choose_sberbank(self) -> BankPage:
        """Choose the card at Sberbank among the ways to pay, and go to the bank."""
        button = self.page.locator(
            '[name=o_payment_radio][data-provider-code=sberbank][data-payment-method-code=card]'
        )
        option = self.page.locator('[name=o_payment_option]').filter(has=button)
        self._wait_for_script()
        option.locator('label.o_payment_option_label').click()
        self.visitor.photograph('choice')
        self.page.locator('[name=o_payment_submit_button]:visible').click()
        return BankPage(self.visitor)

    def go_on(self) -> None:
        """Go to the next page on the way to the payment."""
        self._wait_for_script()
        self.page.locator('[name=website_sale_main_button]:visible').first.click()

    def _wait_for_script(self) -> None:
        self.page.locator('body[is-ready=true]').wait_for()


class ConfirmationPage:
    """What a customer of the web shop sees in the end."""

    def __init__(self, visitor: Visitor):
        self.page = visitor.page
        self.page.locator('[name=order_confirmation] .alert-success').wait_for()

    @property
    def order_id(self) -> int:
        """The sales order."""
        return self.page.evaluate(ORDER_ID)


class ResultPage:
    """What somebody sees whose payment came to nothing."""

    def __init__(self, visitor: Visitor):
        self.page = visitor.page
        self._alert = self.page.locator('#wrap .alert-warning')
        self._alert.wait_for()
        self.text = self._alert.inner_text()

    def try_again(self) -> None:
        """Press the button that leads back to the payment."""
        self.page.locator('#wrap a.btn-primary:visible').click()
