"""Discounts for early payment: the bank's day decides, and nothing of them gets lost."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from .ledger import LedgerCommon


class TestEarlyPayment(LedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loss = cls.create_account('Discounts granted', 'expense')
        cls.company.account_journal_early_pay_discount_loss_account_id = cls.loss
        cls.terms = cls.env['account.payment.term'].create({
            'name': '2 % within 10 days',
            'early_discount': True,
            'discount_percentage': 2,
            'discount_days': 10,
            'early_pay_discount_computation': 'mixed',
        })

    def create_invoice_with_discount(self, amount=1000, *, days_ago=10, post=True, **values):
        day = self.day(-days_ago)
        return self.create_invoice(
            amount,
            due=day,
            post=post,
            invoice_payment_term_id=self.terms.id,
            invoice_date_due=False,
            **values,
        )

    def pay_on(self, tx, day):
        """Let the bank have taken the money on a day, and Odoo hear of it today."""
        with freeze_time(fields.Datetime.to_datetime(day) + timedelta(hours=9)):
            self.bank_says(tx)
        tx._sberbank_book_by_hand()

    def create_tax(self, percent):
        return self.env['account.tax'].create({'name': f'{percent} %', 'amount': percent})

    def written_off(self):
        lines = self.env['account.move.line'].search([('account_id', '=', self.loss.id)])
        return sum(lines.mapped('balance'))

    def test_paid_in_time_and_booked_later_it_is_granted(self):
        invoice = self.create_invoice_with_discount()
        tx = self.create_tx(980, invoices=invoice)

        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.pay_on(tx, self.day(-1))

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(tx.payment_id.amount, 980)
        self.assertEqual(self.written_off(), 20)
        self.assertFalse(self.attentions(tx))

    def test_paid_too_late_it_is_not_granted(self):
        invoice = self.create_invoice_with_discount(days_ago=11)
        tx = self.create_tx(980, invoices=invoice)

        self.pay_on(tx, self.day(0))

        self.assertEqual(invoice.amount_residual, 20)
        self.assertEqual(self.written_off(), 0)

    def test_who_pays_all_of_it_gets_none(self):
        invoice = self.create_invoice_with_discount()
        tx = self.create_tx(1000, invoices=invoice)

        self.pay_on(tx, self.day(0))

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.written_off(), 0)

    def test_several_invoices_with_their_discounts_are_paid_together(self):
        first, second = (self.create_invoice_with_discount(amount) for amount in (1000, 500))
        plain = self.create_invoice(10)
        tx = self.create_tx(980 + 490 + 10, invoices=first + second + plain)

        self.pay_on(tx, self.day(0))

        self.assertEqual((first + second + plain).mapped('amount_residual'), [0, 0, 0])
        self.assertEqual(self.written_off(), 30)

    def test_taxes_of_several_rates_are_reduced_with_it(self):
        self.terms.early_pay_discount_computation = 'included'
        taxes = self.create_tax(20), self.create_tax(10)
        invoice = self.create_invoice_with_discount(
            invoice_line_ids=[
                Command.create({
                    'name': 'Lesson',
                    'price_unit': 100,
                    'tax_ids': [Command.set(tax.ids)],
                })
                for tax in taxes
            ]
        )
        self.assertEqual(invoice.amount_total, 230)
        tx = self.create_tx(225.4, invoices=invoice)

        self.pay_on(tx, self.day(0))

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.written_off(), 4)
        self.assertFalse(self.attentions(tx))

    def test_a_draft_gets_its_discount_when_it_is_posted(self):
        invoice = self.create_invoice_with_discount(post=False)
        tx = self.create_tx(980, invoices=invoice)

        self.pay_on(tx, self.day(0))

        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertEqual(self.written_off(), 20)

    def test_without_an_account_for_it_the_money_is_booked_and_the_account_named(self):
        self.company.account_journal_early_pay_discount_loss_account_id = False
        invoice = self.create_invoice_with_discount()
        tx = self.create_tx(980, invoices=invoice)

        self.pay_on(tx, self.day(0))

        self.assertEqual(tx.payment_id.amount, 980)
        self.assertEqual(self.open_credit(tx), 980)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertIn('Early Discount Loss', tx.sberbank_attention_ids.details)

    def test_once_there_is_an_account_it_is_granted_by_the_same_day(self):
        self.company.account_journal_early_pay_discount_loss_account_id = False
        invoice = self.create_invoice_with_discount()
        tx = self.create_tx(980, invoices=invoice)
        self.pay_on(tx, self.day(0))
        self.company.account_journal_early_pay_discount_loss_account_id = self.loss

        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            tx._sberbank_book_by_hand()

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.written_off(), 20)
        self.assertFalse(self.attentions(tx))

    def test_finishing_again_grants_nothing_again(self):
        invoice = self.create_invoice_with_discount()
        tx = self.create_tx(980, invoices=invoice)
        self.pay_on(tx, self.day(0))

        tx._sberbank_finish()

        self.assertEqual(self.written_off(), 20)
