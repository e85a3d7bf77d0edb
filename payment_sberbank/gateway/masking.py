"""Take the secrets out of what is exchanged with the bank, before anything is formatted.

Masking works on the structure, so that no quote, percent sign or escape in a value can break it.
"""

import html
import json
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeGuard, overload
from urllib.parse import quote

from .text import printable

__all__ = ['MASK', 'is_masked_pan', 'mask']

MASK = '***'

# Credentials, card data, signatures, and personal data that no log needs. Case is ignored.
_SECRET_NAMES = frozenset({
    'username', 'password', 'token', 'setoken', 'checksum', 'authorization',
    '$pan', 'cvc', '$cvc', 'cvv', 'expiration', 'expiry', 'expirydate', 'yyyy', 'mm',
    'cardholdername', 'cavv', 'xid', 'authvalue', 'bindingid', 'clientid', 'paymenttoken',
    'email', 'phone', 'ip', 'payerdata', 'orderpayerdata', 'customerdetails', 'fullname',
    'postaddress', 'memberid', 'subscriptionid',
})  # fmt: skip
_PAN_NAMES = frozenset({'pan', 'maskedpan', 'panmasked'})

# The bank's own id of an order, which its payment pages are found by.
_PLAIN_PARAMETERS = frozenset({'mdOrder', 'orderId'})
_ORDER_ID = re.compile(r'[0-9a-f-]{1,36}')

# A text that begins with an address is one, even where somebody forgot to escape a space.
_ADDRESS = re.compile(r'\A\s*https?://.*|https?:\\?/\\?/\S+', re.IGNORECASE | re.DOTALL)
_ESCAPED_ADDRESS = re.compile(r'https?%3A%2F%2F[^\s&]+', re.IGNORECASE)

_BACKSLASH = (r'\\', r'\\u005c', '%5C', '&#92;')
_BACKSLASHES = f"(?:{'|'.join(_BACKSLASH)})+"  # However often they are doubled.
# A secret that begins with backslashes is looked for from the first of many on: from each of them,
# the time would grow with the square of their number.
_NOT_AMONG_BACKSLASHES = ''.join(f'(?<!{spelling})' for spelling in _BACKSLASH)

_MAX_DEPTH = 12
_MAX_ITEMS = 200
_MAX_TEXT = 2048
# A shorter secret protects nothing, and replacing it would garble every line.
_MIN_SECRET_LENGTH = 4

_Secrets: TypeAlias = Sequence[re.Pattern[str]]


@overload
def mask(structure: dict[str, object], secrets: Collection[str] = ()) -> dict[str, object]: ...
@overload
def mask(structure: str, secrets: Collection[str] = ()) -> str: ...
@overload
def mask(structure: object, secrets: Collection[str] = ()) -> object: ...
def mask(structure: object, secrets: Collection[str] = ()) -> object:
    """Copy a JSON-like structure without its secrets.

    Values are masked by the name they go under, as `{name: value}` and as the bank's
    `{'name': name, 'value': value}`. Texts anywhere are rid of the secrets given, in case the
    other side echoes them, plain or escaped for a URL, JSON, HTML or a log; and of what addresses
    carry in their queries and fragments: only the names of parameters stay, and the bank's id of
    an order. The copy is bounded in depth, breadth and length, and fit to be stored.

    :param structure: What was sent or received: dicts, lists, texts, numbers, booleans, None.
    :param secrets: The credentials' values.
    """
    return _mask(structure, _patterns_of(secrets), depth=0)


def is_masked_pan(value: object) -> TypeGuard[str]:
    """Tell whether a card number is one that may be shown: first eight and last four at most."""
    return isinstance(value, str) and bool(re.fullmatch(r'\d{0,8}[*xX•]{2,16}\d{0,4}', value))


def _mask(value: object, secrets: _Secrets, depth: int) -> object:
    if depth > _MAX_DEPTH:
        return '…'
    if isinstance(value, dict):
        return {
            _mask_text(str(name), secrets, 64): _mask_named(
                _meaning_of(name, value), item, secrets, depth
            )
            for name, item in list(value.items())[:_MAX_ITEMS]
        }
    if isinstance(value, list | tuple):
        return [_mask(item, secrets, depth + 1) for item in value[:_MAX_ITEMS]]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _mask_text(str(value), secrets, _MAX_TEXT)


def _mask_named(name: str, value: object, secrets: _Secrets, depth: int) -> object:
    if name in _SECRET_NAMES:
        return MASK
    if name in _PAN_NAMES and not is_masked_pan(value):
        return MASK
    return _mask(value, secrets, depth + 1)


def _mask_text(text: str, secrets: _Secrets, max_length: int) -> str:
    scrubbed = text
    for secret in secrets:
        scrubbed = secret.sub(MASK, scrubbed)
    scrubbed = _ADDRESS.sub(_mask_address, scrubbed)
    return printable(_ESCAPED_ADDRESS.sub(_mask_escaped_address, scrubbed), max_length)


def _mask_address(found: re.Match[str]) -> str:
    page, *parts = re.split(r'([?#&;])', found[0])
    return page + ''.join(
        part if part in '?#&;' else _mask_parameter(*part.partition('=')) for part in parts
    )


def _mask_parameter(name: str, equals: str, value: str) -> str:
    if not equals:
        return MASK
    if name in _PLAIN_PARAMETERS and _ORDER_ID.fullmatch(value):
        return name + equals + value
    return name + equals + MASK


def _mask_escaped_address(found: re.Match[str]) -> str:
    page, *query = re.split(r'(%3F|%23)', found[0], maxsplit=1, flags=re.IGNORECASE)
    return page + query[0] + MASK if query else page


def _meaning_of(name: object, siblings: dict[object, object]) -> str:
    if name == 'value' and isinstance(siblings.get('name'), str):
        name = siblings['name']
    return str(name).casefold()


def _patterns_of(secrets: Collection[str]) -> _Secrets:
    """Make the patterns of all secrets that are long enough, the longest first."""
    long_enough = {secret for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH}
    return [_pattern_of(secret) for secret in sorted(long_enough, key=len, reverse=True)]


@lru_cache(maxsize=64)
def _pattern_of(secret: str) -> re.Pattern[str]:
    """Make the pattern of a secret whose letters may be escaped, each in its own way.

    Each has one of its own: the credentials are always the same, the payer's data seldom.
    """
    parts = ''.join(map(_part_of_pattern, re.findall(r'\\+|[^\\]', secret)))
    begin = _NOT_AMONG_BACKSLASHES if secret.startswith('\\') else ''
    return re.compile(begin + parts, re.IGNORECASE)


@lru_cache(maxsize=512)
def _part_of_pattern(part: str) -> str:
    """Write the pattern of a letter, or of some backslashes."""
    if part.startswith('\\'):
        return _BACKSLASHES
    letter = re.escape(part)
    spellings = {
        re.escape(html.escape(part)),
        f'&#0*{ord(part)};',
        r'%20|\+' if part == ' ' else re.escape(quote(part, safe='', errors='replace')),
        rf'\\u{ord(part):04x}',
        re.escape(json.dumps(part)[1:-1]),
    }
    # The letter alone is the beginning of some of the others, so it comes after them.
    return rf"(?:{'|'.join(sorted(spellings - {letter}))}|\\?{letter})"
