"""A customer of the web shop, from the cart to the confirmation."""

from dev.demo.payer import Payer
from dev.env.progress import Problem
from dev.env.waiting import wait_until
from dev.odoo.session import Page
from dev.odoo.web_shop import Product

#: Seconds within which the page that waits for the bank's word must go on.
CONFIRMATION_LIMIT = 30


class Shopper(Payer):
    """A customer who buys in the web shop."""

    def add_to_cart(self, product: Product) -> None:
        """Put a product into the cart, as the page of the product does."""
        self._session.call(
            '/shop/cart/add',
            {
                'product_template_id': product.template_id,
                'product_id': product.product_id,
                'quantity': 1,
            },
        )

    def cart(self) -> list[str]:
        """Open the cart and return the names of what is in it."""
        page = self._session.open('/shop/cart')
        names = page.document.cssselect('#cart_products a h6')
        return [name.text_content().strip() for name in names]

    def check_out(self) -> Page:
        """Go from the cart to the bank's page."""
        self._session.open('/shop/checkout')
        return self.go_to_bank(self._session.open('/shop/payment'))

    def give_up(self, page: Page) -> Page:
        """Leave the bank's page without having paid, and return the shop's page that comes."""
        return self._session.follow(page, '#cancel')

    def wait_for_confirmation(self) -> Page:
        """Wait as the page after the bank's does, and return the one that it leads to.

        :raise Problem: it waits for too long
        """

        def landing_route() -> str:
            status = self._session.call('/payment/status/poll', {})
            return status['landing_route'] if status['state'] == 'done' else ''

        if route := wait_until(landing_route, limit=CONFIRMATION_LIMIT):
            return self._session.open(route)
        raise Problem(f'The payment is not confirmed within {CONFIRMATION_LIMIT} s.')
