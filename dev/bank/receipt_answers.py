"""What the gateways say about receipts."""

from typing import Any, Final

from .clock import in_moscow
from .editions import edition_of
from .merchants import Merchant
from .receipts import Receipt, State

_FNS_SITE: Final = 'www.nalog.ru'
_OFD: Final = {'name': 'Учебный ОФД', 'website': 'ofd.example', 'INN': '7709364346'}
#: ``receiptStatus`` of the older gateway. No document of its meaning was found; a guess.
_RBS_STATES: Final = {State.DONE: 1, State.FAILED: 2, State.EXHAUSTED: 2, State.BAD_DATA: 2}


def ecom_receipt(merchant: Merchant, receipt: Receipt) -> dict[str, Any]:
    """One of ``receipts`` in the newer gateway's getReceiptStatus."""
    edition = edition_of(merchant.cash_register.edition, merchant.dialect)
    kind = receipt.cart.kind
    answer: dict[str, Any] = {
        'receiptId': receipt.receipt_id,
        'operationId': receipt.operation_id,
        'receiptType': kind.upper() if edition.capitals else kind,
        'receiptStatus': receipt.state.value,
        'timestamp': _moment(receipt.created_at),
        'groupCode': 'group_code_4612',
    }
    if receipt.operation:
        answer['operationType'] = receipt.operation
    if receipt.original:
        answer['origReceiptId'] = receipt.original
    if receipt.error:
        answer['error'] = receipt.error
    if printed := receipt.printed:
        answer['payload'] = {
            'fiscalReceiptNumber': printed.number,
            'shiftNumber': printed.shift,
            'receiptDatetime': _moment(printed.moment),
            'total': _total(merchant, receipt),
            'fnNumber': printed.fn,
            'ecrRegistrationNumber': printed.register,
            'fiscalDocumentNumber': printed.document,
            'fiscalDocumentAttribute': printed.sign,
            'fnsSite': _FNS_SITE,
            'ofdInn': _OFD['INN'],
            'ofdReceiptUrl': f'https://{_OFD["website"]}/v1?{receipt.qr_text}',
        }
    return answer


def rbs_receipt(merchant: Merchant, receipt: Receipt) -> dict[str, Any]:
    """One of ``receipt`` in the older gateway's getReceiptStatus.do."""
    answer: dict[str, Any] = {
        'receiptStatus': _RBS_STATES.get(receipt.state, 0),
        'uuid': receipt.receipt_id,
    }
    if printed := receipt.printed:
        answer |= {
            'shift_number': printed.shift,
            'receipt_number': printed.number,
            'receipt_datetime': _moment(printed.moment),
            'fn_number': printed.fn,
            'device_number': printed.register,
            'fiscal_document_number': printed.document,
            'fiscal_document_attribute': printed.sign,
            'amount_total': _total(merchant, receipt),
            'serial_number': printed.register[-8:],
            'fnsSite': _FNS_SITE,
            'OFD': _OFD,
        }
    return answer


def _total(merchant: Merchant, receipt: Receipt) -> int | float:
    total = receipt.cart.total
    return total / 100 if merchant.cash_register.total_in == 'roubles' else total


def _moment(moment: float) -> str:
    return in_moscow(moment).strftime('%d.%m.%Y %H:%M:%S')
