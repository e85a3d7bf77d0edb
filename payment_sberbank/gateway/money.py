"""Money: roubles as people type them and as Odoo counts them, kopecks as everything else does.

The grammar of a typed amount is told by examples in `tests/amounts.json`, which the tests of the
web client's script read, too.
"""

import math
import re
import unicodedata

__all__ = [
    'CURRENCY_NAME',
    'CURRENCY_NUMBER',
    'MAX_AMOUNT',
    'NotAnAmount',
    'NotRoubles',
    'NotWholeKopecks',
    'floor_to_kopecks',
    'format_plain',
    'parse_amount',
    'parse_amounts',
    'to_kopecks',
    'to_roubles',
]

# The gateway takes roubles only; 643 is their ISO 4217 number (Sberbank register.do, `currency`).
CURRENCY_NAME = 'RUB'
CURRENCY_NUMBER = '643'

# Kopecks. Bank's OpenAPI 1.0.7, `amount`; N..12 in Sberbank register.do.
MAX_AMOUNT = 999_999_999_999

_KOPECKS_IN_ROUBLE = 100
# A float of roubles is that near to its kopecks, whatever was added up to it.
_TOLERANCE = 0.01

# More digits than any amount has: what is longer is no amount, however long it is.
_MAX_DIGITS = 40
# What stands between groups of three digits: a space, or one that doesn't break or is narrow.
_SPACES = ' \u00a0\u2009\u202f'
_NUMBER = re.compile(
    rf'(?P<roubles>[0-9]{{1,{_MAX_DIGITS}}}|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}}){{1,13}})'
    r'(?:[.,](?P<kopecks>[0-9]{1,2}))?'
)
_UNIT = re.compile(r'(?P<before>[^0-9]*)(?P<number>[0-9](?:.*[0-9])?)(?P<after>[^0-9]*)', re.DOTALL)
_ROUBLE_UNITS = ('', '₽', 'руб', 'руб.', 'р', 'р.', 'rub', 'rur')
# A comma before a space separates two amounts; one before a digit begins the kopecks.
_SEPARATOR = re.compile(r';|,(?=\s|$)')


class NotAnAmount(ValueError):
    """The text is no amount of roubles."""


class NotRoubles(NotAnAmount):
    """The amount is in another currency."""


class NotWholeKopecks(ValueError):
    """The amount can't be paid, since it is no whole number of kopecks."""


def parse_amount(text: str) -> int:
    """Read an amount of roubles.

    The decimal sign is a comma or a point, at most two digits follow it, and spaces may stand
    between thousands. A sign of roubles after the number is welcome.

    :param text: What was typed, for example `1 234,5`.
    :return: Kopecks, zero or more, for example 123450.
    :raise NotRoubles: If the number has the sign or the code of another currency.
    :raise NotAnAmount: If it is no amount.
    """
    parts = _UNIT.fullmatch(text.strip())
    if not parts:
        raise NotAnAmount(text)
    before, after = parts['before'].strip(), parts['after'].strip()
    if _is_foreign(before) or _is_foreign(after):
        raise NotRoubles(text)
    number = _NUMBER.fullmatch(parts['number'])
    if not number or before or after.lower() not in _ROUBLE_UNITS:
        raise NotAnAmount(text)
    roubles = int(re.sub(rf'[{_SPACES}]', '', number['roubles']))
    return _KOPECKS_IN_ROUBLE * roubles + int((number['kopecks'] or '0').ljust(2, '0'))


def parse_amounts(text: str) -> list[int]:
    """Read a list of amounts of roubles, separated by semicolons or by a comma and a space.

    :param text: What was typed, for example `1000, 3000,50; 5000`.
    :return: Kopecks of each, in their order, each once.
    :raise NotAnAmount: If one of them is none; its text is the error's argument.
    """
    parts = (part.strip() for part in _SEPARATOR.split(text))
    return list(dict.fromkeys(parse_amount(part) for part in parts if part))


def format_plain(kopecks: int) -> str:
    """Write an amount the way an address carries it, and `parse_amount` reads it.

    :return: Roubles with a point and two digits, for example `1234.50`.
    """
    roubles, rest = divmod(kopecks, _KOPECKS_IN_ROUBLE)
    return f'{roubles}.{rest:02}'


def to_kopecks(roubles: float) -> int:
    """Count an amount of Odoo's in kopecks.

    :raise NotWholeKopecks: If it is none: nothing is rounded where money is asked for.
    """
    if not math.isfinite(roubles):
        raise NotWholeKopecks(f'{roubles} is no number of kopecks.')
    kopecks = round(roubles * _KOPECKS_IN_ROUBLE)
    if abs(roubles * _KOPECKS_IN_ROUBLE - kopecks) > _TOLERANCE:
        raise NotWholeKopecks(f'{roubles} is no whole number of kopecks.')
    return kopecks


def floor_to_kopecks(roubles: float) -> int:
    """Count the whole kopecks in an amount, for limits that something else sets."""
    return math.floor(roubles * _KOPECKS_IN_ROUBLE + _TOLERANCE)


def to_roubles(kopecks: int) -> float:
    """Return an amount as Odoo's monetary fields hold it."""
    return kopecks / _KOPECKS_IN_ROUBLE


def _is_foreign(unit: str) -> bool:
    if unit.lower() in _ROUBLE_UNITS:
        return False
    if len(unit) == 1:
        return unicodedata.category(unit) == 'Sc'
    return len(unit) == 3 and unit.isascii() and unit.isalpha()
