"""The stand-in bank without Odoo, for anyone who wants to try a client against it."""

import sys

from dev.env.folders import REPOSITORY
from dev.env.processes import run_in_foreground


def run(arguments: list[str]) -> int:
    """Run the bank until it is told to end; `arguments` are for it."""
    command = [sys.executable, '-m', 'dev.bank', *arguments]
    return run_in_foreground(command, cwd=REPOSITORY)
