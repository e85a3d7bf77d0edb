"""What the tests of the booking look up in the ledger and on the list for staff."""

from datetime import timedelta

from odoo import fields

from .common import SberbankCommon


class LedgerCommon(SberbankCommon):
    def day(self, days):
        """Return the date so many days from today."""
        return fields.Date.context_today(self.env.user) + timedelta(days=days)

    def attentions(self, tx):
        """Return the reasons for which the transaction is on the list."""
        return tx.sberbank_attention_ids.filtered(lambda a: not a.is_solved).mapped('reason')

    def open_credit(self, tx):
        """Return what is left of the payment, in roubles."""
        return -sum(tx.payment_id._sberbank_get_money().mapped('amount_residual'))

    def assert_waits(self, tx, words):
        """Check that the payment waits visibly, with words that tell why."""
        self.assertFalse(tx.payment_id)
        self.assertFalse(tx.is_post_processed)
        self.assertEqual(tx.state, 'done')
        self.assertEqual(self.attentions(tx), ['not_bookable'])
        self.assertIn(words, tx.sberbank_attention_ids.details)

    def assert_booked(self, tx):
        """Check that the payment is booked and waits no more."""
        self.assertTrue(tx.is_post_processed)
        self.assertIn(tx.payment_id.state, ('in_process', 'paid'))
        self.assertEqual(tx.payment_id.amount, tx.amount)
        self.assertNotIn('not_bookable', self.attentions(tx))
