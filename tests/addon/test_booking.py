"""How confirmed money gets into the ledger, and how it waits when it can't."""

from datetime import datetime, timedelta, timezone

from freezegun import freeze_time

from odoo import fields

from .ledger import LedgerCommon


class TestPlainBooking(LedgerCommon):
    def test_a_payment_settles_its_invoice(self):
        invoice = self.create_invoice(1500.5)

        payment = self.pay(self.create_tx(invoices=invoice))

        self.assertEqual(payment.amount, 1500.5)
        self.assertEqual(payment.journal_id, self.journal)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self.attentions(payment.payment_transaction_id))

    def test_the_journal_entry_balances_in_a_bank_and_in_a_cash_journal(self):
        for journal in (self.journal, self.cash_journal):
            with self.subTest(journal.type):
                self.provider.journal_id = journal

                payment = self.pay(self.create_tx(700))

                money, debt = payment.move_id.line_ids.sorted('balance', reverse=True)
                self.assertEqual((money.balance, debt.balance), (700, -700))
                self.assertEqual(debt.account_id.account_type, 'asset_receivable')
                self.assertEqual(payment.move_id.journal_id, journal)

    def test_post_processing_three_times_changes_nothing(self):
        invoice = self.create_invoice(900)
        tx = self.create_tx(invoices=invoice)
        payment = self.pay(tx)
        messages = len(invoice.message_ids), len(payment.message_ids)

        for _time in range(3):
            tx._post_process()

        self.assertEqual(tx.payment_id, payment)
        self.assertEqual(
            self.env['account.payment'].search_count([('payment_transaction_id', '=', tx.id)]), 1
        )
        self.assertEqual((len(invoice.message_ids), len(payment.message_ids)), messages)

    def test_the_bank_saying_it_again_books_nothing_again(self):
        tx = self.create_tx(invoices=self.create_invoice(900))
        payment = self.pay(tx)

        for _time in range(3):
            self.pay(tx)

        self.assertEqual(
            self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)]), payment
        )

    def test_type_and_article_of_the_provider_are_stored_on_the_payment(self):
        self.provider.sberbank_account_id = self.article

        payment = self.pay(self.create_tx(100))
        self.provider.write({
            'sberbank_payment_type_id': self.type_direct.id,
            'sberbank_account_id': self.article.id,
        })

        self.assertEqual(payment.sberbank_payment_type_id, self.type_income)
        self.assertEqual(payment.sberbank_account_id, self.article)

    def test_a_payment_is_dated_by_the_banks_day_wherever_the_company_is(self):
        for tz in ('Europe/Moscow', 'UTC', 'Asia/Vladivostok', False):
            with self.subTest(tz):
                tx = self.create_tx(100)
                self.company.partner_id.tz = tz
                with freeze_time('2026-09-30 22:30:00'):
                    self.bank_says(tx)

                tx._post_process()

                self.assertEqual(tx.payment_id.date, fields.Date.to_date('2026-10-01'))

    def test_what_the_bank_took_last_year_is_of_last_year_whenever_odoo_hears_of_it(self):
        tx = self.create_tx(100)
        with freeze_time('2026-01-02 09:00:00'):
            self.pay(tx, deposited_at=datetime(2025, 12, 31, 20, 59, 59, tzinfo=timezone.utc))

        self.assertEqual(tx.payment_id.date, fields.Date.to_date('2025-12-31'))
        self.assertEqual(tx.payment_id.move_id.date, fields.Date.to_date('2025-12-31'))

    def test_nothing_is_dated_in_the_future_by_a_clock_that_is_ahead(self):
        tx = self.create_tx(100)

        with freeze_time('2026-01-02 09:00:00'):
            self.pay(tx, deposited_at=datetime(2027, 1, 1, tzinfo=timezone.utc))

        self.assertEqual(tx.payment_id.date, fields.Date.to_date('2026-01-02'))

    def test_whoevers_session_books_it_is_the_same(self):
        other_company = self.create_company('Other company')
        portal_user = self.create_portal_user('payer', self.customer)
        tx = self.create_tx(invoices=self.create_invoice(300))
        self.bank_says(tx)

        tx.with_user(portal_user).sudo().with_company(other_company).with_context(
            default_journal_id=self.cash_journal.id,
            lang='ru_RU',
        )._post_process()

        self.assertEqual(tx.payment_id.company_id, self.company)
        self.assertEqual(tx.payment_id.journal_id, self.journal)
        self.assertEqual(tx.payment_id.create_uid, self.env.ref('base.user_root'))
        self.assertNotIn(self.customer, tx.payment_id.message_partner_ids)
        self.assertNotIn(self.customer, tx.invoice_ids.message_ids.author_id)
        self.assertEqual(tx.invoice_ids.amount_residual, 0)

    def test_each_company_books_into_its_own_ledger(self):
        other_company = self.create_company('Other company')
        other_provider = self.provider.copy({'company_id': other_company.id})
        other_journal = self.env['account.journal'].search(
            [('type', '=', 'bank'), ('company_id', '=', other_company.id)], limit=1
        )
        self.enable(other_provider, journal_id=other_journal.id)
        tx = self.create_tx(100, provider=other_provider)

        payment = self.pay(tx)

        self.assertEqual(payment.company_id, other_company)
        self.assertEqual(payment.journal_id, other_journal)
        self.assertEqual(payment.destination_account_id.company_ids, other_company)

    def test_several_invoices_are_settled_by_one_payment(self):
        invoices = self.create_invoice(100) + self.create_invoice(200.25)

        payment = self.pay(self.create_tx(invoices=invoices))

        self.assertEqual(payment.amount, 300.25)
        self.assertEqual(invoices.mapped('amount_residual'), [0, 0])

    def test_an_unpaid_order_books_nothing(self):
        tx = self.create_tx(100)
        self.bank_says(tx, status=6)

        tx._post_process()

        self.assertEqual(tx.state, 'cancel')
        self.assertFalse(tx.payment_id)


