"""A bank that leaves things out, contradicts itself, or sends nonsense: nothing unsaid is believed.

What the models make of it is in `tests/addon/test_hostile_bank.py`.
"""

import json
import re
from itertools import combinations

import pytest
from gateway import (
    DIALECTS,
    GatewayClient,
    Order,
    OrderStatus,
    Refused,
    UnexpectedAnswer,
    payment_page_allowed,
)
from gateway.calls import Call
from hypothesis import given
from hypothesis import strategies as st

from ..nasty import TEXTS
from .answers import (
    AMOUNT,
    AMOUNTS,
    DECISIVE,
    ORDER_ID,
    answer_in,
    is_there,
    places,
    replaced,
    without,
)
from .server import Answer
from .test_calls import new_order

#: Where each thing that is believed may be said, the first place that is there counting.
SAID_IN = {
    'status': [('orderStatus',)],
    'order_id': [('attributes', 'mdOrder'), ('mdOrder',), ('orderId',)],
    'order_number': [('orderNumber',)],
    'action_code': [('actionCode',)],
    'action_code_description': [('actionCodeDescription',)],
    'amount': [('amount',)],
    'currency': [('currency',)],
    'approved_amount': [('paymentAmountInfo', 'approvedAmount')],
    'deposited_amount': [('paymentAmountInfo', 'depositedAmount')],
    'refunded_amount': [('paymentAmountInfo', 'refundedAmount')],
    'deposited_at': [('depositedDate',), ('authDateTime',)],
    'reference_number': [('authRefNum',)],
    'approval_code': [('cardAuthInfo', 'approvalCode'), ('approvalCode',)],
    'terminal_id': [('terminalId',)],
    'has_bonuses': [('loyaltyInfo', 'bonusAmount')],
    'payment_way': [('cardAuthInfo', 'paymentWay'), ('paymentWay',)],
    'payment_system': [('cardAuthInfo', 'paymentSystem')],
    'masked_pan': [('cardAuthInfo', 'maskedPan'), ('cardAuthInfo', 'pan')],
    'has_chargeback': [('cardAuthInfo', 'chargeback')],
    'operations': [('operations',)],
    'expiration': [('cardAuthInfo', 'expiration')],
    'binding_id': [('bindingInfo', 'bindingId')],
    'client_id': [('bindingInfo', 'clientId')],
    'account': [('attributes', 'subscriptionId'), ('attributes', 'memberId')],
}

#: What is believed only if it is said in all of its places.
IN_PARTS = {'account'}

#: Predicates of an order, by the states in which they hold.
PREDICATES = {
    'is_registered': {0},
    'is_held': {1},
    'is_paid': {2},
    'is_reversed': {3},
    'is_refunded': {4},
    'is_money_taken': {2, 4},
    'is_declined': {6},
    'is_partly_paid': {8},
}


def read(dialect, answer):
    """Read an answer about an order as it comes from the wire.

    :return: The order, or None if the answer is unusable.
    """
    dialect = DIALECTS[dialect]
    try:
        decoded = dialect.decode(json.dumps(answer).encode())
        dialect.check(Call.GET_ORDER_STATUS_EXTENDED, decoded)
        return Order.from_answer(decoded)
    except UnexpectedAnswer:
        return None


# === LEFT OUT === #


@pytest.mark.parametrize('state', AMOUNTS)
@pytest.mark.parametrize('dialect', DIALECTS)
def test_what_was_not_said_is_not_believed(dialect, state):
    whole = answer_in(state, dialect)
    said = vars(read(dialect, whole))
    everything = list(places(whole))
    assert None not in said.values()
    assert len(everything) == 39

    for taken_out in [*combinations(everything, 1), *combinations(everything, 2)]:
        left = without(whole, *taken_out)
        order = read(dialect, left)

        if order is None:
            assert not left.get('errorCode') or 'orderStatus' not in left, taken_out
            continue
        believed = {name: value for name, value in vars(order).items() if value is not None}
        assert believed == {
            name: said[name]
            for name, sources in SAID_IN.items()
            if (all if name in IN_PARTS else any)(is_there(left, place) for place in sources)
        }, taken_out
        assert {name for name in PREDICATES if getattr(order, name)} == {
            name for name, states in PREDICATES.items() if state in states
        }


