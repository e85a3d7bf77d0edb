from odoo import fields, models

from .. import const, gateway
from ..wording import display_amount


class PaymentTransaction(models.Model):
    """Parts of a hold that were taken while the rest stays held: each a transaction of its own.

    The order at the bank is that of the hold; what was taken in all is known from its sum alone. So
    a part is recorded once, whoever asked for it and whatever became of the answer: whoever records
    has locked the hold, and records what the bank took beyond what is known here.
    """

    _inherit = 'payment.transaction'

    sberbank_has_captures = fields.Boolean(
        string="Taken in Parts",
        help="Parts of the hold were taken one by one. Each of them is a transaction of its own,"
        " and is booked by itself.",
        readonly=True,
        copy=False,
    )
    sberbank_captured_before = fields.Integer(
        string="Taken Before",
        help="How much of the hold had been taken before this part of it, in kopecks.",
        readonly=True,
        copy=False,
    )

    # === WHAT BELONGS TO WHAT === #

    def _sberbank_get_order_tx(self):
        """Return the transaction that has the order at the bank: of a part, that of the hold.

        :rtype: payment.transaction
        """
        tx = self
        while tx.source_transaction_id:
            tx = tx.source_transaction_id
        return tx

    def _sberbank_get_documents_tx(self):
        """Return the transaction that knows what is paid for: of a part, that of the hold.

        :rtype: payment.transaction
        """
        return self.source_transaction_id if self._sberbank_is_capture() else self

    def _sberbank_is_capture(self):
        """Tell whether it is a part of a hold.

        :rtype: bool
        """
        return bool(self.source_transaction_id) and self.operation != 'refund'

    def _sberbank_get_captures(self):
        """Return the parts of the holds that were taken one by one.

        :rtype: payment.transaction
        """
        holds = self.filtered('sberbank_has_captures')
        return holds.child_transaction_ids.filtered(
            lambda tx: tx.state == 'done' and tx.operation != 'refund'
        )

    def _sberbank_get_returns(self):
        """Return the refunds of the transaction, whatever became of them, and those of its parts.

        :rtype: payment.transaction
        """
        children = self.child_transaction_ids
        if children:
            children |= self._sberbank_get_captures().child_transaction_ids
        return children.filtered(lambda tx: tx.operation == 'refund')

    def _sberbank_get_captured(self):
        """Return the sum of the parts that were taken of the hold, in kopecks.

        :rtype: int
        """
        return sum(capture._sberbank_get_amount() for capture in self._sberbank_get_captures())

    def _sberbank_get_held(self):
        """Return what is held of the hold still, in kopecks.

        :rtype: int
        """
        return self._sberbank_get_amount() - self._sberbank_get_captured()

    def _sberbank_get_paid_invoices(self):
        """Return the invoices that the money is for: those of the hold, if it is a part of one.

        :rtype: account.move
        """
        return self.invoice_ids | self._sberbank_get_documents_tx().invoice_ids

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment` to have two refunds of one order at once collide by their names.

        Also those of its parts: the bank tells how much of the order went back, and of no part.
        """
        is_ours = self.provider_code == const.PROVIDER_CODE
        if is_ours and is_refund and self._sberbank_is_capture():
            prefix = f'R-{self._sberbank_get_order_tx().reference}'
            reference = self._compute_reference(self.provider_code, prefix=prefix)
            custom_create_values = {'reference': reference, **custom_create_values}
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    # === WHAT THE BANK SAYS === #

    def _sberbank_is_taken_in_parts(self, order):
        """Tell whether what the bank took of the order is followed part by part.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        if self.state == 'done':
            return False
        if self.sberbank_has_captures:
            return order.is_partly_paid or order.is_money_taken or order.is_reversed
        is_told = order.is_partly_paid and bool(order.deposited_amount)
        return is_told and self.provider_id._sberbank_can_capture_in_parts()

    def _sberbank_get_expected_taken(self, order):
        """Return what the bank must have taken of the order for its word to be followed.

        :param gateway.Order order: The order as the bank knows it.
        :return: Kopecks. What the bank says, if it may be so.
        :rtype: int
        """
        if not self._sberbank_is_taken_in_parts(order):
            return self._sberbank_get_amount() if order.is_money_taken else 0
        told = self._sberbank_read_taken(order)
        if told is None:
            return self._sberbank_get_captured()
        return min(told, self._sberbank_get_ordered_amount())

    def _sberbank_read_taken(self, order):
        """Return what the bank took of the order in all, in kopecks.

        :param gateway.Order order: The order as the bank knows it.
        :return: None if it can't be told: after a refund, the sums may be meant in two ways.
        :rtype: int|None
        """
        known = self._sberbank_get_captured()
        if order.taken_of(known) == known:
            return known
        told = order.deposited_amount
        is_clear = not order.refunded_amount or told == self._sberbank_get_amount()
        return told if is_clear else None

    def _sberbank_record_captures(self, order):
        """Record what the bank took of the hold beyond what is known here, and the hold's end.

        What is less than known comes from an answer that was under way for long. After the end it
        is money that went back, which is recorded by itself.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        :return: None
        """
        more = (self._sberbank_read_taken(order) or 0) - self._sberbank_get_captured()
        if more > 0:
            self._sberbank_record_capture(order, more)
        if not order.is_partly_paid:
            self._sberbank_end_captures()

    def _sberbank_record_capture(self, order, amount):
        """Record a part of the hold that the bank took; it is booked at once.

        :param gateway.Order order: The order as the bank knows it.
        :param int amount: Kopecks.
        :return: None
        """
        before = self._sberbank_get_captured()
        self.write({'sberbank_has_captures': True, 'sberbank_part_sent_at': False})
        capture = self._create_child_transaction(
            gateway.to_roubles(amount),
            token_id=False,  # It may be archived by now.
            sberbank_captured_before=before,
            sberbank_is_topup=self.sberbank_is_topup,
            sberbank_masked_pan=self.sberbank_masked_pan,
            sberbank_terminal=self.sberbank_terminal,
            sberbank_payment_way=self.sberbank_payment_way,
            sberbank_reference_number=self.sberbank_reference_number,
            sberbank_approval_code=self.sberbank_approval_code,
            sberbank_paid_at=_get_taken_at(order),
        )
        capture.is_live = self.is_live  # Which gateway is in use may have changed.
        self._log_message_on_linked_documents(
            self.env._(
                "%(taken)s of the held %(held)s were taken; %(rest)s are left.",
                taken=display_amount(self.env, amount),
                held=display_amount(self.env, self._sberbank_get_amount()),
                rest=display_amount(self.env, self._sberbank_get_amount() - before - amount),
            )
        )
        capture._set_done()
        self._sberbank_trigger_booking()

    def _sberbank_end_captures(self):
        """Close the hold with what was taken of it; the rest is released.

        :return: None
        """
        captured = self._sberbank_get_captured()
        if captured < self._sberbank_get_amount():
            self._sberbank_keep_part(captured)
        if self.state != 'done':
            self._set_done(extra_allowed_states=('cancel',))
            self._sberbank_trigger_booking()

    def _sberbank_keep_part(self, taken):
        """Make what was taken of the hold its amount; the bank released the rest.

        :param int taken: Kopecks.
        :return: None
        """
        self._sberbank_finish_hold()
        held = self._sberbank_get_amount()
        self.write({
            'amount': gateway.to_roubles(taken),
            'sberbank_ordered_amount': gateway.to_roubles(self._sberbank_get_ordered_amount()),
        })
        self._log_message_on_linked_documents(
            self.env._(
                "%(taken)s of the held %(held)s were taken. The bank released the rest.",
                taken=display_amount(self.env, taken),
                held=display_amount(self.env, held),
            )
        )


def _get_taken_at(order):
    """Return when the bank took the latest part, or False if it does not say so.

    :param gateway.Order order: The order as the bank knows it.
    :rtype: datetime|bool
    """
    completions = [
        operation.date
        for operation in order.operations or ()
        if operation.type == 'COMPLETION' and operation.date
    ]
    moment = max(completions, default=order.deposited_at)
    if not moment:
        return False
    # The bank's clock may be ahead of ours; nothing is booked in the future.
    return min(moment.replace(tzinfo=None, microsecond=0), fields.Datetime.now())
