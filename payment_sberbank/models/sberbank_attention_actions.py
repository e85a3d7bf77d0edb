from odoo import models


class SberbankAttention(models.Model):
    """What a person can do about a payment, from the list."""

    _inherit = 'sberbank.attention'

    def action_ask_bank(self):
        """Ask the bank about the payments' orders."""
        return self.transaction_id.action_sberbank_ask_bank()

    def action_book_now(self):
        """Book or settle the payments without waiting for the job."""
        return self.transaction_id.action_sberbank_book_now()

    def action_accept_amount(self):
        """Book what the bank took in place of what was ordered."""
        return self.transaction_id.action_sberbank_accept_amount()

    def action_solve(self):
        """Take the payments from the list, by a person's decision."""
        self.check_access('read')  # Whoever may see it may decide; nothing else can be written.
        self.sudo().is_solved = True
        # Whoever deals with it by hand does not want it booked once more by itself.
        returned = self.sudo().filtered(lambda one: one.reason in ('refunded', 'reversed'))
        returned.transaction_id.sberbank_returned_by_hand = True

    def action_open_transaction(self):
        """Open the payment's transaction."""
        return self._open(self.transaction_id)

    def action_open_payment(self):
        """Open the payment in the ledger."""
        return self._open(self.payment_id)

    def action_open_customer(self):
        """Open the customer."""
        return self._open(self.partner_id)

    def action_open_receipts(self):
        """Open the payment's receipts."""
        return self._open(self.transaction_id.sberbank_receipt_ids)

    def _open(self, records):
        self.check_access('read')  # What is related is read with all rights.
        return records._get_records_action()
