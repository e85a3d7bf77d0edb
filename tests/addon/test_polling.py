"""What is found out when nobody tells us."""

import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tools import SQL, mute_logger

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.models import payment_transaction_polling as polling

from .bankside import BankCase
from .common import SberbankCommon

ASK_BANK = 'ir_cron_ask_bank'
LOGGER = 'odoo.addons.payment_sberbank.models.payment_transaction_polling'

#: Ages of an order in minutes, and in how many minutes it is asked about then, by state.
INTERVALS = {
    'draft': ((0, 1), (6, 5), (31, 20), (200, 180), (3 * 1440, 1440), (31 * 1440, None)),
    'pending': ((0, 1), (6, 5), (31, 20), (200, 180), (3 * 1440, 1440), (31 * 1440, None)),
    'authorized': ((0, 180), (2 * 1440, 1440), (41 * 1440, None)),
    'done': ((0, 1440), (4 * 1440, 1440), (6 * 1440, None)),
    'cancel': ((0, 10), (90, 180), (2 * 1440, 1440), (4 * 1440, None)),
    'error': ((0, 10), (90, 180), (2 * 1440, 1440), (4 * 1440, None)),
}


class TestSchedule(SberbankCommon):
    def test_the_bank_is_asked_less_and_less_often(self):
        for state, intervals in INTERVALS.items():
            for age, interval in intervals:
                with self.subTest(state=state, age=age):
                    now = fields.Datetime.now()
                    tx = self.create_tx(
                        10, state=state, sberbank_registered_at=now - timedelta(minutes=age)
                    )

                    next_ask_at = tx._sberbank_get_next_ask_at()

                    if interval is None:
                        self.assertFalse(next_ask_at)
                    else:
                        self.assertAlmostEqual(
                            next_ask_at,
                            now + timedelta(minutes=interval),
                            delta=timedelta(seconds=5),
                        )

    def test_every_word_of_the_bank_puts_the_next_question_off(self):
        tx = self.create_tx(10)

        self.bank_says(tx)

        self.assertGreater(tx.sberbank_next_ask_at, fields.Datetime.now() + timedelta(hours=23))


