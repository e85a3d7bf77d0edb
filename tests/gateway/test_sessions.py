"""Connections to the bank: kept for questions, new for what acts, shared by a whole process."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from gateway import (
    ECOM,
    Credentials,
    GatewayClient,
    GatewayError,
    Unavailable,
    WrongSettings,
    ca_bundle_file,
)
from gateway import sessions as kept

from .authority import Authority
from .server import Answer, ScriptedServer

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
STATUS = Answer.json(
    {'errorCode': '0', 'orderStatus': 0}, headers={'Set-Cookie': 'merchant=the-first'}
)
#: As a server ends a connection after an answer, without saying so before.
LAST_STATUS = Answer(body=STATUS.body, cut_at=len(STATUS.body))


@pytest.fixture(autouse=True)
def sessions():
    """Begin without any connection."""
    kept._kept.forget()
    return kept


@pytest.fixture
def bundle(authority, tmp_path):
    return ca_bundle_file(authority.pem, str(tmp_path / 'trust'))


@pytest.fixture
def bank(tls_server):
    tls_server.answer = STATUS
    return tls_server


def client_of(bank, bundle, login='shop-api', **options):
    return GatewayClient(
        ECOM, bank.url, Credentials(login, 'pass-word'), ca_bundle=bundle, **options
    )


def ask(bank, bundle, **options):
    return client_of(bank, bundle, **options).get_order_status_extended(order_id=ORDER_ID)


def test_all_questions_of_a_process_share_a_handshake(bank, bundle):
    for login in ('one-api', 'other-api', 'one-api'):
        ask(bank, bundle, login=login)

    assert (len(bank.received), bank.connections) == (3, 1)
    assert not any('Cookie' in request.headers for request in bank.received)


@pytest.mark.parametrize(
    'question',
    [
        pytest.param(lambda client: client.get_receipts(ORDER_ID), id='receipts'),
        pytest.param(lambda client: client.get_bindings('payer'), id='cards'),
    ],
)
def test_whatever_is_asked_shares_it(bank, bundle, question):
    ask(bank, bundle)
    client = GatewayClient(
        ECOM, f'{bank.url}v1/', Credentials('shop-api', 'pass-word'), ca_bundle=bundle
    )

    with suppress(GatewayError):  # The answer is about an order.
        question(client)

    assert (len(bank.received), bank.connections) == (2, 1)


def test_the_authorities_are_read_once(bank, bundle, monkeypatch):
    read, load = [], kept._load_context
    monkeypatch.setattr(kept, '_load_context', lambda file: read.append(file) or load(file))

    ask(bank, bundle)
    for _call in range(2):
        client_of(bank, bundle).reverse(ORDER_ID)

    assert read == [bundle]
    assert bank.connections == 3


def test_what_acts_has_a_connection_of_its_own(bank, bundle):
    ask(bank, bundle)
    for _call in range(2):
        client_of(bank, bundle).reverse(ORDER_ID)

    assert (len(bank.received), bank.connections) == (3, 3)


def test_what_acts_is_sent_once_when_the_bank_hangs_up(bank, bundle):
    ask(bank, bundle)
    bank.answers = [STATUS, Answer(hang_up=True)]
    client_of(bank, bundle).reverse(ORDER_ID)

    with pytest.raises(Unavailable) as caught:
        client_of(bank, bundle).reverse(ORDER_ID)

    assert caught.value.may_have_reached
    assert len(bank.received) == 3


def test_a_connection_that_the_bank_has_closed_is_renewed(bank, bundle):
    bank.answers = [LAST_STATUS]

    for _question in range(3):
        ask(bank, bundle)

    assert (len(bank.received), bank.connections) == (3, 2)


def test_a_question_whose_connection_is_closed_under_it_is_put_again(bank, bundle):
    ask(bank, bundle)
    bank.answers = [Answer(hang_up=True)]

    assert ask(bank, bundle).status == 0

    assert (len(bank.received), bank.connections) == (3, 2)


def test_a_bank_that_always_hangs_up_is_not_asked_for_ever(bank, bundle):
    ask(bank, bundle)
    bank.answer = Answer(hang_up=True)

    with pytest.raises(Unavailable, match='broke'):
        ask(bank, bundle)

    assert len(bank.received) == 3


def test_a_silent_bank_is_not_asked_again(bank, bundle):
    ask(bank, bundle)
    bank.answer = Answer(silent=True)

    with pytest.raises(Unavailable, match='no whole answer'):
        ask(bank, bundle, read_timeout=0.3)

    assert len(bank.received) == 2


def test_a_connection_that_was_idle_for_long_is_not_trusted(bank, bundle, monkeypatch):
    ask(bank, bundle)
    later = time.monotonic() + kept._LONGEST_IDLE

    monkeypatch.setattr(kept.time, 'monotonic', lambda: later)
    ask(bank, bundle)

    assert bank.connections == 2


def test_other_certificates_have_other_connections(bank, bundle, authority, tmp_path):
    ask(bank, bundle)
    more = ca_bundle_file(authority.pem + Authority().pem, str(tmp_path / 'trust'))
    ask(bank, more)
    others = ca_bundle_file(Authority().pem, str(tmp_path / 'trust'))

    with pytest.raises(WrongSettings, match='not trusted'):
        ask(bank, others)
    assert len(bank.received) == 2


def test_a_file_that_was_written_anew_is_read_anew(bank, bundle, tmp_path):
    ask(bank, bundle)
    Path(bundle).write_text(Authority().pem, encoding='ascii')
    os.utime(bundle, ns=(0, 0))

    with pytest.raises(WrongSettings, match='not trusted'):
        ask(bank, bundle)


def test_the_number_of_sessions_is_bounded(bank, bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(kept, '_MAX_SESSIONS', 2)
    with ScriptedServer() as first, ScriptedServer() as second:
        first.answer = second.answer = STATUS
        for server in (bank, first, second, bank):
            ask(server, bundle)

    assert len(kept._kept._sessions) == 2
    assert bank.connections == 2


def test_threads_share_connections_and_mix_nothing_up(bank, bundle):
    found = []

    def ask_often():
        for _question in range(10):
            found.append(ask(bank, bundle).status)

    threads = [threading.Thread(target=ask_often) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [0] * 40
    assert bank.connections <= 4


def test_a_forked_process_has_connections_of_its_own(bank, bundle):
    ask(bank, bundle)

    child = os.fork()
    if not child:
        status = 1
        try:
            status = ask(bank, bundle).status
        finally:
            os._exit(status)
    _child, result = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(result) == 0
    assert bank.connections == 2
    ask(bank, bundle)
    assert bank.connections == 2


def test_the_proxies_of_the_environment_are_used(bank, bundle, server, monkeypatch):
    server.answer = STATUS
    monkeypatch.setenv('http_proxy', server.url)
    monkeypatch.setenv('no_proxy', '')
    for _question in range(2):
        GatewayClient(
            ECOM, 'http://127.0.0.1:9/payment/rest/', Credentials('shop-api', 'pass-word')
        ).get_order_status_extended(order_id=ORDER_ID)

    assert server.last.path.startswith('http://127.0.0.1:9/')
    assert (len(server.received), server.connections) == (2, 1)
