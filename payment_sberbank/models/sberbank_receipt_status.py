from odoo import models

from .. import gateway
from ..wording import display_amount
from .receipt_rhythm import SETTLED

# What the bank calls the operation that a receipt is for, by what it is called here. The gateways
# may tell none; what a receipt apart from an operation is called is not documented.
OPERATION_TYPES = {
    'payment': {'AUTHORIZATION', 'PREAUTHORIZATION'},
    'capture': {'COMPLETION'},
    # A payment of the same day is taken back by a reversal.
    'refund': {'REFUND', 'REVERSAL'},
    'reversal': {'REVERSAL'},
}
# The two steps of a hold. Which of them the register prints depends on the account at the bank.
STEPS_OF_A_HOLD = ('payment', 'capture')


class SberbankReceipt(models.Model):
    """What became of the receipts of an order, by what the bank tells of them."""

    _inherit = 'sberbank.receipt'

    def _note_issued(self, answers):
        """Take down what the register has issued, and what follows for each receipt.

        :param answers: All receipts of the order as the bank knows them.
        :type answers: Iterable[gateway.IssuedReceipt]
        :return: What the register has issued that nobody here has asked for.
        :rtype: list[gateway.IssuedReceipt]
        """
        strangers = []
        for answer in answers:
            if receipt := self._find_asked(answer):
                receipt._note_one(answer)
            else:
                strangers.append(answer)
        self._grow_older()
        return strangers

    def _grow_older(self):
        """Let each receipt follow what is known of it by now.

        :return: None
        """
        for receipt in self:
            is_expected = receipt.state != 'draft' or receipt.next_ask_at or receipt.issued_ids
            if is_expected and receipt.state not in SETTLED:
                receipt._follow()
            elif receipt.state == 'by_hand' and receipt.next_ask_at:
                receipt._follow_others()

    # === WHICH OF THEM === #

    def _find_asked(self, answer):
        """Return the receipt of the order that something of the register's is for, or none.

        :param gateway.IssuedReceipt answer: What the register has issued.
        :rtype: sberbank.receipt
        """
        ids = {answer.receipt_id, answer.original_id} - {''}
        known = self.issued_ids.filtered(lambda row: row.bank_receipt_id in ids)
        if known:
            return known[0].receipt_id
        # What the accountant issues by hand may have the same sum as what was asked for.
        fitting = self.filtered(lambda receipt: receipt._fits(answer)).sorted(
            lambda receipt: (receipt.state in SETTLED, receipt.id)
        )
        same_operation = fitting.filtered(
            lambda receipt: (
                answer.operation_id
                and answer.operation_id in receipt.issued_ids.mapped('operation_id')
            )
        )
        # Where a sum is not told yet, nothing says that more is to come.
        free = fitting.filtered(lambda receipt: all(receipt._get_valid_rows().mapped('amount')))
        exact = free.filtered(lambda receipt: receipt._get_total() == receipt._read_sum(answer))
        return (same_operation or exact or free)[:1]

    def _fits(self, answer):
        types = OPERATION_TYPES.get(self.operation)
        was_asked_for = self.state != 'draft' or self.next_ask_at
        return (
            was_asked_for
            and self.state != 'not_needed'
            and self._get_issued_sum() < self._get_total()
            and answer.receipt_type in ('', self.kind)
            and (not types or not answer.operation_type or answer.operation_type in types)
        )

    def _get_issued_sum(self):
        """Return what the register has issued for the receipt, in kopecks.

        :rtype: int
        """
        issued = self._get_valid_rows().filtered(lambda row: row.status == '3')
        return gateway.to_kopecks(sum(issued.mapped('amount')))

    def _get_valid_rows(self):
        """Return what the register was sent, without what it was sent anew in place of.

        :rtype: sberbank.receipt.issued
        """
        replaced = set(self.issued_ids.mapped('original_id')) - {False}
        return self.issued_ids.filtered(lambda row: row.bank_receipt_id not in replaced)

    def _get_total(self):
        """Return the receipt's sum in kopecks.

        :rtype: int
        """
        self.ensure_one()
        return gateway.to_kopecks(self.amount)

    def _read_sum(self, answer):
        return answer.total if answer.total is None else answer.total_of(self._get_total())

    # === WHAT FOLLOWS === #

    def _note_one(self, answer):
        values = self.issued_ids._prepare_values(answer, self._get_total(), self.kind)
        row = self.issued_ids.filtered(lambda row: row.bank_receipt_id == answer.receipt_id)
        if row:
            row.write(values)
        else:
            row.create({'receipt_id': self.id, **values})

    def _follow(self):
        """Set the state that follows from what the register has done, and when to ask next.

        :return: None
        """
        self.ensure_one()
        rows = self._get_valid_rows()
        if not rows:
            self._follow_silence()
        elif self._is_issued():
            self.write({'state': 'done', 'refusal': False})
        elif any(rows.mapped('is_failed')):
            self.state = 'failed'
        else:
            self.state = self._get_waiting_state()
        self._schedule()

    def _follow_others(self):
        """Take notice if the register was told of what is left to the accountant, by others.

        :return: None
        """
        if self._get_valid_rows() and self._is_issued():
            self.write({'state': 'done', 'refusal': False})
        self._schedule()

    def _is_issued(self):
        """Tell whether all of it is issued: the register may split it.

        :rtype: bool
        """
        rows = self._get_valid_rows()
        issued = rows.filtered(lambda row: row.status == '3')
        are_all_told = all(issued.mapped('amount'))
        return self._get_issued_sum() >= self._get_total() or (issued == rows and not are_all_told)

    def _follow_silence(self):
        """Set the state of a receipt that the register does not know of.

        :return: None
        """
        came_about = self.state not in ('draft', 'unknown') or self._has_come_about()
        if excess := self._find_excess():
            self.write({
                'state': 'by_hand',
                'refusal': self.env._(
                    "The register has printed %(printed)s when the money was held, and less was"
                    " taken. Issue the return of the rest, %(rest)s, by hand.",
                    printed=display_amount(
                        self.env, self.transaction_id._sberbank_get_amount() + excess
                    ),
                    rest=display_amount(self.env, excess),
                ),
            })
        elif came_about is False or self._needs_none():
            self.state = 'not_needed'
        elif came_about is None:
            self.state = 'unknown'
        elif self.transaction_id.state == 'authorized':
            self.state = 'waiting'
        else:
            self.state = self._get_waiting_state()

    def _note_excess(self):
        """Leave it to the accountant that more was printed at a hold than was taken in the end.

        Each part had seemed to need no receipt of its own until then.

        :return: None
        """
        excessive = self.filtered(
            lambda receipt: receipt.state == 'not_needed' and receipt._find_excess()
        )
        for receipt in excessive:
            receipt._follow_silence()
            receipt.transaction_id._sberbank_watch_receipts()

    def _has_come_about(self):
        """Tell whether what the receipt is for was done at the bank.

        :return: None if it is not known.
        :rtype: bool|None
        """
        tx = self.transaction_id
        match self.operation:
            case 'payment':
                return tx.state in ('authorized', 'done') or None
            case 'capture' if tx.sberbank_has_captures:
                return bool(tx._sberbank_get_captures().filtered(self._is_of))
            case 'capture':
                return tx.state == 'done'
            case 'reversal':
                return tx.state == 'cancel'
            case 'refund':
                refund = tx._sberbank_get_returns().filtered(self._is_of)
                return None if refund.state == 'pending' else refund.state == 'done'
            case _:
                return None

    def _needs_none(self):
        """Tell whether no receipt comes, although what it is for was done at the bank.

        :rtype: bool
        """
        return self._is_of_no_money() or self._was_issued_at_the_other_step()

    def _is_of_no_money(self):
        """Tell whether it is of a hold that was released before the register printed anything.

        :rtype: bool
        """
        tx = self.transaction_id
        return (
            tx.state == 'cancel'
            and self._get_waiting_state() != 'waiting'
            and not tx.sberbank_receipt_ids.issued_ids
        )

    def _find_excess(self):
        """Return what was printed at a hold, and not taken.

        :return: Kopecks; none unless it is the receipt of the capture.
        :rtype: int
        """
        tx = self.transaction_id
        captures = tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'capture')
        if (
            tx.state != 'done'
            or self != captures.sorted('id')[-1:]
            or not self._was_issued_at_the_other_step()
        ):
            return 0
        held = tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'payment')
        return max(held._get_total() - tx._sberbank_get_amount(), 0)

    def _was_issued_at_the_other_step(self):
        """Tell whether the register prints at the other one of a hold's two steps.

        :rtype: bool
        """
        other_step = self.transaction_id.sberbank_receipt_ids.filtered(
            lambda receipt: (
                receipt.operation in STEPS_OF_A_HOLD and receipt.operation != self.operation
            )
        )
        return (
            self.operation in STEPS_OF_A_HOLD
            and self._get_waiting_state() != 'waiting'
            and 'done' in other_step.mapped('state')
        )
