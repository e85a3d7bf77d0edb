"""Nonsense at the open routes: never an internal error, never a state that the bank has not said.

`FUZZ_REQUESTS` sets how many requests are sent, 500 by default.
"""

import http
import http.client
import json
import os
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.payment_sberbank import const

from .live import PATIENCE
from .test_concurrency import paused

REQUESTS = int(os.environ.get('FUZZ_REQUESTS', '500'))
ORDERS = 10

#: Tables that Odoo's own housekeeping writes to, whoever knocks at the door.
HOUSEKEEPING = ('ir_cron_progress', 'ir_cron_trigger', 'orm_signaling_registry')
#: Bytes from which on a request may be cut off while it is being sent.
LARGE = 16 * 1024
#: What is written down for people to read of one order at most: notifications that are signed and
#: that are not, and the questions of two workers.
EXCHANGES_PER_ORDER = 50 + 20 + 2 * 200

#: The open routes, and what their parameters are called.
ROUTES = {
    const.CALLBACK_ROUTE: (
        'mdOrder',
        'orderId',
        'orderNumber',
        'operation',
        'status',
        'checksum',
        'sign_alias',
        'amount',
        'mdorder',
        'db',
        'debug',
        '',
    ),
    const.RETURN_ROUTE: ('ref', 'access_token', 'orderId', 'lang'),
    const.PAY_ROUTE: ('reference', 'access_token', 'lang'),
}
METHODS = ('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'NONSENSE')
CONTENT_TYPES = (
    'application/x-www-form-urlencoded',
    'application/json',
    'application/json; charset=utf-16',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'text/plain',
    'nonsense',
    '',
)
ENCODINGS = ('utf-8', 'utf-16', 'cp1251', 'latin-1')

#: What has broken programs before.
nasty = st.sampled_from([
    '\0',
    '',
    ';status;1',
    "'--",
    '%00',
    '[' * 5000,
    'x' * 17_000,
    '0' * 64,
    'F' * 512,
    '№',
    'deposited',
    '1',
    '0',
])
texts = st.text(st.characters(exclude_categories=['Cs']), max_size=40) | nasty


class Stranger:
    """Somebody who knows how orders are called, and whatever else stands in addresses."""

    def __init__(self, shop, known):
        self._address = urlsplit(shop.url)
        self._known = known

    def pairs(self, route):
        """Return a strategy of parameters for a route, real values among them and mutated."""
        known = st.sampled_from(self._known)
        mutated = st.builds(
            lambda value, text, cut: value[:cut] + text + value[cut:],
            known,
            texts,
            st.integers(0, 40),
        )
        values = st.one_of(known, mutated, texts, nasty)
        names = st.one_of(*[st.sampled_from(ROUTES[route])] * 4, texts)
        return st.lists(st.tuples(names, values), max_size=8)

    def requests(self, notifications):
        """Return a strategy of requests.

        :param notifications: Parameters of real notifications, to be sent as they are or mutated.
        """
        real = st.sampled_from(notifications).map(lambda content: list(content.items()))
        shortened = real.flatmap(
            lambda pairs: st.lists(st.sampled_from(pairs), min_size=1, max_size=len(pairs) + 1)
        )

        def requests_to(route):
            invented = self.pairs(route)
            extended = st.builds(lambda pairs, more: pairs + more, real, invented)
            pairs = st.one_of(invented, real, shortened, extended)
            values = st.recursive(texts | st.none() | st.integers() | st.floats(), st.lists)
            return st.fixed_dictionaries({
                'method': st.one_of(st.sampled_from(['GET', 'POST']), st.sampled_from(METHODS)),
                'route': st.just(route),
                'query': pairs,
                'body': st.one_of(
                    st.tuples(st.just('form'), pairs),
                    st.tuples(st.just('json'), pairs.map(dict) | values),
                    st.tuples(st.just('bytes'), st.binary(max_size=200) | nasty.map(str.encode)),
                ),
                'content_type': st.sampled_from(CONTENT_TYPES),
                'encoding': st.sampled_from(ENCODINGS),
            })

        return st.sampled_from(list(ROUTES)).flatmap(requests_to)

    def send(self, request):
        """Send a request.

        :return: The HTTP status that comes back, 413 when a large request is cut off.
        :rtype: int
        """
        path = f"{request['route']}?{_write_form(request['query'], request['encoding'])}"
        body = _write_body(*request['body'], request['encoding'], request['content_type'])
        connection = http.client.HTTPConnection(
            self._address.hostname, self._address.port, timeout=PATIENCE
        )
        try:
            connection.request(
                request['method'],
                path,
                body=body,
                headers={'Content-Type': request['content_type']},
            )
            return connection.getresponse().status
        except ConnectionError:
            if len(path) + len(body) < LARGE:
                raise
            return http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        finally:
            connection.close()


@pytest.mark.parametrize('signed', [True, False], ids=['signed', 'unsigned'])
def test_nonsense_does_nothing(shop, signed):
    shop.open_account(signed=signed)
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    tx_ids = [shop.create_tx(shop.create_invoice(10 + number)) for number in range(ORDERS)]
    for tx_id in tx_ids:
        shop.visit_pay_route(tx_id)
        shop.come_back(tx_id)
    stranger, notifications = meet_stranger(shop, tx_ids)

    with paused(shop, 'ir_cron_ask_bank'), paused(shop, 'ir_cron_book_payments'):
        before = count_rows(shop)

        @settings(
            max_examples=REQUESTS // 2,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(request=stranger.requests(notifications))
        def fuzz(request):
            status = stranger.send(request)
            assert status < 500 or status == 503 or (status, request['method']) == (501, 'NONSENSE')

        fuzz()

        grown = {
            table: count - before[table]
            for table, count in count_rows(shop).items()
            if count > before[table]
        }
    assert grown.pop('sberbank_exchange', 0) <= EXCHANGES_PER_ORDER * ORDERS
    assert not grown
    assert {shop.read_tx(tx_id, 'state') for tx_id in tx_ids} == {'pending'}
    assert not shop.get_errors()


def meet_stranger(shop, tx_ids):
    """Return a stranger, and the parameters of real notifications about these orders."""
    known, notifications = [], []
    for tx_id in tx_ids:
        order_id, number, reference = shop.read_tx(
            tx_id, 'provider_reference', 'sberbank_order_number', 'reference'
        )
        with shop.env() as env:
            tx = env['payment.transaction'].browse(tx_id)
            tokens = [tx._sberbank_get_access_token(purpose) for purpose in ('pay', 'return')]
        known += [order_id, number, reference, *tokens]
        delivery = shop.bank.notify(order_id, 'deposited', url='http://127.0.0.1:9/')
        notifications.append(delivery['content'])
    return Stranger(shop, known), notifications


def count_rows(shop):
    """Return how many rows each table has."""
    with shop.env() as env:
        env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != ALL(%s)",
            [list(HOUSEKEEPING)],
        )
        counts = {}
        for [table] in env.cr.fetchall():
            env.cr.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            [counts[table]] = env.cr.fetchone()
        return counts


def _write_form(pairs, encoding):
    return '&'.join(f'{_quote(name, encoding)}={_quote(value, encoding)}' for name, value in pairs)


def _quote(text, encoding):
    return quote_from_bytes(str(text).encode(encoding, 'replace'))


def _write_body(kind, content, encoding, content_type):
    if kind == 'bytes':
        return content
    if kind == 'json':
        return json.dumps(content, ensure_ascii=False).encode(encoding, 'replace')
    if 'multipart' not in content_type:
        return _write_form(content, encoding).encode()
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in content
    )
    return (''.join(parts) + '--x--\r\n').encode(encoding, 'replace')
