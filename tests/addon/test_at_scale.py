"""Among many old transactions: nothing that is done for one payment reads all of them."""

from odoo import fields
from odoo.tools import SQL

from .common import SberbankCommon

OLD_TRANSACTIONS = 20_000
OTHER_CUSTOMERS = 20


class TestAtScale(SberbankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.create_tx(10)
        others = cls.env['res.partner'].create([
            {'name': f'Customer {number}'} for number in range(OTHER_CUSTOMERS)
        ])
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                INSERT INTO payment_transaction (
                       provider_id, payment_method_id, company_id, currency_id,
                       reference, amount, partner_id, operation, state, is_post_processed,
                       provider_reference, sberbank_order_number, create_date, last_state_change
                )
                SELECT tx.provider_id, tx.payment_method_id, tx.company_id,
                       tx.currency_id, 'OLD-' || number, 10, (%s)[1 + number %% %s],
                       tx.operation, 'done',
                       TRUE, 'old-' || number, 'OLD-' || number, now(), now()
                  FROM payment_transaction tx, generate_series(1, %s) number
                 WHERE tx.id = %s
                """,
                others.ids,
                OTHER_CUSTOMERS,
                OLD_TRANSACTIONS,
                model.id,
            )
        )
        cls.env.cr.execute('ANALYZE payment_transaction, res_partner')

    def count_whole_reads(self, act):
        """Return how often the table of transactions is read from its beginning to its end."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.read_counter()
        act()
        self.env.flush_all()
        return self.read_counter() - before

    def count_rows_read(self, act):
        """Return how many transactions are read, by an index or not."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.read_counter('seq_tup_read + idx_tup_fetch')
        act()
        return self.read_counter('seq_tup_read + idx_tup_fetch') - before

    def read_counter(self, counter='seq_scan'):
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM pg_stat_xact_user_tables WHERE relname = 'payment_transaction'",
                SQL(counter),
            )
        )
        return self.env.cr.fetchone()[0]

    def test_the_counter_counts(self):
        transactions = self.env['payment.transaction']

        self.assertEqual(
            self.count_whole_reads(lambda: transactions.search([('state_message', '=', 'x')])), 1
        )

    def test_a_payment_of_an_invoice(self):
        tx = self.create_tx(invoices=self.create_invoice(100))

        self.assertEqual(self.count_whole_reads(lambda: self.bank_says(tx)), 0)
        self.assertEqual(self.count_whole_reads(tx._sberbank_book_by_hand), 0)
        self.assertTrue(tx.is_post_processed)

    def test_a_top_up(self):
        self.create_invoice(50)
        tx = self.create_tx(100)

        self.assertEqual(self.count_whole_reads(lambda: self.pay(tx)), 0)
        self.assertTrue(tx.payment_id)

    def test_finding_by_either_name(self):
        tx = self.create_tx(100)

        def find():
            for names in (
                {'order_id': tx.provider_reference},
                {'order_number': tx.sberbank_order_number},
            ):
                self.assertEqual(tx._sberbank_find(**names), tx)

        self.assertEqual(self.count_whole_reads(find), 0)

    def test_the_payments_of_a_customer(self):
        transactions = self.env['payment.transaction']
        self.create_tx(10, state='done')
        domain = transactions._sberbank_get_history_domain(self.customer, self.company)

        def look():
            self.assertEqual(len(transactions._sberbank_search_history(domain, limit=20)), 1)
            self.assertEqual(transactions.search_count(domain), 1)

        self.assertEqual(self.count_whole_reads(look), 0)
        self.assertLess(self.count_rows_read(look), 20)

    def test_the_job_of_the_core(self):
        transactions = self.env['payment.transaction']
        transactions.search([('is_post_processed', '=', False)]).is_post_processed = True

        self.assertEqual(self.count_whole_reads(transactions._cron_post_process), 0)

    def test_an_example_of_a_page_that_there_is_none_of(self):
        self.env.cr.execute('UPDATE payment_transaction SET sberbank_form_url = NULL')
        tx = self.create_tx(100, sberbank_form_url=False)

        self.assertEqual(self.count_whole_reads(lambda: tx._sberbank_rebuild_form_url('0-0')), 0)

    def test_how_many_payments_came_without_a_notification(self):
        self.assertEqual(self.count_whole_reads(lambda: self.provider.sberbank_unnotified_count), 0)
        self.assertEqual(self.provider.sberbank_paid_count, 1000)

    def test_whose_turn_it_is(self):
        transactions = self.env['payment.transaction']

        def look():
            self.env.cr.execute(transactions._sberbank_get_turn_query())
            self.env.cr.execute(transactions._sberbank_get_turn_query(size=32))

        self.assertEqual(self.count_whole_reads(look), 0)

    def test_an_invoice_that_is_posted(self):
        self.pay(self.create_tx(100))
        invoice = self.create_invoice(30, post=False)

        self.assertEqual(self.count_whole_reads(invoice.action_post), 0)
        self.assertEqual(invoice.amount_residual, 0)

    def test_what_came_to_nothing_is_found(self):
        tx = self.create_tx(100, sberbank_order_number=False, provider_reference=False)
        tx.sberbank_discard_at = fields.Datetime.now()

        self.assertEqual(self.count_whole_reads(tx.browse()._gc_sberbank_discarded), 0)
        self.assertFalse(tx.exists())
