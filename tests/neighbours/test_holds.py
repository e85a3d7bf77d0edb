"""Beside `sale`: a quotation whose whole amount is held is confirmed, whatever is taken of it."""

from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from tests.addon.bankside import BankCase
from tests.addon.test_turns import JOB

from .test_sale import SaleCase

MODELS = 'odoo.addons.payment_sberbank.models'
CONFIRMATION = f'{MODELS}.payment_transaction_confirmation'
HOLD_PURPOSE = f'{MODELS}.payment_transaction_hold_purpose'


class HeldQuotations:
    """The payer never comes back, and the bank is asked by the job, in both dialects."""

    def setUp(self):
        super().setUp()
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        self.core_job = self.env.ref('payment.cron_post_process_payment_tx')
        self.quotation = self.create_order(100)

    def hold(self):
        tx = self.create_registered_tx(
            100, sale_order_ids=[Command.set(self.quotation.ids)], sberbank_is_topup=False
        )
        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')
        self.assertEqual((tx.state, self.quotation.state), ('authorized', 'draft'))
        return tx

    def run_core_job(self):
        with self.as_worker() as env:
            self.core_job.with_env(env).ir_actions_server_id.run()

    def count_calls(self):
        return self.env['ir.cron.trigger'].search_count([('cron_id', '=', self.core_job.id)])

    def letters(self):
        return self.env['mail.mail'].search_count([
            ('model', '=', 'sale.order'),
            ('res_id', '=', self.quotation.id),
        ])

    def test_the_core_s_job_is_called_at_once_and_no_more_once_it_is_confirmed(self):
        calls = self.count_calls()

        tx = self.hold()

        self.assertEqual(self.count_calls(), calls + 1)
        self.run_core_job()
        self.assertEqual(self.quotation.state, 'sale')
        self.act(tx, '_sberbank_refresh')
        self.assertEqual(self.count_calls(), calls + 1)

    def test_without_the_core_s_job_the_hold_is_noted_all_the_same(self):
        self.core_job.unlink()

        self.hold()

    def test_a_part_that_is_taken_first_confirms_it_all_the_same_and_once(self):
        tx = self.hold()

        self.act(tx, 'action_capture', amount_to_capture=60)
        letters = self.letters()
        self.run_job(JOB)
        self.run_core_job()

        self.assertEqual((tx.state, tx.amount, tx.payment_id.amount), ('done', 60, 60))
        self.assertEqual((self.quotation.state, self.quotation.amount_paid), ('sale', 60))
        self.assertFalse(self.open_reasons(tx))
        self.assertEqual(letters, 1)

    def test_what_can_t_be_confirmed_keeps_no_money_from_being_taken_and_is_told(self):
        tx = self.hold()

        with self.break_mail(), mute_logger(HOLD_PURPOSE):
            self.act(tx, 'action_capture', amount_to_capture=60)
        self.run_job(JOB)

        self.assertEqual((tx.state, tx.payment_id.amount), ('done', 60))
        self.assertEqual(self.quotation.state, 'draft')
        self.assertEqual(self.open_reasons(tx), ['changed'])
        details = tx.sberbank_attention_ids.details
        self.assertIn(self.quotation.name, details)
        self.assertIn('60', details)

    def test_of_a_part_that_a_person_accepts_it_is_told_that_it_confirms_nothing(self):
        tx = self.hold()
        self.bank.deposit(tx.provider_reference, 6000)
        with mute_logger(CONFIRMATION):
            self.act(tx, '_sberbank_refresh')

        self.act(tx, 'action_sberbank_accept_amount')
        self.run_job(JOB)

        self.assertEqual((tx.state, tx.payment_id.amount), ('done', 60))
        self.assertEqual(self.quotation.state, 'draft')
        self.assertEqual(self.open_reasons(tx), ['changed'])

    def test_released_it_stays_a_quotation(self):
        tx = self.hold()

        self.act(tx, 'action_void')
        self.run_core_job()

        self.assertEqual((tx.state, self.quotation.state), ('cancel', 'draft'))


class TestHeldByForm(HeldQuotations, SaleCase, BankCase):
    dialect = 'rbs'

    def test_parts_that_are_taken_in_the_cabinet_confirm_it_all_the_same(self):
        self.provider.sberbank_captures_in_parts = True
        tx = self.hold()

        self.bank_says(tx, gateway.OrderStatus.RBS_PARTLY_DEPOSITED, deposited_amount=4000)
        self.bank_says(tx, gateway.OrderStatus.DEPOSITED, deposited_amount=4000)
        self.run_job(JOB)

        self.assertEqual((tx.state, tx.amount, self.quotation.state), ('done', 40, 'sale'))


class TestHeldByJson(HeldQuotations, SaleCase, BankCase):
    dialect = 'ecom'
