"""Lines become positions whose price times quantity is their sum, to the kopeck."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from ..gateway import Item, Method, Subject, Vat, clean_name
from ..gateway.receipt_checks import MAX_SUM
from .lines import OTHER_MEASURE, PIECE, PIECE_UNIT, Line, MissingMark, settle

__all__ = ['PREPAYMENT', 'REST', 'Position', 'Terms', 'lump', 'number', 'part', 'whole']

# What stands before the name of what is paid for in part. Receipts are Russian.
PREPAYMENT = 'Предоплата: '
REST = 'Оплата части: '

# What is sold under a name of which the register takes no letter.
NAMELESS = 'Товар'

# Tag 1023, and `value` of `quantity` in the bank's OpenAPI 1.0.7.
DECIMALS = 3
MAX_QUANTITY = Decimal('99999.999')


@dataclass(frozen=True)
class Terms:
    """How lines are paid for.

    :ivar method: Tag 1214.
    :ivar own_subject: Whether positions before the transfer keep the subject of what is sold, or
        say that they are a payment.
    :ivar name_length: Characters that a name may have (tag 1030).
    """

    method: Method
    own_subject: bool = True
    name_length: int = 100

    def subject_of(self, line: Line) -> Subject:
        """Return what a position is said to be."""
        if self.own_subject or not self.method.is_before_transfer:
            return line.subject
        return Subject.PAYMENT

    def needs_marks(self, line: Line) -> bool:
        """Tell whether each piece is told with its code: marked ones are at their transfer."""
        return line.subject.is_marked and not self.method.is_before_transfer

    def vat_of(self, line: Line) -> Vat:
        """Return the rate of a position: the calculated one before the transfer."""
        return line.vat.calculated if self.method.is_before_transfer else line.vat


@dataclass(frozen=True)
class Position:
    """An item that has no number yet; amounts are kopecks."""

    name: str
    quantity: Decimal
    price: int
    amount: int
    measure: int
    unit: str
    method: Method
    subject: Subject
    vat: Vat
    mark: str = ''


def whole(lines: Iterable[Line], total: int, terms: Terms) -> list[Position]:
    """Return the positions of a document that is paid in full.

    :param lines: Its lines.
    :param total: What is paid, in kopecks.
    :param terms: How.
    :raise NothingToSell: If what is deducted leaves nothing.
    :raise MissingMark: If the code of a marked piece is needed and not known.
    """
    return [position for line in settle(lines, total) for position in _cut(line, terms)]


def part(lines: Iterable[Line], paid: int, terms: Terms, prefix: str) -> list[Position]:
    """Return the positions of a part of a document: its lines in proportion, one piece of each.

    Marked pieces that are handed over are told one by one, each with its share.

    :param lines: The lines of the whole document.
    :param paid: What is paid, in kopecks.
    :param terms: How.
    :param prefix: What stands before the names.
    :raise NothingToSell: If what is deducted leaves nothing.
    :raise MissingMark: If the code of a marked piece is needed and not known.
    """
    return [
        position
        for line in settle(lines, paid)
        for position in (
            _cut(replace(line, name=prefix + line.name), terms)
            if terms.needs_marks(line)
            else [_one(line, terms, prefix=prefix)]
        )
    ]


def lump(name: str, amount: int, vat: Vat, terms: Terms) -> Position:
    """Return the position of a sum that is for no goods by itself.

    :param name: What it is called.
    :param amount: Kopecks.
    :param vat: The plain rate.
    :param terms: How it is paid.
    """
    return _one(Line(name, amount, vat, Subject.PAYMENT), terms)


def number(positions: Iterable[Position]) -> tuple[Item, ...]:
    """Give the positions of a receipt their numbers and codes.

    :param positions: The positions.
    :return: The items.
    """
    return tuple(
        Item(code=str(index), position=index, **vars(position))
        for index, position in enumerate(positions, start=1)
    )


def _cut(line: Line, terms: Terms) -> list[Position]:
    """Cut a line so that price times quantity is its sum, without a rounding that is disputed."""
    return _mark_if_needed(line, _cut_plainly(line, terms), terms)


def _cut_plainly(line: Line, terms: Terms) -> list[Position]:
    quantity = line.quantity
    if not 0 < quantity <= MAX_QUANTITY or quantity != round(quantity, DECIMALS):
        return [_one(line, terms, suffix=_told(line))]
    if quantity == quantity.to_integral_value():
        return _cut_pieces(line, int(quantity), terms)
    price = _find_price(line.amount, quantity)
    if price is None:
        return [_one(line, terms, suffix=_told(line))]
    return [_position(line, terms, price=price, quantity=quantity, amount=line.amount)]


def _cut_pieces(line: Line, pieces: int, terms: Terms) -> list[Position]:
    price, dearer = divmod(line.amount, pieces)
    if not price:  # Less than a kopeck for each.
        return [_one(line, terms, suffix=_told(line))]
    parts = ((price + 1, dearer), (price, pieces - dearer))
    return [
        _position(line, terms, price=price, quantity=Decimal(count), amount=price * count)
        for price, count in parts
        if count
    ]


def _mark_if_needed(line: Line, positions: list[Position], terms: Terms) -> list[Position]:
    """Return a position for each piece, with its code, if it is marked and handed over.

    :raise MissingMark: If there are pieces without one.
    """
    if not terms.needs_marks(line):
        return positions
    pieces = ceil(line.quantity)
    if len(line.marks) < pieces or sum(position.quantity for position in positions) != pieces:
        raise MissingMark(line.name, pieces - min(len(line.marks), pieces - 1))
    singles = [
        replace(position, quantity=Decimal(1), amount=position.price)
        for position in positions
        for _piece in range(int(position.quantity))
    ]
    return [replace(single, mark=mark) for single, mark in zip(singles, line.marks, strict=False)]


def _find_price(amount: int, quantity: Decimal) -> int | None:
    """Find the price that makes this sum, half kopecks aside: how they are rounded is not told."""
    exact = Fraction(amount) / Fraction(quantity)
    nearest = round(exact)
    for price in (nearest, nearest - 1, nearest + 1):
        if 0 < price <= MAX_SUM and abs(price * Fraction(quantity) - amount) < Fraction(1, 2):
            return price
    return None


def _one(line: Line, terms: Terms, *, prefix: str = '', suffix: str = '') -> Position:
    """Return the line as one piece."""
    room = terms.name_length - len(prefix) - len(suffix)
    return _position(
        line,
        terms,
        price=line.amount,
        quantity=Decimal(1),
        amount=line.amount,
        name=f'{prefix}{_name(line, room)}{suffix}',
        measure=OTHER_MEASURE if suffix and line.measure != PIECE else PIECE,
        unit=PIECE_UNIT,
    )


def _position(line: Line, terms: Terms, **values) -> Position:
    return Position(**{
        'name': _name(line, terms.name_length),
        'measure': line.measure,
        'unit': line.unit,
        'method': terms.method,
        'subject': terms.subject_of(line),
        'vat': terms.vat_of(line),
        **values,
    })


def _name(line: Line, limit: int) -> str:
    return clean_name(line.name, limit) or NAMELESS


def _told(line: Line) -> str:
    """Write a quantity that can't be reckoned with into the name: `, 1,5 кг`."""
    if line.quantity <= 0:
        return ''
    number = f'{line.quantity.normalize():f}'.replace('.', ',')
    return clean_name(f', {number} {line.unit}')
