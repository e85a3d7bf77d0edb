"""What the route of notifications lets in, what it answers, and what that costs."""

import json
import socket
from collections import Counter
from unittest import TestCase
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields, http
from odoo.sql_db import Cursor

from odoo.addons.payment_sberbank import const
from odoo.addons.payment_sberbank.controllers import questions, rate_limit
from odoo.addons.payment_sberbank.controllers.rate_limit import RateLimit

from .bankside import BankCase
from .common import CALLBACK_KEY

#: What the older gateway sends unless more is ticked in its cabinet.
CORE = ('mdOrder', 'orderNumber', 'operation', 'status')


class CallbackCase(BankCase):
    """A paid order whose notification is about to come."""

    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(10)
        self.bank.pay(self.tx.provider_reference)

    def notify(self, tx=None, operation='deposited', **what):
        """Have the bank send a notification.

        :return: The HTTP status that it got.
        :rtype: int
        """
        tx = tx or self.tx
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            delivery = self.bank.notify(tx.provider_reference, operation, **what)
        self.env.invalidate_all()
        return delivery['tries'][0]['answer']

    def get(self, query='', **parameters):
        """Send a notification by GET, as the bank would not."""
        separator = '?' if query else ''
        response = self.url_open(
            f'{const.CALLBACK_ROUTE}{separator}{query}', params=parameters or None
        )
        self.env.invalidate_all()
        return response.status_code

    def post(self, body, content_type='application/json'):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self.url_open(
            const.CALLBACK_ROUTE, data=body, headers={'Content-Type': content_type}, method='POST'
        )
        self.env.invalidate_all()
        return response.status_code

    def get_names(self, tx=None):
        """Return what a notification calls an order by."""
        tx = tx or self.tx
        return {'mdOrder': tx.provider_reference, 'orderNumber': tx.sberbank_order_number}

    def count_statements(self, send):
        """Return how many statements the database is given while something is sent."""
        with patch.object(Cursor, 'execute', autospec=True, side_effect=Cursor.execute) as execute:
            send()
        return execute.call_count

    def lift_limit(self):
        """Let more notifications about one order through than the bank ever sends."""
        self.patch(questions, 'QUESTIONS_LIMITS', ())

    def set_up_callback(self, **settings):
        self.set_up_merchant(callback=settings)


