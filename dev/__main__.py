"""`python3 -m dev COMMAND`: what the Makefile calls, with nothing but the machine's own Python."""

import sys

from dev import bootstrap
from dev.clean import clean
from dev.env.progress import Problem


def main(arguments: list[str]) -> None:
    if arguments[:1] == ['clean']:
        clean(everything='--all' in arguments)
        return
    bootstrap.enter('dev.commands', arguments)


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(f'error: {problem}')
    except KeyboardInterrupt:
        sys.exit(130)
