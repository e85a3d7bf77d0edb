from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import gateway
from ..receipts import returns
from ..wording import describe_reason
from .receipt_rhythm import FIRST_ASK

# Their content went to the register, whatever became of it.
SENT = ('sent', 'waiting', 'delayed', 'late', 'done', 'unknown')
# There may be a receipt yet, or one of another register: what undoes it is no business of this one.
MISSING = ('failed', 'by_hand', 'elsewhere')


class PaymentTransaction(models.Model):
    """The receipts of what is done with an order after the payment: taken, released, returned.

    A return has the names, rates and signs of the receipt that it undoes, never today's.
    """

    _inherit = 'payment.transaction'

    def _sberbank_get_operation_receipt(self, operation, amount, refund=None):
        """Override of the ground floor: what was sold is known from the receipts that were sent."""
        self.ensure_one()
        income = self._sberbank_get_income_receipt(operation, refund)
        if not income:
            return super()._sberbank_get_operation_receipt(operation, amount, refund=refund)
        if operation == 'capture':
            return self._sberbank_note_capture_receipt(income, amount)
        key = f'{operation}:{refund.reference}' if refund else operation
        try:
            receipt, undone, are_known = self._sberbank_make_return(income, amount, key, refund)
            self._sberbank_check_rates(receipt)
        except returns.NotLeft as error:
            raise ValidationError(
                self.env._(
                    "More would go back than is left of the receipts of this payment. Look at them"
                    " in the cabinet of the cash register."
                )
            ) from error
        except gateway.ReceiptError as error:
            raise ValidationError(describe_reason(self.env, error)) from error
        is_missing = income.state in MISSING
        with self._sberbank_locked() as tx:
            noted = tx.env['sberbank.receipt']._sberbank_note(
                tx, operation, receipt, key=key, undone=undone
            )
            if is_missing:
                noted._leave_to_accountant(tx._sberbank_explain_missing_income())
            elif not are_known:
                noted._leave_to_accountant(tx._sberbank_explain_unknown_pieces())
            else:
                noted.next_ask_at = fields.Datetime.now() + FIRST_ASK
        return None if is_missing or not are_known else receipt

    def _sberbank_owe_return_receipt(self, refund):
        """Override of the ground floor: what the bank gave back by itself has no receipt here.

        The register is told nothing, since the bank's cabinet may have told it already. It is asked
        once whether it has issued one after all.
        """
        income = self._sberbank_get_income_receipt('refund', refund)
        if not income:
            super()._sberbank_owe_return_receipt(refund)
            return
        key = f'refund:{refund.reference}'
        amount = refund._sberbank_get_amount()
        if forgotten := self._sberbank_find_forgotten_return(amount):
            forgotten.key = key
            return
        owed = self.env['sberbank.receipt'].sudo()
        try:
            receipt, undone, _are_known = self._sberbank_make_return(income, amount, key, refund)
        except (returns.NotLeft, gateway.ReceiptError):
            owed = owed.create({
                'transaction_id': self.id,
                'operation': 'refund',
                'key': key,
                'kind': gateway.Kind.SELL_REFUND.value,
                'amount': gateway.to_roubles(amount),
            })
        else:
            owed = owed._sberbank_note(self, 'refund', receipt, key=key, undone=undone)
        if income.state in MISSING:
            owed._leave_to_accountant(self._sberbank_explain_missing_income())
            return
        owed._leave_to_accountant(
            self.env._(
                "The money went back at the bank, not from here, so that the register was told"
                " nothing from here. Unless the bank's cabinet has told it, issue the return by"
                " hand."
            )
        )
        owed.next_ask_at = fields.Datetime.now() + FIRST_ASK

    def _sberbank_find_forgotten_return(self, amount):
        """Return the receipt that went with a refund whose worker died before it was written down.

        :param int amount: Kopecks.
        :rtype: sberbank.receipt
        """
        return self.sudo().sberbank_receipt_ids.filtered(
            lambda receipt: (
                receipt.operation == 'refund'
                and receipt.state not in ('by_hand', 'not_needed')
                and receipt._get_total() == amount
                and not self._sberbank_get_returns().filtered(receipt._is_of)
            )
        )[:1]

    def _sberbank_get_income_receipt(self, operation, refund=None):
        """Return the receipt of the payment that an operation goes on from.

        :param str operation: As for `_sberbank_get_operation_receipt`.
        :param payment.transaction refund: The refund, if it is one.
        :return: The receipt, or none if the register was told nothing.
        :rtype: sberbank.receipt
        """
        paid = refund.source_transaction_id if refund else self
        steps = (
            self
            ._sberbank_get_order_tx()
            .sudo()
            .sberbank_receipt_ids.filtered(
                lambda receipt: (
                    receipt.operation == 'payment'
                    or (receipt.operation == 'capture' and receipt._is_of_payment(paid))
                )
            )
        )
        if operation == 'capture':
            return steps.filtered(lambda receipt: receipt.operation == 'payment')
        told = steps.filtered(lambda receipt: receipt.state in SENT + MISSING)
        issued = told.filtered(lambda receipt: receipt.state == 'done')
        return (issued or told).sorted('id')[-1:]

    def _sberbank_explain_missing_income(self):
        """Return why a return is left to the accountant where there may be nothing to return.

        :rtype: str
        """
        return self.env._(
            "The receipt of the payment was not issued by this way. If there is one, its return has"
            " to be issued by hand."
        )

    def _sberbank_explain_unknown_pieces(self):
        """Return why the return of marked pieces is left to the accountant.

        :rtype: str
        """
        return self.env._(
            "It is not known which marked pieces came back, or only a part of their price goes"
            " back, so that the register was told no code. Issue the return by hand. Next time,"
            " receive the pieces on a return of their delivery, then refund the credit note."
        )

    # === WHAT GOES BACK === #

    def _sberbank_make_return(self, income, amount, key, refund):
        """Make the receipt of what goes back.

        :param sberbank.receipt income: The receipt of the payment.
        :param int amount: Kopecks.
        :param str key: Which of the operations it is.
        :param payment.transaction refund: The refund, if it is one.
        :return: The receipt, how much of which lines it undoes, and whether it is known which
            marked pieces it tells the codes of.
        :rtype: tuple[gateway.Receipt, list, bool]
        :raise returns.NotLeft: If there is not so much left.
        :raise gateway.ReceiptError: If it would be no receipt.
        """
        credit_notes = self._sberbank_find_paid_credit_notes(refund)
        closings = self._sberbank_find_closings()
        # What was handed over comes back by its credit note; else what was not, goes first.
        handed_over = closings.filtered(
            lambda receipt: receipt.invoice_id in credit_notes.reversed_entry_id
        )
        noted = self.sudo().sberbank_receipt_ids.filtered(lambda receipt: receipt.key == key)
        order = [*handed_over, income, *(closings - handed_over)]
        wanted = credit_notes._sberbank_read_returned()
        items, undone, are_known = [], [], True
        for receipt in order:
            if amount:
                sold = receipt._get_sold(except_for=noted)
                part = min(amount, sum(line.left for line in sold))
                shares = returns.take(sold, part, wanted) if part else [0] * len(sold)
                are_known = are_known and returns.are_pieces_known(sold, shares, wanted)
                for line, share in zip(sold, shares, strict=True):
                    if share:
                        items.append(returns.cut(line.item, share))
                        undone.append([receipt.id, line.item.position, share])
                amount -= part
        if amount:
            raise returns.NotLeft
        items = returns.collect(items)
        receipt = replace(
            gateway.Receipt.from_dict(income.content),
            kind=gateway.Kind.SELL_REFUND,
            items=items,
            settlements=gateway.Settlements(cashless=sum(item.amount for item in items)),
        )
        return receipt, undone, are_known

    def _sberbank_find_closings(self):
        """Return the receipts by which this payment was used up as an advance.

        :rtype: sberbank.receipt
        """
        receipts = self.sudo().sberbank_receipt_ids
        closings = receipts.search([
            ('operation', '=', 'closing'),
            ('state', '!=', 'not_needed'),
            ('content', '!=', False),
            '|',
            ('transaction_id', '=', self.id),
            ('invoice_id', 'in', [move.id for move, _amount in self._sberbank_get_settled()]),
        ])
        return closings.filtered(
            lambda closing: any(
                receipt_id in receipts.ids for receipt_id, _position, _sum in closing.undone or []
            )
        )

    def _sberbank_find_paid_credit_notes(self, refund):
        """Return the credit notes that a refund is about to pay.

        :param payment.transaction refund: The refund, if it is one.
        :rtype: account.move
        """
        if not refund:
            return self.env['account.move']
        return refund._sberbank_find_refunded_credits().move_id.filtered(
            lambda move: move.move_type == 'out_refund' and move.amount_residual
        )
