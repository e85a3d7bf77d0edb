"""Ledgers as real ones are: what a payment meets there, and that it is booked and settled."""

from odoo import fields
from odoo.fields import Command

from .ledger import LedgerCommon


class TestOddLedgers(LedgerCommon):
    def assert_settled(self, tx, invoices):
        self.assert_booked(tx)
        self.assertEqual(set(invoices.mapped('amount_residual')), {0})
        self.assertFalse(self.attentions(tx))

    def create_tax(self, percent=20, **values):
        return self.env['account.tax'].create({
            'name': f'VAT {percent} %',
            'amount': percent,
            **values,
        })

    def line_with(self, tax, price=100):
        return [
            Command.create({
                'name': 'Lesson',
                'price_unit': price,
                'tax_ids': [Command.set(tax.ids)],
            })
        ]

    def test_instalments_are_settled_one_after_another(self):
        terms = self.env['account.payment.term'].create({
            'name': '30 % now, the rest later',
            'line_ids': [
                Command.create({'value': 'percent', 'value_amount': 30, 'nb_days': 0}),
                Command.create({'value': 'percent', 'value_amount': 70, 'nb_days': 30}),
            ],
        })
        invoice = self.create_invoice(
            1000, invoice_payment_term_id=terms.id, invoice_date_due=False
        )
        parts = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')

        first = self.create_tx(300, invoices=invoice)
        self.pay(first)
        after_first = parts.sorted('date_maturity').mapped('amount_residual')
        second = self.create_tx(700, invoices=invoice)
        self.pay(second)

        self.assertEqual(after_first, [0, 700])
        self.assert_settled(first, invoice)
        self.assert_settled(second, invoice)

    def test_a_tax_that_is_due_on_payment_becomes_due(self):
        self.company.tax_exigibility = True
        transition = self.create_account('VAT to come', 'liability_current', reconcile=True)
        journal = self.find_journal('general')
        self.company.tax_cash_basis_journal_id = journal
        tax = self.create_tax(
            tax_exigibility='on_payment', cash_basis_transition_account_id=transition.id
        )
        invoice = self.create_invoice(0, invoice_line_ids=self.line_with(tax))
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        self.assert_settled(tx, invoice)
        due = self.env['account.move'].search([('tax_cash_basis_origin_move_id', '=', invoice.id)])
        self.assertEqual(due.state, 'posted')

    def test_a_tax_that_is_due_on_payment_becomes_due_on_every_receivable_account(self):
        self.company.tax_exigibility = True
        self.company.tax_cash_basis_journal_id = self.find_journal('general')
        transition = self.create_account('VAT to come', 'liability_current', reconcile=True)
        tax = self.create_tax(
            tax_exigibility='on_payment', cash_basis_transition_account_id=transition.id
        )
        first = self.create_invoice(0, invoice_line_ids=self.line_with(tax))
        self.customer.property_account_receivable_id = self.create_account(
            'Customers abroad', 'asset_receivable', reconcile=True
        )
        second = self.create_invoice(0, invoice_line_ids=self.line_with(tax))
        tx = self.create_tx(invoices=first + second)

        self.pay(tx)

        self.assert_settled(tx, first + second)
        due = self.env['account.move'].search([
            ('tax_cash_basis_origin_move_id', 'in', (first + second).ids)
        ])
        self.assertEqual(due.tax_cash_basis_origin_move_id, first + second)

    def test_an_invoice_that_is_rounded_to_roubles_is_settled(self):
        rounding = self.env['account.cash.rounding'].create({
            'name': 'To roubles',
            'rounding': 1,
            'strategy': 'add_invoice_line',
            'rounding_method': 'HALF-UP',
            'profit_account_id': self.create_account('Rounding', 'income').id,
            'loss_account_id': self.create_account('Rounding', 'expense').id,
        })
        invoice = self.create_invoice(100.4, invoice_cash_rounding_id=rounding.id)
        self.assertEqual(invoice.amount_total, 100)
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        self.assert_settled(tx, invoice)

    def test_a_fiscal_position_changes_nothing_about_the_payment(self):
        abroad = self.create_account('Lessons abroad', 'income')
        position = self.env['account.fiscal.position'].create({
            'name': 'Abroad',
            'account_ids': [
                Command.create({
                    'account_src_id': self.article.id,
                    'account_dest_id': abroad.id,
                })
            ],
        })
        self.customer.property_account_position_id = position
        invoice = self.create_invoice(100, fiscal_position_id=position.id)
        tx = self.create_tx(invoices=invoice)
        topup = self.create_tx(50)

        self.pay(tx)
        self.pay(topup)

        self.assert_settled(tx, invoice)
        self.assert_booked(topup)

    def test_mandatory_analytics_keep_no_money_out_of_the_ledger(self):
        plan = self.env['account.analytic.plan'].create({
            'name': 'Departments',
            'applicability_ids': [
                Command.create({'business_domain': domain, 'applicability': 'mandatory'})
                for domain in ('general', 'invoice')
            ],
        })
        self.env['account.analytic.account'].create({'name': 'School', 'plan_id': plan.id})
        draft = self.create_invoice(100, post=False)
        self.provider.write({
            'sberbank_payment_type_id': self.type_direct.id,
            'sberbank_account_id': self.article.id,
        })
        for tx in (self.create_tx(invoices=draft), self.create_tx(50)):
            with self.subTest(tx=tx.sberbank_is_topup):
                self.pay(tx)

                self.assert_booked(tx)

    def test_every_lock_date_lets_the_money_in(self):
        for lock_date in (
            'fiscalyear_lock_date',
            'tax_lock_date',
            'sale_lock_date',
            'purchase_lock_date',
            'hard_lock_date',
        ):
            with self.subTest(lock_date):
                tax = self.create_tax(name=lock_date)
                draft = self.create_invoice(0, post=False, invoice_line_ids=self.line_with(tax))
                debt = self.create_invoice(50, due=self.day(-40))
                tx, topup = self.create_tx(invoices=draft), self.create_tx(50)
                self.company[lock_date] = self.day(-1)

                self.pay(tx)
                self.pay(topup)

                self.assert_settled(tx, draft)
                self.assert_settled(topup, debt)

    def test_a_cash_desk_in_another_currency_takes_roubles(self):
        dollars = self.env.ref('base.USD')
        dollars.active = True
        journal = self.journal.copy({'name': 'Dollars', 'code': 'USDX', 'currency_id': dollars.id})
        self.provider.journal_id = journal
        line = self.provider._sberbank_get_payment_method_line()
        line.payment_account_id = self.create_account(
            'Outstanding', 'asset_current', reconcile=True
        )
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        self.assert_settled(tx, invoice)
        self.assertEqual(tx.payment_id.currency_id, self.roubles)

    def test_an_invoice_that_a_bank_statement_paid_before_leaves_a_credit(self):
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        statement_line = self.env['account.bank.statement.line'].create({
            'journal_id': self.journal.id,
            'date': fields.Date.today(),
            'payment_ref': invoice.name,
            'partner_id': self.customer.id,
            'amount': 100,
        })
        _liquidity, suspense, _other = statement_line._seek_for_lines()
        debt = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        suspense.account_id = debt.account_id
        (suspense + debt).reconcile()

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(self.open_credit(tx), 100)
        self.assertEqual(self.attentions(tx), ['already_paid'])

    def test_a_debt_that_is_no_invoice_is_left_to_accountants(self):
        receivable = self.customer.property_account_receivable_id
        opening = self.env['account.move'].create({
            'move_type': 'entry',
            'line_ids': [
                Command.create({
                    'account_id': receivable.id,
                    'partner_id': self.customer.id,
                    'debit': 100,
                }),
                Command.create({'account_id': self.article.id, 'credit': 100}),
            ],
        })
        opening.action_post()
        tx = self.create_tx(100)

        self.pay(tx)

        self.assert_booked(tx)
        self.assertEqual(self.open_credit(tx), 100)
