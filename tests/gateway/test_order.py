"""The bank's answer about an order, read from everything that the bank is known to answer."""

import pytest
from gateway import Order, OrderStatus, UnexpectedAnswer
from gateway.calls import MAX_AMOUNT
from hypothesis import given
from hypothesis import strategies as st

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
OTHER_ID = '06cf5599-3f17-7c86-bdbc-bd7d00a8b38b'


def paid(**changes):
    """The answer about a paid order; a change to None takes the field out."""
    answer = {
        'errorCode': '0',
        'errorMessage': 'Обработка запроса прошла без системных ошибок',
        'orderNumber': 'S00042-1',
        'orderStatus': 2,
        'actionCode': 0,
        'actionCodeDescription': 'Успешно',
        'amount': 123456,
        'currency': '643',
        'date': 1769000000000,
        'cardAuthInfo': {
            'maskedPan': '220138*******0047',
            'expiration': '202612',
            'cardHolderName': 'PETR IVANOV',
            'paymentSystem': 'MIR',
            'paymentWay': 'CARD',
            'secureAuthInfo': {'eci': 2, 'threeDSInfo': {'cavv': 'AAAB=', 'xid': 'x'}},
        },
        'paymentAmountInfo': {
            'approvedAmount': 123456,
            'depositedAmount': 123456,
            'refundedAmount': 0,
            'paymentState': 'DEPOSITED',
        },
        'bankInfo': {},
        'attributes': [{'name': 'mdOrder', 'value': ORDER_ID}],
        'somethingNew': {'of': ['next', 'year']},
    }
    answer.update(changes)
    return {name: value for name, value in answer.items() if value is not None}


def test_a_paid_order_is_read_in_full():
    assert Order.from_answer(paid()) == Order(
        status=2,
        order_id=ORDER_ID,
        order_number='S00042-1',
        action_code=0,
        action_code_description='Успешно',
        amount=123456,
        currency='643',
        approved_amount=123456,
        deposited_amount=123456,
        refunded_amount=0,
        payment_way='CARD',
        payment_system='MIR',
        masked_pan='220138*******0047',
        expiration='202612',
    )


def test_an_order_keeps_no_card_data():
    shown = repr(Order.from_answer(paid()))

    assert not [secret for secret in ('PETR', '202612', 'AAAB=') if secret in shown]


# === STATES === #

PREDICATES = {
    'is_registered',
    'is_held',
    'is_paid',
    'is_reversed',
    'is_refunded',
    'is_declined',
    'is_expired',
    'is_unknown',
}


@pytest.mark.parametrize(
    ('status', 'action_code', 'true'),
    [
        (0, -100, {'is_registered'}),
        (0, None, {'is_registered'}),
        (0, -99, {'is_registered'}),
        (0, 116, {'is_registered'}),
        (0, -2006, {'is_registered'}),
        (0, -2007, {'is_registered'}),
        (1, 0, {'is_held'}),
        (2, 0, {'is_paid'}),
        (3, 0, {'is_reversed'}),
        (4, 0, {'is_refunded'}),
        (5, None, set()),
        (5, 5, set()),
        (6, 116, {'is_declined'}),
        (6, -2007, {'is_declined', 'is_expired'}),
        (6, -2013, {'is_declined'}),
        (7, None, set()),
        (8, 0, set()),
        (9, 0, {'is_unknown'}),
        (42, -99, {'is_unknown'}),
    ],
)
def test_a_state_has_its_own_predicates(status, action_code, true):
    order = Order.from_answer(paid(orderStatus=status, actionCode=action_code))

    assert {name for name in PREDICATES if getattr(order, name)} == true


def test_the_states_have_the_bank_s_names():
    assert {state.name: state.value for state in OrderStatus} == {
        'REGISTERED': 0,
        'APPROVED': 1,
        'DEPOSITED': 2,
        'REVERSED': 3,
        'REFUNDED': 4,
        'ACS_STARTED': 5,
        'DECLINED': 6,
        'RBS_PENDING': 7,
        'RBS_PARTLY_DEPOSITED': 8,
    }


