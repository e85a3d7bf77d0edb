"""When to leave the bank alone."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import TypeVar

from .errors import TooManyRequests, Unavailable
from .wording import _lt

__all__ = ['Patience']

_Answer = TypeVar('_Answer')


class Patience:
    """Leaves a bank alone, for as long as it lives, when the bank asks for that or keeps silent.

    May be used by several threads.
    """

    MAX_FAILURES_IN_A_ROW = 3

    def __init__(self) -> None:
        self._failures: Counter[Hashable] = Counter()

    def ask(self, bank: Hashable, question: Callable[[], _Answer]) -> _Answer:
        """Ask, unless the bank wants to be left alone.

        :param bank: Whatever tells one bank's address and login from another's.
        :param question: Asks the bank.
        :raise GatewayError: If there is no answer.
        """
        if self._failures[bank] >= self.MAX_FAILURES_IN_A_ROW:
            raise Unavailable(_lt("The bank is left alone for now."), may_have_reached=False)
        try:
            answer = question()
        except TooManyRequests:
            self._failures[bank] = self.MAX_FAILURES_IN_A_ROW
            raise
        except Unavailable:
            self._failures[bank] += 1
            raise
        self._failures[bank] = 0
        return answer
