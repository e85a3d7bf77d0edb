"""Money back from the credit note, the invoice and the order: the window that proposes it."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .bankside import BankCase


class OnlineRefundCase(BankCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env['res.partner'].create({'name': 'Boris'})
        self.invoice = self.create_invoice(100, partner=self.partner)

    def pay(self, amount):
        """Let the customer pay a part of the invoice, and book it."""
        tx = self.create_registered_tx(amount, invoices=self.invoice)
        self.bank.pay(tx.provider_reference)
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()
        self.run_job('ir_cron_book_payments')
        return tx

    def pay_in_cash(self):
        """Let the customer pay the rest of the invoice at the counter."""
        context = {'active_model': 'account.move', 'active_ids': self.invoice.ids}
        wizard = (
            self
            .env['account.payment.register']
            .with_context(**context)
            .create({'journal_id': self.cash_journal.id})
        )
        wizard.action_create_payments()

    def credit(self, amount=None):
        """Issue a credit note for the invoice, or for a part of it."""
        credit_note = self.invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        if amount:
            line = credit_note.invoice_line_ids
            price = Command.update(line.id, {'price_unit': amount})
            credit_note.write({'invoice_line_ids': [price]})
        credit_note.action_post()
        return credit_note

    def open_window(self, document):
        action = document.action_sberbank_refund_online()
        return self.env[action['res_model']].with_context(action['context']).create({})

    def get_refunded(self, tx):
        order = self.bank.order(tx.provider_reference)
        return order['refundedAmount'] + order['reversedAmount']


class FromDocuments:
    def test_the_credit_note_proposes_what_it_comes_to_and_is_settled(self):
        tx = self.pay(100)
        credit_note = self.credit(30)
        self.assertTrue(credit_note.sberbank_can_refund)
        wizard = self.open_window(credit_note)
        self.assertEqual((wizard.amount, wizard.available), (30, 100))
        self.assertFalse(wizard.obstacles)

        told = wizard.action_refund()
        self.env.invalidate_all()
        # Until the job has booked it, it is not proposed once more.
        self.assertFalse(credit_note.sberbank_can_refund)
        self.assertEqual(self.open_window(credit_note).amount, 0)
        self.run_job('ir_cron_book_payments')

        self.assertEqual(told['params']['type'], 'success')
        self.assertIn('30.00', told['params']['message'])
        refund = tx.child_transaction_ids
        self.assertEqual((refund.amount, refund.sberbank_credit_note_id), (-30, credit_note))
        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertEqual(credit_note.amount_residual, 0)
        self.assertFalse(credit_note.sberbank_can_refund)
        self.assertEqual(self.get_refunded(tx), 3000)

    def test_several_payments_are_drawn_on_in_turn_and_the_rest_is_said(self):
        first, second = self.pay(40), self.pay(30)
        self.pay_in_cash()
        credit_note = self.credit(90)
        wizard = self.open_window(credit_note)
        self.assertEqual((wizard.amount, wizard.available), (70, 70))
        self.assertIn('20.00', wizard.obstacles)
        wizard.amount = 50

        wizard.action_refund()
        self.run_job('ir_cron_book_payments')

        self.assertEqual((self.get_refunded(first), self.get_refunded(second)), (4000, 1000))
        # The whole of the first one is taken back on its day, the part of the other one is not.
        self.assertEqual((len(self.calls('reverse')), len(self.calls('refund'))), (1, 1))
        self.assertEqual(credit_note.amount_residual, 40)
        rest = self.open_window(credit_note)
        self.assertEqual((rest.amount, rest.available), (20, 20))
        self.assertIn('was returned already', rest.obstacles)


class TestByForm(FromDocuments, OnlineRefundCase):
    dialect = 'rbs'


class TestByJson(FromDocuments, OnlineRefundCase):
    dialect = 'ecom'


class TestTheWindow(OnlineRefundCase):
    def test_from_the_invoice_all_that_is_left_is_proposed(self):
        tx = self.pay(100)
        self.assertTrue(self.invoice.sberbank_can_refund)
        wizard = self.open_window(self.invoice)
        self.assertEqual(wizard.amount, 100)
        self.assertFalse(wizard.credit_note_id)

        wizard.action_refund()
        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.get_refunded(tx), 10000)
        self.assertTrue(tx.child_transaction_ids.sberbank_needs_attention)  # No credit note yet.

    def test_of_a_payment_for_two_invoices_one_proposes_its_own_share(self):
        other = self.create_invoice(50, partner=self.partner)
        tx = self.create_registered_tx(150, invoices=self.invoice | other)
        self.bank.pay(tx.provider_reference)
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()
        self.run_job('ir_cron_book_payments')

        wizard = self.open_window(other)

        self.assertEqual((wizard.amount, wizard.available), (50, 150))

    def test_pressed_twice_it_is_one_and_two_windows_are_two(self):
        tx = self.pay(100)
        for refunded in (3000, 6000):
            wizard = self.open_window(self.invoice)
            wizard.amount = 30
            wizard.action_refund()

            with self.assertRaisesRegex(UserError, 'sent already'):
                wizard.action_refund()

            self.assertEqual(self.get_refunded(tx), refunded)

    def test_what_one_payment_refuses_does_not_undo_another(self):
        first, second = self.pay(40), self.pay(30)
        wizard = self.open_window(self.invoice)
        self.faults({
            'fault': 'permission_denied',
            'order': second.sberbank_order_number,
        })

        told = wizard.action_refund()['params']

        self.assertEqual(told['type'], 'warning')
        self.assertIn('40.00', told['message'])
        self.assertIn(second.reference, told['message'])
        self.assertEqual(first.child_transaction_ids.state, 'done')
        self.assertEqual((self.get_refunded(first), self.get_refunded(second)), (4000, 0))

    def test_an_amount_that_can_t_be_returned_is_refused_with_the_bounds(self):
        self.pay(40)
        for amount in (0, -1, 40.01, 0.001):
            with self.subTest(amount=amount):
                wizard = self.open_window(self.invoice)
                wizard.amount = amount

                with self.assertRaisesRegex(UserError, '40.00'):
                    wizard.action_refund()
        self.assertFalse(self.calls('refund') + self.calls('reverse'))

    def test_what_waits_for_the_bank_is_said(self):
        tx = self.pay(100)
        self.faults({'fault': 'drop_response_after_commit', 'method': 'refund', 'times': 1})
        wizard = self.open_window(self.invoice)
        wizard.amount = 30

        told = wizard.action_refund()['params']

        self.assertEqual(tx.child_transaction_ids.state, 'pending')
        self.assertIn("answer was lost", told['message'])
        self.assertIn('is being returned already', self.open_window(self.invoice).obstacles)

    def test_it_is_not_offered_where_nothing_was_paid_online(self):
        self.assertFalse(self.invoice.sberbank_can_refund)
        self.assertFalse(self.credit().sberbank_can_refund)
        wizard = self.open_window(self.invoice)

        self.assertEqual(wizard.available, 0)
        self.assertIn('No payment of Sberbank', wizard.obstacles)

    def test_a_payment_onto_the_account_that_settled_the_invoice_can_go_back(self):
        tx = self.create_registered_tx(100, partner=self.partner)
        self.bank.pay(tx.provider_reference)
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()
        self.run_job('ir_cron_book_payments')
        self.assertEqual(self.invoice.amount_residual, 0)
        credit_note = self.credit()

        self.open_window(credit_note).action_refund()
        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.get_refunded(tx), 10000)
        self.assertEqual(credit_note.amount_residual, 0)

    def test_the_form_opens_for_those_who_keep_the_books_only(self):
        self.pay(100)
        billing = self.create_user('refunding', 'account.group_account_invoice')
        action = self.invoice.action_sberbank_refund_online()
        form = Form(self.env['sberbank.refund'].with_user(billing).with_context(action['context']))
        self.assertEqual(form.amount, 100)

        stranger = self.create_user('stranger', 'base.group_user')
        with self.assertRaises(AccessError):
            self.invoice.with_user(stranger).action_sberbank_refund_online()
        with self.assertRaises(AccessError):
            self.env['sberbank.refund'].with_user(stranger).create({})
