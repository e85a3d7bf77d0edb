"""What ``orderBundle`` must look like in the newer gateway, whatever it then says.

Source: the bank's OpenAPI 1.0.7, and its documents of 2026 where they are wider (names of 128
signs, kinds of receipts in capitals, more rates of VAT). What an edition narrows is in `carts`.
"""

from typing import Any, Final

from .shapes import closed, text

_ASCII: Final = '[ -~]*'
_WORDS: Final = '[ -~А-Яа-яЁё№]*'
_DIGITS: Final = '[0-9]+'
_SUM: Final = {'type': 'integer', 'minimum': 0, 'maximum': 4_294_967_200}
_DATE_TIME: Final = text(19, 19, r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}')

#: ``paymentMethod`` of the newer gateway, in the order of the numbers of tag 1214.
METHODS: Final = (
    'full_prepayment',
    'prepayment',
    'advance',
    'full_payment',
    'partial_payment',
    'credit',
    'credit_payment',
)
#: ``sno`` of the newer gateway by ``taxSystem`` of the older one.
TAX_SYSTEMS: Final = {
    0: 'osn',
    1: 'usn_income',
    2: 'usn_income_outcome',
    4: 'esn',
    5: 'patent',
}

#: Exactly one way to write the code of a marked piece.
_MARK: Final[dict[str, Any]] = {
    **closed({
        'gs1m': text(1, 200, _WORDS),
        'fur': text(20, 20, _WORDS),
        'gs10': text(1, 38, _WORDS),
        'ean8': text(8, 8, _DIGITS),
        'ean13': text(13, 13, _DIGITS),
        'itf14': text(14, 14, _DIGITS),
        'short': text(1, 38, _WORDS),
        'unknown': text(1, 32, _WORDS),
    }),
    'minProperties': 1,
    'maxProperties': 1,
}

_ITEM: Final = closed(
    {
        'positionId': text(1, 12, _DIGITS),
        'itemCode': text(1, 100, _WORDS),
        'name': text(1, 128, _WORDS),
        'quantity': closed(
            {
                'value': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': 99999.999},
                'measure': text(1, 3, _DIGITS),
            },
            ('value',),
        ),
        'measurementUnit': text(1, 16),
        'itemPrice': _SUM,
        'itemAmount': _SUM,
        'itemCurrency': text(3, 3, r'[0-9]{3}'),
        'paymentMethod': {'enum': list(METHODS)},
        'paymentObject': text(1, 21, '[A-Za-z0-9_ -]+'),
        'tax': closed({'taxType': {'type': 'integer', 'minimum': 0, 'maximum': 13}}, ('taxType',)),
        'nomenclatureCode': text(18, 150, r'[A-F0-9 \-]+'),
        'markCode': _MARK,
        'markQuantity': closed(
            {
                'markQuantityNumerator': text(1, 12, _DIGITS),
                'markQuantityDenominator': text(1, 12, _DIGITS),
            },
            ('markQuantityNumerator', 'markQuantityDenominator'),
        ),
        'markProcessingMode': {'enum': ['0']},
        'excise': text(1, 10, _DIGITS),
        'countryCode': text(3, 3, _DIGITS),
        'declarationNumber': text(1, 32, _WORDS),
        'userData': text(1, 64, _WORDS),
    },
    ('positionId', 'itemCode', 'name', 'quantity', 'itemPrice', 'itemAmount'),
)

ORDER_BUNDLE: Final = closed(
    {
        'orderCreationDate': _DATE_TIME,
        'ffdVersion': {'enum': ['1.05', '1.2']},
        'receiptType': {'enum': ['sell', 'sell_refund', 'SELL', 'SELL_REFUND']},
        'ismOptional': {'type': 'boolean'},
        'company': closed(
            {
                'email': text(3, 64, _ASCII),
                'sno': {'enum': list(TAX_SYSTEMS.values())},
                'inn': text(10, 12, _DIGITS),
                'paymentAddress': text(1, 256, _ASCII),
            },
            ('email', 'sno', 'inn', 'paymentAddress'),
        ),
        'customerDetails': closed({
            'fullName': text(1, 100, _WORDS),
            'inn': text(10, 12, _DIGITS),
            'address': text(1, 256, _WORDS),
            'deliveryInfo': closed({
                'deliveryType': text(0, 20, _WORDS),
                'country': text(3, 3, '[A-Za-z]+'),
                'city': text(1, 40, _WORDS),
                'postAddress': text(1, 255, _WORDS),
            }),
        }),
        'cartItems': closed(
            {'items': {'type': 'array', 'minItems': 1, 'items': _ITEM}}, ('items',)
        ),
        'payments': {
            'type': 'array',
            'minItems': 1,
            'items': closed(
                {'type': {'type': 'integer', 'minimum': 1, 'maximum': 4}, 'sum': _SUM},
                ('type', 'sum'),
            ),
        },
        'total': _SUM,
        'cashier': text(1, 64, _WORDS),
        'cashierInn': text(12, 12, _DIGITS),
        'additionalCheckProps': text(1, 16, _WORDS),
        'additionalUserProps': closed(
            {'name': text(1, 64, _WORDS), 'value': text(1, 256, _WORDS)}, ('name', 'value')
        ),
    },
    ('cartItems',),
)
