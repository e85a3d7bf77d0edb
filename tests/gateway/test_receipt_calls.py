"""The client's calls about receipts over real HTTP, and a bank that answers them with nonsense."""

import json
import logging
from dataclasses import replace

import pytest
from gateway import (
    ECOM,
    RBS,
    VAT_TABLES,
    GatewayClient,
    Kind,
    OrderNotFound,
    ReceiptError,
    ReceiptStatus,
    Refused,
    Unavailable,
    UnexpectedAnswer,
    WrongSettings,
)
from hypothesis import given
from hypothesis import strategies as st

from ..nasty import TEXTS
from .receipts import BUYER, RECEIPT_ID, issued_by_ecom, issued_by_rbs, new_receipt
from .server import Answer
from .test_calls import new_order
from .test_client import FORM_URL, LOGIN, ORDER_ID, sent_to
from .test_hostile_bank import WRONG

RETURN = replace(new_receipt(), kind=Kind.SELL_REFUND)
DONE = {'errorCode': '0'}


@pytest.fixture
def client(server, dialect, credentials, exchanges):
    return GatewayClient(
        dialect, f'{server.url}v1/', credentials, read_timeout=5, on_exchange=exchanges.append
    )


@pytest.fixture
def ecom(server, credentials, exchanges):
    return GatewayClient(
        ECOM, f'{server.url}v1/', credentials, read_timeout=5, on_exchange=exchanges.append
    )


def bundle_in(sent):
    """The bundle, which `rbs` has as a text."""
    bundle = sent['orderBundle']
    return json.loads(bundle) if isinstance(bundle, str) else bundle


# === RECEIPTS OF OPERATIONS === #


@pytest.mark.parametrize('method', ['register', 'register_pre_auth'])
def test_an_order_is_registered_with_its_receipt(client, server, dialect, method):
    server.answer = Answer.json({**DONE, 'orderId': ORDER_ID, 'formUrl': FORM_URL})

    getattr(client, method)(new_order(amount=1000, receipt=new_receipt(), email='other@b.ru'))

    sent = sent_to(server, dialect)
    assert len(bundle_in(sent)['cartItems']['items']) == 1
    if dialect is ECOM:
        assert (sent['email'], sent['phone']) == (BUYER.email, BUYER.phone)
    else:
        assert sent['taxSystem'] == '0'
        assert bundle_in(sent)['customerDetails']['email'] == BUYER.email


def test_operations_carry_their_receipts(client, server, dialect):
    server.answer = Answer.json(DONE)

    client.deposit(ORDER_ID, 1000, receipt=new_receipt())
    deposit = sent_to(server, dialect)
    client.refund(ORDER_ID, 1000, external_refund_id='1', receipt=RETURN)
    refund = sent_to(server, dialect)
    client.reverse(ORDER_ID, receipt=RETURN)
    reverse = sent_to(server, dialect)

    if dialect is ECOM:
        assert deposit['orderBundle']['receiptType'] == 'SELL'
        assert refund['orderBundle']['receiptType'] == 'SELL_REFUND'
        assert refund['jsonParams'] == {'externalRefundId': '1'}
        assert reverse['orderBundle']['receiptType'] == 'SELL_REFUND'
        return
    assert json.loads(deposit['depositItems'])['items'][0]['itemAmount'] == 1000
    assert json.loads(refund['refundItems'])['items'][0]['itemAmount'] == 1000
    assert reverse == {**LOGIN, 'orderId': ORDER_ID, 'language': 'ru'}


@pytest.mark.parametrize(
    'call',
    [
        lambda client: client.register(new_order(amount=999, receipt=new_receipt())),
        lambda client: client.register(new_order(amount=1000, receipt=RETURN)),
        lambda client: client.deposit(ORDER_ID, 999, receipt=new_receipt()),
        lambda client: client.deposit(ORDER_ID, 1000, receipt=RETURN),
        lambda client: client.refund(ORDER_ID, 999, receipt=RETURN),
        lambda client: client.refund(ORDER_ID, 1000, receipt=new_receipt()),
        lambda client: client.reverse(ORDER_ID, 999, receipt=RETURN),
        lambda client: client.reverse(ORDER_ID, receipt=new_receipt()),
    ],
)
def test_a_receipt_of_another_operation_is_not_sent(client, server, call):
    with pytest.raises(ReceiptError):
        call(client)
    assert not server.received


