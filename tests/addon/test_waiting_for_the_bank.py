"""While the bank takes its time, nobody else is held up: no snapshot, no row.

Looked at from outside, in PostgreSQL's own table of sessions, while a real question is on its way.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from odoo import fields

from .live import PATIENCE, paused, wait_until, wait_until_booked

#: Seconds that the bank takes for an answer. Whoever holds something meanwhile holds it for so
#: long; what other sessions do in between is over sooner.
DELAY = 3
#: Seconds that a payer waits at most.
LONGEST_WAIT = 12
ASK = 'ir_cron_ask_bank'
#: Seconds between two looks.
PAUSE = 0.02

#: Sessions that have begun a database transaction and do nothing. The scheduler holds its job by
#: one for as long as the job runs, whatever the job does.
HOLDERS = """
    SELECT pid, query
      FROM pg_stat_activity
     WHERE datname = current_database()
       AND state LIKE 'idle in transaction%'
       AND query NOT ILIKE '%ir_cron%'
"""


@pytest.fixture(autouse=True)
def _own_account(shop):
    shop.open_account()


@pytest.fixture
def tx_id(shop):
    return shop.create_tx(shop.create_invoice(10))


@pytest.fixture
def registered_tx_id(shop, tx_id):
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    shop.visit_pay_route(tx_id)
    return tx_id


def test_the_sessions_that_hold_something_are_seen(shop, tx_id):
    with shop.env() as env:
        env['payment.transaction'].browse(tx_id).state  # noqa: B018
        assert find_holders(shop)


def test_the_payer_goes_to_the_bank(shop, tx_id):
    assert_holds_nothing(shop, tx_id, 'register', lambda: shop.visit_pay_route(tx_id))


def test_the_order_is_looked_for_when_the_answer_was_lost(shop, tx_id):
    lost = {'fault': 'drop_response_after_commit', 'method': 'register', 'times': 1}

    assert_holds_nothing(
        shop, tx_id, 'getOrderStatusExtended', lambda: shop.visit_pay_route(tx_id), lost
    )


def test_the_payer_comes_back(shop, registered_tx_id):
    assert_holds_nothing(
        shop,
        registered_tx_id,
        'getOrderStatusExtended',
        lambda: shop.come_back(registered_tx_id),
    )


def test_the_bank_notifies(shop, registered_tx_id):
    order_id = shop.read_tx(registered_tx_id, 'provider_reference')

    with paused(shop, ASK):
        assert_holds_nothing(
            shop,
            registered_tx_id,
            'getOrderStatusExtended',
            lambda: shop.bank.notify(order_id, 'deposited'),
        )


def test_the_job_asks(shop, registered_tx_id):
    others = [shop.create_tx(shop.create_invoice(10)) for _i in range(2)]
    for other in others:
        shop.visit_pay_route(other)
    forgotten = {'fault': 'http500', 'order': shop.read_tx(others[0], 'sberbank_order_number')}

    def ask():
        with shop.env() as env:
            txs = env['payment.transaction'].browse([others[0], registered_tx_id, others[1]])
            txs.sberbank_next_ask_at = '2020-01-01'
            env.cr.commit()
            env['payment.transaction']._cron_sberbank_ask_bank()

    assert_holds_nothing(shop, registered_tx_id, 'getOrderStatusExtended', ask, forgotten)


@pytest.fixture
def staff(shop):
    """Log in. The first request after it writes down from which device, as part of itself."""
    staff = shop.log_in()
    assert staff.press('payment.transaction', 'search_count', []) >= 0
    return staff


def test_staff_ask_the_bank(shop, registered_tx_id, staff):
    assert_holds_nothing(
        shop,
        registered_tx_id,
        'getOrderStatusExtended',
        lambda: staff.press('payment.transaction', 'action_sberbank_ask_bank', [registered_tx_id]),
    )


def test_an_administrator_tries_the_connection(shop, tx_id, staff):
    """The login is not let in, so it is tried in the other dialect, too."""
    with shop.env() as env:
        provider = env.ref('payment_sberbank.payment_provider_sberbank')
        password = provider.sberbank_password
        provider.sberbank_password = f'{password}-'
    try:
        assert_holds_nothing(
            shop,
            tx_id,
            'register',
            lambda: staff.press(
                'payment.provider', 'action_sberbank_test_connection', provider.ids
            ),
        )
    finally:
        with shop.env() as env:
            provider.with_env(env).sberbank_password = password


def end_hold(staff, button, tx_id):
    """Press a button of a held transaction, and the one of the dialog that it may open."""
    if button == 'action_void':
        return staff.press('payment.transaction', button, [tx_id])
    [wizard_id] = staff.press('payment.capture.wizard', 'create', [{'transaction_ids': [tx_id]}])
    return staff.press('payment.capture.wizard', button, [wizard_id])


@pytest.mark.parametrize('button', ['action_capture', 'action_void'])
def test_staff_end_a_hold(shop, tx_id, staff, button):
    with holding(shop):
        shop.visit_pay_route(tx_id)
        shop.bank.pay(shop.read_tx(tx_id, 'provider_reference'))
        wait_until(lambda: shop.read_tx(tx_id, 'state') == 'authorized')

        assert_holds_nothing(
            shop,
            tx_id,
            'deposit' if button == 'action_capture' else 'reverse',
            lambda: end_hold(staff, button, tx_id),
        )


def test_staff_refund(shop, tx_id, staff):
    """A refund's own transaction is made before it is sent, and undone if the bank refuses it."""
    shop.visit_pay_route(tx_id)
    shop.bank.pay(shop.read_tx(tx_id, 'provider_reference'))
    wait_until_booked(shop, tx_id)

    assert_holds_nothing(
        shop,
        tx_id,
        'reverse',  # On the day of the payment.
        lambda: staff.press('payment.transaction', 'action_refund', [tx_id]),
        find=lambda _shop: [],
    )


