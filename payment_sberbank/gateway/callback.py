"""A notification (callback) of the bank: read from an HTTP request, and its checksum verified.

The older gateway sends GET, or a form if the merchant wishes, usually with a checksum; the newer
one sends JSON without. In both a notification only points at an order: the string that is signed
does not tell values from names, so even a right checksum is a reason to ask the bank, no more.
"""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .wording import _lt

__all__ = [
    'ChecksumMismatch',
    'MalformedNotification',
    'Notification',
    'is_symmetric',
    'load_public_key',
    'read_notification',
    'verify_checksum',
]

_logger = logging.getLogger(__name__)

MAX_SIZE = 16 * 1024
MAX_PARAMETERS = 100

# No value may hold `;`: it is what separates names and values in the string that is signed.
# Source of the lengths and letters: bank's OpenAPI 1.0.7, `callbackRequest`, and its later
# documentation of `orderNumber`.
_PATTERNS = {
    'mdOrder': re.compile(r'[0-9a-f-]{36}'),
    'orderId': re.compile(r'[0-9a-f-]{36}'),
    'orderNumber': re.compile(r'[ -:<-~А-Яа-яЁё№…]{1,36}'),
    'operation': re.compile(r'[A-Za-z]{1,32}'),
    'status': re.compile(r'[01]'),
}


class MalformedNotification(ValueError):
    """What came is no notification of the bank. The reason is fit to be logged."""


class ChecksumMismatch(Exception):
    """The notification is not signed as it must be. The reason is fit to be logged."""


@dataclass(frozen=True)
class Notification:
    """A well-formed notification: a hint at an order, not a fact.

    :ivar parameters: All (name, value) pairs in the order of arrival, decoded. Values of JSON that
        are no scalars are left out.
    :ivar order_id: The bank's id (`mdOrder`, or `orderId` as its cabinet also names it).
    :ivar order_number: The merchant's number. At least one of the two is there.
    :ivar operation: E.g. `deposited`, `declinedByTimeout`.
    :ivar status: `'1'` if the operation succeeded, `'0'` if not.
    :ivar checksum: As it came.
    """

    parameters: tuple[tuple[str, str], ...]
    order_id: str | None
    order_number: str | None
    operation: str | None
    status: str | None
    checksum: str | None


def read_notification(
    *, method: str, query_string: bytes, content_type: str | None, body: bytes
) -> Notification:
    """Read a notification from an HTTP request.

    GET is read from the query, POST from the body (form or JSON): the query of a POST is not the
    bank's.

    :param method: HTTP method.
    :param query_string: The raw query, without `?`.
    :param content_type: The `Content-Type` header.
    :param body: The raw body.
    :raise MalformedNotification: If it is not UTF-8, too large, names something twice, names no
        order, or holds an id, operation or status that the bank can't have sent.
    """
    media_type = (content_type or '').partition(';')[0].strip().lower()
    match method.upper(), media_type:
        case 'GET', _:
            pairs = _read_form(query_string)
        case 'POST', 'application/x-www-form-urlencoded':
            pairs = _read_form(body)
        case 'POST', 'application/json':
            pairs = _read_json(body)
        case _:
            raise MalformedNotification("Neither GET, nor a form or JSON by POST.")
    return _notification(pairs)


def verify_checksum(
    notification: Notification, *, key: str | None = None, public_key_pem: str | None = None
) -> None:
    """Verify that the bank signed the notification.

    The signed string is `name;value;` of every parameter but `checksum` and `sign_alias`, sorted
    by name in ASCII order. A checksum of 64 hexadecimal digits is an HMAC-SHA256 of it, a longer
    one an RSA signature (PKCS #1 v1.5, SHA-512). Source: the gateway vendor's documentation of
    callback notifications. The vendor's own samples disagree about `sign_alias`, so a string that
    holds it is accepted, too: both are signed with the same key.

    :param key: The symmetric key of the merchant's settings at the bank.
    :param public_key_pem: The bank's X.509 certificate, also an expired one, or public key.
    :raise ChecksumMismatch: If the checksum is missing, wrong, or made in a mode that is not
        configured.
    """
    checksum = notification.checksum
    if not checksum or not re.fullmatch(r'(?:[0-9A-Fa-f]{2})+', checksum):
        raise ChecksumMismatch("The checksum is missing or not hexadecimal.")
    is_signature_of = _choose_mode(bytes.fromhex(checksum), key, public_key_pem)
    for excluded in _exclusions(notification):
        if is_signature_of(_signed_string(notification.parameters, excluded)):
            _logger.debug("The checksum is right without %s.", ' and '.join(excluded))
            return
    raise ChecksumMismatch("The checksum is wrong.")


def is_symmetric(checksum: str) -> bool:
    """Tell by its length whether a right checksum was made with the key, not a certificate."""
    return len(checksum) == 2 * hashlib.sha256().digest_size


