"""The lines of a document, with what is negative taken off the others."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ..gateway import Subject, Vat
from .spread import spread

__all__ = ['Line', 'MissingMark', 'NothingToSell', 'settle']

# Tag 2108: what is counted in pieces, and what no other code is for.
PIECE = 0
OTHER_MEASURE = 255
PIECE_UNIT = 'шт'
# Of `measurementUnit` in the bank's OpenAPI 1.0.7.
UNIT_LENGTH = 16


class NothingToSell(ValueError):
    """What is deducted leaves nothing to be paid for."""


class MissingMark(ValueError):
    """Marked pieces are handed over, and not all of their codes are known.

    :ivar name: What is sold.
    :ivar missing: Of how many pieces.
    """

    def __init__(self, name: str, missing: int) -> None:
        super().__init__(f"{missing} of «{name}»")
        self.name = name
        self.missing = missing


@dataclass(frozen=True)
class Line:
    """A line of a document, as it is charged.

    :ivar name: What is sold.
    :ivar amount: Kopecks, with taxes and after the discount; negative if it is deducted.
    :ivar vat: The plain rate.
    :ivar subject: What it is (tag 1212).
    :ivar quantity: How much of it.
    :ivar measure: Its unit's code (tag 2108).
    :ivar unit: Its unit in words.
    :ivar marks: The codes of its marked pieces, as they were scanned, as far as they are known.
    """

    name: str
    amount: int
    vat: Vat
    subject: Subject
    quantity: Decimal = Decimal(1)
    measure: int = PIECE
    unit: str = PIECE_UNIT
    marks: tuple[str, ...] = ()


def settle(lines: Iterable[Line], total: int) -> list[Line]:
    """Make lines that are all positive and come to a total.

    A receipt knows no negative line. What is deducted is taken off the lines of the same rate, so
    that the tax stays what it is; only what they can't bear is taken off all the others. Whatever
    then differs from the total (a cash rounding, another currency, a tax rounded as a whole) is
    divided among all of them.

    :param lines: The lines.
    :param total: What they have to come to, in kopecks, more than zero.
    :return: The lines of which something is left, in their order.
    :raise NothingToSell: If nothing is left.
    """
    lines = [line for line in lines if line.amount]
    amounts = _deduct(lines)
    if not sum(amounts):
        raise NothingToSell
    return [
        replace(line, amount=amount)
        for line, amount in zip(lines, spread(total, amounts), strict=True)
        if amount
    ]


def _deduct(lines: list[Line]) -> list[int]:
    amounts = [max(line.amount, 0) for line in lines]
    unborne = 0
    for vat in dict.fromkeys(line.vat for line in lines):
        deducted = sum(-line.amount for line in lines if line.vat is vat and line.amount < 0)
        bearers = [index for index, line in enumerate(lines) if line.vat is vat]
        unborne += _take(deducted, amounts, bearers)
    _take(unborne, amounts, range(len(lines)))
    return amounts


def _take(deducted: int, amounts: list[int], bearers: Iterable[int]) -> int:
    """Take a sum off some of the amounts, as far as they go, and return what could not be taken."""
    bearers = [index for index in bearers if amounts[index]]
    borne = min(deducted, sum(amounts[index] for index in bearers))
    if borne:
        shares = spread(borne, [amounts[index] for index in bearers])
        for index, share in zip(bearers, shares, strict=True):
            amounts[index] -= share
    return deducted - borne