def test_a_payer_whose_bank_is_silent_does_not_wait_for_it(shop, tx_id):
    silence = 15
    shop.bank.faults(shop.login, {'fault': 'slow', 'seconds': silence})
    begun_at = time.monotonic()

    response = shop.visit_pay_route(tx_id)

    assert time.monotonic() - begun_at < LONGEST_WAIT
    assert 'Nothing was charged.' in response.text
    assert 'Try again' in response.text
    assert shop.read_tx(tx_id, 'sberbank_next_ask_at')
    shop.bank.faults(shop.login)
    wait_until(lambda: shop.bank.orders(login=shop.login))
    again = shop.visit_pay_route(tx_id)
    assert again.headers['Location'] == shop.read_tx(tx_id, 'sberbank_form_url')
    assert len(shop.bank.orders(login=shop.login)) == 1


def test_a_payer_who_comes_back_to_a_silent_bank_does_not_wait_for_it(shop, registered_tx_id):
    shop.bank.faults(shop.login, {'fault': 'slow', 'seconds': 15})
    begun_at = time.monotonic()

    response = shop.come_back(registered_tx_id)

    assert time.monotonic() - begun_at < LONGEST_WAIT
    assert response.status_code == 200


def test_notifications_do_not_hold_all_of_odoo_while_the_bank_is_silent(shop):
    tx_ids, order_ids = pay_silently(shop, 6)

    with paused(shop, ASK), ThreadPoolExecutor(max_workers=len(order_ids)) as pool:
        told = [pool.submit(shop.bank.notify, order_id, 'deposited') for order_id in order_ids]
        wait_until(lambda: sum(each.done() for each in told) == len(told) - 1)
        health = requests.get(f'{shop.url}/web/health', timeout=PATIENCE)
        waiting = [each for each in told if not each.done()]
        answers = [attempt['answer'] for each in told for attempt in each.result(PATIENCE)['tries']]

    assert health.ok
    assert len(waiting) == 1
    assert health.elapsed.total_seconds() < 1
    assert answers == [503] * 6
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    wait_until(lambda: {shop.read_tx(tx_id, 'state') for tx_id in tx_ids} == {'done'})


