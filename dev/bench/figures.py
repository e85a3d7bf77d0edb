"""What was measured, what it was to be, and whether it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Goal:
    """Where a figure is to be.

    :param limit: the figure, or its ratio to the peer's
    :param is_floor: whether more is better
    :param is_ratio: whether the limit is one of the ratio
    """

    limit: float
    is_floor: bool = False
    is_ratio: bool = False

    def is_met(self, value: float, peer: float | None) -> bool | None:
        """Tell whether a figure is where it is to be; None without the peer that it needs."""
        figure = ratio(value, peer) if self.is_ratio else value
        if figure is None:
            return None
        return figure >= self.limit if self.is_floor else figure <= self.limit

    def __str__(self) -> str:
        sign = '≥' if self.is_floor else '≤'
        return f'{sign} {in_short(self.limit)}{" ×" if self.is_ratio else ""}'


def at_most(limit: float) -> Goal:
    """Want a figure that is no greater."""
    return Goal(limit)


def at_most_times(limit: float) -> Goal:
    """Want a figure that is no greater than so many times the peer's."""
    return Goal(limit, is_ratio=True)


def at_least_times(limit: float) -> Goal:
    """Want a figure that is at least so many times the peer's."""
    return Goal(limit, is_floor=True, is_ratio=True)


@dataclass(frozen=True)
class Figure:
    """A line of the table.

    :param what: what was measured
    :param value: the figure; None if it could not be measured, and `note` says why
    :param unit: of the figure and of the peer's
    :param peer: the same of what it is compared with
    :param beside: what that is
    :param note: what else there is to know
    """

    what: str
    value: float | None
    unit: str
    peer: float | None = None
    beside: str = ''
    goal: Goal | None = None
    note: str = ''

    @property
    def ratio(self) -> float | None:
        """The figure, in times of the peer's."""
        return ratio(self.value, self.peer)

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None if there is none, or nothing to tell it by."""
        if self.goal is None or self.value is None:
            return None
        return self.goal.is_met(self.value, self.peer)


def not_measured(what: str, why: object, goal: Goal | None = None) -> Figure:
    """Return the line of what could not be measured."""
    return Figure(what, None, '', goal=goal, note=f'not measured: {why}')


def ratio(value: float | None, peer: float | None) -> float | None:
    """Return a figure in times of the peer's, if there are both."""
    return None if value is None or not peer else value / peer


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of the values that so many per cent of them do not exceed.

    :raise ValueError: there are no values
    """
    if not values:
        raise ValueError('A percentile of nothing.')
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def biggest_gap(moments: Sequence[float]) -> float:
    """Return the longest time between two moments that follow each other, 0 for fewer than two."""
    return max((later - earlier for earlier, later in pairwise(sorted(moments))), default=0.0)


def in_short(value: float | None) -> str:
    """Write a figure with no more digits than it is worth."""
    if value is None:
        return '–'
    if abs(value) >= 100 or value == round(value):
        return f'{value:.0f}'
    return f'{value:.1f}' if abs(value) >= 10 else f'{value:.2f}'
