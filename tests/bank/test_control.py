"""The control API refuses what it does not understand, and stays quick with many orders."""

import threading
import time
import uuid

import pytest
import requests

from dev.bank.process import BankError

from .merchant import PASSWORD, Merchant


def test_health_tells_the_time_of_the_bank(bank):
    before = bank.control.health()

    after = bank.control.advance(100)

    assert before['time_scale'] == 1
    assert after['now'] - before['now'] >= 100


def test_time_does_not_go_back(bank):
    with pytest.raises(BankError, match='400'):
        bank.control.advance(-1)


@pytest.mark.parametrize(
    'settings',
    [
        {'dialect': 'soap'},
        {'password': ''},
        {'pasword': 'x'},
        {'callback': {'signing': 'symmetric'}},
        {'callback': {'signing': 'symmetric', 'key': ''}},
        {'callback': {'method': 'PUT'}},
        {'declined_between_attempts': 3},
    ],
    ids=str,
)
def test_wrong_settings_of_a_shop_are_refused(merchant: Merchant, settings):
    with pytest.raises(BankError, match='400'):
        merchant.configure(**settings)


def test_secrets_of_a_shop_are_not_shown(merchant: Merchant):
    merchant.configure(
        token=f'token-{merchant.login}', callback={'signing': 'symmetric', 'key': 'hush'}
    )

    shown = str(merchant.control.merchant(merchant.login))

    assert not any(secret in shown for secret in (PASSWORD, f'token-{merchant.login}', 'hush'))


def test_a_shop_keeps_its_key_pair_when_its_settings_change(merchant: Merchant):
    first = merchant.configure(callback={'signing': 'asymmetric'})

    second = merchant.configure(callback={'signing': 'asymmetric', 'method': 'POST'})

    assert first['callback']['certificate'] == second['callback']['certificate']


def test_what_does_not_exist_is_not_found(bank):
    for call in (
        lambda: bank.control.order(str(uuid.uuid4())),
        lambda: bank.control.pay(str(uuid.uuid4())),
        lambda: bank.control.merchant('nobody'),
        lambda: bank.control.faults('nobody'),
    ):
        with pytest.raises(BankError, match='404'):
            call()


def test_what_the_bank_refuses_is_a_conflict(merchant: Merchant):
    order_id = merchant.order()

    with pytest.raises(BankError, match='409'):
        merchant.control.refund(order_id, 1)
    with pytest.raises(BankError, match='400'):
        merchant.control.pay(order_id, card='4111111111111111')
    with pytest.raises(BankError, match='400'):
        merchant.control.notify(order_id, 'deposited')


def test_staff_reverses_and_refunds_as_the_gateway_does(merchant: Merchant):
    order_id = merchant.paid()
    merchant.control.reverse(order_id, 45)
    merchant.control.refund(order_id, 300)

    order = merchant.control.order(order_id)

    assert (order['reversedAmount'], order['refundedAmount']) == (45, 300)
    assert [line['type'] for line in order['operations']] == ['AUTHORIZATION', 'REVERSAL', 'REFUND']


def test_calls_are_found_by_shop_method_and_order(merchant: Merchant):
    order_id = merchant.order(orderNumber='Q1')
    merchant.order(orderNumber='Q2')
    merchant.status(order_id)

    calls = merchant.control.requests(
        login=merchant.login, method='getOrderStatusExtended', orderNumber='Q1'
    )

    assert [(call['answer'], call['error_code']) for call in calls] == [('200', '0')]


def test_many_orders_do_not_slow_the_bank_down(merchant: Merchant):
    count, threads = 600, 6

    def register(name: int):
        with requests.Session() as session:
            base = merchant.bank.rbs_url if merchant.dialect == 'rbs' else merchant.bank.ecom_url
            where = 'data' if merchant.dialect == 'rbs' else 'json'
            for number in range(count // threads):
                session.post(
                    f'{base}register.do',
                    timeout=30,
                    **{
                        where: {
                            'userName': merchant.login,
                            'password': PASSWORD,
                            'amount': 100,
                            'orderNumber': f'M{name}-{number}',
                            'returnUrl': 'https://shop.example.com/return',
                        }
                    },
                )

    workers = [threading.Thread(target=register, args=(name,)) for name in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    totals = merchant.control.ledger(merchant.login)['totals']
    assert (totals['orders'], totals['registered']) == (count, count * 100)
    calls = merchant.control.requests(login=merchant.login)
    early, late = calls[:50], calls[-50:]
    duration = [sorted(call['duration'] for call in part)[25] for part in (early, late)]
    assert duration[1] < duration[0] * 10 + 0.01


def test_one_number_is_registered_once_however_many_ask_at_the_same_time(merchant: Merchant):
    answers = []
    start = threading.Barrier(8)

    def register():
        start.wait()
        answers.append(merchant.register(orderNumber='RACE'))

    workers = [threading.Thread(target=register) for _worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum('orderId' in answer for answer in answers) == 1
    assert sum(answer.get('errorCode') == '1' for answer in answers) == 7


def test_refunds_at_the_same_time_do_not_exceed_what_was_taken(merchant: Merchant):
    order_id = merchant.paid(amount=1000)
    start = threading.Barrier(8)

    def refund():
        start.wait()
        merchant.call('refund', orderId=order_id, amount=400)

    workers = [threading.Thread(target=refund) for _worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert merchant.control.order(order_id)['refundedAmount'] == 800


def test_waiting_for_quiet_ends_in_time(bank):
    began = time.monotonic()

    assert bank.control.wait_idle(timeout=5)

    assert time.monotonic() - began < 5
