"""The calls about receipts: what became of them, again, and one apart from a payment."""

from abc import abstractmethod
from collections.abc import Collection, Mapping

from .calls import Call, check_order_id
from .dialects import Dialect
from .errors import Refused, UnexpectedAnswer
from .issued import IssuedReceipt, RetryResult
from .receipt import Receipt
from .receipt_answers import is_receipt_id, read_retry_results, receipt_id_in
from .vat_tables import VatTable
from .wording import _lt

__all__ = ['ReceiptCalls']

# Bank's OpenAPI 1.0.7, `receiptIds`.
_MAX_RETRIED = 100


class ReceiptCalls:
    """The part of a `GatewayClient` that is about receipts.

    :ivar Dialect dialect: Of the gateway.
    :ivar VatTable vat_table: How it numbers the rates of VAT.
    """

    dialect: Dialect
    vat_table: VatTable

    @abstractmethod
    def _call(self, call: Call, fields: Mapping[str, object]) -> dict[str, object]:
        """Carry a call out and return its successful answer."""

    def get_receipts(self, order_id: str) -> tuple[IssuedReceipt, ...]:
        """Ask for all receipts of an order (getReceiptStatus, in the older gateway with `.do`).

        The bank wants to be asked six minutes after an operation at the earliest.

        :return: Nothing as long as there is none.
        :raise UnexpectedAnswer: Also if the answer is about another order.
        """
        check_order_id(order_id)
        try:
            answer = self._call(Call.GET_RECEIPT_STATUS, {'orderId': order_id})
        except Refused as refusal:
            if self.dialect.means_no_receipt(refusal):
                return ()
            raise
        _check_order(answer, order_id)
        return self.dialect.read_receipts(answer)

    def retry_receipts(self, receipt_ids: Collection[str]) -> dict[str, RetryResult]:
        """Ask that receipts that failed be sent again as they are (retryReceipt; ecom only).

        The bank repeats by itself for about fifteen hours, and refuses to before that.

        :param receipt_ids: The bank's, 1 to 100.
        :raise UnexpectedAnswer: Also if one of them is not answered: it may be sent again.
        """
        self._need_receipt_calls()
        if not 0 < len(receipt_ids) <= _MAX_RETRIED:
            raise ValueError(f"{len(receipt_ids)} receipts can't be sent again at once.")
        answer = self._call(Call.RETRY_RECEIPT, {'receiptIds': list(receipt_ids)})
        return read_retry_results(answer, receipt_ids)

    def do_receipt(self, order_id: str, receipt: Receipt, *, receipt_id: str | None = None) -> str:
        """Ask for a receipt apart from a payment (doReceipt; ecom only).

        The bank has no key to tell a repetition by: after a failure that `may_have_reached`, look
        with `get_receipts` before it is asked again.

        :param receipt: For example of the full settlement, when the advance is used up.
        :param receipt_id: The bank's id of a failed receipt that this one replaces.
        :return: The bank's id of the new receipt; empty if the bank does not tell it.
        :raise ReceiptError: If the gateway has no way to say it; nothing was sent.
        """
        self._need_receipt_calls()
        check_order_id(order_id)
        fields: dict[str, object] = {'orderId': order_id}
        if receipt_id is not None:
            if not is_receipt_id(receipt_id):
                raise ValueError(f"This is no receipt of the bank: {receipt_id!r}.")
            fields['receiptId'] = receipt_id
        fields |= self.dialect.receipt_fields(Call.DO_RECEIPT, receipt, self.vat_table)
        answer = self._call(Call.DO_RECEIPT, fields)
        if not answer.get('orderId'):
            raise UnexpectedAnswer(_lt("The bank does not say which order it makes a receipt for."))
        _check_order(answer, order_id)
        return receipt_id_in(answer)

    def _need_receipt_calls(self) -> None:
        if not self.dialect.has_do_receipt:
            raise ValueError(f"{self.dialect.code} has no calls about single receipts.")


def _check_order(answer: Mapping[str, object], order_id: str) -> None:
    """:raise UnexpectedAnswer: If the answer says that it is about another order."""
    if answer.get('orderId') not in (None, '', order_id):
        raise UnexpectedAnswer(_lt("The bank's answer about receipts is about another order."))
