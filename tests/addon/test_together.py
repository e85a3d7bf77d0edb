"""Many payments at once: booked as one by one, and no one stands or falls with another."""

import time
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.tools import config, mute_logger

from odoo.addons.payment_sberbank.models import payment_transaction_job as job
from odoo.addons.payment_sberbank.models import payment_transaction_together as together

from .test_turns import BOOKING, JOB, TurnsCase

#: What no two payments have in common.
OWN = {
    'id',
    'name',
    'move_id',
    'memo',
    'payment_transaction_id',
    'partner_id',
    'invoice_ids',
    'reconciled_invoice_ids',
    'message_ids',
    'message_follower_ids',
    'message_partner_ids',
    'create_date',
    'write_date',
    'display_name',
    'payment_reference',
}

#: A job of the core.
OTHERS = 'base.autovacuum_job'


class TestTogether(TurnsCase):
    def create_payers(self, count):
        return self.env['res.partner'].create([{'name': f'Payer {n}'} for n in range(count)])

    def create_paid_invoices(self, count=4):
        """Create payments of an invoice each, by a customer each, that nobody has booked yet."""
        return self.env['payment.transaction'].union(
            *(
                self.create_paid(invoices=self.create_invoice(100, partner=payer), amount=100)
                for payer in self.create_payers(count)
            )
        )

    def one_is_bad(self, tx):
        """Let the entry of one payment fail, whoever makes it."""
        payments = self.env.registry['account.payment']
        create = payments.create

        @api.model_create_multi
        def wrapped(model, vals_list):
            if any(values['payment_transaction_id'] == tx.id for values in vals_list):
                raise UserError("Not this one.")
            return create(model, vals_list)

        return patch.object(payments, 'create', wrapped)

    def describe(self, tx):
        """Return what is stored of a payment, its entry and its chatter, but for whose it is."""
        payment = tx.payment_id
        names = [name for name, field in payment._fields.items() if field.store and name not in OWN]
        items = [
            (
                item.account_id,
                item.balance,
                item.amount_residual,
                item.amount_currency,
                item.date_maturity,
                item.display_type,
                item.partner_id == payment.partner_id,
                item.name.replace(tx.reference, '').replace(tx.provider_reference, ''),
                item.matching_number and item.matching_number.strip('P0123456789'),
            )
            for item in payment.move_id.line_ids.sorted('balance')
        ]
        return {
            **payment.read(names, load=None)[0],
            'id': None,
            'items': items,
            'entry': (payment.move_id.state, payment.move_id.date, payment.move_id.journal_id),
            'is_named': bool(payment.name and payment.name == payment.move_id.name),
            'chatter': len(payment.message_ids),
            'invoices': [
                (invoice.payment_state, invoice.amount_residual, len(invoice.message_ids))
                for invoice in tx.invoice_ids
            ],
            'mail': tx.sberbank_is_mailed and tx.sberbank_mail_id.email_to,
            'tx': (tx.is_post_processed, tx.sberbank_turn_at, tx.sberbank_turns),
            'reasons': self.open_reasons(tx),
        }

    def create_kinds(self):
        """Create a payment of each kind that is booked together."""
        exact, part, more, debtor, nobody = self.create_payers(5)
        self.create_invoice(30, partner=debtor)
        return [
            self.create_paid(100, invoices=self.create_invoice(100, partner=exact)),
            self.create_paid(60, invoices=self.create_invoice(100, partner=part)),
            self.create_paid(130, invoices=self.create_invoice(100, partner=more)),
            self.create_paid(50, partner=debtor),
            self.create_paid(50, partner=nobody),
        ]

    def test_the_books_are_the_same(self):
        alone = self.create_kinds()
        for tx in alone:
            tx._sberbank_book_by_hand()
        self.env.invalidate_all()
        among_others = self.create_kinds()

        with patch.object(
            self.env.registry['payment.transaction'], '_sberbank_use_turn'
        ) as use_turn:
            self.run_job(JOB)

        use_turn.assert_not_called()
        for one, other in zip(alone, among_others, strict=True):
            with self.subTest(amount=one.amount, invoices=len(one.invoice_ids)):
                self.assertEqual(self.describe(other), self.describe(one))

    def test_a_third_of_the_queries(self):
        self.pay(self.create_paid_invoices(1))  # What is read once in a process.
        counts = []
        for size in (1, 12):
            txs = self.create_paid_invoices(size)
            with self.as_worker() as env:
                before = env.cr.sql_log_count
                env['payment.transaction']._cron_sberbank_book_payments()
                counts.append((env.cr.sql_log_count - before) / size)
            self.assertTrue(all(txs.mapped('is_post_processed')))

        self.assertLess(counts[1], counts[0] / 2.5)

    @mute_logger(BOOKING)
    def test_one_that_can_not_be_booked_leaves_the_others_alone(self):
        txs = self.create_paid_invoices(5)
        bad = txs[3]

        with self.one_is_bad(bad):
            self.run_job(JOB)

        self.assertEqual((txs - bad).mapped('is_post_processed'), [True] * 4)
        self.assertEqual(set((txs - bad).invoice_ids.mapped('amount_residual')), {0})
        self.assert_listed(bad, 'not_bookable', "Not this one.")
        self.assertFalse(bad.payment_id)
        with self.one_is_bad(bad):
            self.let_time_pass(bad)
            self.run_job(JOB)
        self.let_time_pass(bad)
        self.run_job(JOB)
        self.assertTrue(bad.is_post_processed)
        # It was refused each time, and ended no worker.
        self.assertEqual(bad.sberbank_attention_ids.mapped('reason'), ['not_bookable'])

    def assert_listed(self, tx, reason, words):
        self.assertIn(reason, self.open_reasons(tx))
        self.assertIn(words, tx.sberbank_attention_ids.mapped('details'))
        self.assertEqual(tx.sberbank_turns, 1)
        self.assertGreater(tx.sberbank_turn_at, fields.Datetime.now())

    def test_one_that_can_not_be_finished_leaves_the_others_alone(self):
        txs = self.create_paid_invoices()
        bad = txs[1]

        with self.neighbour(fails_for=bad):
            self.run_job(JOB)

        self.assertEqual((txs - bad).mapped('is_post_processed'), [True] * 3)
        self.assertEqual(len(self.mails_to('anna@neighbour.test')), 3)
        self.assertTrue(bad.payment_id)
        self.assert_listed(bad, 'not_settled', "The neighbour's printer is out of paper.")

    def test_two_payments_of_one_invoice(self):
        invoice = self.create_invoice(100)
        txs = self.create_paid(100, invoices=invoice) + self.create_paid(100, invoices=invoice)

        self.run_job(JOB)

        self.assertEqual(txs.mapped('is_post_processed'), [True, True])
        self.assertEqual([self.open_reasons(tx) for tx in txs], [[], ['already_paid']])

    def test_what_is_to_be_judged_by_itself(self):
        cancelled, draft = self.create_invoice(10), self.create_invoice(20, post=False)
        term = self.env['account.payment.term'].create({
            'name': '2 %',
            'early_discount': True,
            'discount_percentage': 2,
            'discount_days': 10,
        })
        granting = self.create_invoice(100, invoice_payment_term_id=term.id)
        special = [
            self.create_paid(invoices=cancelled, amount=10),
            self.create_paid(invoices=draft, amount=20),
            self.create_paid(invoices=granting, amount=98),
        ]
        cancelled.button_cancel()
        plain = self.create_paid(100)

        txs = plain.union(*special)._sberbank_filter_plain()

        self.assertEqual(txs, plain)
        self.run_job(JOB)
        self.assertEqual(granting.amount_residual, 0)
        self.assertEqual(draft.payment_state, 'paid')
        self.assertEqual(self.open_reasons(special[0]), ['withdrawn'])

    def test_another_app_that_makes_payments_in_its_own_way_is_asked_for_each(self):
        txs = self.create_paid_invoices(3)

        with (
            patch.object(together, 'KNOWN_MAKERS', {'payment_sberbank'}),
            patch.object(
                self.env.registry['payment.transaction'], '_sberbank_create_payments'
            ) as create_payments,
        ):
            self.run_job(JOB)

        create_payments.assert_not_called()
        self.assertEqual(txs.mapped('is_post_processed'), [True] * 3)

    def test_who_makes_payments_is_seen(self):
        transactions = self.env.registry['payment.transaction']

        class Other(transactions):
            __module__ = 'odoo.addons.other.models.payment_transaction'
            _register = False

            def _create_payment(self, **extra_create_values):
                return super()._create_payment(**extra_create_values)

        self.assertLessEqual(together._find_makers(transactions), together.KNOWN_MAKERS)
        self.assertIn('other', together._find_makers(Other))

    def test_a_worker_that_dies_leaves_each_of_them_a_turn_of_its_own(self):
        txs = self.create_paid_invoices()
        deadly = txs[1]
        finish = self.env.registry['payment.transaction']._sberbank_finish_again

        def die(tx):
            if tx.id == deadly.id:
                raise SystemExit
            finish(tx)

        def run():
            with (
                patch.object(
                    self.env.registry['payment.transaction'], '_sberbank_finish_again', die
                ),
                suppress(SystemExit),
            ):
                self.run_job(JOB)

        run()
        self.assertEqual(len(txs.payment_id), 4)  # The money was booked before.
        self.assertEqual(set(txs.mapped('sberbank_turns')), {0})  # None of them is blamed.
        self.assertFalse(any(txs.mapped('is_post_processed')))
        self.assertTrue(all(tx._sberbank_is_being_finished() for tx in txs))
        run()
        self.assertEqual(txs.mapped('is_post_processed'), [True, False, False, False])
        run()
        self.assertEqual(txs.mapped('is_post_processed'), [True, False, True, True])
        self.assertEqual(deadly.sberbank_turns, 1)
        for _death in range(2):
            self.let_time_pass(deadly)
            run()
        self.assertEqual(self.open_reasons(deadly), ['not_settled'])
        self.assertEqual(len(txs.payment_id), 4)

    def use_turns_when_time_is_over(self):
        with self.as_worker() as env:
            taken = env['payment.transaction']._sberbank_take_batch(8)
            taken._sberbank_use_turns(until=time.monotonic())

    def test_what_is_booked_is_finished_though_the_time_of_the_job_is_over(self):
        txs = self.create_paid_invoices(2)

        self.use_turns_when_time_is_over()

        self.assertEqual(txs.mapped('is_post_processed'), [True, True])

    def test_what_there_was_no_time_for_is_new_once_more(self):
        self.patch(job, 'FINISH_SECS', 0)
        txs = self.create_paid_invoices(2)

        self.use_turns_when_time_is_over()

        self.assertEqual(txs.mapped('is_post_processed'), [False, False])
        self.assertEqual(len(txs.payment_id), 2)
        self.assertEqual(txs.mapped('sberbank_turn_at'), [False, False])
        self.run_job(JOB)
        self.assertEqual(txs.mapped('is_post_processed'), [True, True])

    @mute_logger('odoo.addons.payment_sberbank.models.payment_provider_mail')
    def test_an_e_mail_that_can_not_be_written_keeps_no_other_back(self):
        template = self.env.ref('payment_sberbank.mail_template_payment_booked')
        txs = self.create_paid_invoices(3)
        bad = txs[1]
        render = self.env.registry['mail.template'].send_mail_batch

        def wrapped(model, res_ids, **options):
            if model == template and bad.id in res_ids:
                raise ValueError
            return render(model, res_ids, **options)

        with patch.object(self.env.registry['mail.template'], 'send_mail_batch', wrapped):
            self.run_job(JOB)

        self.assertEqual(txs.mapped('is_post_processed'), [True] * 3)
        self.assertEqual(txs.mapped('sberbank_is_mailed'), [True, False, True])


