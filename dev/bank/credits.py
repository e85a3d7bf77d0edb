"""Orders that the payer buys on credit or by instalments at the bank.

Source: ``installments`` and the examples ``POSCred`` and ``creditOrderPayed`` of the bank's OpenAPI
1.0.7. The cart is a description here: in the examples its sum is not the order's, its measure is a
word and its date has a comma behind it. What the bank finances may be less than what was asked for,
and the order's ``amount`` becomes that.
"""

from collections.abc import Mapping
from typing import Any, Final

#: ``paymentWay`` of an order that was bought on credit.
WAY: Final = 'IPOS'

_KOPECKS: Final = {'type': 'integer', 'minimum': 0, 'maximum': 4_294_967_200}
_ITEM: Final = {
    'type': 'object',
    'properties': {
        'positionId': {'type': 'string', 'pattern': r'\A[0-9]{1,12}\Z'},
        'itemCode': {'type': 'string', 'minLength': 1, 'maxLength': 100},
        'name': {'type': 'string', 'minLength': 1, 'maxLength': 100},
        'quantity': {
            'type': 'object',
            'properties': {
                'value': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': 99999.999},
                'measure': {'type': 'string', 'minLength': 1, 'maxLength': 20},
            },
            'required': ['value'],
            'additionalProperties': False,
        },
        'itemPrice': _KOPECKS,
        'itemAmount': _KOPECKS,
        'itemCurrency': {'type': 'string', 'pattern': r'\A[0-9]{3}\Z'},
    },
    'required': ['positionId', 'itemCode', 'name', 'quantity', 'itemPrice', 'itemAmount'],
    'additionalProperties': False,
}
_BUNDLE: Final = {
    'type': 'object',
    'properties': {
        'orderCreationDate': {
            'type': 'string',
            'pattern': r'\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2},?\Z',
        },
        'installments': {
            'type': 'object',
            'properties': {
                'productType': {'enum': ['CREDIT', 'INSTALLMENT']},
                'productID': {'type': 'string', 'minLength': 1, 'maxLength': 12},
                'rightTerms': {'type': 'array', 'items': {'type': 'integer'}},
            },
            'required': ['productType'],
            'additionalProperties': False,
        },
        'cartItems': {
            'type': 'object',
            'properties': {'items': {'type': 'array', 'minItems': 1, 'items': _ITEM}},
            'required': ['items'],
            'additionalProperties': False,
        },
    },
    'required': ['cartItems'],
    'additionalProperties': False,
}


def or_credit(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of ``orderBundle``: as for any other order, or as for a credit."""
    return {
        'type': 'object',
        'if': {'required': ['installments']},
        'then': _BUNDLE,
        'else': bundle,
    }


def is_credit(bundle: Mapping[str, Any]) -> bool:
    """Whether an order with this cart is bought on credit."""
    return 'installments' in bundle
