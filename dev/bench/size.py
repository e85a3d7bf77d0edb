"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much is measured, all of it or a quick look.

    :param rounds: how often what is compared is measured in turn
    :param requests: in each round, of each kind
    :param clicks: payments that are begun
    :param booked: payments that are booked one by one
    :param burst: payments that are booked at once
    :param debts: how many debts a top-up settles, one figure for each
    :param polled: orders that the bank is asked about
    :param stream: seconds in which payments come in
    :param visits: pairs of payers who go to the bank while it is silent
    :param old: payments that a large shop has had; 0 leaves it out
    """

    rounds: int
    requests: int
    clicks: int
    booked: int
    burst: int
    debts: tuple[int, ...]
    polled: int
    stream: int
    visits: int
    old: int


WHOLE = Size(
    rounds=3,
    requests=600,
    clicks=40,
    booked=30,
    burst=1000,
    debts=(10, 100, 1000),
    polled=1000,
    stream=25,
    visits=2,
    old=1_000_000,
)
QUICK = Size(
    rounds=1,
    requests=150,
    clicks=10,
    booked=6,
    burst=60,
    debts=(10, 100),
    polled=200,
    stream=5,
    visits=1,
    old=0,
)
