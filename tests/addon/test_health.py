"""What a monitoring tool is told, and to whom nothing is."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError

from odoo.addons.payment_sberbank import const
from odoo.addons.payment_sberbank.controllers import health
from odoo.addons.payment_sberbank.controllers.rate_limit import RateLimit

from .common import SberbankHttpCommon


class HealthCase(SberbankHttpCommon):
    def setUp(self):
        super().setUp()
        self.patch(health, 'QUESTIONS_LIMIT', RateLimit(events=30, seconds=60))  # Of this test.
        self.provider.action_sberbank_renew_health_token()
        self.token = self.provider.sberbank_health_token
        self.env.ref('payment_sberbank.ir_cron_ask_bank').nextcall = fields.Datetime.now()
        self.env.flush_all()

    def ask(self, authorization=None):
        self.env.flush_all()
        headers = {'Authorization': authorization} if authorization else {}
        return self.url_open(const.HEALTH_ROUTE, headers=headers)

    def get_health(self):
        response = self.ask(f'Bearer {self.token}')
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers['Cache-Control'], 'no-store')
        return response.json()

    def ago(self, **age):
        return fields.Datetime.now() - timedelta(**age)

    def create_unfinished(self, **age):
        tx = self.create_tx(10, state='pending', sberbank_next_ask_at=fields.Datetime.now())
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [self.ago(**age), tx.id],
        )
        self.env.invalidate_all()
        return tx


class TestHealth(HealthCase):
    def test_all_is_well(self):
        self.assertEqual(
            self.get_health(),
            {
                'status': 'ok',
                'warnings': [],
                'state': 'test',
                'unfinished': {'count': 0, 'oldest_age': None},
                'unbooked': {'count': 0, 'oldest_age': None},
                'last_notification': None,
                'last_question': None,
                'needs_attention': 0,
                'certificate_time': None,
            },
        )

    def test_what_is_unfinished_is_counted_and_wrong_when_it_is_old(self):
        self.create_unfinished(minutes=30)
        young = self.get_health()
        self.create_unfinished(hours=5)
        old = self.get_health()

        self.assertEqual((young['status'], young['unfinished']['count']), ('ok', 1))
        self.assertAlmostEqual(young['unfinished']['oldest_age'], 1800, delta=60)
        self.assertEqual((old['warnings'], old['unfinished']['count']), (['unfinished'], 2))
        self.assertAlmostEqual(old['unfinished']['oldest_age'], 5 * 3600, delta=60)

    def test_what_is_not_booked_is_wrong_after_a_while(self):
        tx = self.create_tx(10, state='done', last_state_change=self.ago(minutes=2))
        self.assertEqual(self.get_health()['unbooked']['count'], 1)
        self.assertEqual(self.get_health()['status'], 'ok')

        tx.last_state_change = self.ago(minutes=20)

        self.assertEqual(self.get_health()['warnings'], ['unbooked'])

    def test_the_last_exchanges_are_told(self):
        tx = self.create_tx(10)
        for direction, outcome, minutes in (
            ('asked', 'answered', 9),
            ('notified', 'applied', 7),
            ('asked', 'failed', 5),
        ):
            self.env['sberbank.exchange'].create({
                'transaction_id': tx.id,
                'time': self.ago(minutes=minutes),
                'direction': direction,
                'outcome': outcome,
            })

        told = self.get_health()

        self.assertEqual(told['last_notification']['outcome'], 'applied')
        self.assertAlmostEqual(told['last_notification']['age'], 420, delta=30)
        self.assertAlmostEqual(told['last_question']['age'], 300, delta=30)
        self.assertEqual(told['warnings'], ['bank'])

    def test_what_needs_a_person_is_counted(self):
        tx = self.create_tx(10)
        tx._sberbank_need_attention('mismatch', 'The amount differs.')

        told = self.get_health()

        self.assertEqual((told['needs_attention'], told['warnings']), (1, ['needs_attention']))
        self.assertNotIn('amount', str(told))

    def test_a_scheduler_that_does_not_come_is_wrong(self):
        job = self.env.ref('payment_sberbank.ir_cron_ask_bank')
        job.nextcall = self.ago(minutes=10)
        self.assertEqual(self.get_health()['warnings'], ['scheduler'])

        job.write({'nextcall': fields.Datetime.now(), 'active': False})
        self.assertEqual(self.get_health()['warnings'], ['scheduler'])

    def test_another_providers_payments_are_not_counted(self):
        other = self.provider.copy({'name': 'Other shop'})
        self.assertFalse(other.sberbank_health_token)
        self.create_unfinished(hours=5).provider_id = other

        self.assertEqual(self.get_health()['unfinished']['count'], 0)

    def test_it_costs_the_same_with_many_payments(self):
        self.get_health()
        before = self.count_queries(self.get_health)
        for _i in range(20):
            self.create_tx(10)
            self.create_unfinished(minutes=1)

        self.assertEqual(self.count_queries(self.get_health), before)

    def count_queries(self, ask):
        before = self.env.cr.sql_log_count
        ask()
        return self.env.cr.sql_log_count - before


class TestWhoMayAsk(HealthCase):
    def test_nobody_without_the_token(self):
        self.provider.copy({'name': 'Without a token'})
        for sent in (
            None,
            'Bearer',
            'Bearer ',
            'Bearer wrong',
            f'Bearer {self.token}x',
            f'Bearer {self.token[:-1]}',
            f'Basic {self.token}',
            self.token,
            'Bearer \N{SNOWMAN}'.encode().decode('latin-1'),
        ):
            with self.subTest(sent=sent):
                response = self.ask(sent)
                self.assertEqual((response.status_code, response.text), (404, ''))
        self.assertEqual(self.url_open(f'{const.HEALTH_ROUTE}?token={self.token}').status_code, 404)

    def test_an_old_token_is_worth_nothing(self):
        self.provider.action_sberbank_renew_health_token()

        self.assertEqual(self.ask(f'Bearer {self.token}').status_code, 404)

    def test_who_guesses_is_stopped(self):
        with patch.object(health, 'QUESTIONS_LIMIT', RateLimit(events=3, seconds=60)):
            answers = [self.ask(f'Bearer {guess}').status_code for guess in range(5)]

        self.assertEqual(answers, [404, 404, 404, 429, 429])

    def test_accountants_neither_read_nor_renew_it(self):
        accountant = self.create_user('reader', 'base.group_user', 'account.group_account_manager')
        provider = self.provider.with_user(accountant)

        with self.assertRaises(AccessError):
            provider.action_sberbank_renew_health_token()
        with self.assertRaises(AccessError):
            provider.read(['sberbank_health_token'])