class TestRelief(TurnsCase):
    """What is done while each worker of the scheduler is at another job."""

    def setUp(self):
        super().setUp()
        self.job = self.env.ref('payment_sberbank.ir_cron_book_payments')
        self.env['ir.cron.trigger'].search([]).unlink()
        self.env['ir.cron.progress'].search([]).unlink()
        self.txs = self.create_paid(100) + self.create_paid(200)
        self.env['ir.cron.trigger'].search([]).unlink()

    def relieve(self):
        with self.as_worker() as env:
            env['payment.transaction']._sberbank_relieve_scheduler()

    def are_booked(self):
        return self.txs.mapped('is_post_processed')

    def test_a_scheduler_that_may_come_is_waited_for(self):
        self.job._trigger()
        self.begin_job(OTHERS, 1)
        self.begin_job(f'payment_sberbank.{JOB}', 60, has_ended=True)

        self.relieve()

        self.assertEqual(self.are_booked(), [False, False])

    def test_a_job_that_was_called_in_vain(self):
        self.job._trigger(fields.Datetime.now() - timedelta(seconds=5))

        self.relieve()

        self.assertEqual(self.are_booked(), [True, True])

    def test_a_scheduler_that_is_busy(self):
        self.begin_job(OTHERS, 5)

        with patch.dict(config.options, {'max_cron_threads': 1}):
            self.relieve()

        self.assertEqual(self.are_booked(), [True, True])

    def test_another_worker_of_the_scheduler_that_is_free(self):
        self.begin_job(OTHERS, 5)

        with patch.dict(config.options, {'max_cron_threads': 2}):
            self.relieve()

        self.assertEqual(self.are_booked(), [False, False])

    def test_a_run_that_ended_is_none_that_lasts(self):
        self.begin_job(OTHERS, 50)
        self.begin_job(OTHERS, 5, has_ended=True)

        with patch.dict(config.options, {'max_cron_threads': 1}):
            self.relieve()

        self.assertEqual(self.are_booked(), [False, False])

    def test_a_job_that_somebody_is_at(self):
        self.job._trigger(fields.Datetime.now() - timedelta(seconds=5))
        jobs = self.env.registry['ir.cron']

        with patch.object(jobs, 'try_lock_for_update', lambda job, **_options: job.browse()):
            self.relieve()

        self.assertEqual(self.are_booked(), [False, False])

    def test_the_scheduler_is_woken_once_our_job_has_ended(self):
        """Whoever was confirmed while it ended found it held, and called nobody."""
        jobs = self.env.registry['ir.cron']
        self.run_job(JOB)
        self.env['ir.cron.trigger'].search([]).unlink()

        with patch.object(jobs, '_notifydb') as wake, self.as_worker() as env:
            job = jobs._acquire_one_job(env.cr, self.job.id, include_not_ready=True)
            jobs._process_job(env.cr, job)
            before = wake.call_count
            env.cr.postcommit.run()

        self.assertEqual((before, wake.call_count), (0, 1))
