"""Every fault that can be switched on, seen from a client."""

import time

import pytest
import requests

from dev.bank.process import BankError

from .merchant import Merchant
from .receiver import Receiver


def strike(merchant: Merchant, fault: str, **settings) -> None:
    merchant.control.faults(merchant.login, {'fault': fault, **settings})


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
def test_something_else_than_an_answer_comes_and_nothing_was_done(
    merchant: Merchant, fault, status, kind
):
    strike(merchant, fault, method='register', times=1)

    response = merchant.post(
        'register', orderNumber='F1', amount=100, returnUrl='https://shop.example.com/return'
    )

    assert response.status_code == status
    assert response.headers['Content-Type'].startswith(kind)
    assert merchant.control.orders(merchant.login) == []
    merchant.order(orderNumber='F1')


def test_something_else_may_come_although_it_was_done(merchant: Merchant):
    strike(merchant, 'http502', method='register', after_commit=True)

    response = merchant.post(
        'register', orderNumber='F2', amount=100, returnUrl='https://shop.example.com/return'
    )

    assert response.status_code == 502
    assert len(merchant.control.orders(merchant.login, 'F2')) == 1


def test_a_cut_line_before_the_commit_leaves_nothing_behind(merchant: Merchant):
    strike(merchant, 'drop_connection', times=1)

    with pytest.raises(requests.ConnectionError):
        merchant.register(orderNumber='F3')

    assert merchant.control.orders(merchant.login) == []
    assert merchant.control.requests(login=merchant.login)[-1]['answer'] == 'dropped'


def test_the_answer_of_register_is_lost_after_the_commit(merchant: Merchant):
    strike(merchant, 'drop_response_after_commit', method='register', times=1)

    with pytest.raises(requests.ConnectionError):
        merchant.register(orderNumber='LOST')

    assert merchant.call('getOrderStatusExtended', orderNumber='LOST')['orderStatus'] == 0


@pytest.mark.parametrize(
    ('method', 'amount', 'status'),
    [('refund', {'amount': 100}, 4), ('deposit', {'amount': 100}, 2), ('reverse', {}, 3)],
)
def test_an_answer_is_lost_after_money_was_moved(merchant: Merchant, method, amount, status):
    order_id = merchant.paid() if method == 'refund' else merchant.hold()
    strike(merchant, 'drop_response_after_commit', method=method, times=1)

    with pytest.raises(requests.ConnectionError):
        merchant.call(method, orderId=order_id, **amount)

    assert merchant.status(order_id)['orderStatus'] == status


def test_a_slow_answer_comes_when_the_client_has_gone(merchant: Merchant):
    order_id = merchant.order()
    strike(merchant, 'slow', seconds=0.4, method='getOrderStatusExtended')
    began = time.monotonic()

    merchant.status(order_id)

    assert time.monotonic() - began >= 0.4


def test_truncated_json_and_arrays_are_no_answers(merchant: Merchant):
    order_id = merchant.order()
    strike(merchant, 'truncated', times=1)
    with pytest.raises(requests.JSONDecodeError):
        merchant.status(order_id)

    strike(merchant, 'json_array', times=1)

    assert merchant.status(order_id)[0]['orderNumber']


def test_a_giant_answer_is_longer_than_a_mebibyte(merchant: Merchant):
    order_id = merchant.order()
    strike(merchant, 'giant_answer')

    assert len(merchant.post('getOrderStatusExtended', orderId=order_id).content) > 1 << 20


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
            lambda answer: (
                {'currency', 'paymentAmountInfo', 'attributes', 'cardAuthInfo'} & answer.keys()
            ),
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
def test_an_answer_is_spoilt_once_and_then_right_again(merchant, fault, settings, read, wrong):
    order_id = merchant.paid()
    right = read(merchant.status(order_id)) if fault != 'attributes_as_object' else None
    strike(merchant, fault, times=1, **settings)

    assert read(merchant.status(order_id)) == wrong

    assert right != wrong
    if right is not None:
        assert read(merchant.status(order_id)) == right


def test_the_payment_page_may_be_somebody_elses(merchant: Merchant):
    strike(merchant, 'foreign_form_url')

    assert merchant.register()['formUrl'].startswith('https://pay.example.com/')


@pytest.mark.parametrize('fault', ['must_change_password', 'permission_denied'])
def test_a_right_call_is_refused(merchant: Merchant, fault):
    strike(merchant, fault, method='register', times=1)

    assert merchant.register(orderNumber='R1')['errorCode'] != '0'
    assert merchant.control.orders(merchant.login) == []
    merchant.order(orderNumber='R1')


