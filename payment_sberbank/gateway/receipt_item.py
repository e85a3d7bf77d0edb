"""One line of a fiscal receipt, which checks itself. What can't be right is a `ReceiptError`."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .mark import is_mark
from .receipt_checks import check, is_sum, is_text
from .receipt_codes import MEASURES, Method, Subject, Vat
from .text import printable
from .wording import Sentence, _lt

__all__ = ['Item']

# Bank's OpenAPI 1.0.7.
_MAX_QUANTITY = Decimal('99999.999')
_MAX_POSITION = 999_999_999_999
_MAX_CODE_LENGTH = 100
_MAX_UNIT_LENGTH = 16
# Later documentation of the bank; the table of VAT says what an account takes.
_MAX_NAME_LENGTH = 128


@dataclass(frozen=True)
class Item:
    """One line of a receipt.

    :ivar code: The seller's own code of the line, unique in the receipt.
    :ivar name: 1 to 128 of `[ -~А-Яа-яЁё№]` (tag 1030), see `clean_name`.
    :ivar quantity: Above 0, with three decimals at most (tag 1023).
    :ivar measure: What is counted, a code of tag 2108; told in version 1.2 only.
    :ivar unit: What is counted, in words (tag 1197); told in version 1.05 only.
    :ivar price: Kopecks for one, after discounts (tag 1079).
    :ivar amount: Kopecks for all: price × quantity, rounded; an exact half of a kopeck is refused,
        since nobody says which way it is rounded.
    :ivar method: How payment and transfer go together (tag 1214).
    :ivar subject: What is paid for (tag 1212).
    :ivar vat: A calculated rate before the transfer, a plain one at it (tag 1199).
    :ivar position: Number of the line, unique in the receipt, from 1.
    :ivar mark: Code of the single marked piece, as it was scanned (tag 1163); version 1.2 only.
    :raise ReceiptError: If something of it can't be right; the sentence names the line.
    """

    code: str
    name: str
    quantity: Decimal
    measure: int
    unit: str
    price: int
    amount: int
    method: Method
    subject: Subject
    vat: Vat
    position: int
    mark: str = ''

    def __post_init__(self) -> None:
        self._check(
            is_text(self.name, _MAX_NAME_LENGTH),
            _lt(
                "its name must have 1 to %(maximum)s letters, digits and plain signs",
                maximum=_MAX_NAME_LENGTH,
            ),
        )
        self._check(
            is_text(self.code, _MAX_CODE_LENGTH),
            _lt("its code can't be «%(code)s»", code=self.code),
        )
        self._check(
            type(self.position) is int and 0 < self.position <= _MAX_POSITION,
            _lt("its position can't be %(position)s", position=self.position),
        )
        self._check_sums()
        self._check(self.measure in MEASURES, _lt("it is counted in a measure that does not exist"))
        self._check(
            not self.unit or is_text(self.unit, _MAX_UNIT_LENGTH),
            _lt("it can't be counted in «%(unit)s»", unit=self.unit),
        )
        self._check_signs()

    def as_dict(self) -> dict[str, object]:
        """Return the line in plain JSON types."""
        return {
            **vars(self),
            'quantity': format(self.quantity.normalize(), 'f'),
            'method': self.method.value,
            'subject': self.subject.value,
            'vat': self.vat.value,
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> 'Item':
        """Read what `as_dict` wrote."""
        return cls(**{
            **content,
            'quantity': Decimal(content['quantity']),
            'method': Method(content['method']),
            'subject': Subject(content['subject']),
            'vat': Vat(content['vat']),
        })

    def _check_sums(self) -> None:
        self._check(
            self.quantity.is_finite()
            and 0 < self.quantity <= _MAX_QUANTITY
            and self.quantity == round(self.quantity, 3),
            _lt(
                "its quantity must be above 0, with three decimals at most, not %(quantity)s",
                quantity=self.quantity,
            ),
        )
        self._check(
            is_sum(self.price) and is_sum(self.amount),
            _lt("its price and its sum must be whole kopecks above 0"),
        )
        exact = Fraction(self.quantity) * self.price
        self._check(
            abs(exact - self.amount) < Fraction(1, 2),
            _lt(
                "its price (%(price)s) times its quantity (%(quantity)s) is not its sum"
                " (%(amount)s kopecks)",
                price=self.price,
                quantity=self.quantity,
                amount=self.amount,
            ),
        )

    def _check_signs(self) -> None:
        is_free = self.vat in (Vat.NONE, Vat.ZERO)
        self._check(
            is_free
            or self.method is Method.CREDIT_PAYMENT
            or self.vat.is_calculated == self.method.is_before_transfer,
            _lt(
                "the VAT rate %(vat)s does not go with the method %(method)s",
                vat=self.vat.value,
                method=self.method.value,
            ),
        )
        is_transfer = not self.method.is_before_transfer
        self._check(
            bool(self.mark) == (self.subject.is_marked and is_transfer),
            _lt("the code of a marked piece must be in the receipt of its transfer, only there"),
        )
        self._check(
            not self.mark or (self.quantity == 1 and self.measure == 0),
            _lt("a marked piece has a line of its own, and is counted in pieces"),
        )
        self._check(
            not self.mark or is_mark(self.mark),
            _lt(
                "«%(mark)s» is not the code of a marked piece, which a scanner reads as 01, the 14"
                " digits of the goods, 21 and the number of the piece",
                mark=printable(self.mark),
            ),
        )

    def _check(self, condition: object, reason: Sentence) -> None:
        check(
            condition,
            _lt(
                "Line %(position)s of the receipt, «%(name)s»: %(reason)s.",
                position=self.position,
                name=self.name,
                reason=reason,
            ),
        )