@pytest.mark.parametrize('dialect', DIALECTS)
def test_an_answer_without_state_is_unusable_whatever_else_it_has(dialect):
    for state in AMOUNTS:
        assert read(dialect, without(answer_in(state, dialect), ('orderStatus',))) is None


def test_silence_is_no_consent_where_money_moves(dialect):
    for call in (Call.DEPOSIT, Call.REVERSE, Call.REFUND, Call.PAYMENT_ORDER_BINDING):
        for answer in ({}, {'orderId': ORDER_ID}, {'success': True}, {'success': 'true'}):
            with pytest.raises(UnexpectedAnswer):
                dialect.check(call, answer)


# === OF THE WRONG KIND === #

WRONG = [
    True,
    False,
    -1,
    1.0,
    0.5,
    float('1e999'),
    10**30,
    '',
    ' 2',
    '2 ',
    '+2',
    '2e0',
    '0x2',
    '٢',
    '２',
    'NaN',
    '9' * 100_000,
    '1\r\n2',
    '2\0',
    '\ud800',
    '\N{RIGHT-TO-LEFT OVERRIDE}2',
    '<b>2</b>',
    [2],
    [],
    {},
    {'value': 2},
]


@pytest.mark.parametrize('wrong', WRONG, ids=lambda wrong: ascii(wrong)[:20])
@pytest.mark.parametrize('place', DECISIVE, ids='.'.join)
@pytest.mark.parametrize('dialect', DIALECTS)
def test_what_decides_about_money_is_of_its_kind_or_the_answer_is_unusable(dialect, place, wrong):
    whole = answer_in(2, dialect)

    order = read(dialect, replaced(whole, place, wrong))

    if order is None:
        return
    # Names are texts, and are compared with ours as they are.
    assert place in (('orderNumber',), ('attributes', 'mdOrder'))
    name = order.order_number if place == ('orderNumber',) else order.order_id
    assert name == str(wrong)
    assert name.isprintable()
    assert 0 < len(name) <= 36


@pytest.mark.parametrize('block', ['paymentAmountInfo', 'cardAuthInfo', 'attributes', 'operations'])
@pytest.mark.parametrize('wrong', [True, 0, 1.5, 'text', [], ['text'], [[]], [1], {}], ids=repr)
@pytest.mark.parametrize('dialect', DIALECTS)
def test_a_block_of_the_wrong_kind_says_nothing(dialect, block, wrong):
    whole = answer_in(2, dialect)

    assert read(dialect, {**whole, block: wrong}) == read(dialect, without(whole, (block,)))


@pytest.mark.parametrize(
    'body',
    [
        b'{"errorCode":"0","orderStatus":0,"orderStatus":2}',
        b'{"errorCode":"5","errorCode":"0","orderStatus":2}',
        b'{"errorCode":"0","orderStatus":2,"cardAuthInfo":{"pan":"1","pan":"2"}}',
        b'{"errorCode":"0","orderStatus":2,"attributes":[{"name":"mdOrder","name":"x"}]}',
        b'{"errorCode":"0","orderStatus":NaN}',
        b'{"errorCode":"0","orderStatus":2,"amount":Infinity}',
        b'{"errorCode":"0","orderStatus":2,"amount":' + b'9' * 5000 + b'}',
        b'[' * 100_000,
        b'{"a":' * 100_000,
        b'[{"errorCode":"0","orderStatus":2}]',
        b'"errorCode"',
        b'{"errorCode":"0","orderStatus":2}{}',
        '{"errorCode":"0","orderStatus":2}'.encode('utf-16'),
        b'{"errorCode":"0","orderStatus":2,"x":"\xff"}',
    ],
    ids=lambda body: repr(body)[:60],
)
def test_a_body_that_can_be_read_in_two_ways_is_read_in_none(dialect, body):
    with pytest.raises(UnexpectedAnswer):
        Order.from_answer(dialect.decode(body))


