"""Locks between processes of one user. The kernel gives them back when their holder dies."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dev.env.folders import cache
from dev.env.progress import say


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the lock `name` for the length of the block; wait for another run that holds it."""
    with _lock_file(name).open('a') as file:
        if not _try_alone(file):
            say(f'waiting for another run to finish with {name}')
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def shared(name: str, *, last: Callable[[], None]) -> Iterator[None]:
    """Hold `name` together with others for the length of the block.

    :param last: called at the end when nobody else holds it; whoever comes then waits for it
    """
    with _lock_file(name).open('a') as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            yield
        finally:
            if _try_alone(file):
                last()


@contextmanager
def lease(name: str) -> Iterator[None]:
    """Hold `name` for the length of the block, so that :func:`is_leased` tells others about it."""
    path = _lock_file(name)
    with path.open('a') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def is_leased(name: str) -> bool:
    """Tell whether a living process holds the lease `name`."""
    path = _lock_file(name)
    if not path.exists():
        return False
    with path.open('a') as file:
        return not _try_alone(file)


def _try_alone(file: TextIO) -> bool:
    """Get `file` locked for us alone, unless someone else has it locked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(name: str) -> Path:
    folder = cache() / 'locks'
    folder.mkdir(exist_ok=True)
    return folder / f'{name}.lock'
