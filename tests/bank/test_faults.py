"""Every fault that can be switched on, seen from a client."""

import time

import pytest
import requests

from dev.bank.process import BankError

from .receiver import Receiver
from .shop import Shop


def strike(shop: Shop, fault: str, **settings) -> None:
    shop.control.faults(shop.login, {'fault': fault, **settings})


@pytest.mark.parametrize(
    ('fault', 'status', 'kind'),
    [
        ('html200', 200, 'text/html'),
        ('empty200', 200, 'application/json'),
        ('http500', 500, 'text/html'),
        ('http502', 502, 'text/html'),
        ('http503', 503, 'text/html'),
        ('http429', 429, 'text/html'),
        ('http404', 404, 'text/html'),
        ('http405', 405, 'text/html'),
        ('http403', 403, 'text/html'),
        ('redirect', 302, 'text/plain'),
    ],
)
def test_something_else_than_an_answer_comes_and_nothing_was_done(shop: Shop, fault, status, kind):
    strike(shop, fault, method='register', times=1)

    response = shop.post(
        'register', orderNumber='F1', amount=100, returnUrl='https://shop.example.com/return'
    )

    assert response.status_code == status
    assert response.headers['Content-Type'].startswith(kind)
    assert shop.control.orders(shop.login) == []
    shop.order(orderNumber='F1')


def test_something_else_may_come_although_it_was_done(shop: Shop):
    strike(shop, 'http502', method='register', after_commit=True)

    response = shop.post(
        'register', orderNumber='F2', amount=100, returnUrl='https://shop.example.com/return'
    )

    assert response.status_code == 502
    assert len(shop.control.orders(shop.login, 'F2')) == 1


def test_a_cut_line_before_the_commit_leaves_nothing_behind(shop: Shop):
    strike(shop, 'drop_connection', times=1)

    with pytest.raises(requests.ConnectionError):
        shop.register(orderNumber='F3')

    assert shop.control.orders(shop.login) == []
    assert shop.control.requests(login=shop.login)[-1]['answer'] == 'dropped'


def test_the_answer_of_register_is_lost_after_the_commit(shop: Shop):
    strike(shop, 'drop_response_after_commit', method='register', times=1)

    with pytest.raises(requests.ConnectionError):
        shop.register(orderNumber='LOST')

    assert shop.call('getOrderStatusExtended', orderNumber='LOST')['orderStatus'] == 0


@pytest.mark.parametrize(
    ('method', 'amount', 'status'),
    [('refund', {'amount': 100}, 4), ('deposit', {'amount': 100}, 2), ('reverse', {}, 3)],
)
def test_an_answer_is_lost_after_money_was_moved(shop: Shop, method, amount, status):
    order_id = shop.paid() if method == 'refund' else shop.hold()
    strike(shop, 'drop_response_after_commit', method=method, times=1)

    with pytest.raises(requests.ConnectionError):
        shop.call(method, orderId=order_id, **amount)

    assert shop.status(order_id)['orderStatus'] == status


def test_a_slow_answer_comes_when_the_client_has_gone(shop: Shop):
    order_id = shop.order()
    strike(shop, 'slow', seconds=0.4, method='getOrderStatusExtended')
    began = time.monotonic()

    shop.status(order_id)

    assert time.monotonic() - began >= 0.4


def test_truncated_json_and_arrays_are_no_answers(shop: Shop):
    order_id = shop.order()
    strike(shop, 'truncated', times=1)
    with pytest.raises(requests.JSONDecodeError):
        shop.status(order_id)

    strike(shop, 'json_array', times=1)

    assert shop.status(order_id)[0]['orderNumber']


def test_a_giant_answer_is_longer_than_a_mebibyte(shop: Shop):
    order_id = shop.order()
    strike(shop, 'giant_answer')

    assert len(shop.post('getOrderStatusExtended', orderId=order_id).content) > 1 << 20


@pytest.mark.parametrize(
    ('fault', 'settings', 'read', 'wrong'),
    [
        ('wrong_amount', {}, lambda answer: answer['amount'], 12344),
        (
            'wrong_amount',
            {'value': 100},
            lambda answer: answer['paymentAmountInfo']['depositedAmount'],
            12445,
        ),
        ('wrong_currency', {}, lambda answer: answer['currency'], '840'),
        ('wrong_order_number', {'value': 'OTHER'}, lambda answer: answer['orderNumber'], 'OTHER'),
        (
            'wrong_order_id',
            {'value': 'other'},
            lambda answer: answer['attributes'][0]['value'],
            'other',
        ),
        ('attributes_as_object', {}, lambda answer: list(answer['attributes']), ['mdOrder']),
        ('error_code_as_int', {}, lambda answer: answer['errorCode'], 0),
        ('error_code_absent', {}, lambda answer: 'errorCode' in answer, False),
        ('currency_as_int', {}, lambda answer: answer['currency'], 643),
        (
            'missing_blocks',
            {},
            lambda answer: {'paymentAmountInfo', 'attributes', 'cardAuthInfo'} & answer.keys(),
            set(),
        ),
        (
            'missing_blocks',
            {'value': ['attributes']},
            lambda answer: ('attributes' in answer, 'paymentAmountInfo' in answer),
            (False, True),
        ),
        ('unknown_status', {}, lambda answer: answer['orderStatus'], 9),
        ('unknown_status', {'value': 7}, lambda answer: answer['orderStatus'], 7),
    ],
)
def test_an_answer_is_spoilt_once_and_then_right_again(shop, fault, settings, read, wrong):
    order_id = shop.paid()
    right = read(shop.status(order_id)) if fault != 'attributes_as_object' else None
    strike(shop, fault, times=1, **settings)

    assert read(shop.status(order_id)) == wrong

    assert right != wrong
    if right is not None:
        assert read(shop.status(order_id)) == right


