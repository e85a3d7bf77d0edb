from odoo import models


class PaymentTransaction(models.Model):
    """The sales orders that were paid for, where the app for sales is installed."""

    _inherit = 'payment.transaction'

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
