"""What the bank answers about receipts, in either dialect.

What decides about a receipt (its id, its state, its sum) is read strictly: what can't be read
makes the whole answer an `UnexpectedAnswer`. What is only shown is left out when it can't be read,
and every block may be missing.
"""

import re
from collections.abc import Collection, Mapping
from typing import TypeGuard
from urllib.parse import urlsplit

from .errors import UnexpectedAnswer
from .issued import IssuedReceipt, RetryResult
from .money import parse_amount
from .receipt_codes import Kind, ReceiptStatus
from .text import number_or_text, printable
from .wording import _lt

__all__ = [
    'is_receipt_id',
    'read_ecom_receipts',
    'read_rbs_receipts',
    'read_retry_results',
    'receipt_id_in',
]

_ID = re.compile(r'[0-9a-zA-Z-]{1,36}')
_ROUBLES = re.compile(r'[0-9]{1,12}(?:\.[0-9]{1,2})?')
_MAX_URL_LENGTH = 2048
_MAX_SHOWN_LENGTH = 64
_MAX_ERROR_LENGTH = 1000
_KINDS = {kind.value for kind in Kind}

# The bank's own words are all that it answers (OpenAPI 1.0.7, `result`).
_ACCEPTED = ('успешно',)
_SETTLED = ('чек уже изменен ранее', 'чек уже зарегистрирован ранее')


def read_ecom_receipts(answer: Mapping[str, object]) -> tuple[IssuedReceipt, ...]:
    """Read the answer of the newer gateway's getReceiptStatus.

    :raise UnexpectedAnswer: If a receipt in it can't be told from another, or its state or sum.
    """
    return tuple(map(_ecom_receipt, _list(answer, 'receipts')))


def read_rbs_receipts(answer: Mapping[str, object]) -> tuple[IssuedReceipt, ...]:
    """Read the answer of the older gateway's getReceiptStatus.do.

    The meaning of its `receiptStatus` is not documented. So a receipt is done when it has what
    only a register can give: the numbers of the storage and of the document, and its sign.

    :raise UnexpectedAnswer: If a receipt in it can't be told from another, or its sum.
    """
    return tuple(map(_rbs_receipt, _list(answer, 'receipt')))


def read_retry_results(
    answer: Mapping[str, object], asked: Collection[str]
) -> dict[str, RetryResult]:
    """Read the answer of retryReceipt: what becomes of each receipt that was asked for.

    :raise UnexpectedAnswer: If it tells nothing of one of them.
    """
    found = {
        _receipt_id(line, 'receiptId'): _shown(line, 'result', 128)
        for line in _list(answer, 'retryResult')
    }
    if missing := set(asked) - found.keys():
        raise UnexpectedAnswer(
            _lt("The bank's answer does not tell of %(count)s receipts.", count=len(missing))
        )
    return {receipt_id: _retry_result(found[receipt_id]) for receipt_id in asked}


