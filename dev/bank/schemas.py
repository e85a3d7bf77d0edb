"""What JSON must look like: the newer gateway's requests, and this bank's own control API.

The gateway's schemas follow the bank's OpenAPI 1.0.7 with ``additionalProperties: false``, so an
unknown field, a wrong type or a value outside its pattern is refused. Where the later documents
(2026) are narrower, the narrower rule is taken.
"""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import best_match

from . import credits
from .cart_schemas import ORDER_BUNDLE
from .editions import EDITIONS
from .shapes import closed as _object
from .shapes import text as _text


class Mismatch(ValueError):
    """The JSON is not what the schema asks for; the text says where and why."""


def check(schema: Mapping[str, Any], value: Any):
    """Check ``value`` against ``schema``.

    :raise Mismatch: with the place and the rule. The offending value itself is left out, since
        it may be a password.
    """
    error = best_match(_Validator(schema, format_checker=_FORMATS).iter_errors(value))
    if not error:
        return
    place = '.'.join(str(step) for step in error.absolute_path) or '(top)'
    raise Mismatch(f'{place}: {_rule(error)}')


def _rule(error) -> str:
    if error.validator == 'additionalProperties':
        known = error.schema.get('properties', {})
        unknown = sorted(name for name in error.instance if name not in known)
        return f'unknown {", ".join(unknown)}' if unknown else 'not allowed'
    if error.validator == 'required':
        missing = sorted(name for name in error.validator_value if name not in error.instance)
        return f'missing {", ".join(missing)}'
    if error.validator == 'oneOf':
        return 'exactly one of its alternatives must be given'
    return f'{error.validator} {error.validator_value}'


# JSON has one number type, and the validator takes 1.0 for an integer. The gateway does not.
_STRICT_TYPES: Final = Draft202012Validator.TYPE_CHECKER.redefine(
    'integer', lambda _checker, value: type(value) is int
)
_Validator: Final = validators.extend(Draft202012Validator, type_checker=_STRICT_TYPES)
_FORMATS: Final = FormatChecker(formats=())


_ASCII: Final = '[ -~]*'
_WORDS: Final = '[ -~А-Яа-яЁё№]*'
_UUID: Final = _text(36, 36, '[a-f0-9-]+')
_LOGIN: Final = _text(1, 30, '[A-Za-z0-9_ -]+')
# As in the documents of 2026; a merchant's ``narrow_numbers`` is for the editions before.
_ORDER_NUMBER: Final = _text(1, 36, '[ -~А-Яа-яЁё…№]+')
_AMOUNT: Final = {'type': 'integer', 'minimum': 0, 'maximum': 999_999_999_999}
_DATE_TIME: Final = _text(19, 19, r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}')
_LANGUAGE: Final = _text(2, 2, '[a-z]+')
_URL: Final = _text(12, 2048, r'[A-Za-z][A-Za-z0-9+.-]*://[!-~]+')

# Parameters of the shop's own are free, but they are text; only the ones for SberPay are not.
_JSON_PARAMS: Final = {
    'type': 'object',
    'maxProperties': 99,
    'properties': {
        'app2app': {'type': ['boolean', 'string']},
        'web2app': {'type': ['boolean', 'string']},
        'back2app': {'type': ['boolean', 'string']},
        'pdAgreement': {'type': ['boolean', 'string']},
        'sberpay.qr.c2b': {'type': ['boolean', 'string']},
        'sberpay.sbp.cashLink': {'type': ['boolean', 'string']},
        'backToShopUrl': _text(1, 200, 'https?://.*'),
        'backToShopName': _text(1, 200, _WORDS),
        'qrType': {'enum': ['DYNAMIC_QR_SBP', 'SUBSCRIPTION_SBP', 'SBERPAY_DYNAMIC_QR']},
        'sbp.scenario': {
            'enum': [
                'C2B',
                'C2B_CASH_REGISTER',
                'C2B_SUBSCRIPTION',
                'C2B_SUBSCRIPTION_WITH_PAYMENT',
            ]
        },
        'sbp.subscriptionPurpose': _text(1, 256, _WORDS),
        'externalRefundId': _text(1, 36),
    },
    'additionalProperties': {'type': 'string', 'maxLength': 1024},
}


#: What ``jsonParams`` tells the gateway; the rest of it is the shop's own.
GATEWAY_PARAMETERS: Final = frozenset(_JSON_PARAMS['properties'])

_CREDENTIALS: Final = {'userName': _LOGIN, 'password': _text(1, 36, '[ -~]+')}