class TestWaiting(LedgerCommon):
    def test_without_a_cash_desk_it_waits_and_is_booked_when_there_is_one(self):
        tx = self.create_tx(100)
        line = self.provider._sberbank_get_payment_method_line()
        self.provider.state = 'disabled'
        line.unlink()
        self.provider.invalidate_recordset(['journal_id'])

        self.pay(tx)
        self.assert_waits(tx, 'has no cash desk')
        self.provider.journal_id = self.cash_journal
        tx.action_sberbank_book_now()

        self.assert_booked(tx)
        self.assertEqual(tx.payment_id.journal_id, self.cash_journal)

    def test_without_an_outstanding_account_it_waits(self):
        tx = self.create_tx(100)
        line = self.provider._sberbank_get_payment_method_line()
        account = line.payment_account_id
        line.payment_account_id = False

        self.pay(tx)
        self.assert_waits(tx, 'outstanding account')
        line.payment_account_id = account
        tx._post_process()

        self.assert_booked(tx)

    def test_in_an_archived_journal_it_waits(self):
        tx = self.create_tx(100)
        self.journal.active = False

        self.pay(tx)
        self.assert_waits(tx, 'archived journal')
        self.journal.active = True
        tx._post_process()

        self.assert_booked(tx)

    def test_with_an_archived_outstanding_account_it_waits(self):
        tx = self.create_tx(100)
        account = self.provider._sberbank_get_payment_method_line().payment_account_id
        account.active = False

        self.pay(tx)
        self.assert_waits(tx, 'is archived')
        account.active = True
        tx._post_process()

        self.assert_booked(tx)

    def test_a_disabled_provider_still_books_what_was_paid(self):
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        self.provider.state = 'disabled'

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(invoice.amount_residual, 0)


