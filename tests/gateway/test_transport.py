"""What can go wrong on the way to the bank, told apart by what the caller must do."""

import gzip
import socket
import time
from contextlib import ExitStack, closing
from email.utils import formatdate
from types import SimpleNamespace

import pytest
from gateway import (
    ECOM,
    RBS,
    Credentials,
    GatewayClient,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    WrongSettings,
    new_session,
)
from gateway.transport import MAX_ANSWER_SIZE, environ_proxies

from .server import Answer, ScriptedServer

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'


def refund(client):
    client.refund(ORDER_ID, 100)


@pytest.fixture
def closed_port():
    with closing(socket.socket()) as reserved:
        reserved.bind(('127.0.0.1', 0))
        yield reserved.getsockname()[1]


@pytest.fixture
def deaf_port():
    """A port whose queue is full, so that connecting to it ends in a time-out."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind(('127.0.0.1', 0))
        listener.listen(0)
        for _connection in range(4):
            queued = stack.enter_context(closing(socket.socket()))
            queued.setblocking(False)
            queued.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


# === NO ANSWER === #


def test_a_refused_connection_certainly_did_nothing(closed_port, credentials):
    client = GatewayClient(RBS, f'http://127.0.0.1:{closed_port}/', credentials)

    with pytest.raises(Unavailable, match='could not be reached') as caught:
        refund(client)
    assert not caught.value.may_have_reached


def test_a_connection_that_is_not_made_in_time_certainly_did_nothing(deaf_port, credentials):
    client = GatewayClient(RBS, f'http://127.0.0.1:{deaf_port}/', credentials, connect_timeout=0.2)

    with pytest.raises(Unavailable, match=r'could not be reached within 0\.2 s') as caught:
        refund(client)
    assert not caught.value.may_have_reached


def test_an_unknown_host_certainly_did_nothing(monkeypatch, credentials):
    def fail(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')

    monkeypatch.setattr(socket, 'getaddrinfo', fail)
    client = GatewayClient(RBS, 'https://gateway.invalid/', credentials)

    with pytest.raises(Unavailable, match=r'\(DNS\) knows no host gateway\.invalid') as caught:
        refund(client)
    assert not caught.value.may_have_reached


def test_silence_may_mean_that_the_bank_has_acted(server, dialect, credentials):
    server.answer = Answer(silent=True)
    client = GatewayClient(dialect, server.url, credentials, read_timeout=0.2)
    started = time.monotonic()

    with pytest.raises(Unavailable, match=r'no whole answer within 0\.2 s') as caught:
        refund(client)

    assert caught.value.may_have_reached
    assert time.monotonic() - started < 3
    assert len(server.received) == 1


@pytest.mark.parametrize('drips_after', [0, 17, 200], ids=['status', 'headers', 'body'])
def test_an_answer_that_drips_does_not_hold_the_caller(server, dialect, credentials, drips_after):
    # given
    server.answer = Answer(body=b' ' * 1000, drips_after=drips_after)
    client = GatewayClient(dialect, server.url, credentials, read_timeout=0.5)
    started = time.monotonic()

    # when
    with pytest.raises(Unavailable, match=r'no whole answer within 0\.5 s') as caught:
        refund(client)

    # then
    assert caught.value.may_have_reached
    assert 0.5 <= time.monotonic() - started < 3
    assert len(server.received) == 1


def test_all_calls_of_a_client_together_take_no_longer_than_its_limit(server, dialect, credentials):
    server.answer = Answer(silent=True)
    client = GatewayClient(dialect, server.url, credentials, time_limit=1)
    started = time.monotonic()

    failures = []
    for _call in range(4):
        with pytest.raises(Unavailable) as caught:
            refund(client)
        failures.append(caught.value)

    assert time.monotonic() - started < 3
    assert failures[0].may_have_reached
    assert not failures[-1].may_have_reached
    assert 'no time left' in str(failures[-1])
    assert len(server.received) < len(failures)


def test_a_request_without_a_time_out_has_no_deadline(server):
    with new_session() as session:
        answer = session.post(server.url, timeout=None)

    assert answer.json() == {'errorCode': '0'}


def test_a_slow_answer_that_comes_in_time_is_read(server, dialect, credentials):
    server.answer = Answer.json({'errorCode': '0', 'orderStatus': 2})
    client = GatewayClient(dialect, server.url, credentials, read_timeout=60)

    client.get_order_status_extended(order_id=ORDER_ID)
    server.answer = Answer(body=server.answer.body, drips_after=120)

    assert client.get_order_status_extended(order_id=ORDER_ID).status == 2


def test_each_call_over_a_kept_connection_has_its_own_time(client, server, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: 4.0 * len(server.received))
    monkeypatch.setattr('gateway.deadline.time', clock)

    server.answer = Answer.json({'errorCode': '0', 'orderStatus': 0})

    for _call in range(3):
        client.get_order_status_extended(order_id=ORDER_ID)

    assert (len(server.received), server.connections) == (3, 1)


def test_a_proxy_s_answer_has_the_same_deadline(server, credentials, monkeypatch):
    monkeypatch.delenv('no_proxy', raising=False)
    monkeypatch.delenv('NO_PROXY', raising=False)
    monkeypatch.setenv('http_proxy', server.url)
    server.answer = Answer(body=b' ' * 1000, drips_after=0)
    client = GatewayClient(RBS, 'http://127.0.0.1:9/', credentials, read_timeout=0.5)
    started = time.monotonic()

    for _call in range(2):
        with pytest.raises(Unavailable, match='no whole answer'):
            refund(client)

    assert time.monotonic() - started < 5
    assert len(server.received) == 2


def test_a_lost_connection_may_mean_that_the_bank_has_acted(client, server):
    server.answer = Answer(hang_up=True)

    with pytest.raises(Unavailable, match='broke') as caught:
        refund(client)
    assert caught.value.may_have_reached


def test_a_session_repeats_nothing_on_its_own():
    session = new_session()

    for scheme in ('http://', 'https://'):
        retries = session.get_adapter(f'{scheme}gateway.example/').max_retries
        assert (retries.total, retries.read) == (0, False)


# === NO USABLE ANSWER === #


@pytest.mark.parametrize(
    'answer',
    [
        Answer(body=b''),
        Answer(body=b'<html>Maintenance</html>', content_type='text/html'),
        Answer(body=b'{"errorCode":"0"}', cut_at=9),
        Answer(body=b'{"errorCode":"0"', headers={'X': 'valid length, cut-off JSON'}),
        Answer.json([{'errorCode': '0'}]),
        Answer.json({'errorCode': '0'}, status=204),
        Answer.json({'errorCode': '0'}, status=201),
    ],
    ids=['empty', 'html', 'cut off', 'half json', 'array', '204', '201'],
)
def test_a_broken_answer_may_mean_that_the_bank_has_acted(client, server, answer):
    server.answer = answer

    with pytest.raises(Unavailable) as caught:
        refund(client)
    assert caught.value.may_have_reached


def test_an_answer_that_is_too_large_is_not_read_to_its_end(client, server):
    server.answer = Answer(body=b'{"errorCode":"0","x":"' + b'a' * 8 * MAX_ANSWER_SIZE + b'"}')

    with pytest.raises(UnexpectedAnswer, match='1 MiB'):
        refund(client)


def test_a_compressed_answer_is_measured_unpacked(client, server):
    server.answer = Answer(
        body=gzip.compress(b'{"errorCode":"0","x":"' + b'a' * 4 * MAX_ANSWER_SIZE + b'"}'),
        headers={'Content-Encoding': 'gzip'},
    )

    with pytest.raises(UnexpectedAnswer, match='1 MiB'):
        refund(client)


def test_an_answer_of_just_the_allowed_size_is_read(client, server):
    padding = MAX_ANSWER_SIZE - len(b'{"errorCode":"0","x":""}')
    server.answer = Answer(body=b'{"errorCode":"0","x":"' + b'a' * padding + b'"}')

    refund(client)


# === HTTP STATUS === #


@pytest.mark.parametrize('status', [408, 500, 502, 503, 504])
def test_an_outage_is_worth_another_try(client, server, status):
    server.answer = Answer.json({'errorCode': '0'}, status=status)

    with pytest.raises(Unavailable, match=str(status)) as caught:
        refund(client)

    assert caught.value.may_have_reached
    assert caught.value.retry_after is None


@pytest.mark.parametrize('status', [400, 401, 403, 404, 405, 301, 302, 303, 307, 308])
def test_a_status_that_only_an_administrator_can_mend(client, server, status):
    server.answer = Answer.json({'errorCode': '0'}, status=status)

    with pytest.raises(WrongSettings, match=str(status)) as caught:
        refund(client)
    assert caught.value.may_have_reached


def test_no_redirect_is_followed_to_another_host(client, server):
    with ScriptedServer() as stranger:
        for status in (301, 302, 307, 308):
            server.answer = Answer(status=status, headers={'Location': stranger.url})
            with pytest.raises(WrongSettings, match='address'):
                refund(client)

        assert stranger.received == []


@pytest.mark.parametrize(
    ('header', 'seconds'),
    [
        ('30', 30),
        (' 30 ', 30),
        ('0', 0),
        ('999999999999', 24 * 60 * 60),
        ('-5', None),
        ('soon', None),
        ('²', None),
        ('', None),
        ('Wed, 21 Oct 2015 07:28:00 GMT', 0),
    ],
)
def test_the_bank_says_how_long_to_wait(client, server, header, seconds):
    server.answer = Answer(status=429, headers={'Retry-After': header.encode().decode('latin-1')})

    with pytest.raises(TooManyRequests) as caught:
        refund(client)

    assert caught.value.retry_after == seconds
    assert not caught.value.may_have_reached


def test_the_bank_says_until_when_to_wait(client, server):
    server.answer = Answer(
        status=503, headers={'Retry-After': formatdate(time.time() + 90, usegmt=True)}
    )

    with pytest.raises(Unavailable) as caught:
        refund(client)
    assert 80 <= caught.value.retry_after <= 90


# === SETTINGS === #


def test_a_missing_certificate_bundle_is_a_matter_of_settings():
    client = GatewayClient(
        ECOM,
        'https://127.0.0.1:1/',
        Credentials('shop-api', 'pass'),
        ca_bundle='/nowhere/bundle.pem',
    )

    with pytest.raises(WrongSettings, match='bundle') as caught:
        refund(client)
    assert not caught.value.may_have_reached


@pytest.mark.parametrize('encoding', ['gzip, gzip', 'br', 'zstd', 'gzip,deflate'])
def test_an_answer_that_is_packed_otherwise_is_not_unpacked(server, client, encoding):
    server.answer = Answer(body=b'{}', headers={'Content-Encoding': encoding})

    with pytest.raises(UnexpectedAnswer, match='packed'):
        refund(client)


def test_of_the_machines_settings_only_its_proxies_are_taken(
    server, credentials, tmp_path, monkeypatch
):
    netrc = tmp_path / '.netrc'
    netrc.write_text('machine 127.0.0.1 login stranger password secret\n')
    netrc.chmod(0o600)
    monkeypatch.setenv('NETRC', str(netrc))
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', str(tmp_path / 'none.pem'))
    server.answer = Answer(body=b'{"errorCode": 0}')

    refund(GatewayClient(ECOM, server.url, credentials))
    assert 'authorization' not in {name.lower() for name in server.last.headers}

    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
    environ_proxies.cache_clear()
    with pytest.raises(Unavailable, match='through the proxy') as caught:
        refund(GatewayClient(ECOM, server.url, credentials))
    assert not caught.value.may_have_reached
