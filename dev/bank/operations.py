"""What moves money within an order, and which of it a shop's contract allows."""

import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """A line of ``operations``, and of the bank's books.

    :param str type: AUTHORIZATION, PREAUTHORIZATION, COMPLETION, REVERSAL or REFUND.
    :param str reference_number: RRN. Completions and reversals have that of what they complete or
        reverse; a refund is a transaction of its own and has its own.
    """

    moment: float
    type: str
    amount: int
    reference_number: str
    approval_code: str = ''
    external_refund_id: str = ''


@dataclass(frozen=True)
class Rules:
    """What the contract says about holds and their end.

    :param bool completes_in_parts: a hold may be completed several times, up to its amount.
    :param bool releases_in_parts: a part of a hold may be reversed, once.
    :param bool reverses_completed: a completed hold may be reversed on the day of its completion.
    """

    completes_in_parts: bool = False
    releases_in_parts: bool = False
    reverses_completed: bool = False


def new_reference() -> tuple[str, str]:
    """An RRN and an approval code."""
    return f'{secrets.randbelow(10**12):012d}', f'{secrets.randbelow(10**6):06d}'
