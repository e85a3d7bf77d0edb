"""A customer who types what no form offers, on every open route: a page or a refusal, nothing more.

Never an internal error, never a record that was changed or made. Notifications and the payer's
routes meet nonsense of every kind in `tests/addon/test_fuzz.py`, too.
"""

import json
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

from lxml import html

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment_sberbank import const

from ..nasty import LIVE_MARKUP, NO_AMOUNTS, STORABLE, TEXTS
from .bankside import BankCase

#: What may be told to whoever asks for something by JSON: refusals, and none of them internal.
REFUSALS = ('odoo.exceptions.', 'odoo.http.', 'werkzeug.exceptions.')

#: In the place of any value of JSON.
WRONG_VALUES = (
    None, True, False, 0, -1, 1.5, 10**30, '', 'x', '1', [], [1], {}, {'id': 1}, *TEXTS.values(),
)  # fmt: skip

#: The same where an address or a form carries texts only.
WRONG_TEXTS = (
    '', '-1', '1.5', '9' * 30, '[]', '{}', 'null',
    *(text for text in TEXTS.values() if '\ud800' not in text),
)  # fmt: skip


def fits_an_address(text):
    """Tell whether a text may stand in an address: servers take no longer ones."""
    return len(text) < 10_000


class HostileCustomerCase(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.create_portal_user('anna-portal', cls.customer)
        # What is typed is looked at, and not how often.
        cls.env['ir.config_parameter'].set_param('payment_sberbank.payments_per_minute', 100_000)

    def log_in(self):
        self.authenticate('anna-portal', 'anna-portal')

    @contextmanager
    def nothing_changes(self):
        """Hold that the block makes no transaction and changes neither one nor the customer."""
        before = self.snapshot()
        yield
        self.env.invalidate_all()
        self.assertEqual(self.snapshot(), before)

    def snapshot(self):
        self.env.flush_all()
        return {
            'transactions': self
            .env['payment.transaction']
            .search([])
            .read(['state', 'reference', 'amount', 'partner_id', 'provider_id']),
            'customers': self.env['res.partner'].search_count([]),
            'payments': self.env['account.payment'].search_count([]),
            'orders': len(self.orders()),
        }

    def assert_page(self, response, *statuses):
        """Hold that it is a page or a refusal, and that nothing that was typed is alive in it."""
        self.assertIn(response.status_code, statuses or (200, 303, 400, 403, 404, 410, 413))
        for live in LIVE_MARKUP:
            self.assertNotIn(live, response.text)
        self.assertNotIn('Traceback', response.text)

    def get(self, route, **query):
        return self.url_open(f'{route}?{urlencode(query)}', allow_redirects=False)

    def call_json(self, route, params):
        """Call a JSON route as no JavaScript of ours does.

        :return: The response's content.
        """
        body = json.dumps({'jsonrpc': '2.0', 'method': 'call', 'id': 1, 'params': params})
        response = self.opener.post(
            self.base_url() + route,
            data=body.encode(),
            headers={'Content-Type': 'application/json'},
            timeout=30,
        )
        self.assertLess(response.status_code, 500)
        return response.json() if response.status_code == 200 else {'error': None}

    def assert_refused(self, content):
        self.assertIn('error', content, str(content)[:300])
        if content['error']:
            self.assertTrue(
                content['error']['data']['name'].startswith(REFUSALS), content['error']['data']
            )


class TestTopUpForm(HostileCustomerCase):
    def setUp(self):
        super().setUp()
        self.log_in()

    def form_of(self, path=const.TOPUP_ROUTE):
        page = html.fromstring(self.url_open(path).text)
        [form] = page.xpath('//form[contains(@class, "o_sberbank_top_up_form")]')
        return form.get('action') or path, dict(form.form_values())

    def test_what_is_no_amount_gets_its_sentence(self):
        action, values = self.form_of()
        for kind, amount in NO_AMOUNTS.items():
            with self.subTest(kind), self.nothing_changes():
                response = self.url_open(action, data={**values, 'amount': amount})

                self.assert_page(response, 200)
                [error] = html.fromstring(response.text).xpath('//*[@id="o_sberbank_amount_error"]')
                self.assertTrue(error.text_content().strip())

    def test_so_does_every_other_text(self):
        action, values = self.form_of()
        for kind, amount in TEXTS.items():
            if kind == 'surrogate':
                amount = b'\xed\xa0\x80'
            with self.subTest(kind), self.nothing_changes():
                self.assert_page(self.url_open(action, data={**values, 'amount': amount}), 200, 400)

    def test_other_fields_are_never_believed(self):
        action, values = self.form_of()
        for field in ('shop', 'csrf_token', 'partner_id', 'page', 'suggested', 'x'):
            for text in WRONG_TEXTS:
                with self.subTest(field=field, text=text[:20]), self.nothing_changes():
                    sent = {**values, 'amount': 'x', field: text}

                    self.assert_page(self.url_open(action, data=sent, allow_redirects=False))

    def test_fields_that_come_twice_as_files_or_not_at_all(self):
        action, values = self.form_of()
        file = ('a.txt', b'100', 'text/plain')
        without_amount = {name: value for name, value in values.items() if name != 'amount'}
        for sent in (
            {'data': without_amount},
            {'data': without_amount, 'files': {'amount': file}},
            {'data': values, 'files': {'shop': file, 'suggested': file}},
            {'data': {**values, 'amount': ['x', 'y']}},
            {'data': {**values, 'amount[]': '100', 'amount[0]': '100'}},
            {'data': json.dumps({**values, 'amount': 100}).encode()},
        ):
            with self.subTest(sent=str(sent)[:60]), self.nothing_changes():
                self.assert_page(self.url_open(action, allow_redirects=False, **sent))

    def test_nothing_is_paid_without_the_token_of_the_form(self):
        action, values = self.form_of()
        for token in (None, '', 'x', values['csrf_token'][:-1], '\N{SNOWMAN}', 'o0'):
            sent = {**values, 'amount': '100', 'csrf_token': token}
            sent = {name: value for name, value in sent.items() if value is not None}
            with self.subTest(token=token), self.nothing_changes():
                self.assertEqual(self.url_open(action, data=sent).status_code, 400)

    def test_the_page_itself(self):
        for field, texts in (
            ('page', (*WRONG_TEXTS, *NO_AMOUNTS.values())),
            ('shop', WRONG_TEXTS),
            ('suggested', (*WRONG_TEXTS, *NO_AMOUNTS.values())),
            ('x', WRONG_TEXTS),
        ):
            for text in filter(fits_an_address, texts):
                with self.subTest(field=field, text=text[:20]), self.nothing_changes():
                    self.assert_page(self.get(const.TOPUP_ROUTE, **{field: text}))
        for page in ('0', '-1', '99999999999999999999', 'x', '1.5'):
            with self.subTest(page=page), self.nothing_changes():
                self.assert_page(self.get(f'{const.TOPUP_ROUTE}/page/{page}'))

    def test_a_form_in_json_or_in_pieces(self):
        for content_type, body in (
            ('application/json', b'{"amount": 100}'),
            ('application/json', b'[' * 10_000),
            ('multipart/form-data; boundary=x', b'--x\r\nContent-Disposition: form-data; name='),
            ('multipart/form-data', b'amount=100'),
            ('application/x-www-form-urlencoded', b'amount=%ff%fe&amount=%00'),
            ('text/plain', b'amount=100'),
        ):
            with self.subTest(content_type=content_type), self.nothing_changes():
                response = self.opener.post(
                    self.base_url() + const.TOPUP_ROUTE,
                    data=body,
                    headers={'Content-Type': content_type},
                    timeout=30,
                )
                self.assert_page(response, 200, 400, 415)


class TestTopUpLink(HostileCustomerCase):
    def link(self, amount=None):
        parts = urlsplit(self.provider._sberbank_get_topup_link(self.customer, amount))
        return f'{parts.path}?{parts.query}'

    def form_of(self, link):
        page = html.fromstring(self.url_open(link).text)
        [form] = page.xpath('//form[contains(@class, "o_sberbank_top_up_form")]')
        return form.get('action'), dict(form.form_values())

    def test_what_is_no_amount_gets_its_sentence(self):
        action, values = self.form_of(self.link())
        for kind, amount in NO_AMOUNTS.items():
            with self.subTest(kind), self.nothing_changes():
                response = self.url_open(action, data={**values, 'amount': amount})

                self.assert_page(response, 200)
                self.assertIn('o_sberbank_amount_error', response.text)

    def test_every_part_of_the_link(self):
        path, query = self.link(amount=10_000).split('?')
        parts = dict(pair.split('=') for pair in query.split('&'))
        for name in (*parts, 'suggested', 'x'):
            amounts = NO_AMOUNTS.values() if name in ('amount', 'suggested') else ()
            for text in filter(fits_an_address, (*WRONG_TEXTS, *amounts)):
                with self.subTest(part=name, text=text[:20]), self.nothing_changes():
                    self.assert_page(self.get(path, **{**parts, name: text}))
        for partner in ('0', '-1', '9' * 30, 'x', '..%2f..'):
            with self.subTest(partner=partner), self.nothing_changes():
                self.assert_page(self.get(f'{const.TOPUP_LINK_ROUTE}/{partner}', **parts), 404)

    def test_the_form_of_a_link_can_not_change_it(self):
        action, values = self.form_of(self.link())
        for field in ('shop', 'access_token', 'partner_id', 'csrf_token'):
            for text in WRONG_TEXTS:
                with self.subTest(field=field, text=text[:20]), self.nothing_changes():
                    sent = {**values, 'amount': 'x', field: text}

                    self.assert_page(self.url_open(action, data=sent, allow_redirects=False))

    def test_a_file_in_the_place_of_the_amount(self):
        action, values = self.form_of(self.link())
        values.pop('amount')
        with self.nothing_changes():
            response = self.url_open(action, data=values, files={'amount': ('a', b'100')})

            self.assert_page(response, 200)
            self.assertIn('o_sberbank_amount_error', response.text)


class TestPayersRoutes(HostileCustomerCase):
    def test_references_tokens_and_numbers(self):
        tx = self.create_tx(100)
        for route, names in (
            (const.PAY_ROUTE, ('reference', 'access_token')),
            (const.TOPUP_RESULT_ROUTE, ('reference', 'access_token')),
            (const.RETURN_ROUTE, ('ref', 'access_token', 'orderId', 'lang')),
        ):
            right = {'reference': tx.reference, 'ref': tx.sberbank_order_number}
            for name in names:
                for text in filter(fits_an_address, WRONG_TEXTS):
                    query = {**right, 'access_token': 'x', name: text}
                    with self.subTest(route, name=name, text=text[:20]), self.nothing_changes():
                        self.assert_page(self.get(route, **query))

    def test_the_core_s_pages_of_a_payment(self):
        for amount in filter(fits_an_address, (*NO_AMOUNTS.values(), '100')):
            for logged_in in (False, True):
                if logged_in:
                    self.log_in()
                with self.subTest(amount[:20], logged_in=logged_in), self.nothing_changes():
                    self.assert_page(self.get('/payment/pay', amount=amount), 200, 303, 404)
        for name in ('reference', 'currency_id', 'partner_id', 'company_id', 'access_token'):
            for text in filter(fits_an_address, WRONG_TEXTS):
                with self.subTest(name, text=text[:20]), self.nothing_changes():
                    response = self.get('/payment/pay', **{'amount': '100', name: text})
                    self.assert_page(response, 200, 303, 403, 404)


class TestCoreTransaction(HostileCustomerCase):
    """The core's JSON route, by which a logged-in customer may ask for a payment of anything."""

    def setUp(self):
        super().setUp()
        self.log_in()

    def params(self, **changed):
        amount, partner_id = changed.get('amount', 100.0), self.customer.id
        currency_id = self.roubles.id
        return {
            'amount': amount,
            'currency_id': currency_id,
            'partner_id': partner_id,
            # For every amount that `/payment/pay` can show, the customer has a token.
            'access_token': payment_utils.generate_access_token(
                partner_id, amount, currency_id, env=self.env
            ),
            'provider_id': self.provider.id,
            'payment_method_id': self.env.ref('payment.payment_method_card').id,
            'token_id': None,
            'flow': 'redirect',
            'tokenization_requested': False,
            'landing_route': '/my',
            'reference_prefix': 'HOSTILE',
            **changed,
        }

    def test_it_works_as_the_form_uses_it(self):
        content = self.call_json('/payment/transaction', self.params())

        self.assertEqual(content['result']['provider_code'], 'sberbank')

    def test_amounts_of_every_shape(self):
        for amount in (
            float('nan'), float('inf'), float('-inf'), -0.0, 0.0, -100.0, 0.001, 100.001, 1e300,
            1e-300, 9.9e11, 10**30, True, False, None, '', 'x', [], [100], {}, {'a': 1},
            *NO_AMOUNTS.values(),
        ):  # fmt: skip
            with self.subTest(amount=str(amount)[:20]), self.nothing_changes():
                self.assert_refused(
                    self.call_json('/payment/transaction', self.params(amount=amount))
                )

    def test_values_of_the_wrong_kind(self):
        for name in self.params():
            if name in ('amount', 'reference_prefix', 'landing_route', 'tokenization_requested'):
                continue
            for value in WRONG_VALUES:
                if name == 'token_id' and not value:
                    continue
                with self.subTest(name=name, value=str(value)[:20]):
                    before = self.env['payment.transaction'].search_count([])
                    content = self.call_json('/payment/transaction', self.params(**{name: value}))
                    self.env.invalidate_all()
                    if 'result' not in content:
                        self.assert_refused(content)
                        self.assertEqual(self.env['payment.transaction'].search_count([]), before)

    def test_references_and_ways_back(self):
        for name in ('reference_prefix', 'landing_route'):
            for value in WRONG_VALUES:
                with self.subTest(name=name, value=str(value)[:20]):
                    content = self.call_json('/payment/transaction', self.params(**{name: value}))
                    self.env.invalidate_all()

                    if 'result' not in content:
                        self.assert_refused(content)
                        continue
                    reference = content['result']['reference']
                    tx = self.env['payment.transaction'].search([('reference', '=', reference)])
                    self.assertTrue(reference.isprintable(), repr(reference))
                    self.assertLess(len(reference), 150)
                    self.assertRegex(tx.landing_route, r'\A/(?![/\\])[!-~]*\Z')
                    self.assert_page(self.url_open(tx._sberbank_get_pay_url()), 200)

    def test_parameters_that_are_missing_or_unknown(self):
        whole = self.params()
        for name in whole:
            left = {key: value for key, value in whole.items() if key != name}
            with self.subTest(missing=name):
                content = self.call_json('/payment/transaction', left)
                if 'result' not in content:
                    self.assert_refused(content)
        for name in ('state', 'custom_create_values', 'sberbank_is_topup', 'is_validation', 'x'):
            with self.subTest(unknown=name), self.nothing_changes():
                self.assert_refused(
                    self.call_json('/payment/transaction', {**whole, name: {'state': 'done'}})
                )

    def test_a_body_that_is_no_call(self):
        for body in (b'', b'null', b'[]', b'1', b'"x"', b'{', b'[' * 10_000, b'{"params": []}',
                     b'{"params": null}', b'{"params": "x"}', b'{"params": {"amount": 1e999}}',
                     b'{"params": {"amount": ' + b'9' * 5000 + b'}}', b'\xff'):  # fmt: skip
            with self.subTest(body=body[:30]), self.nothing_changes():
                response = self.opener.post(
                    self.base_url() + '/payment/transaction',
                    data=body,
                    headers={'Content-Type': 'application/json'},
                    timeout=30,
                )
                self.assertLess(response.status_code, 500)


class TestInvoice(HostileCustomerCase):
    """The route by which invoices are paid, for whoever has their link."""

    def params(self, invoice, **changed):
        return {
            'access_token': invoice._portal_ensure_token(),
            'provider_id': self.provider.id,
            'payment_method_id': self.env.ref('payment.payment_method_card').id,
            'token_id': None,
            'amount': 250.0,
            'flow': 'redirect',
            'tokenization_requested': False,
            'landing_route': '/my',
            **changed,
        }

    def test_values_of_the_wrong_kind_and_missing_ones(self):
        invoice = self.create_invoice(250)
        route = f'/invoice/transaction/{invoice.id}'
        whole = self.params(invoice)
        for name in ('amount', 'provider_id', 'payment_method_id', 'flow', 'landing_route'):
            values = [value for value in WRONG_VALUES if value is not None]
            for value in values if name != 'landing_route' else [TEXTS['nul'], TEXTS['surrogate']]:
                with self.subTest(name=name, value=str(value)[:20]), self.nothing_changes():
                    if name == 'amount' and value in (1.5, '1'):
                        continue  # A part of the invoice may be paid.
                    if name == 'payment_method_id' and value == 0:
                        value = -1
                    self.assert_refused(self.call_json(route, {**whole, name: value}))
            left = {key: value for key, value in whole.items() if key != name}
            with self.subTest(missing=name), self.nothing_changes():
                self.assert_refused(self.call_json(route, left))

    def test_it_works_as_the_form_uses_it(self):
        invoice = self.create_invoice(250)

        content = self.call_json(f'/invoice/transaction/{invoice.id}', self.params(invoice))

        self.assertEqual(content['result']['provider_code'], 'sberbank')


class TestNames(HostileCustomerCase):
    """What a customer may call themselves, and what that does to everything behind."""

    def test_a_payment_of_whoever_calls_themselves_so(self):
        self.log_in()
        for kind, text in STORABLE.items():
            with self.subTest(kind):
                self.customer.write({'name': text, 'street': text, 'city': text, 'phone': text})
                invoice = self.create_invoice(100)
                tx = self.create_new_tx(invoices=invoice)

                page = self.url_open(tx._sberbank_get_pay_url(), allow_redirects=False)
                self.assert_page(page, 303)
                self.env.invalidate_all()
                self.bank.pay(tx.provider_reference)
                self.assert_page(self.url_open(tx._sberbank_get_return_url()), 200)
                self.env.invalidate_all()
                tx._sberbank_book_by_hand()

                self.assertEqual(invoice.amount_residual, 0)
                for path in ('/my', const.TOPUP_ROUTE, tx._sberbank_get_result_url()):
                    self.assert_page(self.url_open(path), 200)
                for message in (invoice | tx.payment_id.move_id).message_ids:
                    for live in LIVE_MARKUP:
                        self.assertNotIn(live, message.body)
                order = self.orders()[-1]['register']
                for field in ('orderNumber', 'description', 'returnUrl'):
                    self.assertTrue(order[field].isprintable(), order[field])
