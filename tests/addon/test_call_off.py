"""Orders that nobody is to pay any more are called off at the bank, and paid ones are not."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .bankside import BankCase


class CallOffCase:
    """The same in both dialects."""

    def state_at_bank(self, tx):
        return self.bank.order(tx.provider_reference)['orderStatus']

    def poll(self):
        self.run_job('ir_cron_ask_bank')

    def test_a_button_calls_it_off_at_once(self):
        tx = self.create_registered_tx(10)

        self.act(tx, 'action_sberbank_call_off')

        self.assertEqual(self.state_at_bank(tx), 6)
        self.assertEqual(tx.state, 'cancel')
        self.assertIn('called off', tx.state_message)

    def test_what_was_paid_meanwhile_is_a_payment(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)

        self.act(tx, 'action_sberbank_call_off')

        self.assertEqual(tx.state, 'done')
        self.assertEqual(self.bank.order(tx.provider_reference)['depositedAmount'], 1000)

    def test_a_cancelled_invoice_is_not_to_be_paid(self):
        invoice = self.create_invoice(10)
        tx = self.create_registered_tx(invoices=invoice)
        other = self.create_registered_tx(10)

        with self.as_worker() as env:
            invoice.with_env(env).button_draft()
            invoice.with_env(env).button_cancel()
        self.poll()

        self.assertEqual(self.state_at_bank(tx), 6)
        self.assertEqual(tx.state, 'cancel')
        self.assertEqual(self.state_at_bank(other), 0)
        self.assertIn(tx.sberbank_order_number, str(invoice.message_ids.mapped('body')))

    def test_one_of_several_invoices_may_be_cancelled(self):
        invoices = self.create_invoice(10) | self.create_invoice(20)
        tx = self.create_registered_tx(invoices=invoices)

        with self.as_worker() as env:
            invoices[0].with_env(env).button_draft()
            invoices[0].with_env(env).button_cancel()
        self.poll()

        self.assertEqual(self.state_at_bank(tx), 0)
        self.assertIn(tx.state, ('draft', 'pending'))

    def test_another_amount_takes_the_place_of_the_first(self):
        invoice = self.create_invoice(100)
        first = self.create_registered_tx(100, invoices=invoice)
        self.poll()
        self.assertEqual(self.state_at_bank(first), 0)

        second = self.create_registered_tx(60, invoices=invoice)
        third = self.create_registered_tx(60, invoices=invoice)
        self.poll()

        self.assertEqual(self.state_at_bank(first), 6)
        self.assertEqual(first.state, 'cancel')
        self.assertEqual([self.state_at_bank(tx) for tx in second | third], [0, 0])

    def test_a_bank_that_is_silent_is_told_later(self):
        tx = self.create_registered_tx(10)
        self.faults({'fault': 'http503', 'method': 'decline', 'times': 1})
        self.act(tx, 'action_sberbank_call_off')
        self.assertIn(tx.state, ('draft', 'pending'))

        tx.sberbank_next_ask_at = '2020-01-01'
        self.poll()

        self.assertEqual(tx.state, 'cancel')

    def test_there_must_be_an_open_order(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')

        with self.assertRaisesRegex(UserError, 'open order'):
            self.act(tx, 'action_sberbank_call_off')
        self.assertFalse(self.calls('decline'))

    def test_it_is_not_for_everybody(self):
        tx = self.create_registered_tx(10)
        visitor = new_test_user(self.env, 'visitor of the shop', groups='base.group_portal')

        with self.assertRaises(AccessError):
            tx.with_user(visitor).action_sberbank_call_off()
        self.assertEqual(self.state_at_bank(tx), 0)


class TestCallOffByForm(CallOffCase, BankCase):
    """The older gateway."""


class TestCallOffByJson(CallOffCase, BankCase):
    """The newer one."""

    dialect = 'ecom'
