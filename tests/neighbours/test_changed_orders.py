"""Sales orders that changed while they were being paid: told as invoices are."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from tests.addon.test_turns import JOB

from .test_sale import SaleCase


class TestOrdersThatChanged(SaleCase):
    def finish(self, tx):
        """Let the job book and finish the payment; return why it is listed, and the words."""
        self.run_job(JOB)
        return self.open_reasons(tx), ' '.join(
            tx.sberbank_attention_ids.filtered(lambda one: not one.is_solved).mapped('details')
        )

    def open_credit(self, tx):
        return -tx.payment_id._sberbank_get_money().amount_residual

    def test_an_order_that_became_dearer_is_not_confirmed_and_told(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        order.order_line.price_unit = 150

        reasons, details = self.finish(tx)

        self.assertEqual(order.state, 'draft')
        self.assertEqual(reasons, ['changed'])
        self.assertIn(order.name, details)
        self.assertRegex(details, 'came to 100.00.* comes to 150.00.* now')
        self.assertEqual(self.open_credit(tx), 100)

    def test_an_order_that_became_cheaper_is_confirmed_and_told(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        order.order_line.price_unit = 80

        reasons, details = self.finish(tx)

        self.assertEqual(order.state, 'sale')
        self.assertEqual(reasons, ['changed'])
        self.assertRegex(details, 'came to 100.00.* comes to 80.00.* now')

    def test_an_order_that_stands_is_to_be_paid_though_an_invoice_of_it_was_cancelled(self):
        order = self.create_order(100)
        invoice = self.create_invoice(100)
        tx = self.create_tx(
            100,
            state='pending',
            sale_order_ids=[Command.set(order.ids)],
            invoice_ids=[Command.set(invoice.ids)],
        )
        tx.provider_reference = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'

        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(tx.sberbank_is_called_off)

        order.action_cancel()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertTrue(tx.sberbank_is_called_off)

    def test_a_deleted_order_leaves_a_credit_that_is_told(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        order.unlink()

        reasons, details = self.finish(tx)

        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(reasons, ['withdrawn'])
        self.assertIn('The sales order was deleted.', details)

    def test_an_order_that_expired_meanwhile_is_confirmed_since_it_is_paid(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        order.validity_date = fields.Date.today() - timedelta(days=1)

        self.assertEqual(self.finish(tx), ([], ''))
        self.assertEqual(order.state, 'sale')

    def test_a_hundred_dollars_are_not_paid_by_a_hundred_roubles(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        dollars = self.env.ref('base.USD')
        dollars.active = True
        order.pricelist_id = self.env['product.pricelist'].create({
            'name': 'In dollars',
            'currency_id': dollars.id,
        })
        order.order_line.price_unit = 100

        reasons, details = self.finish(tx)
        state = order.state
        order.pricelist_id = self.pricelist
        order.order_line.price_unit = 100
        self.let_time_pass(tx)
        afterwards, _none = self.finish(tx)

        self.assertEqual((tx.payment_id.amount, state), (100, 'draft'))
        self.assertEqual(reasons, ['not_settled'])
        self.assertIn(f'{order.name} is in USD now', details)
        self.assertEqual((order.state, afterwards), ('sale', []))

    def test_an_order_of_another_company_is_not_confirmed(self):
        other = self.create_company('Another shop')
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.env.cr.execute(
            'UPDATE sale_order SET company_id = %s WHERE id = %s', [other.id, order.id]
        )
        order.invalidate_recordset()

        reasons, details = self.finish(tx)

        self.assertEqual(order.state, 'draft')
        self.assertEqual(reasons, ['not_settled'])
        self.assertIn('belongs to Another shop now', details)

    def test_a_cancelled_order_that_is_confirmed_after_all_uses_the_money(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        order._action_cancel()
        before, _details = self.finish(tx)
        order.action_draft()
        order.action_confirm()

        invoice = order._create_invoices()
        invoice.action_post()

        self.assertEqual(before, ['withdrawn'])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self.open_reasons(tx))


class TestInvoicesOfOrders(SaleCase):
    def test_an_invoice_on_another_account_is_settled_by_what_was_paid_for_its_order(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)
        self.customer.property_account_receivable_id = self.create_account(
            'Customers abroad', 'asset_receivable', reconcile=True
        )

        invoice = order._create_invoices()
        invoice.action_post()

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(tx.payment_id._sberbank_get_money().amount_residual, 0)

    def test_a_down_payment_and_the_rest_are_each_settled_by_their_money(self):
        self.invoice_automatically()
        order = self.create_order(100)
        order.write({'require_payment': True, 'prepayment_percent': 0.3})
        first = self.create_paid(
            30, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False
        )
        self.run_job(JOB)
        second = self.create_paid(
            70, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False
        )
        self.run_job(JOB)

        self.assertEqual(order.state, 'sale')
        self.assertEqual(sum(order.invoice_ids.mapped('amount_residual')), 0)
        self.assertEqual(sum(order.invoice_ids.mapped('amount_total')), 100)
        self.assertFalse(self.open_reasons(first) + self.open_reasons(second))
