"""Payments that come in all the time: from the bank's word to the books."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dev.audit.jobs import Jobs
from dev.bench.figures import Figure, at_most, percentile
from dev.bench.orders import Order, Payments, add_invoices
from dev.bench.work import LOOK_EVERY, finished
from dev.bench.world import JOBS, World
from dev.env.waiting import wait_until

A_SECOND = 10
#: While nobody but those who take notifications books.
A_SECOND_BESIDE_LONG_JOB = 1
#: Seconds after the last one in which they may still be booked.
LIMIT = 120
#: Of the core: its job comes so often.
CORE_SECONDS = 600


def measure(world: World) -> Iterator[Figure]:
    """Let orders be paid at a pace, and see when each is posted and reconciled."""
    seconds = world.size.stream
    paid = _Paid(world, A_SECOND, seconds)
    world.let_jobs_run(*JOBS)
    yield from paid.see_booked(f'{A_SECOND} payments a second for {seconds} s', CORE_SECONDS)
    world.let_jobs_run()


def measure_beside_long_job(world: World) -> Iterator[Figure]:
    """The same at a slower pace, while the scheduler's only worker is at a job of another app."""
    seconds = world.size.stream
    paid = _Paid(world, A_SECOND_BESIDE_LONG_JOB, seconds)
    world.let_jobs_run(*JOBS)
    with _long_job(world, 2 * seconds) as job_seconds:
        yield from paid.see_booked(
            f'{A_SECOND_BESIDE_LONG_JOB} a second, all cron workers busy for {job_seconds} s',
            job_seconds,
        )
    world.let_jobs_run()


@contextmanager
def _long_job(world: World, seconds: int) -> Iterator[int]:
    """Have a job run for that long; the block begins once it does."""
    values = {
        'name': 'A job of another app',
        'model_id': world.back_office.record('base.model_res_partner'),
        'state': 'code',
        'code': f'time.sleep({seconds})',
        'interval_type': 'months',
    }
    [job_id] = world.back_office.call('ir.cron', 'create', [values])
    Jobs(world.server.database).wake_odoo()
    assert wait_until(lambda: _is_running(world, job_id), limit=90), 'The long job does not begin.'
    yield seconds
    wait_until(lambda: not _is_running(world, job_id), limit=seconds)


def _is_running(world: World, job_id: int) -> bool:
    query = 'SELECT timed_out_counter FROM ir_cron_progress WHERE cron_id = %s ORDER BY id DESC'
    return any(count for [count] in world.execute(query, [job_id])[:1])


class _Paid:
    """Orders that are paid one after another.

    :param a_second: how many of them
    :param seconds: for how long
    """

    def __init__(self, world: World, a_second: int, seconds: int):
        self._world = world
        self._a_second = a_second
        self._payments = payments = Payments(world, world.notified)
        count = a_second * seconds
        invoices = add_invoices(world, payments.customer, count)
        orders = payments.register(count)
        ids = payments.put(orders, invoices=invoices)
        self._orders: dict[int, Order] = dict(zip(ids, orders, strict=True))
        self._moments: dict[int, float] = {}

    def see_booked(self, what: str, beside: float) -> Iterator[Figure]:
        """Let them be paid, and see when each is posted and reconciled.

        :param beside: seconds that it may take the core at worst, or until the scheduler has time
        """
        seconds = self._measure()
        count = len(self._orders)
        missing = count - len(seconds)
        # Who was not booked has waited for so long at least.
        seconds += [float(LIMIT)] * missing
        yield Figure(
            f"{what}: bank's word → reconciled, median",
            percentile(seconds, 50),
            's',
            beside,
            "core's job" if beside == CORE_SECONDS else 'that job',
            at_most(2),
            f'{missing} of {count} not booked {LIMIT} s after the last one' if missing else '',
        )
        yield Figure('the same, of 95 %', percentile(seconds, 95), 's', goal=at_most(5))

    def _measure(self) -> list[float]:
        """Let them be paid; return how long each took that was booked, in seconds."""
        payers = threading.Thread(target=self._pay_all)
        payers.start()
        found: dict[int, float] = {}
        deadline = time.monotonic() + len(self._orders) / self._a_second + LIMIT
        while len(found) < len(self._orders) and time.monotonic() < deadline:
            waiting = [tx_id for tx_id in self._moments if tx_id not in found]
            for tx_id in finished(self._world, waiting):
                found[tx_id] = time.monotonic() - self._moments[tx_id]
            time.sleep(LOOK_EVERY)
        payers.join()
        return list(found.values())

    def _pay_all(self) -> None:
        began = time.monotonic()
        for number, (tx_id, order) in enumerate(self._orders.items()):
            time.sleep(max(0.0, began + number / self._a_second - time.monotonic()))
            self._moments[tx_id] = time.monotonic()
            self._payments.pay([order])
