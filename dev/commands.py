"""The commands of the tooling, run inside the environment that :mod:`dev.bootstrap` made."""

import pkgutil
import sys

from dev.env.processes import end_on_signals
from dev.env.progress import Problem

#: Each takes the arguments that follow the command and returns the exit status.
COMMANDS = {
    'audit': 'dev.audit.run:run',
    'bank': 'dev.bank_alone:run',
    'bench': 'dev.bench.run:run',
    'clients': 'dev.clients:run',
    'demo': 'dev.demo:run',
    'lint': 'dev.lint:run',
    'screenshots': 'dev.screenshots:run',
    'test': 'dev.testing:run',
    'test-core': 'dev.testing:run_core',
    'test-oldest': 'dev.oldest:run',
    'wheel': 'dev.wheel:run',
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        raise Problem(f'choose a command: {", ".join(COMMANDS)}, clean')
    command, *rest = arguments
    return pkgutil.resolve_name(COMMANDS[command])(rest)


if __name__ == '__main__':
    end_on_signals()
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f'error: {problem}')
    except KeyboardInterrupt:
        sys.exit(130)
