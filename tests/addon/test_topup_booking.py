"""What a payment onto the customer's account settles, at once and later."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.payment.utils import generate_access_token

from .common import SberbankCommon, SberbankHttpCommon


class TestTopUpBooking(SberbankCommon):
    def setUp(self):
        super().setUp()
        self.today = fields.Date.context_today(self.env.user)

    def days_ago(self, days):
        return self.today - timedelta(days=days)

    def top_up(self, amount, **values):
        """Let the customer pay onto the account, and book it."""
        tx = self.create_tx(amount, **values)
        self.pay(tx)
        return tx

    def balance(self, partner=None, company=None):
        return (partner or self.customer)._sberbank_get_balance(company or self.company)

    def settled(self, tx):
        return [(move, amount) for move, amount in tx._sberbank_get_settled()]

    # === AT ONCE ===

    def test_one_rouble_of_a_customer_without_debts_is_on_the_account(self):
        tx = self.top_up(1)
        self.assertEqual(tx.payment_id.amount, 1)
        self.assertEqual(self.balance(), (0, 1))

    def test_kopecks_and_millions_are_booked_exactly(self):
        for amount in (0.01, 1234567.89):
            with self.subTest(amount):
                partner = self.env['res.partner'].create({'name': 'Exact'})
                tx = self.top_up(amount, partner=partner)
                self.assertEqual(tx._sberbank_get_amount(), round(amount * 100))
                self.assertEqual(self.balance(partner), (0, amount))

    def test_the_oldest_debts_are_settled_first_and_the_last_in_part(self):
        newest = self.create_invoice(300, due=self.days_ago(1))
        oldest = self.create_invoice(100, due=self.days_ago(30))
        middle = self.create_invoice(200, due=self.days_ago(10))
        tx = self.top_up(450)
        self.assertEqual(self.settled(tx), [(oldest, 100), (middle, 200), (newest, 150)])
        self.assertEqual((oldest + middle + newest).mapped('amount_residual'), [0, 0, 150])
        self.assertEqual(self.balance(), (150, 0))

    def test_many_debts_are_settled_at_once_and_the_last_in_part(self):
        debts = [self.create_invoice(10, due=self.days_ago(60 - day)) for day in range(20)]
        lines = self.env.registry['account.move.line']

        with patch.object(
            lines, 'reconcile', autospec=True, side_effect=lines.reconcile
        ) as reconcile:
            self.top_up(195)

        self.assertEqual([debt.amount_residual for debt in debts], [0] * 19 + [5])
        self.assertEqual(reconcile.call_count, 2)  # The covered ones, and the last one.

    def test_only_open_debts_of_the_same_kind_are_settled(self):
        # Given three invoices of which one is partly paid, and others that are none of our business
        dollars = self.env.ref('base.USD')
        dollars.active = True
        part_paid = self.create_invoice(1000, due=self.days_ago(9))
        self.pay(self.create_tx(400, invoices=part_paid))
        second = self.create_invoice(500, due=self.days_ago(8))
        third = self.create_invoice(700, due=self.days_ago(7))
        cancelled = self.create_invoice(10, due=self.days_ago(20))
        cancelled.button_draft()
        cancelled.button_cancel()
        draft = self.create_invoice(20, due=self.days_ago(20), post=False)
        foreign = self.create_invoice(30, due=self.days_ago(20), currency_id=dollars.id)
        stranger = self.env['res.partner'].create({'name': 'Stranger'})
        others = self.create_invoice(40, due=self.days_ago(20), partner=stranger)
        # When more is paid than is owed in roubles
        tx = self.top_up(2000)
        # Then the rest is a credit, and the others are as they were
        self.assertEqual(self.settled(tx), [(part_paid, 600), (second, 500), (third, 700)])
        self.assertEqual(cancelled.state, 'cancel')
        self.assertEqual(draft.state, 'draft')
        self.assertEqual(foreign.amount_residual, 30)
        self.assertEqual(others.amount_residual, 40)
        money = tx.payment_id.move_id.line_ids.filtered('amount_residual_currency').filtered(
            lambda line: line.account_id.account_type == 'asset_receivable'
        )
        self.assertEqual(money.amount_residual_currency, -200)

    def test_debts_at_another_company_are_left_alone(self):
        other_company = self.create_company('Other company')
        invoice = (
            self
            .env['account.move']
            .with_company(other_company)
            .create({
                'move_type': 'out_invoice',
                'partner_id': self.customer.id,
                'currency_id': self.roubles.id,
                'invoice_date': self.days_ago(30),
                'invoice_line_ids': [
                    Command.create({'name': 'Lesson', 'price_unit': 100, 'tax_ids': []})
                ],
            })
        )
        invoice.action_post()
        self.top_up(100)
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(self.balance(), (0, 100))
        self.assertEqual(self.balance(company=other_company), (100, 0))

    def test_a_contact_pays_for_the_company(self):
        firm = self.env['res.partner'].create({'name': 'Firm', 'is_company': True})
        contact = self.env['res.partner'].create({'name': 'Clerk', 'parent_id': firm.id})
        invoice = self.create_invoice(100, partner=firm)
        tx = self.top_up(130, partner=contact)
        self.assertEqual(tx.payment_id.partner_id, firm)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.balance(firm), (0, 30))
        self.assertEqual(self.balance(contact), (0, 30))

    def test_credit_notes_are_left_alone_and_counted(self):
        credit_note = self.create_invoice(50, move_type='out_refund')
        invoice = self.create_invoice(80)
        self.assertEqual(self.balance(), (80, 50))
        self.top_up(80)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(credit_note.amount_residual, 50)
        self.assertEqual(self.balance(), (0, 50))

    def test_vendor_bills_are_left_alone(self):
        bill = self.create_invoice(50, move_type='in_invoice')
        self.top_up(80)
        self.assertEqual(bill.amount_residual, 50)

    def test_nothing_is_settled_when_the_setting_is_off(self):
        self.provider.sberbank_settle_debts = False
        invoice = self.create_invoice(100)
        self.top_up(100)
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(self.balance(), (100, 100))

    def test_a_payment_is_booked_once_whatever_comes_twice(self):
        self.create_invoice(60)
        tx = self.create_tx(100)
        for _time in range(3):
            self.bank_says(tx)
            tx._post_process()
        self.assertEqual(
            self.env['account.payment'].search_count([('payment_transaction_id', '=', tx.id)]), 1
        )
        self.assertEqual(self.balance(), (0, 40))

    # === LATER ===

    def test_a_later_invoice_is_settled_from_the_credit(self):
        self.top_up(500)
        first = self.create_invoice(300)
        second = self.create_invoice(300)
        self.assertEqual(first.amount_residual, 0)
        self.assertEqual(second.amount_residual, 100)
        self.assertEqual(self.balance(), (100, 0))

    def test_invoices_that_are_posted_together_are_settled_oldest_first(self):
        self.top_up(150)
        newer = self.create_invoice(100, due=self.days_ago(1), post=False)
        older = self.create_invoice(100, due=self.days_ago(9), post=False)
        (newer + older).action_post()
        self.assertEqual(older.amount_residual, 0)
        self.assertEqual(newer.amount_residual, 50)

    def test_the_oldest_credit_is_used_first(self):
        first, second = self.top_up(100), self.top_up(100)
        self.create_invoice(150)
        residual = {
            tx: tx.payment_id.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == 'asset_receivable'
            ).amount_residual_currency
            for tx in first + second
        }
        self.assertEqual(residual, {first: 0, second: -50})

    def test_a_later_invoice_of_a_contact_is_settled_from_the_company_credit(self):
        firm = self.env['res.partner'].create({'name': 'Firm', 'is_company': True})
        contact = self.env['res.partner'].create({'name': 'Clerk', 'parent_id': firm.id})
        self.top_up(100, partner=firm)
        self.assertEqual(self.create_invoice(100, partner=contact).amount_residual, 0)

    def test_a_later_sales_receipt_is_settled_from_the_credit(self):
        self.top_up(100)
        self.assertEqual(self.create_invoice(100, move_type='out_receipt').amount_residual, 0)

    def test_later_documents_of_other_kinds_are_left_alone(self):
        dollars = self.env.ref('base.USD')
        dollars.active = True
        stranger = self.env['res.partner'].create({'name': 'Stranger'})
        self.top_up(500)
        documents = {
            'a bill': self.create_invoice(50, move_type='in_invoice'),
            'a credit note': self.create_invoice(50, move_type='out_refund'),
            'another currency': self.create_invoice(50, currency_id=dollars.id),
            'another customer': self.create_invoice(50, partner=stranger),
        }
        for name, document in documents.items():
            with self.subTest(name):
                self.assertEqual(document.amount_residual, 50)

    def test_a_later_invoice_of_another_company_is_left_alone(self):
        self.top_up(500)
        company = self.create_company('Other company')
        invoice = (
            self
            .env['account.move']
            .with_company(company)
            .create({
                'move_type': 'out_invoice',
                'partner_id': self.customer.id,
                'currency_id': self.roubles.id,
                'invoice_line_ids': [
                    Command.create({'name': 'Lesson', 'price_unit': 100, 'tax_ids': []})
                ],
            })
        )
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 100)

    def test_later_invoices_are_left_alone_when_the_setting_is_off(self):
        self.top_up(100)
        self.provider.sberbank_settle_debts = False
        self.assertEqual(self.create_invoice(100).amount_residual, 100)

    def test_credits_that_did_not_come_from_a_top_up_are_left_alone(self):
        # Given money that was paid twice for one invoice, and a payment made by hand
        invoice = self.create_invoice(100)
        first, second = (self.create_tx(100, invoices=invoice) for _tab in range(2))
        self.pay(first)
        self.pay(second)
        by_hand = self.env['account.payment'].create({
            'partner_id': self.customer.id,
            'amount': 70,
            'payment_type': 'inbound',
            'partner_type': 'customer',
            'journal_id': self.journal.id,
        })
        by_hand.action_post()
        self.assertEqual(self.balance(), (0, 170))
        # When another invoice is posted, then staff still decide about that money
        self.assertEqual(self.create_invoice(100).amount_residual, 100)

    def test_a_draft_that_is_being_paid_is_settled_by_its_own_payment(self):
        self.top_up(100)
        invoice = self.create_invoice(100, post=False)
        tx = self.create_tx(100, invoices=invoice)
        self.pay(tx)
        self.assertEqual(self.settled(tx), [(invoice, 100)])
        self.assertEqual(self.balance(), (0, 100))

    def test_a_sales_receipt_to_the_article_is_settled_by_its_own_payment(self):
        self.top_up(100)
        self.provider.write({
            'sberbank_payment_type_id': self.type_direct.id,
            'sberbank_account_id': self.article.id,
        })
        tx = self.top_up(60)
        self.assertEqual([amount for _move, amount in self.settled(tx)], [60])
        self.assertEqual(self.balance(), (0, 100))

    def test_an_accountant_may_post_an_invoice_that_is_settled(self):
        accountant = self.create_user(
            'accountant', 'base.group_user', 'account.group_account_invoice'
        )
        self.top_up(100)
        invoice = self.create_invoice(100, post=False)
        invoice.with_user(accountant).action_post()
        self.assertEqual(invoice.amount_residual, 0)

    def test_posting_costs_companies_without_top_ups_one_query(self):
        invoices = [self.create_invoice(100, post=False) for _i in range(2)]
        invoices[0].action_post()  # Warm the caches up.
        self.env.flush_all()
        debts = invoices[0].line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable'
        )
        self.assertTrue(debts)
        with self.assertQueryCount(1):
            invoices[0]._sberbank_reconcile_with_credits()

    # === BY WHICH SHOP ===

    def test_two_shops_book_into_their_own_cash_desks(self):
        second = self.provider.copy({'name': 'Second shop'})
        self.enable(second, journal_id=self.cash_journal.id, sberbank_username='second-api')
        first_tx, second_tx = self.top_up(10), self.top_up(20, provider=second)
        self.assertEqual(first_tx.payment_id.journal_id, self.journal)
        self.assertEqual(second_tx.payment_id.journal_id, self.cash_journal)
        self.assertEqual(self.balance(), (0, 30))


class TestTopUpLinkWizard(SberbankCommon):
    def open_wizard(self, user=None):
        env = self.env(user=user) if user else self.env
        return Form(env['sberbank.topup.link'].with_context(default_partner_id=self.customer.id))

    def test_an_accountant_makes_a_link_with_an_amount(self):
        accountant = self.create_user(
            'accountant', 'base.group_user', 'account.group_account_invoice'
        )
        wizard = self.open_wizard(accountant)
        wizard.amount = 1500.5
        self.assertIn(f'/top-up/{self.customer.id}?', wizard.link)
        self.assertIn('amount=1500.50', wizard.link)
        self.assertFalse(wizard.warning_message)

    def test_without_an_amount_the_payer_chooses_it(self):
        self.assertNotIn('amount', self.open_wizard().link)

    def test_an_amount_outside_of_the_limits_makes_no_link(self):
        self.provider.sberbank_topup_maximum = 6000
        wizard = self.open_wizard()
        wizard.amount = 6000.01
        self.assertFalse(wizard.link)
        self.assertIn('The largest amount', wizard.warning_message)

    @freeze_time('2026-11-25 21:30')  # In Moscow it is the 26th.
    def test_a_link_may_have_a_last_day(self):
        wizard = self.open_wizard()
        wizard.last_day = '2026-11-26'
        self.assertIn('until=2026-11-26', wizard.link)
        wizard.last_day = '2026-11-25'
        self.assertFalse(wizard.link)
        self.assertIn('last day of the link is over', wizard.warning_message)

    def test_a_shop_that_nobody_sees_makes_no_link(self):
        self.provider.is_published = False
        wizard = self.open_wizard()
        self.assertFalse(wizard.link)
        self.assertIn('No published payment provider', wizard.warning_message)


class TestWhatIsATopUp(SberbankHttpCommon):
    """A top-up is what was made as one, not what is nothing else that we know of."""

    def test_money_of_an_app_that_we_do_not_know_settles_no_debt(self):
        debt = self.create_invoice(100)
        tx = self.create_tx(100, sberbank_is_topup=False)

        payment = self.pay(tx)
        later = self.create_invoice(50)

        self.assertEqual((debt + later).mapped('amount_residual'), [100, 50])
        self.assertEqual(payment._sberbank_get_money().amount_residual, -100)

    def test_what_is_paid_in_the_cores_own_form_is_one(self):
        values = {'partner_id': self.customer.id, 'amount': 77.5, 'currency_id': self.roubles.id}
        token = generate_access_token(*values.values(), env=self.env)

        answer = self.make_jsonrpc_request(
            '/payment/transaction',
            {
                **values,
                'access_token': token,
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': '/my',
            },
        )

        tx = self.env['payment.transaction'].search([('reference', '=', answer['reference'])])
        self.assertTrue(tx.sberbank_is_topup)

    def test_what_is_paid_for_an_invoice_is_none(self):
        invoice = self.create_invoice(100)

        answer = self.make_jsonrpc_request(
            f'/invoice/transaction/{invoice.id}',
            {
                'access_token': invoice._portal_ensure_token(),
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'amount': 100,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': '/my',
            },
        )

        tx = self.env['payment.transaction'].search([('reference', '=', answer['reference'])])
        self.assertFalse(tx.sberbank_is_topup)
