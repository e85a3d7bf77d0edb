"""What is kept of the talk with the bank: readable, without secrets, bounded, for a time."""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest

from odoo import fields

from odoo.addons.payment_sberbank import const, gateway
from odoo.addons.payment_sberbank.models import sberbank_exchange

from .bankside import BankCase
from .common import CALLBACK_KEY, PASSWORD, SberbankCommon


def notification(**parameters):
    """Return a notification as it is read from a request."""
    query = '&'.join(f'{name}={value}' for name, value in parameters.items())
    return gateway.read_notification(
        method='GET', query_string=query.encode(), content_type=None, body=b''
    )


class TestAsking(BankCase):
    def test_each_call_is_kept_with_what_was_said(self):
        tx = self.create_registered_tx(1500.5)
        self.bank.pay(tx.provider_reference)

        tx._sberbank_refresh()
        self.env.invalidate_all()

        asked, registered = tx.sberbank_exchange_ids
        self.assertEqual((registered.method, asked.method), ('register', 'getOrderStatusExtended'))
        self.assertEqual(json.loads(registered.request)['amount'], 150050)
        self.assertEqual(json.loads(asked.answer)['orderStatus'], 2)
        self.assertEqual((asked.direction, asked.outcome), ('asked', 'answered'))
        self.assertEqual(asked.http_status, 200)
        self.assertGreater(asked.duration, 0)
        self.assertLess(fields.Datetime.now() - asked.time, timedelta(minutes=1))

    def test_a_call_that_fails_is_kept_too(self):
        tx = self.create_registered_tx(100)
        self.faults({'fault': 'http500', 'method': 'getOrderStatusExtended'})

        # Not `assertRaises`: Odoo's undoes what was written meanwhile, also by other cursors.
        with pytest.raises(gateway.Unavailable):
            tx._sberbank_refresh()
        self.env.invalidate_all()

        exchange = tx.sberbank_exchange_ids[0]
        self.assertEqual((exchange.outcome, exchange.http_status), ('failed', 500))
        self.assertTrue(exchange.error)

    def test_a_bank_that_does_not_answer_is_kept_too(self):
        tx = self.create_registered_tx(100)
        self.provider.sberbank_custom_url = 'http://127.0.0.1:9/payment/rest/'
        self.env.flush_all()

        with pytest.raises(gateway.Unavailable):
            tx._sberbank_refresh()
        self.env.invalidate_all()

        exchange = tx.sberbank_exchange_ids[0]
        self.assertEqual(exchange.outcome, 'failed')
        self.assertFalse(exchange.http_status)
        self.assertFalse(exchange.answer)

    def test_what_the_job_asks_is_kept_in_one_go(self):
        txs = self.create_registered_tx(100) + self.create_registered_tx(200)
        txs.sberbank_next_ask_at = '2020-01-01'
        saved = []
        save = sberbank_exchange.SberbankExchange._save

        def count(model, values_list):
            saved.append(len(values_list))
            save(model, values_list)

        with patch.object(self.env.registry['sberbank.exchange'], '_save', count):
            self.run_job('ir_cron_ask_bank')

        self.assertEqual(saved, [2])
        for tx in txs:
            self.assertEqual(tx.sberbank_exchange_ids[0].method, 'getOrderStatusExtended')

    def test_no_secret_is_kept(self):
        tx = self.create_registered_tx(100)
        self.bank.pay(tx.provider_reference)
        tx._sberbank_refresh()
        self.env.invalidate_all()

        kept = json.dumps(tx.sberbank_exchange_ids.read(['request', 'answer', 'error']))
        for secret in (self.login, PASSWORD, CALLBACK_KEY, tx.partner_email):
            with self.subTest(secret):
                self.assertNotIn(json.dumps(secret)[1:-1], kept)

    def test_a_call_stands_though_it_could_not_be_written_down(self):
        tx = self.create_registered_tx(100)
        self.bank.pay(tx.provider_reference)
        broken = patch.object(
            self.env.registry['sberbank.exchange'], '_save', side_effect=OSError("disk full")
        )

        with broken, self.assertLogs('odoo.addons.payment_sberbank', 'ERROR'):
            tx._sberbank_refresh()
        self.env.invalidate_all()

        self.assertEqual(tx.state, 'done')


