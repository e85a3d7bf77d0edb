"""What a person sees while the tooling works, and how it gives up."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something that the person at the keyboard has to know or do; its text says what."""


def say(text: str) -> None:
    """Print one line at once, beside whatever child processes print."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step that takes a while, and tell how long it took."""
    started = time.monotonic()
    say(f'• {what} …')
    yield
    say(f'  {what}: {time.monotonic() - started:.0f} s')
