"""No secret leaves the client in a log, a record, an error or a representation.

A whole transcript is made with a bank that echoes what it was sent, in every way it could.
"""

import html
import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import pytest
from gateway import ECOM, RBS, Credentials, GatewayClient, GatewayError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .server import Answer
from .test_calls import new_order

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
ORDER = new_order(email='payer@example.com')

# Letters that some format must escape, and one of each kind that none must.
AWKWARD = st.text('"\'%&+=<>\\/{}[]:;,#? aZ0-яЁ№€\U0001f600', min_size=4, max_size=12)
SECRETS = AWKWARD.map(lambda text: f'S3-{text}-T9')
ASCII_SECRETS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=20
).map(lambda text: f'S3-{text}-T9')

quietly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


def echoes(credentials):
    """Answers that repeat the credentials: in the message, in other fields, in no JSON at all."""
    said = ' '.join(credentials.secrets)
    forms = [said, quote(said), quote_plus(said), html.escape(said), repr(said), json.dumps(said)]
    yield from (Answer.json({'errorCode': '5', 'errorMessage': f'wrong: {form}'}) for form in forms)
    yield Answer.json({'errorCode': '0', 'info': said, 'orderStatus': 2, said: [{'x': said}]})
    yield Answer.json({
        'errorCode': '0',
        'orderStatus': 2,
        'userName': said,
        'PASSWORD': said,
        'attributes': [{'name': 'password', 'value': said}],
        'actionCodeDescription': 'ok',
    })
    yield Answer(body=f'<html>{html.escape(said)}</html>'.encode(), content_type='text/html')
    yield Answer(body=f'{{"password": {json.dumps(said)}'.encode())
    yield Answer(body=said.encode(), status=500)
    yield Answer(body=said.encode(), status=403)
    yield Answer(body=said.encode(), status=429)
    yield Answer(status=302, headers={'Location': f'https://x.example/?p={quote(said)}'})
    yield Answer(hang_up=True)


def chain(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


def transcript(dialect, server, credentials, caplog):
    """Make calls and return everything that was written, shown or raised."""
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    exchanges, errors = [], []
    client = GatewayClient(
        dialect, server.url, credentials, read_timeout=5, on_exchange=exchanges.append
    )
    server.answers = list(echoes(credentials))
    count = len(server.answers)
    for number in range(count):
        try:
            if number % 2:
                client.register(ORDER)
            else:
                client.get_order_status_extended(order_id=ORDER_ID)
        except GatewayError as error:
            errors.append(error)
    assert len(exchanges) == count
    assert len(errors) >= count - 2
    return '\n'.join([
        *(record.getMessage() for record in caplog.records),
        *(repr(exchange) for exchange in exchanges),
        *(json.dumps(vars(exchange), ensure_ascii=False) for exchange in exchanges),
        *(json.dumps(vars(exchange)) for exchange in exchanges),
        *('\n'.join(traceback.format_exception(error)) for error in errors),
        *(f'{link!r} {link} {vars(link)}' for error in errors for link in chain(error)),
        repr(client),
        repr(credentials),
    ])


def assert_scrubbed(text, secret):
    # The middle of a secret is looked for as well: an escape must not hide a leak.
    forms = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        html.escape(secret),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe=''),
    }
    assert not [form for form in forms if form in text]
    assert 'S3-' not in text
    assert '-T9' not in text


@quietly
@given(username=SECRETS, password=SECRETS)
@example(username='S3-shop-T9', password='S3-"quote\'-T9')
@example(username='S3-shop-T9', password='S3-100%s%(a)s%-T9')
@example(username='S3-shop-T9', password='S3-\\"\\u0022{}-T9')
def test_a_transcript_in_rbs_comes_out_scrubbed(server, caplog, username, password):
    credentials = Credentials(username, password)

    text = transcript(RBS, server, credentials, caplog)

    assert_scrubbed(text, username)
    assert_scrubbed(text, password)
    assert 'payer@example.com' not in text


@quietly
@given(token=SECRETS)
def test_a_transcript_with_a_token_comes_out_scrubbed(server, caplog, token):
    assert_scrubbed(transcript(RBS, server, Credentials(token=token), caplog), token)


@quietly
@given(password=ASCII_SECRETS)
def test_a_transcript_in_ecom_comes_out_scrubbed(server, caplog, password):
    credentials = Credentials('S3-shop-T9', password)

    text = transcript(ECOM, server, credentials, caplog)

    assert_scrubbed(text, password)
    assert_scrubbed(text, 'S3-shop-T9')


def test_the_original_exception_with_the_request_in_it_does_not_travel_along(client, server):
    server.answer = Answer(hang_up=True)

    with pytest.raises(GatewayError) as caught:
        client.reverse(ORDER_ID)

    assert list(chain(caught.value)) == [caught.value]


def test_a_bank_s_message_stays_readable_around_the_secret(server):
    server.answer = Answer.json({
        'errorCode': '5',
        'errorMessage': 'Пользователь shop-api с паролем p"a%ss не найден\n',
    })
    client = GatewayClient(RBS, server.url, Credentials('shop-api', 'p"a%ss'))

    with pytest.raises(GatewayError) as caught:
        client.reverse(ORDER_ID)
    assert caught.value.message == 'Пользователь *** с паролем *** не найден '
