"""Texts on their way to the bank and back: descriptions, order numbers, messages."""

import re
import textwrap
import unicodedata
from datetime import datetime, timezone

__all__ = [
    'clean_description',
    'clean_letters',
    'moment',
    'number_or_text',
    'order_number',
    'printable',
    'printable_or_none',
]

DESCRIPTION_MAX_LENGTH = 99
ORDER_NUMBER_MAX_LENGTH = 32

# What both dialects take: `[ -~А-Яа-яЁё№]` is the ecom gateway's set; the old dialect's processing
# channel refuses `%` and `+` besides.
_DESCRIPTION_LETTER = re.compile(r'[ -$&-*,-~А-Яа-яЁё№]')
_TYPOGRAPHY = {
    **dict.fromkeys('«»„“”‟″', '"'),
    **dict.fromkeys('‘’‚‛′`´', "'"),
    **dict.fromkeys('‐‑‒–—―−', '-'),
    **dict.fromkeys('\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}', ''),
    '…': '...',
    '×': 'x',
    '⁄': '/',
    '₽': 'руб.',
}
_PLAIN = str.maketrans(_TYPOGRAPHY)
_PLAIN_DESCRIPTION = str.maketrans({'%': '', '+': ' '})


def clean_description(text: str | None) -> str | None:
    """Make an order description that both dialects take.

    Typographic quotes and dashes become plain ones, letters with diacritics lose them, white space
    is collapsed, whatever is left over is dropped, and the end is cut between two words.

    Source: bank's OpenAPI 1.0.7 (`description`, at most 99 characters recommended) and the
    narrower sets of its later documentation and of Sberbank register.do.

    :return: 1 to 99 characters, or None when nothing is left: the bank takes no empty text.
    """
    plain = (text or '').translate(_PLAIN_DESCRIPTION)
    return clean_letters(plain, _DESCRIPTION_LETTER, DESCRIPTION_MAX_LENGTH) or None


def clean_letters(text: str, allowed: re.Pattern[str], max_length: int) -> str:
    """Write a text with the allowed letters only, and cut its end between two words.

    :param allowed: Matches one letter that may stay.
    """
    letters = unicodedata.normalize('NFC', text).translate(_PLAIN)
    cleaned = ''.join(_plain_letter(letter, allowed) for letter in letters)
    return textwrap.shorten(cleaned, max_length, placeholder='', break_on_hyphens=False)


def order_number(prefix: str, unique: str) -> str:
    """Make an order number (the bank's `orderNumber`) from a readable prefix and a unique part.

    Every installation of the gateway takes `[A-Za-z0-9_-]{1,32}`. Other characters of the prefix
    become dashes; the prefix is cut as far as the unique part needs the room.

    :param prefix: For the human eye, e.g. `INV/2026/00042`.
    :param unique: What makes the number unique, 1 to 32 of `[A-Za-z0-9_-]`; kept in full.
    :raise ValueError: If the unique part does not fit the bank's rules.
    """
    if not re.fullmatch(rf'[A-Za-z0-9_-]{{1,{ORDER_NUMBER_MAX_LENGTH}}}', unique):
        raise ValueError(f"The unique part of an order number can't be {unique!r}.")
    readable = re.sub(r'[^A-Za-z0-9_]+', '-', prefix).strip('-')
    readable = readable[: max(0, ORDER_NUMBER_MAX_LENGTH - len(unique) - 1)].strip('-')
    return f'{readable}-{unique}' if readable else unique


def printable(text: str, max_length: int = 512) -> str:
    """Make a text that came from outside fit to be shown, logged and stored.

    Line breaks, control characters, marks that turn the direction of writing, and lone surrogates
    (which neither a log file nor PostgreSQL takes) become spaces.
    """
    cleaned = text
    if not text.isprintable():
        cleaned = ''.join(letter if _is_plain(letter) else ' ' for letter in text)
    if len(cleaned) <= max_length:
        return cleaned
    return cleaned[: max_length - 1] + '…'


def printable_or_none(value: object, max_length: int = 512) -> str | None:
    """Make a text fit to be shown; None for what is none, and for one with nothing to be seen."""
    return printable(value, max_length).strip() or None if isinstance(value, str) else None


def moment(value: object) -> datetime | None:
    """Read a point in time, in milliseconds since 1970, if it is one from 1973 to 2286."""
    is_number = type(value) in (int, str) and re.fullmatch(r'[0-9]{12,13}', str(value))
    return datetime.fromtimestamp(int(str(value)) / 1000, timezone.utc) if is_number else None


def number_or_text(value: object) -> str | None:
    """Write as a text what JSON brought as a whole number or as a text; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value)


def _is_plain(letter: str) -> bool:
    """Tell whether a letter is to be seen, or one of the spaces that only keep words together."""
    return letter.isprintable() or unicodedata.category(letter) == 'Zs'


def _plain_letter(letter: str, allowed: re.Pattern[str]) -> str:
    if allowed.match(letter):
        return letter
    if not letter.isprintable():
        return ' '
    decomposed = unicodedata.normalize('NFKD', letter).translate(_PLAIN)
    return ''.join(filter(allowed.match, decomposed))


def last_month(value: object) -> str | None:
    """Return the last month of a card, `YYYYMM`, if it is one."""
    text = number_or_text(value) or ''
    return text if re.fullmatch(r'20[0-9]{2}(0[1-9]|1[0-2])', text) else None
