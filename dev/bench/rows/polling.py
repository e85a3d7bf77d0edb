"""Orders about which the bank is asked by the job."""

from collections.abc import Iterator

from dev.bench.figures import Figure, at_most_times
from dev.bench.orders import Payments
from dev.bench.work import is_at_rest, start, watch
from dev.bench.world import ASK, Shop, World

#: Seconds that the bank takes for each answer, and how many questions it gets at a time.
BANK_TAKES = 0.2
AT_A_TIME = 16
#: Seconds.
LIMIT = 150


def measure(world: World) -> Iterator[Figure]:
    """Let the bank be asked about many orders that are due."""
    world.let_jobs_run()
    shop = world.open_shop('bench-polled-api', is_notified=False)
    payments = Payments(world, shop)
    orders = payments.register(world.size.polled)
    ids = payments.put(orders, sberbank_next_ask_at='2000-01-01')
    shop.bank.control.add_faults(
        shop.login, {'fault': 'slow', 'method': 'getOrderStatusExtended', 'seconds': BANK_TAKES}
    )
    start(world, ASK)
    progress = watch(lambda: _count_asked(world, shop, len(ids)), len(ids), limit=LIMIT)
    world.let_jobs_run()
    payments.put_away(ids)
    shop.bank.control.faults(shop.login)
    yield Figure(
        f'{len(ids)} orders polled, the bank takes {1000 * BANK_TAKES:.0f} ms',
        progress.seconds,
        's',
        len(ids) * BANK_TAKES / AT_A_TIME,
        f'{AT_A_TIME} at a time',
        at_most_times(1.12),
        progress.note,
    )


def _count_asked(world: World, shop: Shop, wanted: int) -> int:
    """Count the questions by the bank's books; the last one counts once the job is over it."""
    struck = shop.bank.control.faults_left(shop.login)['struck']
    asked = min(struck.get('slow', 0), wanted)
    return asked if asked < wanted or is_at_rest(world, ASK) else wanted - 1
