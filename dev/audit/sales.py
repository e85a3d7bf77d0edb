"""Quotations that customers pay by a link, and what their sellers do to them meanwhile."""

from collections.abc import Sequence

from dev.audit.plan import Payment
from dev.odoo.back_office import BackOffice
from dev.odoo.money import to_roubles

#: E-mails of the sales app, which want a PDF each. Nobody looks at it here.
LETTERS = ('sale.mail_template_sale_confirmation', 'sale.mail_template_sale_payment_executed')
#: What a price becomes of which the customer does not know.
DEARER, CHEAPER = 1.5, 0.5


class Sales:
    """The sellers' desk.

    :param back_office: somebody who may sell
    """

    def __init__(self, back_office: BackOffice):
        self._back_office = back_office
        self._call = back_office.call
        self._product_id = 0
        self._pricelist_id = 0

    def open(self, *, automatic_invoices: bool) -> None:
        """Have something to sell.

        :param automatic_invoices: whether orders are invoiced as soon as they are paid
        """
        self._call(
            'ir.config_parameter', 'set_param', 'sale.automatic_invoice', str(automatic_invoices)
        )
        for letter in LETTERS:
            template_id = self._back_office.record(letter)
            self._call('mail.template', 'write', [template_id], {'report_template_ids': [[5]]})
        product = {
            'name': 'Английский язык',
            'type': 'service',
            'invoice_policy': 'order',
            'taxes_id': [[6, 0, []]],
        }
        self._product_id = self._call('product.product', 'create', product)
        # What Odoo brings is in dollars.
        pricelist = {'name': 'Прайс-лист', 'currency_id': self._back_office.record('base.RUB')}
        self._pricelist_id = self._call('product.pricelist', 'create', pricelist)

    def sell(self, payments: Sequence[Payment], customers: dict[int, int]) -> dict[int, int]:
        """Write the quotations that are there before the customers come.

        :param customers: the partner who makes a payment, by its number
        :return: the id of the quotation that is to be paid, by the number of the payment
        """
        wanted = [payment for payment in payments if payment.kind == 'order']
        first = [payment for payment in wanted if payment.again is None]
        if not first:
            return {}
        ids = self._call(
            'sale.order',
            'create',
            [self._quotation(customers[one.number], one.amounts[0]) for one in first],
        )
        sold = dict(zip((one.number for one in first), ids, strict=True))
        return {one.number: sold[one.number if one.again is None else one.again] for one in wanted}

    def link(self, order_id: int) -> str:
        """Return the link to a quotation, as it stands in the e-mail to its customer."""
        return self._call('sale.order', 'get_portal_url', [order_id])

    # --- while a customer is at the bank --------------------------------------------------------

    def cancel(self, order_id: int) -> None:
        """Cancel an order."""
        self._call('sale.order', 'action_cancel', [order_id])

    def raise_price(self, order_id: int) -> None:
        """Let an order cost more than its customer pays."""
        self._change_price(order_id, DEARER)

    def lower_price(self, order_id: int) -> None:
        """Let an order cost less than its customer pays."""
        self._change_price(order_id, CHEAPER)

    def lose_product(self, order_id: int) -> None:
        """Leave a line of an order without a product, so that Odoo refuses to confirm it."""
        self._change_line(order_id, {'product_id': False})

    def spoil(self, order_number: str, how: str) -> None:
        """Let another app fail at a payment, until it is mended.

        :param order_number: the bank's number of the order
        :param how: a value of :data:`dev.audit.odds.NEIGHBOURS`
        """
        of_order = [('sberbank_order_number', '=', order_number)]
        ids = self._call('payment.transaction', 'search', of_order)
        self._call('payment.transaction', 'write', ids, {'audit_trouble': how})

    # --- after the customers have gone ----------------------------------------------------------

    def mend(self) -> None:
        """Mend what keeps payments from being finished."""
        ids = self._call('payment.transaction', 'search', [('audit_trouble', '!=', False)])
        self._call('payment.transaction', 'write', ids, {'audit_trouble': False})
        lost = [('product_id', '=', False), ('display_type', '=', False)]
        for line in self._back_office.find('sale.order.line', lost, ['price_unit']):
            # Odoo takes the product's own price when a product is chosen.
            values = {'product_id': self._product_id, 'price_unit': line['price_unit']}
            self._call('sale.order.line', 'write', [line['id']], values)

    def _quotation(self, partner_id: int, kopecks: int) -> dict:
        line = {
            'product_id': self._product_id,
            'price_unit': to_roubles(kopecks),
            'tax_ids': [[6, 0, []]],
        }
        return {
            'partner_id': partner_id,
            'pricelist_id': self._pricelist_id,
            'require_payment': True,
            'require_signature': False,
            'prepayment_percent': 1.0,
            'order_line': [[0, 0, line]],
        }

    def _change_price(self, order_id: int, factor: float) -> None:
        (line,) = self._lines(order_id)
        self._change_line(order_id, {'price_unit': round(line['price_unit'] * factor, 2)})

    def _change_line(self, order_id: int, values: dict) -> None:
        (line,) = self._lines(order_id)
        self._call('sale.order.line', 'write', [line['id']], values)

    def _lines(self, order_id: int) -> list[dict]:
        of_order = [('order_id', '=', order_id)]
        return self._back_office.find('sale.order.line', of_order, ['price_unit'])