def test_a_rate_without_a_code_stops_the_call(server, credentials):
    table = VAT_TABLES['ecom_1_0_4']
    client = GatewayClient(ECOM, f'{server.url}v1/', credentials, vat_table=table)
    server.answer = Answer.json({**DONE, 'orderId': ORDER_ID, 'formUrl': FORM_URL})

    client.register(new_order(amount=1000, receipt=new_receipt()))

    assert sent_to(server, ECOM)['orderBundle']['cartItems']['items'][0]['tax'] == {'taxType': 3}


def test_the_payer_stays_out_of_the_exchange_and_the_log(client, server, exchanges, caplog):
    caplog.set_level(logging.INFO)
    echo = f'Bad: {BUYER.email} {BUYER.phone} 8{BUYER.phone[2:]} {BUYER.inn} {BUYER.name}'
    server.answer = Answer.json({'errorCode': '5', 'errorMessage': echo})

    with pytest.raises(Refused) as caught:
        client.register(new_order(amount=1000, receipt=new_receipt()))

    seen = f'{exchanges} {caplog.messages} {caught.value} {caught.value.message}'
    for personal in (BUYER.email, BUYER.phone[2:], BUYER.inn, BUYER.name):
        assert personal not in seen
    assert 'Виноград' in seen


# === WHAT BECAME OF THEM === #


def answer_of(dialect, *lines):
    if dialect is ECOM:
        return {'orderId': ORDER_ID, 'orderNumber': 'S00042-1', 'receipts': list(lines)}
    return {**DONE, 'orderId': ORDER_ID, 'receipt': list(lines)}


def line_of(dialect, **values):
    return issued_by_ecom(**values) if dialect is ECOM else issued_by_rbs(**values)


def test_receipts_of_an_order_are_read(client, server, dialect):
    server.answer = Answer.json(answer_of(dialect, line_of(dialect)))

    [receipt] = client.get_receipts(ORDER_ID)

    sent = sent_to(server, dialect)
    assert sent == {**LOGIN, 'orderId': ORDER_ID}
    path = '/api/ofd/v1/getReceiptStatus' if dialect is ECOM else '/api/v1/getReceiptStatus.do'
    assert server.last.path == path
    assert receipt.is_done
    assert (receipt.receipt_id, receipt.number, receipt.shift) == (RECEIPT_ID, '10', '188')
    assert (receipt.issued_at, receipt.total) == ('09.10.2023 15:08:00', 24650)
    assert (receipt.fn, receipt.fd, receipt.fpd) == ('9999078902013948', '783', '1837776948')
    assert (receipt.ofd_inn, receipt.ecr_number) == ('7709364346', '0000000005035122')
    assert receipt.qr_text(kind=Kind.SELL).endswith(
        '&s=246.50&fn=9999078902013948&i=783&fp=1837776948&n=1'
    )
    if dialect is ECOM:
        assert (receipt.operation_type, receipt.receipt_type) == ('AUTHORIZATION', 'sell')
        assert receipt.original_id == '23d72f20-a770-4548-9bcc-1d1a8567e071'
        assert receipt.url.startswith('https://consumer.1-ofd.example/')


def test_several_receipts_of_an_order_are_read_in_their_order(client, server, dialect):
    ids = [RECEIPT_ID[:-1] + str(n) for n in range(3)]
    name = 'receiptId' if dialect is ECOM else 'uuid'
    server.answer = Answer.json(answer_of(dialect, *(line_of(dialect, **{name: i}) for i in ids)))

    assert [receipt.receipt_id for receipt in client.get_receipts(ORDER_ID)] == ids


def test_a_failed_receipt_tells_why_and_what_to_do(ecom, server):
    failure = {'code': 1, 'text': 'Ошибка.\nДа', 'type': 'timeout', 'recommendation': 3}
    line = issued_by_ecom(receiptStatus=4, error=failure, payload=None)
    server.answer = Answer.json(answer_of(ECOM, line))

    [receipt] = ecom.get_receipts(ORDER_ID)

    assert receipt.status is ReceiptStatus.FAILED
    assert (receipt.error_code, receipt.error_type) == ('1', 'timeout')
    assert (receipt.error_text, receipt.recommendation) == ('Ошибка. Да', 3)
    assert receipt.total is None


