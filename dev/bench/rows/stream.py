"""Payments that come in all the time: from the bank's word to the books."""

import threading
import time
from collections.abc import Iterator

from dev.bench.figures import Figure, at_most, percentile
from dev.bench.orders import Order, Payments, add_invoices
from dev.bench.work import LOOK_EVERY, finished
from dev.bench.world import JOBS, World

A_SECOND = 10
#: Seconds after the last one in which they may still be booked.
LIMIT = 120
#: Of the core: its job comes so often.
CORE_SECONDS = 600


def measure(world: World) -> Iterator[Figure]:
    """Let orders be paid at a pace, and see when each is posted and reconciled."""
    world.let_jobs_run(*JOBS)
    payments = Payments(world, world.notified)
    count = A_SECOND * world.size.stream
    invoices = add_invoices(world, payments.customer, count)
    orders = payments.register(count)
    ids = payments.put(orders, invoices=invoices)
    paid = _Paid(payments, dict(zip(ids, orders, strict=True)))
    seconds = paid.see_booked(world)
    world.let_jobs_run()
    missing = count - len(seconds)
    note = f'{missing} of {count} not booked {LIMIT} s after the last one' if missing else ''
    # Who was not booked has waited for so long at least.
    seconds += [float(LIMIT)] * missing
    what = f"{A_SECOND} payments a second for {world.size.stream} s: bank's word → reconciled"
    yield Figure(
        f'{what}, median',
        percentile(seconds, 50),
        's',
        CORE_SECONDS,
        "core's job",
        at_most(2),
        note,
    )
    yield Figure('the same, of 95 %', percentile(seconds, 95), 's', goal=at_most(5))


class _Paid:
    """Orders that are paid one after another.

    :param orders: by the id of their payment in Odoo
    """

    def __init__(self, payments: Payments, orders: dict[int, Order]):
        self._payments = payments
        self._orders = orders
        self._moments: dict[int, float] = {}

    def see_booked(self, world: World) -> list[float]:
        """Let them be paid; return how long each took that was booked, in seconds."""
        payers = threading.Thread(target=self._pay_all)
        payers.start()
        found: dict[int, float] = {}
        deadline = time.monotonic() + len(self._orders) / A_SECOND + LIMIT
        while len(found) < len(self._orders) and time.monotonic() < deadline:
            waiting = [tx_id for tx_id in self._moments if tx_id not in found]
            for tx_id in finished(world, waiting):
                found[tx_id] = time.monotonic() - self._moments[tx_id]
            time.sleep(LOOK_EVERY)
        payers.join()
        return list(found.values())

    def _pay_all(self) -> None:
        began = time.monotonic()
        for number, (tx_id, order) in enumerate(self._orders.items()):
            time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
            self._moments[tx_id] = time.monotonic()
            self._payments.pay([order])