def load_public_key(pem: str) -> rsa.RSAPublicKey:
    """Read the bank's key from an X.509 certificate or a public key, in PEM.

    :raise ValueError: If it is neither, or no RSA key. The reason is fit to be shown to an
        administrator.
    """
    if 'PRIVATE KEY' in pem:
        raise ValueError(
            _lt(
                "The callback certificate is a private key. Paste the certificate or the public key"
                " that the bank gave instead."
            )
        )
    try:
        data = pem.strip().encode('ascii')
        key: object
        if 'BEGIN CERTIFICATE' in pem:
            key = x509.load_pem_x509_certificate(data).public_key()
        else:
            key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            _lt(
                "The callback certificate can't be read: it is neither a certificate nor a public"
                " key in PEM format. Paste its whole text, from the line with BEGIN to the line"
                " with END."
            )
        ) from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError(
            _lt(
                "The callback certificate holds another kind of key than RSA, which the bank signs"
                " with. Paste the one that the bank gave for callback notifications."
            )
        )
    return key


def _read_form(text: bytes) -> list[tuple[str, str]]:
    _check_size(text)
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors='strict')
    except ValueError:
        raise MalformedNotification("Not UTF-8.") from None


def _read_json(text: bytes) -> list[tuple[str, str]]:
    _check_size(text)
    try:
        # Numbers stay as they are written: what is signed is the text.
        content = json.loads(
            text.decode('utf-8-sig'),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_Pairs,
        )
    except (ValueError, RecursionError):
        raise MalformedNotification("Not JSON in UTF-8.") from None
    if not isinstance(content, _Pairs):
        raise MalformedNotification("JSON, but not an object.")
    return [(name, _scalar_text(value)) for name, value in content if not isinstance(value, list)]


class _Pairs(list[tuple[str, str | bool | list[object] | None]]):
    """A JSON object that keeps repeated names, so that they can be refused."""


def _scalar_text(value: str | bool | None) -> str:
    if value is None:
        return ''
    return str(value).lower() if isinstance(value, bool) else value


def _notification(pairs: list[tuple[str, str]]) -> Notification:
    parameters = dict(pairs)
    if len(pairs) > MAX_PARAMETERS:
        raise MalformedNotification("Too many parameters.")
    if len(parameters) != len(pairs):
        raise MalformedNotification("A parameter comes twice.")
    if any(not name or ';' in name for name in parameters):
        raise MalformedNotification("A parameter's name is empty or holds a semicolon.")
    if not all(map(_is_storable, (text for pair in pairs for text in pair))):
        raise MalformedNotification("A parameter holds a character that is no text.")
    for name, pattern in _PATTERNS.items():
        if name in parameters and not pattern.fullmatch(parameters[name]):
            raise MalformedNotification(f"The bank would not send such a {name}.")
    order_ids = {parameters[name] for name in ('mdOrder', 'orderId') if name in parameters}
    if len(order_ids) > 1:
        raise MalformedNotification("mdOrder and orderId name two different orders.")
    if not order_ids and 'orderNumber' not in parameters:
        raise MalformedNotification("It names no order.")
    return Notification(
        parameters=tuple(pairs),
        order_id=next(iter(order_ids), None),
        order_number=parameters.get('orderNumber'),
        operation=parameters.get('operation'),
        status=parameters.get('status'),
        checksum=parameters.get('checksum'),
    )


def _check_size(text: bytes) -> None:
    if len(text) > MAX_SIZE:
        raise MalformedNotification("Too large.")


def _is_storable(text: str) -> bool:
    """PostgreSQL takes no NUL, and nothing takes a lone surrogate (JSON can spell one)."""
    return not re.search('[\0\ud800-\udfff]', text)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _exclusions(notification: Notification) -> Iterable[tuple[str, ...]]:
    yield 'checksum', 'sign_alias'
    if 'sign_alias' in dict(notification.parameters):
        yield ('checksum',)


def _signed_string(parameters: Iterable[tuple[str, str]], excluded: tuple[str, ...]) -> bytes:
    return ''.join(
        f'{name};{value};' for name, value in sorted(parameters) if name not in excluded
    ).encode()


def _choose_mode(
    signature: bytes, key: str | None, public_key_pem: str | None
) -> Callable[[bytes], bool]:
    """Return what tells whether the signature is that of a message.

    :raise ChecksumMismatch: If the signature is made in a mode that is not configured.
    """
    if len(signature) == hashlib.sha256().digest_size:
        if not key or not key.strip():
            raise ChecksumMismatch("The checksum is symmetric, but no key is configured.")
        return partial(_is_symmetric_checksum, signature, key)
    if not public_key_pem or not public_key_pem.strip():
        raise ChecksumMismatch("The checksum is asymmetric, but no certificate is configured.")
    return partial(_is_asymmetric_checksum, signature, public_key_pem)


def _is_symmetric_checksum(signature: bytes, key: str, message: bytes) -> bool:
    return hmac.compare_digest(signature, hmac.digest(key.encode(), message, 'sha256'))


def _is_asymmetric_checksum(signature: bytes, pem: str, message: bytes) -> bool:
    try:
        load_public_key(pem).verify(signature, message, padding.PKCS1v15(), SHA512())
    except InvalidSignature:
        return False
    return True
