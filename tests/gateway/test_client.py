"""Each call of the client, in both dialects, over real HTTP."""

import contextlib
import json
import logging
import re
import threading
from urllib.parse import parse_qs

import pytest
from gateway import (
    ECOM,
    RBS,
    Credentials,
    GatewayClient,
    GatewayError,
    OrderNotFound,
    OrderNumberTaken,
    OrderStatus,
    Refused,
    Registered,
    UnexpectedAnswer,
    WrongSettings,
    new_session,
)
from gateway.calls import MAX_AMOUNT
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .server import Answer
from .test_calls import new_order

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
FORM_URL = f'https://ecomtest.sberbank.ru/pp/pay_ru?orderId={ORDER_ID}'
LOGIN = {'userName': 'shop-api', 'password': 'pass%word"1'}


def sent_to(server, dialect):
    """Read the last request as the bank would, independently of how it was written."""
    request = server.last
    assert request.method == 'POST'
    if dialect is ECOM:
        assert request.headers['Content-Type'] == 'application/json; charset=utf-8'
        return json.loads(request.body.decode('utf-8'))
    assert request.headers['Content-Type'] == 'application/x-www-form-urlencoded; charset=utf-8'
    fields = parse_qs(request.body.decode('ascii'), strict_parsing=True, keep_blank_values=True)
    assert all(len(values) == 1 for values in fields.values())
    return {name: values[0] for name, values in fields.items()}


def in_dialect(dialect, fields):
    """Numbers are numbers in JSON and digits in a form."""
    if dialect is ECOM:
        return fields
    return {name: str(value) if type(value) is int else value for name, value in fields.items()}


# === WHAT IS SENT === #


@pytest.mark.parametrize(
    ('method', 'path'),
    [('register', 'register.do'), ('register_pre_auth', 'registerPreAuth.do')],
)
def test_register_sends_the_order_and_returns_its_page(client, server, dialect, method, path):
    # given
    server.answer = Answer.json({'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': FORM_URL})
    order = new_order(
        description='Счёт INV/2026/00042',
        language='en',
        email='payer@example.com',
        session_timeout_secs=600,
        callback_url='https://shop.example/callback',
    )

    # when
    registered = getattr(client, method)(order)

    # then
    assert registered == Registered(order_id=ORDER_ID, form_url=FORM_URL)
    assert server.last.path == f'/api/{path}'
    assert sent_to(server, dialect) == in_dialect(
        dialect,
        {
            **LOGIN,
            'orderNumber': 'S00042-1',
            'amount': 123456,
            'currency': '643',
            'returnUrl': 'https://shop.example/return',
            'description': 'Счёт INV/2026/00042',
            'language': 'en',
            'sessionTimeoutSecs': 600,
            'dynamicCallbackUrl': 'https://shop.example/callback',
            'email': 'payer@example.com',
        },
    )


def test_register_leaves_out_what_is_not_given(client, server, dialect):
    server.answer = Answer.json({'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': FORM_URL})

    client.register(new_order())

    assert sent_to(server, dialect) == in_dialect(
        dialect,
        {
            **LOGIN,
            'orderNumber': 'S00042-1',
            'amount': 123456,
            'currency': '643',
            'returnUrl': 'https://shop.example/return',
            'language': 'ru',
            'sessionTimeoutSecs': 1200,
        },
    )


@pytest.mark.parametrize(
    ('reference', 'sent'),
    [
        ({'order_id': ORDER_ID}, {'orderId': ORDER_ID}),
        ({'order_number': 'S00042-1'}, {'orderNumber': 'S00042-1'}),
    ],
)
def test_status_is_asked_by_exactly_one_name(client, server, dialect, reference, sent):
    server.answer = Answer.json({'errorCode': '0', 'orderStatus': 2, 'amount': 123456})

    order = client.get_order_status_extended(**reference)

    assert (order.status, order.amount) == (OrderStatus.DEPOSITED, 123456)
    assert server.last.path == '/api/getOrderStatusExtended.do'
    assert sent_to(server, dialect) == {**LOGIN, **sent, 'language': 'ru'}


