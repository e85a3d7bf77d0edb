"""The newer gateway's services about receipts, beside its payments.

Source: ``/ofd/v1/`` of the bank's OpenAPI 1.0.7. They have no ``.do`` and no ``errorCode``: an HTTP
status and a message tell of a refusal.
"""

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.wrappers import Request

from . import ecom_carts, schemas
from .bank import Bank
from .dialect import Handler, Incoming
from .ecom import EcomDialect
from .merchants import Merchant
from .orders import Order
from .receipt_answers import ecom_receipt
from .receipts import GIVES_UP, Receipt, State
from .refusals import Reason, Refusal

_DONE: Final = 'Успешно'
_NOT_FOUND: Final = 'Чек не найден'
_REPLACED: Final = 'Чек уже изменен ранее'
_PRINTED: Final = 'Чек уже зарегистрирован ранее'
_TOO_EARLY: Final = 'Ожидается статус регистрации в кассовом сервисе. Чек не может быть отправлен.'

#: HTTP status and message of a refusal; for all other reasons, the last one.
_STATUSES: Final[Mapping[Reason | None, tuple[int, str]]] = {
    Reason.BAD_FORMAT: (400, 'Ошибка формата'),
    Reason.ORDER_NOT_FOUND: (404, _NOT_FOUND),
    Reason.RECEIPT_NOT_FOUND: (404, _NOT_FOUND),
    Reason.ACCESS_DENIED: (451, 'Доступ запрещен'),
    None: (451, 'Error, value of the request parameter'),
}


class OfdDialect(EcomDialect):
    """The services about receipts."""

    own_methods = frozenset(schemas.OFD)
    withheld_methods = frozenset()
    bare_methods = own_methods

    def __init__(self, bank: Bank):
        super().__init__(bank)
        self._schemas = schemas.OFD

    def further_methods(self) -> Mapping[str, Handler]:
        return {}

    def read(self, request: Request) -> dict[str, Any]:
        try:
            return super().read(request)
        except Refusal as refusal:
            raise Refusal(Reason.BAD_FORMAT, refusal.detail) from refusal

    def perform(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        with self.bank.lock:
            return getattr(self, f'_{incoming.method}')(incoming, merchant)

    def refuse(self, refusal: Refusal, method: str, language: str) -> dict[str, Any]:
        return {'message': _refusal(refusal)[1]}

    def status_of(self, refusal: Refusal) -> int:
        return _refusal(refusal)[0]

    # --- the methods ----------------------------------------------------------------------------

    def _getReceiptStatus(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        receipt_id = incoming.parameters.get('receiptId')
        if receipt_id:
            receipts = [self._find_receipt(merchant, receipt_id)]
            order = receipts[0].order
        else:
            order = self._find(incoming, merchant)
            receipts = self.bank.registers.of_order(order)
        wanted = incoming.parameters.get('receiptStatus')
        receipts = [receipt for receipt in receipts if wanted in (None, receipt.state.value)]
        if not receipts:
            raise Refusal(Reason.RECEIPT_NOT_FOUND)
        return {
            'orderId': order.order_id,
            'orderNumber': order.number,
            'receipts': [ecom_receipt(merchant, receipt) for receipt in receipts],
        }

    def _retryReceipt(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        return {
            'message': _DONE,
            'retryResult': [
                {'receiptId': receipt_id, 'result': self._retry(merchant, receipt_id)}
                for receipt_id in incoming.parameters['receiptIds']
            ],
        }

    def _doReceipt(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        parameters = incoming.parameters
        if not merchant.fiscal:
            raise Refusal(Reason.BAD_PARAMETER, 'no cash register')
        order = self._find(incoming, merchant)
        replaced = None
        if 'receiptId' in parameters:
            replaced = self._find_correctable(merchant, order, parameters['receiptId'])
        cart = ecom_carts.read(merchant, parameters['orderBundle'], contact=parameters)
        operation = replaced.operation if replaced else ''
        receipts = self.bank.registers.ask(order, cart, operation, replaced)
        return {
            'message': _DONE,
            'receiptId': receipts[0].receipt_id,
            'orderId': order.order_id,
            'orderNumber': order.number,
        }

    # --- inside ---------------------------------------------------------------------------------

    def _retry(self, merchant: Merchant, receipt_id: str) -> str:
        try:
            receipt = self._find_receipt(merchant, receipt_id)
        except Refusal:
            return _NOT_FOUND
        if receipt.replaced_by:
            return _REPLACED
        if receipt.state is State.DONE:
            return _PRINTED
        is_early = self.bank.clock.now() < receipt.created_at + GIVES_UP
        if not receipt.is_failed or is_early:
            return _TOO_EARLY
        self.bank.registers.ask_again(receipt)
        return _DONE

    def _find_receipt(self, merchant: Merchant, receipt_id: str) -> Receipt:
        receipt = self.bank.registers.by_id(receipt_id)
        if not receipt or receipt.order.login != merchant.login:
            raise Refusal(Reason.RECEIPT_NOT_FOUND)
        return receipt

    def _find_correctable(self, merchant: Merchant, order: Order, receipt_id: str) -> Receipt:
        receipt = self._find_receipt(merchant, receipt_id)
        if receipt.order is not order:
            raise Refusal(Reason.RECEIPT_NOT_FOUND)
        advice = (receipt.error or {}).get('recommendation')
        if receipt.replaced_by or not receipt.is_failed or advice not in (2, 3):
            raise Refusal(Reason.BAD_PARAMETER, 'the receipt is not to be corrected')
        return receipt


def _refusal(refusal: Refusal) -> tuple[int, str]:
    return _STATUSES.get(refusal.reason) or _STATUSES[None]
