"""Notifications are hints: when the bank is asked about them, by whom, and at what cost."""

from contextlib import suppress
from functools import partial
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor

from odoo.addons.payment_sberbank import const, gateway
from odoo.addons.payment_sberbank.models import payment_provider_patience as patience

from .test_callback import CallbackCase

LOGGER = 'odoo.addons.payment_sberbank'


class NotificationCase(CallbackCase):
    """Without a key, so that a test can say anything; it is all the same to what is tested here."""

    def setUp(self):
        super().setUp()
        self.provider.sberbank_callback_key = False

    def tell(self, tx=None, operation='deposited', status='1'):
        """Say something of an order.

        :return: The HTTP status, and how many questions the bank was asked about it.
        :rtype: tuple[int, int]
        """
        before = len(self.calls('getOrderStatusExtended'))
        answer = self.get(**self.get_names(tx), operation=operation, status=status)
        return answer, len(self.calls('getOrderStatusExtended')) - before

    def outcomes(self, tx=None):
        notified = (tx or self.tx).sberbank_exchange_ids.filtered(
            lambda exchange: exchange.direction == 'notified'
        )
        return notified.mapped('outcome')


class TestOldNews(NotificationCase):
    def test_what_is_known_is_not_asked_again(self):
        self.assertEqual(self.tell(), (200, 1))

        self.assertEqual(self.tell(), (200, 0))
        self.assertEqual(self.outcomes(), ['applied'])

    def test_the_first_notification_of_what_is_known_is_written_down(self):
        with self.as_worker() as env:
            self.tx.with_env(env)._sberbank_refresh()
        next_ask_at = self.tx.sberbank_next_ask_at

        self.assertEqual(self.tell(), (200, 0))
        self.assertTrue(self.tx.sberbank_notified_at)
        self.assertEqual(self.tx.sberbank_next_ask_at, next_ask_at)
        self.assertEqual(self.outcomes(), ['applied'])

    def test_what_could_be_news_is_asked(self):
        self.tell()
        for state, operation, status in (
            ('done', 'refunded', '1'),
            ('done', 'reversed', '1'),
            ('done', 'deposited', '0'),
            ('done', '', '1'),
            ('done', 'declinedByTimeout', '1'),
            ('authorized', 'deposited', '1'),
            ('cancel', 'deposited', '1'),
            ('cancel', 'approved', '1'),
            ('error', 'deposited', '1'),
        ):
            with self.subTest(state=state, operation=operation, status=status):
                self.tx.state = state
                said = {'operation': operation} if operation else {}
                before = len(self.calls())

                self.assertEqual(self.get(**self.get_names(), **said, status=status), 200)
                self.assertEqual(len(self.calls()), before + 1)

    def test_a_refund_in_the_banks_cabinet_is_heard_of_after_repeats(self):
        self.tell()
        self.tell()
        self.bank.refund(self.tx.provider_reference, 400)

        self.assertEqual(self.tell(operation='refunded'), (200, 1))
        self.assertEqual(self.tx.child_transaction_ids.mapped('amount'), [-4])


class TestFollowed(NotificationCase):
    def test_nothing_is_written_but_what_was_asked_if_the_answer_can_not_be_applied(self):
        model = self.env.registry['payment.transaction']
        error = RuntimeError("Something that nobody thought of.")
        with (
            patch.object(model, '_set_done', side_effect=error),
            self.assertLogs('odoo.http', 'ERROR'),
        ):
            self.assertEqual(self.tell(), (500, 1))

        self.assertEqual(self.tx.state, 'draft')
        self.assertFalse(self.tx.sberbank_notified_at)
        self.assertEqual(
            self.tx.sberbank_exchange_ids.mapped('method'), ['getOrderStatusExtended', 'register']
        )
        self.assertEqual(self.tell(), (200, 1))
        self.assertEqual(self.tx.state, 'done')


