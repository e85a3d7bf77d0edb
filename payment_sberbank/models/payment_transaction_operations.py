from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway

# A refund whose answer was lost is taken for not made when the bank does not know of it by then.
REFUND_PATIENCE = timedelta(hours=1)


class PaymentTransaction(models.Model):
    """What staff ask the bank to do with money that is held or was taken.

    The bank is looked at before it is asked to act, and again after: an answer can get lost after
    the bank has acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    # === HOLDS === #

    def _capture(self, amount_to_capture=None):
        """Override of `payment` to complete the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._capture(amount_to_capture=amount_to_capture)
        self._sberbank_end_hold(
            lambda client: client.deposit(self.provider_reference, self._sberbank_get_amount())
        )
        return self

    def _void(self, amount_to_void=None):
        """Override of `payment` to release the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._void(amount_to_void=amount_to_void)
        self._sberbank_end_hold(lambda client: client.reverse(self.provider_reference))
        return self

    def _sberbank_end_hold(self, act):
        """Complete or release the hold, unless it is ended already, and apply what came of it.

        :param callable act: Takes the client of the gateway and asks the bank to act.
        :raise UserError: If the bank refused or gave no answer.
        """
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        failure = None
        try:
            if self._sberbank_ask().is_held:
                act(self._sberbank_get_client())
        except gateway.GatewayError as error:
            failure = error
        try:
            order = self._sberbank_ask()
        except gateway.GatewayError as error:
            failure = failure or error
        else:
            self._sberbank_apply(order)
            # The bank may have acted though its answer was lost.
            failure = failure if order.is_held else None
        if failure:
            raise UserError(self._sberbank_describe_failure(failure)) from failure

    def _sberbank_describe_failure(self, error):
        """Return what staff should know of a failed call, and what to do.

        :param gateway.GatewayError error: The failure.
        :rtype: str
        """
        if isinstance(error, gateway.Unavailable):
            return self.env._(
                "The bank gave no usable answer, so it is not known yet whether it acted. Ask the"
                " bank about the transaction in a few minutes.\n%(detail)s",
                detail=error.detail,
            )
        if isinstance(error, gateway.WrongSettings):
            return self.env._(
                "The bank can't be asked with the settings of the payment provider.\n%(detail)s",
                detail=error.detail,
            )
        return self.env._("The bank refused.\n%(detail)s", detail=error.detail)

    # === REFUNDS === #

    def _send_refund_request(self):
        """Override of `payment` to have the bank return money, at most once for this refund."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._send_refund_request()
            return
        try:
            order = self.source_transaction_id._sberbank_ask()
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
        self._set_pending(state_message=self.env._(
            "The bank's answer was lost. Whether the money was returned is found out by asking the"
            " bank again."
        ))
        self.source_transaction_id.sberbank_next_ask_at = fields.Datetime.now()
        self.env.ref('payment_sberbank.ir_cron_ask_bank')._trigger()

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
        elif self.create_date < fields.Datetime.now() - REFUND_PATIENCE:
            self._set_error(self.env._(
                "The bank did not return the money. It can be refunded anew."
            ))

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