def test_the_payment_page_may_be_somebody_elses(shop: Shop):
    strike(shop, 'foreign_form_url')

    assert shop.register()['formUrl'].startswith('https://pay.example.com/')


@pytest.mark.parametrize('fault', ['must_change_password', 'permission_denied'])
def test_a_right_call_is_refused(shop: Shop, fault):
    strike(shop, fault, method='register', times=1)

    assert shop.register(orderNumber='R1')['errorCode'] != '0'
    assert shop.control.orders(shop.login) == []
    shop.order(orderNumber='R1')


def test_a_fault_strikes_its_method_its_order_and_its_number_of_times(shop: Shop):
    first, second = shop.order(orderNumber='X1'), shop.order(orderNumber='X2')
    shop.control.faults(
        shop.login,
        {'fault': 'unknown_status', 'method': 'getOrderStatusExtended', 'order': 'X1', 'times': 2},
    )
    shop.control.add_faults(shop.login, {'fault': 'http500', 'order': 'X3'})

    seen = [shop.status(first)['orderStatus'] for _call in range(3)]

    assert seen == [9, 9, 0]
    assert shop.status(second)['orderStatus'] == 0
    left = shop.control.faults_left(shop.login)
    assert left['faults'] == [{'fault': 'http500', 'order': 'X3', 'after_commit': False}]
    assert left['struck'] == {'unknown_status': 2}


def test_faults_of_one_shop_leave_others_alone(rbs: Shop, ecom: Shop):
    strike(rbs, 'http500')

    assert ecom.register()['errorCode'] == '0'
    assert rbs.post('register').status_code == 500


def test_what_is_no_fault_is_refused(shop: Shop):
    for wrong in ({'fault': 'nonsense'}, {'fault': 'slow', 'second': 1}, {}):
        with pytest.raises(BankError, match='400'):
            shop.control.faults(shop.login, wrong)


def test_a_notification_may_never_come(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_never')

    order_id = shop.paid(dynamicCallbackUrl=receiver.url)

    assert shop.control.wait_idle()
    [delivery] = shop.control.order(order_id)['callbacks']
    assert (delivery['outcome'], receiver.notices) == ('suppressed', [])


def test_a_notification_may_come_twice(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_duplicate')

    shop.paid(dynamicCallbackUrl=receiver.url)

    first, second = receiver.wait_for(2)
    assert first.parameters == second.parameters


def test_a_notification_may_come_ten_times_at_once(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_simultaneous')

    shop.paid(dynamicCallbackUrl=receiver.url)

    notices = receiver.wait_for(10)
    assert all(notice.parameters == notices[0].parameters for notice in notices)


def test_copies_that_fail_are_repeated_as_one(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_simultaneous', value=3)
    receiver.answers = [500, 500, 500]
    shop.paid(dynamicCallbackUrl=receiver.url)
    receiver.wait_for(3)
    assert shop.control.wait_idle()

    shop.control.advance(61)

    receiver.wait_for(4)
    assert shop.control.wait_idle()
    assert len(receiver.notices) == 4


def test_notifications_may_come_in_the_wrong_order(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_out_of_order', seconds=60)
    order_id = shop.hold(dynamicCallbackUrl=receiver.url)

    shop.call('deposit', orderId=order_id, amount=12345)

    operations = [notice.parameters['operation'] for notice in receiver.wait_for(2)]
    assert operations == ['deposited', 'approved']


def test_a_notification_that_nothing_overtakes_comes_late(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_out_of_order', seconds=0.2)

    shop.paid(dynamicCallbackUrl=receiver.url)

    receiver.wait_for(1)


def test_a_notification_may_wait_for_the_payers_return(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_after_return', seconds=0.1)
    order_id = shop.paid(dynamicCallbackUrl=receiver.url)
    assert shop.control.wait_idle()
    assert receiver.notices == []

    requests.get(f'{shop.bank.url}/pay/{order_id}/return', allow_redirects=False, timeout=10)

    receiver.wait_for(1)


def test_a_payer_who_never_returns_delays_it_to_the_end_of_the_orders_life(shop, receiver):
    strike(shop, 'callback_after_return', seconds=0)
    shop.paid(dynamicCallbackUrl=receiver.url)

    shop.control.advance(1201)

    receiver.wait_for(1)


def test_a_notification_may_come_before_the_answer_of_register(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_before_register_response')

    order_id = shop.order(dynamicCallbackUrl=receiver.url)

    [notice] = receiver.notices
    assert notice.parameters['mdOrder'] == order_id
    assert notice.parameters['operation'] == 'created'


def test_an_order_may_be_paid_before_the_answer_of_register(shop: Shop, receiver: Receiver):
    strike(shop, 'callback_before_register_response', value='paid')

    order_id = shop.order(dynamicCallbackUrl=receiver.url)

    [notice] = receiver.notices
    assert notice.parameters['operation'] == 'deposited'
    assert shop.status(order_id)['orderStatus'] == 2
