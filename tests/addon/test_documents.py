"""Invoices and customers that changed while the customer was paying."""

from unittest.mock import patch

from odoo.exceptions import UserError

from .ledger import LedgerCommon


class TestInvoiceChangedMeanwhile(LedgerCommon):
    def test_an_invoice_paid_otherwise_leaves_a_credit_until_it_is_used(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({})._create_payments()

        self.pay(tx)
        reasons, credit = self.attentions(tx), self.open_credit(tx)
        later = self.create_invoice(1000)
        self.provider.sberbank_settle_debts = False
        (
            tx.payment_id._sberbank_get_money()
            + later.line_ids.filtered(
                lambda line: line.account_id.account_type == 'asset_receivable'
            )
        ).reconcile()

        self.assertEqual((reasons, credit), (['already_paid'], 1000))
        self.assertFalse(self.attentions(tx))
        self.assertEqual(self.open_credit(tx), 0)

    def test_an_invoice_paid_in_two_tabs_is_booked_twice(self):
        invoice = self.create_invoice(1000)
        first, second = self.create_tx(invoices=invoice), self.create_tx(1000, invoices=invoice)

        self.pay(first)
        self.pay(second)

        self.assert_booked(first)
        self.assert_booked(second)
        self.assertFalse(self.attentions(first))
        self.assertEqual(self.attentions(second), ['already_paid'])
        self.assertEqual(self.open_credit(second), 1000)
        self.assertIn(invoice.name, second.sberbank_attention_ids.details)
        self.assertIn('1,000.00', second.sberbank_attention_ids.details)

    def test_an_invoice_paid_partly_otherwise_takes_what_it_needs(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({'amount': 600})._create_payments()

        self.pay(tx)

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.open_credit(tx), 600)
        self.assertEqual(self.attentions(tx), ['already_paid'])

    def test_a_cancelled_invoice_leaves_a_credit(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        invoice.button_draft()
        invoice.button_cancel()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(invoice.state, 'cancel')
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['withdrawn'])
        self.assertIn('was cancelled', tx.sberbank_attention_ids.details)

    def test_an_invoice_reset_to_draft_stays_one(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        invoice.button_draft()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(invoice.state, 'draft')
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['withdrawn'])
        self.assertEqual(tx.sberbank_withdrawn_invoice_ids, invoice)

    def test_one_of_two_invoices_reset_to_draft_leaves_the_other_settled(self):
        kept, withdrawn = self.create_invoice(1000), self.create_invoice(500)
        tx = self.create_tx(invoices=kept + withdrawn)
        withdrawn.button_draft()

        self.pay(tx)

        self.assertEqual(kept.amount_residual, 0)
        self.assertEqual(withdrawn.state, 'draft')
        self.assertEqual(self.open_credit(tx), 500)
        self.assertEqual(self.attentions(tx), ['withdrawn'])

    def test_an_invoice_posted_again_before_the_booking_is_settled(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        invoice.button_draft()
        self.cash_journal.active = False
        self.provider.journal_id = self.cash_journal
        self.pay(tx)
        self.assert_waits(tx, self.cash_journal.display_name)

        invoice.action_post()
        self.cash_journal.active = True
        tx._post_process()

        self.assert_booked(tx)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(tx.sberbank_withdrawn_invoice_ids)

    def test_a_draft_that_was_never_posted_is_posted_and_settled(self):
        invoice = self.create_invoice(1000, post=False)
        tx = self.create_tx(1000, invoices=invoice)

        self.pay(tx)

        self.assertEqual(invoice.state, 'posted')
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_sales_receipt_is_settled_as_an_invoice_is(self):
        self.create_invoice(500, due=self.day(-30))
        sales_receipt = self.create_invoice(1000, move_type='out_receipt')
        tx = self.create_tx(invoices=sales_receipt)
        self.env.invalidate_all()

        self.pay(tx)

        self.assertEqual(sales_receipt.amount_residual, 0)
        self.assertEqual(tx.invoice_ids, sales_receipt)
        self.assertFalse(self.attentions(tx))

    def test_a_deleted_draft_leaves_a_credit(self):
        debt = self.create_invoice(1000)
        draft = self.create_invoice(1000, post=False)
        tx = self.create_tx(1000, invoices=draft)
        draft.unlink()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(debt.amount_residual, 1000)
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['withdrawn'])
        self.assertIn('deleted: 1', tx.sberbank_attention_ids.details)

    def test_a_credited_invoice_leaves_a_credit(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({'journal_id': invoice.journal_id.id}).refund_moves()
        credit_note = invoice.reversal_move_ids
        credit_note.action_post()
        (invoice + credit_note).line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable' and not line.reconciled
        ).reconcile()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['already_paid'])

    def test_an_invoice_posted_again_in_another_currency_is_left_alone(self):
        dollars = self.env.ref('base.USD')
        dollars.active = True
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        invoice.button_draft()
        invoice.currency_id = dollars
        invoice.action_post()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(invoice.amount_residual, invoice.amount_total)
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['withdrawn'])
        self.assertIn('USD', tx.sberbank_attention_ids.details)

    def test_a_draft_in_another_currency_is_told_as_what_it_is(self):
        dollars = self.env.ref('base.USD')
        dollars.active = True
        invoice = self.create_invoice(10, post=False, currency_id=dollars.id)
        tx = self.create_tx(1000, invoices=invoice)

        self.pay(tx)

        self.assertEqual(self.attentions(tx), ['withdrawn'])
        self.assertIn('is in USD now', tx.sberbank_attention_ids.details)
        self.assertNotIn('draft.', tx.sberbank_attention_ids.details)

    def test_an_invoice_that_can_not_be_posted_does_not_keep_the_money_out_of_the_ledger(self):
        invoice = self.create_invoice(1000, post=False)
        tx = self.create_tx(1000, invoices=invoice)
        invoice.invoice_line_ids.account_id.active = False

        self.pay(tx)

        self.assertIn(tx.payment_id.state, ('in_process', 'paid'))
        self.assertFalse(tx.is_post_processed)  # It is tried again.
        self.assertEqual(invoice.state, 'draft')
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertIn('archived', tx.sberbank_attention_ids.details)

    def test_book_now_settles_what_could_not_be_settled(self):
        invoice = self.create_invoice(1000, post=False)
        tx = self.create_tx(1000, invoices=invoice)
        invoice.invoice_line_ids.account_id.active = False
        payment = self.pay(tx)

        tx.action_sberbank_book_now()
        still = self.attentions(tx)
        invoice.invoice_line_ids.account_id.active = True
        tx.action_sberbank_book_now()

        self.assertEqual(still, ['not_settled'])
        self.assertFalse(self.attentions(tx))
        self.assertEqual(tx.payment_id, payment)
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_failing_reconciliation_loses_no_payment(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        lines = self.env.registry['account.move.line']

        with patch.object(lines, 'reconcile', side_effect=UserError("Not these two.")):
            self.pay(tx)
        tx._post_process()

        self.assert_booked(tx)
        self.assertEqual(self.open_credit(tx), 1000)
        self.assertEqual(tx.invoice_ids, invoice)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertEqual(tx.sberbank_attention_ids.details, "Not these two.")

    def test_an_unexpected_error_in_settling_loses_no_payment(self):
        self.create_invoice(1000)
        tx = self.create_tx(1000)
        lines = self.env.registry['account.move.line']

        with (
            patch.object(lines, 'reconcile', side_effect=KeyError('secret')),
            self.assertLogs('odoo.addons.payment_sberbank', 'ERROR'),
        ):
            self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertIn('KeyError', tx.sberbank_attention_ids.details)
        self.assertNotIn('secret', tx.sberbank_attention_ids.details)


class TestCustomerChangedMeanwhile(LedgerCommon):
    def test_the_money_follows_a_merged_customer(self):
        duplicate = self.env['res.partner'].create({
            'name': 'Anna Customer',
            'email': self.customer.email,
        })
        tx = self.create_tx(100, partner=duplicate)
        self.env['base.partner.merge.automatic.wizard']._merge(
            (duplicate + self.customer).ids, self.customer
        )
        tx.invalidate_recordset()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(tx.payment_id.partner_id, self.customer)

    def test_the_money_of_an_archived_customer_is_booked(self):
        debt = self.create_invoice(100)
        tx = self.create_tx(100)
        self.customer.active = False

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(debt.amount_residual, 0)