class TestSignedCallback(CallbackCase):
    """The older gateway, with the key of the merchant's settings."""

    def setUp(self):
        super().setUp()
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY)

    def test_a_paid_order_is_done(self):
        status = self.notify()

        self.assertEqual(status, 200)
        self.assertEqual(self.tx.state, 'done')

    def test_it_comes_as_a_form_too(self):
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY, method='POST')

        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_it_is_read_with_any_of_the_parameters_that_the_cabinet_offers(self):
        self.lift_limit()
        for parameters in (
            ['mdOrder'],
            ['orderId'],
            ['orderNumber'],
            ['mdOrder', 'orderId'],
            ['orderNumber', 'status'],
            [*CORE, 'amount', 'bindingId', 'clientId'],
            [*CORE, 'mdorder', 'refNum', 'refnum', 'callbackCreationDate', 'orderDescription'],
            [*CORE, 'cardholderName', 'bankName', 'merchantFullName', 'actionCodeDescription'],
        ):
            for method in ('GET', 'POST'):
                with self.subTest(parameters=parameters, method=method):
                    self.tx.state = 'draft'
                    self.set_up_callback(
                        signing='symmetric',
                        key=CALLBACK_KEY,
                        method=method,
                        parameters=parameters,
                    )

                    self.assertEqual(self.notify(), 200)
                    self.assertEqual(self.tx.state, 'done')

    def test_it_is_signed_over_exactly_what_came(self):
        for changed in ({'added': '1'}, {'operation': 'approved'}, {'status': '0'}):
            with self.subTest(changed=changed):
                content = self.get_signed_content()

                self.assertEqual(self.get(**{**content, **changed}), 403)
                self.assertEqual(self.tx.state, 'draft')

    def test_the_name_of_the_key_is_not_signed(self):
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY, sign_alias='SHA-256 with RSA')

        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_a_wrong_or_missing_checksum_is_refused_before_the_bank_is_asked(self):
        before = len(self.calls())
        for checksum in ('', '0' * 64, 'F' * 512, 'not hexadecimal', 'é'):
            with self.subTest(checksum=checksum):
                self.assertEqual(self.notify(checksum=checksum), 403)
                self.assertEqual(self.tx.state, 'draft')
        self.assertEqual(len(self.calls()), before)

    def test_a_checksum_of_another_key_is_refused(self):
        self.set_up_callback(signing='symmetric', key='another key')

        self.assertEqual(self.notify(), 403)
        self.assertEqual(self.tx.state, 'draft')

    def test_a_string_that_reads_in_two_ways_is_refused(self):
        content = self.get_signed_content()
        # The signed string is the same, but there is no status in it.
        content['orderNumber'] += f';status;{content.pop("status")}'

        self.assertEqual(self.get(**content), 400)
        self.assertEqual(self.tx.state, 'draft')

    def test_a_signature_with_the_banks_certificate_is_right(self):
        self.set_up_callback(signing='asymmetric')
        settings = self.bank.merchant(self.login)['callback']
        for pem in (settings['certificate'], settings['public_key']):
            with self.subTest(pem=pem[:30]):
                self.tx.state = 'draft'
                self.provider.write({
                    'sberbank_callback_certificate': pem,
                    'sberbank_callback_key': False,
                })

                self.assertEqual(self.notify(), 200)
                self.assertEqual(self.tx.state, 'done')

    def test_a_signature_in_a_mode_that_is_not_set_is_refused(self):
        self.set_up_callback(signing='asymmetric')
        self.assertEqual(self.notify(), 403)

        certificate = self.bank.merchant(self.login)['callback']['certificate']
        self.provider.write({
            'sberbank_callback_certificate': certificate,
            'sberbank_callback_key': False,
        })
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY)
        self.assertEqual(self.notify(), 403)
        self.assertEqual(self.tx.state, 'draft')

    def get_signed_content(self):
        """Return the parameters of a rightly signed notification that did not arrive."""
        self.provider.state = 'disabled'
        self.env.flush_all()
        delivery = self.bank.notify(
            self.tx.provider_reference, 'deposited', url='http://127.0.0.1:9/'
        )
        self.provider.state = 'test'
        return dict(delivery['content'])


