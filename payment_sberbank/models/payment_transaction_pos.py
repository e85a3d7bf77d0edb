from odoo import models

from .. import const


class PaymentTransaction(models.Model):
    """Orders of a point of sale that are paid online, where that app is installed."""

    _inherit = 'payment.transaction'

    def _sberbank_keep_off_pos_order(self):
        """Keep booked money off an order of a point of sale that takes no more.

        The app would add it to any order. One that has more than it is about keeps its session from
        being closed, and one that was cancelled never uses it.

        :return: None
        """
        order = self._sberbank_get_pos_order()
        if not order or self.payment_id.pos_order_id or self._sberbank_is_taken_by(order):
            return
        # The app takes it for added then.
        self.payment_id.pos_order_id = order

    def _sberbank_describe_withdrawn_pos_order(self):
        """Return what became of the order, for staff, if it can't be paid any more.

        :rtype: str
        """
        order = self._sberbank_get_pos_order()
        if order and order.state == 'cancel':
            return self.env._("%(invoice)s was cancelled.", invoice=order.pos_reference)
        if not order and self._sberbank_is_for_pos_order():
            return self.env._("The order of the point of sale was deleted.")
        return ''

    def _sberbank_find_pos_order_paid_before(self):
        """Return the name of the order if it needed no more money than it had.

        :rtype: list[str]
        """
        order = self._sberbank_get_pos_order()
        if not order or self._sberbank_is_taken_by(order):
            return []
        is_added = self.payment_id in order.payment_ids.online_account_payment_id
        return [] if is_added else [order.pos_reference]

    def _sberbank_is_for_pos_order(self):
        """Tell whether an order was to be paid, though it may be no more.

        :rtype: bool
        """
        return (self.landing_route or '').startswith(const.POS_END_ROUTE)

    def _sberbank_can_confirm_pos_order(self):
        """Tell whether the app's own page after a payment is fit for the payer.

        It is an error for an order that was withdrawn, and for money that can't be booked.

        :rtype: bool
        """
        order = self._sberbank_get_pos_order()
        is_booked = self.payment_id or self.sberbank_has_captures
        is_waiting = self.state == 'done' and not is_booked
        return bool(order and order.state != 'cancel' and not is_waiting)

    def _sberbank_get_pos_order(self):
        """Return the order that is paid, or None.

        :rtype: pos.order|None
        """
        return (self.pos_order_id or None) if 'pos_order_id' in self._fields else None

    def _sberbank_is_taken_by(self, order):
        """Tell whether an order takes all of the payment.

        :param pos.order order: The order, to which the payment was not added yet.
        :rtype: bool
        """
        return (
            order.state == 'draft'
            and order.currency_id == self.currency_id
            and self.currency_id.compare_amounts(self.amount, order.get_amount_unpaid()) <= 0
        )
