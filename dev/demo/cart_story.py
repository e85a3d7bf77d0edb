"""The story of a cart, each line of it read back from Odoo or from the bank."""

from dev.demo.reading import roubles
from dev.demo.shop import CUSTOMERS
from dev.demo.shopper import Shopper
from dev.demo.story import Story, line, title
from dev.demo.web_shop import DemoWebShop
from dev.odoo.session import Page

CUSTOMER = CUSTOMERS[0]
CONTINUE = '[name=o_sberbank_continue]'


def tell(shop: DemoWebShop) -> bool:
    """Let a customer buy in the web shop, tell what happened; return whether the books agree."""
    story = _CartStory(shop)
    story.fill_cart()
    story.be_declined()
    story.pay_the_same_cart()
    return story.compare_books()


class _CartStory(Story):
    def __init__(self, shop: DemoWebShop):
        super().__init__(shop)
        self._courses = shop.courses
        self._names = [course.name for course in shop.courses]
        self._partner_id = shop.partners[CUSTOMER]
        self._shopper = Shopper(shop.server.url, CUSTOMER)

    def fill_cart(self) -> None:
        """A customer chooses courses in the web shop."""
        title('A cart')
        for course in self._courses:
            self._shopper.add_to_cart(course)
        order = self.reader.sales_order(self._partner_id)
        line(
            'The customer',
            f'{CUSTOMER.name} puts {len(self._courses)} courses into the cart: '
            f'{"; ".join(self._shopper.cart())}.',
        )
        line(
            'Sales order',
            f'{order["name"]} over {roubles(order["amount_total"])}: {order["state"]}.',
        )

    def be_declined(self) -> None:
        """The card has no money on it, and the customer goes back to the shop."""
        title('A card that is declined')
        page = self._shopper.check_out()
        card = next(
            card
            for card in self.shop.bank.control.cards()
            if card['actionCode'] and not card['acs_code']
        )
        page = self._shopper.type_card(page, card)
        refusal = _read(page, '#error')
        line('The card', f'{card["pan"]} ({card["note"]}): «{refusal}»')
        status = self._shopper.give_up(page)
        line('The customer', f'goes back and reads: «{_read(status, CONTINUE)}»')
        cart, order = self._shopper.cart(), self.reader.sales_order(self._partner_id)
        line('The cart', f'still has {"; ".join(cart)}; {order["name"]}: {order["state"]}.')
        self.checks['the cart outlives a declined card'] = (
            cart == self._names and order['state'] == 'draft'
        )
        self.checks['a declined card books nothing'] = self.reader.odoo_total() == (0, 0)

    def pay_the_same_cart(self) -> None:
        """The customer pays the same cart by another card."""
        title('The same cart again')
        payment = self.pay(self._shopper, self._shopper.check_out())

        confirmation = self._shopper.wait_for_confirmation()
        thanks = _read(confirmation, '[name=order_confirmation] .alert')
        line('The customer', f'is thanked: «{thanks}»')
        order = self.reader.sales_order(self._partner_id)
        invoices = self.reader.invoices(order['invoice_ids'])
        line('Sales order', f'{order["name"]}: {order["state"]}.')
        for invoice in invoices:
            line(
                'The invoice',
                f'{invoice["name"]} over {roubles(invoice["amount_total"])} is '
                f'{invoice["payment_state"]}, open: {roubles(invoice["amount_residual"])}.',
            )
        reconciled = [part['amount'] for part in self.reader.reconciled(payment)]
        self.checks['the order is confirmed'] = order['state'] == 'sale'
        self.checks['it has one invoice, paid'] = [
            (invoice['payment_state'] in ('paid', 'in_payment'), invoice['amount_residual'])
            for invoice in invoices
        ] == [(True, 0)]
        self.checks['the payment was reconciled once'] = reconciled == [order['amount_total']]
        self.checks['the cart is empty'] = not self._shopper.cart()


def _read(page: Page, selector: str) -> str:
    """Return the text of an element as a person reads it."""
    return ' '.join(' '.join(page.one(selector).itertext()).split())
