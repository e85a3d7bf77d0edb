"""Rounds: what is to be compared is measured in turn, again and again.

A machine is not the same from one minute to the next. What is measured in the same round has had
about the same machine; the median of the rounds leaves out the odd one.
"""

from collections.abc import Callable, Mapping
from statistics import median
from typing import Generic, TypeVar

Measured = TypeVar('Measured')


class Rounds(Generic[Measured]):
    """What came of several measurements, each made once a round.

    :param measurements: what measures, by name, in the order of a round
    :param count: how many rounds
    """

    def __init__(self, measurements: Mapping[str, Callable[[], Measured]], count: int):
        self._measured: dict[str, list[Measured]] = {name: [] for name in measurements}
        for _round in range(count):
            for name, measure in measurements.items():
                self._measured[name].append(measure())

    def all_of(self, name: str) -> list[Measured]:
        """Return what a measurement gave in each round."""
        return self._measured[name]

    def median(self, name: str, figure: Callable[[Measured], float]) -> float:
        """Return the median of a figure over the rounds."""
        return median(figure(measured) for measured in self._measured[name])
