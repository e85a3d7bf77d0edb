"""A bank that takes long, or says nothing: who waits for it, and whom that keeps waiting.

Each of these has a bank of its own, so that the bad name that it gets is not another's.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dev.audit import checkout
from dev.bank.process import BankProcess
from dev.bench import load
from dev.bench.figures import Figure, at_most, in_short
from dev.bench.load import FLOOR, Answer, Request, Volley
from dev.bench.notifications import by_get, of_redsys
from dev.bench.orders import AMOUNT, Payments, add_invoices, begin
from dev.bench.world import ASK, Customer, Shop, World, addons
from dev.env.waiting import wait_until
from dev.odoo.command import log_file
from dev.odoo.server import odoo_server

HEALTH = Request('/web/health')
#: Seconds between two looks whether Odoo answers.
LOOK_EVERY = 0.1
#: Seconds between two visits of a payer who tries again, and after which it is left.
VISIT_EVERY, LIMIT = 5, 120
#: On the page that tells a payer that the bank does not answer.
CALM = b'o_sberbank_try_again'


def measure_notifications(world: World) -> Iterator[Figure]:
    """Send six notifications at once while the bank takes 15 s for each answer.

    Once while the scheduler comes, which then waits for the bank, and once while it does not.
    """
    count = 6
    peer = Payments(world, world.redsys)
    orders = peer.invent(count)
    ids = peer.put(orders)
    worst_beside, _volley = _send_and_look(
        world, [of_redsys(order.number, AMOUNT) for order in orders]
    )
    peer.put_away(ids)
    for jobs, where in (((ASK,), ''), ((), ', no scheduler')):
        worst, volley = _send_to_slow_bank(world, jobs, count)
        yield Figure(
            f'{count} callbacks while the bank takes 15 s{where}: the worst /web/health',
            worst,
            's',
            worst_beside,
            'redsys',
            at_most(1),
            f'the last callback was answered after {volley.seconds:.1f} s: {volley.statuses}',
        )


def _send_to_slow_bank(world: World, jobs: Sequence[str], count: int) -> tuple[float, Volley]:
    login = f'bench-slow{len(jobs)}-api'
    with _own_bank(world, login, is_notified=False) as shop:
        payments = Payments(world, shop)
        orders = payments.register(count)
        notifications = list(map(by_get, payments.pay(orders)))
        ids = payments.put(orders)
        slow = {'fault': 'slow', 'method': 'getOrderStatusExtended', 'seconds': 15}
        shop.bank.control.add_faults(shop.login, slow)
        world.let_jobs_run(*jobs)
        worst, volley = _send_and_look(world, notifications)
        world.let_jobs_run()
        payments.put_away(ids)
    return worst, volley


def measure_payers(world: World) -> Iterator[Figure]:
    """Let two payers go to the bank at once while it is silent, pair after pair."""
    with _own_bank(world, 'bench-silent-api') as shop:
        ways = _ways_to_the_bank(world, shop, 2 * world.size.visits)
        shop.bank.control.faults(shop.login, {'fault': 'slow', 'seconds': 120})
        pairs = [_send_and_look(world, ways[first : first + 2]) for first in range(0, len(ways), 2)]
        shop.bank.control.faults(shop.login)
        began = time.monotonic()
        is_found = wait_until(
            lambda: load.send(world.server.url, ways[-1]).status == 303,
            limit=LIMIT,
            look_every=VISIT_EVERY,
        )
        seconds = time.monotonic() - began
    waited = [max(answer.seconds for answer in volley.answers) for _worst, volley in pairs]
    what = '2 visits of the pay page while the bank is silent'
    yield Figure(
        f'{what}: the longer one',
        waited[0],
        's',
        goal=at_most(12),
        note=f'pair after pair: {", ".join(in_short(one) for one in waited)} s',
    )
    upset = sum(not _is_calm(answer) for _worst, volley in pairs for answer in volley.answers)
    yield Figure(f'{what}: without the calm page', upset, '', goal=at_most(0))
    yield Figure(f'{what}: the worst /web/health', max(worst for worst, _volley in pairs), 's')
    yield Figure(
        'until payers get to a bank that is well again',
        seconds,
        's',
        note='' if is_found else 'not found again',
    )


def measure_crowd(world: World) -> Iterator[Figure]:
    """Let 60 payers go to the bank within 3 s, in one process with threads, while it takes 12 s.

    Beside it, what the core makes of 60 requests for nothing that come in the same moment.
    """
    count = 60
    with _own_bank(world, 'bench-crowded-api') as shop:
        ways = _ways_to_the_bank(world, shop, count)
        shop.bank.control.faults(shop.login, {'fault': 'slow', 'seconds': 12})
        options = {'db_maxconn': '16'}
        with odoo_server(
            world.server.database, addons=addons(), options=options, cron_threads=0
        ) as threaded:
            load.send(threaded.url, HEALTH)
            volley = load.send_all(threaded.url, ways, connections=count, apart=3 / count)
            rush = load.send_all(threaded.url, [FLOOR] * count, connections=count)
    upset = sum(not (answer.status == 303 or _is_calm(answer)) for answer in volley.answers)
    yield Figure(
        f'{count} payers in 3 s, threads, db_maxconn 16, the bank takes 12 s: left without a page',
        upset,
        '',
        sum(answer.status == 500 for answer in rush.answers),
        'empty route, all in one moment',
        goal=at_most(0),
        note=f'{volley.statuses}, the last one after {volley.seconds:.1f} s',
    )


@contextmanager
def _own_bank(world: World, login: str, **options: bool) -> Iterator[Shop]:
    """Have a shop at a bank of its own for the length of the block."""
    world.let_jobs_run()
    with BankProcess(local_shops=True, log_path=log_file('bank')) as bank:
        yield world.open_shop(login, bank=bank, **options)


def _ways_to_the_bank(world: World, shop: Shop, count: int) -> list[Request]:
    """Begin payments, and return how their payers get to the bank."""
    customer: Customer = world.add_customer()
    return [
        Request(checkout.address_of(begin(customer, shop, invoice_id)))
        for invoice_id in add_invoices(world, customer, count)
    ]


def _is_calm(answer: Answer) -> bool:
    return CALM in answer.body


def _send_and_look(world: World, requests: Sequence[Request]) -> tuple[float, Volley]:
    """Send requests all at once, and see how long Odoo takes at worst to answer others meanwhile.

    :return: the worst seconds of `/web/health`, and what came of the requests
    """
    looks: list[Answer] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_EVERY):
            looks.append(load.send(world.server.url, HEALTH))

    watcher = threading.Thread(target=look)
    watcher.start()
    time.sleep(2 * LOOK_EVERY)
    volley = load.send_all(world.server.url, requests, connections=len(requests))
    is_over.set()
    watcher.join()
    return max((answer.seconds for answer in looks), default=0.0), volley
