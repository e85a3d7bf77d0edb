from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway
from ..translation import translate

# A refund whose answer was lost is taken for not made when the bank does not know of it by then.
REFUND_PATIENCE = timedelta(hours=1)

# What the bank was asked to do is done and written down by then, or something went wrong.
EXPECTED_WITHIN = timedelta(minutes=2)


class PaymentTransaction(models.Model):
    """What staff ask the bank to do with money that is held or was taken.

    The bank is looked at before it is asked to act, and again after: an answer can get lost after
    the bank has acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    sberbank_refund_sent_at = fields.Datetime(
        string="Latest Refund Sent at",
        help="When the bank was last asked to return money of this payment.",
        readonly=True,
        copy=False,
    )

    # === HOLDS === #

    def _capture(self, amount_to_capture=None):
        """Override of `payment` to complete the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._capture(amount_to_capture=amount_to_capture)
        order = self._sberbank_end_hold(
            lambda client: client.deposit(self.provider_reference, self._sberbank_get_amount())
        )
        if not (order.is_paid or order.is_refunded):
            raise UserError(self.env._("The money was not taken: the hold is no more."))
        return self

    def _void(self, amount_to_void=None):
        """Override of `payment` to release the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._void(amount_to_void=amount_to_void)
        order = self._sberbank_end_hold(lambda client: client.reverse(self.provider_reference))
        if not (order.is_reversed or order.is_declined):
            raise UserError(self.env._("The money was taken already. Refund it instead."))
        return self

    def _sberbank_end_hold(self, act):
        """Complete or release the hold, unless it is ended already, and apply what came of it.

        :param callable act: Takes the client of the gateway and asks the bank to act.
        :return: The order as the bank knows it afterwards, no longer held.
        :rtype: gateway.Order
        :raise UserError: If the bank refused or gave no answer.
        """
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        failure = order = None
        try:
            if self._sberbank_ask().is_held:
                self._sberbank_expect_change()
                act(self._sberbank_get_client())
        except gateway.GatewayError as error:
            failure = error
        try:
            order = self._sberbank_refresh()
        except gateway.GatewayError as error:
            failure = failure or error
        if failure and (order is None or order.is_held):
            raise UserError(self._sberbank_describe_failure(failure)) from failure
        return order

    def _sberbank_expect_change(self, is_refund=False):
        """Write down that the bank is about to be asked to act, whatever becomes of us then.

        If this worker dies, or what it writes is undone, the job asks the bank what was done.

        :param bool is_refund: Whether money is about to be returned.
        :return: None
        """
        with self._sberbank_locked() as tx:
            now = fields.Datetime.now()
            tx.sberbank_next_ask_at = now + EXPECTED_WITHIN
            if is_refund:
                tx.sberbank_refund_sent_at = now

    def _sberbank_describe_failure(self, error):
        """Return what staff should know of a failed call, and what to do.

        :param gateway.GatewayError error: The failure.
        :rtype: str
        """
        detail = translate(error.detail, self.env.lang)
        if isinstance(error, gateway.Unavailable):
            return self.env._(
                "The bank gave no usable answer, so it is not known yet whether it acted. Ask the"
                " bank about the transaction in a few minutes.\n%(detail)s",
                detail=detail,
            )
        if isinstance(error, gateway.WrongSettings):
            return self.env._(
                "The bank can't be asked with the settings of the payment provider.\n%(detail)s",
                detail=detail,
            )
        return self.env._("The bank refused.\n%(detail)s", detail=detail)

    # === REFUNDS === #

    def _send_refund_request(self):
        """Override of `payment` to have the bank return money, at most once for this refund."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._send_refund_request()
            return
        source = self.source_transaction_id
        if not source.payment_id:
            raise ValidationError(
                self.env._("The payment is not booked yet. Book it before it is refunded.")
            )
        try:
            order = source._sberbank_ask()
        except gateway.GatewayError as error:
            raise ValidationError(self._sberbank_describe_failure(error)) from error
        if self._sberbank_is_refunded_by(order) or self._sberbank_refund():
            self._sberbank_set_refunded()
        else:
            self._sberbank_wait_for_refund()

    def _sberbank_refund(self):
        """Have the bank return the money.

        :return: Whether the bank said that it has; if not, its answer was lost.
        :rtype: bool
        :raise ValidationError: If the bank certainly has not.
        """
        source = self.source_transaction_id
        source._sberbank_expect_change(is_refund=True)
        try:
            source._sberbank_get_client().refund(
                source.provider_reference,
                self._sberbank_get_amount(),
                external_refund_id=self._sberbank_get_refund_id(),
            )
        except gateway.GatewayError as error:
            if not error.may_have_reached:
                raise ValidationError(self._sberbank_describe_failure(error)) from error
            return False
        return True

    def _sberbank_wait_for_refund(self):
        """Leave it to the job to find out whether a refund was made whose answer was lost."""
        self._set_pending(
            state_message=self.env._(
                "The bank's answer was lost. Whether the money was returned is found out by asking"
                " the bank again."
            )
        )

    def _sberbank_awaits_refund(self):
        """Tell whether a refund was sent of which it is not known yet what came of it.

        :rtype: bool
        """
        return self._sberbank_sent_refund_just_now() or any(
            not refund._sberbank_is_older_than(2 * REFUND_PATIENCE)
            for refund in self._sberbank_get_pending_refunds()
        )

    def _sberbank_sent_refund_just_now(self):
        """Tell whether a worker may be about to write down a refund that the bank has made.

        :rtype: bool
        """
        sent_at = self.sberbank_refund_sent_at
        return bool(sent_at) and fields.Datetime.now() < sent_at + EXPECTED_WITHIN

    def _sberbank_get_pending_refunds(self):
        """Return the refunds of the transaction whose answers were lost.

        :rtype: payment.transaction
        """
        return self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state == 'pending'
        )

    def _sberbank_confirm_refund(self, order):
        """Close a refund whose answer was lost by what the bank knows of the order now.

        :param gateway.Order order: The refunded order as the bank knows it.
        :return: None
        """
        if self._sberbank_is_refunded_by(order):
            self._sberbank_set_refunded()
        elif self._sberbank_is_older_than(REFUND_PATIENCE):
            reason = self.env._("The bank did not return the money. It can be refunded anew.")
            self._set_error(reason)
            self._sberbank_need_attention('refund_failed', reason)

    def _sberbank_set_refunded(self):
        self._set_done()
        self._sberbank_trigger_booking()

    def _sberbank_is_refunded_by(self, order):
        """Tell whether the bank's sum of refunds holds this one beside those that are known.

        The bank names no refund in its answers, only their sum; so the sum is compared.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        known = self.source_transaction_id._sberbank_get_refunded_amount()
        return (order.refunded_amount or 0) >= known + self._sberbank_get_amount()

    def _sberbank_get_refunded_amount(self):
        """Return the sum of the transaction's refunds that the bank has confirmed, in kopecks.

        :rtype: int
        """
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state == 'done'
        )
        return sum(refund._sberbank_get_amount() for refund in refunds)

    def _sberbank_get_refund_id(self):
        """Return the same id whenever this refund is sent, for the bank to know it again.

        :rtype: str
        """
        return payment_utils.generate_idempotency_key(self, scope='refund')[:36]