@pytest.mark.parametrize(
    ('status', 'read'), [(None, 0), (0, 0), ('2', 2), (6, 6), (7, 0), (99, 0), ('007', None)]
)
def test_a_state_that_is_not_documented_says_nothing(ecom, server, status, read):
    server.answer = Answer.json(answer_of(ECOM, issued_by_ecom(receiptStatus=status)))
    if read is None:
        with pytest.raises(UnexpectedAnswer):
            ecom.get_receipts(ORDER_ID)
        return
    assert ecom.get_receipts(ORDER_ID)[0].status == read


@pytest.mark.parametrize(
    'name', ['fn_number', 'fiscal_document_number', 'fiscal_document_attribute']
)
def test_a_receipt_of_the_older_gateway_is_done_when_the_register_has_signed_it(
    server, credentials, name
):
    client = GatewayClient(RBS, server.url, credentials)
    server.answer = Answer.json(answer_of(RBS, issued_by_rbs(**{name: None})))

    assert client.get_receipts(ORDER_ID)[0].status is ReceiptStatus.UNDEFINED


def test_no_receipt_yet_is_none(client, server, dialect):
    server.answer = Answer.json(answer_of(dialect))
    assert client.get_receipts(ORDER_ID) == ()

    if dialect is ECOM:
        server.answer = Answer(status=404, body='{"message": "Чек не найден"}'.encode())
        assert client.get_receipts(ORDER_ID) == ()
        server.answer = Answer.json({'orderId': ORDER_ID})
        assert client.get_receipts(ORDER_ID) == ()
        return
    server.answer = Answer.json({'errorCode': '6', 'errorMessage': 'Нет'})
    with pytest.raises(OrderNotFound):
        client.get_receipts(ORDER_ID)


def test_receipts_of_another_order_are_not_believed(client, server, dialect):
    other = {**answer_of(dialect, line_of(dialect)), 'orderId': '0' * 36}
    server.answer = Answer.json(other)

    with pytest.raises(UnexpectedAnswer, match='another order'):
        client.get_receipts(ORDER_ID)


# === THE NEWER GATEWAY'S OWN CALLS === #


def test_a_receipt_is_asked_for_apart_from_a_payment(ecom, server):
    server.answer = Answer.json({
        'message': 'Успешно',
        'orderId': ORDER_ID,
        'receiptId': RECEIPT_ID,
    })

    assert ecom.do_receipt(ORDER_ID, new_receipt(), receipt_id='822c') == RECEIPT_ID

    assert server.last.path == '/api/ofd/v1/doReceipt'
    sent = sent_to(server, ECOM)
    assert sent['orderBundle']['total'] == 1000
    assert {**sent, 'orderBundle': 0} == {
        **LOGIN,
        'orderId': ORDER_ID,
        'receiptId': '822c',
        'email': BUYER.email,
        'phone': BUYER.phone,
        'orderBundle': 0,
    }


def test_the_answer_to_do_receipt_need_not_tell_an_id(ecom, server):
    server.answer = Answer.json({'message': 'Успешно', 'orderId': ORDER_ID})

    assert ecom.do_receipt(ORDER_ID, new_receipt()) == ''
    assert 'receiptId' not in sent_to(server, ECOM)


@pytest.mark.parametrize(
    'answer',
    [
        {'message': 'Успешно'},
        {'message': 'Успешно', 'orderId': None},
        {'message': 'Успешно', 'orderId': '0' * 36},
        {'message': 'Успешно', 'orderId': 1},
        {'message': 'Успешно', 'orderId': ORDER_ID, 'error': 'Ошибка'},
        {'message': 'Успешно', 'orderId': ORDER_ID, 'processingErrorType': 'CLIENT_ERROR'},
        {'message': 'Успешно', 'orderId': ORDER_ID, 'success': False},
        {},
    ],
)
def test_a_receipt_that_may_have_been_made_is_not_taken_for_one(ecom, server, answer):
    server.answer = Answer.json(answer)

    with pytest.raises(UnexpectedAnswer) as caught:
        ecom.do_receipt(ORDER_ID, new_receipt())
    assert caught.value.may_have_reached


@pytest.mark.parametrize('status', [400, 404, 451])
def test_an_http_status_with_a_message_is_a_refusal(ecom, server, exchanges, status):
    body = json.dumps({'message': 'Ошибка формата', 'errorCode': '0', 'orderId': ORDER_ID})
    server.answer = Answer(status=status, body=body.encode())

    for call in (
        lambda: ecom.do_receipt(ORDER_ID, new_receipt()),
        lambda: ecom.retry_receipts([RECEIPT_ID]),
    ):
        with pytest.raises(Refused) as caught:
            call()
        assert (caught.value.code, caught.value.message) == (str(status), 'Ошибка формата')
        assert not caught.value.may_have_reached
        assert exchanges[-1].answer['message'] == 'Ошибка формата'


