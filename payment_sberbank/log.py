"""The addon's log: whatever comes from outside stays within its own line."""

import logging

from . import gateway

MAX_LENGTH = 2048


class OneLineLogger(logging.LoggerAdapter):
    """Writes values so that none of them begins a line of its own or speaks to a terminal.

    Customers have a say in references, the bank in its answers.
    """

    def log(self, level, msg, *args, **kwargs):  # pylint: disable=missing-return
        """Override of `logging` to clean the values."""
        super().log(level, msg, *map(_to_one_line, args), **kwargs)


def get_logger(name):
    """Return the logger of a module.

    :param str name: The module's name.
    :rtype: OneLineLogger
    """
    return OneLineLogger(logging.getLogger(name), {})


def _to_one_line(value):
    if isinstance(value, int | float):
        return value
    return gateway.printable(str(value), MAX_LENGTH)
