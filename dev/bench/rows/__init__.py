"""What is measured: one table of functions, in the order in which they are called.

Those that leave the bank in a bad name come last, and the large shop after all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dev.bench.figures import Figure
from dev.bench.rows import (
    booking,
    callbacks,
    click,
    https,
    large,
    polling,
    silence,
    stream,
    topup,
)
from dev.bench.world import World


@dataclass(frozen=True)
class Row:
    """Something to measure.

    :param name: as it is called on the command line
    :param what: as a sentence tells of it
    :param measure: yields its lines of the table
    """

    name: str
    what: str
    measure: Callable[[World], Iterable[Figure]]


ROWS = (
    Row('callbacks', 'notifications', callbacks.measure),
    Row('https', 'questions over https', https.measure),
    Row('click', 'clicks on "Pay"', click.measure),
    Row('polling', 'orders that are asked about', polling.measure),
    Row('booking', 'booking', booking.measure),
    Row('stream', 'payments all the time', stream.measure),
    Row('busy', 'payments beside a long job', stream.measure_beside_long_job),
    Row('topup', 'top-ups', topup.measure),
    Row('slow', 'notifications while the bank is slow', silence.measure_notifications),
    Row('silent', 'payers while the bank is silent', silence.measure_payers),
    Row('crowd', 'many payers while the bank is slow', silence.measure_crowd),
    Row('large', 'a large shop', large.measure),
)
