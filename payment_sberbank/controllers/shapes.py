"""What a browser may send to the core's routes for payments, by its kind.

The core takes what comes as it is: a value of another kind ends in an internal error.
"""

import re

from werkzeug.exceptions import BadRequest

# PostgreSQL's integers end here.
MAX_ID = 2**31 - 1

# What the core can't make a transaction without, in the order in which it may be given.
NEEDED = (
    'provider_id',
    'payment_method_id',
    'token_id',
    'amount',
    'currency_id',
    'partner_id',
    'flow',
    'tokenization_requested',
    'landing_route',
)

FLOWS = ('redirect', 'direct', 'token')

# Up to here, a float tells roubles apart to the kopeck.
MAX_AMOUNT = 10**15

# A number of JSON, or one in quotation marks.
NUMBER = re.compile(r'-?[0-9]{1,15}(\.[0-9]{1,15})?')

# PostgreSQL has no such texts.
UNSTORABLE = re.compile('[\0\ud800-\udfff]')


def check_shapes(values, required=()):
    """Refuse values that can't be what they are called.

    :param dict values: Parameters of a new transaction, by their names; others are not looked at.
    :param required: The names of those that must be there.
    :return: None
    :raise werkzeug.exceptions.BadRequest: If one is missing, or of the wrong kind.
    """
    if not values.keys() >= set(required):
        raise BadRequest()
    if not all(is_right(values[name]) for name, is_right in SHAPES.items() if name in values):
        raise BadRequest()


def _is_id(value):
    return value is None or (type(value) is int and 0 <= value <= MAX_ID)


def _is_amount(value):
    if isinstance(value, str):
        return bool(NUMBER.fullmatch(value))
    # A whole number may have any size in JSON, and what is not finite is not below anything.
    return value is None or (type(value) in (int, float) and abs(value) < MAX_AMOUNT)


def _is_flag(value):
    return value is None or type(value) is bool


def _is_text(value):
    return value is None or (isinstance(value, str) and not UNSTORABLE.search(value))


def _is_token(value):
    return value is None or (isinstance(value, str) and value.isascii())


def _is_flow(value):
    return value in FLOWS


SHAPES = {
    'provider_id': _is_id,
    'payment_method_id': _is_id,
    'token_id': _is_id,
    'currency_id': _is_id,
    'partner_id': _is_id,
    'amount': _is_amount,
    'flow': _is_flow,
    'is_validation': _is_flag,
    'landing_route': _is_text,
    'access_token': _is_token,
}
