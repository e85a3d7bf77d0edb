"""Who asks the bank because of a notification: the scheduler if it comes, else the worker."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import config

from odoo.addons.payment_sberbank import const, gateway
from odoo.addons.payment_sberbank.models import payment_transaction_hint as hint

from .test_notification import NotificationCase

ASK, BOOK = 'ir_cron_ask_bank', 'ir_cron_book_payments'
TAKEN_IN, CONFIRMED = ((200, 0), ['taken_in']), ((200, 1), ['applied'])


class HintCase(NotificationCase):
    """The scheduler is there, as far as is written down of it."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.dict(config.options, max_cron_threads=2))
        self.enterContext(patch.dict(hint._seen_at, clear=True))
        # Nobody looks later, in the middle of other tests.
        self.watching = patch.object(hint, '_watch_scheduler')
        self.watch = self.enterContext(self.watching)
        self.env['ir.cron.progress'].search([]).unlink()
        self.env['ir.cron.trigger'].search([]).unlink()
        self.job = self.env.ref(f'payment_sberbank.{ASK}')
        self.set_job(nextcall=self.ago(-30))

    def ago(self, seconds):
        return fields.Datetime.now() - timedelta(seconds=seconds)

    def set_job(self, **values):
        self.job.write(values)
        self.env.flush_all()

    def call_job(self, seconds_ago):
        self.env['ir.cron.trigger'].create({
            'cron_id': self.job.id,
            'call_at': self.ago(seconds_ago),
        })

    def hear(self):
        """Return what the bank was answered, how often it was asked, and what is written down."""
        return self.tell(), self.outcomes()


class TestTakenIn(HintCase):
    def test_the_scheduler_asks_and_the_payment_is_confirmed(self):
        self.assertEqual(self.hear(), TAKEN_IN)
        self.assertEqual(self.tx.state, 'draft')
        self.assertTrue(self.tx.sberbank_notified_at)
        self.assertEqual(self.env['ir.cron.trigger'].search([]).cron_id, self.job)

        self.run_job(ASK)

        self.assertEqual(self.tx.state, 'done')
        self.assertEqual(self.tell(), (200, 0))
        self.assertEqual(self.outcomes(), ['taken_in'])

    def test_whatever_is_told_of_an_order_it_is_asked_about_once(self):
        for operation in ('approved', 'deposited', 'deposited'):
            self.tell(operation=operation)
        before = len(self.calls('getOrderStatusExtended'))

        self.run_job(ASK)

        self.assertEqual(len(self.calls('getOrderStatusExtended')), before + 1)

    def test_what_is_told_while_the_bank_is_asked_is_asked_about_after_it(self):
        self.tell(operation='approved')
        with self.as_worker() as env:
            tx = self.tx.with_env(env)
            tx._sberbank_claim_due()
            order = tx._sberbank_ask()
        self.tell()

        with self.as_worker() as env:
            self.tx.with_env(env)._sberbank_apply(order)

        self.assertTrue(self.tx._sberbank_is_hint_waiting())
        self.run_job(ASK)
        self.assertGreater(self.tx.sberbank_next_ask_at, fields.Datetime.now())

    def test_what_is_told_before_the_order_is_written_down_is_asked_about(self):
        tx = self.create_new_tx(10)
        registered = gateway.Registered(order_id='b' * 36, form_url='https://bank.example/page')
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_note_notified('sberbank_next_ask_at')
            exchanges = env['sberbank.exchange']._collector()
            tx.with_env(env)._sberbank_keep_order(registered, exchanges)

        self.assertTrue(tx._sberbank_is_hint_waiting())

    def test_what_is_forged_is_not_asked_about(self):
        self.provider.sberbank_callback_key = 'key'
        self.env.flush_all()
        next_ask_at = self.tx.sberbank_next_ask_at

        answer = self.get(**self.get_names(), operation='deposited', status='1', checksum='0' * 64)

        self.assertEqual((answer, self.outcomes()), (403, ['forged']))
        self.assertEqual(self.tx.sberbank_next_ask_at, next_ask_at)
        self.assertFalse(self.env['ir.cron.trigger'].search([]))

    def test_strangers_can_not_have_the_bank_asked_without_end(self):
        answers = [self.tell()[0] for _time in range(21)]

        self.assertEqual(answers, [200] * 20 + [503])

    def test_what_the_bank_does_not_answer_is_asked_again(self):
        self.tell()
        self.bank.faults(self.login, {'fault': 'http503'})

        self.run_job(ASK)

        self.assertEqual(self.tx.state, 'draft')
        in_a_minute = fields.Datetime.now() + timedelta(minutes=1)
        self.assertAlmostEqual(
            self.tx.sberbank_next_ask_at, in_a_minute, delta=timedelta(seconds=10)
        )

    def test_what_it_costs(self):
        other = self.create_registered_tx(10)
        self.tell(other)  # Caches are warm in production.
        names = {**self.get_names(), 'operation': 'deposited', 'status': '1'}
        core = self.count_statements(lambda: self.url_open(const.CALLBACK_ROUTE))

        told = self.count_statements(lambda: self.url_open(const.CALLBACK_ROUTE, params=names))

        self.assertLessEqual(told - core, 5)
        self.assertEqual(self.outcomes(), ['taken_in'])


