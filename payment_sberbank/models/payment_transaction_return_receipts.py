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
        income = self._sberbank_get_income_receipt(operation)
        if not income:
            return super()._sberbank_get_operation_receipt(operation, amount, refund=refund)
        key = f'{operation}:{refund.reference}' if refund else operation
        try:
            if operation == 'capture':
                receipt, undone = gateway.Receipt.from_dict(income.content), []
            else:
                receipt, undone = self._sberbank_make_return(income, amount, key, refund)
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
        is_missing = income.state in MISSING and operation != 'capture'
        self._sberbank_note_operation(operation, receipt, key, undone, is_by_hand=is_missing)
        return None if is_missing else receipt

    def _sberbank_get_income_receipt(self, operation):
        """Return the receipt of the payment that an operation goes on from.

        :param str operation: As for `_sberbank_get_operation_receipt`.
        :return: The receipt, or none if the register was told nothing.
        :rtype: sberbank.receipt
        """
        steps = self.sudo().sberbank_receipt_ids.filtered(
            lambda receipt: receipt.operation in ('payment', 'capture')
        )
        if operation == 'capture':
            return steps.filtered(lambda receipt: receipt.operation == 'payment')
        told = steps.filtered(lambda receipt: receipt.state in SENT + MISSING)
        issued = told.filtered(lambda receipt: receipt.state == 'done')
        return (issued or told).sorted('id')[-1:]

    def _sberbank_note_operation(self, operation, receipt, key, undone, *, is_by_hand):
        """Write the receipt down for good, before the bank is asked.

        :param str operation: As for `_sberbank_get_operation_receipt`.
        :param gateway.Receipt receipt: The receipt.
        :param str key: Which of the operations it is.
        :param list undone: What goes back.
        :param bool is_by_hand: Whether the bank is told nothing of it.
        :return: None
        """
        with self._sberbank_locked() as tx:
            noted = tx.env['sberbank.receipt']._sberbank_note(
                tx, operation, receipt, key=key, undone=undone
            )
            if is_by_hand:
                noted.write({
                    'state': 'by_hand',
                    'refusal': tx.env._(
                        "The receipt of the payment was not issued by this way. If there is one,"
                        " its return has to be issued by hand."
                    ),
                })
                tx._sberbank_watch_receipts()
            else:
                noted.next_ask_at = fields.Datetime.now() + FIRST_ASK

    # === WHAT GOES BACK === #

    def _sberbank_make_return(self, income, amount, key, refund):
        """Make the receipt of what goes back.

        :param sberbank.receipt income: The receipt of the payment.
        :param int amount: Kopecks.
        :param str key: Which of the operations it is.
        :param payment.transaction refund: The refund, if it is one.
        :return: The receipt, and how much of which lines it undoes.
        :rtype: tuple[gateway.Receipt, list]
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
        items, undone = [], []
        for receipt in order:
            if amount:
                sold = receipt._get_sold(except_for=noted)
                part = min(amount, sum(line.left for line in sold))
                shares = returns.take(sold, part, wanted) if part else []
                for line, share in zip(sold, shares, strict=False):
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
        return receipt, undone

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

    def _sberbank_check_rates(self, receipt):
        """Make sure that the bank has a code for each rate, before anything is written down.

        :param gateway.Receipt receipt: The receipt.
        :return: None
        :raise gateway.ReceiptError: If it has none.
        """
        table = gateway.VAT_TABLES.get(self.provider_id.sudo().sberbank_vat_table)
        for item in receipt.items if table else ():
            table.code_of(item.vat)
