from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .. import const, gateway
from ..wording import describe_failure, display_amount


class PaymentTransaction(models.Model):
    """How money is returned, at most once for each refund.

    The bank is looked at before it is asked to act: an answer can get lost after the bank has
    acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    # === WHAT CAN BE RETURNED === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment` to refuse what can't be returned before anything is created."""
        if self.provider_code == const.PROVIDER_CODE:
            amount = self.amount if amount_to_refund is None else amount_to_refund
            self._sberbank_check_hold_has_ended()
            self._sberbank_check_refundable(amount)
        return super()._refund(amount_to_refund=amount_to_refund)

    @api.constrains('provider_id', 'amount', 'operation', 'source_transaction_id')
    def _check_sberbank_refund(self):
        for refund in self.filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.operation == 'refund'
        ):
            if not refund.source_transaction_id:
                raise ValidationError(self.env._("A refund needs the payment that is returned."))
            refund.source_transaction_id._sberbank_check_refundable(-refund.amount, refund)

    def _sberbank_check_hold_has_ended(self):
        """Make sure that it is no part of a hold that goes on, and no hold that was taken in parts.

        :return: None
        :raise ValidationError: If it is.
        """
        if self.sberbank_has_captures:
            raise ValidationError(
                self.env._("This hold was taken in parts: refund the payments of the parts.")
            )
        if self._sberbank_is_capture() and self._sberbank_get_order_tx().state != 'done':
            raise ValidationError(
                self.env._(
                    "The rest of this hold is still held, and the bank makes no refund before it is"
                    " taken or released. Take it or void it, then refund."
                )
            )

    def _sberbank_check_refundable(self, amount, refund=None):
        """Make sure that an amount is at least a kopeck, and at most what is left of the payment.

        :param float amount: Roubles.
        :param payment.transaction refund: The refund itself, if it is there already.
        :return: None
        :raise ValidationError: If it can't be returned.
        """
        left = self._sberbank_get_refundable(refund)
        try:
            kopecks = gateway.to_kopecks(amount)
        except (gateway.NotWholeKopecks, TypeError):  # Over RPC, anything may come.
            kopecks = 0
        if not 0 < kopecks <= left:
            raise ValidationError(
                self.env._(
                    "Between one kopeck and %(left)s of this payment can be returned.",
                    left=display_amount(self.env, left),
                )
            )

    def _sberbank_get_refundable(self, refund=None):
        """Return what is left of the payment to be returned, in kopecks.

        :param payment.transaction refund: A refund that is left out of account.
        :rtype: int
        """
        # What the bank has returned by itself was not waiting for ours that may never be made.
        is_from_bank = refund and refund.sberbank_returned_by
        states = ('done',) if is_from_bank else ('pending', 'done')
        known = self._sberbank_get_refunds(*states).filtered(lambda tx: tx != refund)
        return self._sberbank_get_amount() - sum(tx._sberbank_get_amount() for tx in known)

    def _sberbank_filter_refundable(self):
        """Return the payments among the transactions whose money the bank has taken.

        Of a hold that was taken in parts, the parts, once it has ended.

        :rtype: payment.transaction
        """
        return (self | self._sberbank_get_captures()).filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.state == 'done'
                and tx.operation not in ('refund', 'validation')
                and not tx.sberbank_has_captures
                and tx._sberbank_get_order_tx().state == 'done'
            )
        )

    # === ASKING FOR IT === #

    def _send_refund_request(self):
        """Override of `payment` to have the bank return money, at most once for this refund."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._send_refund_request()
            return
        if not self.source_transaction_id.payment_id:
            raise ValidationError(
                self.env._("The payment is not booked yet. Book it before it is refunded.")
            )
        order_tx = self._sberbank_get_order_tx()
        try:
            client = order_tx._sberbank_get_client()
            order = order_tx._sberbank_ask(client)
        except gateway.GatewayError as error:
            raise ValidationError(describe_failure(self.env, error)) from error
        if mismatch := order_tx._sberbank_describe_mismatch(order):
            order_tx._sberbank_apply(order)  # It is on the list then, too.
            raise ValidationError(mismatch)
        if self._sberbank_is_refunded_by(order):
            self._sberbank_check_was_sent(order)
            # Unless a worker has written down that somebody else returned it: all begins anew then.
            order_tx._sberbank_lock_rows()
            order_tx._sberbank_outdate_readers()
            self._sberbank_set_refunded()
        elif self._sberbank_refund(client, order):
            self._sberbank_set_refunded()
        else:
            self._sberbank_wait_for_refund()

    def _sberbank_check_was_sent(self, order):
        """Make sure that what the bank gave back may be this refund, and not somebody else's.

        :param gateway.Order order: The order as the bank knows it, with money that went back.
        :return: None
        :raise ValidationError: If this refund was never sent. What went back is recorded then.
        """
        order_tx = self._sberbank_get_order_tx()
        if order_tx.sberbank_refund_sent == self.reference:
            return
        order_tx._sberbank_apply(order)
        raise ValidationError(
            self.env._(
                "Money of this payment was returned at the bank meanwhile: look at its refunds in a"
                " moment. Nothing was returned now. If it is still wanted, refund it anew."
            )
        )

    def _sberbank_outdate_readers(self):
        """Have each worker begin anew that looked at the payment before this is committed.

        The lock alone does not: who waits for it goes on with the refunds that were there before.
        """
        self.env.cr.execute(
            SQL(
                'UPDATE payment_transaction SET write_date = %s WHERE id = %s',
                fields.Datetime.now(),
                self.id,
            )
        )

    def _sberbank_refund(self, client, order):
        """Have the bank return the money.

        :param gateway.GatewayClient client: Whom to ask through.
        :param gateway.Order order: The order as the bank knows it.
        :return: Whether the bank said that it has; if not, its answer was lost.
        :rtype: bool
        :raise ValidationError: If the bank certainly has not.
        """
        order_tx = self._sberbank_get_order_tx()
        order_id = order_tx._sberbank_get_order_id()
        amount = self._sberbank_get_amount()
        receipt = order_tx._sberbank_get_operation_receipt('refund', amount, self)
        order_tx._sberbank_expect_change(
            sberbank_refund_sent_at=fields.Datetime.now(), sberbank_refund_sent=self.reference
        )
        try:
            if self._sberbank_is_reversal(order) and _reverse(client, order_id, receipt):
                return True
            client.refund(
                order_id,
                amount,
                external_refund_id=self._sberbank_get_refund_id(),
                receipt=receipt,
            )
        except gateway.GatewayError as error:
            if not error.may_have_reached:
                raise ValidationError(self._sberbank_describe_refusal(error, order)) from error
            return False
        return True

    def _sberbank_is_reversal(self, order):
        """Tell whether the whole payment goes back on its day: it costs nothing then, and no time.

        Source: the bank reverses until the end of the day in Moscow, before it settles.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        order_tx = self._sberbank_get_order_tx()
        whole = order_tx._sberbank_get_amount()
        return (
            order.is_paid
            and order.returned_of(whole) == 0
            and self._sberbank_get_amount() == whole
            and order_tx._sberbank_is_paid_today()
        )

    def _sberbank_describe_refusal(self, error, order):
        """Return why the bank returns nothing, and which other way there may be, for staff.

        Source: the bank may know no refund of a payment that it has not settled yet, which it does
        at the end of the day; it takes a whole one back by a reversal then.

        :param gateway.GatewayError error: What the bank said.
        :param gateway.Order order: The order as the bank knew it before.
        :rtype: str
        """
        sentences = [describe_failure(self.env, error)]
        if (
            isinstance(error, gateway.Refused)
            and self._sberbank_get_order_tx()._sberbank_is_paid_today()
        ):
            sentences.append(
                self.env._(
                    "The bank refused to reverse the payment, too. Refund it tomorrow: the bank may"
                    " make refunds only as from the day after the payment."
                )
                if self._sberbank_is_reversal(order)
                else self.env._(
                    "The bank may return a part of a payment only as from the day after it: refund"
                    " it tomorrow."
                )
            )
        return '\n'.join(sentences)

    def _sberbank_wait_for_refund(self):
        """Leave it to the job to find out whether a refund was made whose answer was lost."""
        self._set_pending(
            state_message=self.env._(
                "The bank's answer was lost. Whether the money was returned is found out by asking"
                " the bank again."
            )
        )


def _reverse(client, order_id, receipt):
    """Have the bank take a whole payment back.

    :param gateway.GatewayClient client: Whom to ask.
    :param str order_id: The bank's id of the order.
    :param gateway.Receipt|None receipt: Of what goes back.

    :return: Whether it has; if not, it refused.
    :rtype: bool
    :raise gateway.GatewayError: If there is no usable answer.
    """
    try:
        client.reverse(order_id, receipt=receipt)
    except gateway.Refused:
        return False
    return True