_REGISTER: Final = {
    **_CREDENTIALS,
    'orderNumber': _ORDER_NUMBER,
    'amount': _AMOUNT,
    'currency': _text(3, 3, r'[0-9]{3}'),
    'returnUrl': _URL,
    'failUrl': _URL,
    'description': _text(1, 512, _WORDS),
    'language': _LANGUAGE,
    'clientId': _text(1, 255, _ASCII),
    'merchantLogin': _LOGIN,
    'jsonParams': _JSON_PARAMS,
    'sessionTimeoutSecs': {'type': 'integer', 'minimum': 0, 'maximum': 999_999_999},
    'expirationDate': _DATE_TIME,
    'bindingId': _UUID,
    'features': _text(1, 255, _ASCII),
    'phone': _text(1, 16, r'\+?[0-9]{7,15}'),
    'email': _text(3, 128, _ASCII),
    'orderBundle': credits.or_credit(ORDER_BUNDLE),
    # In the bank's documents since 2026.
    'dynamicCallbackUrl': _text(12, 512, '[!-~]+'),
}
_REGISTER_REQUIRED: Final = ('userName', 'password', 'orderNumber', 'amount', 'returnUrl')

_STATUS: Final = _object(
    {
        **_CREDENTIALS,
        'language': _LANGUAGE,
        'orderId': _UUID,
        'orderNumber': _ORDER_NUMBER,
    },
    ('userName', 'password'),
)

_CONTACT: Final = {'phone': _REGISTER['phone'], 'email': _REGISTER['email']}

#: The newer gateway's requests about receipts, by method.
OFD: Final[Mapping[str, Mapping[str, Any]]] = {
    'getReceiptStatus': {
        **_object(
            {
                **_CREDENTIALS,
                'receiptStatus': {'type': 'integer', 'minimum': 0, 'maximum': 6},
                'receiptId': _UUID,
                'orderId': _UUID,
                'orderNumber': _ORDER_NUMBER,
            },
            ('userName', 'password'),
        ),
        'oneOf': [{'required': [name]} for name in ('receiptId', 'orderId', 'orderNumber')],
    },
    'retryReceipt': _object(
        {
            **_CREDENTIALS,
            'receiptIds': {'type': 'array', 'items': _UUID, 'minItems': 1, 'maxItems': 100},
        },
        ('userName', 'password', 'receiptIds'),
    ),
    'doReceipt': _object(
        {
            **_CREDENTIALS,
            **_CONTACT,
            'orderId': _UUID,
            'orderNumber': _ORDER_NUMBER,
            'receiptId': _UUID,
            'orderBundle': ORDER_BUNDLE,
        },
        ('userName', 'password', 'orderBundle'),
    ),
}

#: The newer gateway's requests, by method.
ECOM: Final[Mapping[str, Mapping[str, Any]]] = {
    'register': _object(_REGISTER, _REGISTER_REQUIRED),
    'registerPreAuth': _object({**_REGISTER, 'autocompletionDate': _DATE_TIME}, _REGISTER_REQUIRED),
    'getOrderStatusExtended': {
        **_STATUS,
        'oneOf': [{'required': ['orderId']}, {'required': ['orderNumber']}],
    },
    'deposit': _object(
        {
            **_CREDENTIALS,
            'orderId': _UUID,
            'amount': _AMOUNT,
            'language': _LANGUAGE,
            'orderBundle': ORDER_BUNDLE,
        },
        ('userName', 'password', 'orderId', 'amount'),
    ),
    'reverse': _object(
        {
            **_CREDENTIALS,
            'orderId': _UUID,
            'amount': _AMOUNT,
            'language': _LANGUAGE,
            'jsonParams': _JSON_PARAMS,
            'orderBundle': ORDER_BUNDLE,
        },
        ('userName', 'password', 'orderId'),
    ),
    'refund': _object(
        {
            **_CREDENTIALS,
            'orderId': _UUID,
            'amount': _AMOUNT,
            'language': _LANGUAGE,
            'jsonParams': _JSON_PARAMS,
            'orderBundle': ORDER_BUNDLE,
        },
        ('userName', 'password', 'orderId', 'amount'),
    ),
    'decline': _object(
        {
            **_CREDENTIALS,
            'merchantLogin': _LOGIN,
            'orderId': _UUID,
            'orderNumber': _ORDER_NUMBER,
            'language': _LANGUAGE,
            'jsonParams': _JSON_PARAMS,
        },
        ('userName', 'password'),
    ),
}

#: A request of which nothing matters but whose it is.
ANY_REQUEST: Final = {
    **_object(_CREDENTIALS, ('userName', 'password')),
    'additionalProperties': True,
}

_NAMES: Final = {'type': 'array', 'items': _text(1, 64), 'uniqueItems': True}
_BOOLEAN: Final = {'type': 'boolean'}

