"""The operations of an order (`operations`): what was held, taken, released and given back.

The bank tells them only to merchants for whom it was switched on (bank's OpenAPI 1.0.7). A line
that can't be read is left out: what was taken and given back is decided by the order's sums, and
the operations only say which of two readings of the sums is meant.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from .money import MAX_AMOUNT
from .text import moment, number_or_text, printable_or_none

__all__ = ['Operation', 'operations_in']

_GIVES_BACK = frozenset({'REVERSAL', 'REFUND'})

# More lines of one order are not read: whoever sends them means no good.
_MAX_OPERATIONS = 100
_MAX_TEXT = 36


@dataclass(frozen=True)
class Operation:
    """A line of `operations`.

    :ivar type: `AUTHORIZATION`, `PREAUTHORIZATION`, `COMPLETION`, `REVERSAL`, `REFUND`, raw; the
        list is open.
    :ivar amount: Kopecks.
    :ivar date: When, UTC.
    :ivar reference_number: The card system's number of the operation (RRN, `referenceNumber`).
    :ivar approval_code: The code of the card's bank (`approvalCode`).
    :ivar external_refund_id: Our key of a refund, if the bank repeats it.
    :ivar action_code: Its result; 0 is success.
    """

    type: str
    amount: int
    date: datetime | None = None
    reference_number: str | None = None
    approval_code: str | None = None
    external_refund_id: str | None = None
    action_code: int | None = None

    @property
    def gives_back(self) -> bool:
        """Money went back by it."""
        return self.type in _GIVES_BACK and not self.action_code


def operations_in(answer: Mapping[str, object]) -> tuple[Operation, ...]:
    """Return what can be read of an answer's operations, in the bank's order."""
    lines = answer.get('operations')
    return tuple(_read(lines[:_MAX_OPERATIONS])) if isinstance(lines, list) else ()


def _read(lines: list[object]) -> Iterator[Operation]:
    for line in lines:
        if not isinstance(line, dict):
            continue
        kind = printable_or_none(line.get('type'), _MAX_TEXT)
        amount = _number(line.get('amount'))
        if kind is None or amount is None or not 0 <= amount <= MAX_AMOUNT:
            continue
        yield Operation(
            type=kind,
            amount=amount,
            date=moment(line.get('date')),
            reference_number=printable_or_none(line.get('referenceNumber'), _MAX_TEXT),
            approval_code=printable_or_none(line.get('approvalCode'), _MAX_TEXT),
            external_refund_id=printable_or_none(line.get('externalRefundId'), _MAX_TEXT),
            action_code=_number(line.get('actionCode')),
        )


def _number(value: object) -> int | None:
    text = number_or_text(value)
    return int(text) if text and re.fullmatch(r'-?[0-9]{1,12}', text) else None