@pytest.mark.parametrize(
    ('call', 'path', 'sent'),
    [
        (lambda client: client.deposit(ORDER_ID, 100), 'deposit.do', {'amount': 100}),
        (lambda client: client.reverse(ORDER_ID), 'reverse.do', {}),
        (lambda client: client.reverse(ORDER_ID, 50), 'reverse.do', {'amount': 50}),
        (lambda client: client.refund(ORDER_ID, 1050), 'refund.do', {'amount': 1050}),
        (lambda client: client.decline(ORDER_ID), 'decline.do', {}),
    ],
    ids=['deposit', 'reverse', 'reverse part', 'refund', 'decline'],
)
def test_money_is_moved_by_the_bank_s_id(client, server, dialect, call, path, sent):
    assert call(client) is None

    assert server.last.path == f'/api/{path}'
    assert sent_to(server, dialect) == in_dialect(
        dialect, {**LOGIN, 'orderId': ORDER_ID, 'language': 'ru', **sent}
    )


def test_a_refund_carries_its_key_where_the_dialect_has_it(client, server, dialect):
    client.refund(ORDER_ID, 1050, external_refund_id='refund-7')

    sent = sent_to(server, dialect)
    if dialect is ECOM:
        assert sent['jsonParams'] == {'externalRefundId': 'refund-7'}
    else:
        assert sent['externalRefundId'] == 'refund-7'


def test_a_token_is_sent_alone(server):
    client = GatewayClient(RBS, server.url, Credentials(token='t0ken+&='))

    client.reverse(ORDER_ID)

    assert sent_to(server, RBS) == {'token': 't0ken+&=', 'orderId': ORDER_ID, 'language': 'ru'}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(amount=st.integers(min_value=1, max_value=MAX_AMOUNT))
def test_amounts_arrive_to_the_kopeck(client, server, dialect, amount):
    client.refund(ORDER_ID, amount)

    assert sent_to(server, dialect)['amount'] == in_dialect(dialect, {'amount': amount})['amount']


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(password=st.text(st.characters(exclude_categories=['Cs', 'Cc']), min_size=1))
@example(password='code')
@example(password='errorCode')
def test_any_password_reaches_the_bank_as_it_is(server, password):
    client = GatewayClient(RBS, server.url, Credentials('shop-api', password))

    client.reverse(ORDER_ID)

    assert sent_to(server, RBS)['password'] == password


# === WHAT IS NOT SENT === #


@pytest.mark.parametrize(
    'call',
    [
        lambda client: client.refund(ORDER_ID, 0),
        lambda client: client.refund(ORDER_ID, -5),
        lambda client: client.refund(ORDER_ID, 10.5),
        lambda client: client.refund(ORDER_ID, True),
        lambda client: client.refund('S00042-1;', 100),
        lambda client: client.refund(ORDER_ID, 100, external_refund_id=''),
        lambda client: client.refund(ORDER_ID, 100, external_refund_id='a' * 37),
        lambda client: client.deposit(ORDER_ID, 0),
        lambda client: client.reverse(ORDER_ID, 0),
        lambda client: client.get_order_status_extended(),
        lambda client: client.get_order_status_extended(order_id=ORDER_ID, order_number='1'),
        lambda client: client.get_order_status_extended(order_id=''),
        lambda client: client.get_order_status_extended(order_number='a/b'),
        lambda client: client.decline(''),
    ],
)
def test_a_call_that_can_not_be_right_is_not_sent(client, server, call):
    with pytest.raises(ValueError, match='.'):
        call(client)
    assert server.received == []


@pytest.mark.parametrize(
    ('dialect', 'url', 'credentials'),
    [
        (RBS, 'http://3dsec.sberbank.ru/payment/rest/', Credentials('a', 'b')),
        (RBS, 'https://user:pass@3dsec.sberbank.ru/', Credentials('a', 'b')),
        (RBS, 'https://3dsec.sberbank.ru/', Credentials()),
        (ECOM, 'https://ecomtest.sberbank.ru/', Credentials(token='abc')),
        (ECOM, 'https://ecomtest.sberbank.ru/', Credentials('a', 'пароль')),
    ],
)
def test_a_client_that_could_not_work_is_not_made(dialect, url, credentials):
    with pytest.raises(ValueError, match='gateway|bank'):
        GatewayClient(dialect, url, credentials)


# === WHAT COMES BACK === #


def test_rbs_registers_without_an_error_code(server, credentials):
    server.answer = Answer.json({'orderId': ORDER_ID, 'formUrl': FORM_URL})

    registered = GatewayClient(RBS, server.url, credentials).register(new_order())

    assert registered.order_id == ORDER_ID


