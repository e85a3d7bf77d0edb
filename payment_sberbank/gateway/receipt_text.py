"""Names, telephones, e-mails and taxpayer numbers, as a fiscal receipt can carry them."""

import re

from .text import clean_letters

__all__ = ['RECEIPT_LETTER', 'clean_name', 'clean_phone', 'is_email', 'is_inn', 'is_phone']

# Bank's OpenAPI 1.0.7, of `name`, `itemCode` and `fullName`.
RECEIPT_LETTER = re.compile(r'[ -~А-Яа-яЁё№]')

# Bank's OpenAPI 1.0.7, of `company.email`; tag 1008 has the same length.
_MAX_EMAIL_LENGTH = 64
_EMAIL = re.compile(r'[!-?A-~]+@[!-?A-~]+')
_PHONE = re.compile(r'\+7[0-9]{10}')
# With the country's code or its long-distance 8; or ten digits from the region's or the operator's
# code on, unless they could as well be eleven of which one is missing.
_TYPED_PHONE = re.compile(r'(?:\+?7|8)([3-9][0-9]{9})|((?:[349][0-9]|8[1-7])[0-9]{8})')
_PHONE_SIGNS = re.compile(r'[\s()./\-\u2010-\u2015]')

# Of the tax service's check digits: the last of ten, and the last two of twelve.
_INN_WEIGHTS = {
    10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
    12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
}


def clean_name(text: str | None, limit: int = 100) -> str:
    """Make a name that both gateways take in a receipt.

    Typographic quotes and dashes become plain ones, letters with diacritics lose them, white space
    is collapsed, whatever is left over is dropped, and the end is cut between two words.

    :param limit: Characters; 100 in the bank's OpenAPI 1.0.7 and in the older gateway.
    :return: At most that many characters of `[ -~А-Яа-яЁё№]`; empty when nothing is left.
    """
    return clean_letters(text or '', RECEIPT_LETTER, limit)


def clean_phone(text: str | None) -> str:
    """Read a telephone number that a person has typed.

    :return: `+7` and ten digits, or nothing if it is no Russian number.
    """
    digits = _PHONE_SIGNS.sub('', (text or '').strip())
    found = _TYPED_PHONE.fullmatch(digits)
    return f'+7{found[1] or found[2]}' if found else ''


def is_phone(text: str) -> bool:
    """Tell whether a telephone number is written as the bank wants it: `+7XXXXXXXXXX`."""
    return bool(_PHONE.fullmatch(text))


def is_email(text: str) -> bool:
    """Tell whether the register takes an e-mail: one `@`, plain letters, 64 at most."""
    return len(text) <= _MAX_EMAIL_LENGTH and bool(_EMAIL.fullmatch(text))


def is_inn(text: str) -> bool:
    """Tell whether this is a taxpayer number (ИНН): ten digits or twelve, and its check digits."""
    if not re.fullmatch(r'[0-9]{10}|[0-9]{12}', text):
        return False
    digits = [int(digit) for digit in text]
    return all(
        sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11 % 10
        == digits[len(weights)]
        for weights in _INN_WEIGHTS[len(text)]
    )