class TestUnsignedCallback(CallbackCase):
    """Without a key a notification is only a hint, from either gateway."""

    def setUp(self):
        super().setUp()
        self.provider.sberbank_callback_key = False

    def test_it_is_a_reason_to_ask_the_bank(self):
        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_it_changes_nothing_that_the_bank_does_not_confirm(self):
        for operation in ('deposited', 'approved', 'refunded', 'reversed', 'declinedByTimeout'):
            with self.subTest(operation=operation):
                tx = self.create_registered_tx(20)

                status = self.get(
                    mdOrder=tx.provider_reference, operation=operation, status='1', amount='2000'
                )

                self.assertEqual(status, 200)
                self.assertEqual(tx.state, 'pending')

    def test_it_may_say_that_it_failed_though_it_did_not(self):
        self.assertEqual(self.notify(operation='declinedByTimeout', status=0), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_an_order_that_is_not_ours_is_acknowledged(self):
        before = len(self.calls())
        for parameters in (
            {'mdOrder': '00000000-0000-0000-0000-000000000000'},
            {'orderNumber': 'somebody-elses'},
            {**self.get_names(), 'mdOrder': '00000000-0000-0000-0000-000000000000'},
            {**self.get_names(), 'orderNumber': 'somebody-elses'},
        ):
            with self.subTest(parameters=parameters):
                self.assertEqual(self.get(**parameters), 200)
                self.assertEqual(self.tx.state, 'draft')
        self.assertEqual(len(self.calls()), before)

    def test_two_names_of_two_orders_are_nobodys(self):
        other = self.create_registered_tx(20)

        status = self.get(
            mdOrder=self.tx.provider_reference, orderNumber=other.sberbank_order_number
        )

        self.assertEqual(status, 200)
        self.assertEqual(self.tx.state, 'draft')
        self.assertEqual(other.state, 'draft')

    def test_it_finds_an_order_whose_id_we_have_not_heard_yet(self):
        self.tx.provider_reference = False

        self.assertEqual(self.get(orderNumber=self.tx.sberbank_order_number), 200)
        self.assertEqual(self.tx.state, 'done')
        self.assertTrue(self.tx.provider_reference)

    def test_the_bank_is_asked_to_repeat_it_when_it_does_not_answer(self):
        self.lift_limit()
        for fault in (
            'http500',
            'http502',
            'http503',
            'http429',
            'html200',
            'empty200',
            'truncated',
            'json_array',
            'giant_answer',
            'drop_connection',
            'http404',
            'http403',
            'redirect',
            'must_change_password',
            'permission_denied',
        ):
            with self.subTest(fault=fault):
                self.faults({'fault': fault})

                self.assertEqual(self.notify(), 503)
                self.assertEqual(self.tx.state, 'draft')

    def test_the_repeat_finds_the_bank_again(self):
        self.faults({'fault': 'http503', 'times': 1})
        self.assertEqual(self.notify(), 503)

        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_the_job_asks_soon_what_could_not_be_asked_at_once(self):
        self.tx.sberbank_next_ask_at = False
        self.faults({'fault': 'http503', 'times': 1})

        self.assertEqual(self.notify(), 503)
        self.assertLessEqual(self.tx.sberbank_next_ask_at, fields.Datetime.now())
        self.run_job('ir_cron_ask_bank')

        self.assertEqual(self.tx.state, 'done')

    def test_a_disabled_provider_still_hears_of_its_payments(self):
        self.provider.state = 'disabled'

        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_repeats_change_nothing(self):
        for _delivery in range(3):
            self.assertEqual(self.notify(), 200)
        self.tx._post_process()

        for _delivery in range(3):
            self.assertEqual(self.notify(), 200)

        self.assertEqual(self.tx.state, 'done')
        self.assertEqual(
            self.env['account.payment'].search_count([('payment_transaction_id', '=', self.tx.id)]),
            1,
        )

    def test_the_bank_is_not_flooded_through_us(self):
        limit = 20
        before = len(self.calls())

        statuses = Counter(self.get(**self.get_names()) for _i in range(limit + 5))

        self.assertEqual(statuses, {200: limit, 503: 5})
        self.assertEqual(len(self.calls()), before + limit)
        self.assertGreater(self.tx.sberbank_next_ask_at, fields.Datetime.now())

    def test_the_bank_is_not_flooded_slowly_either(self):
        minute, day = RateLimit(events=20, seconds=60), RateLimit(events=3, seconds=24 * 60 * 60)
        self.patch(questions, 'QUESTIONS_LIMITS', (minute, day))

        statuses = Counter(self.get(**self.get_names()) for _i in range(5))

        self.assertEqual(statuses, {200: 3, 503: 2})

    def test_a_flood_about_one_order_does_not_shut_out_another(self):
        other = self.create_registered_tx(20)
        for _i in range(25):
            self.get(**self.get_names(other))

        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')


class TestRateLimit(TestCase):
    def setUp(self):
        self.now = 1000.0
        patcher = patch.object(rate_limit.time, 'monotonic', lambda: self.now)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_each_key_has_its_events_in_each_window(self):
        limit = RateLimit(events=2, seconds=60)

        self.assertEqual([limit.allows('one') for _i in range(3)], [True, True, False])
        self.assertTrue(limit.allows('another'))
        self.now += 59
        self.assertFalse(limit.allows('one'))
        self.now += 1
        self.assertTrue(limit.allows('one'))

    def test_it_forgets_what_was_long_ago_and_so_can_not_be_made_to_grow(self):
        limit = RateLimit(events=1, seconds=60, keys=10)

        for key in range(11):
            self.assertTrue(limit.allows(key))

        self.assertFalse(limit.allows(10))
        self.assertTrue(limit.allows(0))


class TestJsonCallback(CallbackCase):
    """The newer gateway, whose notifications are not signed."""

    dialect = 'ecom'

    def test_a_paid_order_is_done(self):
        self.assertEqual(self.notify(), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_both_gateways_may_tell_of_the_same_merchant(self):
        self.assertEqual(self.get(**self.get_names(), operation='deposited', status='1'), 200)
        self.assertEqual(self.tx.state, 'done')

    def test_more_fields_do_no_harm(self):
        status = self.post({
            **self.get_names(),
            'operation': 'deposited',
            'status': 1,
            'additionalParams': {'phone': '+7***', 'qrcId': 'A'},
            'new': [1, {'a': None}],
        })

        self.assertEqual(status, 200)
        self.assertEqual(self.tx.state, 'done')


class TestMalformedCallback(CallbackCase):
    def setUp(self):
        super().setUp()
        self.provider.sberbank_callback_key = False

    def assert_refused(self, status, *, expected=400):
        self.assertEqual(status, expected)
        self.assertEqual(self.tx.state, 'draft')

    def test_a_query_that_no_bank_sends_is_refused(self):
        order_id, number = self.tx.provider_reference, self.tx.sberbank_order_number
        for query in (
            '',
            'operation=deposited',
            'mdOrder=',
            'orderNumber=',
            f'mdOrder={order_id.upper()}',
            f'mdOrder={order_id}&mdOrder={order_id}',
            f'mdOrder={order_id}&status=1&status=0',
            f'mdOrder={order_id}&orderId=00000000-0000-0000-0000-000000000000',
            f'mdOrder={order_id}&status=2',
            f'mdOrder={order_id}&operation=a;b',
            f'orderNumber={number};status;1',
            f'orderNumber={number}%00',
            f'mdOrder={order_id}&x=%00',
            f'mdOrder={order_id}&x=%FF',
            f'mdOrder={order_id}&=1',
            f'mdOrder={order_id}&a;b=1',
            f'orderNumber={"1" * 37}',
            f'orderNumber[]={number}',
            f'mdOrder={order_id}&x={"x" * 20000}',
            f'mdOrder={order_id}' + '&a=1' * 101,
            f'mdOrder={order_id}' + ''.join(f'&a{i}=1' for i in range(101)),
        ):
            with self.subTest(query=query[:60]):
                self.assert_refused(self.get(query))

    def test_a_form_that_no_bank_sends_is_refused(self):
        names = f'mdOrder={self.tx.provider_reference}'.encode()
        for body in (b'', names + b'&x=%FF', names + b'&' + names, names + b'&x=%00'):
            with self.subTest(body=body):
                self.assert_refused(self.post(body, 'application/x-www-form-urlencoded'))

    def test_json_that_no_bank_sends_is_refused(self):
        names = json.dumps(self.get_names())
        for body in (
            '',
            '[]',
            '1',
            'null',
            '"text"',
            '{',
            '{}',
            f'[{names}]',
            f'{names[:-1]}, "a": NaN}}',
            f'{names[:-1]}, "mdOrder": "1"}}',
            f'{names[:-1]}, "status": 2}}',
            f'{names[:-1]}, "status": true}}',
            f'{names[:-1]}, "x": "\\u0000"}}',
            f'{names[:-1]}, "x": "\\ud800"}}',
            '[' * 5000,
            '{"mdOrder": null}',
        ):
            with self.subTest(body=body[:60]):
                self.assert_refused(self.post(body.encode()))
        self.assert_refused(self.post(names.encode('utf-16')))
        self.assert_refused(self.post(names.encode()[:-1] + b', "x": "\xff"}'))

    def test_other_content_is_refused(self):
        names = json.dumps(self.get_names()).encode()
        for content_type in ('text/plain', 'application/xml', '', 'application/json-rpc'):
            with self.subTest(content_type=content_type):
                self.assert_refused(self.post(names, content_type))

    def test_a_body_that_is_larger_than_any_notification_is_refused(self):
        names = self.get_names()
        for size in (17 * 1024, 1024 * 1024):
            with self.subTest(size=size):
                status = self.post({**names, 'x': 'x' * size})
                self.assertIn(status, (400, 413))
                self.assertEqual(self.tx.state, 'draft')

    def test_the_query_of_a_post_is_not_the_banks(self):
        response = self.url_open(
            f'{const.CALLBACK_ROUTE}?mdOrder={self.tx.provider_reference}',
            data=b'x=1',
            headers={'Content-Type': 'application/x-www-form-urlencoded'},
        )

        self.assert_refused(response.status_code)

    def test_other_methods_do_nothing(self):
        for method in ('HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'):
            with self.subTest(method=method):
                response = self.url_open(
                    const.CALLBACK_ROUTE, params=self.get_names(), method=method
                )
                self.assertLess(response.status_code, 500)
                self.env.invalidate_all()
                self.assertEqual(self.tx.state, 'draft')

    def test_bytes_that_are_no_http_do_no_harm(self):
        address = urlsplit(self.base_url())
        for line in (
            f'GET {const.CALLBACK_ROUTE}?mdOrder=\xff\xfe HTTP/1.1'.encode('latin-1'),
            f'POST {const.CALLBACK_ROUTE} HTTP/1.1\r\nContent-Length: -1'.encode(),
            f'POST {const.CALLBACK_ROUTE} HTTP/1.1\r\nContent-Length: x'.encode(),
        ):
            with (
                self.subTest(line=line),
                self.allow_requests(all_requests=True),
                socket.create_connection((address.hostname, address.port), 10) as line_out,
            ):
                line_out.sendall(line + b'\r\nHost: localhost\r\nConnection: close\r\n\r\n')
                answer = line_out.makefile('rb').readline()
                self.assertRegex(answer, rb'^HTTP/1\.[01] [234]')
        self.assertEqual(self.tx.state, 'draft')


class TestCost(CallbackCase):
    """What a notification costs, above all one that an attacker sends."""

    def setUp(self):
        super().setUp()
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY)

    def count_queries(self, send):
        """Return how many queries the sending of a request costs."""
        send()  # Registry caches are warm in production.
        return self.count_statements(send)

    def test_no_session_is_kept(self):
        with patch.object(http.root.session_store, 'save') as save:
            self.notify()
            response = self.url_open(const.CALLBACK_ROUTE, params=self.get_names())

        save.assert_not_called()
        self.assertNotIn('session_id', response.headers.get('Set-Cookie', ''))

    def test_what_is_not_signed_costs_a_handful_of_queries(self):
        self.assertLess(self.count_queries(lambda: self.get(**self.get_names())), 12)
        self.assertLess(self.count_queries(lambda: self.get('mdOrder=malformed')), 4)

    def test_old_transactions_do_not_make_it_slower(self):
        before = self.count_queries(lambda: self.get(**self.get_names()))
        for _i in range(50):
            self.create_tx(10)

        self.assertEqual(self.count_queries(lambda: self.get(**self.get_names())), before)

    def test_the_search_uses_an_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for column in ('provider_reference', 'sberbank_order_number'):
            with self.subTest(column=column):
                self.env.cr.execute(
                    f"EXPLAIN SELECT id FROM payment_transaction WHERE {column} = 'x'"  # noqa: S608
                )
                plan = ' '.join(line for [line] in self.env.cr.fetchall())
                self.assertIn('Index', plan)