class TestPolling(BankCase):
    def create_due_tx(self, amount=10, **values):
        """Create a transaction with an order that the job is to ask about."""
        tx = self.create_registered_tx(amount, **values)
        self.make_due(tx)
        return tx

    def make_due(self, txs):
        txs.sberbank_next_ask_at = fields.Datetime.now() - timedelta(seconds=1)

    def count_questions(self):
        return len(self.calls('getOrderStatusExtended'))

    def test_an_order_is_asked_about_soon_after_it_was_registered(self):
        tx = self.create_registered_tx(10)

        self.assertLessEqual(
            tx.sberbank_next_ask_at, fields.Datetime.now() + timedelta(minutes=1, seconds=5)
        )

    def test_a_payment_is_booked_that_nobody_told_us_of(self):
        invoice = self.create_invoice(10)
        tx = self.create_due_tx(invoices=invoice)
        self.bank.pay(tx.provider_reference)

        self.run_job(ASK_BANK)
        self.run_job('ir_cron_book_payments')

        self.assertEqual(tx.state, 'done')
        self.assertEqual(invoice.amount_residual, 0)

    def test_the_job_that_books_is_called_once_for_what_is_confirmed_together(self):
        txs = self.create_due_tx() + self.create_due_tx() + self.create_due_tx()
        for tx in txs:
            self.bank.pay(tx.provider_reference)
        orders = {tx.id: tx._sberbank_ask() for tx in txs}
        calls = self.env['ir.cron.trigger'].search([])

        with self.as_worker() as env:
            applied = txs.with_env(env)._sberbank_apply_together(orders)

        self.assertEqual(applied.ids, txs.ids)
        self.assertEqual(
            (self.env['ir.cron.trigger'].search([]) - calls).cron_id.mapped('id'),
            [self.env.ref('payment_sberbank.ir_cron_book_payments').id],
        )
        self.assertEqual(len(self.env['ir.cron.trigger'].search([]) - calls), 1)

    def test_more_that_is_confirmed_together_takes_hardly_more_statements(self):
        def apply(count):
            txs = self.env['payment.transaction']
            for _number in range(count):
                txs += self.create_due_tx()
                self.bank.pay(txs[-1].provider_reference)
            # As in the world, none of them is confirmed in the second in which it was made:
            # a time that stays as it was is not written, and rows that differ in what is
            # written take a statement each.
            txs.last_state_change = fields.Datetime.now() - timedelta(minutes=1)
            orders = {tx.id: tx._sberbank_ask() for tx in txs}
            self.env.flush_all()
            self.env.invalidate_all()
            with (
                self.as_worker() as env,
                patch.object(Cursor, 'execute', autospec=True, side_effect=Cursor.execute) as query,
            ):
                txs.with_env(env)._sberbank_apply_together(orders)
            self.env.invalidate_all()
            self.assertEqual(set(txs.mapped('state')), {'done'})
            return query.call_count

        apply(2)  # Caches are filled.
        few, many = apply(4), apply(9)
        self.assertEqual(many, few)

    def test_the_operations_of_what_is_applied_together_are_kept_but_of_no_strange_order(self):
        txs = self.create_due_tx() + self.create_due_tx(20) + self.create_due_tx(30)
        for tx in txs:
            self.bank.pay(tx.provider_reference)
        orders = {tx.id: tx._sberbank_ask() for tx in txs}
        txs[1].amount = 21

        with self.as_worker() as env:
            applied = txs.with_env(env)._sberbank_apply_together(orders)

        self.assertEqual(applied.ids, txs.ids)
        self.assertEqual(txs.mapped('state'), ['done', 'error', 'done'])
        operations = self.env['sberbank.operation'].search([('transaction_id', 'in', txs.ids)])
        self.assertEqual(operations.transaction_id, txs[0] + txs[2])
        self.assertEqual(operations.mapped('amount'), [10, 30])

    def test_what_is_not_due_is_not_asked_about(self):
        self.create_registered_tx(10)
        self.create_new_tx(10)

        self.run_job(ASK_BANK)

        self.assertEqual(self.count_questions(), 0)

    def test_an_order_that_died_unpaid_is_cancelled_with_its_reason(self):
        tx = self.create_due_tx()
        self.bank.expire(tx.provider_reference)

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'cancel')
        self.assertIn('has run out', tx.state_message)

    def test_money_that_came_after_the_order_was_given_up_is_booked(self):
        tx = self.create_due_tx()
        self.bank.expire(tx.provider_reference)
        self.run_job(ASK_BANK)
        self.bank.pay(tx.provider_reference, late=True)
        self.make_due(tx)

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'done')

    def test_a_refund_in_the_banks_cabinet_is_noticed(self):
        tx = self.create_due_tx()
        self.bank.pay(tx.provider_reference)
        self.run_job(ASK_BANK)
        self.bank.refund(tx.provider_reference, 300)
        self.make_due(tx)

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'done')
        self.assertEqual(tx.child_transaction_ids.mapped('amount'), [-3])
        self.assertFalse(tx.sberbank_attention_ids)

    def test_a_number_that_never_reached_the_bank_is_given_up(self):
        tx = self.create_new_tx(10, sberbank_order_number='never-registered')
        self.make_due(tx)
        self.run_job(ASK_BANK)
        self.assertTrue(tx.sberbank_next_ask_at)

        self.age(tx, timedelta(hours=2))
        self.make_due(tx)
        self.run_job(ASK_BANK)

        self.assertFalse(tx.sberbank_next_ask_at)
        self.assertEqual(tx.state, 'cancel')
        self.assertEqual(tx.state_message, "The payment was not begun. Nothing was charged.")

    def test_a_transaction_without_any_number_is_given_up(self):
        tx = self.create_new_tx(10)
        self.age(tx, timedelta(hours=2))
        self.make_due(tx)

        self.run_job(ASK_BANK)

        self.assertFalse(tx.sberbank_next_ask_at)
        self.assertEqual(self.count_questions(), 0)

    @mute_logger(LOGGER)
    def test_one_that_fails_neither_stops_nor_undoes_the_others(self):
        txs = [self.create_due_tx() for _i in range(3)]
        for tx in txs:
            self.bank.pay(tx.provider_reference)
        unlucky = txs[1]
        follow = type(unlucky)._sberbank_follow

        def fail(tx, order):
            follow(tx, order)
            if tx == unlucky:
                raise ValueError("This one can't be applied.")

        self.patch(type(unlucky), '_sberbank_follow', fail)

        self.run_job(ASK_BANK)

        self.assertEqual([tx.state for tx in txs], ['done', 'draft', 'done'])
        self.assertGreater(unlucky.sberbank_next_ask_at, fields.Datetime.now())

    def test_one_without_an_answer_neither_stops_nor_undoes_the_others(self):
        txs = [self.create_due_tx() for _i in range(3)]
        for tx in txs:
            self.bank.pay(tx.provider_reference)
        for fault in ('http503', 'html200', 'drop_connection', 'permission_denied', 'http404'):
            with self.subTest(fault=fault):
                for tx in txs:
                    tx.state = 'draft'
                    self.make_due(tx)
                self.faults({'fault': fault, 'order': txs[1].sberbank_order_number})

                self.run_job(ASK_BANK)

                self.assertEqual([tx.state for tx in txs], ['done', 'draft', 'done'])
                self.assertGreater(txs[1].sberbank_next_ask_at, fields.Datetime.now())

    def test_a_bank_that_asks_for_patience_is_left_alone(self):
        self.patch(polling, 'QUESTIONS_AT_A_TIME', 2)
        txs = [self.create_due_tx() for _i in range(12)]
        self.faults({'fault': 'http429'})

        self.run_job(ASK_BANK)

        self.assertLessEqual(self.count_questions(), 2)
        for tx in txs:
            self.assertGreater(tx.sberbank_next_ask_at, fields.Datetime.now())

    def test_a_bank_that_is_down_is_left_alone(self):
        self.patch(polling, 'QUESTIONS_AT_A_TIME', 2)
        for _i in range(12):
            self.create_due_tx()
        self.faults({'fault': 'http503'})

        self.run_job(ASK_BANK)

        self.assertLessEqual(self.count_questions(), 4)

    def test_another_banks_trouble_does_not_stop_it(self):
        self.patch(polling, 'QUESTIONS_AT_A_TIME', 1)
        other = self.provider.copy()
        self.enable(other, journal_id=self.cash_journal.id)  # Nobody listens at its address.
        unreachable = [
            self.create_tx(10, provider=other, sberbank_next_ask_at=fields.Datetime.now())
            for _i in range(6)
        ]
        tx = self.create_due_tx()
        self.bank.pay(tx.provider_reference)

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'done')
        self.assertEqual({tx.state for tx in unreachable}, {'draft'})

    def test_a_run_is_bounded(self):
        self.patch(polling, 'BATCH_SIZE', 2)
        for _i in range(3):
            self.create_due_tx()
        calls = self.env['ir.cron.trigger']
        calls.search([]).unlink()
        jobs = self.env.registry['ir.cron']

        with patch.object(jobs, '_commit_progress', return_value=0):  # The time is over.
            self.run_job(ASK_BANK)

        self.assertEqual(self.count_questions(), 2)
        self.assertEqual(
            calls.search([]).cron_id, self.env.ref('payment_sberbank.ir_cron_ask_bank')
        )
        self.run_job(ASK_BANK)
        self.assertEqual(self.count_questions(), 3)

    def test_many_are_asked_about_at_a_time(self):
        for _i in range(16):
            self.create_due_tx()
        self.faults({'fault': 'slow', 'seconds': 0.5, 'method': 'getOrderStatusExtended'})

        started = time.monotonic()
        self.run_job(ASK_BANK)

        self.assertEqual(self.count_questions(), 16)
        self.assertLess(time.monotonic() - started, 16 * 0.5 / 2)

    def test_questions_are_in_flight_while_answers_are_applied(self):
        """There is no moment at which all that were claimed have to be answered first."""
        self.patch(polling, 'QUESTIONS_AT_A_TIME', 2)
        self.patch(polling, 'BATCH_SIZE', 2)
        slow, *others = [self.create_due_tx() for _i in range(9)]
        slow.sberbank_next_ask_at -= timedelta(minutes=1)
        self.faults({'fault': 'slow', 'seconds': 3, 'order': slow.sberbank_order_number})
        applied = []
        model = self.env.registry['payment.transaction']
        take_answers = model._sberbank_take_answers

        def spy(transactions, answers):
            applied.extend(tx.id for tx in answers)
            take_answers(transactions, answers)

        with patch.object(model, '_sberbank_take_answers', spy):
            self.run_job(ASK_BANK)

        self.assertEqual(applied[-1], slow.id)
        self.assertEqual(set(applied), {slow.id, *(tx.id for tx in others)})

    def test_an_answer_that_can_not_be_applied_leaves_the_others_alone(self):
        txs = [self.create_due_tx() for _i in range(4)]
        for tx in txs:
            self.bank.pay(tx.provider_reference)
        model = self.env.registry['payment.transaction']
        set_paid = model._sberbank_set_paid

        def fail(tx):
            if tx.id == txs[1].id:
                raise ValueError
            set_paid(tx)

        with patch.object(model, '_sberbank_set_paid', fail), mute_logger(LOGGER):
            self.run_job(ASK_BANK)

        self.assertEqual([tx.state for tx in txs], ['done', 'draft', 'done', 'done'])
        self.assertGreater(txs[1].sberbank_next_ask_at, fields.Datetime.now())
        self.make_due(txs[1])
        self.run_job(ASK_BANK)
        self.assertEqual(txs[1].state, 'done')

    def test_a_provider_whose_credentials_are_gone_is_no_trouble(self):
        tx = self.create_due_tx()
        self.provider.action_reset_credentials()

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'draft')
        self.assertGreater(tx.sberbank_next_ask_at, fields.Datetime.now())

    def test_a_provider_whose_gateway_is_known_no_more_is_no_trouble_to_the_others(self):
        other = self.provider.copy()
        self.enable(other, journal_id=self.cash_journal.id)
        lost = self.create_tx(10, provider=other, sberbank_next_ask_at=fields.Datetime.now())
        tx = self.create_due_tx()
        self.bank.pay(tx.provider_reference)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                'UPDATE payment_provider SET sberbank_custom_dialect = NULL WHERE id = %s', other.id
            )
        )
        other.invalidate_recordset()

        self.run_job(ASK_BANK)

        self.assertEqual((tx.state, lost.state), ('done', 'draft'))
        self.assertGreater(lost.sberbank_next_ask_at, fields.Datetime.now())

    def test_a_disabled_provider_is_still_asked_about_its_orders(self):
        tx = self.create_due_tx()
        self.bank.pay(tx.provider_reference)
        self.provider.state = 'disabled'

        self.run_job(ASK_BANK)

        self.assertEqual(tx.state, 'done')

    def age(self, tx, age):
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - age, tx.id],
        )
        self.env.invalidate_all()


