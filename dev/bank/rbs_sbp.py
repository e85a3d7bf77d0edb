"""SBP in the older gateway: a QR code for an order, and what has become of it.

Source: the methods ``sbp/c2b/qr/…`` in public clients of the older gateway. The picture of the
code, which may be asked for as well, is not drawn here.
"""

from typing import Any

from . import applications, codes
from .bank import Bank
from .dialect import Handler, Incoming
from .merchants import Merchant
from .orders import PAYMENT_STATES, Order, Status
from .refusals import Reason, Refusal


class RbsSbp:
    """The methods; ``errorCode`` and its text are added by the dialect."""

    def __init__(self, bank: Bank):
        self._bank = bank
        self.methods: dict[str, Handler] = {
            'sbp/c2b/qr/dynamic/get': self._get,
            'sbp/c2b/qr/status': self._status,
        }

    def _get(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        if order.status is not Status.REGISTERED:
            raise Refusal(Reason.WRONG_STATE, f'status {order.status.value}')
        return {
            'qrId': applications.link_id(order),
            'payload': applications.payload(order),
            'qrStatus': _qr_status(order),
        }

    def _status(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        if incoming.parameters.get('qrId') != applications.link_id(order):
            raise Refusal(Reason.BAD_PARAMETER, 'qrId')
        return {
            'qrStatus': _qr_status(order),
            'transactionState': PAYMENT_STATES[order.status],
        }

    def _find(self, incoming: Incoming, merchant: Merchant) -> Order:
        if not merchant.permissions.sbp:
            raise Refusal(Reason.NO_PERMISSION, 'sbp')
        if 'mdOrder' not in incoming.parameters:
            raise Refusal(Reason.EMPTY_ORDER_ID)
        return self._bank.order_of(merchant, incoming.parameters['mdOrder'])


def _qr_status(order: Order) -> str:
    if order.instrument and order.instrument.way == applications.SBP and order.is_paid:
        return 'ACCEPTED'
    if order.action_code == codes.SBP_IN_PROCESSING:
        return 'CONFIRMED'
    return 'STARTED' if order.status is Status.REGISTERED else 'REJECTED'
