"""How each gateway is told a receipt: as `orderBundle`, or as the lines that an operation is about.

Source: bank's OpenAPI 1.0.7 for the newer gateway, documentation of Sberbank register.do and of
the gateway's vendor for the older one.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from .calls import Call
from .errors import ReceiptError
from .receipt import Receipt
from .receipt_codes import FfdVersion
from .receipt_item import Item
from .receipt_parties import Buyer
from .vat_tables import VatTable
from .wording import _lt

__all__ = ['ecom_receipt_fields', 'personal_data_in', 'rbs_receipt_fields']

_REGISTERING = (Call.REGISTER, Call.REGISTER_PRE_AUTH)
# Bank's types of payments: cashless, offset of a prepayment, credit.
_PAYMENT_TYPES = (1, 2, 3)
# Bank's OpenAPI 1.0.7, `markCode.gs1m`.
_MAX_MARK_LENGTH = 200
# Documentation of Sberbank register.do, `customerDetails.email`.
_RBS_MAX_EMAIL_LENGTH = 40
# What the older gateway calls the lines of an operation. A reversal takes everything back.
_RBS_ITEMS = {Call.DEPOSIT: 'depositItems', Call.REFUND: 'refundItems'}


def ecom_receipt_fields(call: Call, receipt: Receipt, table: VatTable) -> dict[str, object]:
    """Return the fields of a call that carry its receipt in the newer gateway.

    :raise ReceiptError: If the gateway has no way to say it.
    """
    seller = receipt.seller
    bundle = {
        'ffdVersion': receipt.ffd_version.value,
        'receiptType': table.kind_of(receipt.kind),
        'company': {
            'email': seller.email,
            'sno': seller.tax_system.value,
            'inn': seller.inn,
            'paymentAddress': seller.payment_address,
        },
        'customerDetails': _filled(fullName=receipt.buyer.name, inn=receipt.buyer.inn),
        'cartItems': {'items': [_ecom_item(item, receipt, table) for item in receipt.items]},
        'payments': [
            {'type': kind, 'sum': part}
            for kind, part in zip(_PAYMENT_TYPES, receipt.settlements.parts, strict=True)
            if part
        ],
        'total': receipt.total,
    }
    fields: dict[str, object] = {'orderBundle': _filled(**bundle)}
    if call in (*_REGISTERING, Call.DO_RECEIPT):
        fields |= _filled(email=receipt.buyer.email, phone=receipt.buyer.phone)
    return fields


def rbs_receipt_fields(call: Call, receipt: Receipt, table: VatTable) -> dict[str, object]:
    """Return the fields of a call that carry its receipt in the older gateway.

    :raise ReceiptError: If the gateway has no way to say it.
    """
    if receipt.settlements.cashless != receipt.total:
        raise ReceiptError(
            _lt("This gateway can't be told that a part of a receipt was paid before, or later.")
        )
    items = {'items': [_rbs_item(item, receipt, table) for item in receipt.items]}
    if call not in _REGISTERING:
        return {_RBS_ITEMS[call]: items} if call in _RBS_ITEMS else {}
    return {
        'taxSystem': receipt.seller.tax_system.code,
        'orderBundle': {
            'ffdVersion': receipt.ffd_version.value,
            'customerDetails': _rbs_buyer(receipt.buyer),
            'cartItems': items,
        },
    }


def personal_data_in(fields: Mapping[str, object]) -> Iterator[str]:
    """Find what the fields of a call tell of the payer, in case that an answer quotes it."""
    bundle = fields.get('orderBundle')
    details = bundle.get('customerDetails') if isinstance(bundle, dict) else None
    told = [fields.get('email'), fields.get('phone'), *(details or {}).values()]
    for value in told:
        # Of a telephone number, what is the same however it is written.
        yield re.sub(r'\A\+?7(?=[0-9]{10}\Z)', '', str(value or ''))


def _ecom_item(item: Item, receipt: Receipt, table: VatTable) -> dict[str, object]:
    _check_name(item, table)
    said = {
        'positionId': str(item.position),
        'itemCode': item.code,
        'name': item.name,
        'itemPrice': item.price,
        'itemAmount': item.amount,
        'paymentMethod': item.method.value,
        'tax': {'taxType': table.code_of(item.vat)},
    }
    quantity = _number(item.quantity)
    if receipt.ffd_version is FfdVersion.V1_05:
        return {
            **said,
            'quantity': {'value': quantity},
            'measurementUnit': item.unit,
            'paymentObject': item.subject.value,
        }
    return {
        **said,
        'quantity': {'value': quantity, 'measure': str(item.measure)},
        'paymentObject': str(item.subject.code),
        **_mark(item),
    }


def _mark(item: Item) -> dict[str, object]:
    if not item.mark:
        return {}
    coded = base64.b64encode(item.mark.encode()).decode('ascii')
    if len(coded) > _MAX_MARK_LENGTH:
        raise ReceiptError(
            _lt("The code of the marked piece «%(name)s» is too long.", name=item.name)
        )
    return {'markCode': {'gs1m': coded}, 'markProcessingMode': '0'}


def _rbs_item(item: Item, receipt: Receipt, table: VatTable) -> dict[str, object]:
    _check_name(item, table)
    if item.mark:
        raise ReceiptError(
            _lt(
                "This gateway can't be told the code of the marked piece «%(name)s».",
                name=item.name,
            )
        )
    is_v1_05 = receipt.ffd_version is FfdVersion.V1_05
    return {
        'positionId': str(item.position),
        'name': item.name,
        'quantity': {
            'value': _number(item.quantity),
            'measure': item.unit if is_v1_05 else str(item.measure),
        },
        'itemAmount': item.amount,
        'itemPrice': item.price,
        'itemCode': item.code,
        'tax': {'taxType': table.code_of(item.vat)},
        'itemAttributes': {
            'attributes': [
                {'name': 'paymentMethod', 'value': str(item.method.code)},
                {'name': 'paymentObject', 'value': str(item.subject.code)},
            ]
        },
    }


def _rbs_buyer(buyer: Buyer) -> dict[str, object]:
    email = buyer.email if len(buyer.email) <= _RBS_MAX_EMAIL_LENGTH else ''
    if not email and not buyer.phone:
        raise ReceiptError(
            _lt(
                "This gateway sends no receipt to an e-mail of more than %(maximum)s characters:"
                " the buyer's telephone number is needed.",
                maximum=_RBS_MAX_EMAIL_LENGTH,
            )
        )
    return _filled(
        email=email, phone=buyer.phone.removeprefix('+'), fullName=buyer.name, inn=buyer.inn
    )


def _check_name(item: Item, table: VatTable) -> None:
    if len(item.name) > table.max_name_length:
        raise ReceiptError(
            _lt(
                "Line %(position)s of the receipt, «%(name)s»: this gateway takes names of"
                " %(maximum)s characters at most.",
                position=item.position,
                name=item.name,
                maximum=table.max_name_length,
            )
        )


def _number(quantity: Decimal) -> int | float:
    """Write a quantity so that JSON has its own digits: three decimals are exact in a float."""
    return int(quantity) if quantity == int(quantity) else float(quantity)


def _filled(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}
