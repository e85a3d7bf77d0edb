from odoo import fields, models

from .. import const, gateway
from ..wording import display_amount


class PaymentTransaction(models.Model):
    """What the bank gave back without being asked from here: in its cabinet, or by a chargeback.

    It is recorded as refunds of their own, once each: whoever records has locked the payment, and
    writes to it, so that a worker that looked earlier begins anew.
    """

    _inherit = 'payment.transaction'

    sberbank_returned_by = fields.Selection(
        string="Returned by",
        selection=[
            ('refund', "Refund in the bank's cabinet"),
            ('reversal', "Reversal at the bank"),
            ('chargeback', "Chargeback"),
        ],
        help="How the bank returned the money, if it was not asked to from here.",
        readonly=True,
        copy=False,
    )
    sberbank_returned_elsewhere = fields.Monetary(
        string="Returned Elsewhere",
        help="What the bank returned of this payment without being asked to from here.",
        readonly=True,
        copy=False,
    )

    sberbank_returned_by_hand = fields.Boolean(
        string="Returns Recorded by Hand",
        help="Somebody dealt with what the bank returned of this payment, and said so on the list:"
        " nothing of it is recorded by itself any more.",
        readonly=True,
        copy=False,
    )

    def _sberbank_note_returned_money(self, order):  # pylint: disable=missing-return
        """Override of the ground floor to look for refunds, ours and others."""
        super()._sberbank_note_returned_money(order)
        if self.state != 'done' or not (order.is_money_taken or order.is_reversed):
            return
        for refund in self._sberbank_get_pending_refunds():
            refund._sberbank_confirm_refund(order)
        if self._sberbank_is_refund_under_way():
            return  # Its worker is about to write it down; the bank is asked again.
        known = self._sberbank_get_refunded_amount()
        returned = order.returned_of(self._sberbank_get_amount())
        if returned is None:
            self._sberbank_note_untold_return(order, known)
            return
        if returned > known and self.sberbank_returned_by_hand:
            self._sberbank_list_return(order, returned, known)
            return
        self._sberbank_attention_solved('refunded')
        self._sberbank_attention_solved('reversed')
        if returned > known:
            self._sberbank_record_returns(order, returned - known)
        self._sberbank_watch_chargeback(order)

    # === WHAT THE BANK TELLS === #

    def _sberbank_record_returns(self, order, amount):
        """Record what the bank gave back beyond what is known here; it is booked at once.

        :param gateway.Order order: The order as the bank knows it.
        :param int amount: Kopecks.
        :return: None
        """
        for source, operation, part in self._sberbank_share_returns(order, amount):
            refund = source._create_child_transaction(
                gateway.to_roubles(part),
                is_refund=True,
                # Not of those that two refunds of ours at once would wait for each other by.
                reference=self._compute_reference(
                    const.PROVIDER_CODE, prefix=f'RB-{self.reference}'
                ),
                sberbank_returned_by=_get_way(order, operation),
            )
            refund._set_done()
            self._sberbank_owe_return_receipt(refund)
            if refund.sberbank_returned_by == 'chargeback':
                refund._sberbank_need_attention(
                    'charged_back',
                    self.env._(
                        "The card's bank took %(amount)s back by force. It is recorded and booked"
                        " as a refund.",
                        amount=display_amount(self.env, part),
                    ),
                )
        self.sberbank_returned_elsewhere += gateway.to_roubles(amount)
        self._sberbank_trigger_booking()

    def _sberbank_share_returns(self, order, amount):
        """Yield what an amount consists of, and what of it is returned: of a hold, which parts.

        Nobody says of which of them; the one that just comes to it is taken first, else the oldest.

        :param gateway.Order order: The order as the bank knows it.
        :param int amount: Kopecks.
        :return: The payment, the bank's operation or None, and kopecks.
        :rtype: Iterator[tuple[payment.transaction, gateway.Operation|None, int]]
        """
        left = {
            tx: tx._sberbank_get_amount() - tx._sberbank_get_refunded_amount()
            for tx in self._sberbank_get_captures().sorted('id')
        }
        for operation, part in self._sberbank_get_parts(order, amount):
            for tx in sorted(left, key=lambda tx, part=part: left[tx] != part):
                if share := min(left[tx], part):
                    yield tx, operation, share
                    left[tx] -= share
                    part -= share
            if part:
                yield self, operation, part

    def _sberbank_get_parts(self, order, amount):
        """Return what an amount consists of: the bank's own operations, if they come to it.

        :param gateway.Order order: The order as the bank knows it.
        :param int amount: Kopecks.
        :return: Pairs of an operation or None, and kopecks.
        :rtype: list[tuple[gateway.Operation|None, int]]
        """
        _known, others = self._sberbank_pair_refunds(order.operations or ())
        parts = [(operation, operation.amount) for operation in others]
        is_all = all(part for _operation, part in parts) and amount == sum(
            part for _operation, part in parts
        )
        return parts if is_all else [(None, amount)]

    def _sberbank_watch_chargeback(self, order):
        """Tell staff of a chargeback whose sum the bank does not tell.

        :param gateway.Order order: The order as the bank knows it.
        :return: None
        """
        refunds = self._sberbank_get_refunds('done')
        if order.has_chargeback and 'chargeback' not in refunds.mapped('sberbank_returned_by'):
            self._sberbank_need_attention(
                'charged_back',
                self.env._(
                    "The bank says that the card's bank took money back by force, and does not say"
                    " how much. Nothing of it is booked."
                ),
            )
        else:
            self._sberbank_attention_solved('charged_back')

    # === WHAT IS LEFT TO A PERSON === #

    def _sberbank_list_return(self, order, returned, known):
        """Tell staff what the bank returned of a payment whose returns they record by hand.

        :param gateway.Order order: The order as the bank knows it.
        :param int returned: What went back in all, in kopecks.
        :param int known: The sum of the refunds that are recorded here, in kopecks.
        :return: None
        """
        if order.is_reversed:
            self._sberbank_need_attention(
                'reversed', self.env._("The bank reversed the whole payment.")
            )
            return
        self._sberbank_need_attention(
            'refunded',
            self.env._(
                "The bank refunded %(theirs)s in all; %(ours)s of it is recorded here.",
                theirs=display_amount(self.env, returned),
                ours=display_amount(self.env, known),
            ),
        )

    def _sberbank_note_untold_return(self, order, known):
        """Tell staff of money that went back, unless what is recorded here explains it.

        :param gateway.Order order: The order as the bank knows it.
        :param int known: The sum of the refunds that are recorded here, in kopecks.
        :return: None
        """
        explained = known and not self._sberbank_get_pending_refunds()
        if order.is_refund_untold and explained:
            return
        ours = display_amount(self.env, known)
        if order.is_reversed:
            self._sberbank_need_attention(
                'reversed',
                self.env._(
                    "The bank reversed the payment, and says that it kept %(kept)s of it; %(ours)s"
                    " of what went back is recorded here.",
                    kept=display_amount(self.env, order.deposited_amount),
                    ours=ours,
                ),
            )
        elif order.refunded_amount:
            self._sberbank_list_return(order, order.refunded_amount, known)
        else:
            self._sberbank_need_attention(
                'refunded',
                self.env._(
                    "The bank returned money of this payment and does not say how much;"
                    " %(ours)s of it is recorded here.",
                    ours=ours,
                ),
            )


def _get_way(order, operation):
    """Return how money was given back.

    :param gateway.Order order: The order as the bank knows it.
    :param gateway.Operation operation: The operation that did it, if it is told.
    :return: A value of `sberbank_returned_by`.
    :rtype: str
    """
    if order.has_chargeback:
        return 'chargeback'
    is_reversal = (
        operation.type == 'REVERSAL'
        if operation
        else order.is_reversed or not order.refunded_amount
    )
    return 'reversal' if is_reversal else 'refund'
