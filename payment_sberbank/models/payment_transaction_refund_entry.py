from odoo import models

from .. import const


class PaymentTransaction(models.Model):
    """A refund in the ledger: booked where its payment was, settled with what it gives back."""

    _inherit = 'payment.transaction'

    def _sberbank_find_refunded_credits(self):
        """Return what a refund gives back: credit notes of the invoices, then the open credit.

        :rtype: account.move.line
        """
        source = self.source_transaction_id
        credit_notes = self.env['account.move'].search(
            [
                ('move_type', '=', 'out_refund'),
                ('state', '=', 'posted'),
                ('currency_id', '=', self.currency_id.id),
                ('reversed_entry_id', 'in', source.invoice_ids.ids),
            ],
            order='id',
        )
        return credit_notes.line_ids | source.payment_id._sberbank_get_money()

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to book a refund where its payment was booked."""
        source = self.source_transaction_id.payment_id
        if self.provider_code != const.PROVIDER_CODE or self.operation != 'refund' or not source:
            return super()._create_payment(**extra_create_values)
        return super()._create_payment(**{
            'sberbank_payment_type_id': source.sberbank_payment_type_id.id,
            'sberbank_account_id': source.sberbank_account_id.id,
            'destination_account_id': source.destination_account_id.id,
            **extra_create_values,
        })
