"""Values that go into calls: what can't be right is refused before anything is sent."""

import pytest
from gateway import Credentials, NewOrder
from gateway.calls import MAX_AMOUNT
from hypothesis import given
from hypothesis import strategies as st


def new_order(**values):
    return NewOrder(**{
        'order_number': 'S00042-1',
        'amount': 123456,
        'return_url': 'https://shop.example/return',
        **values,
    })


@pytest.mark.parametrize('amount', [0, -1, MAX_AMOUNT + 1, 1.0, 19.99, True, '100', None], ids=repr)
def test_an_amount_that_is_no_positive_number_of_kopecks_is_refused(amount):
    with pytest.raises(ValueError, match='kopecks'):
        new_order(amount=amount)


@given(st.integers(min_value=1, max_value=MAX_AMOUNT))
def test_every_whole_number_of_kopecks_is_taken(amount):
    assert new_order(amount=amount).amount == amount


@pytest.mark.parametrize('number', ['', 'INV/2026/1', 'a' * 33, 'номер', 'a b', 'a;b', 'a\n'])
def test_an_order_number_that_some_gateway_would_refuse_is_refused(number):
    with pytest.raises(ValueError, match='order number'):
        new_order(order_number=number)


@pytest.mark.parametrize(
    'values',
    [
        {'language': 'de'},
        {'session_timeout_secs': 0},
        {'session_timeout_secs': 1200.0},
        {'session_timeout_secs': True},
    ],
    ids=repr,
)
def test_a_value_that_can_not_be_right_is_refused(values):
    with pytest.raises(ValueError, match='must|speaks'):
        new_order(**values)


def test_credentials_never_show():
    credentials = Credentials(username='shop-api', password='secret-1', token='secret-2')

    assert repr(credentials) == str(credentials) == 'Credentials()'
    assert f'{[credentials]}' == '[Credentials()]'