# === VARIANTS === #


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        # numbers as texts, and the other way round
        ({'orderStatus': '2', 'amount': '123456', 'actionCode': '0'}, {}),
        ({'currency': 643}, {}),
        ({'currency': '810'}, {}),
        ({'currency': 810}, {}),
        ({'currency': '978'}, {'currency': '978'}),
        ({'currency': 36}, {'currency': '036'}),
        ({'orderNumber': 42}, {'order_number': '42'}),
        ({'actionCode': '-2007'}, {'action_code': -2007}),
        # attributes as an object, and more of them
        ({'attributes': {'mdOrder': ORDER_ID, 'qrcId': 'A' * 32}}, {}),
        (
            {
                'attributes': [
                    {'name': 'qrcId', 'value': 'A'},
                    'nonsense',
                    {'value': OTHER_ID},
                    {'name': 'mdOrder', 'value': ORDER_ID},
                    {'name': 'mdOrder', 'value': ORDER_ID},
                ]
            },
            {},
        ),
        ({'attributes': None, 'mdOrder': ORDER_ID}, {}),
        ({'attributes': [], 'orderId': ORDER_ID}, {}),
        # whatever is missing is not known
        ({'attributes': None}, {'order_id': None}),
        ({'attributes': 'nonsense'}, {'order_id': None}),
        ({'attributes': [{'name': 'qrcId', 'value': 'A'}]}, {'order_id': None}),
        ({'amount': None}, {'amount': None}),
        ({'currency': None}, {'currency': None}),
        ({'orderNumber': None}, {'order_number': None}),
        ({'actionCode': None}, {'action_code': None}),
        (
            {'paymentAmountInfo': None},
            {
                'approved_amount': None,
                'deposited_amount': None,
                'refunded_amount': None,
            },
        ),
        (
            {'paymentAmountInfo': {'depositedAmount': 5}},
            {
                'approved_amount': None,
                'deposited_amount': 5,
                'refunded_amount': None,
            },
        ),
        (
            {'cardAuthInfo': None},
            {'payment_way': None, 'payment_system': None, 'masked_pan': None, 'expiration': None},
        ),
        (
            {'cardAuthInfo': [], 'paymentWay': 'SBP_C2B'},
            {
                'payment_way': 'SBP_C2B',
                'payment_system': None,
                'masked_pan': None,
                'expiration': None,
            },
        ),
        # what is only shown may be nonsense
        ({'actionCode': 'E1'}, {'action_code': None}),
        ({'actionCode': True}, {'action_code': None}),
        ({'actionCode': 1.5}, {'action_code': None}),
        ({'actionCode': '9' * 8}, {'action_code': None}),
        ({'actionCodeDescription': ['x']}, {'action_code_description': None}),
        ({'actionCodeDescription': ' '}, {'action_code_description': None}),
        (
            {'actionCodeDescription': 'Недостаточно\n\0 средств '},
            {'action_code_description': 'Недостаточно   средств'},
        ),
        (
            {'cardAuthInfo': {'pan': '4111111111111111', 'paymentSystem': 7}},
            {'payment_way': None, 'payment_system': None, 'masked_pan': None, 'expiration': None},
        ),
        (
            {'cardAuthInfo': {'pan': '411111**1111'}},
            {
                'payment_way': None,
                'payment_system': None,
                'masked_pan': '411111**1111',
                'expiration': None,
            },
        ),
    ],
    ids=repr,
)
def test_what_the_bank_is_known_to_answer_is_read(changes, expected):
    order = Order.from_answer(paid(**changes))

    changed = {
        name: value
        for name, value in vars(order).items()
        if value != getattr(Order.from_answer(paid()), name)
    }
    assert changed == expected


