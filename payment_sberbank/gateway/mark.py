"""The codes on marked pieces of goods («Честный знак»)."""

import re

__all__ = ['is_mark']

# GS1 General Specifications: identifier 01 with the number of the goods (GTIN), 21 with that of the
# piece, and more of them behind separators, which some scanners leave out.
_MARK = re.compile('01([0-9]{14})21[!-~][!-~\x1d]*')


def is_mark(text: str) -> bool:
    """Tell whether a text is the code of a marked piece, as a scanner reads it.

    A number that was typed, or read by a keyboard with Russian letters, is none.

    :param text: The text.
    """
    match = _MARK.fullmatch(text)
    return match is not None and _has_check_digit(match[1])


def _has_check_digit(gtin: str) -> bool:
    """Tell whether the last digit of a GTIN follows from the others, by GS1's rule."""
    weighted = sum(int(digit) * weight for digit, weight in zip(gtin, (3, 1) * 7, strict=True))
    return weighted % 10 == 0
