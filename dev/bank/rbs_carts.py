"""``orderBundle`` of the older gateway, and the lines of its operations: JSON in a form's field.

Source: the wiki of the older gateway and the documents of its vendor. Unknown members are ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from .cart import SELL, Cart, Line
from .cart_checks import check_sums, flaws, measure, quantity, rate, rounded
from .cart_schemas import METHODS, TAX_SYSTEMS
from .editions import SUBJECTS, Edition, edition_of
from .merchants import Merchant
from .refusals import Reason, Refusal

_VERSIONS: Final = {'1.05': '1.05', 'v1_05': '1.05', '1.2': '1.2', 'v1_2': '1.2'}
_MAX_NAME: Final = 100
_MAX_EMAIL: Final = 40


def read(merchant: Merchant, fields: Mapping[str, Any]) -> Cart | None:
    """``orderBundle`` and ``taxSystem`` of an order in the older gateway.

    :param dict fields: of the order, nested ones as dicts.
    :return: None where nothing is to be printed: no cart, or no cash register.
    :raise Refusal: with the reason.
    """
    bundle = fields.get('orderBundle') or {}
    if not merchant.fiscal or not bundle:
        return None
    tax_system = fields.get('taxSystem', '0')
    if not re.fullmatch('[0-5]', tax_system):
        raise Refusal(Reason.BAD_PARAMETER, 'taxSystem')
    version = _VERSIONS.get(str(bundle.get('ffdVersion', merchant.cash_register.versions[0])))
    if not version:
        raise Refusal(Reason.BAD_PARAMETER, 'ffdVersion')
    details = bundle.get('customerDetails')
    if not isinstance(details, dict):
        details = {}
    cart = Cart(
        kind=SELL,
        version=version,
        tax_system=TAX_SYSTEMS.get(int(tax_system), 'envd'),
        inn=merchant.cash_register.inn,
        email='',
        address=merchant.name,
        contact=_contact(details, fields),
        buyer=' '.join(str(details[name]) for name in ('fullName', 'inn') if details.get(name)),
        lines=(),
        payments={},
    )
    return with_lines(merchant, cart, bundle.get('cartItems'), SELL, fields['amount'])


def with_lines(merchant: Merchant, cart: Cart, block: Any, kind: str, amount: int) -> Cart:
    """The cart of an operation: who sells to whom as in ``cart``, and the lines of ``block``.

    :param block: ``cartItems``, ``depositItems`` or ``refundItems`` of the older gateway.
    :raise Refusal: with the reason.
    """
    items = block.get('items') if isinstance(block, dict) else None
    if not isinstance(items, list) or not items or not all(isinstance(i, dict) for i in items):
        raise Refusal(Reason.CART_MISMATCH, 'no items')
    edition = edition_of(merchant.cash_register.edition, merchant.dialect)
    lines = tuple(_line(item, cart.version, edition) for item in items)
    total = sum(line.amount for line in lines)
    read = replace(cart, kind=kind, lines=lines, payments={1: total})
    check_sums(read, amount)
    return replace(read, flaws=tuple(flaws(merchant.cash_register, read, '')))


def _line(item: Mapping[str, Any], version: str, edition: Edition) -> Line:
    place = f'item {item.get("positionId")}'
    for name in ('positionId', 'name', 'quantity', 'itemAmount', 'itemCode', 'tax'):
        if not item.get(name):
            raise Refusal(Reason.MISSING_PARAMETER, f'{place}: {name}')
    name, counted = str(item['name']), item['quantity']
    if len(name) > _MAX_NAME:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: name')
    if not isinstance(counted, dict) or not isinstance(item['tax'], dict):
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: quantity or tax')
    number = quantity(counted.get('value'), place)
    unit = str(counted.get('measure') or '')
    if version == '1.2':
        unit = measure(unit, place)
    elif not 1 <= len(unit) <= 20:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: measure')
    amount = _integer(item['itemAmount'], place)
    attributes = _attributes(item, place)
    method = _integer(attributes.get('paymentMethod', '1'), place)
    subject = _integer(attributes.get('paymentObject', '1'), place)
    if not 1 <= method <= len(METHODS) or subject not in SUBJECTS:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: paymentMethod or paymentObject')
    exact = Decimal(amount) / number
    return Line(
        position=str(item['positionId']),
        code=str(item['itemCode']),
        name=name,
        quantity=number,
        unit=unit,
        price=_integer(item['itemPrice'], place) if 'itemPrice' in item else rounded(exact),
        amount=amount,
        method=method,
        subject=subject,
        rate=rate(_integer(item['tax'].get('taxType'), place), edition, place),
    )


def _attributes(item: Mapping[str, Any], place: str) -> dict[str, Any]:
    block = item.get('itemAttributes', {})
    lines = block.get('attributes', []) if isinstance(block, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: itemAttributes')
    return {str(line.get('name')): line.get('value') for line in lines}


def _contact(details: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    email = details.get('email') or fields.get('email', '')
    phone = details.get('phone') or fields.get('phone', '')
    if not email and not phone:
        raise Refusal(Reason.MISSING_PARAMETER, 'neither phone nor email')
    if email and not (isinstance(email, str) and re.fullmatch(r'[^@\s]+@[^@\s]+', email)):
        raise Refusal(Reason.BAD_PARAMETER, 'email')
    if len(email) > _MAX_EMAIL:
        raise Refusal(Reason.BAD_PARAMETER, 'email is too long')
    if phone and not re.fullmatch(r'\+?[0-9]{10,12}', str(phone)):
        raise Refusal(Reason.BAD_PHONE)
    return email or str(phone)


def _integer(value: Any, place: str) -> int:
    if isinstance(value, bool) or not re.fullmatch('[0-9]{1,12}', str(value)):
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: {value!r} is no whole number')
    return int(value)
