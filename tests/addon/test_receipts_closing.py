"""The second receipt: what was paid in advance is handed over."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from odoo.addons.payment_sberbank import gateway

from .bankside import SHORT_PASSWORD
from .test_receipts_returns import ReturnsCase

NEWER = {
    'sberbank_custom_url': 'http://127.0.0.1:9/ecomm/gw/partner/api/v1/',  # Nobody listens.
    'sberbank_custom_dialect': 'ecom',
    'sberbank_password': SHORT_PASSWORD,
    'sberbank_callback_key': False,
    'sberbank_vat_table': 'ecom_2026',
}


class ClosingCase(ReturnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write(NEWER)
        cls.today = fields.Date.context_today(cls.env.user)

    def close(self, invoice):
        """Let the job look at an invoice; nobody answers at the bank's address."""
        with self.as_worker() as env:
            self.find_closing(invoice).with_env(env)._close(gateway.Patience())
        self.env.invalidate_all()
        return self.find_closing(invoice)

    def find_closing(self, invoice):
        return self.env['sberbank.receipt'].search([
            ('operation', '=', 'closing'),
            ('invoice_id', '=', invoice.id),
        ])

    def read(self, closing):
        return gateway.Receipt.from_dict(closing.content)


class TestClosing(ClosingCase):
    def test_a_all_that_was_prepaid_is_handed_over(self):
        invoice = self.issue_example()
        tx = self.sell(invoice)

        closing = self.close(invoice)

        receipt = self.read(closing)
        self.assertEqual(
            [row[:4] for row in self.table(receipt)],
            [
                ('Кружка', 30000, '2', 60000),
                ('Кружка', 29999, '1', 29999),
                ('Доставка', 35000, '1', 35000),
                ('Книга', 45500, '2', 91000),
            ],
        )
        self.assertEqual(
            {row[4:] for row in self.table(receipt)},
            {('full_payment', 'service', '22'), ('full_payment', 'service', '10')},
        )
        self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=215999))
        self.assertEqual(tx.sberbank_receipt_ids[-1]._get_left(), 0)

    def test_it_waits_for_the_receipt_of_the_advance(self):
        invoice = self.issue_example()
        tx = self.create_tx(invoices=invoice, partner_email='anna@customer.example')
        self.ask_for(tx)
        self.pay(tx)

        for state in ('sent', 'waiting', 'late', 'failed', 'unknown'):
            self.income(tx).state = state
            closing = self.close(invoice)
            self.assertFalse(closing.content)
            self.assertTrue(closing.consider_at)

        self.issue_all(tx)
        self.assertTrue(self.close(invoice).content)

    def test_it_waits_for_the_day_of_the_delivery(self):
        invoice = self.issue_example(delivery_date=self.today + timedelta(days=3))
        self.sell(invoice)

        self.assertFalse(self.close(invoice).content)

        invoice.delivery_date = self.today
        self.assertTrue(self.close(invoice).content)

    def test_it_is_made_once(self):
        invoice = self.issue_example()
        self.sell(invoice)
        closing = self.close(invoice)
        closing.state = 'unknown'

        self.assertEqual(self.close(invoice), closing)
        invoice._sberbank_consider_closing()
        self.assertEqual(self.close(invoice), closing)
        self.assertEqual(closing.state, 'unknown')

    def test_the_job_is_called_when_an_invoice_is_settled_from_an_advance(self):
        job = self.env.ref('payment_sberbank.ir_cron_send_second_receipts')
        calls = self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)])

        self.sell(self.issue_example())

        self.assertTrue(self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)]) - calls)

    def test_a_bank_that_can_t_be_reached_is_asked_later(self):
        invoice = self.issue_example()
        self.sell(invoice)

        closing = self.close(invoice)

        self.assertEqual(closing.state, 'draft', closing.refusal)
        self.assertTrue(closing.consider_at)

    def test_c_two_parts_are_used_up_by_one_receipt(self):
        invoice = self.issue_example()
        self.sell(invoice, 1000)
        self.sell(invoice, 1159.99)

        receipt = self.read(self.close(invoice))

        self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=215999))
        self.assertEqual({item.method.value for item in receipt.items}, {'full_payment'})

    def test_c_what_is_not_paid_yet_is_on_credit(self):
        invoice = self.issue_example()
        self.sell(invoice, 1000)

        receipt = self.read(self.close(invoice))

        self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=100000, credit=115999))
        self.assertEqual({item.method.value for item in receipt.items}, {'partial_payment'})

    def test_d_a_top_up_is_used_up_by_an_invoice_and_the_rest_goes_back(self):
        tx = self.sell(amount=5000)
        invoice = self.issue(self.line('Занятие', 1, 3200, self.vat22))

        receipt = self.read(self.close(invoice))

        self.assertEqual(
            self.table(receipt),
            [('Занятие', 320000, '1', 320000, 'full_payment', 'service', '22')],
        )
        self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=320000))
        back = self.give_back(tx, 1800)
        self.assertEqual(
            [row[3:] for row in self.table(back)], [(180000, 'advance', 'payment', '22/122')]
        )

    def test_e_what_was_handed_over_goes_back_with_its_signs(self):
        invoice = self.issue_example()
        tx = self.sell(invoice)
        self.close(invoice)._was_asked_for()
        self.issue_all(tx)
        self.credit(invoice, 'Книга')

        receipt = self.give_back(tx, 455)

        self.assertEqual(
            self.table(receipt),
            [('Книга', 45500, '1', 45500, 'full_payment', 'service', '10')],
        )
        self.assertEqual(receipt.settlements, gateway.Settlements(cashless=45500))

    def test_after_a_partial_refund_only_what_is_left_is_handed_over(self):
        for has_credit_note in (True, False):
            with self.subTest(has_credit_note=has_credit_note):
                invoice = self.issue_example()
                tx = self.sell(invoice)
                if has_credit_note:
                    self.credit(invoice, 'Книга')
                self.give_back(tx, 455)

                receipt = self.read(self.close(invoice))

                self.assertEqual(receipt.total, 170499)
                self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=170499))
                if has_credit_note:
                    self.assertIn(
                        ('Книга', 45500, '1', 45500), [row[:4] for row in self.table(receipt)]
                    )

    def test_f_an_advance_of_the_old_rate_is_used_up_at_the_new_one(self):
        old = self.create_tax(20)
        with freeze_time('2025-12-20 12:00:00'):
            invoice = self.issue(self.line('Лампа', 1, 1200, old))
            tx = self.sell(invoice)
        [item] = self.read(self.income(tx)).items
        self.assertEqual(item.vat.value, '20/120')

        receipt = self.read(self.close(invoice))

        self.assertEqual(
            [row[3:] for row in self.table(receipt)], [(120000, 'full_payment', 'service', '22')]
        )

    def test_what_was_paid_in_another_way_is_left_to_the_accountant(self):
        invoice = self.issue_example()
        tx = self.sell(invoice, 1000)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({'journal_id': self.cash_journal.id})._create_payments()

        closing = self.close(invoice)

        self.assertEqual(closing.state, 'by_hand')
        self.assertFalse(closing.content)
        self.assertIn('receipt_by_hand', tx.sberbank_attention_ids.mapped('reason'))
        closing.action_issued_by_hand()
        self.assertFalse(tx.sberbank_needs_attention)

    def test_the_older_gateway_leaves_it_to_the_accountant(self):
        self.provider.write({'sberbank_custom_dialect': 'rbs', 'sberbank_vat_table': 'rbs'})
        invoice = self.issue_example()
        tx = self.sell(invoice)

        self.assertEqual(self.close(invoice).state, 'by_hand')

        self.assertIn('receipt_by_hand', tx.sberbank_attention_ids.mapped('reason'))

    def test_where_one_receipt_is_enough_or_they_are_issued_elsewhere_there_is_none(self):
        for count in ('one', 'elsewhere'):
            with self.subTest(count=count):
                self.provider.sberbank_receipt_count = count
                invoice = self.issue_example()
                self.sell(invoice)
                self.assertFalse(self.find_closing(invoice))

    def test_what_was_paid_at_the_transfer_has_none(self):
        self.provider.sberbank_invoice_delivery = 'at'
        invoice = self.issue_example()
        self.sell(invoice)

        self.assertFalse(self.find_closing(invoice))
