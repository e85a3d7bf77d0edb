"""Booking: one payment after another, and many at once."""

from collections.abc import Iterator
from statistics import median

from dev.bench.figures import Figure, at_least_times, at_most, at_most_times
from dev.bench.load import Answer
from dev.bench.orders import Payments, add_invoices
from dev.bench.work import finished, start, watch
from dev.bench.world import BOOK, Shop, World

#: Payments that are booked before the clock is started: the first ones fill caches.
WARM_UP = 2
#: Seconds that a burst may take.
LIMIT = 240


def measure(world: World) -> Iterator[Figure]:
    """Book payments of an invoice each, by the button; then many by the job."""
    world.let_jobs_run()
    ours, core = book_one_by_one(world, world.size.booked)
    yield Figure(
        'booking one payment with an invoice',
        1000 * seconds_of(ours),
        'ms',
        1000 * seconds_of(core),
        'core',
        at_most_times(1.1),
    )
    yield Figure('the same, queries', queries_of(ours), '', queries_of(core), 'core')
    yield from _book_burst(world, 1 / seconds_of(ours))


def book_one_by_one(world: World, count: int) -> tuple[list[Answer], list[Answer]]:
    """Book payments, in turn one of ours and one of Redsys.

    :return: what was answered for ours, and for Redsys
    """
    shops = (
        (world.notified, 'action_sberbank_book_now'),
        (world.redsys, 'bench_post_process'),
    )
    ids = [unbooked(world, shop, WARM_UP + count) for shop, _method in shops]
    answers: tuple[list[Answer], list[Answer]] = ([], [])
    for pair in zip(*ids, strict=True):
        for tx_id, (_shop, method), told in zip(pair, shops, answers, strict=True):
            told.append(world.press('payment.transaction', method, tx_id))
    every = [tx_id for of_shop in ids for tx_id in of_shop]
    assert len(finished(world, every)) == len(every), 'Not every payment was booked.'
    return answers[0][WARM_UP:], answers[1][WARM_UP:]


def unbooked(world: World, shop: Shop, count: int) -> list[int]:
    """Return payments that are confirmed and not booked, each of an invoice of its own."""
    payments = Payments(world, shop)
    invoices = add_invoices(world, payments.customer, count)
    model = payments.paid
    ids = payments.put(payments.invent(count), like=model, invoices=invoices)
    payments.put_away([model.tx_id])
    return ids


def seconds_of(answers: list[Answer]) -> float:
    """Return the median of how long it took."""
    return median(answer.seconds for answer in answers)


def queries_of(answers: list[Answer]) -> float:
    """Return the median of how many queries it took."""
    return median(answer.took[0] for answer in answers)


def _book_burst(world: World, one_by_one: float) -> Iterator[Figure]:
    ids = unbooked(world, world.notified, world.size.burst)
    start(world, BOOK)
    progress = watch(lambda: len(finished(world, ids)), len(ids), limit=LIMIT)
    world.let_jobs_run()
    yield Figure(
        f'booking a burst of {len(ids)}',
        progress.rate,
        '/s',
        one_by_one,
        'one by one',
        at_least_times(3),
        progress.note,
    )
    yield Figure(
        'the longest time without a booking in that burst', progress.gap, 's', goal=at_most(5)
    )
