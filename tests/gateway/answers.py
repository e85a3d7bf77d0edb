"""Answers of a bank about an order, and what is left of them when something is left out."""

import json

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
BINDING_ID = '0d6f28d9-6a3d-4b5f-9f4c-0c4f1f1f7a11'
CLIENT_ID = 'a4c1'
SUBSCRIPTION_ID = 'c9403ef2f9254736a5af837238ce05b1'
MEMBER_ID = '100000000111'
AMOUNT = 123450

#: By state: how many tenths of the amount are held, were taken and were given back.
AMOUNTS = {
    0: (0, 0, 0),
    1: (10, 0, 0),
    2: (10, 10, 0),
    3: (0, 0, 0),
    4: (10, 10, 1),
    5: (0, 0, 0),
    6: (0, 0, 0),
    7: (0, 0, 0),
    8: (10, 1, 0),
}

#: What decides about money: it is read as it should be, or the answer is unusable.
DECISIVE = [
    ('orderStatus',),
    ('orderNumber',),
    ('amount',),
    ('currency',),
    ('attributes', 'mdOrder'),
    ('paymentAmountInfo', 'approvedAmount'),
    ('paymentAmountInfo', 'depositedAmount'),
    ('paymentAmountInfo', 'refundedAmount'),
]


def answer_in(state, dialect, *, order_id=ORDER_ID, order_number='S00042-1', amount=AMOUNT):
    """Return the answer about an order in a state, with everything in it that the bank may tell.

    :param state: The bank's `orderStatus`.
    :param dialect: `rbs` or `ecom`: the latter tells attributes as an object here.
    :param amount: Kopecks.
    """
    approved, deposited, refunded = (amount * share // 10 for share in AMOUNTS[state])
    id_block = {
        'mdOrder': order_id,
        'subscriptionId': SUBSCRIPTION_ID,
        'memberId': MEMBER_ID,
    }
    return {
        'errorCode': '0',
        'errorMessage': 'Успешно',
        'orderNumber': order_number,
        'orderStatus': state,
        'actionCode': -2007 if state == 6 else 0,
        'actionCodeDescription': 'Истекло время',
        'amount': amount,
        'currency': '643',
        'date': 1769000000000,
        'authDateTime': 1769000001000,
        'depositedDate': 1769000001000,
        'paymentWay': 'CARD',
        'authRefNum': '932801425999',
        'terminalId': '10000001',
        'approvalCode': '123456',
        'loyaltyInfo': {'bonusAmount': 7700},
        'cardAuthInfo': {
            'approvalCode': '123456',
            'maskedPan': '220138**0047',
            'pan': '220138**0047',
            'paymentSystem': 'MIR',
            'paymentWay': 'CARD',
            'chargeback': False,
            'expiration': '202812',
        },
        'operations': [
            {
                'date': 1769000001000,
                'type': 'AUTHORIZATION',
                'amount': amount,
                'referenceNumber': '932801425999',
                'approvalCode': '123456',
                'actionCode': 0,
            }
        ],
        'bindingInfo': {'bindingId': BINDING_ID, 'clientId': CLIENT_ID},
        'paymentAmountInfo': {
            'approvedAmount': approved,
            'depositedAmount': deposited,
            'refundedAmount': refunded,
        },
        'attributes': (
            id_block
            if dialect == 'ecom'
            else [{'name': name, 'value': value} for name, value in id_block.items()]
        ),
        'mdOrder': order_id,
        'orderId': order_id,
    }


def places(answer):
    """Return where each field and each block of an answer stands."""
    for name, value in answer.items():
        yield (name,)
        if name == 'attributes':
            yield from ((name, inner) for inner in ('mdOrder', 'subscriptionId', 'memberId'))
        elif isinstance(value, dict):
            yield from ((name, inner) for inner in value)


def without(answer, *taken_out):
    """Return the answer without what stands in these places."""
    left = json.loads(json.dumps(answer))
    for block, *inner in taken_out:
        if not inner:
            left.pop(block, None)
        elif isinstance(left.get(block), list):
            left[block] = [line for line in left[block] if line['name'] != inner[0]]
        elif block in left:
            left[block].pop(inner[0], None)
    return left


def replaced(answer, place, value):
    """Return the answer with another value in a place."""
    changed = without(answer, place)
    block, *inner = place
    if not inner:
        changed[block] = value
    elif isinstance(changed[block], list):
        changed[block].append({'name': inner[0], 'value': value})
    else:
        changed[block][inner[0]] = value
    return changed


def is_there(answer, place):
    block, *inner = place
    if not inner:
        return block in answer
    content = answer.get(block, {})
    names = [line['name'] for line in content] if isinstance(content, list) else content
    return inner[0] in names