class TestStandIn(HintCase):
    """It is looked later whether the scheduler came."""

    def setUp(self):
        super().setUp()
        self.tell()
        self.env.cr.execute('UPDATE ir_cron_trigger SET call_at = %s', [self.ago(5)])
        self.env.invalidate_all()

    def look(self):
        hint._stand_in_for_scheduler(self.registry)
        self.env.invalidate_all()

    def test_it_is_woken_and_watched(self):
        with (
            patch.object(self.registry['ir.cron'], '_notifydb') as wake,
            self.as_worker() as env,
        ):
            env['payment.transaction']._sberbank_call_scheduler()
            self.watch.assert_not_called()
            env.cr.postcommit.run()

        wake.assert_called_once_with()
        self.watch.assert_called_once_with(self.registry)

    def test_it_is_woken_by_the_end_of_the_job_that_runs(self):
        for seconds_ago, is_woken in ((1, False), (20, True)):
            with self.subTest(seconds_ago=seconds_ago):
                self.begin_job(f'payment_sberbank.{ASK}', seconds_ago)
                with (
                    patch.object(self.registry['ir.cron'], '_notifydb') as wake,
                    self.as_worker() as env,
                ):
                    env['payment.transaction']._sberbank_call_scheduler()
                    env.cr.postcommit.run()

                self.assertEqual(wake.called, is_woken)

    def test_it_did_not_come(self):
        self.look()

        self.assertEqual(self.tx.state, 'done')

    def test_it_came(self):
        self.env['ir.cron.trigger'].search([]).unlink()

        self.look()

        self.assertEqual(self.tx.state, 'draft')

    def test_it_is_looked_once_at_a_time(self):
        self.enterContext(patch.object(hint, '_watched', set()))
        watch = self.watching.temp_original
        with patch.object(hint.threading, 'Timer') as timer:
            for _time in range(3):
                watch(self.registry)
            timer.return_value.start.assert_called_once_with()
            hint._watched.clear()
            watch(self.registry)
        self.assertEqual(timer.return_value.start.call_count, 2)


class TestWhoAsks(HintCase):
    """By what is written down of the scheduler."""

    def test_no_scheduler_belongs_to_the_server(self):
        with patch.dict(config.options, max_cron_threads=0):
            self.assertEqual(self.hear(), CONFIRMED)

    def test_the_job_was_switched_off(self):
        self.set_job(active=False)

        self.assertEqual(self.hear(), CONFIRMED)

    def test_no_scheduler_runs(self):
        self.set_job(nextcall=self.ago(180))

        self.assertEqual(self.hear(), CONFIRMED)

    def test_the_scheduler_comes_only_when_it_is_time(self):
        self.set_job(nextcall=self.ago(60))

        self.assertEqual(self.hear(), TAKEN_IN)

    def test_the_job_was_called_in_vain(self):
        self.call_job(seconds_ago=5)

        self.assertEqual(self.hear(), CONFIRMED)

    def test_the_job_was_called_a_moment_ago(self):
        self.call_job(seconds_ago=1)

        self.assertEqual(self.hear(), TAKEN_IN)

    def test_the_job_is_called_again_while_it_runs(self):
        self.call_job(seconds_ago=5)
        self.begin_job(f'payment_sberbank.{ASK}', seconds_ago=8)

        self.assertEqual(self.hear(), TAKEN_IN)

    def test_the_job_hangs(self):
        self.call_job(seconds_ago=5)
        self.begin_job(f'payment_sberbank.{ASK}', seconds_ago=80)

        self.assertEqual(self.hear(), CONFIRMED)

    def test_one_worker_of_the_scheduler_is_left(self):
        self.begin_job('base.autovacuum_job', seconds_ago=50)

        self.assertEqual(self.hear(), TAKEN_IN)

    def test_all_its_workers_are_at_other_jobs(self):
        self.begin_job('base.autovacuum_job', seconds_ago=50)
        self.begin_job('payment.cron_post_process_payment_tx')

        self.assertEqual(self.hear(), CONFIRMED)

    def test_those_jobs_have_ended(self):
        for name in ('base.autovacuum_job', 'payment.cron_post_process_payment_tx'):
            self.begin_job(name, seconds_ago=50)
            self.begin_job(name, seconds_ago=40, has_ended=True)

        self.assertEqual(self.hear(), TAKEN_IN)

    def test_a_worker_was_ended_in_the_middle_of_its_job(self):
        with patch.dict(config.options, limit_time_real=120, limit_time_real_cron=-1):
            self.begin_job('base.autovacuum_job', seconds_ago=130)
            self.begin_job('payment.cron_post_process_payment_tx')

            self.assertEqual(self.hear(), TAKEN_IN)

    def test_jobs_may_run_for_ever(self):
        with patch.dict(config.options, limit_time_real=120, limit_time_real_cron=0):
            self.begin_job('base.autovacuum_job', seconds_ago=13_000)
            self.begin_job('payment.cron_post_process_payment_tx')

            self.assertEqual(self.hear(), CONFIRMED)

    def test_a_scheduler_that_was_just_seen_is_not_looked_at_again(self):
        self.hear()
        self.set_job(active=False)

        self.assertEqual(self.tell(), TAKEN_IN[0])

        hint._seen_at[self.env.cr.dbname] -= hint.TRUST_SECS
        self.assertEqual(self.tell(), CONFIRMED[0])

    def test_our_own_jobs_are_no_hindrance(self):
        for name in (ASK, BOOK):
            self.begin_job(f'payment_sberbank.{name}')

        self.assertEqual(self.hear(), TAKEN_IN)
