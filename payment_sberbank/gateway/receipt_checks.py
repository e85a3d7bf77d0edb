"""What each part of a fiscal receipt is checked by."""

import re

from .errors import ReceiptError
from .receipt_text import RECEIPT_LETTER
from .wording import Sentence

__all__ = ['MAX_SUM', 'check', 'is_sum', 'is_text']

# Kopecks. Bank's OpenAPI 1.0.7: `itemPrice`, `itemAmount`, `payments.sum`, `total`.
MAX_SUM = 4_294_967_200


def check(condition: object, reason: Sentence) -> None:
    """:raise ReceiptError: With the reason, unless the condition holds."""
    if not condition:
        raise ReceiptError(reason)


def is_text(text: str, max_length: int) -> bool:
    """Tell whether a receipt can carry a text: not blank, not longer, only letters that print."""
    letters = re.fullmatch(rf'{RECEIPT_LETTER.pattern}+', text)
    return bool(letters and text.strip()) and len(text) <= max_length


def is_sum(kopecks: int) -> bool:
    """Tell whether these are whole kopecks above 0 that a receipt can carry."""
    return type(kopecks) is int and 0 < kopecks <= MAX_SUM
