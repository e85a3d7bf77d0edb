"""What processes have used, and what the bank takes for itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass
class Meter:
    """The processor's time, in seconds, that was used in a block."""

    seconds: float = 0.0


@contextmanager
def cpu_of(pid: int) -> Iterator[Meter]:
    """Measure the processor's time that a process and its children use in the block.

    A child that ends in it takes its time along: Odoo replaces a worker now and then.
    """
    meter = Meter()
    before = _times(pid)
    yield meter
    after = _times(pid)
    meter.seconds = sum(used - before.get(child, 0.0) for child, used in after.items())


def _times(pid: int) -> dict[psutil.Process, float]:
    process = psutil.Process(pid)
    used = {}
    for one in (process, *process.children(recursive=True)):
        times = one.cpu_times()
        used[one] = times.user + times.system
    return used
