"""What a receipt says, whichever dialect it was asked for in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

SELL: Final = 'sell'
REFUND: Final = 'sell_refund'


@dataclass(frozen=True)
class Line:
    """One line. Kopecks; ``rate`` as `editions` writes it; numbers of tags 1214 and 1212.

    :param str mark: the code of a marked piece (tag 1163).
    """

    position: str
    code: str
    name: str
    quantity: Decimal
    unit: str
    price: int
    amount: int
    method: int
    subject: int
    rate: str
    mark: str = ''


@dataclass(frozen=True)
class Cart:
    """What a receipt says.

    :param dict payments: kopecks by the number of their kind: 1 cashless, 2 paid before, 3 credit,
        4 in kind.
    :param str contact: the payer's e-mail or telephone.
    :param tuple flaws: what the cash register will find wrong.
    """

    kind: str
    version: str
    tax_system: str
    inn: str
    email: str
    address: str
    contact: str
    buyer: str
    lines: tuple[Line, ...]
    payments: Mapping[int, int]
    flaws: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    def parts(self, size: int) -> 'list[Cart]':
        """The cart in pieces of so many lines; payments go to the first lines first."""
        left = dict(self.payments)
        pieces = []
        for start in range(0, len(self.lines), size):
            lines = self.lines[start : start + size]
            amount = sum(line.amount for line in lines)
            pieces.append(replace(self, lines=lines, payments=_take(left, amount)))
        return pieces


def _take(left: dict[int, int], amount: int) -> dict[int, int]:
    """Take kopecks out of what is left of each kind."""
    taken = {}
    for kind in sorted(left):
        part = min(left[kind], amount)
        left[kind] -= part
        amount -= part
        if part:
            taken[kind] = part
    return taken
