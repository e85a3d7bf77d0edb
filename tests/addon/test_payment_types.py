"""How a payment for no invoice is booked, by its type."""

from ast import literal_eval

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .ledger import LedgerCommon


class TestIncome(LedgerCommon):
    def test_it_is_credited_to_the_customer_and_settles_the_oldest_debts(self):
        new, old = self.create_invoice(700), self.create_invoice(500, due=self.day(-10))
        tx = self.create_tx(800)

        self.pay(tx)

        self.assertEqual(old.amount_residual, 0)
        self.assertEqual(new.amount_residual, 400)
        self.assertFalse(self.attentions(tx))

    def test_the_rest_stays_a_credit(self):
        self.create_invoice(500)
        tx = self.create_tx(800)

        self.pay(tx)

        self.assertEqual(self.open_credit(tx), 300)
        self.assertFalse(self.attentions(tx))

    def test_it_settles_nothing_if_that_is_switched_off(self):
        self.provider.sberbank_settle_debts = False
        debt = self.create_invoice(500)

        self.pay(self.create_tx(500))

        self.assertEqual(debt.amount_residual, 500)

    def test_an_article_only_tags_it(self):
        self.provider.sberbank_account_id = self.article

        payment = self.pay(self.create_tx(500))

        self.assertEqual(payment.sberbank_account_id, self.article)
        self.assertNotIn(self.article, payment.move_id.line_ids.account_id)
        self.assertFalse(payment.payment_transaction_id.invoice_ids)


