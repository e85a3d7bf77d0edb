"""The gateway's tests with older libraries: those that an Odoo 19 in production may run with.

Each set of them has an environment of its own, without Odoo: the gateway needs nothing of it.
"""

import sys

from dev import bootstrap
from dev.env.folders import REPOSITORY
from dev.env.processes import run_in_foreground
from dev.env.progress import say

SETS = ('dev/requirements-oldest.txt', 'dev/requirements-debian12.txt')
#: From Python 3.12 on, Odoo names newer libraries, and these do not run.
NEWEST_PYTHON = (3, 11)


def run(arguments: list[str]) -> int:
    """Run the gateway's tests with each set of libraries; return 0 only if all of them pass."""
    if sys.version_info[:2] > NEWEST_PYTHON:
        say('• the oldest libraries do not run on this Python: skipped')
        return 0
    results = [_run_with(requirements, arguments) for requirements in SETS]
    return max(results)


def _run_with(requirements: str, arguments: list[str]) -> int:
    say(f'• tests/gateway with {requirements}')
    python = bootstrap.ensure(REPOSITORY / requirements, with_odoo=False)
    command = [str(python), '-m', 'pytest', '-c', 'pyproject.toml', '-q', 'tests/gateway']
    return run_in_foreground([*command, *arguments], cwd=REPOSITORY)