def test_notifications_hold_nobody_while_the_scheduler_waits_for_the_bank(shop):
    tx_ids, order_ids = pay_silently(shop, 6)

    told = [shop.bank.notify(order_id, 'deposited') for order_id in order_ids]

    assert [attempt['answer'] for each in told for attempt in each['tries']] == [200] * 6
    assert all(shop.read_tx(tx_id, 'sberbank_notified_at') for tx_id in tx_ids)
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    ask_now(shop, tx_ids)
    wait_until(lambda: {shop.read_tx(tx_id, 'state') for tx_id in tx_ids} == {'done'})


def pay_silently(shop, count):
    """Have orders paid that the bank does not tell of, and is asked about in vain.

    :return: The ids of the transactions, and the bank's of their orders.
    :rtype: tuple[list[int], list[str]]
    """
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    tx_ids = [shop.create_tx(shop.create_invoice(10)) for _i in range(count)]
    for tx_id in tx_ids:
        shop.visit_pay_route(tx_id)
    order_ids = [shop.read_tx(tx_id, 'provider_reference') for tx_id in tx_ids]
    for order_id in order_ids:
        shop.bank.pay(order_id)
    shop.bank.faults(shop.login, {'fault': 'slow', 'seconds': 15}, {'fault': 'callback_never'})
    return tx_ids, order_ids


def ask_now(shop, tx_ids):
    """Let it be the moment when the bank is asked about them once more."""
    with shop.env() as env:
        env['payment.transaction'].browse(tx_ids).sberbank_next_ask_at = fields.Datetime.now()
        env.ref(f'payment_sberbank.{ASK}')._trigger()


@contextmanager
def holding(shop):
    """Have money held first, by the methods that can do that."""
    with shop.env() as env:
        provider = env.ref('payment_sberbank.payment_provider_sberbank')
        methods = provider.payment_method_ids
        instant = methods.filtered(lambda method: method.support_manual_capture == 'none')
        provider.payment_method_ids -= instant
        provider.capture_manually = True
    try:
        yield
    finally:
        with shop.env() as env:
            provider = provider.with_env(env)
            provider.capture_manually = False
            provider.payment_method_ids = methods.with_env(env)


def assert_holds_nothing(shop, tx_id, method, act, *faults, find=None):
    """Look what is held while somebody waits for the bank.

    :param int tx_id: The transaction whose row nobody may hold.
    :param str method: What the bank is slow to answer.
    :param callable act: Makes it be asked.
    :param dict faults: What is wrong with the bank beside.
    :param callable find: Finds the sessions that hold something.
    """
    find = find or find_holders
    slow = {'fault': 'slow', 'method': method, 'seconds': DELAY}
    shop.bank.faults(shop.login, slow, {'fault': 'callback_never'}, *faults)
    with ThreadPoolExecutor(max_workers=1) as pool:
        acting = pool.submit(act)
        wait_until(lambda: shop.bank.faults_left(shop.login)['struck'].get('slow'))
        while holders := find(shop):
            assert not acting.done(), holders
            time.sleep(PAUSE)
        assert_row_is_free(shop, tx_id)
        assert not acting.done(), "It was not looked at while the bank was asked."
        acting.result(PATIENCE)
    shop.bank.faults(shop.login)


def find_holders(shop):
    """Return the sessions that hold a snapshot of the shop's database, with what they did last."""
    with shop.env() as env:
        env.cr.execute(HOLDERS)
        return env.cr.fetchall()


def assert_row_is_free(shop, tx_id):
    with shop.env() as env:
        env.cr.execute(
            'SELECT id FROM payment_transaction WHERE id = %s FOR NO KEY UPDATE NOWAIT', [tx_id]
        )
