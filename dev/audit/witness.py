"""What went on while the audit ran, for its report."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

#: Seconds after an incident in which a failing page is put down to it.
AFTERMATH = 5.0


class Witness:
    """Writes down the errors that people saw, and whether the machine was in trouble then."""

    def __init__(self):
        self._lock = threading.Lock()
        self._incidents = 0
        self._calm_since = 0.0
        self.expected: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self.gave_up: Counter[str] = Counter()

    @contextmanager
    def incident(self) -> Iterator[None]:
        """Put the errors of the block, and of a moment after it, down to what is done to Odoo."""
        with self._lock:
            self._incidents += 1
        try:
            yield
        finally:
            with self._lock:
                self._incidents -= 1
                self._calm_since = time.monotonic() + AFTERMATH

    @property
    def is_in_trouble(self) -> bool:
        """Whether the machine is being broken, or was a moment ago."""
        return bool(self._incidents) or time.monotonic() < self._calm_since

    def saw(self, url: str, answer: str) -> None:
        """Write down an answer that was none."""
        what = f'{answer} from {urlsplit(url).path.rstrip("0123456789")}'
        with self._lock:
            (self.expected if self.is_in_trouble else self.unexpected)[what] += 1

    def left(self, why: str) -> None:
        """Write down that a payer gave up."""
        with self._lock:
            self.gave_up[why] += 1
