"""What the gateway says about an order: the blocks of getOrderStatusExtended.do in both dialects.

Sources: the examples of the bank's OpenAPI 1.0.7 (newer gateway) and the vendor's documentation
(older gateway). Blocks that have nothing to say are left out, as they are there.
"""

from typing import Any, Final

from . import codes, credits, schemas
from .clock import in_moscow, milliseconds
from .merchants import Merchant
from .operations import Operation
from .orders import PAYMENT_STATES, Order, Status

_TERMINAL: Final = '20235777'


def reported_status(merchant: Merchant, order: Order) -> Status:
    """``orderStatus`` as this shop sees it.

    Between a declined attempt and the next one the documents leave open whether an order is 0 or
    already 6; the shop's ``declined_between_attempts`` decides.
    """
    between_attempts = order.status is Status.REGISTERED and order.attempts
    return Status(merchant.declined_between_attempts) if between_attempts else order.status


def ecom_status(merchant: Merchant, order: Order, language: str) -> dict[str, Any]:
    """The newer gateway's description of an order, without ``errorCode``."""
    answer = _common(merchant, order, language)
    if order.status is Status.REGISTERED and not order.attempts:
        return _without_missing(merchant, answer)
    if order.refunded_at:
        answer['refundedDate'] = in_moscow(order.refunded_at).isoformat(timespec='seconds')
    answer['paymentAmountInfo'] = _amounts(merchant, order)
    answer['bankInfo'] = {}
    if order.registration.email:
        answer['payerData'] = {'email': order.registration.email}
    _add_card(answer, order, 'cardHolderName', stars=6)
    if order.is_paid:
        answer['transactionAttributes'] = [
            {'name': 'SbolBankInvoiceId', 'value': order.order_id.replace('-', '')}
        ]
    return _without_missing(merchant, answer)


def rbs_status(merchant: Merchant, order: Order, language: str) -> dict[str, Any]:
    """The older gateway's description of an order, without ``errorCode``."""
    answer = _common(merchant, order, language)
    if order.refunded_at:
        answer['refundedDate'] = milliseconds(order.refunded_at)
    answer['paymentAmountInfo'] = {**_amounts(merchant, order), 'totalAmount': order.amount}
    answer.setdefault('merchantOrderParams', [])
    answer['transactionAttributes'] = []
    if order.instrument and order.instrument.card:
        answer['bankInfo'] = {
            'bankName': 'TEST ISSUER',
            'bankCountryCode': 'RU',
            'bankCountryName': 'Россия',
        }
    payer = {
        name: value
        for name, value in (
            ('email', order.registration.email),
            ('phone', order.registration.phone),
        )
        if value
    }
    if payer:
        answer['payerData'] = payer
    _add_card(answer, order, 'cardholderName', stars=2)
    return _without_missing(merchant, answer)


def rbs_short_status(order: Order) -> dict[str, Any]:
    """The older gateway's getOrderStatus.do, whose names are capitalised here and there."""
    registration = order.registration
    card = order.instrument.card if order.instrument else None
    answer = {
        'OrderStatus': order.status.value,
        'OrderNumber': order.number,
        'Amount': order.amount,
        'currency': registration.currency,
    }
    optional = {
        'Pan': card.masked(2) if card else '',
        'expiration': card.expiration if card else '',
        'cardholderName': 'CARDHOLDER NAME' if card else '',
        'approvalCode': order.approval_code,
        'authCode': order.approval_code,
        'Ip': order.payer_ip,
        'clientId': registration.client_id,
        'bindingId': order.binding_id,
    }
    return {**answer, **{name: value for name, value in optional.items() if value}}


def _common(merchant: Merchant, order: Order, language: str) -> dict[str, Any]:
    registration = order.registration
    answer: dict[str, Any] = {
        'orderNumber': order.number,
        'orderStatus': reported_status(merchant, order).value,
        'actionCode': order.action_code,
        'actionCodeDescription': codes.describe(order.action_code, language),
        'amount': order.amount,
        'currency': registration.currency,
        'date': milliseconds(order.created_at),
        'terminalId': _TERMINAL,
        'attributes': [
            {'name': name, 'value': value}
            for name, value in {'mdOrder': order.order_id, **order.bound_account}.items()
        ],
    }
    if registration.description:
        answer['orderDescription'] = registration.description
    own = [
        {'name': name, 'value': value}
        for name, value in registration.json_params.items()
        if name not in schemas.GATEWAY_PARAMETERS
    ]
    if own:
        answer['merchantOrderParams'] = own
    if order.payer_ip:
        answer['ip'] = order.payer_ip
    if registration.is_credit:
        answer['orderBundle'] = registration.parameters['orderBundle']
    if registration.client_id:
        answer['bindingInfo'] = _binding(order)
    if order.authorized_at:
        answer['authDateTime'] = milliseconds(order.authorized_at)
        answer['authRefNum'] = order.reference_number
        answer['operations'] = [_operation(operation) for operation in order.operations]
    if order.deposited_at:
        answer['depositedDate'] = milliseconds(order.deposited_at)
    return answer


def _binding(order: Order) -> dict[str, str]:
    known = {'clientId': order.registration.client_id, 'bindingId': order.binding_id}
    return {name: value for name, value in known.items() if value}


def _without_missing(merchant: Merchant, answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in merchant.missing_blocks}


def _amounts(merchant: Merchant, order: Order) -> dict[str, Any]:
    refunded = order.refunded if merchant.deposited_means == 'left' else 0
    return {
        'paymentState': PAYMENT_STATES[reported_status(merchant, order)],
        'approvedAmount': order.approved,
        'depositedAmount': order.deposited - refunded,
        'refundedAmount': order.refunded,
        'feeAmount': 0,
    }


def _add_card(answer: dict[str, Any], order: Order, holder_name: str, stars: int):
    """How it was paid. The dialects spell the holder's name differently."""
    if not order.instrument:
        return
    card = order.instrument.card
    info: dict[str, Any] = {'paymentWay': order.instrument.way}
    if card:
        info |= {
            'maskedPan': card.masked(stars),
            'pan': card.masked(stars),
            'expiration': card.expiration,
            holder_name: 'CARDHOLDER NAME',
            'paymentSystem': card.payment_system,
        }
    if order.instrument.way == credits.WAY:
        info['paymentSystem'] = 'UNDEFINED'
    if order.approval_code:
        info['approvalCode'] = order.approval_code
    if order.charged_back:
        info['chargeback'] = True
    answer['cardAuthInfo'] = info


def _operation(operation: Operation) -> dict[str, Any]:
    line = {
        'date': milliseconds(operation.moment),
        'type': operation.type,
        'amount': operation.amount,
        'referenceNumber': operation.reference_number,
        'approvalCode': operation.approval_code,
        'actionCode': 0,
    }
    if operation.external_refund_id:
        line['externalRefundId'] = operation.external_refund_id
    return line