# === CONTRADICTIONS === #

CONTRADICTIONS = [
    {'success': False, 'error': {'code': '0'}},
    {'success': False, 'error': {'code': 0, 'message': 'Операция отклонена.'}},
    {'success': False, 'errorCode': '0'},
    {'success': False, 'errorCode': '0', 'error': {'code': '0'}},
    {'success': False, 'errorCode': '0', 'error': {'code': '7'}},
    {'success': True, 'errorCode': '7'},
    {'success': 'false', 'errorCode': '0'},
    {'success': 0, 'errorCode': '0'},
    {'errorCode': '0', 'ErrorCode': '7'},
    {'errorCode': '7', 'ErrorCode': '0'},
    {'errorCode': 0, 'error': 'Операция отклонена.', 'processingErrorType': 'CLIENT_ERROR'},
    {'errorCode': 0, 'error': 'Операция отклонена.'},
    {'errorCode': 0, 'error': ['Операция отклонена.']},
    {'errorCode': '0', 'error': {'code': '7', 'message': 'Системная ошибка'}},
    {'errorCode': '0', 'processingErrorType': 'CLIENT_ERROR'},
    {'errorCode': '0', 'processingErrorType': {'value': 'ACQUIRER_ERROR'}},
]


@pytest.mark.parametrize('answer', CONTRADICTIONS, ids=repr)
@pytest.mark.parametrize(
    'call',
    [
        lambda client: client.deposit(ORDER_ID, 100),
        lambda client: client.reverse(ORDER_ID),
        lambda client: client.refund(ORDER_ID, 100),
    ],
    ids=['deposit', 'reverse', 'refund'],
)
def test_where_money_moves_a_contradiction_is_neither_success_nor_refusal(
    client, server, call, answer
):
    server.answer = Answer.json(answer)

    with pytest.raises(UnexpectedAnswer) as caught:
        call(client)

    assert caught.value.may_have_reached


@pytest.mark.parametrize(
    'answer',
    [
        {'errorCode': '0'},
        {'errorCode': 0, 'errorMessage': 'Успешно', 'success': True},
        {'errorCode': '0', 'ErrorCode': 0, 'error': None, 'processingErrorType': 'NO_ERROR'},
        {'errorCode': '0', 'error': {'code': 0}, 'processingErrorType': None},
        {'errorCode': '0', 'error': '', 'success': 'true'},
    ],
    ids=repr,
)
def test_an_answer_that_agrees_with_itself_is_a_success(client, server, answer):
    server.answer = Answer.json(answer)

    client.refund(ORDER_ID, 100)


@pytest.mark.parametrize(
    'answer',
    [
        {'success': False, 'error': {'code': '7', 'message': 'Системная ошибка'}},
        {
            'errorCode': '7',
            'errorMessage': 'Системная ошибка',
            'success': False,
            'error': {'code': 7},
        },
        {'errorCode': '7', 'error': 'x', 'processingErrorType': 'CLIENT_ERROR'},
    ],
    ids=repr,
)
def test_a_failure_that_agrees_with_itself_is_a_refusal(client, server, answer):
    server.answer = Answer.json(answer)

    with pytest.raises(Refused) as caught:
        client.refund(ORDER_ID, 100)

    assert (caught.value.code, caught.value.may_have_reached) == ('7', False)


@pytest.mark.parametrize('success', [False, 'false', 0, [], {}, 'nonsense'], ids=repr)
def test_a_question_that_failed_without_a_code_tells_nothing(dialect, success):
    answer = {**answer_in(2, dialect.code), 'success': success, 'error': {'code': '0'}}

    assert read(dialect.code, answer) is None


@pytest.mark.parametrize('code', ['5', 7, -1, '00005', '٠', 'OK', '0.0', 0.0, False, [], '0\n5'])
def test_a_state_beside_an_error_is_not_believed(dialect, code):
    answer = {**answer_in(2, dialect.code), 'errorCode': code}

    with pytest.raises((Refused, UnexpectedAnswer)):
        dialect.check(Call.GET_ORDER_STATUS_EXTENDED, answer)


