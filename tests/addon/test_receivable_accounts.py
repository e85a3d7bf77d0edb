"""Debts and money on several receivable accounts of one customer."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .ledger import LedgerCommon


class TestReceivableAccounts(LedgerCommon):
    def setUp(self):
        super().setUp()
        self.former = self.customer.property_account_receivable_id
        self.later = self.create_account('Customers abroad', 'asset_receivable', reconcile=True)

    def move_customer(self, account=None):
        """Let the customer's receivable account be another one from now on."""
        self.customer.property_account_receivable_id = account or self.later

    def create_invoices_on_both(self, former=100, later=200):
        first = self.create_invoice(former, due=self.day(-20))
        self.move_customer()
        return first, self.create_invoice(later, due=self.day(-10))

    def settled(self, tx):
        return dict(tx._sberbank_get_settled())

    def balance(self):
        return self.customer._sberbank_get_balance(self.company)

    def test_invoices_on_two_accounts_are_paid_together(self):
        first, second = self.create_invoices_on_both()
        tx = self.create_tx(invoices=first + second)

        self.pay(tx)

        self.assertEqual((first + second).mapped('amount_residual'), [0, 0])
        self.assertEqual(self.open_credit(tx), 0)
        self.assertFalse(self.attentions(tx))
        self.assertEqual(self.settled(tx), {first: 100, second: 200})
        self.assertEqual(self.balance(), (0, 0))

    def test_a_debt_on_the_former_account_is_settled_by_a_top_up(self):
        former, later = self.create_invoices_on_both()
        tx = self.create_tx(250)

        self.pay(tx)

        self.assertEqual((former + later).mapped('amount_residual'), [0, 50])
        self.assertEqual(self.settled(tx), {former: 100, later: 150})
        self.assertEqual(self.balance(), (50, 0))

    def test_the_oldest_debt_comes_first_whichever_account_it_is_on(self):
        former, later = self.create_invoices_on_both()
        tx = self.create_tx(60)

        self.pay(tx)

        self.assertEqual((former + later).mapped('amount_residual'), [40, 200])
        self.assertEqual(self.balance(), (240, 0))

    def test_the_order_of_the_debts_is_kept_across_accounts(self):
        oldest, middle = self.create_invoices_on_both(100, 100)
        self.move_customer(self.former)
        newest = self.create_invoice(100, due=self.day(-5))
        tx = self.create_tx(150)

        self.pay(tx)

        self.assertEqual((oldest + middle + newest).mapped('amount_residual'), [0, 50, 100])
        self.assertEqual(self.balance(), (150, 0))
        self.assertFalse(self.attentions(tx))

    def test_a_later_invoice_on_another_account_is_settled_from_the_credit(self):
        tx = self.create_tx(150)
        self.pay(tx)
        self.move_customer()

        invoice = self.create_invoice(100)

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.open_credit(tx), 50)
        self.assertEqual(self.balance(), (0, 50))

    def test_a_refund_is_settled_with_a_credit_note_on_another_account(self):
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        self.pay(tx)
        self.move_customer()
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        credit_note.line_ids.filtered(
            lambda line: line.account_id == self.former
        ).account_id = self.later
        credit_note.action_post()
        refund = tx._create_child_transaction(100, is_refund=True)
        refund._set_done()

        refund._post_process()

        self.assertEqual(credit_note.amount_residual, 0)
        self.assertFalse(self.attentions(refund))
        self.assertEqual(self.balance(), (0, 0))

    def test_running_twice_moves_nothing_twice(self):
        first, second = self.create_invoices_on_both()
        tx = self.create_tx(invoices=first + second)
        self.pay(tx)
        entries = self.env['account.move'].search_count([('move_type', '=', 'entry')])

        tx._sberbank_finish()

        self.assertEqual(
            self.env['account.move'].search_count([('move_type', '=', 'entry')]), entries
        )

    def test_a_transfer_is_dated_as_its_payment_and_balances(self):
        first, second = self.create_invoices_on_both()
        tx = self.create_tx(invoices=first + second)

        self.pay(tx)

        money = tx.payment_id._sberbank_get_money()
        [transfer] = money.matched_debit_ids.debit_move_id.move_id - first - second
        self.assertEqual(transfer.date, tx.payment_id.date)
        self.assertEqual(transfer.state, 'posted')
        self.assertEqual(transfer.journal_id.type, 'general')
        self.assertEqual(
            {line.account_id: line.balance for line in transfer.line_ids},
            {self.former: -100, self.later: 100},
        )

    def test_nothing_needed_no_more_while_it_is_open(self):
        first, second = self.create_invoices_on_both()
        tx = self.create_tx(invoices=first + second)
        lines = self.env.registry['account.move.line']

        with patch.object(lines, '_sberbank_can_settle', lambda money, item: False):
            self.pay(tx)

        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertIn(f'{first.name} could not be settled', tx.sberbank_attention_ids.details)
        self.assertNotIn(second.name, tx.sberbank_attention_ids.details)

    def test_without_a_journal_for_transfers_it_is_rightly_told_until_there_is_one(self):
        first, second = self.create_invoices_on_both()
        tx = self.create_tx(invoices=first + second)
        journals = self.env['account.journal'].search([
            ('type', '=', 'general'),
            ('company_id', '=', self.company.id),
        ])
        journals.active = False

        self.pay(tx)
        reasons, details = self.attentions(tx), tx.sberbank_attention_ids.details
        journals.active = True
        tx._sberbank_book_by_hand()

        self.assertEqual(reasons, ['not_settled'])
        self.assertIn('has no journal for miscellaneous operations', details)
        self.assertEqual((first + second).mapped('amount_residual'), [0, 0])
        self.assertFalse(self.attentions(tx))


class TestCompanyInDollars(LedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollars = cls.env.ref('base.USD')
        cls.dollars.active = True
        cls.abroad = cls.create_company('Dollar shop')
        cls.abroad.currency_id = cls.dollars
        cls.env['res.currency.rate'].create([
            {
                'currency_id': cls.roubles.id,
                'company_id': cls.abroad.id,
                'name': fields.Date.today() - timedelta(days=days),
                'company_rate': rate,
            }
            for days, rate in ((60, 80), (5, 90))
        ])
        provider = cls.provider.copy({'company_id': cls.abroad.id})
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.abroad.ids})
        cls.open_shop(cls.abroad.with_env(cls.env), provider.with_env(cls.env))

    def test_invoices_on_two_accounts_are_paid_together_in_roubles(self):
        first = self.create_invoice(1000.01, due=self.day(-20))
        self.customer.property_account_receivable_id = self.create_account(
            'Customers abroad', 'asset_receivable', reconcile=True
        )
        second = self.create_invoice(333.33, due=self.day(-10))
        tx = self.create_tx(invoices=first + second)

        self.pay(tx)

        self.assertEqual((first + second).mapped('amount_residual'), [0, 0])
        self.assertEqual((first + second).line_ids.mapped('amount_residual'), [0] * 4)
        self.assertTrue(tx.payment_id.is_reconciled)
        self.assertFalse(self.attentions(tx))
        self.assertEqual(self.customer._sberbank_get_balance(self.abroad), (0, 0))