@pytest.mark.parametrize(
    ('status', 'body', 'error', 'may_have_reached'),
    [
        (404, b'', WrongSettings, True),
        (404, b'<html>', WrongSettings, True),
        (400, b'{"message": 5}', WrongSettings, True),
        (405, b'', WrongSettings, True),
        (429, b'', Unavailable, False),
        (500, b'{"message": "x"}', Unavailable, True),
        (503, b'', Unavailable, True),
        (200, b'<html>', UnexpectedAnswer, True),
        (200, b'[]', UnexpectedAnswer, True),
    ],
)
def test_any_other_failure_says_whether_the_receipt_may_be_made(
    ecom, server, status, body, error, may_have_reached
):
    server.answer = Answer(status=status, body=body)

    for call in (
        lambda: ecom.do_receipt(ORDER_ID, new_receipt()),
        lambda: ecom.get_receipts(ORDER_ID),
    ):
        with pytest.raises(error) as caught:
            call()
        assert caught.value.may_have_reached is may_have_reached


def test_an_http_status_refuses_no_other_call(ecom, server):
    server.answer = Answer(status=400, body=b'{"message": "x"}')

    with pytest.raises(WrongSettings):
        ecom.refund(ORDER_ID, 100)


@pytest.mark.parametrize(
    ('text', 'accepted', 'settled'),
    [
        ('Успешно', True, False),
        ('УСПЕШНО.', True, False),
        ('Чек уже изменен ранее', False, True),
        ('Чек уже изменён ранее', False, True),
        ('Чек уже зарегистрирован ранее', False, True),
        ('Чек не найден', False, False),
        (
            'Ожидается статус регистрации в кассовом сервисе. Чек не может быть отправлен.',
            False,
            False,
        ),
        ('', False, False),
        (None, False, False),
        (5, False, False),
    ],
)
def test_the_bank_says_in_words_whether_it_sends_a_receipt_again(
    ecom, server, text, accepted, settled
):
    server.answer = Answer.json({'retryResult': [{'receiptId': RECEIPT_ID, 'result': text}]})

    results = ecom.retry_receipts([RECEIPT_ID])

    assert server.last.path == '/api/ofd/v1/retryReceipt'
    assert sent_to(server, ECOM) == {**LOGIN, 'receiptIds': [RECEIPT_ID]}
    result = results[RECEIPT_ID]
    assert (result.accepted, result.is_settled) == (accepted, settled)
    assert result.text == str(text if text is not None else '')


@pytest.mark.parametrize(
    'answer',
    [
        {},
        {'retryResult': []},
        {'retryResult': 'Успешно'},
        {'retryResult': ['Успешно']},
        {'retryResult': [{'result': 'Успешно'}]},
        {'retryResult': [{'receiptId': 'other', 'result': 'Успешно'}]},
    ],
)
def test_a_receipt_of_which_nothing_is_said_may_be_sent_again(ecom, server, answer):
    server.answer = Answer.json(answer)

    with pytest.raises(UnexpectedAnswer) as caught:
        ecom.retry_receipts([RECEIPT_ID])
    assert caught.value.may_have_reached


def test_what_can_not_be_right_is_not_sent(server, ecom, credentials):
    rbs = GatewayClient(RBS, server.url, credentials)
    for call in (
        lambda: ecom.retry_receipts([]),
        lambda: ecom.retry_receipts([RECEIPT_ID] * 101),
        lambda: rbs.retry_receipts([RECEIPT_ID]),
        lambda: rbs.do_receipt(ORDER_ID, new_receipt()),
        lambda: ecom.do_receipt('x', new_receipt()),
        lambda: ecom.do_receipt(ORDER_ID, new_receipt(), receipt_id=''),
        lambda: ecom.get_receipts('x'),
    ):
        with pytest.raises(ValueError, match='receipt|order id'):
            call()
    assert not server.received


def test_receipts_have_an_address_only_beside_that_of_the_bank(server, credentials):
    client = GatewayClient(ECOM, server.url, credentials)

    with pytest.raises(WrongSettings, match='must end with /v1/') as caught:
        client.get_receipts(ORDER_ID)
    assert not caught.value.may_have_reached
    assert not server.received


