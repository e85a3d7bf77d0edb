"""Notifications: how many a second, and what each of them takes."""

from collections.abc import Iterator, Sequence
from statistics import median

from dev.bench import load
from dev.bench.figures import Figure, Goal, at_least_times, at_most
from dev.bench.load import FLOOR, Request, Volley
from dev.bench.meters import cpu_of
from dev.bench.notifications import by_get, by_json, forged, of_another_shop, of_redsys
from dev.bench.orders import AMOUNT, Order, Payments
from dev.bench.rounds import Rounds
from dev.bench.world import ASK, World

#: What is beside each kind of notification, and how many of it there are to be.
RATES = (
    ('get first', 'callback, first delivery, signed GET', 'redsys first', at_least_times(1.2)),
    ('json first', 'callback, first delivery, JSON', 'redsys first', at_least_times(1.2)),
    ('get again', 'callback, repeated, signed GET', 'redsys again', at_least_times(1.4)),
    ('json again', 'callback, repeated, JSON', 'redsys again', at_least_times(1.4)),
    ('forged', 'callback, forged', 'empty route', at_least_times(0.75)),
    ('unknown', 'callback, unknown order', 'empty route', at_least_times(0.9)),
    ('redsys first', "Redsys' own, first delivery", 'empty route', None),
)
#: What a notification takes, in the order of `Volley.took`, and how much it may.
COSTS = (
    ('queries', at_most(11), at_most(4)),
    ('cursors', None, at_most(1)),
    ('commits', None, at_most(1)),
)


def measure(world: World) -> Iterator[Figure]:
    """Send each kind of notification in turn.

    The job that books has rows of its own, and rests. The one that asks the bank runs.
    """
    sender = _Sender(world)
    world.let_jobs_run(ASK)  # To enable a provider wakes a job of the core.
    rounds = sender.send_rounds()
    for kind, what, beside, goal in RATES:
        peer = rounds.median(beside, lambda volley: volley.rate)
        yield _rate(rounds, kind, what, beside, peer, goal)
    for which, (cost, first, again) in enumerate(COSTS):
        for kind, beside, goal in (
            ('get first', 'redsys first', first),
            ('get again', 'redsys again', again),
        ):
            yield Figure(
                f'{cost}, {kind.replace("get", "signed GET")}',
                rounds.median(kind, lambda volley, which=which: volley.took(which)),
                '',
                rounds.median(beside, lambda volley, which=which: volley.took(which)),
                beside,
                goal,
            )
    yield Figure(
        "the bank's own CPU, of a first delivery", 1000 * median(sender.bank_seconds), 'ms'
    )
    yield Figure("the bank's own time for an answer", 1000 * sender.ask_bank(), 'ms')
    sender.put_away()


def _rate(
    rounds: Rounds[Volley], kind: str, what: str, beside: str, peer: float, goal: Goal | None
) -> Figure:
    expected = 403 if kind == 'forged' else 200
    odd = [
        f'{count} × {status}'
        for volley in rounds.all_of(kind)
        for status, count in volley.statuses.items()
        if status != expected
    ]
    rate = rounds.median(kind, lambda volley: volley.rate)
    return Figure(what, rate, '/s', peer, beside, goal, f'answers: {", ".join(odd)}' if odd else '')


class _Sender:
    """Sends everything, one kind after another."""

    def __init__(self, world: World):
        self._world = world
        count = world.size.requests
        self._get = _Kind(*_paid(Payments(world, world.signed_get), count))
        self._json = _Kind(*_paid(Payments(world, world.json), count))
        peer = Payments(world, world.redsys)
        orders = peer.invent(count)
        told = [of_redsys(order.number, AMOUNT) for order in orders]
        self._redsys = _Kind(peer, orders, told)
        #: Seconds of the bank's processor, for each first delivery.
        self.bank_seconds: list[float] = []

    def send_rounds(self) -> Rounds[Volley]:
        return Rounds(
            {
                'empty route': lambda: self._send([FLOOR] * self._world.size.requests),
                'redsys first': lambda: self._send(self._redsys.first(by=lambda told: told)),
                'get first': lambda: self._send_and_watch_bank(self._get.first(by_get)),
                'json first': lambda: self._send(self._json.first(by_json)),
                'redsys again': lambda: self._send(self._redsys.again(by=lambda told: told)),
                'get again': lambda: self._send(self._get.again(by_get)),
                'json again': lambda: self._send(self._json.again(by_json)),
                'forged': lambda: self._send(self._get.again(forged)),
                'unknown': lambda: self._send(self._get.again(of_another_shop)),
            },
            self._world.size.rounds,
        )

    def ask_bank(self) -> float:
        """Return how many seconds the bank takes for an answer, asked by nobody else."""
        return median(answer.seconds for answer in self._get.ask().answers)

    def put_away(self) -> None:
        """Leave nothing behind that a job would book."""
        for kind in (self._get, self._json, self._redsys):
            kind.put_away()

    def _send(self, requests: Sequence[Request]) -> Volley:
        return load.send_all(self._world.server.url, requests)

    def _send_and_watch_bank(self, requests: Sequence[Request]) -> Volley:
        with cpu_of(self._world.bank.pid) as meter:
            volley = self._send(requests)
        self.bank_seconds.append(meter.seconds / len(requests))
        return volley


class _Kind:
    """Payments that are notified for the first time once more in each round."""

    def __init__(self, payments: Payments, orders: Sequence[Order], told: Sequence):
        self._payments = payments
        self._orders = orders
        self._told = told
        self._ids: list[int] = []

    def first(self, by) -> list[Request]:
        self.put_away()
        self._ids = self._payments.put(self._orders)
        return self.again(by)

    def again(self, by) -> list[Request]:
        return [by(content) for content in self._told]

    def ask(self) -> Volley:
        return self._payments.ask(self._orders)

    def put_away(self) -> None:
        self._payments.put_away(self._ids)


def _paid(payments: Payments, count: int) -> tuple[Payments, list[Order], list]:
    orders = payments.register(count)
    return payments, orders, payments.pay(orders)
