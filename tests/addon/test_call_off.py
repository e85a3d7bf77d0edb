"""Orders that nobody is to pay any more are called off at the bank, and paid ones are not."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, new_test_user
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

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


class TestAskedOnce(BankCase):
    """Whoever cancels an invoice in its form is shown what is open, and answers."""

    def setUp(self):
        super().setUp()
        self.billing = self.create_user(
            'billing',
            'base.group_user',
            'account.group_account_invoice',
            password='billing',
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.authenticate('billing', 'billing')
        self.invoice = self.create_invoice(10)
        self.tx = self.create_registered_tx(invoices=self.invoice)
        self.invoice.button_draft()

    def call_rpc(self, records, method, route='call_kw', **kwargs):
        """Call a method as the web client does, and return its answer."""
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f'/web/dataset/{route}',
            {'model': records._name, 'method': method, 'args': [records.ids], 'kwargs': kwargs},
        )
        self.env.invalidate_all()
        return answer

    def press(self, records, button):
        return self.call_rpc(records, button, route='call_button')

    def open_window(self):
        action = self.press(self.invoice, 'action_sberbank_cancel')
        self.assertEqual((action['res_model'], action['target']), ('sberbank.cancellation', 'new'))
        return self.env[action['res_model']].browse(action['res_id'])

    def read_orders(self, window):
        [values] = self.call_rpc(window, 'web_read', specification={'orders': {}})
        return values['orders'] or ''

    def find_buttons(self):
        """Return which buttons for cancelling the form shows."""
        self.env.invalidate_all()
        invoice = self.invoice.with_user(self.billing)
        form = invoice.get_view(self.env.ref('account.view_move_form').id, 'form')
        values = invoice.read(['state', 'move_type', 'sberbank_has_open_orders'])[0]
        return [
            button.get('name')
            for button in etree.fromstring(form['arch']).iter('button')
            if button.get('name') in ('button_cancel', 'action_sberbank_cancel')
            and not safe_eval(button.get('invisible'), values)
        ]

    def poll(self):
        self.run_job('ir_cron_ask_bank')
        self.run_job('ir_cron_book_payments')

    def pay_and_book(self):
        self.bank.pay(self.tx.provider_reference)
        self.act(self.tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

    def test_the_open_orders_are_listed(self):
        self.assertEqual(self.find_buttons(), ['action_sberbank_cancel'])

        told = self.read_orders(self.open_window())

        self.assertIn(self.tx.reference, told)
        self.assertIn(self.tx.sberbank_order_number, told)
        self.assertIn(self.tx.partner_id.name, told)
        self.assertIn('10.00', told)

    def test_what_the_user_may_not_read_is_listed_too(self):
        self.env['ir.rule'].create({
            'name': 'The transactions are those of another company',
            'model_id': self.env['ir.model']._get_id('payment.transaction'),
            'domain_force': "[(0, '=', 1)]",
        })

        self.assertEqual(self.find_buttons(), ['action_sberbank_cancel'])
        self.assertIn(self.tx.reference, self.read_orders(self.open_window()))

    def test_yes_cancels_the_invoice_and_calls_its_order_off(self):
        self.press(self.open_window(), 'action_cancel_invoice')
        self.assertEqual(self.invoice.state, 'cancel')
        self.poll()

        self.assertEqual(self.bank.order(self.tx.provider_reference)['orderStatus'], 6)
        self.assertEqual(self.tx.state, 'cancel')
        self.assertIn(self.tx.sberbank_order_number, str(self.invoice.message_ids.mapped('body')))

    def test_the_question_alone_changes_nothing(self):
        self.open_window()
        self.poll()

        self.assertEqual(self.invoice.state, 'draft')
        self.assertFalse(self.tx.sberbank_is_called_off)
        self.assertFalse(self.calls('decline'))
        self.assertEqual(self.find_buttons(), ['action_sberbank_cancel'])

    def test_without_open_orders_the_button_is_the_cores(self):
        self.act(self.tx, 'action_sberbank_call_off')
        self.assertEqual(self.tx.state, 'cancel')

        self.assertEqual(self.find_buttons(), ['button_cancel'])

    def test_what_is_called_off_already_is_not_asked_about(self):
        self.tx._sberbank_call_off()

        self.assertEqual(self.find_buttons(), ['button_cancel'])
        self.assertNotIn(self.tx.reference, self.read_orders(self.open_window()))

    def test_an_order_that_is_for_another_invoice_too_stays_open(self):
        self.act(self.tx, 'action_sberbank_call_off')
        self.invoice.action_post()
        both = self.create_registered_tx(invoices=self.invoice | self.create_invoice(20))
        self.invoice.button_draft()

        self.assertEqual(self.find_buttons(), ['button_cancel'])
        self.assertNotIn(both.reference, self.read_orders(self.open_window()))

    def test_a_posted_invoice_has_neither_button(self):
        self.invoice.action_post()

        self.assertEqual(self.find_buttons(), [])

    def test_what_is_paid_before_the_answer_is_kept(self):
        window = self.open_window()
        self.bank.pay(self.tx.provider_reference)

        self.press(window, 'action_cancel_invoice')
        self.poll()

        self.assertEqual((self.invoice.state, self.tx.state), ('cancel', 'done'))
        self.assertEqual(self.bank.order(self.tx.provider_reference)['depositedAmount'], 1000)
        self.assertEqual(self.tx.payment_id.amount, 10)
        self.assertEqual(self.tx.sberbank_attention_ids.mapped('reason'), ['withdrawn'])

    def test_what_is_booked_before_the_answer_is_kept(self):
        window = self.open_window()
        self.pay_and_book()
        self.assertEqual(self.read_orders(window), '')

        self.press(window, 'action_cancel_invoice')

        self.assertEqual((self.invoice.state, self.tx.state), ('cancel', 'done'))
        self.assertEqual(self.tx.payment_id.amount, 10)
        self.assertEqual(self.tx.sberbank_attention_ids.mapped('reason'), ['withdrawn'])

    @mute_logger('odoo.http')
    def test_an_invoice_that_the_payment_has_posted_is_not_cancelled(self):
        self.invoice = self.create_invoice(30, post=False)
        self.tx = self.create_registered_tx(invoices=self.invoice)
        window = self.open_window()
        self.pay_and_book()
        self.assertEqual(self.invoice.amount_residual, 0)

        with self.assertRaisesRegex(JsonRpcException, 'UserError'):
            self.press(window, 'action_cancel_invoice')
        self.env.invalidate_all()

        self.assertEqual((self.invoice.state, self.invoice.amount_residual), ('posted', 0))

    def test_code_is_asked_nothing(self):
        self.assertFalse(self.call_rpc(self.invoice, 'button_cancel'))

        self.assertEqual(self.invoice.state, 'cancel')
        self.assertTrue(self.tx.sberbank_is_called_off)
        self.assertFalse(self.env['sberbank.cancellation'].search([]))
