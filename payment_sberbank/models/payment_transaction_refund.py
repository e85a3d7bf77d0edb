from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway
from ..wording import describe_failure, display_amount
from .payment_transaction_schedule import EXPECTED_WITHIN

# A refund whose answer was lost is taken for not made when the bank does not know of it by then.
REFUND_PATIENCE = timedelta(hours=1)


class PaymentTransaction(models.Model):
    """All of refunds: how money is returned, at most once, and what was returned elsewhere.

    The bank is looked at before it is asked to act: an answer can get lost after the bank has
    acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    sberbank_refund_sent_at = fields.Datetime(
        string="Latest Refund Sent at",
        help="When the bank was last asked to return money of this payment.",
        readonly=True,
        copy=False,
    )

    # === WHAT CAN BE RETURNED === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment` to refuse what can't be returned before anything is created."""
        if self.provider_code == const.PROVIDER_CODE:
            amount = self.amount if amount_to_refund is None else amount_to_refund
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

    def _sberbank_check_refundable(self, amount, refund=None):
        """Make sure that an amount is at least a kopeck, and at most what is left of the payment.

        :param float amount: Roubles.
        :param payment.transaction refund: The refund itself, if it is there already.
        :return: None
        :raise ValidationError: If it can't be returned.
        """
        known = self._sberbank_get_refunds('pending', 'done').filtered(lambda tx: tx != refund)
        left = self._sberbank_get_amount() - sum(tx._sberbank_get_amount() for tx in known)
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

    # === ASKING FOR IT === #

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
            client = source._sberbank_get_client()
            order = source._sberbank_ask(client)
        except gateway.GatewayError as error:
            raise ValidationError(describe_failure(self.env, error)) from error
        if mismatch := source._sberbank_describe_mismatch(order):
            source._sberbank_apply(order)  # It is on the list then, too.
            raise ValidationError(mismatch)
        if self._sberbank_is_refunded_by(order) or self._sberbank_refund(client):
            self._sberbank_set_refunded()
        else:
            self._sberbank_wait_for_refund()

    def _sberbank_refund(self, client):
        """Have the bank return the money.

        :param gateway.GatewayClient client: Whom to ask through.
        :return: Whether the bank said that it has; if not, its answer was lost.
        :rtype: bool
        :raise ValidationError: If the bank certainly has not.
        """
        source = self.source_transaction_id
        order_id = source._sberbank_get_order_id()
        amount = self._sberbank_get_amount()
        receipt = source._sberbank_get_operation_receipt('refund', amount, self)
        source._sberbank_expect_change(sberbank_refund_sent_at=fields.Datetime.now())
        try:
            client.refund(
                order_id,
                amount,
                external_refund_id=self._sberbank_get_refund_id(),
                receipt=receipt,
            )
        except gateway.GatewayError as error:
            if not error.may_have_reached:
                raise ValidationError(self._sberbank_describe_refusal(error)) from error
            return False
        return True

    def _sberbank_describe_refusal(self, error):
        """Return why the bank returns nothing, and which other way there may be, for staff.

        Source: the bank may know no refund of a payment that it has not settled yet, which it does
        at the end of the day; it takes a whole one back by a reversal then.

        :param gateway.GatewayError error: What the bank said.
        :rtype: str
        """
        sentences = [describe_failure(self.env, error)]
        source = self.source_transaction_id
        is_whole = self._sberbank_get_amount() == source._sberbank_get_amount()
        if isinstance(error, gateway.Refused) and is_whole and source._sberbank_is_paid_today():
            sentences.append(
                self.env._(
                    "On the day of the payment the bank may only take it back as a whole, by a"
                    " reversal: make it in the bank's cabinet, or refund the payment tomorrow."
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

    # === WHAT CAME OF IT === #

    def _sberbank_awaits_refund(self):
        """Override of the ground floor: refunds are sent here."""
        return (
            super()._sberbank_awaits_refund()
            or self._sberbank_sent_refund_just_now()
            or any(
                not refund._sberbank_is_older_than(2 * REFUND_PATIENCE)
                for refund in self._sberbank_get_pending_refunds()
            )
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
        return self._sberbank_get_refunds('pending')

    def _sberbank_get_refunds(self, *states):
        """Return the refunds of the transaction that are in one of some states.

        :rtype: payment.transaction
        """
        return self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state in states
        )

    def _sberbank_confirm_refund(self, order):
        """Close a refund whose answer was lost by what the bank knows of the order now.

        :param gateway.Order order: The refunded order as the bank knows it.
        :return: None
        """
        if self._sberbank_is_refunded_by(order):
            self._sberbank_set_refunded()
        elif self._sberbank_is_older_than(REFUND_PATIENCE) and not order.is_refund_untold:
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
        return sum(refund._sberbank_get_amount() for refund in self._sberbank_get_refunds('done'))

    def _sberbank_get_refund_id(self):
        """Return the same id whenever this refund is sent, for the bank to know it again.

        :rtype: str
        """
        return payment_utils.generate_idempotency_key(self, scope='refund')[:36]

    # === WHAT THE BANK GAVE BACK === #

    def _sberbank_note_returned_money(self, order):  # pylint: disable=missing-return
        """Override of the ground floor to look for refunds, ours and others."""
        super()._sberbank_note_returned_money(order)
        if order.is_money_taken:
            self._sberbank_note_refunds(order)
            self._sberbank_note_partial_reversal(order)
        elif order.is_reversed and self.state == 'done':
            self._sberbank_need_attention(
                'reversed', self.env._("The bank reversed the whole payment.")
            )

    def _sberbank_note_refunds(self, order):
        for refund in self._sberbank_get_pending_refunds():
            refund._sberbank_confirm_refund(order)
        known = self._sberbank_get_refunded_amount()
        if order.is_refunded and not order.refunded_amount:
            self._sberbank_note_untold_refund(order, known)
        elif (order.refunded_amount or 0) <= known:
            self._sberbank_attention_solved('refunded')
        elif not self._sberbank_sent_refund_just_now():
            self._sberbank_need_attention(
                'refunded',
                self.env._(
                    "The bank refunded %(theirs)s in all; %(ours)s of it is recorded here.",
                    theirs=display_amount(self.env, order.refunded_amount),
                    ours=display_amount(self.env, known),
                ),
            )

    def _sberbank_note_untold_refund(self, order, known):
        """Tell staff of money that went back, unless what is recorded here explains it.

        :param gateway.Order order: The order as the bank knows it.
        :param int known: The sum of the refunds that are recorded here, in kopecks.
        :return: None
        """
        explained = known and not self._sberbank_get_pending_refunds()
        if self._sberbank_sent_refund_just_now() or (order.is_refund_untold and explained):
            return
        self._sberbank_need_attention(
            'refunded',
            self.env._(
                "The bank returned money of this payment and does not say how much;"
                " %(ours)s of it is recorded here.",
                ours=display_amount(self.env, known),
            ),
        )

    def _sberbank_note_partial_reversal(self, order):
        taken = self._sberbank_get_amount()
        kept = order.taken_of(taken)
        if kept is not None and kept < taken:
            self._sberbank_need_attention(
                'reversed',
                self.env._(
                    "The bank took %(ours)s and gave %(back)s of it back.",
                    ours=display_amount(self.env, taken),
                    back=display_amount(self.env, taken - kept),
                ),
            )
