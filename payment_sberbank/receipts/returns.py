"""What was sold goes back, or is used up: never more of a line than is left of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ..gateway import Item, clean_name
from .lines import OTHER_MEASURE, PIECE, PIECE_UNIT, Line
from .positions import DECIMALS, PREPAYMENT, REST
from .spread import spread

__all__ = ['NotLeft', 'Sold', 'are_pieces_known', 'as_line', 'collect', 'cut', 'take', 'without']


class NotLeft(ValueError):
    """More is to go back than is left of what was sold."""


@dataclass(frozen=True)
class Sold:
    """A line of a receipt.

    :ivar item: As it was sold.
    :ivar left: How much of its sum has neither gone back nor been used up, in kopecks.
    """

    item: Item
    left: int


def take(sold: Sequence[Sold], amount: int, wanted: Iterable[Line] = ()) -> list[int]:
    """Return how much of each line goes.

    First what is wanted by its name and rate, as far as it was sold; the rest in proportion to what
    is left.

    :param sold: The lines.
    :param amount: Kopecks that go in all.
    :param wanted: Lines of a document, such as a credit note.
    :return: Kopecks of each line, together the amount.
    :raise NotLeft: If there is not so much left.
    """
    if not 0 < amount <= sum(line.left for line in sold):
        raise NotLeft
    shares = [0] * len(sold)
    for line in _fit(wanted, amount):
        rest = line.amount
        for index, candidate in _asked_for_first(sold, line):
            if _is_of(candidate.item, line):
                share = min(rest, candidate.left - shares[index])
                shares[index] += share
                rest -= share
    if rest := amount - sum(shares):
        left = [line.left - share for line, share in zip(sold, shares, strict=True)]
        shares = [share + more for share, more in zip(shares, spread(rest, left), strict=True)]
    return shares


def are_pieces_known(
    sold: Sequence[Sold], shares: Sequence[int], wanted: Iterable[Line] = ()
) -> bool:
    """Tell whether it is known which marked pieces go, for their codes are told with them.

    Whole pieces go, and either all that were sold under a name or those whose codes are wanted.

    :param sold: The lines.
    :param shares: How much of each goes, see `take`.
    :param wanted: Lines of a document, such as a credit note.
    """
    codes = {mark for line in wanted for mark in line.marks}
    pieces = [(line, share) for line, share in zip(sold, shares, strict=True) if line.item.mark]
    staying = {line.item.name for line, share in pieces if share < line.item.amount}
    return all(
        share == line.item.amount and (line.item.mark in codes or line.item.name not in staying)
        for line, share in pieces
        if share
    )


def _fit(wanted: Iterable[Line], amount: int) -> list[Line]:
    """Make the wanted lines come to no more than the amount."""
    wanted = [line for line in wanted if line.amount > 0]
    if sum(line.amount for line in wanted) <= amount:
        return wanted
    shares = spread(amount, [line.amount for line in wanted])
    return [replace(line, amount=share) for line, share in zip(wanted, shares, strict=True)]


def _asked_for_first(sold: Sequence[Sold], line: Line) -> list[tuple[int, Sold]]:
    """Return what was sold, and where it stands: the very pieces whose codes go back first."""
    return sorted(enumerate(sold), key=lambda place: place[1].item.mark not in line.marks)


def _is_of(item: Item, line: Line) -> bool:
    name = item.name.removeprefix(PREPAYMENT).removeprefix(REST)
    # A name that was cut off for the receipt is the beginning of the document's.
    return (
        item.vat.plain is line.vat.plain
        and bool(name)
        and (clean_name(line.name, len(name)) == name)
    )


def cut(item: Item, share: int) -> Item:
    """Return the part of a line that comes to a sum, with the same signs and the same price.

    :param item: The line as it was sold.
    :param share: Kopecks, at most its sum.
    """
    if share == item.amount:
        return item
    is_pieces = item.quantity == item.quantity.to_integral_value()
    quantity = _find_quantity(share, item.price, 0 if is_pieces else DECIMALS)
    if quantity:
        return replace(item, quantity=quantity, amount=share)
    return replace(
        item,
        quantity=Decimal(1),
        price=share,
        amount=share,
        measure=item.measure if item.measure == PIECE else OTHER_MEASURE,
        unit=PIECE_UNIT,
    )


def _find_quantity(share: int, price: int, decimals: int) -> Decimal | None:
    quantity = round(Decimal(share) / price, decimals)
    is_exact = abs(Fraction(quantity) * price - share) < Fraction(1, 2)
    return quantity if quantity > 0 and is_exact else None


def as_line(item: Item) -> Line:
    """Return a line of a receipt as one of a document."""
    name = item.name.removeprefix(PREPAYMENT).removeprefix(REST)
    marks = (item.mark,) if item.mark else ()
    return Line(name, item.amount, item.vat.plain, item.subject, item.quantity, marks=marks)


def without(lines: Iterable[Line], gone: Iterable[Line]) -> list[Line]:
    """Return what is left of a document's lines after some went back.

    What goes back under another name or rate than all of the lines is left as a deduction.

    :param lines: The lines.
    :param gone: What went back, its amounts above zero.
    """
    left = list(lines)
    deductions = []
    for back in gone:
        rest = back.amount
        for index, line in enumerate(left):
            if rest and line.amount > 0 and _is_same(line, back):
                share = min(rest, line.amount)
                left[index] = _less(line, share, back)
                rest -= share
        if rest:
            deductions.append(replace(back, amount=-rest))
    return [line for line in left if line.amount] + deductions


def _is_same(line: Line, back: Line) -> bool:
    name = clean_name(back.name)
    return line.vat is back.vat and bool(name) and clean_name(line.name, len(name)) == name


def _less(line: Line, share: int, back: Line) -> Line:
    quantity = line.quantity - back.quantity
    is_of_pieces = share == back.amount and 0 < quantity < line.quantity
    quantity = quantity if is_of_pieces else line.quantity
    marks = tuple(mark for mark in line.marks if mark not in back.marks)
    # If more codes than pieces are left, it is not known which ones went back.
    return replace(
        line,
        amount=line.amount - share,
        quantity=quantity,
        marks=marks if len(marks) <= quantity else (),
    )


def collect(items: Iterable[Item]) -> tuple[Item, ...]:
    """Put lines of several receipts into one, where each needs a position and a code of its own.

    A line keeps those that it had, unless another one has them already.

    :param items: The lines.
    """
    collected: list[Item] = []
    for item in items:
        positions = {other.position for other in collected}
        codes = {other.code for other in collected}
        if item.position in positions or item.code in codes:
            position = max(positions) + 1
            item = replace(item, position=position, code=f'{position}-{item.code}')
        collected.append(item)
    return tuple(collected)