def test_json_is_read_whatever_its_content_type(client, server):
    server.answer = Answer.json({'errorCode': 0, 'orderStatus': '0'}, content_type='text/html')

    assert client.get_order_status_extended(order_id=ORDER_ID).is_registered


@pytest.mark.parametrize(
    'answer',
    [
        {'errorCode': '0'},
        {'errorCode': '0', 'orderId': ORDER_ID},
        {'errorCode': '0', 'formUrl': FORM_URL},
        {'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': ''},
        {'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': 'https://a/' + 'a' * 2048},
        {'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': {'url': FORM_URL}},
        {'errorCode': '0', 'orderId': 42, 'formUrl': FORM_URL},
        {'errorCode': '0', 'orderId': ORDER_ID + '\n', 'formUrl': FORM_URL},
        {'errorCode': '0', 'orderId': ORDER_ID * 2, 'formUrl': FORM_URL},
        {'errorCode': '0', 'orderId': '../../etc', 'formUrl': FORM_URL},
    ],
    ids=repr,
)
def test_a_registration_without_id_or_page_is_no_answer(client, server, answer):
    server.answer = Answer.json(answer)

    with pytest.raises(UnexpectedAnswer) as caught:
        client.register(new_order())
    assert caught.value.may_have_reached


@pytest.mark.parametrize(
    ('code', 'error'), [('1', OrderNumberTaken), (1, OrderNumberTaken), ('5', Refused)]
)
def test_a_refused_registration_says_why(client, server, code, error):
    server.answer = Answer.json({'errorCode': code, 'errorMessage': 'Заказ уже обработан'})

    with pytest.raises(error) as caught:
        client.register(new_order())

    assert (caught.value.code, caught.value.message) == (str(code), 'Заказ уже обработан')
    assert 'Заказ уже обработан' in str(caught.value)
    assert not caught.value.may_have_reached


def test_an_order_that_the_bank_does_not_know(client, server):
    server.answer = Answer.json({'errorCode': '6', 'errorMessage': 'Неверный номер заказа'})

    with pytest.raises(OrderNotFound):
        client.get_order_status_extended(order_number='S00042-1')


def test_nothing_is_sent_twice_on_its_own(client, server):
    server.answer = Answer(status=503)

    with pytest.raises(Exception, match='503'):
        client.refund(ORDER_ID, 100)
    assert len(server.received) == 1


# === CONNECTIONS AND THREADS === #


def test_a_connection_is_kept_between_questions(client, server):
    server.answer = Answer.json({'errorCode': '0', 'orderStatus': 0})

    for _call in range(3):
        client.get_order_status_extended(order_id=ORDER_ID)

    assert (len(server.received), server.connections) == (3, 1)


