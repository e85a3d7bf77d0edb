from odoo import api, fields, models

from .. import gateway

# What customers pay, and what gives it back to them.
REFUNDED_TYPES = ('out_invoice', 'out_receipt', 'out_refund')


class AccountMove(models.Model):
    """Money back from where the accountant is: from the credit note, or from the invoice."""

    _inherit = 'account.move'

    sberbank_can_refund = fields.Boolean(
        compute='_compute_sberbank_can_refund', compute_sudo=True, export_string_translation=False
    )

    @api.depends('state', 'move_type', 'amount_residual', 'reversed_entry_id', 'transaction_ids')
    def _compute_sberbank_can_refund(self):
        for move in self:
            is_open = move.move_type != 'out_refund' or move._sberbank_get_unreturned() > 0
            move.sberbank_can_refund = (
                move.state == 'posted'
                and is_open
                and any(
                    tx._sberbank_get_refundable() > 0 for tx in move._sberbank_get_online_payments()
                )
            )

    def action_sberbank_refund_online(self):
        """Open the window in which money is returned to where it was paid from."""
        self.ensure_one()
        self.check_access('read')
        self.env['sberbank.refund'].check_access('create')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'payment_sberbank.action_sberbank_refund'
        )
        return {**action, 'context': {'active_model': self._name, 'active_id': self.id}}

    def _sberbank_get_unreturned(self):
        """Return what is left of a credit note, less the refunds of it that are still to be booked.

        :return: Kopecks.
        :rtype: int
        """
        self.ensure_one()
        unbooked = self.env['payment.transaction'].search([
            ('sberbank_credit_note_id', 'in', self.ids),
            ('state', 'in', ('pending', 'done')),
            ('payment_id', '=', False),
        ])
        returned = sum(refund._sberbank_get_amount() for refund in unbooked)
        return max(gateway.floor_to_kopecks(self.amount_residual) - returned, 0)

    def _sberbank_get_online_payments(self):
        """Return the payments by which the invoice was paid, the oldest first.

        Of a credit note: by which the invoice was paid that it is for.

        :rtype: payment.transaction
        """
        self.ensure_one()
        if self.move_type not in REFUNDED_TYPES:
            return self.env['payment.transaction']
        invoice = self.reversed_entry_id if self.move_type == 'out_refund' else self
        txs = invoice.transaction_ids | invoice.reconciled_payment_ids.payment_transaction_id
        return txs._sberbank_filter_refundable().sorted('id')

    def _sberbank_match_with_returns(self):
        """Settle new credit notes with money that went back before they were issued.

        Only where the sums agree: with one refund, else with all that are open together.
        """
        for credit_note in self.sudo():
            if credit_note.move_type != 'out_refund' or not credit_note.reversed_entry_id:
                continue
            for refund in credit_note._sberbank_find_agreeing_returns():
                money = refund.payment_id._sberbank_get_money()
                credit_note.line_ids._sberbank_try_reconcile(money)
                if money.reconciled:
                    refund._sberbank_attention_solved('refund_open')

    def _sberbank_find_agreeing_returns(self):
        """Return the booked refunds of the invoice that come to what is open of its credit note.

        :rtype: payment.transaction
        """
        refunds = self._sberbank_get_online_payments().child_transaction_ids.filtered(
            lambda tx: (
                tx.operation == 'refund'
                and tx.currency_id == self.currency_id
                and tx.sberbank_credit_note_id in (self.browse(), self)
                and _get_open(tx)
            )
        )
        owed = gateway.floor_to_kopecks(self.amount_residual)
        for refund in refunds.sorted('id'):
            if _get_open(refund) == owed:
                return refund
        return refunds.sorted('id') if sum(map(_get_open, refunds)) == owed else refunds.browse()


def _get_open(refund):
    """Return how much of a booked refund is matched with nothing yet, in kopecks.

    :rtype: int
    """
    money = refund.payment_id._sberbank_get_money()
    return gateway.floor_to_kopecks(abs(sum(money.mapped('amount_residual_currency'))))