# === A HOSTILE BANK === #


@pytest.mark.parametrize('wrong', WRONG, ids=lambda wrong: ascii(wrong)[:20])
@pytest.mark.parametrize('place', ['receiptId', 'receiptStatus', 'total', 'uuid', 'amount_total'])
def test_what_decides_about_a_receipt_is_of_its_kind_or_the_answer_is_unusable(place, wrong):
    is_rbs = place in ('uuid', 'amount_total')
    dialect = RBS if is_rbs else ECOM
    line = line_of(dialect)
    (line['payload'] if place == 'total' else line)[place] = wrong
    try:
        [receipt] = dialect.read_receipts(answer_of(dialect, line))
    except UnexpectedAnswer:
        return

    match place:
        case 'total' | 'amount_total':
            assert wrong in (1.0, 0.5)
            assert receipt.total == 100 * wrong
        case 'receiptId' | 'uuid':
            assert receipt.receipt_id == wrong
            assert wrong.isascii()
        case 'receiptStatus':
            assert receipt.status is ReceiptStatus.UNDEFINED


@pytest.mark.parametrize('wrong', [True, 1, 'text', {}, [1], ['text'], [None], [[]]], ids=repr)
@pytest.mark.parametrize('dialect', [ECOM, RBS], ids=['ecom', 'rbs'])
def test_a_list_of_receipts_that_is_none_is_unusable(dialect, wrong):
    name = 'receipts' if dialect is ECOM else 'receipt'
    with pytest.raises(UnexpectedAnswer):
        dialect.read_receipts({name: wrong})


@pytest.mark.parametrize('wrong', [True, 0, 1.5, 'text', [], {}, None], ids=repr)
@pytest.mark.parametrize('block', ['payload', 'error'])
def test_a_block_of_the_wrong_kind_says_nothing(block, wrong):
    [receipt] = ECOM.read_receipts(answer_of(ECOM, issued_by_ecom(**{block: wrong})))

    line = issued_by_ecom()
    del line[block]
    assert [receipt] == list(ECOM.read_receipts(answer_of(ECOM, line)))


@pytest.mark.parametrize(
    ('address', 'is_shown'),
    [
        ('https://ofd.example/r?fn=1&i=2', True),
        ('http://ofd.example/', False),
        ('javascript:alert(1)', False),
        ('https://ofd.example@evil.example/', False),
        ('https://127.0.0.1/', False),
        ('https://localhost/', False),
        ('https://ofd.example:8443/', False),
        ('https://ofd.example/ x', False),
        ('https://ofd.example/"onclick', True),
        ('https://' + 'a' * 3000 + '.example/', False),
        ('https://[v1.a]/', False),
        ('https://офд.рф/', False),
        (5, False),
    ],
)
def test_only_a_plain_address_of_a_receipt_is_kept(address, is_shown):
    line = issued_by_ecom()
    line['payload']['ofdReceiptUrl'] = address

    [receipt] = ECOM.read_receipts(answer_of(ECOM, line))

    assert receipt.url == (address if is_shown else '')


@pytest.mark.parametrize('text', TEXTS.values(), ids=TEXTS)
def test_texts_of_a_receipt_are_short_lines(text):
    line = issued_by_ecom()
    for block in (line, line['payload']):
        for name in block.keys() - {'receiptId', 'receiptStatus', 'total', 'payload'}:
            block[name] = text
    line['error'] = {'code': text, 'text': text, 'type': text, 'recommendation': text}

    [receipt] = ECOM.read_receipts(answer_of(ECOM, line))

    for value in vars(receipt).values():
        if isinstance(value, str):
            assert value.isprintable()
            assert len(value) <= 2048


@given(
    st.dictionaries(
        st.sampled_from(sorted({*issued_by_ecom(), *issued_by_ecom()['payload']})),
        st.sampled_from([*WRONG, *TEXTS.values()]) | st.integers() | st.floats() | st.none(),
        max_size=4,
    )
)
def test_no_nonsense_makes_a_receipt_done(nonsense):
    line = {**issued_by_ecom(receiptStatus=4), **nonsense}
    line['payload'] = {**issued_by_ecom()['payload'], **nonsense}
    try:
        [receipt] = ECOM.read_receipts(answer_of(ECOM, line))
    except UnexpectedAnswer:
        return

    if receipt.is_done:
        assert line['receiptStatus'] in (3, '3', '03')
