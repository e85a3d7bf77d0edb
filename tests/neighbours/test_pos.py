"""Beside `pos_online_payment`: orders of a point of sale that are paid by the customer's phone."""

import uuid
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.bankside import BankCase
from tests.addon.test_turns import JOB, TurnsCase


class PosCase(BankCase, TurnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env['product.product'].create({
            'name': 'Chess set',
            'list_price': 100,
            'taxes_id': [],
            'available_in_pos': True,
        })
        cls.online = cls.env['pos.payment.method'].create({
            'name': 'Online',
            'is_online_payment': True,
            'online_payment_provider_ids': [Command.set(cls.provider.ids)],
        })
        cls.counter = cls.env['pos.config'].create({
            'name': 'Counter',
            'payment_method_ids': [Command.set(cls.online.ids)],
        })
        cls.counter.open_ui()
        cls.session = cls.counter.current_session_id
        cls.session.set_opening_control(0, None)

    def create_order(self, amount=100):
        """Ring up an order and leave it to be paid online."""
        name = str(uuid.uuid4())
        self.env['pos.order'].sync_from_ui([
            {
                'uuid': name,
                'name': f'Order {name}',
                'session_id': self.session.id,
                'user_id': self.env.uid,
                'partner_id': False,
                'access_token': str(uuid.uuid4()),
                'amount_paid': 0,
                'amount_return': 0,
                'amount_tax': 0,
                'amount_total': amount,
                'state': 'draft',
                'date_order': fields.Datetime.to_string(fields.Datetime.now()),
                'fiscal_position_id': False,
                'lines': [
                    Command.create({
                        'product_id': self.product.id,
                        'qty': 1,
                        'discount': 0,
                        'tax_ids': [],
                        'price_unit': amount,
                        'price_subtotal': amount,
                        'price_subtotal_incl': amount,
                    })
                ],
                'payment_ids': [],
            }
        ])
        return self.env['pos.order'].search([('uuid', '=', name)])

    def begin(self, order):
        """Open the order's page and go to the bank; return the transaction."""
        page = self.url_open(f'/pos/pay/{order.id}?access_token={order.access_token}')
        form = html.fromstring(page.content).cssselect('#o_payment_form')[0]
        values = self.make_jsonrpc_request(
            form.get('data-transaction-route'),
            {
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'amount': float(form.get('data-amount')),
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': form.get('data-landing-route'),
                'access_token': form.get('data-access-token'),
            },
        )
        tx = self.env['payment.transaction'].search([('reference', '=', values['reference'])])
        self.open_page(tx)
        return tx

    def pay_at_bank(self, tx):
        """Pay on the bank's page and come back; the bank's word is known here then."""
        self.bank.pay(tx.provider_reference)
        self.url_open(tx._sberbank_get_return_url())
        self.env.invalidate_all()

    def poll(self):
        """Ask what the payer's page asks."""
        answer = self.make_jsonrpc_request('/payment/status/poll', {})
        self.env.invalidate_all()
        return answer

    def assert_received(self, answer):
        """Check that the payer is led to a page that calmly says that the money has come."""
        self.assertEqual(answer['state'], 'done')
        page = self.url_open(answer['landing_route'])
        self.assertEqual(page.status_code, 200)
        self.assertIn('The payment was received', page.text)

    def close(self):
        """Close the session, which books its orders."""
        self.assertTrue(self.session.close_session_from_ui()['successful'])

    def payments_of(self, *txs):
        ids = [tx.id for tx in txs]
        return self.env['account.payment'].search([('payment_transaction_id', 'in', ids)])


class TestPointOfSale(PosCase):
    def test_an_order_is_paid_and_its_money_is_booked_once(self):
        order = self.create_order()
        tx = self.begin(order)
        self.pay_at_bank(tx)

        answer = self.poll()
        confirmation = self.url_open(answer['landing_route'])
        self.env.invalidate_all()
        self.run_job(JOB)

        self.assertEqual(answer['state'], 'done')
        self.assertEqual(confirmation.status_code, 200)
        self.assertEqual(order.state, 'paid')
        self.assertEqual(order.payment_ids.mapped('amount'), [100])
        [payment] = self.payments_of(tx)
        self.assertEqual(payment.amount, 100)
        self.assertEqual(payment.pos_order_id, order)
        self.assertFalse(self.open_reasons(tx))

        self.close()
        self.assertEqual(order.state, 'done')
        self.assertTrue(payment.is_reconciled)
        self.assertEqual(self.payments_of(tx), payment)

    def test_staff_read_which_order_was_paid(self):
        order = self.create_order()
        self.pay_at_bank(self.begin(order))

        self.run_job(JOB)

        [mail] = self.mails_to('cashier@shop.example')
        self.assertIn(order.pos_reference, mail.body_html)

    def test_an_order_that_was_paid_twice_is_told_and_its_session_can_be_closed(self):
        order = self.create_order()
        first, second = self.begin(order), self.begin(order)
        self.pay_at_bank(first)
        self.pay_at_bank(second)
        self.run_job(JOB)

        confirmation = self.url_open(second.landing_route)
        self.env.invalidate_all()

        self.assertEqual(confirmation.status_code, 200)
        self.assertEqual(order.state, 'paid')
        self.assertEqual(order.amount_paid, 100)
        self.assertEqual(self.payments_of(first, second).mapped('amount'), [100, 100])
        self.assertFalse(self.open_reasons(first))
        self.assertEqual(self.open_reasons(second), ['already_paid'])
        self.assertIn(order.pos_reference, second.sberbank_attention_ids.details)

        self.close()
        self.assertTrue(first.payment_id.is_reconciled)
        self.assertFalse(second.payment_id.is_reconciled)
        self.assertEqual(self.open_reasons(second), ['already_paid'])

    def test_an_order_that_was_cancelled_meanwhile_is_told(self):
        order = self.create_order()
        tx = self.begin(order)
        order.action_pos_order_cancel()
        self.pay_at_bank(tx)

        answer = self.poll()
        self.run_job(JOB)

        self.assert_received(answer)
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertFalse(order.payment_ids)
        self.assertEqual(self.open_reasons(tx), ['withdrawn'])
        self.assertIn(order.pos_reference, tx.sberbank_attention_ids.details)

    def test_an_order_that_was_deleted_meanwhile_is_told(self):
        order = self.create_order()
        tx = self.begin(order)
        order.unlink()
        self.pay_at_bank(tx)

        answer = self.poll()
        self.run_job(JOB)

        self.assert_received(answer)
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(self.open_reasons(tx), ['withdrawn'])
        self.assertIn('was deleted', tx.sberbank_attention_ids.details)

    def test_a_neighbour_that_fails_keeps_no_money_out_and_pays_no_order_twice(self):
        order = self.create_order()
        tx = self.begin(order)
        self.pay_at_bank(tx)
        model = self.env.registry['payment.transaction']
        post_process = model._post_process

        def fail_afterwards(txs):
            post_process(txs)
            if txs:
                raise UserError("The neighbour's printer is out of paper.")

        with patch.object(model, '_post_process', fail_afterwards):
            answer = self.poll()
            self.let_time_pass(tx)
            self.run_job(JOB)
        before = (order.state, tx.payment_id.amount, self.open_reasons(tx))
        self.let_time_pass(tx)
        self.run_job(JOB)

        self.assertEqual(answer['state'], 'done')
        self.assertEqual(before, ('draft', 100, ['not_settled']))
        self.assertEqual(order.state, 'paid')
        self.assertEqual(order.payment_ids.mapped('amount'), [100])
        self.assertEqual(len(self.payments_of(tx)), 1)
        self.assertFalse(self.open_reasons(tx))

    def test_the_confirmation_page_books_as_the_job_does(self):
        order = self.create_order()
        tx = self.begin(order)
        self.pay_at_bank(tx)

        self.url_open(tx.landing_route)  # Before anybody has booked it.
        self.env.invalidate_all()
        self.run_job(JOB)

        [payment] = self.payments_of(tx)
        self.assertEqual(payment.create_uid, self.env.ref('base.user_root'))
        self.assertEqual(order.state, 'paid')
        self.assertEqual(order.payment_ids.mapped('amount'), [100])

    def test_the_confirmation_page_makes_no_payment_without_an_entry(self):
        line = self.provider._sberbank_get_payment_method_line()
        account, line.payment_account_id = line.payment_account_id, False
        order = self.create_order()
        tx = self.begin(order)
        self.pay_at_bank(tx)

        self.assert_received(self.poll())
        self.url_open(tx.landing_route)
        self.env.invalidate_all()
        before = self.payments_of(tx)
        line.payment_account_id = account
        self.run_job(JOB)

        self.assertFalse(before)
        self.assertEqual(order.state, 'paid')
        self.assertEqual(self.payments_of(tx).mapped('amount'), [100])