def test_a_client_serves_many_threads_over_kept_connections(server, dialect, credentials):
    # given
    server.answer = Answer.json(
        {'errorCode': '0', 'orderStatus': 0}, headers={'Set-Cookie': 'balancer=7'}
    )
    client = GatewayClient(dialect, server.url, credentials, session=new_session(pool_size=4))
    found = []

    def ask():
        for _call in range(10):
            found.append(client.get_order_status_extended(order_id=ORDER_ID).status)

    # when
    threads = [threading.Thread(target=ask) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert found == [0] * 40
    assert server.connections <= 4
    assert not any('Cookie' in request.headers for request in server.received)


# === RECORDS === #


def test_every_call_is_reported_masked(client, server, exchanges):
    server.answer = Answer.json({'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': FORM_URL})
    address = 'https://shop.example/return?ref=S00042-1&access_token=0f1e2d'

    client.register(new_order(email='payer@example.com', return_url=address, callback_url=address))

    (exchange,) = exchanges
    assert exchange.method == 'register'
    assert exchange.request['orderNumber'] == 'S00042-1'
    assert exchange.request['amount'] == 123456
    assert {exchange.request[name] for name in ('userName', 'password', 'email')} == {'***'}
    assert {exchange.request[name] for name in ('returnUrl', 'dynamicCallbackUrl')} == {
        'https://shop.example/return?ref=***&access_token=***'
    }
    assert '0f1e2d' in server.last.body.decode()
    assert exchange.answer == {'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': FORM_URL}
    assert (exchange.http_status, exchange.error) == (200, None)
    assert 0 < exchange.duration < 5


@pytest.mark.parametrize(
    ('answer', 'status', 'recorded'),
    [
        (Answer.json({'errorCode': '7'}), 200, {'errorCode': '7'}),
        (Answer(body=b'<html>'), 200, None),
        (Answer(status=502, body=b'<html>'), 502, None),
        (Answer(status=404), 404, None),
        (Answer(hang_up=True), None, None),
    ],
    ids=['refused', 'html', '502', '404', 'hung up'],
)
def test_a_failed_call_is_reported_with_its_reason(
    client, server, exchanges, answer, status, recorded
):
    server.answer = answer

    with pytest.raises(Exception, match='.') as caught:
        client.refund(ORDER_ID, 100)

    (exchange,) = exchanges
    assert (exchange.http_status, exchange.answer) == (status, recorded)
    assert exchange.error == caught.value.detail


def test_a_call_is_one_line_of_the_log(client, server, caplog):
    caplog.set_level(logging.INFO, 'gateway.client')
    host = server.url.split('/')[2]
    server.answers = [
        Answer.json({'errorCode': '0'}),
        Answer.json({'errorCode': '7', 'errorMessage': 'Сумма\nбольше'}),
        Answer(status=502),
    ]

    client.refund(ORDER_ID, 100)
    for _failure in range(2):
        with pytest.raises(GatewayError):
            client.refund(ORDER_ID, 100)

    lines = [re.sub(r'in \d+\.\d{3} s', 'in T s', entry.getMessage()) for entry in caplog.records]
    assert [entry.levelname for entry in caplog.records] == ['INFO', 'WARNING', 'WARNING']
    call, order = f'refund at {host}: HTTP', f'in T s; order {ORDER_ID};'
    assert lines == [
        f'{call} 200 {order} errorCode 0',
        f'{call} 200 {order} The bank refused refund: code 7, «Сумма больше».',
        f'{call} 502 {order} {host} is out of order (HTTP 502).',
    ]


@pytest.mark.parametrize(
    ('answer', 'named'),
    [
        ({'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': FORM_URL}, f'S00042-1 = {ORDER_ID}'),
        ({'errorCode': '5', 'errorMessage': 'E-mail payer@example.com is wrong'}, 'S00042-1'),
    ],
    ids=['registered', 'refused'],
)
def test_the_log_names_the_order_and_nothing_of_the_payer(client, server, caplog, answer, named):
    # given
    caplog.set_level(logging.DEBUG)
    personal = {
        'cardAuthInfo': {'cardholderName': 'IVAN IVANOV'},
        'bindingInfo': {'clientId': 'partner-7'},
    }
    server.answer = Answer.json({**answer, **personal})
    order = new_order(
        email='payer@example.com',
        description='Consultation of Ivan Ivanov',
        return_url='https://shop.example/return?access_token=0f1e2d',
    )

    # when
    with contextlib.suppress(Refused):
        client.register(order)

    # then
    assert f'order {named}; ' in caplog.text
    for secret in ('payer@', 'van', 'VAN', 'partner-7', '123456', 'shop.example', '0f1e2d'):
        assert secret not in caplog.text


@pytest.mark.parametrize('code', ['0', '7'])
def test_an_answer_is_masked_once(client, server, monkeypatch, code):
    masked = []
    monkeypatch.setattr(
        'gateway.client.mask', lambda content, secrets: masked.append(content) or content
    )
    answer = {'errorCode': code, 'errorMessage': 'text'}
    server.answer = Answer.json(answer)

    with contextlib.suppress(Refused):
        client.refund(ORDER_ID, 100)

    assert masked.count(answer) == 1


def test_a_record_that_can_not_be_kept_does_not_undo_the_call(server, credentials, caplog):
    def fail(_exchange):
        raise OSError('disk full')

    client = GatewayClient(RBS, server.url, credentials, on_exchange=fail)

    client.refund(ORDER_ID, 100)

    assert len(server.received) == 1
    assert 'could not be recorded' in caplog.text


def test_a_redirect_is_an_error_and_is_not_followed(client, server):
    server.answer = Answer(status=302, headers={'Location': server.url + 'elsewhere'})

    with pytest.raises(WrongSettings, match='302'):
        client.reverse(ORDER_ID)
    assert [request.path for request in server.received] == ['/api/reverse.do']


def test_somebody_may_let_go_of_something_before_each_call(server, credentials):
    told = []
    client = GatewayClient(
        RBS, server.url, credentials, before_call=lambda: told.append(len(server.received))
    )

    for _call in range(2):
        client.reverse(ORDER_ID)

    assert told == [0, 1]
