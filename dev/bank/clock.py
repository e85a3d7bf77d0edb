"""Bank time, which may run faster than the wall's, and the queue of what falls due in it."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

_logger = logging.getLogger(__name__)

#: The bank's own time zone. Moscow has kept UTC+3 all year round since 2014.
MSK = timezone(timedelta(hours=3), 'MSK')


class Clock:
    """Bank time.

    :param float scale: how many bank seconds pass in one second of the wall clock.
    """

    def __init__(self, scale: float = 1.0):
        if scale <= 0:
            raise ValueError("The time scale must be above zero.")
        self.scale = scale
        self._epoch = time.time()
        self._started = time.monotonic()
        self._advanced = 0.0

    def now(self) -> float:
        """Bank seconds since the epoch."""
        return self._epoch + self._advanced + (time.monotonic() - self._started) * self.scale

    def advance(self, seconds: float):
        """Move bank time forward by ``seconds`` of bank time.

        :raise ValueError: time does not go back.
        """
        if seconds < 0:
            raise ValueError("Bank time does not go back.")
        self._advanced += seconds

    def wall_seconds(self, bank_seconds: float) -> float:
        """How long ``bank_seconds`` take on the wall clock."""
        return bank_seconds / self.scale


class Scheduler:
    """Runs actions at a moment of bank time, on one thread of its own."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name='scheduler', daemon=True).start()

    def at(self, moment: float, action: Callable[[], None]):
        """Run ``action`` once bank time has reached ``moment``."""
        with self._changed:
            heapq.heappush(self._queue, (moment, next(self._order), action))
            self._changed.notify()

    def run_due(self):
        """Run here and now whatever is due; for callers that have just moved the clock."""
        while action := self._take_due():
            self._perform(action)

    def _run(self):
        while True:
            with self._changed:
                while not self._is_due():
                    self._changed.wait(self._pause())
            self.run_due()

    def _is_due(self) -> bool:
        return bool(self._queue) and self._queue[0][0] <= self._clock.now()

    def _pause(self) -> float | None:
        """Wall seconds until the next action, None when there is none."""
        if not self._queue:
            return None
        return max(self._clock.wall_seconds(self._queue[0][0] - self._clock.now()), 0.001)

    def _take_due(self) -> Callable[[], None] | None:
        with self._changed:
            return heapq.heappop(self._queue)[2] if self._is_due() else None

    @staticmethod
    def _perform(action: Callable[[], None]):
        try:
            action()
        except Exception:  # the one thread that moves the bank must outlive a failing action
            _logger.exception("A scheduled action failed.")


def in_moscow(moment: float) -> datetime:
    """The wall time in Moscow of a moment of bank time."""
    return datetime.fromtimestamp(moment, MSK)


def milliseconds(moment: float) -> int:
    """A moment as the gateway writes it: milliseconds since the epoch."""
    return int(moment * 1000)


def is_same_day(moment: float, other: float) -> bool:
    """Whether two moments of bank time are of one business day."""
    return in_moscow(moment).date() == in_moscow(other).date()
