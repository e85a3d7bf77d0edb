"""``orderBundle`` of the newer gateway: what its schema cannot say.

Source: the bank's OpenAPI 1.0.7 and its documents of 2026.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from .cart import Cart, Line
from .cart_checks import check_sums, flaws, measure, quantity, rate
from .cart_schemas import METHODS
from .editions import SUBJECTS, Edition, edition_of
from .merchants import Merchant
from .refusals import Reason, Refusal

_NEEDED: Final = ('ffdVersion', 'receiptType', 'company', 'payments', 'total')


def is_fiscal(bundle: Mapping[str, Any]) -> bool:
    """Whether a bundle asks for a receipt."""
    return bool(bundle.keys() & {*_NEEDED})


def read(
    merchant: Merchant,
    bundle: Mapping[str, Any],
    *,
    kind: str = '',
    amount: int | None = None,
    contact: Mapping[str, Any] | None = None,
) -> Cart:
    """Read a bundle after its schema was checked.

    :param str kind: the only kind that the call may ask for, or empty.
    :param int amount: kopecks of the operation; None for a receipt apart from one.
    :param dict contact: fields of the call that may hold ``email`` and ``phone``, where they are
        needed.
    :raise Refusal: with the reason.
    """
    for name in _NEEDED:
        if name not in bundle:
            raise Refusal(Reason.MISSING_PARAMETER, f'orderBundle.{name}')
    told = bundle['receiptType'].lower()
    if kind and told != kind:
        raise Refusal(Reason.BAD_PARAMETER, f'receiptType {told}')
    reached = '' if contact is None else _contact(contact)
    edition = edition_of(merchant.cash_register.edition, merchant.dialect)
    version = bundle['ffdVersion']
    lines = tuple(_line(item, version, edition) for item in bundle['cartItems']['items'])
    payments: dict[int, int] = {}
    for payment in bundle['payments']:
        payments[payment['type']] = payments.get(payment['type'], 0) + payment['sum']
    company, buyer = bundle['company'], bundle.get('customerDetails', {})
    cart = Cart(
        kind=told,
        version=version,
        tax_system=company['sno'],
        inn=company['inn'],
        email=company['email'],
        address=company['paymentAddress'],
        contact=reached,
        buyer=' '.join(filter(None, (buyer.get('fullName'), buyer.get('inn')))),
        lines=lines,
        payments=payments,
    )
    check_sums(cart, amount)
    if bundle['total'] != cart.total:
        raise Refusal(Reason.CART_MISMATCH, f'total {bundle["total"]}, positions {cart.total}')
    return replace(cart, flaws=tuple(flaws(merchant.cash_register, cart, buyer.get('inn', ''))))


def _line(item: Mapping[str, Any], version: str, edition: Edition) -> Line:
    place = f'item {item["positionId"]}'
    for name in ('paymentMethod', 'paymentObject', 'tax'):
        if name not in item:
            raise Refusal(Reason.MISSING_PARAMETER, f'{place}: {name}')
    if len(item['name']) > edition.max_name:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: name')
    counted = quantity(item['quantity']['value'], place)
    if version == '1.2':
        _forbid(item, ('measurementUnit', 'nomenclatureCode'), place)
        unit = measure(item['quantity'].get('measure'), place)
        subject = _subject_number(item['paymentObject'], place)
    else:
        _forbid(item, ('markCode', 'markQuantity', 'markProcessingMode'), place)
        _forbid(item['quantity'], ('measure',), place)
        unit = item.get('measurementUnit', '')
        subject = _subject_name(item['paymentObject'], place)
    return Line(
        position=item['positionId'],
        code=item['itemCode'],
        name=item['name'],
        quantity=counted,
        unit=unit,
        price=item['itemPrice'],
        amount=item['itemAmount'],
        method=METHODS.index(item['paymentMethod']) + 1,
        subject=subject,
        rate=rate(item['tax']['taxType'], edition, place),
        mark=_mark(item.get('markCode', {}).get('gs1m', ''), place),
    )


def _mark(coded: str, place: str) -> str:
    """The code of a marked piece, as it was scanned."""
    try:
        return base64.b64decode(coded, validate=True).decode('ascii')
    except ValueError as error:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: markCode') from error


def _contact(fields: Mapping[str, Any]) -> str:
    """Where the receipt is sent to: an e-mail or a telephone is needed."""
    email, phone = fields.get('email', ''), fields.get('phone', '')
    if not email and not phone:
        raise Refusal(Reason.MISSING_PARAMETER, 'neither phone nor email')
    if phone and not re.fullmatch(r'\+7[0-9]{10}', phone):
        raise Refusal(Reason.BAD_PHONE)
    if email and not re.fullmatch(r'[^@\s]+@[^@\s]+', email):
        raise Refusal(Reason.BAD_PARAMETER, 'email')
    return email or phone


def _forbid(block: Mapping[str, Any], names: Iterable[str], place: str):
    for name in names:
        if name in block:
            raise Refusal(Reason.BAD_PARAMETER, f'{place}: {name} is of the other version')


def _subject_number(text: str, place: str) -> int:
    if not text.isdecimal() or int(text) not in SUBJECTS:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: paymentObject is no number of version 1.2')
    return int(text)


def _subject_name(text: str, place: str) -> int:
    for number, name in SUBJECTS.items():
        if name and name == text:
            return number
    raise Refusal(Reason.BAD_PARAMETER, f'{place}: paymentObject is no name of version 1.05')
