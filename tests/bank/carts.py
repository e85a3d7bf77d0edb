"""Orders with a receipt, right in every way, in both dialects; tests spoil them."""

import copy
import json
from typing import Any

ITEM_1_2 = {
    'positionId': '1',
    'itemCode': '124',
    'name': 'Виноград "Кишмиш" №1, 5 %',
    'quantity': {'value': 0.4, 'measure': '11'},
    'itemPrice': 25000,
    'itemAmount': 10000,
    'paymentMethod': 'full_prepayment',
    'paymentObject': '10',
    'tax': {'taxType': 4},
}
ITEM_1_05 = {
    **ITEM_1_2,
    'quantity': {'value': 0.4},
    'measurementUnit': 'кг',
    'paymentObject': 'payment',
}
RBS_ITEM = {
    'positionId': '1',
    'name': 'Виноград «Кишмиш»',
    'quantity': {'value': 0.4, 'measure': 'кг'},
    'itemAmount': 10000,
    'itemPrice': 25000,
    'itemCode': '124',
    'tax': {'taxType': 4},
    'itemAttributes': {
        'attributes': [
            {'name': 'paymentMethod', 'value': '1'},
            {'name': 'paymentObject', 'value': '10'},
        ]
    },
}


def item_of(version: str, **values: Any) -> dict[str, Any]:
    return copy.deepcopy({**(ITEM_1_2 if version == '1.2' else ITEM_1_05), **values})


def ecom_bundle(*items: dict[str, Any], version: str = '1.2', **values: Any) -> dict[str, Any]:
    items = items or (item_of(version),)
    total = sum(item['itemAmount'] for item in items)
    return {
        'ffdVersion': version,
        'receiptType': 'sell',
        'company': {
            'email': 'email@testshop.ru',
            'sno': 'osn',
            'inn': '5027119066',
            'paymentAddress': 'https://testshop.ru',
        },
        'cartItems': {'items': list(items)},
        'payments': [{'type': 1, 'sum': total}],
        'total': total,
        **values,
    }


def ecom_order(bundle: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    """Parameters of register."""
    bundle = bundle or ecom_bundle()
    return {
        'amount': bundle.get('total'),
        'email': 'customer@testmail.ru',
        'orderBundle': bundle,
        **values,
    }


def rbs_items(*items: dict[str, Any]) -> dict[str, Any]:
    return {'items': [copy.deepcopy(item) for item in items or (RBS_ITEM,)]}


def rbs_order(*items: dict[str, Any], bundle: dict | None = None, **values: Any) -> dict[str, Any]:
    """Parameters of register, the bundle as a text."""
    whole = {
        'ffdVersion': '1.05',
        'customerDetails': {'email': 'customer@testmail.ru'},
        'cartItems': rbs_items(*items),
        **(bundle or {}),
    }
    amount = sum(item['itemAmount'] for item in items or (RBS_ITEM,))
    return {'amount': amount, 'taxSystem': 1, 'orderBundle': json.dumps(whole), **values}


def order_of(dialect: str, **values: Any) -> dict[str, Any]:
    """Parameters of register in a dialect: 100.00 roubles."""
    return ecom_order(**values) if dialect == 'ecom' else rbs_order(**values)
