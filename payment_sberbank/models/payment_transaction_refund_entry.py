from odoo import fields, models

from .. import const


class PaymentTransaction(models.Model):
    """A refund in the ledger: booked where its payment was, settled with what it gives back."""

    _inherit = 'payment.transaction'

    sberbank_credit_note_id = fields.Many2one(
        string="Refunded Credit Note",
        comodel_name='account.move',
        help="The credit note from which the refund was asked for.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )

    def _sberbank_describe_unbooked_source(self):
        """Return why a refund can't be booked before what it returns, for staff, or None.

        :rtype: str|None
        """
        if self.operation != 'refund' or self.source_transaction_id.payment_id:
            return None
        return self.env._("The payment that it returns is not booked yet.")

    def _sberbank_find_refunded_credits(self):
        """Return what a refund gives back: credit notes of the invoices, then the open credit.

        The credit note that it was asked for from comes first.

        :rtype: account.move.line
        """
        source = self.source_transaction_id
        credit_notes = self.sberbank_credit_note_id.filtered(lambda move: move.state == 'posted')
        credit_notes |= self._sberbank_find_credit_notes()
        return credit_notes.line_ids | source.payment_id._sberbank_get_money()

    def _sberbank_find_credit_notes(self):
        """Return the credit notes of the invoices that were paid by what is returned.

        :rtype: account.move
        """
        return self.env['account.move'].search(
            [
                ('move_type', '=', 'out_refund'),
                ('state', '=', 'posted'),
                ('currency_id', '=', self.currency_id.id),
                (
                    'reversed_entry_id',
                    'in',
                    self.source_transaction_id._sberbank_get_paid_invoices().ids,
                ),
            ],
            order='id',
        )

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