class TestPatience(NotificationCase):
    """A bank that keeps people waiting is left alone, and found again."""

    def setUp(self):
        super().setUp()
        self.patch(patience, 'LONG', 0)

    def visit(self, tx):
        """Visit the pay route; return the response, and how many calls the bank got."""
        before = len(self.calls())
        with self.as_worker() as env:
            path = tx.with_env(env)._sberbank_get_pay_url()
        response = self.url_open(path, allow_redirects=False)
        self.env.invalidate_all()
        return response, len(self.calls()) - before

    def make_bank_silent(self):
        """Let as many payers wait in vain as it takes."""
        self.faults({'fault': 'http503'})
        for _visit in range(patience.MAX_SILENCES):
            response, calls = self.visit(self.create_new_tx(10))
            self.assertIn('Nothing was charged.', response.text)
            self.assertTrue(calls)

    def end_pause(self):
        self.env['sberbank.tally'].search([('key', '=like', 'silence/%')]).ends_at = '2020-01-01'
        self.env.flush_all()

    def test_payers_get_the_calm_page_at_once(self):
        self.make_bank_silent()

        response, calls = self.visit(self.create_new_tx(10))

        self.assertIn('Nothing was charged.', response.text)
        self.assertIn('Try again', response.text)
        self.assertEqual(calls, 0)

    def test_a_page_that_is_known_opens_nevertheless(self):
        self.make_bank_silent()

        response, _calls = self.visit(self.create_tx(10, **self.get_page()))

        self.assertEqual(response.status_code, 303)

    def get_page(self):
        return {'sberbank_form_url': f'{self.bank_process.url.split("/payment")[0]}/payment/x.html'}

    def test_what_is_told_meanwhile_is_postponed_and_repeated(self):
        self.make_bank_silent()
        self.tx.sberbank_next_ask_at = False

        self.assertEqual(self.tell(), (503, 0))
        self.assertLessEqual(self.tx.sberbank_next_ask_at, fields.Datetime.now())
        self.faults()
        self.run_job('ir_cron_ask_bank')
        self.assertEqual(self.tx.state, 'done')

    def test_one_asks_after_the_pause_and_finds_it_silent(self):
        self.make_bank_silent()
        self.end_pause()

        self.assertTrue(self.visit(self.create_new_tx(10))[1])
        self.assertFalse(self.visit(self.create_new_tx(10))[1])

    def test_one_asks_after_the_pause_and_finds_it_again(self):
        self.make_bank_silent()
        self.faults()
        self.end_pause()

        for _visit in range(2):
            response, calls = self.visit(self.create_new_tx(10))
            self.assertEqual((response.status_code, calls), (303, 1))
        self.assertFalse(self.env['sberbank.tally'].search([('key', '=like', 'silence/%')]))

    def test_while_one_asks_after_the_pause_the_others_do_not(self):
        self.make_bank_silent()
        self.end_pause()

        with (
            self.as_worker() as env,
            self.provider.with_env(env)._sberbank_spare(is_live=False),
            self.assertRaises(gateway.Unavailable),
            self.provider.with_env(env)._sberbank_spare(is_live=False),
        ):
            self.fail("It was asked.")

    def test_a_bank_that_takes_no_more_calls_counts_as_silent_at_once(self):
        self.faults({'fault': 'http429'})
        for _visit in range(patience.MAX_SILENCES):
            self.assertTrue(self.visit(self.create_new_tx(10))[1])

        self.assertFalse(self.visit(self.create_new_tx(10))[1])

    def test_a_bank_that_says_for_how_long_is_left_alone_at_once(self):
        wish = gateway.TooManyRequests('Not now.', retry_after=60)
        with (
            self.as_worker() as env,
            suppress(gateway.TooManyRequests),
            self.provider.with_env(env)._sberbank_spare(is_live=False),
        ):
            raise wish

        self.assertFalse(self.visit(self.create_new_tx(10))[1])

    def respite(self, **wish):
        """Return for how many seconds a bank that takes no more calls is left alone."""
        with (
            self.as_worker() as env,
            suppress(gateway.TooManyRequests),
            self.provider.with_env(env)._sberbank_spare(is_live=False),
        ):
            raise gateway.TooManyRequests('Not now.', **wish)
        self.env.invalidate_all()
        tally = self.env['sberbank.tally'].search([('key', '=like', 'silence/%')])
        seconds = (tally.ends_at - fields.Datetime.now()).total_seconds()
        tally.unlink()
        return seconds

    def test_it_is_left_alone_for_as_long_as_it_says_within_reason(self):
        for wish, seconds in (
            ({'retry_after': 2}, 2),
            ({'retry_after': 60}, 60),
            ({'retry_after': 86_400}, patience.LONGEST_RESPITE),
            ({}, patience.RESPITE),
        ):
            with self.subTest(wish=wish):
                self.assertAlmostEqual(self.respite(**wish), seconds, delta=2)

    def test_a_job_that_is_answered_lets_payers_in_again(self):
        tx = self.create_registered_tx(10)
        self.make_bank_silent()
        self.faults()
        tx.sberbank_next_ask_at = '2020-01-01'

        self.run_job('ir_cron_ask_bank')

        self.assertEqual(self.visit(self.create_new_tx(10))[0].status_code, 303)

    def test_an_answer_between_makes_the_count_begin_anew(self):
        for _round in range(patience.MAX_SILENCES):
            self.faults({'fault': 'http503'})
            for _visit in range(patience.MAX_SILENCES - 1):
                self.assertTrue(self.visit(self.create_new_tx(10))[1])
            self.faults()
            self.assertEqual(self.visit(self.create_new_tx(10))[0].status_code, 303)

    def test_failures_that_come_at_once_hold_nobody_up(self):
        self.patch(patience, 'LONG', 60)
        self.make_bank_silent()

        self.assertTrue(self.visit(self.create_new_tx(10))[1])

    def test_another_gateway_is_asked(self):
        self.make_bank_silent()

        with self.as_worker() as env, self.provider.with_env(env)._sberbank_spare(is_live=True):
            pass


