from datetime import timedelta

from odoo import fields, models

from odoo.addons.payment import utils as payment_utils

# A refund whose answer was lost is taken for not made when the bank does not know of it by then.
REFUND_PATIENCE = timedelta(hours=1)

# A worker that asked for a refund has written down what came of it by then, or it is dead: Odoo
# ends a request after two minutes by default, and a server may be set to be more patient.
WRITTEN_WITHIN = timedelta(minutes=15)


class PaymentTransaction(models.Model):
    """What came of the refunds that were asked for here."""

    _inherit = 'payment.transaction'

    sberbank_refund_sent_at = fields.Datetime(
        string="Latest Refund Sent at",
        help="When the bank was last asked to return money of this payment.",
        readonly=True,
        copy=False,
    )
    sberbank_refund_sent = fields.Char(
        string="Latest Refund Sent",
        help="The reference of the refund that the bank was last asked for, whether or not it could"
        " be written down afterwards.",
        readonly=True,
        copy=False,
    )

    # === WHICH === #

    def _sberbank_get_refunds(self, *states):
        """Return the refunds of the transaction that are in one of some states.

        Of a hold that was taken in parts, those of the parts.

        :rtype: payment.transaction
        """
        return self._sberbank_get_returns().filtered(lambda tx: tx.state in states)

    def _sberbank_get_pending_refunds(self):
        """Return the refunds of the transaction whose answers were lost.

        :rtype: payment.transaction
        """
        return self._sberbank_get_refunds('pending')

    def _sberbank_get_refunded_amount(self):
        """Return the sum of the transaction's refunds that the bank has confirmed, in kopecks.

        :rtype: int
        """
        self.ensure_one()
        return sum(refund._sberbank_get_amount() for refund in self._sberbank_get_refunds('done'))

    def _sberbank_get_refund_id(self):
        """Return the same id whenever this refund is sent, for the bank to know it again.

        :rtype: str
        """
        return payment_utils.generate_idempotency_key(self, scope='refund')[:36]

    # === UNDER WAY === #

    def _sberbank_awaits_refund(self):
        """Override of the ground floor: refunds are sent here."""
        return (
            super()._sberbank_awaits_refund()
            or self._sberbank_is_refund_under_way()
            or any(
                not refund._sberbank_is_older_than(2 * REFUND_PATIENCE)
                for refund in self._sberbank_get_pending_refunds()
            )
        )

    def _sberbank_is_refund_under_way(self):
        """Tell whether a worker may be about to write down a refund that the bank has made.

        Two of them are never at it at once: their refunds would have the same reference.

        :rtype: bool
        """
        sent_at = self.sberbank_refund_sent_at
        if not sent_at or fields.Datetime.now() >= sent_at + WRITTEN_WITHIN:
            return False
        return self.sberbank_refund_sent not in self._sberbank_get_returns().mapped('reference')

    # === THE OUTCOME === #

    def _sberbank_confirm_refund(self, order):
        """Close a refund whose answer was lost by what the bank knows of the order now.

        :param gateway.Order order: The refunded order as the bank knows it.
        :return: None
        """
        if self._sberbank_is_refunded_by(order):
            self._sberbank_set_refunded()
        elif self._sberbank_is_older_than(REFUND_PATIENCE) and not order.is_refund_untold:
            self._sberbank_set_not_refunded()

    def _sberbank_set_refunded(self):
        self._set_done()
        self._sberbank_trigger_booking()

    def _sberbank_set_not_refunded(self):
        reason = self.env._("The bank did not return the money. It can be refunded anew.")
        self._set_error(reason)
        self._sberbank_need_attention('refund_failed', reason)

    def _sberbank_is_refunded_by(self, order):
        """Tell whether what the bank gave back holds this refund beside those that are known.

        Not every gateway names the refunds in its answers; so the sums are compared.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        order_tx = self._sberbank_get_order_tx()
        known = order_tx._sberbank_get_refunded_amount()
        returned = order.returned_of(order_tx._sberbank_get_amount())
        if returned is None:
            returned = order.refunded_amount or 0
        return returned >= known + self._sberbank_get_amount()
