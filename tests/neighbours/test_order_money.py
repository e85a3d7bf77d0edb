"""Money for sales orders that is held, taken, returned: as it is for invoices."""

from odoo import fields

from odoo.addons.payment_sberbank import gateway

from tests.addon.test_turns import JOB

from .test_sale import SaleCase


class OrderMoneyCase(SaleCase):
    def hold(self, order):
        """Let the bank hold the money for an order, and the core finish what follows."""
        tx = self.create_tx(order.amount_total, sale_order_ids=order, sberbank_is_topup=False)
        self.bank_says(tx, gateway.OrderStatus.APPROVED)
        with self.as_worker() as env:
            tx.with_env(env)._cron_post_process()
        return tx

    def refund(self, tx, amount):
        """Let the bank confirm that it returned a part of the money, and book that."""
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        self.run_job(JOB)
        return refund

    def open_credit(self, tx):
        return -tx.payment_id._sberbank_get_money().amount_residual


class TestHoldsForOrders(OrderMoneyCase):
    def test_a_hold_confirms_the_order_and_books_nothing(self):
        order = self.create_order(100)

        tx = self.hold(order)

        self.assertEqual((tx.state, order.state), ('authorized', 'sale'))
        self.assertFalse(tx.payment_id)

    def test_captured_it_is_booked_invoiced_and_paid(self):
        self.invoice_automatically()
        order = self.create_order(100)
        tx = self.hold(order)

        self.bank_says(tx)
        self.run_job(JOB)

        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertTrue(tx.is_post_processed)
        self.assertFalse(self.open_reasons(tx))

    def take(self, tx, captured, status=gateway.OrderStatus.RBS_PARTLY_DEPOSITED):
        """Let the bank say how much of the hold was taken, in kopecks, and book that."""
        self.provider.sberbank_captures_in_parts = True
        self.bank_says(tx, status, deposited_amount=captured)
        self.run_job(JOB)
        self.env.invalidate_all()

    def test_captured_in_parts_it_is_booked_invoiced_and_paid(self):
        self.invoice_automatically()
        order = self.create_order(100)
        tx = self.hold(order)

        self.take(tx, 4000)
        self.take(tx, 10000, gateway.OrderStatus.DEPOSITED)

        [invoice] = order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertEqual(tx._sberbank_get_captures().payment_id.mapped('amount'), [60, 40])
        self.assertEqual(order.amount_paid, 100)
        self.assertTrue(tx.is_post_processed)
        self.assertFalse(self.open_reasons(tx | tx.child_transaction_ids))

    def test_an_invoice_that_comes_later_is_settled_from_the_parts(self):
        order = self.create_order(100)
        tx = self.hold(order)
        self.take(tx, 4000)
        self.take(tx, 10000, gateway.OrderStatus.DEPOSITED)

        invoice = order._create_invoices()
        invoice.action_post()

        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(
            order.transaction_ids._sberbank_filter_refundable(), tx._sberbank_get_captures()
        )

    def test_released_it_leaves_the_order_to_be_paid_again(self):
        order = self.create_order(100)
        tx = self.hold(order)

        self.bank_says(tx, gateway.OrderStatus.REVERSED)
        self.run_job(JOB)

        self.assertEqual(tx.state, 'cancel')
        self.assertFalse(tx.payment_id)
        self.assertEqual(order.amount_paid, 0)


class TestRefundsForOrders(OrderMoneyCase):
    def test_a_refund_before_there_is_an_invoice_takes_the_open_credit(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)

        refund = self.refund(tx, 40)

        self.assertEqual(self.open_credit(tx), 60)
        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertFalse(self.open_reasons(refund))

    def test_what_is_left_settles_the_invoice_that_comes_later(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)
        self.refund(tx, 40)

        invoice = order._create_invoices()
        invoice.action_post()

        self.assertEqual(invoice.amount_residual, 40)
        self.assertEqual(self.open_credit(tx), 0)

    def test_it_is_offered_in_the_order_s_menu_and_proposes_what_was_paid(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)
        accountant = self.create_user(
            'refunding', 'account.group_account_invoice', 'sales_team.group_sale_salesman_all_leads'
        )
        salesman = self.create_user('selling', 'sales_team.group_sale_salesman_all_leads')
        action = self.env.ref('payment_sberbank.action_sberbank_refund')

        for user, is_offered in ((accountant, True), (salesman, False)):
            views = (
                self
                .env['sale.order']
                .with_user(user)
                .get_views([(False, 'form')], {'toolbar': True})
            )
            offered = views['views']['form']['toolbar'].get('action', [])
            self.assertEqual(action.id in [one['id'] for one in offered], is_offered)

        wizard = (
            self
            .env['sberbank.refund']
            .with_user(accountant)
            .with_context(active_model='sale.order', active_id=order.id)
            .create({})
        )
        self.assertEqual((wizard.transaction_ids, wizard.amount), (tx, 100))

    def test_a_refund_of_an_invoiced_order_waits_for_its_credit_note(self):
        self.invoice_automatically()
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)

        refund = self.refund(tx, 100)
        reasons = self.open_reasons(refund)
        credit_note = order.invoice_ids._reverse_moves([{'invoice_date': fields.Date.today()}])
        credit_note.action_post()
        refund._sberbank_book_by_hand()

        self.assertEqual(reasons, ['refund_open'])
        self.assertEqual(refund.payment_id.amount, 100)

    def test_a_payment_that_the_bank_reversed_is_booked_back(self):
        order = self.create_order(100)
        tx = self.pay_order(order)
        self.run_job(JOB)

        self.bank_says(tx, gateway.OrderStatus.REVERSED)
        self.run_job(JOB)

        self.assertEqual(tx.child_transaction_ids.payment_id.amount, 100)
        self.assertEqual(self.open_credit(tx), 0)
        self.assertEqual(order.state, 'sale')
