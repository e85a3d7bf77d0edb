"""Beside `sale`: an order whose payer is at the bank's page, or has come back without paying."""

from .test_sale import SaleCase


class TestOpenAtBank(SaleCase):
    def begin(self, order):
        """Let the customer go to the bank with an order, and look around there."""
        tx = self.create_tx(order.amount_total, sale_order_ids=order.ids, sberbank_is_topup=False)
        self.bank_says(tx, status=0)
        return tx

    def run_cores_job(self):
        with self.as_worker() as env:
            env['payment.transaction']._cron_post_process()

    def test_nobody_is_told_of_a_payment_that_was_not_made(self):
        order = self.create_order()
        tx = self.begin(order)

        self.run_cores_job()

        self.assertEqual(tx.state, 'pending')
        self.assertEqual(order.state, 'draft')
        self.assertFalse(self.about(order))

    def test_the_order_can_be_paid_anew(self):
        order = self.create_order()
        order.require_payment = True
        self.begin(order)

        self.assertFalse(order.get_portal_last_transaction())
        self.assertTrue(order._has_to_be_paid())

    def test_a_payment_that_was_made_is_seen(self):
        order = self.create_order()
        first = self.begin(order)
        self.begin(order)

        self.bank_says(first)

        self.assertEqual(order.get_portal_last_transaction(), first)

    def test_the_payer_is_finished_when_the_money_comes_after_all(self):
        order = self.create_order()
        tx = self.begin(order)
        self.run_cores_job()

        self.bank_says(tx)
        self.run_job('ir_cron_book_payments')

        self.assertEqual(order.state, 'sale')
        self.assertTrue(tx.is_post_processed)
