"""The stand-in bank without Odoo, for anyone who wants to try a client against it."""

import sys

from dev.folders import REPOSITORY
from dev.processes import running


def run(arguments: list[str]) -> int:
    """Run the bank until it is told to end; `arguments` are for it."""
    command = [sys.executable, '-m', 'dev.bank', *arguments]
    with running(command, cwd=REPOSITORY) as bank:
        return bank.wait()