# === TEXTS === #


@pytest.mark.parametrize('text', TEXTS.values(), ids=TEXTS)
def test_texts_of_an_order_are_one_short_line(text):
    answer = {
        **answer_in(2, 'rbs'),
        'actionCodeDescription': text,
        'cardAuthInfo': {'paymentWay': text, 'paymentSystem': text, 'maskedPan': text, 'pan': text},
    }

    order = read('rbs', answer)

    assert order.masked_pan is None
    for value in (order.action_code_description, order.payment_way, order.payment_system):
        assert value is None or (value.isprintable() and len(value) <= 512)


@pytest.mark.parametrize('text', TEXTS.values(), ids=TEXTS)
def test_what_the_bank_says_when_it_refuses_is_one_line_of_the_log(
    client, server, exchanges, caplog, text
):
    server.answer = Answer(
        body=json.dumps({'errorCode': '7', 'errorMessage': text, text: text}).encode()
    )

    with pytest.raises(Refused) as caught:
        client.refund(ORDER_ID, 100)

    [line] = caplog.messages
    [exchange] = exchanges
    for shown in (line, str(caught.value), caught.value.message, exchange.error):
        assert shown.isprintable()
        assert len(shown) < 5000
    stored = json.dumps(exchange.answer, ensure_ascii=False)
    assert stored.isprintable()
    assert len(stored) < 10_000


@pytest.mark.parametrize('text', TEXTS.values(), ids=TEXTS)
def test_nonsense_is_neither_an_id_nor_a_page_to_go_to(client, server, caplog, text):
    hosts = {'a.example'}
    for names in (
        {'orderId': text},
        {'formUrl': text},
        {'formUrl': f'https://a.example/{text}'},
        {'formUrl': f'https://a.example{text}/'},
        {'formUrl': f'{text}https://a.example/'},
    ):
        answer = {'errorCode': '0', 'orderId': ORDER_ID, 'formUrl': 'https://a.example/', **names}
        server.answer = Answer(body=json.dumps(answer).encode())
        try:
            page = client.register(new_order()).form_url
        except UnexpectedAnswer:
            continue
        is_allowed = payment_page_allowed(page, hosts, base_url='https://gateway.example/')
        # An address may hold any sign of ASCII that is to be seen.
        assert not is_allowed or re.fullmatch(r'https://a\.example/[!-~]*', page)

    assert all(line.isprintable() and len(line) < 2000 for line in caplog.messages)


@given(
    st.sampled_from(sorted(DIALECTS)),
    st.sampled_from(sorted(AMOUNTS)),
    st.dictionaries(
        st.sampled_from(sorted({name for name, *_ in places(answer_in(2, 'rbs'))})),
        st.recursive(
            st.sampled_from([*WRONG, *TEXTS.values()]) | st.integers() | st.floats(),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(['name', 'value', 'mdOrder', 'depositedAmount']), inner
                )
            ),
            max_leaves=4,
        ),
        max_size=3,
    ),
)
def test_no_nonsense_makes_an_order_paid(dialect, state, nonsense):
    answer = {**answer_in(state, dialect), **nonsense}
    try:
        order = read(dialect, answer)
    except Refused:
        return

    if order and order.is_money_taken:
        assert answer['orderStatus'] in (2, 4, '2', '4')
        assert type(order.amount) in (int, type(None))


def test_the_states_of_these_tests_are_the_banks():
    assert set(AMOUNTS) == set(OrderStatus)


def test_the_places_of_these_tests_are_the_readers(server, credentials):
    client = GatewayClient(DIALECTS['ecom'], server.url, credentials)
    server.answer = Answer.json(answer_in(4, 'ecom'))

    order = client.get_order_status_extended(order_id=ORDER_ID)

    assert SAID_IN.keys() == vars(order).keys()
    assert order.refunded_amount == AMOUNT // 10