class TestLockedPeriod(LedgerCommon):
    def test_a_locked_period_moves_the_entry_to_the_first_open_day(self):
        for lock_date in ('fiscalyear_lock_date', 'hard_lock_date'):
            with self.subTest(lock_date):
                tx = self.create_tx(100)
                with freeze_time('2026-09-30 12:00:00'):
                    self.bank_says(tx)
                self.company[lock_date] = '2026-10-15'

                tx._post_process()

                self.assert_booked(tx)
                self.assertGreater(tx.payment_id.move_id.date, fields.Date.to_date('2026-10-15'))
                self.assertEqual(tx.payment_id.move_id.state, 'posted')
                self.assertEqual(tx.payment_id.date, fields.Date.to_date("2026-09-30"))
                self.assertIn(
                    'The bank took the money on 09/30/2026', self.messages_of(tx.payment_id)
                )

    def test_in_an_open_period_nothing_is_said_of_days(self):
        tx = self.create_tx(100)

        self.pay(tx)

        self.assertNotIn('The bank took the money', self.messages_of(tx.payment_id))

    def messages_of(self, payment):
        return ' '.join(payment.message_ids.mapped('body'))

    def test_the_payment_of_an_invoice_in_a_locked_period_is_booked_too(self):
        today = fields.Date.context_today(self.env.user)
        invoice = self.create_invoice(100, due=today - timedelta(days=60))
        tx = self.create_tx(invoices=invoice)
        self.company.fiscalyear_lock_date = today - timedelta(days=30)

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(invoice.amount_residual, 0)


class TestRefunds(LedgerCommon):
    def refund(self, tx, amount):
        """Let the bank confirm a refund and book it."""
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        refund._post_process()
        return refund

    def credit(self, invoice, amount=None):
        """Issue a credit note of an invoice, for a part of it if an amount is given."""
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        if amount:
            credit_note.invoice_line_ids.price_unit = amount
        credit_note.action_post()
        return credit_note

    def test_a_refund_of_an_open_credit_uses_it_up(self):
        tx = self.create_tx(1000)
        self.pay(tx)

        refund = self.refund(tx, 1000)

        self.assertEqual(refund.payment_id.payment_type, 'outbound')
        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertTrue(tx.payment_id.is_reconciled)
        self.assertFalse(self.attentions(refund))

    def test_a_partial_refund_takes_its_part(self):
        tx = self.create_tx(1000)
        self.pay(tx)

        refund = self.refund(tx, 300.10)

        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertAlmostEqual(self.open_credit(tx), 699.90)

    def test_a_refund_is_settled_with_the_credit_note_of_its_invoice(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.pay(tx)
        credit_note = self.credit(invoice, 400)

        refund = self.refund(tx, 400)

        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertEqual(credit_note.amount_residual, 0)

    def test_a_refund_before_its_credit_note_needs_attention_until_there_is_one(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.pay(tx)

        refund = self.refund(tx, 400)
        reasons = self.attentions(refund)
        credit_note = self.credit(invoice, 600)  # Its sum is another one: a person has to match it.
        (refund.payment_id.move_id + credit_note).line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable'
        ).reconcile()

        self.assertEqual(reasons, ['refund_open'])
        self.assertFalse(self.attentions(refund))

    def test_a_refund_has_the_type_and_the_article_of_what_it_returns(self):
        self.provider.sberbank_account_id = self.article
        tx = self.create_tx(1000)
        self.pay(tx)
        self.provider.sberbank_account_id = False

        refund = self.refund(tx, 1000)

        self.assertEqual(refund.payment_id.sberbank_account_id, self.article)
        self.assertEqual(refund.payment_id.sberbank_payment_type_id, self.type_income)

    def test_a_refund_is_on_the_account_of_what_it_returns(self):
        tx = self.create_tx(1000)
        self.pay(tx)
        self.customer.property_account_receivable_id = self.create_account(
            'Other customers', 'asset_receivable', reconcile=True
        )

        refund = self.refund(tx, 1000)

        self.assertEqual(
            refund.payment_id.destination_account_id, tx.payment_id.destination_account_id
        )
        self.assertTrue(refund.payment_id.is_reconciled)

    def test_a_refund_booked_three_times_is_booked_once(self):
        tx = self.create_tx(1000)
        self.pay(tx)
        refund = self.refund(tx, 1000)

        for _time in range(2):
            refund._post_process()

        self.assertEqual(
            self.env['account.payment'].search_count([('payment_transaction_id', '=', refund.id)]),
            1,
        )
