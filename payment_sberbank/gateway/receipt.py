"""The content of a fiscal receipt (54-ФЗ), which checks itself before a bank is asked.

All amounts are whole kopecks. What the bank or the law would refuse is a `ReceiptError` with a
sentence for staff. Sources: bank's OpenAPI 1.0.7 (`orderBundle`), order ЕД-7-20/662@.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .errors import ReceiptError
from .receipt_checks import MAX_SUM, check, is_sum
from .receipt_codes import FfdVersion, Kind, Method, TaxSystem
from .receipt_item import Item
from .receipt_parties import Buyer, Seller
from .wording import _lt, reason_of

__all__ = ['Receipt', 'Settlements']


@dataclass(frozen=True)
class Settlements:
    """How a receipt is paid, in kopecks.

    :ivar cashless: Money of this payment (tag 1081).
    :ivar prepayment: What earlier receipts took in advance (tag 1215).
    :ivar credit: What is still to be paid (tag 1216).
    :raise ReceiptError: If one of them is no sum.
    """

    cashless: int = 0
    prepayment: int = 0
    credit: int = 0

    def __post_init__(self) -> None:
        check(
            all(part == 0 or is_sum(part) for part in self.parts),
            _lt("The payments of a receipt must be whole kopecks, not below 0."),
        )

    @property
    def parts(self) -> tuple[int, int, int]:
        """In the order of the bank's types 1, 2 and 3."""
        return self.cashless, self.prepayment, self.credit


@dataclass(frozen=True)
class Receipt:
    """All that a cash register needs to issue a receipt.

    :ivar kind: Income, or its return.
    :ivar ffd_version: As the register was set up at the bank.
    :ivar items: At least one.
    :ivar settlements: Together the sum of the items.
    :raise ReceiptError: If the register, the bank or the law would refuse it.
    """

    kind: Kind
    ffd_version: FfdVersion
    seller: Seller
    buyer: Buyer
    items: tuple[Item, ...]
    settlements: Settlements

    def __post_init__(self) -> None:
        check(self.items, _lt("A receipt needs a line at least."))
        check(
            not _repeated(item.code for item in self.items),
            _lt("Each line of a receipt needs a code of its own."),
        )
        check(
            not _repeated(item.position for item in self.items),
            _lt("Each line of a receipt needs a position of its own."),
        )
        check(0 < self.total <= MAX_SUM, _lt("The bank issues no receipt of so large a sum."))
        check(
            sum(self.settlements.parts) == self.total,
            _lt(
                "The lines of the receipt sum up to %(total)s kopecks, its payments to %(paid)s.",
                total=self.total,
                paid=sum(self.settlements.parts),
            ),
        )
        check(
            len(self.items) == 1
            or all(item.method is not Method.CREDIT_PAYMENT for item in self.items),
            _lt("A receipt of a credit that is paid back has one line only."),
        )
        if self.ffd_version is FfdVersion.V1_05:
            self._check_v1_05()

    def _check_v1_05(self) -> None:
        for item in self.items:
            check(
                item.unit,
                _lt("Version 1.05 of the receipt needs the unit of «%(name)s».", name=item.name),
            )
            check(
                item.subject.has_1_05_name and not item.mark,
                _lt(
                    "Version 1.05 of the receipt has no word for the subject of «%(name)s»: marked"
                    " goods need version 1.2.",
                    name=item.name,
                ),
            )

    @property
    def total(self) -> int:
        """Kopecks (tag 1020)."""
        return sum(item.amount for item in self.items)

    def as_dict(self) -> dict[str, object]:
        """Return the content in plain JSON types, to be stored."""
        return {
            'kind': self.kind.value,
            'ffd_version': self.ffd_version.value,
            'seller': {**vars(self.seller), 'tax_system': self.seller.tax_system.value},
            'buyer': dict(vars(self.buyer)),
            'items': [item.as_dict() for item in self.items],
            'settlements': dict(vars(self.settlements)),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> 'Receipt':
        """Read what `as_dict` wrote.

        :raise ReceiptError: If it would be no receipt any more.
        """
        try:
            seller = content['seller']
            return cls(
                kind=Kind(content['kind']),
                ffd_version=FfdVersion(content['ffd_version']),
                seller=Seller(**{**seller, 'tax_system': TaxSystem(seller['tax_system'])}),
                buyer=Buyer(**content['buyer']),
                items=tuple(map(Item.from_dict, content['items'])),
                settlements=Settlements(**content['settlements']),
            )
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
            reason = reason_of(error) if isinstance(error, ReceiptError) else repr(error)
            raise ReceiptError(
                _lt("The stored receipt can't be read: %(reason)s", reason=reason)
            ) from error


def _repeated(values: Iterable[object]) -> bool:
    return any(count > 1 for count in Counter(values).values())