class TestSilence(BankCase):
    """Orders that can't be read: none of them stays so without a person hearing of it."""

    def ask(self, tx, error):
        """Let the job ask about the order, and the bank give no usable answer."""
        tx.sberbank_next_ask_at = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        with patch.object(gateway.Patience, 'ask', side_effect=error), mute_logger(LOGGER):
            self.run_job(ASK_BANK)

    def open_reasons(self, tx):
        return tx.sberbank_attention_ids.filtered(lambda one: not one.is_solved).mapped('reason')

    def silences(self):
        return (
            gateway.UnexpectedAnswer("The answer is a page."),
            gateway.Unavailable("The bank is down.", may_have_reached=True),
            gateway.TooManyRequests("Too many calls."),
        )

    def test_an_order_that_never_could_be_read_is_listed_once_after_an_hour(self):
        for error in self.silences():
            with self.subTest(error=error):
                tx = self.create_registered_tx(10)
                self.ask(tx, error)
                at_first = self.open_reasons(tx)
                tx.sberbank_silent_since -= timedelta(hours=2)

                self.ask(tx, error)
                self.ask(tx, error)

                self.assertEqual(at_first, [])
                self.assertEqual(self.open_reasons(tx), ['not_answered'])
                self.assertEqual(tx.sberbank_attention_ids.details, str(error))
                self.assertLessEqual(
                    tx.sberbank_next_ask_at, fields.Datetime.now() + timedelta(hours=1)
                )

    def test_old_orders_that_were_never_read_are_listed_at_once(self):
        for age in (timedelta(hours=2), timedelta(days=3), timedelta(days=29)):
            with self.subTest(age=age):
                tx = self.create_registered_tx(10)
                tx.sberbank_registered_at -= age

                self.ask(tx, self.silences()[0])

                self.assertEqual(self.open_reasons(tx), ['not_answered'])
                self.assertTrue(tx.sberbank_next_ask_at)

    def test_an_order_that_is_given_up_is_listed(self):
        tx = self.create_registered_tx(10)
        tx.sberbank_registered_at -= timedelta(days=31)

        self.ask(tx, self.silences()[0])

        self.assertFalse(tx.sberbank_next_ask_at)
        self.assertEqual(set(self.open_reasons(tx)), {'not_answered', 'given_up'})
        [given_up] = tx.sberbank_attention_ids.filtered(lambda one: one.reason == 'given_up')
        self.assertIn('within 31 days', given_up.details)

    def test_an_order_that_the_bank_leaves_open_for_a_month_is_listed(self):
        tx = self.create_registered_tx(10)
        tx.sberbank_registered_at -= timedelta(days=31)

        self.bank_says(tx, gateway.OrderStatus.REGISTERED)

        self.assertEqual(self.open_reasons(tx), ['given_up'])

    def test_a_word_of_the_bank_takes_it_from_the_list(self):
        tx = self.create_registered_tx(10)
        tx.sberbank_registered_at -= timedelta(days=31)
        self.ask(tx, self.silences()[0])

        self.bank_says(tx)

        self.assertEqual(tx.state, 'done')
        self.assertFalse(self.open_reasons(tx))
        self.assertFalse(tx.sberbank_silent_since)

    def test_a_hiccup_about_a_paid_order_is_not_listed(self):
        tx = self.create_registered_tx(10)
        self.bank_says(tx)
        tx.sberbank_registered_at -= timedelta(days=3)

        self.ask(tx, self.silences()[1])

        self.assertFalse(self.open_reasons(tx))
        self.assertTrue(tx.sberbank_silent_since)
