"""A large shop: what becomes slower among very many payments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from psycopg2 import sql

from dev.bench import load
from dev.bench.figures import Figure, Goal, at_most, at_most_times
from dev.bench.notifications import by_get
from dev.bench.orders import Payments
from dev.bench.rows.booking import book_one_by_one, seconds_of
from dev.bench.world import World
from dev.env.progress import step
from dev.odoo.session import Session

#: Customers whose payments the old ones are, and in how many days they were made.
CUSTOMERS, DAYS = 500, 30
#: How often each page is looked at; the first looks fill caches.
LOOKS, WARM_UP = 7, 2
NOTIFICATIONS, BOOKED = 100, 8


@dataclass(frozen=True)
class Look:
    """Something that takes time, before and after there are many payments.

    :param take: does it, and returns how long it takes, in seconds
    :param is_added: whether the goal is for what the old payments add, not for the whole
    """

    what: str
    take: Callable[[], float]
    goal: Goal
    is_added: bool = False

    def figure(self, old: int, before: float) -> Figure:
        """Do it among so many payments, after it took `before` among few."""
        seconds = self.take()
        if self.is_added:
            what, seconds, peer = f'what {old} payments add to {self.what}', seconds - before, None
        else:
            what, peer = f'{self.what} among {old} payments', 1000 * before
        return Figure(what, 1000 * seconds, 'ms', peer, 'before' if peer else '', self.goal)


def measure(world: World) -> Iterator[Figure]:
    """Look, let the shop become large, and look again."""
    if not world.size.old:
        return
    world.let_jobs_run()
    looks = _looks(world)
    before = [look.take() for look in looks]
    with step(f'{world.size.old} payments'):
        _grow(world, world.size.old)
    for look, earlier in zip(looks, before, strict=True):
        yield look.figure(world.size.old, earlier)


def _looks(world: World) -> list[Look]:
    session = world.add_customer().session
    press = partial(_press, world)
    attention = [('sberbank_needs_attention', '=', True)]
    columns = {'reference': {}, 'amount': {}, 'state': {}}
    core_job = world.back_office.record('payment.cron_post_process_payment_tx')
    provider = world.notified.method.provider_id
    return [
        Look('a callback, first delivery,', partial(_notify, world), at_most_times(1.1)),
        Look('booking one payment', partial(_book, world), at_most_times(1.1)),
        Look('/my/top-up', partial(_open, session, '/my/top-up'), at_most_times(1.2)),
        Look('/my/invoices', partial(_open, session, '/my/invoices'), at_most_times(1.2)),
        Look(
            "a provider's form",
            press('payment.provider', 'web_read', [provider], _form(world)),
            at_most(30),
            is_added=True,
        ),
        Look(
            'the filter "Needs Attention"',
            press('payment.transaction', 'web_search_read', attention, columns, limit=80),
            at_most_times(1.2),
        ),
        Look(
            "the core's job with nothing to do",
            press('ir.cron', 'method_direct_trigger', [core_job]),
            at_most_times(1.2),
        ),
    ]


def _grow(world: World, count: int) -> None:
    """Let there have been so many payments in the last month, of some hundred customers."""
    names = [{'name': f'Old customer {number}'} for number in range(CUSTOMERS)]
    partners = world.back_office.call('res.partner', 'create', names)
    payments = Payments(world, world.notified)
    payments.put_old(
        count,
        partner_id=sql.SQL('({})[1 + one.n %% {}]').format(
            sql.Literal(partners), sql.Literal(len(partners))
        ),
        is_post_processed=sql.SQL('TRUE'),
        last_state_change=sql.SQL("now() - interval '1 day' * {} * one.n / {}").format(
            sql.Literal(DAYS), sql.Literal(count)
        ),
        sberbank_next_ask_at=sql.SQL('NULL'),
    )
    payments.put_away([payments.paid.tx_id])
    world.execute('VACUUM ANALYZE payment_transaction')


def _notify(world: World) -> float:
    payments = Payments(world, world.signed_get)
    orders = payments.register(NOTIFICATIONS)
    notifications = list(map(by_get, payments.pay(orders)))
    ids = payments.put(orders)
    seconds = load.send_all(world.server.url, notifications).seconds
    payments.put_away(ids)
    return seconds / len(notifications)


def _book(world: World) -> float:
    ours, _core = book_one_by_one(world, BOOKED)
    return seconds_of(ours)


def _open(session: Session, url: str) -> float:
    took = []
    for _look in range(LOOKS):
        answer = session.send(url)
        answer.raise_for_status()
        took.append(answer.elapsed.total_seconds())
    return median(took[WARM_UP:])


def _press(world: World, *args: Any, **kwargs: Any) -> Callable[[], float]:
    def press() -> float:
        return median([world.press(*args, **kwargs).seconds for _look in range(LOOKS)][WARM_UP:])

    return press


def _form(world: World) -> dict[str, dict]:
    """Return what the web client reads for the form of a provider."""
    shown = world.back_office.call('payment.provider', 'get_views', [[False, 'form']])
    return {name: {} for name in shown['models']['payment.provider']['fields']}
