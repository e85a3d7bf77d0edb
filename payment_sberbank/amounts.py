"""Amounts of roubles as people type them. Everything else counts in kopecks."""

import re
import unicodedata

# What stands between groups of three digits: a space, or one that doesn't break or is narrow.
_SPACES = ' \u00a0\u2009\u202f'
_NUMBER = re.compile(
    rf'(?P<roubles>[0-9]+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+)(?:[.,](?P<kopecks>[0-9]{{1,2}}))?'
)
_UNIT = re.compile(r'(?P<before>[^0-9]*)(?P<number>[0-9](?:.*[0-9])?)(?P<after>[^0-9]*)', re.DOTALL)
_ROUBLE_UNITS = ('', '₽', 'руб', 'руб.', 'р', 'р.', 'rub', 'rur')
# A comma before a space separates two amounts; one before a digit begins the kopecks.
_SEPARATOR = re.compile(r';|,(?=\s|$)')


class NotAnAmount(ValueError):
    """The text is no amount of roubles."""


class NotRoubles(NotAnAmount):
    """The amount is in another currency."""


def parse_amount(text):
    """Read an amount of roubles.

    The decimal sign is a comma or a point, at most two digits follow it, and spaces may stand
    between thousands. A sign of roubles after the number is welcome.

    :param str text: What was typed, for example `1 234,5`.
    :return: The amount in kopecks, zero or more, for example 123450.
    :rtype: int
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
    return 100 * roubles + int((number['kopecks'] or '0').ljust(2, '0'))


def parse_amounts(text):
    """Read a list of amounts of roubles, separated by semicolons or by a comma and a space.

    :param str text: What was typed, for example `1000, 3000,50; 5000`.
    :return: The amounts in kopecks, in their order, each once.
    :rtype: list[int]
    :raise NotAnAmount: If one of them is none; its text is the error's argument.
    """
    parts = (part.strip() for part in _SEPARATOR.split(text))
    return list(dict.fromkeys(parse_amount(part) for part in parts if part))


def format_plain(kopecks):
    """Write an amount the way an address carries it, and `parse_amount` reads it.

    :param int kopecks: The amount.
    :return: Roubles with a point and two digits, for example `1234.50`.
    :rtype: str
    """
    return f'{kopecks // 100}.{kopecks % 100:02}'


def _is_foreign(unit):
    if unit.lower() in _ROUBLE_UNITS:
        return False
    if len(unit) == 1:
        return unicodedata.category(unit) == 'Sc'
    return len(unit) == 3 and unit.isascii() and unit.isalpha()
