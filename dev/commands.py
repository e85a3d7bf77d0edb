"""The commands of the tooling, run inside the environment that :mod:`dev.bootstrap` made."""

import argparse
import sys

from dev.processes import end_on_signals
from dev.progress import Problem


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog='python3 -m dev', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    commands.add_parser('test', help='run the tests; further arguments are for pytest')
    options, rest = parser.parse_known_args(arguments)
    if options.command == 'test':
        from dev.testing import test

        return test(rest)
    return 2


if __name__ == '__main__':
    end_on_signals()
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f'error: {problem}')
    except KeyboardInterrupt:
        sys.exit(130)
