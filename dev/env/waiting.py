"""Waiting for something that happens elsewhere."""

import time
from collections.abc import Callable
from typing import TypeVar

#: Seconds between two looks.
LOOK_EVERY = 0.2

Found = TypeVar('Found')


def wait_until(look: Callable[[], Found], *, limit: float, look_every: float = LOOK_EVERY) -> Found:
    """Look again and again until there is something; return what was seen last.

    :param look: what it returns ends the waiting, unless that is false
    :param limit: seconds to wait at most
    :param look_every: seconds between two looks
    """
    deadline = time.monotonic() + limit
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(look_every)
    return found