class TestDirectIncome(LedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({
            'sberbank_payment_type_id': cls.type_direct.id,
            'sberbank_account_id': cls.article.id,
        })

    def test_a_posted_sales_receipt_on_the_article_is_settled_by_it(self):
        debt = self.create_invoice(500)
        tx = self.create_tx(800.55)

        self.pay(tx)

        sales_receipt = tx.invoice_ids
        self.assertEqual(sales_receipt.move_type, 'out_receipt')
        self.assertEqual(sales_receipt.state, 'posted')
        self.assertEqual(sales_receipt.amount_total, 800.55)
        self.assertEqual(sales_receipt.amount_residual, 0)
        self.assertEqual(sales_receipt.invoice_line_ids.account_id, self.article)
        self.assertFalse(sales_receipt.invoice_line_ids.tax_ids)
        self.assertEqual(debt.amount_residual, 500)
        self.assertEqual(self.open_credit(tx), 0)

    def test_the_sales_receipt_is_the_providers_companys_whoevers_session_issues_it(self):
        other_company = self.create_company('Other company')
        tx = self.create_tx(800)
        self.bank_says(tx)

        tx.with_company(other_company)._post_process()

        self.assertEqual(tx.invoice_ids.company_id, self.company)
        self.assertEqual(tx.invoice_ids.amount_residual, 0)

    def test_a_payment_for_an_invoice_settles_the_invoice_all_the_same(self):
        invoice = self.create_invoice(500)
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(tx.invoice_ids, invoice)

    def test_booked_twice_it_has_one_sales_receipt(self):
        tx = self.create_tx(800)
        self.pay(tx)

        tx._sberbank_reconcile()
        tx.action_sberbank_book_now()

        self.assertEqual(
            self.env['account.move'].search([('ref', '=', tx.reference)]), tx.invoice_ids
        )

    def test_without_a_sales_journal_the_money_is_booked_and_waits_for_the_sales_receipt(self):
        journals = self.env['account.journal'].search([
            ('type', '=', 'sale'),
            ('company_id', '=', self.company.id),
        ])
        self.env['account.move'].search([
            ('journal_id', 'in', journals.ids),
            ('state', '=', 'draft'),
        ]).unlink()
        journals.active = False
        tx = self.create_tx(800)

        self.pay(tx)
        reasons, credit = self.attentions(tx), self.open_credit(tx)
        journals.active = True
        tx.action_sberbank_book_now()

        self.assert_booked(tx)
        self.assertEqual((reasons, credit), (['not_settled'], 800))
        self.assertFalse(self.attentions(tx))
        self.assertEqual(tx.invoice_ids.amount_residual, 0)

    def test_with_an_archived_article_the_money_is_booked(self):
        self.article.active = False
        tx = self.create_tx(800)

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertFalse(tx.invoice_ids)
        self.assertFalse(self.env['account.move'].search([('ref', '=', tx.reference)]))

    def test_a_refund_is_settled_with_the_credit_note_of_the_sales_receipt(self):
        tx = self.create_tx(800)
        self.pay(tx)
        credit_note = tx.invoice_ids._reverse_moves()
        credit_note.action_post()

        refund = tx._create_child_transaction(800, is_refund=True)
        refund._set_done()
        refund._post_process()

        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertEqual(credit_note.amount_residual, 0)


class TestTypes(LedgerCommon):
    def test_administrators_add_their_own(self):
        manager = self.create_user('manager', 'account.group_account_manager')

        with Form(self.env['sberbank.payment.type'].with_user(manager)) as form:
            form.name = 'Donation'
            form.booking = 'article'
        self.provider.write({
            'sberbank_payment_type_id': form.record.id,
            'sberbank_account_id': self.article.id,
        })
        payment = self.pay(self.create_tx(100))

        self.assertEqual(payment.sberbank_payment_type_id.name, 'Donation')
        self.assertEqual(payment.payment_transaction_id.invoice_ids.move_type, 'out_receipt')

    def test_the_manager_of_a_company_changes_its_own_but_not_what_all_share(self):
        manager = self.create_user('manager', 'account.group_account_manager')
        own = self.type_income.copy({'company_id': self.company.id})

        own.with_user(manager).name = 'Ours'
        with self.assertRaises(AccessError):
            self.type_income.with_user(manager).booking = 'article'
        with self.assertRaises(AccessError):
            self.type_income.with_user(manager).unlink()

        self.assertEqual(own.name, 'Ours')

    def test_an_accountant_can_not_change_them(self):
        accountant = self.create_user('accountant', 'account.group_account_invoice')

        with self.assertRaises(AccessError):
            self.type_income.with_user(accountant).name = 'Mine'

    def test_one_that_is_chosen_or_used_is_not_deleted(self):
        self.pay(self.create_tx(100))
        self.provider.sberbank_payment_type_id = self.type_direct.copy({'booking': 'customer'})

        for payment_type in (self.provider.sberbank_payment_type_id, self.type_income):
            with (
                self.subTest(payment_type.name),
                self.assertRaisesRegex(ValidationError, 'archive'),
            ):
                payment_type.unlink()

    def test_a_wrong_article_is_refused_with_the_reason(self):
        expense = self.create_account('Rent', 'expense')
        for payment_type in (self.type_income, self.type_direct):
            with self.subTest(payment_type.name), self.assertRaises(ValidationError) as refusal:
                self.provider.write({
                    'sberbank_payment_type_id': payment_type.id,
                    'sberbank_account_id': expense.id,
                })
            self.assertIn('Rent', str(refusal.exception))
            self.assertIn('Income', str(refusal.exception))

    def test_the_article_of_another_company_is_refused(self):
        other = self.create_company('Other company')
        foreign = self.env['account.account'].search(
            [('company_ids', 'in', other.ids), ('account_type', '=', 'income')], limit=1
        )

        with self.assertRaises(UserError):
            self.provider.sberbank_account_id = foreign

    def test_advances_may_be_the_article_of_a_credit_but_not_of_a_sales_receipt(self):
        advances = self.create_account('Advances', 'liability_current')

        self.provider.sberbank_account_id = advances
        with self.assertRaises(ValidationError):
            self.provider.sberbank_payment_type_id = self.type_direct

    def test_a_type_that_books_to_the_article_needs_one(self):
        self.provider.sberbank_account_id = False

        with self.assertRaisesRegex(ValidationError, 'choose one'):
            self.provider.sberbank_payment_type_id = self.type_direct


class TestPaymentViews(LedgerCommon):
    def test_payments_are_grouped_by_day_cash_desk_type_and_article(self):
        self.provider.sberbank_account_id = self.article
        self.pay(self.create_tx(100))
        self.provider.journal_id = self.cash_journal
        self.pay(self.create_tx(200.50))
        action = self.env.ref('payment_sberbank.action_sberbank_payment_analysis')

        groups = self.env['account.payment']._read_group(
            [*literal_eval(action.domain), ('sberbank_account_id', '=', self.article.id)],
            ['date:day', 'journal_id', 'sberbank_payment_type_id', 'sberbank_account_id'],
            ['amount_company_currency_signed:sum'],
        )

        self.assertEqual(
            {(journal, amount) for _day, journal, _type, _article, amount in groups},
            {(self.journal, 100), (self.cash_journal, 200.5)},
        )