#: Settings of a shop in the control API.
MERCHANT: Final = _object(
    {
        'password': _text(1, 200),
        'token': _text(0, 200),
        'dialect': {'enum': ['rbs', 'ecom']},
        'name': _text(1, 200),
        'theme': _text(1, 40, r'[\w-]+'),
        'currencies': {'type': 'array', 'items': _text(3, 3, r'[0-9]{3}'), 'minItems': 1},
        'callback': {
            **_object({
                'url': _text(0, 512),
                'method': {'enum': ['GET', 'POST']},
                'signing': {'enum': ['none', 'symmetric', 'asymmetric']},
                'key': _text(0, 200),
                'sign_alias': _text(0, 200),
                'parameters': _NAMES,
                'operations': _NAMES,
                'approved_first': _BOOLEAN,
                'binding_url': _text(0, 512),
            }),
            'if': {'properties': {'signing': {'const': 'symmetric'}}, 'required': ['signing']},
            'then': {'properties': {'key': {'minLength': 1}}, 'required': ['key']},
        },
        'permissions': _object(
            dict.fromkeys(
                (
                    'hold',
                    'refund',
                    'reverse',
                    'sbp',
                    'bindings',
                    'verify',
                    'recurring',
                    'card_search',
                    'multi_completion',
                    'credit',
                ),
                _BOOLEAN,
            )
        ),
        'fiscal': _BOOLEAN,
        'cash_register': _object({
            'edition': {'enum': sorted(EDITIONS)},
            'delay': {'type': 'number', 'minimum': 0},
            'max_items': {'type': 'integer', 'minimum': 1},
            'hold': {'enum': ['at_completion', 'at_hold']},
            'total_in': {'enum': ['roubles', 'kopecks']},
            'versions': {'type': 'array', 'items': {'enum': ['1.05', '1.2']}, 'minItems': 1},
            'inn': _text(10, 12, r'[0-9]+'),
        }),
        'must_change_password': _BOOLEAN,
        'profile': _text(1, 40),
        'life': {'type': 'integer', 'minimum': 1, 'maximum': 999_999_999},
        'return_affix': {'enum': ['none', 'append', 'double', 'second_question_mark']},
        'declined_between_attempts': {'enum': [0, 6]},
        'narrow_numbers': _BOOLEAN,
        'unknown_fields': _NAMES,
        'ignored_fields': _NAMES,
        'missing_blocks': _NAMES,
        'deposited_means': {'enum': ['taken', 'left']},
        'refund_from': {'enum': ['at_once', 'next_day']},
        'releases_in_parts': _BOOLEAN,
        'reverses_completed': _BOOLEAN,
        'hold_life': {'type': 'integer', 'minimum': 0, 'maximum': 999_999_999},
        'binding_cvc': _BOOLEAN,
        'declined_charge': {'enum': ['error', 'accepted']},
        'keeps_verified': _BOOLEAN,
    },
    ('password', 'dialect', 'name'),
)

#: The file of ``--merchants``: settings by login, each of them checked with its profile's.
MERCHANTS_FILE: Final = {
    'type': 'object',
    'minProperties': 1,
    'additionalProperties': {'type': 'object'},
}

#: Bodies of the control API's other calls.
PAY: Final = _object({
    'card': _text(13, 25, r'[0-9 ]+'),
    'method': {'enum': ['sbp', 'sberpay', 'credit']},
    'amount': _AMOUNT,
    'outcome': {'enum': ['paid', 'declined', '3ds', '3ds_fail', 'processing']},
    'actionCode': {'type': 'integer'},
    'late': _BOOLEAN,
    'keep_card': _BOOLEAN,
})
BINDING: Final = _object({
    'expiry': _text(6, 6, r'[0-9]{4}(0[1-9]|1[0-2])'),
    'actionCode': {'type': ['integer', 'null']},
    'times': {'type': ['integer', 'null'], 'minimum': 1},
    'challenge': {'type': ['boolean', 'null']},
})
SUBSCRIPTION: Final = _object({'actionCode': {'type': 'integer'}}, ('actionCode',))
REMOVE: Final = _object({'by': {'enum': ['payer', 'bank']}})
AMOUNT_OPTIONAL: Final = _object({'amount': _AMOUNT})
AMOUNT: Final = _object({'amount': _AMOUNT}, ('amount',))
NOTIFY: Final = _object(
    {
        'operation': _text(1, 40),
        'status': {'enum': [0, 1]},
        'url': _text(1, 512),
        'parameters': {'type': 'object', 'additionalProperties': {'type': 'string'}},
        'checksum': _text(0, 2048),
    },
    ('operation',),
)
ADVANCE: Final = _object({'advance': {'type': 'number', 'minimum': 0}}, ('advance',))
IDLE: Final = _object({'timeout': {'type': 'number', 'minimum': 0, 'maximum': 600}})
