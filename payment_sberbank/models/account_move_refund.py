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
