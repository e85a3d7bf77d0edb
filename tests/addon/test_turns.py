"""Whose turn it is: the money first, and nobody who can't be finished stands in another's way."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import SberbankHttpCommon

TURNS = 'odoo.addons.payment_sberbank.models.payment_transaction_turns'
BOOKING = 'odoo.addons.payment_sberbank.models.payment_transaction_booking'
JOB = 'ir_cron_book_payments'


class TurnsCase(SberbankHttpCommon):
    def create_paid(self, amount=100, **values):
        """Create a transaction that the bank says is paid, and that nobody has booked yet."""
        tx = self.create_tx(amount, **values)
        self.bank_says(tx)
        return tx

    def neighbour(self, *, fails_for, error=None):
        """Let another app wrap the post-processing, and fail for some transactions.

        It writes e-mails before ours is called, as `sale` does.
        """
        model = self.env.registry['payment.transaction']
        post_process = model._post_process

        def wrapped(txs):
            for tx in txs:
                tx.env['mail.mail'].create({'subject': 'Thanks', 'email_to': 'anna@neighbour.test'})
                if tx.id in fails_for.ids:
                    raise error or UserError("The neighbour's printer is out of paper.")
            post_process(txs)

        return patch.object(model, '_post_process', wrapped)

    def let_time_pass(self, txs):
        """Let the pauses of payments that could not be finished be over."""
        for tx in txs.filtered('sberbank_turn_at'):
            tx.sberbank_turn_at = fields.Datetime.now() - timedelta(seconds=1)

    def open_reasons(self, tx):
        return tx.sberbank_attention_ids.filtered(lambda one: not one.is_solved).mapped('reason')


class TestTurns(TurnsCase):
    def test_money_is_booked_whatever_a_neighbour_does(self):
        tx = self.create_paid(100)

        with self.neighbour(fails_for=tx):
            self.run_job(JOB)

        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(tx.payment_id.move_id.state, 'posted')
        self.assertFalse(tx.is_post_processed)
        self.assertEqual(self.open_reasons(tx), ['not_settled'])
        self.assertIn('out of paper', tx.sberbank_attention_ids.details)
        self.assertEqual(len(self.mails_to('cashier@shop.example')), 1)  # That it needs a person.
        self.assertFalse(self.mails_to('anna@neighbour.test'))  # Its attempt is undone as a whole.

    def test_what_fails_for_a_settled_invoice_is_listed_until_it_is_done(self):
        invoice = self.create_invoice(100)
        tx = self.create_paid(invoices=invoice, amount=100)

        with self.neighbour(fails_for=tx):
            self.run_job(JOB)
        residual, reasons = invoice.amount_residual, self.open_reasons(tx)
        self.let_time_pass(tx)
        self.run_job(JOB)

        self.assertEqual((residual, reasons), (0, ['not_settled']))
        self.assertTrue(tx.is_post_processed)
        self.assertFalse(self.open_reasons(tx))

    def test_the_job_writes_the_e_mail_together_with_what_it_tells(self):
        alone = self.create_paid(100)
        alone._sberbank_give_turn()
        txs = alone + self.create_paid(200) + self.create_paid(300)
        model = self.env.registry['payment.transaction']
        self.env['ir.cron.trigger'].search([]).unlink()

        with patch.object(model, '_sberbank_mail_remaining'):
            self.run_job(JOB)

        self.assertEqual(txs.mapped('is_post_processed'), [True] * 3)
        self.assertEqual(txs.mapped('sberbank_is_mailed'), [True] * 3)
        self.assertEqual(txs.sberbank_mail_id.mapped('email_to'), ['cashier@shop.example'] * 3)
        self.assertNotIn(
            self.env.ref(f'payment_sberbank.{JOB}'),
            self.env['ir.cron.trigger'].search([]).cron_id,  # It does not call itself.
        )

    def test_it_is_finished_by_itself_once_it_can_be_and_mailed_once(self):
        debt = self.create_invoice(100)
        tx = self.create_paid(100)
        with self.neighbour(fails_for=tx):
            for _run in range(5):
                self.run_job(JOB)
                self.let_time_pass(tx)
        payment = tx.payment_id
        self.assertEqual(debt.amount_residual, 100)

        with self.neighbour(fails_for=tx.browse()):
            self.run_job(JOB)
            self.run_job(JOB)

        self.assertEqual(tx.payment_id, payment)
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(debt.amount_residual, 0)
        self.assertFalse(self.open_reasons(tx))
        self.assertFalse(tx.sberbank_turn_at)
        self.assertEqual(len(self.mails_to('anna@neighbour.test')), 1)

    def test_who_can_not_be_finished_goes_behind_for_growing_pauses(self):
        tx = self.create_paid(100)
        pauses = []

        with self.neighbour(fails_for=tx):
            for _run in range(5):
                self.run_job(JOB)
                pauses.append(round((tx.sberbank_turn_at - fields.Datetime.now()).seconds / 60))
                self.let_time_pass(tx)

        self.assertEqual(pauses, [1, 5, 15, 60, 60])

    def test_a_new_payment_is_booked_before_those_that_are_stuck(self):
        stuck = self.env['payment.transaction'].union(*[self.create_paid(10) for _i in range(5)])
        with self.neighbour(fails_for=stuck):
            self.run_job(JOB)
            self.let_time_pass(stuck)
        fresh = self.create_paid(77)
        order = []
        model = self.env.registry['payment.transaction']
        use_turn = model._sberbank_use_turn

        def spy(tx):
            order.append(tx.id)
            use_turn(tx)

        with self.neighbour(fails_for=stuck), patch.object(model, '_sberbank_use_turn', spy):
            self.run_job(JOB)

        self.assertEqual(order, [fresh.id, *stuck.ids])
        self.assertTrue(fresh.is_post_processed)

    def test_while_it_pauses_it_is_left_alone(self):
        tx = self.create_paid(100)
        with self.neighbour(fails_for=tx):
            self.run_job(JOB)
        turns = tx.sberbank_turns

        with self.neighbour(fails_for=tx):
            self.run_job(JOB)

        self.assertEqual(tx.sberbank_turns, turns)

    def test_a_payment_that_ends_its_worker_is_listed_and_goes_behind(self):
        tx = self.create_paid(100)
        for _death in range(3):
            with self.as_worker() as env:
                taken = env['payment.transaction']._sberbank_take_turn()
                self.assertEqual(taken.ids, tx.ids)  # And then its worker is no more.
            self.let_time_pass(tx)
        model = self.env.registry['payment.transaction']

        with (
            patch.object(model, '_sberbank_finish_again', side_effect=SystemExit),
            suppress(SystemExit),
        ):
            self.run_job(JOB)

        self.assertTrue(tx.payment_id)
        self.assertEqual(self.open_reasons(tx), ['not_settled'])
        self.assertIn('begun 3 times', tx.sberbank_attention_ids.details)

    @mute_logger(BOOKING)
    def test_what_waits_for_the_settings_is_listed_once_and_booked_when_they_are_mended(self):
        line = self.provider._sberbank_get_payment_method_line()
        account = line.payment_account_id
        line.payment_account_id = False
        tx = self.create_paid(100)

        self.run_job(JOB)
        listed = self.open_reasons(tx)
        self.run_job(JOB)
        line.payment_account_id = account
        self.run_job(JOB)

        self.assertEqual(listed, ['not_bookable'])
        self.assertEqual(len(self.mails_to('cashier@shop.example')), 2)  # Listed, and booked.
        self.assertFalse(self.open_reasons(tx))
        self.assertTrue(tx.is_post_processed)

    @mute_logger('odoo.addons.payment.models.payment_transaction', BOOKING)
    def test_the_cores_own_job_commits_no_half(self):
        self.provider._sberbank_get_payment_method_line().payment_account_id = False
        tx = self.create_paid(100)

        with self.neighbour(fails_for=tx.browse()):
            for _run in range(5):
                with self.as_worker() as env:
                    tx.with_env(env)._cron_post_process()

        self.assertFalse(tx.is_post_processed)
        self.assertFalse(self.mails_to('anna@neighbour.test'))

    def test_reconciling_that_failed_is_tried_again_by_itself(self):
        debt = self.create_invoice(100)
        tx = self.create_paid(100)
        lines = self.env.registry['account.move.line']
        with patch.object(lines, 'reconcile', side_effect=UserError("Not these two.")):
            self.run_job(JOB)
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(tx.sberbank_attention_ids.details, "Not these two.")
        self.let_time_pass(tx)

        self.run_job(JOB)

        self.assertEqual(debt.amount_residual, 0)
        self.assertFalse(self.open_reasons(tx))

    def test_a_payment_that_met_another_worker_has_its_next_turn_at_once(self):
        first, second = self.create_paid(100), self.create_paid(200)
        model = self.env.registry['payment.transaction']
        finish, met = model._sberbank_finish_again, []

        def meet_once(tx):
            if tx.id == first.id and len(met) < 2:
                met.append(tx.sberbank_turns)
                raise errors.SerializationFailure
            finish(tx)

        with patch.object(model, '_sberbank_finish_again', meet_once):
            self.run_job(JOB)

        self.assertEqual(met, [0, 1])  # Among the others, and alone.
        self.assertEqual((first + second).mapped('is_post_processed'), [True, True])
        self.assertFalse(self.open_reasons(first))
        self.assertFalse(first.sberbank_turn_at)


class TestStatusPage(TurnsCase):
    def poll(self, tx):
        """Ask what the payer's page asks every few seconds."""
        self.url_open(tx._sberbank_get_pay_url(), allow_redirects=False)
        return self.make_jsonrpc_request('/payment/status/poll', {})

    def test_the_payer_sees_the_payment_whatever_a_neighbour_does(self):
        tx = self.create_paid(100)

        with (
            self.neighbour(fails_for=tx),
            patch.object(self.env.registry['payment.transaction'], '_sberbank_refresh'),
        ):
            answers = [self.poll(tx) for _poll in range(3)]

        self.assertEqual({answer['state'] for answer in answers}, {'done'})
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(tx.sberbank_turns, 1)
        self.assertFalse(self.mails_to('anna@neighbour.test'))

    @mute_logger('odoo.addons.payment_sberbank.controllers.status')
    def test_a_neighbour_that_fails_before_the_payment_is_none_of_the_payers_business(self):
        tx = self.create_tx(100)
        self.bank_says(tx, status=1)

        with (
            self.neighbour(fails_for=tx),
            patch.object(self.env.registry['payment.transaction'], '_sberbank_refresh'),
        ):
            answer = self.poll(tx)

        self.assertEqual(answer['state'], 'authorized')
        self.assertFalse(tx.is_post_processed)

    def test_the_page_waits_for_a_worker_that_is_at_it(self):
        tx = self.create_paid(100)
        with self.as_worker() as env:
            env['payment.transaction']._sberbank_take_turn()

        with patch.object(self.env.registry['payment.transaction'], '_sberbank_refresh'):
            meanwhile = self.poll(tx)
            self.let_time_pass(tx)
            self.run_job(JOB)
            afterwards = self.poll(tx)

        self.assertEqual((meanwhile['state'], afterwards['state']), ('pending', 'done'))

    def test_the_page_waits_for_the_cores_own_job_which_takes_no_turn(self):
        tx = self.create_paid(100)
        model = self.env.registry['payment.transaction']

        with patch.object(model, '_sberbank_refresh'):
            # Its row is locked, so that nobody else gets a turn.
            with patch.object(model, '_sberbank_take_turn', lambda txs, _tx: txs.browse()):
                meanwhile = self.poll(tx)
            self.run_job(JOB)
            afterwards = self.poll(tx)

        self.assertEqual((meanwhile['state'], afterwards['state']), ('pending', 'done'))