def is_receipt_id(value: object) -> TypeGuard[str]:
    """Tell whether this can be the bank's id of a receipt."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def receipt_id_in(answer: Mapping[str, object]) -> str:
    """Return the id of the receipt that doReceipt makes, or nothing if it is not told."""
    value = answer.get('receiptId')
    return value if is_receipt_id(value) else ''


def _ecom_receipt(block: Mapping[str, object]) -> IssuedReceipt:
    error, issued = _block(block, 'error'), _block(block, 'payload')
    return IssuedReceipt(
        receipt_id=_receipt_id(block, 'receiptId'),
        operation_id=_shown(block, 'operationId'),
        operation_type=_shown(block, 'operationType'),
        receipt_type=_kind(block),
        status=_status(block),
        error_code=_shown(error, 'code'),
        error_type=_shown(error, 'type'),
        error_text=_shown(error, 'text', _MAX_ERROR_LENGTH),
        recommendation=_recommendation(error),
        original_id=_shown(block, 'origReceiptId'),
        number=_shown(issued, 'fiscalReceiptNumber'),
        shift=_shown(issued, 'shiftNumber'),
        issued_at=_shown(issued, 'receiptDatetime'),
        total=_total(issued, 'total'),
        fn=_digits(issued, 'fnNumber'),
        fd=_digits(issued, 'fiscalDocumentNumber'),
        fpd=_digits(issued, 'fiscalDocumentAttribute'),
        url=_url(issued),
        ofd_inn=_digits(issued, 'ofdInn'),
        ecr_number=_digits(issued, 'ecrRegistrationNumber'),
    )


def _rbs_receipt(block: Mapping[str, object]) -> IssuedReceipt:
    fn = _digits(block, 'fn_number')
    fd = _digits(block, 'fiscal_document_number')
    fpd = _digits(block, 'fiscal_document_attribute')
    return IssuedReceipt(
        receipt_id=_receipt_id(block, 'uuid'),
        status=ReceiptStatus.DONE if fn and fd and fpd else ReceiptStatus.UNDEFINED,
        number=_shown(block, 'receipt_number'),
        shift=_shown(block, 'shift_number'),
        issued_at=_shown(block, 'receipt_datetime'),
        total=_total(block, 'amount_total'),
        fn=fn,
        fd=fd,
        fpd=fpd,
        ofd_inn=_digits(_block(block, 'OFD'), 'INN'),
        ecr_number=_digits(block, 'device_number'),
    )


def _retry_result(text: str) -> RetryResult:
    said = text.casefold().replace('ё', 'е').strip(' .')
    return RetryResult(text, accepted=said in _ACCEPTED, is_settled=said in _SETTLED)


def _list(answer: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    lines = answer.get(name)
    if lines is None:
        return []
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise UnexpectedAnswer(_lt("The bank's list of receipts can't be read."))
    return lines


def _block(answer: Mapping[str, object], name: str) -> Mapping[str, object]:
    block = answer.get(name)
    return block if isinstance(block, dict) else {}


def _receipt_id(block: Mapping[str, object], name: str) -> str:
    value = block.get(name)
    if not is_receipt_id(value):
        raise UnexpectedAnswer(_lt("The bank's answer has a receipt without an id."))
    return value


def _status(block: Mapping[str, object]) -> ReceiptStatus:
    """Read the state; one that is not documented, or not told, says nothing."""
    value = block.get('receiptStatus')
    if value is None:
        return ReceiptStatus.UNDEFINED
    text = number_or_text(value)
    if text is None or not re.fullmatch(r'[0-9]{1,2}', text):
        raise UnexpectedAnswer(_lt("The state of a receipt can't be read."))
    known = {int(status): status for status in ReceiptStatus}
    return known.get(int(text), ReceiptStatus.UNDEFINED)


def _total(block: Mapping[str, object], name: str) -> int | None:
    value = block.get(name)
    if value is None:
        return None
    text = repr(value) if isinstance(value, float) else number_or_text(value)
    if text is None or not _ROUBLES.fullmatch(text):
        raise UnexpectedAnswer(_lt("The sum of a receipt can't be read."))
    return parse_amount(text)


def _kind(block: Mapping[str, object]) -> str:
    kind = _shown(block, 'receiptType').lower()
    return kind if kind in _KINDS else ''


def _recommendation(error: Mapping[str, object]) -> int | None:
    text = number_or_text(error.get('recommendation'))
    return int(text) if text in ('1', '2', '3') else None


def _shown(block: Mapping[str, object], name: str, max_length: int = _MAX_SHOWN_LENGTH) -> str:
    return printable(number_or_text(block.get(name)) or '', max_length).strip()


def _digits(block: Mapping[str, object], name: str) -> str:
    text = number_or_text(block.get(name)) or ''
    return text if re.fullmatch(r'[0-9]{1,20}', text) else ''


def _url(block: Mapping[str, object]) -> str:
    """Read the operator's address of the receipt: a person may be sent there."""
    address = block.get('ofdReceiptUrl')
    if not isinstance(address, str) or not re.fullmatch(
        rf'https://[!-~]{{1,{_MAX_URL_LENGTH - 8}}}', address
    ):
        return ''
    try:
        parts = urlsplit(address)
        is_plain = bool(re.fullmatch(r'[a-z0-9.-]+\.[a-z]{2,}', parts.hostname or ''))
        return address if is_plain and '@' not in parts.netloc and parts.port is None else ''
    except ValueError:
        return ''
