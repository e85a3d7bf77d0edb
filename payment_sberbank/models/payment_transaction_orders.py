from odoo import api, fields, models

from .. import const


class PaymentTransaction(models.Model):
    """The sales orders that were paid for, where the app for sales is installed."""

    _inherit = 'payment.transaction'

    sberbank_confirms_orders = fields.Boolean(
        string="Confirms the Order",
        help="Whether the payment was enough to confirm the sales order when it was begun.",
        readonly=True,
        copy=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to remember what was enough, should the order be changed."""
        txs = super().create(vals_list)
        for tx in txs:
            if tx.provider_code == const.PROVIDER_CODE and (orders := tx._sberbank_get_orders()):
                tx.sberbank_confirms_orders = all(map(tx._sberbank_is_enough_for, orders))
        return txs

    def _sberbank_is_enough_for(self, order):
        required = order.amount_total * order.prepayment_percent if order.require_payment else 0
        return self.currency_id.compare_amounts(order.amount_paid + self.amount, required) >= 0

    # === BUSINESS METHODS === #

    def _sberbank_get_order_names(self):
        """Return the names of the sales orders that were paid for.

        :rtype: list[str]
        """
        return [order.name for order in self._sberbank_get_orders()]

    def _sberbank_describe_cancelled_orders(self):
        """Return which orders were cancelled while they were being paid, for staff.

        :rtype: str
        """
        return ' '.join(
            self.env._("%(invoice)s was cancelled.", invoice=order.name)
            for order in self._sberbank_get_orders()
            if order.state == 'cancel'
        )

    def _sberbank_describe_changed_orders(self):
        """Return which orders became dearer while they were being paid, for staff.

        :rtype: str
        """
        if not self.sberbank_confirms_orders:  # It never was to be all of it.
            return ''
        return ' '.join(
            self.env._(
                "%(order)s costs %(amount)s now, more than was paid, and is not confirmed.",
                order=order.name,
                amount=order.currency_id.format(order.amount_total),
            )
            for order in self._sberbank_get_orders()
            if order.state in ('draft', 'sent')
        )

    def _sberbank_note_confirmed_orders(self):
        """Take from the list what was told of other payments before the order was confirmed."""
        for order in self._sberbank_get_orders():
            if order.state == 'sale':
                for tx in order.transaction_ids:
                    tx._sberbank_attention_solved('changed')

    def _sberbank_get_other_payments(self):
        """Return the payments that came for the same orders before.

        :rtype: account.payment
        """
        txs = self.browse().union(*(order.transaction_ids for order in self._sberbank_get_orders()))
        others = (txs - self).filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.operation != 'refund'
        )
        return others.payment_id.sorted('id')

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

    def _sberbank_get_orders(self):
        return self.sale_order_ids if 'sale_order_ids' in self._fields else ()
