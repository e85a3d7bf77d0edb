"""The core journey, through the addon, at each of the banks that the bank might be."""

import unittest
from datetime import timedelta
from urllib.parse import urlsplit

import requests
from lxml import html

from odoo import fields
from odoo.tools import mute_logger

from dev.bank.profiles import PROFILES

from .bankside import BankCase

ORDERING_LOGGER = 'odoo.addons.payment_sberbank.models.payment_transaction_ordering'


class ProfileCase:
    """What holds at every bank; `profile` names it."""

    def set_up_merchant(self, **settings):
        super().set_up_merchant(profile=self.profile, **settings)

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(ORDERING_LOGGER))

    @property
    def tells(self):
        """Return the settings of the profile."""
        return PROFILES[self.profile]

    def create_paid_tx(self):
        tx = self.create_registered_tx(100.5)
        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')
        return tx

    def refund(self, tx, amount):
        before = tx.child_transaction_ids
        self.act(tx, 'action_refund', amount)
        return tx.child_transaction_ids - before

    def let_the_bank_settle(self):
        """Let the bank make refunds as from the day after a payment."""
        self.set_up_merchant(refund_from='at_once')

    def get_reasons(self, tx):
        """Return for what the payment and its refunds are on the list."""
        txs = tx | tx.child_transaction_ids
        return txs.sberbank_attention_ids.filtered(lambda a: not a.is_solved).mapped('reason')

    def get_taken(self, tx):
        order = self.bank.order(tx.provider_reference)
        return order['depositedAmount'], order['refundedAmount']

    def test_a_payment_is_booked(self):
        tx = self.create_paid_tx()

        self.assertEqual(tx.state, 'done')
        self.assertEqual(tx.payment_id.amount, 100.5)
        self.assertEqual(self.get_reasons(tx), [])

    def test_a_part_is_refunded_and_stays_refunded(self):
        tx = self.create_paid_tx()
        self.let_the_bank_settle()

        refund = self.refund(tx, 30)
        self.run_job('ir_cron_book_payments')
        tx.sberbank_refund_sent_at -= timedelta(days=1)  # What was just sent is not judged yet.
        self.act(tx, '_sberbank_refresh')

        self.assertEqual((refund.state, refund.payment_id.amount), ('done', 30))
        self.assertEqual(self.get_taken(tx), (10050, 3000))
        self.assertEqual(tx.state, 'done')
        self.assertEqual([r for r in self.get_reasons(tx) if r != 'refund_open'], [])

        self.assertEqual(self.refund(tx, 70.5).state, 'done')
        self.assertEqual(self.get_taken(tx), (10050, 10050))

    def test_a_refund_whose_answer_was_lost_is_never_offered_anew_though_it_was_made(self):
        tx = self.create_paid_tx()
        self.let_the_bank_settle()
        self.faults({'fault': 'drop_response_after_commit', 'method': 'refund', 'times': 1})
        refund = self.refund(tx, 30)
        self.assertEqual(refund.state, 'pending')

        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - timedelta(hours=2), refund.id],
        )
        tx.sberbank_refund_sent_at -= timedelta(days=1)
        self.act(tx, '_sberbank_refresh')

        self.assertEqual(self.get_taken(tx), (10050, 3000))
        self.assertNotIn('refund_failed', self.get_reasons(tx))
        if 'paymentAmountInfo' in self.tells.get('missing_blocks', ()):
            self.assertEqual(refund.state, 'pending')
            self.assertEqual(self.get_reasons(tx), ['refunded'])
        else:
            self.assertEqual(refund.state, 'done')

    def test_money_that_others_gave_back_is_booked_or_on_the_list(self):
        tx = self.create_paid_tx()

        self.bank.refund(tx.provider_reference, 3000)
        self.act(tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

        if 'paymentAmountInfo' in self.tells.get('missing_blocks', ()):
            self.assertEqual(self.get_reasons(tx), ['refunded'])
            self.assertFalse(tx.child_transaction_ids)
        else:
            self.assertEqual(tx.child_transaction_ids.payment_id.mapped('amount'), [30])
            self.assertEqual(self.get_reasons(tx), [])

    def test_money_that_others_took_back_on_the_day_is_booked(self):
        tx = self.create_paid_tx()

        self.bank.reverse(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

        self.assertEqual(tx.child_transaction_ids.payment_id.mapped('amount'), [100.5])
        self.assertEqual(self.get_reasons(tx), [])

    def test_the_whole_goes_back_on_the_day(self):
        tx = self.create_paid_tx()

        refund = self.refund(tx, None)
        self.act(tx, '_sberbank_refresh')

        self.assertEqual(refund.state, 'done')
        self.assertEqual(self.bank.order(tx.provider_reference)['state'], 'REVERSED')
        self.assertEqual(tx.child_transaction_ids, refund)

    def test_a_part_on_the_day_is_returned_or_refused_clearly(self):
        tx = self.create_paid_tx()

        refund = self.refund(tx, 30)

        if self.tells.get('refund_from') == 'next_day':
            self.assertEqual(refund.state, 'error')
            self.assertIn('tomorrow', refund.state_message)
            self.assertEqual(self.get_taken(tx), (10050, 0))
        else:
            self.assertEqual(refund.state, 'done')

    def test_the_payer_comes_back_to_the_result(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        way_back = requests.get(
            f'{self.bank_process.url}/pay/{tx.provider_reference}/return',
            allow_redirects=False,
            timeout=10,
        ).headers['Location']

        response = self.url_open(way_back)

        self.env.invalidate_all()
        self.assertEqual(urlsplit(response.url).path, '/payment/status')
        self.assertIn(
            'Your payment has been processed',
            ' '.join(html.fromstring(response.content).text_content().split()),
        )
        self.assertEqual(tx.state, 'done')

    def test_a_hold_is_taken_or_released(self):
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        for action, state in (('action_capture', 'done'), ('action_void', 'cancel')):
            with self.subTest(action=action):
                tx = self.create_registered_tx(100.5)
                self.bank.pay(tx.provider_reference)
                self.act(tx, '_sberbank_refresh')
                self.assertEqual(tx.state, 'authorized')

                self.act(tx, action)

                self.assertEqual(tx.state, state)
                self.assertEqual(self.get_reasons(tx), [])

    def test_a_payer_whose_card_was_declined_may_pay_with_another(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference, outcome='declined', actionCode=116)
        self.act(tx, '_sberbank_refresh')
        self.assertNotIn(tx.state, ('authorized', 'done'))

        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')

        self.assertEqual(tx.state, 'done')
        self.assertEqual(self.get_reasons(tx), [])


class TestEcomOf2023(ProfileCase, BankCase):
    dialect, profile = 'ecom', 'ecom-1.0.4'


class TestEcomOf2024(ProfileCase, BankCase):
    dialect, profile = 'ecom', 'ecom-1.0.7'


class TestEcomOf2026(ProfileCase, BankCase):
    dialect, profile = 'ecom', 'ecom-2026'


class TestRbsOf2019(ProfileCase, BankCase):
    dialect, profile = 'rbs', 'rbs-2019'


class TestRbsOf2026(ProfileCase, BankCase):
    dialect, profile = 'rbs', 'rbs-2026'


class TestWhiteLabel(ProfileCase, BankCase):
    dialect, profile = 'rbs', 'white-label'


class TestAllProfiles(unittest.TestCase):
    def test_each_one_has_its_journey(self):
        journeys = {case.profile: case.dialect for case in ProfileCase.__subclasses__()}

        self.assertEqual(journeys, {name: tells['dialect'] for name, tells in PROFILES.items()})
