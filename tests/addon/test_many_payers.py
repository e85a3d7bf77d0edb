"""More people wait for the bank than the server has database connections: nobody is turned away."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .live import PATIENCE, live_shop, wait_until

CONNECTIONS = 10
PAYERS = 12
#: Seconds between two payers, at least.
PAUSE = 0.2
#: Seconds that the bank takes for an answer: when the last payer comes, the first one still waits.
DELAY = 5


@pytest.fixture(scope='module')
def small_shop(lasting_children):
    """A shop in one process with threads that share a few database connections."""
    with live_shop(workers=0, options={'db_maxconn': str(CONNECTIONS)}) as running:
        yield running


@pytest.fixture(autouse=True)
def _own_account(small_shop):
    small_shop.open_account()


def one_after_another(shop, actions):
    """Begin each a moment after the one before; return what all of them return.

    What the core does before it comes to us needs a connection, too, and waits for none. However
    busy the machine is, only we are to be seen short of them.
    """
    with ThreadPoolExecutor(max_workers=PAYERS) as pool:
        payers = []
        for action in actions:
            payers.append(pool.submit(action))
            time.sleep(PAUSE)
            wait_until(lambda: count_connections_in_use(shop) < CONNECTIONS / 2)
        return [payer.result(PATIENCE) for payer in payers]


def count_connections_in_use(shop):
    with shop.env() as env:
        env.cr.execute(
            'SELECT count(*) FROM pg_stat_activity'
            " WHERE datname = current_database() AND pid != pg_backend_pid() AND state != 'idle'"
        )
        [count] = env.cr.fetchone()
        return count


def make_bank_slow(shop):
    shop.bank.faults(shop.login, {'fault': 'slow', 'seconds': DELAY}, {'fault': 'callback_never'})


def test_payers_who_come_back_see_the_page_on_which_they_wait(small_shop):
    small_shop.bank.faults(small_shop.login, {'fault': 'callback_never'})
    invoice_id = small_shop.create_invoice(10)
    tx_ids = [small_shop.create_tx(invoice_id) for _payer in range(PAYERS)]
    for tx_id in tx_ids:
        small_shop.visit_pay_route(tx_id)
    make_bank_slow(small_shop)

    responses = one_after_another(
        small_shop, [lambda tx_id=tx_id: small_shop.come_back(tx_id) for tx_id in tx_ids]
    )

    assert {response.status_code for response in responses} == {200}
    assert 'pending' in {small_shop.read_tx(tx_id, 'state') for tx_id in tx_ids}
    assert not small_shop.get_errors()


def test_payers_for_whom_there_is_no_room_get_the_calm_page(small_shop):
    invoice_id = small_shop.create_invoice(10)
    tx_ids = [small_shop.create_tx(invoice_id) for _payer in range(PAYERS)]
    make_bank_slow(small_shop)

    with ThreadPoolExecutor(max_workers=1) as pool:
        visits = pool.submit(
            one_after_another,
            small_shop,
            [lambda tx_id=tx_id: small_shop.visit_pay_route(tx_id) for tx_id in tx_ids],
        )
        time.sleep(DELAY / 2)
        health = requests.get(f'{small_shop.url}/web/health?db_server_status=1', timeout=PATIENCE)
        responses = visits.result(PATIENCE)

    assert health.ok
    assert {response.status_code for response in responses} == {200, 303}
    turned_away = [response for response in responses if response.status_code == 200]
    assert all('Nothing was charged.' in response.text for response in turned_away)
    assert len(small_shop.bank.orders(login=small_shop.login)) == PAYERS - len(turned_away)