class TestCost(NotificationCase):
    """How many statements a request takes beside those of the core for any."""

    def count(self, send):
        return self.count_statements(send) - self.core

    def setUp(self):
        super().setUp()
        other = self.create_registered_tx(10)
        self.bank.pay(other.provider_reference)
        self.tell(other)  # Caches are warm in production.
        self.core = 0
        self.core = self.count(lambda: self.url_open(const.CALLBACK_ROUTE))
        self.names = self.get_names()

    def send(self, **more):
        self.url_open(
            const.CALLBACK_ROUTE,
            params={**self.names, 'operation': 'deposited', 'status': '1', **more},
        )

    def test_a_notification_that_is_followed_at_once(self):
        self.assertLessEqual(self.count(self.send), 27)

    def test_a_repeat(self):
        self.send()

        self.assertLessEqual(self.count(self.send), 2)

    def test_an_order_that_is_not_ours(self):
        self.assertLessEqual(self.count(lambda: self.send(orderNumber='somebody-elses')), 1)

    def test_a_forged_one(self):
        self.provider.sberbank_callback_key = 'key'
        self.env.flush_all()

        self.assertLessEqual(self.count(lambda: self.send(checksum='0' * 64)), 3)

    def visits(self, *txs):
        """Return what sends a payer to the bank with each transaction."""
        with self.as_worker() as env:
            paths = [tx.with_env(env)._sberbank_get_pay_url() for tx in txs]
        return [partial(self.url_open, path, allow_redirects=False) for path in paths]

    def test_a_payer_on_the_way_to_the_bank(self):
        first, second = self.visits(self.create_new_tx(10), self.create_new_tx(10))
        first()  # Caches are warm in production.

        self.assertLessEqual(self.count(second), 18)

    def test_what_is_read_for_a_payer_on_the_way_is_what_it_takes(self):
        invoices = self.create_invoice(10), self.create_invoice(10)
        txs = [self.create_new_tx(invoices=invoice) for invoice in invoices]
        first, second = self.visits(*txs)
        first()

        with patch.object(Cursor, 'execute', autospec=True, side_effect=Cursor.execute) as execute:
            second()

        texts = [getattr(call.args[1], 'code', call.args[1]) for call in execute.call_args_list]
        for table in ('payment_transaction', 'payment_provider', 'account_move', 'res_partner'):
            with self.subTest(table=table):
                columns = [text.count(f'"{table}"."') for text in texts]
                self.assertLessEqual(max(columns), 25)

    def test_a_payer_who_comes_again(self):
        [visit] = self.visits(self.create_new_tx(10))
        visit()

        self.assertLessEqual(self.count(visit), 5)
