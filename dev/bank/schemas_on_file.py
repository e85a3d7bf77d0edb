"""The newer gateway's requests about cards and accounts on file, by method.

Source: the bank's OpenAPI 1.0.7.
"""

from collections.abc import Mapping
from typing import Any, Final

from . import schemas

_ADDRESS: Final = {
    'type': 'string',
    'pattern': r'\Ahttps?://[ -~]*\Z',
    'minLength': 1,
    'maxLength': 2048,
}

#: Fields that mean here what they mean in a registration.
_KNOWN: Final[Mapping[str, Any]] = {
    **schemas.ECOM['register']['properties'],
    'showExpired': {'type': 'boolean'},
    'showInactive': {'type': 'boolean'},
    'pan': {'type': 'string', 'pattern': r'\A[0-9]+\Z', 'minLength': 13, 'maxLength': 19},
    'cvc': {'type': 'string', 'pattern': r'\A[0-9]+\Z', 'minLength': 3, 'maxLength': 3},
    'ip': {'type': 'string', 'pattern': r'\A[ -~]+\Z', 'minLength': 1, 'maxLength': 39},
    'mdOrder': schemas.ECOM['getOrderStatusExtended']['properties']['orderId'],
    'orderId': schemas.ECOM['getOrderStatusExtended']['properties']['orderId'],
    'additionalParameters': {'type': 'object', 'maxProperties': 99},
    'jsonParams': {'type': 'object', 'maxProperties': 99},
    'threeDSMethodNotificationUrl': _ADDRESS,
    'termUrl': _ADDRESS,
    'subscriptionId': {
        'type': 'string',
        'pattern': r'\A[a-f0-9]+\Z',
        'minLength': 32,
        'maxLength': 32,
    },
    'memberId': {'type': 'string', 'pattern': r'\A[0-9]{12}\Z', 'minLength': 12, 'maxLength': 12},
}


def _request(required: str, optional: str = '') -> dict[str, Any]:
    needed = ['userName', 'password', *required.split()]
    return {
        'type': 'object',
        'properties': {name: _KNOWN[name] for name in (*needed, *optional.split())},
        'required': needed,
        'additionalProperties': False,
    }


ECOM: Final[Mapping[str, Mapping[str, Any]]] = {
    'getBindings': _request('clientId', 'language showExpired showInactive'),
    'getBindingsByCardOrId': {
        **_request('', 'language showExpired showInactive pan bindingId'),
        'oneOf': [{'required': ['pan']}, {'required': ['bindingId']}],
    },
    'bindCard': _request('bindingId', 'language'),
    'unbindCard': _request('bindingId', 'language'),
    'paymentOrderBinding': _request(
        'mdOrder bindingId ip',
        'cvc language email jsonParams threeDSMethodNotificationUrl termUrl',
    ),
    'recurrentPayment': _request(
        'orderNumber bindingId amount',
        'language currency description additionalParameters orderBundle',
    ),
    'paymentOrderBySubscription': _request('orderId subscriptionId memberId'),
}
