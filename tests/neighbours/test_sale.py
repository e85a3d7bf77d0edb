"""Beside `sale`: quotations that are paid by a link, with and without automatic invoices."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from tests.addon.test_turns import JOB, TurnsCase

BOOKING = 'odoo.addons.payment_sberbank.models.payment_transaction_booking'


class SaleCase(TurnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env['product.product'].create({
            'name': 'Course',
            'list_price': 100,
            'taxes_id': [],
            'type': 'service',
            'invoice_policy': 'order',
        })
        cls.pricelist = cls.env['product.pricelist'].create({
            'name': 'In roubles',
            'currency_id': cls.roubles.id,
        })
        cls.env['ir.config_parameter'].set_param('sale.automatic_invoice', 'False')

    def invoice_automatically(self):
        self.env['ir.config_parameter'].set_param('sale.automatic_invoice', 'True')

    def create_order(self, amount=100):
        return self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'pricelist_id': self.pricelist.id,
            'require_payment': True,
            'prepayment_percent': 1,
            'order_line': [
                Command.create({
                    'product_id': self.product.id,
                    'price_unit': amount,
                    'tax_ids': [],
                })
            ],
        })

    def pay_order(self, order, **values):
        """Let the customer pay an order by its portal link; it is not booked yet."""
        return self.create_paid(
            order.amount_total,
            sale_order_ids=[Command.set(order.ids)],
            sberbank_is_topup=False,
            **values,
        )

    def break_mail(self):
        """Let the confirmation e-mail fail, as on a server without wkhtmltopdf."""
        return patch.object(
            self.env.registry['sale.order'],
            '_send_order_notification_mail',
            side_effect=UserError("Unable to find Wkhtmltopdf on this system."),
        )

    def about(self, order):
        return self.env['mail.message'].search([
            ('model', '=', 'sale.order'),
            ('res_id', '=', order.id),
            ('subtype_id', '=', self.env.ref('mail.mt_comment').id),
        ])


class TestQuotations(SaleCase):
    def test_a_paid_quotation_is_confirmed_and_its_money_waits_for_it(self):
        order = self.create_order()
        debt = self.create_invoice(50)
        tx = self.pay_order(order)

        self.run_job(JOB)

        self.assertEqual(order.state, 'sale')
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(tx.payment_id._sberbank_get_money().amount_residual, -100)
        self.assertEqual(debt.amount_residual, 50)  # It is the order's money.
        self.assertFalse(self.open_reasons(tx))

    def test_a_confirmation_that_can_not_be_mailed_keeps_no_money_out_of_the_ledger(self):
        order = self.create_order()
        tx = self.pay_order(order)

        with self.break_mail():
            self.run_job(JOB)
        booked, state = tx.payment_id, order.state
        reasons, details = self.open_reasons(tx), tx.sberbank_attention_ids.details
        self.let_time_pass(tx)
        self.run_job(JOB)

        self.assertEqual(booked.amount, 100)
        self.assertEqual(state, 'draft')
        self.assertEqual(reasons, ['not_settled'])
        self.assertIn('Wkhtmltopdf', details)
        self.assertEqual(order.state, 'sale')
        self.assertEqual(tx.payment_id, booked)
        self.assertFalse(self.open_reasons(tx))

    def test_an_order_that_can_not_be_confirmed_yet_goes_on_by_itself(self):
        order = self.create_order()
        tx = self.pay_order(order)

        def refuse(orders):
            if orders:
                raise UserError("A line on these orders is missing a product.")

        with patch.object(self.env.registry['sale.order'], 'action_confirm', refuse):
            self.run_job(JOB)
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertIn('missing a product', tx.sberbank_attention_ids.details)
        self.let_time_pass(tx)
        self.run_job(JOB)

        self.assertEqual(order.state, 'sale')
        self.assertFalse(self.open_reasons(tx))

    def test_staff_read_which_order_was_paid(self):
        order = self.create_order()
        self.pay_order(order)

        self.run_job(JOB)

        [mail] = self.mails_to('cashier@shop.example')
        self.assertIn(order.name, mail.body_html)

    def test_what_another_worker_has_finished_is_not_mailed_again_by_the_core_job(self):
        orders = [self.create_order(), self.create_order()]
        first, second = map(self.pay_order, orders)
        model = self.env.registry['payment.transaction']
        post_process = model._post_process

        def finish_both(txs):
            post_process(txs)
            if txs == first:  # As another worker does meanwhile.
                post_process(txs.browse(second.id))

        with patch.object(model, '_post_process', finish_both), self.as_worker() as env:
            (first + second).with_env(env)._cron_post_process()

        self.assertEqual([order.state for order in orders], ['sale', 'sale'])
        self.assertEqual([len(self.about(order)) for order in orders], [1, 1])

    def test_an_order_that_was_cancelled_meanwhile_is_told(self):
        order = self.create_order()
        tx = self.pay_order(order)
        order._action_cancel()

        self.run_job(JOB)

        self.assertEqual(order.state, 'cancel')
        self.assertEqual(self.open_reasons(tx), ['withdrawn'])
        self.assertIn(f'{order.name} was cancelled', tx.sberbank_attention_ids.details)

    def test_an_order_that_became_dearer_meanwhile_is_told(self):
        order = self.create_order()
        tx = self.pay_order(order)
        order.order_line.price_unit = 150

        self.run_job(JOB)

        self.assertEqual(order.state, 'draft')
        self.assertEqual(self.open_reasons(tx), ['changed'])
        self.assertIn(f'{order.name} came to 100.00', tx.sberbank_attention_ids.details)

    def test_what_is_told_of_an_order_ends_with_its_confirmation(self):
        order = self.create_order()
        tx = self.pay_order(order)
        order.order_line.price_unit = 150
        self.run_job(JOB)

        rest = self.create_paid(
            50, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False
        )
        self.run_job(JOB)

        self.assertEqual(order.state, 'sale')
        self.assertFalse(self.open_reasons(tx + rest))

    def test_a_part_of_an_order_is_no_surprise(self):
        order = self.create_order()
        tx = self.create_paid(40, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False)

        self.run_job(JOB)

        self.assertEqual(order.state, 'draft')
        self.assertFalse(self.open_reasons(tx))

    def test_an_order_that_was_paid_twice_is_told(self):
        order = self.create_order()
        first, second = self.pay_order(order), self.pay_order(order)

        self.run_job(JOB)

        self.assertEqual(order.state, 'sale')
        self.assertFalse(self.open_reasons(first))
        self.assertEqual(self.open_reasons(second), ['already_paid'])
        self.assertIn(order.name, second.sberbank_attention_ids.details)


class TestAutomaticInvoices(SaleCase):
    def setUp(self):
        super().setUp()
        self.invoice_automatically()

    def test_a_paid_order_is_invoiced_and_paid(self):
        order = self.create_order()
        tx = self.pay_order(order)

        self.run_job(JOB)

        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertEqual(tx.invoice_ids, invoice)
        self.assertTrue(tx.payment_id.is_reconciled)

    def test_what_was_paid_before_the_order_was_confirmed_pays_its_invoice_too(self):
        order = self.create_order()
        first = self.pay_order(order)
        order.order_line.price_unit = 150
        self.run_job(JOB)
        rest = self.create_paid(
            50, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False
        )

        self.run_job(JOB)

        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertFalse(self.open_reasons(first + rest))

    @mute_logger('odoo.addons.payment.models.payment_transaction', BOOKING)
    def test_without_an_outstanding_account_nothing_is_done_by_halves(self):
        line = self.provider._sberbank_get_payment_method_line()
        account, line.payment_account_id = line.payment_account_id, False
        order = self.create_order()
        tx = self.pay_order(order)

        for _call in range(5):
            self.run_job(JOB)
            with self.as_worker() as env:
                tx.with_env(env)._cron_post_process()
        before = (order.state, len(order.invoice_ids), tx.is_post_processed, len(self.about(order)))
        line.payment_account_id = account
        self.run_job(JOB)

        self.assertEqual(before, ('draft', 0, False, 0))
        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertEqual(tx.invoice_ids, invoice)
        self.assertFalse(self.open_reasons(tx))

    def test_an_archived_sales_journal_keeps_no_money_out_of_the_ledger(self):
        journal = self.find_journal('sale')
        journal.active = False
        order = self.create_order()
        tx = self.pay_order(order)

        self.run_job(JOB)
        booked, reasons = tx.payment_id, self.open_reasons(tx)
        journal.active = True
        self.let_time_pass(tx)
        self.run_job(JOB)

        self.assertEqual(booked.amount, 100)
        self.assertEqual(reasons, ['not_settled'])
        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertEqual(tx.payment_id, booked)
        self.assertFalse(self.open_reasons(tx))

    def test_a_refund_of_an_order_is_no_surprise(self):
        order = self.create_order()
        tx = self.pay_order(order)
        self.run_job(JOB)
        refund = tx._create_child_transaction(40, is_refund=True)
        refund._set_done()

        self.run_job(JOB)

        self.assertEqual(refund.payment_id.payment_type, 'outbound')
        self.assertEqual(refund.payment_id.amount, 40)
        self.assertTrue(refund.is_post_processed)