def test_a_partial_refund_shows_its_sum():
    amounts = {'approvedAmount': 1000, 'depositedAmount': 1000, 'refundedAmount': 300}

    order = Order.from_answer(paid(orderStatus=4, paymentAmountInfo=amounts))

    assert order.is_refunded
    assert (order.deposited_amount, order.refunded_amount) == (1000, 300)
    assert not order.is_refund_untold


def test_a_refund_without_a_sum_is_told_from_one_of_nothing_and_from_none():
    assert Order.from_answer(paid(orderStatus=4, paymentAmountInfo=None)).is_refund_untold
    assert not Order.from_answer(
        paid(orderStatus=4, paymentAmountInfo={'refundedAmount': 0})
    ).is_refund_untold
    assert not Order.from_answer(paid(orderStatus=2, paymentAmountInfo=None)).is_refund_untold


@pytest.mark.parametrize(
    'changes',
    [
        {'orderStatus': None},
        {'orderStatus': True},
        {'orderStatus': 2.0},
        {'orderStatus': ''},
        {'orderStatus': 'DEPOSITED'},
        {'orderStatus': -1},
        {'orderStatus': 100},
        {'amount': -1},
        {'amount': 123456.0},
        {'amount': 1234.56},
        {'amount': '1234.56'},
        {'amount': '1 234'},
        {'amount': '-5'},
        {'amount': '１２３'},
        {'amount': ''},
        {'amount': True},
        {'amount': MAX_AMOUNT + 1},
        {'amount': [123456]},
        {'paymentAmountInfo': {'approvedAmount': '1,5'}},
        {'paymentAmountInfo': {'depositedAmount': -1}},
        {'paymentAmountInfo': {'depositedAmount': '1e3'}},
        {'paymentAmountInfo': {'refundedAmount': 0.5}},
        {'currency': 'RUB'},
        {'currency': 1000},
        {'currency': ''},
        {'orderNumber': ''},
        {'orderNumber': 'a' * 37},
        {'orderNumber': 'a\nb'},
        {'orderNumber': 1.0},
        {'orderNumber': True},
        {'orderNumber': ['a']},
        {'attributes': {'mdOrder': 'not an id'}},
        {'attributes': [{'name': 'mdOrder'}]},
        {'attributes': [{'name': 'mdOrder', 'value': ORDER_ID + '\n'}]},
        {'attributes': [{'name': 'mdOrder', 'value': i} for i in (ORDER_ID, OTHER_ID)]},
    ],
    ids=repr,
)
def test_what_decides_about_money_is_never_guessed(changes):
    with pytest.raises(UnexpectedAnswer) as caught:
        Order.from_answer(paid(**changes))
    assert "can't be read" in caught.value.detail or 'no orderStatus' in caught.value.detail


@given(st.integers(min_value=0, max_value=MAX_AMOUNT), st.booleans())
def test_amounts_are_read_to_the_kopeck(amount, as_text):
    order = Order.from_answer(paid(amount=str(amount) if as_text else amount))

    assert order.amount == amount
    assert type(order.amount) is int


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NONSENSE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(paid())), NONSENSE))
def test_no_answer_breaks_the_reader(changes):
    try:
        order = Order.from_answer({**paid(), **changes})
    except UnexpectedAnswer:
        return
    amounts = (
        order.amount,
        order.approved_amount,
        order.deposited_amount,
        order.refunded_amount,
    )
    assert all(amount is None or 0 <= amount <= MAX_AMOUNT for amount in amounts)
    assert type(order.status) is int


@pytest.mark.parametrize(
    ('deposited', 'refunded', 'taken'),
    [
        (100, None, 100),
        (100, 30, 100),
        (70, 30, 100),  # What is left of it after refunds, at some installations.
        (0, 100, 100),
        (70, None, 70),  # A part was reversed.
        (70, 10, 70),
        (None, 30, None),
    ],
)
def test_what_was_taken_is_read_in_either_way(deposited, refunded, taken):
    order = Order(status=4, deposited_amount=deposited, refunded_amount=refunded)

    assert order.taken_of(100) == taken