def test_a_fault_strikes_its_method_its_order_and_its_number_of_times(merchant: Merchant):
    first, second = merchant.order(orderNumber='X1'), merchant.order(orderNumber='X2')
    merchant.control.faults(
        merchant.login,
        {'fault': 'unknown_status', 'method': 'getOrderStatusExtended', 'order': 'X1', 'times': 2},
    )
    merchant.control.add_faults(merchant.login, {'fault': 'http500', 'order': 'X3'})

    seen = [merchant.status(first)['orderStatus'] for _call in range(3)]

    assert seen == [9, 9, 0]
    assert merchant.status(second)['orderStatus'] == 0
    left = merchant.control.faults_left(merchant.login)
    assert left['faults'] == [{'fault': 'http500', 'order': 'X3', 'after_commit': False}]
    assert left['struck'] == {'unknown_status': 2}


def test_faults_of_one_shop_leave_others_alone(rbs: Merchant, ecom: Merchant):
    strike(rbs, 'http500')

    assert ecom.register()['errorCode'] == '0'
    assert rbs.post('register').status_code == 500


def test_what_is_no_fault_is_refused(merchant: Merchant):
    for wrong in ({'fault': 'nonsense'}, {'fault': 'slow', 'second': 1}, {}):
        with pytest.raises(BankError, match='400'):
            merchant.control.faults(merchant.login, wrong)


def test_a_notification_may_never_come(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_never')

    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)

    assert merchant.control.wait_idle()
    [delivery] = merchant.control.order(order_id)['callbacks']
    assert (delivery['outcome'], receiver.notices) == ('suppressed', [])


def test_a_notification_may_come_twice(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_duplicate')

    merchant.paid(dynamicCallbackUrl=receiver.url)

    first, second = receiver.wait_for(2)
    assert first.parameters == second.parameters


def test_a_notification_may_come_ten_times_at_once(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_simultaneous')

    merchant.paid(dynamicCallbackUrl=receiver.url)

    notices = receiver.wait_for(10)
    assert all(notice.parameters == notices[0].parameters for notice in notices)


def test_copies_that_fail_are_repeated_as_one(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_simultaneous', value=3)
    receiver.answers = [500, 500, 500]
    merchant.paid(dynamicCallbackUrl=receiver.url)
    receiver.wait_for(3)
    assert merchant.control.wait_idle()

    merchant.control.advance(61)

    receiver.wait_for(4)
    assert merchant.control.wait_idle()
    assert len(receiver.notices) == 4


def test_notifications_may_come_in_the_wrong_order(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_out_of_order', seconds=60)
    order_id = merchant.hold(dynamicCallbackUrl=receiver.url)

    merchant.call('deposit', orderId=order_id, amount=12345)

    operations = [notice.parameters['operation'] for notice in receiver.wait_for(2)]
    assert operations == ['deposited', 'approved']


def test_a_notification_that_nothing_overtakes_comes_late(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_out_of_order', seconds=0.2)

    merchant.paid(dynamicCallbackUrl=receiver.url)

    receiver.wait_for(1)


def test_a_notification_may_wait_for_the_payers_return(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_after_return', seconds=0.1)
    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)
    assert merchant.control.wait_idle()
    assert receiver.notices == []

    requests.get(f'{merchant.bank.url}/pay/{order_id}/return', allow_redirects=False, timeout=10)

    receiver.wait_for(1)


def test_a_payer_who_never_returns_delays_it_to_the_end_of_the_orders_life(merchant, receiver):
    strike(merchant, 'callback_after_return', seconds=0)
    merchant.paid(dynamicCallbackUrl=receiver.url)

    merchant.control.advance(1201)

    receiver.wait_for(1)


def test_a_notification_may_come_before_the_answer_of_register(
    merchant: Merchant, receiver: Receiver
):
    strike(merchant, 'callback_before_register_response')

    order_id = merchant.order(dynamicCallbackUrl=receiver.url)

    [notice] = receiver.notices
    assert notice.parameters['mdOrder'] == order_id
    assert notice.parameters['operation'] == 'created'


def test_an_order_may_be_paid_before_the_answer_of_register(merchant: Merchant, receiver: Receiver):
    strike(merchant, 'callback_before_register_response', value='paid')

    order_id = merchant.order(dynamicCallbackUrl=receiver.url)

    [notice] = receiver.notices
    assert notice.parameters['operation'] == 'deposited'
    assert merchant.status(order_id)['orderStatus'] == 2
