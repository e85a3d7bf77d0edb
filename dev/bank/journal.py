"""The calls that the gateway received, for people who look for what went wrong."""

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

_KEPT: Final = 100_000
_SECRET: Final = frozenset({'password', 'tmpPassword', 'token', 'pan', '$PAN', 'cvc', '$CVC'})


@dataclass(frozen=True)
class Call:
    """One call of the API.

    :param float moment: bank time.
    :param str answer: what the caller was left with: an HTTP status, or ``dropped``.
    :param str error_code: the ``errorCode`` of the true answer, empty when there was none.
    :param str note: why it was refused, in words that the caller does not see.
    :param float duration: wall seconds.
    """

    moment: float
    login: str
    dialect: str
    method: str
    order_number: str
    parameters: dict[str, Any]
    answer: str
    error_code: str
    note: str = ''
    faults: tuple[str, ...] = ()
    duration: float = 0.0

    def view(self) -> dict[str, Any]:
        return {**vars(self), 'faults': list(self.faults)}


@dataclass
class Journal:
    """The latest calls, oldest first."""

    _calls: deque[Call] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call):
        with self._lock:
            self._calls.append(call)

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._calls))

    def latest(self, count: int) -> list[Call]:
        """Newest first."""
        with self._lock:
            return [self._calls[-1 - i] for i in range(min(count, len(self._calls)))]


def masked(parameters: Any) -> dict[str, Any]:
    """The parameters of a call without what is secret."""
    if not isinstance(parameters, dict):
        return {}
    return {
        name: '***' if name in _SECRET and value else value for name, value in parameters.items()
    }
