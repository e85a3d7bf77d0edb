"""`make bench`: the whole of it, from an empty database to the table."""

import argparse
import os
import time
from collections.abc import Sequence
from datetime import datetime, timezone

from dev.bench import report
from dev.bench.figures import Figure
from dev.bench.rows import ROWS
from dev.bench.size import QUICK, WHOLE
from dev.bench.world import world
from dev.env.folders import BUILD
from dev.env.progress import say, step

JSON = BUILD / 'bench.json'


def run(arguments: list[str]) -> int:
    """Measure as the command line says, and return 0, whatever is found."""
    parser = argparse.ArgumentParser(prog='make bench')
    parser.add_argument('--quick', action='store_true', help='a look within three minutes')
    parser.add_argument(
        '--only',
        nargs='+',
        choices=[row.name for row in ROWS],
        help='what to measure, if not everything',
    )
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else WHOLE
    rows = [row for row in ROWS if not options.only or row.name in options.only]
    began = time.monotonic()
    figures: list[Figure] = []
    try:
        with world(size) as everything:
            for row in rows:
                with step(row.what):
                    figures.extend(row.measure(everything))
    finally:
        # Also of a run that is broken off: what it has found was hard to come by.
        if figures:
            _tell(figures, quick=options.quick, seconds=round(time.monotonic() - began))
    return 0


def _tell(figures: Sequence[Figure], **about: object) -> None:
    moment = datetime.now(timezone.utc).isoformat(timespec='seconds')
    report.write_json(figures, JSON, measured_at=moment, processors=os.cpu_count(), **about)
    print(report.as_table(figures))
    print(report.in_one_line(figures), flush=True)
    say(f'also in {JSON.relative_to(BUILD.parent)}')
