"""Staff accept that the bank took another amount than was ordered: it is booked then, and once."""

from odoo.exceptions import AccessError, UserError

from odoo.addons.payment_sberbank import gateway

from .bankside import BankCase
from .common import SberbankCommon


class TestAcceptance(BankCase):
    """A hold of 100.50 roubles, of which 60 were taken in the bank's cabinet."""

    def setUp(self):
        super().setUp()
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        self.accountant = self.create_user('accountant', 'account.group_account_invoice')
        self.invoice = self.create_invoice(100.5)
        self.tx = self.create_registered_tx(invoices=self.invoice)
        self.bank.pay(self.tx.provider_reference)
        self.bank.deposit(self.tx.provider_reference, 6000)
        self.refresh()

    def refresh(self):
        with self.as_worker() as env:
            self.tx.with_env(env)._sberbank_refresh()

    def accept(self, user=None):
        with self.as_worker() as env:
            tx = self.tx.with_env(env).with_user(user or self.accountant)
            return tx.action_sberbank_accept_amount()

    def get_reasons(self):
        return self.tx.sberbank_attention_ids.filtered(lambda a: not a.is_solved).mapped('reason')

    def assert_refused(self, words, user=None):
        before = self.tx.read(['state', 'amount', 'sberbank_ordered_amount'])
        with self.assertRaisesRegex(UserError, words):
            self.accept(user)
        self.env.invalidate_all()
        self.assertEqual(self.tx.read(['state', 'amount', 'sberbank_ordered_amount']), before)

    def test_nothing_is_booked_before_it_is_accepted(self):
        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.tx.state, 'error')
        self.assertEqual(self.get_reasons(), ['mismatch'])
        self.assertFalse(self.tx.payment_id)

    def test_what_the_bank_took_is_booked(self):
        told = self.accept()
        self.run_job('ir_cron_book_payments')

        self.assertIn('60.00', told['params']['message'])
        self.assertEqual(self.tx.state, 'done')
        self.assertEqual((self.tx.amount, self.tx.sberbank_ordered_amount), (60, 100.5))
        self.assertEqual(self.tx.sberbank_accepted_by_id, self.accountant)
        self.assertEqual(self.tx.payment_id.amount, 60)
        self.assertEqual(self.invoice.amount_residual, 40.5)
        self.assertFalse(self.get_reasons())

    def test_it_can_be_accepted_also_when_it_was_taken_from_the_list(self):
        self.tx.sberbank_attention_ids.action_solve()

        self.accept()

        self.assertEqual((self.tx.state, self.tx.amount), ('done', 60))

    def test_what_the_bank_says_afterwards_agrees_with_it(self):
        self.accept()
        self.run_job('ir_cron_book_payments')
        payment = self.tx.payment_id

        for _time in range(2):
            self.refresh()
            self.run_job('ir_cron_book_payments')

        self.assertEqual(self.tx.payment_id, payment)
        self.assertEqual(self.tx.state, 'done')
        self.assertFalse(self.get_reasons())

    def test_it_is_refunded_like_any_other_payment(self):
        self.accept()
        self.run_job('ir_cron_book_payments')

        with self.as_worker() as env:
            self.tx.with_env(env)._refund(amount_to_refund=25)
        self.refresh()

        order = self.bank.order(self.tx.provider_reference)
        self.assertEqual((order['depositedAmount'], order['refundedAmount']), (6000, 2500))
        self.assertFalse(self.get_reasons())

    def test_what_was_given_back_before_is_booked(self):
        self.bank.refund(self.tx.provider_reference, 1000)

        self.accept()
        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.tx.payment_id.amount, 60)
        self.assertEqual(self.tx.child_transaction_ids.payment_id.mapped('amount'), [10])
        self.assertFalse(self.get_reasons())

    def test_nothing_of_another_order_is_accepted(self):
        for fault in ('wrong_currency', 'wrong_order_number', 'wrong_order_id'):
            with self.subTest(fault):
                self.faults({'fault': fault})
                self.assert_refused('More than the amount differs')

    def test_nothing_is_accepted_while_the_bank_is_silent(self):
        self.faults({'fault': 'http500'})

        self.assert_refused('no usable answer')

    def test_nothing_is_accepted_of_which_nothing_was_taken(self):
        self.tx = self.create_registered_tx(10)
        self.bank.pay(self.tx.provider_reference)
        self.faults({'fault': 'wrong_amount'})
        self.refresh()

        self.assert_refused('has taken no money')

    def test_nothing_is_accepted_twice(self):
        self.accept()

        self.assert_refused('does not differ')

    def test_nothing_is_accepted_that_agrees(self):
        for state in ('draft', 'pending', 'authorized', 'cancel'):
            with self.subTest(state):
                self.tx = self.create_tx(10, state=state)
                self.assert_refused('does not differ')

    def test_only_staff_accept(self):
        with self.assertRaises(AccessError):
            self.accept(self.create_portal_user('customer'))

        self.assertEqual(self.tx.state, 'error')


class TestAcceptanceOfConfirmedPayments(SberbankCommon):
    def test_a_confirmed_payment_keeps_its_amount(self):
        tx = self.create_tx(10)
        self.bank_says(tx)
        order = self.order(tx, amount=900)
        self.bank_says(tx, amount=900)

        with self.assertRaisesRegex(UserError, 'does not differ'):
            tx._sberbank_accept_amount(order, self.env.user)

        self.assertEqual(tx.amount, 10)

    def test_an_answer_without_what_was_debited_is_accepted_as_a_whole(self):
        tx = self.create_tx(10)
        self.bank_says(tx, amount=900)

        tx._sberbank_accept_amount(self.order(tx, amount=900), self.env.user)

        self.assertEqual((tx.state, tx.amount), ('done', 9))

    def test_a_refunded_order_is_accepted_before_its_refunds(self):
        tx = self.create_tx(10)
        values = {'deposited_amount': 900, 'refunded_amount': 300}
        self.bank_says(tx, gateway.OrderStatus.REFUNDED, **values)

        tx._sberbank_accept_amount(
            self.order(tx, gateway.OrderStatus.REFUNDED, **values), self.env.user
        )

        self.assertEqual((tx.state, tx.amount), ('done', 9))