class TestNotifications(BankCase):
    def setUp(self):
        super().setUp()
        self.set_up_merchant(callback={'signing': 'symmetric', 'key': CALLBACK_KEY})
        self.tx = self.create_registered_tx(100)

    def notified(self):
        self.env.invalidate_all()
        return self.tx.sberbank_exchange_ids.filtered(lambda e: e.direction == 'notified')

    def notify(self):
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            self.bank.notify(self.tx.provider_reference, 'deposited')

    def test_a_notification_is_kept_with_its_verdict(self):
        self.bank.pay(self.tx.provider_reference)

        self.notify()

        kept = self.notified()
        self.assertEqual(kept.outcome, 'applied')
        self.assertEqual(kept.method, 'deposited')
        self.assertEqual(kept.http_status, 200)
        self.assertEqual(json.loads(kept.request)['orderNumber'], self.tx.sberbank_order_number)
        self.assertEqual(json.loads(kept.request)['checksum'], '***')

    def test_one_that_could_not_be_confirmed_is_kept_so(self):
        self.faults({'fault': 'http500', 'method': 'getOrderStatusExtended'})

        self.notify()

        kept = self.notified()
        self.assertEqual((kept.outcome, kept.http_status), ('unconfirmed', 503))

    def test_a_forged_one_is_kept_so(self):
        self.env.flush_all()

        response = self.url_open(
            const.CALLBACK_ROUTE,
            params={
                'mdOrder': self.tx.provider_reference,
                'operation': 'deposited',
                'status': '1',
                'checksum': 'AB' * 32,
            },
        )

        self.assertEqual(response.status_code, 403)
        self.assertEqual((self.notified().outcome, self.notified().http_status), ('forged', 403))

    def test_notifications_of_unknown_orders_are_not_kept(self):
        before = self.env['sberbank.exchange'].search_count([])
        self.env.flush_all()

        self.url_open(
            const.CALLBACK_ROUTE,
            params={
                'orderNumber': 'of-another-shop',
                'operation': 'deposited',
                'status': '1',
            },
        )
        self.env.invalidate_all()

        self.assertEqual(self.env['sberbank.exchange'].search_count([]), before)


class TestBounds(SberbankCommon):
    def record(self, tx, outcome):
        self.env['sberbank.exchange']._record_notification(
            tx,
            notification(mdOrder=tx.provider_reference, operation='deposited'),
            outcome,
            http_status=200,
        )

    def test_notifications_of_an_order_are_kept_up_to_a_number(self):
        tx, other = self.create_tx(100), self.create_tx(100)

        for _i in range(60):
            self.record(tx, 'applied')
        self.record(other, 'applied')

        self.assertEqual(len(tx.sberbank_exchange_ids), 50)
        self.assertEqual(len(other.sberbank_exchange_ids), 1)

    def test_forged_notifications_do_not_crowd_out_the_banks(self):
        tx = self.create_tx(100)
        for _i in range(60):
            self.record(tx, 'forged')

        self.record(tx, 'applied')

        outcomes = tx.sberbank_exchange_ids.mapped('outcome')
        self.assertEqual((outcomes.count('forged'), outcomes.count('applied')), (20, 1))

    def test_a_giant_text_is_cut(self):
        tx = self.create_tx(100)
        exchange = gateway.Exchange(
            method='register',
            request={f'name{i}': 'x' * 1000 for i in range(100)},
            answer=None,
            http_status=None,
            duration=0.1,
            error=None,
        )

        values = sberbank_exchange._prepare_call(tx.id, exchange, 'en_US')

        self.assertEqual(len(values['request']), sberbank_exchange.MAX_TEXT_LENGTH + 1)

    def test_keeping_a_notification_takes_one_query(self):
        tx = self.create_tx(100)
        self.record(tx, 'applied')
        self.env.flush_all()

        with self.assertQueryCount(1):
            self.record(tx, 'applied')
            self.env.flush_all()


class TestCleaningUp(SberbankCommon):
    def create_exchange(self, days):
        return self.env['sberbank.exchange'].create({
            'transaction_id': self.create_tx(100).id,
            'time': fields.Datetime.now() - timedelta(days=days),
            'direction': 'asked',
            'outcome': 'answered',
        })

    def test_what_is_older_than_the_set_number_of_days_is_deleted(self):
        for days, parameter in ((90, '90'), (7, '7'), (90, 'nonsense'), (90, '')):
            with self.subTest(parameter):
                self.env['ir.config_parameter'].set_param(
                    'payment_sberbank.exchange_days', parameter
                )
                old, new = self.create_exchange(days + 1), self.create_exchange(days - 1)

                self.env['sberbank.exchange']._gc_old_exchanges()

                self.assertFalse(old.exists())
                self.assertTrue(new.exists())

    def test_it_is_done_in_batches(self):
        for _i in range(3):
            self.create_exchange(1000)

        with patch.object(sberbank_exchange, 'GC_BATCH_SIZE', 2):
            first = self.env['sberbank.exchange']._gc_old_exchanges()
            second = self.env['sberbank.exchange']._gc_old_exchanges()

        self.assertEqual((first, second), ((2, True), (1, False)))

    def test_a_transaction_takes_its_exchange_along(self):
        exchange = self.create_exchange(1)

        exchange.transaction_id.unlink()

        self.assertFalse(exchange.exists())
