import time

from ..core import LRU


class RateLimit:
    """Counts events by key in windows of time, in the memory of one worker.

    It forgets the keys that were seen least recently, so that it can't be made to grow.

    :param int events: How many events a key may have in a window.
    :param float seconds: The length of a window.
    :param int keys: How many keys are remembered.
    """

    def __init__(self, *, events, seconds, keys=4096):
        self._events = events
        self._seconds = seconds
        self._windows = LRU(keys)

    def allows(self, key):
        """Count an event, and tell whether it is within the limit.

        :param key: What is limited.
        :rtype: bool
        """
        now = time.monotonic()
        started, count = self._windows.get(key, (now, 0))
        if now - started >= self._seconds:
            started, count = now, 0
        self._windows[key] = (started, count + 1)
        return count < self._events
