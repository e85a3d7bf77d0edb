from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class PaymentTransaction(models.Model):
    """The sales orders that were paid for, where the app for sales is installed."""

    _inherit = 'payment.transaction'

    sberbank_orders_total = fields.Monetary(
        string="Total of the Orders",
        help="What the sales orders came to when the customer set out to pay them.",
        readonly=True,
        copy=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to remember the orders, should they be changed or deleted."""
        txs = super().create(vals_list)
        for tx in txs:
            if tx.provider_code == const.PROVIDER_CODE and tx._sberbank_get_orders():
                tx.sberbank_orders_total = tx._sberbank_sum_orders()
        return txs

    # === ORDERS THAT CHANGED MEANWHILE === #

    def _sberbank_check_orders(self):
        """Make sure that the money can be for the orders: the sales app looks at its sum only.

        :return: None
        :raise UserError: If an order is in another currency, or of another company, by now.
        """
        for order in self._sberbank_get_orders():
            if order.state == 'cancel':
                continue
            if order.currency_id != self.currency_id:
                raise UserError(
                    self.env._(
                        "%(order)s is in %(currency)s now, and %(amount)s was paid for it. Change"
                        " its pricelist back, or cancel it.",
                        order=order.name,
                        currency=order.currency_id.name,
                        amount=self.currency_id.format(self.amount),
                    )
                )
            if order.company_id != self.company_id:
                raise UserError(
                    self.env._(
                        "%(order)s belongs to %(company)s now, and the money came to"
                        " %(ours)s. Cancel the order, or give it back to that company.",
                        order=order.name,
                        company=order.company_id.name,
                        ours=self.company_id.name,
                    )
                )

    def _sberbank_describe_withdrawn_orders(self):
        """Return which orders were taken back while they were being paid, for staff.

        :rtype: str
        """
        orders = self._sberbank_get_orders()
        if self.sberbank_orders_total and not orders:
            return self.env._("The sales order was deleted.")
        return ' '.join(
            self.env._("%(invoice)s was cancelled.", invoice=order.name)
            for order in orders
            if order.state == 'cancel'
        )

    def _sberbank_describe_changed_orders(self):
        """Return what the orders come to now, if it was something else when they were paid.

        :rtype: str
        """
        if not self._sberbank_is_total_changed():
            return ''
        return self.env._(
            "%(orders)s came to %(before)s and comes to %(now)s now.",
            orders=', '.join(self._sberbank_get_order_names()),
            before=self.currency_id.format(self.sberbank_orders_total),
            now=self.currency_id.format(self._sberbank_sum_orders()),
        )

    def _sberbank_describe_unconfirmed_orders(self):
        """Return which quotations wait for the rest of a sum of which a part was taken.

        :rtype: str
        """
        tx = self._sberbank_get_documents_tx()
        quotations = [
            one.name for one in tx._sberbank_get_orders() if one.state in ('draft', 'sent')
        ]
        if not (quotations and tx.sberbank_ordered_amount > tx.amount):
            return ''
        return self.env._(
            "%(orders)s is not confirmed: %(taken)s of the ordered %(ordered)s were taken.",
            orders=', '.join(quotations),
            taken=self.currency_id.format(tx.amount),
            ordered=self.currency_id.format(tx.sberbank_ordered_amount),
        )

    def _sberbank_is_total_changed(self):
        before, now = self.sberbank_orders_total, self._sberbank_sum_orders()
        return bool(before and self.currency_id.compare_amounts(before, now))

    def _sberbank_find_orders_paid_before(self):
        """Return the names of the orders for which other payments had been enough.

        :rtype: list[str]
        """
        return [
            order.name
            for order in self._sberbank_get_orders()
            if order.currency_id == self.currency_id
            and order.currency_id.compare_amounts(
                sum(
                    tx.amount
                    for tx in order.transaction_ids
                    if tx.payment_id and tx.payment_id.id < self.payment_id.id
                ),
                order.amount_total,
            )
            >= 0
        ]

    # === OTHER PAYMENTS OF THE SAME ORDERS === #

    def _sberbank_note_paid_orders(self):
        """Take from the list what was told of other payments before the rest was paid."""
        for order in self._sberbank_get_orders():
            if order.state == 'sale' and not order.currency_id.compare_amounts(
                order.amount_paid, order.amount_total
            ):
                for tx in order.transaction_ids:
                    tx._sberbank_attention_solved('changed')

    def _sberbank_get_other_payments(self):
        """Return the payments that came for the same orders before.

        :rtype: account.payment
        """
        txs = self.browse().union(*(order.transaction_ids for order in self._sberbank_get_orders()))
        return (txs - self)._sberbank_get_usable_payments().sorted('id')

    # === TOOLS === #

    def _sberbank_get_order_names(self):
        """Return the names of the sales orders that were paid for.

        :rtype: list[str]
        """
        return [order.name for order in self._sberbank_get_orders()]

    def _sberbank_sum_orders(self):
        return sum(order.amount_total for order in self._sberbank_get_orders())

    def _sberbank_get_orders(self):
        return self.sale_order_ids if 'sale_order_ids' in self._fields else ()
