"""A receipt as the cash register issued it, and what became of those that it did not."""

import re
from dataclasses import dataclass

from .money import format_plain, to_kopecks
from .receipt_codes import Kind, ReceiptStatus

__all__ = ['IssuedReceipt', 'RetryResult']

_MOMENT = re.compile(
    r'(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4}) (?P<hour>\d{2}):(?P<minute>\d{2})'
)
_ISO_MOMENT = re.compile(
    r'(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})[T ](?P<hour>\d{2}):(?P<minute>\d{2})'
)
# Of the receipt's QR code: income, and return of income.
_QR_KINDS = {Kind.SELL.value: 1, Kind.SELL_REFUND.value: 2}
# The bank repeats these by itself: code 1 of this type (bank's OpenAPI 1.0.7, `retryReceipt`).
_REPEATED_CODE, _REPEATED_TYPE = '1', 'timeout'


@dataclass(frozen=True)
class IssuedReceipt:
    """One receipt of an order, as the bank tells of it; an operation may have several.

    :ivar receipt_id: The bank's id of it.
    :ivar operation_id: The bank's id of the operation; empty where the gateway tells none.
    :ivar operation_type: `AUTHORIZATION`, `COMPLETION`, `REFUND` …, raw; may be empty.
    :ivar receipt_type: `sell`, `sell_refund`, or empty.
    :ivar status: What became of it.
    :ivar error_code: Of the register.
    :ivar error_type: Where the error arose, raw, e.g. `timeout`.
    :ivar error_text: The register's own reason, for staff.
    :ivar recommendation: The bank's: 1 `retry_receipts`, 2 correct it and `do_receipt`, 3 mend the
        register first.
    :ivar original_id: Id of the receipt that this one replaces, if it was sent again.
    :ivar number: Number of the receipt in its shift.
    :ivar shift: Number of the shift.
    :ivar issued_at: The register's own digits, `dd.mm.yyyy HH:MM:SS`: its time zone is not told.
    :ivar total: Kopecks, read as the documentation says (roubles); see `total_of`.
    :ivar fn: Number of the fiscal storage (ФН).
    :ivar fd: Number of the fiscal document (ФД).
    :ivar fpd: Fiscal sign of the document (ФПД).
    :ivar url: Where the operator shows it: https, or empty.
    :ivar ofd_inn: The operator's taxpayer number.
    :ivar ecr_number: Registration number of the register.
    """

    receipt_id: str
    operation_id: str = ''
    operation_type: str = ''
    receipt_type: str = ''
    status: ReceiptStatus = ReceiptStatus.UNDEFINED
    error_code: str = ''
    error_type: str = ''
    error_text: str = ''
    recommendation: int | None = None
    original_id: str = ''
    number: str = ''
    shift: str = ''
    issued_at: str = ''
    total: int | None = None
    fn: str = ''
    fd: str = ''
    fpd: str = ''
    url: str = ''
    ofd_inn: str = ''
    ecr_number: str = ''

    @property
    def is_done(self) -> bool:
        """The register has issued it."""
        return self.status is ReceiptStatus.DONE

    @property
    def is_failed(self) -> bool:
        """Nothing more will come of it, unless somebody sends it again."""
        if self.status is ReceiptStatus.FAILED:
            return (self.error_code, self.error_type) != (_REPEATED_CODE, _REPEATED_TYPE)
        return self.status in (ReceiptStatus.EXHAUSTED, ReceiptStatus.BAD_DATA)

    @property
    def is_final(self) -> bool:
        """The bank does nothing more about it by itself."""
        return self.is_done or self.is_failed

    @property
    def can_be_retried(self) -> bool:
        """`retry_receipts` takes it (statuses 4 and 5), fifteen hours after it was made."""
        return self.status in (ReceiptStatus.FAILED, ReceiptStatus.EXHAUSTED)

    @property
    def can_be_corrected(self) -> bool:
        """`do_receipt` takes it with another content."""
        return self.can_be_retried and self.recommendation in (2, 3)

    def total_of(self, amount: int) -> int | None:
        """Return the register's total in kopecks, in whichever of two ways the gateway tells it.

        The documentation says roubles; its own examples show kopecks.

        :param amount: What the receipt was asked for, in kopecks.
        :return: `amount` if either reading says so, else `total`.
        """
        # What were kopecks was read as roubles.
        return amount if self.total == to_kopecks(amount) else self.total

    def qr_text(self, amount: int | None = None, kind: Kind | None = None) -> str:
        """Return what the receipt's QR code says (tag 1196), for the tax service's checks.

        :param amount: What the receipt was asked for, in kopecks, see `total_of`.
        :param kind: What was asked for; the older gateway does not tell it.
        :return: `t=…&s=…&fn=…&i=…&fp=…&n=…`, or nothing as long as something of it is missing.
        """
        moment = _MOMENT.match(self.issued_at) or _ISO_MOMENT.match(self.issued_at)
        total = self.total if amount is None else self.total_of(amount)
        number = _QR_KINDS.get(kind.value if kind else self.receipt_type)
        if not (moment and number and total is not None and self.fn and self.fd and self.fpd):
            return ''
        day = ''.join(moment.group('year', 'month', 'day'))
        time = ''.join(moment.group('hour', 'minute'))
        return (
            f't={day}T{time}&s={format_plain(total)}'
            f'&fn={self.fn}&i={self.fd}&fp={self.fpd}&n={number}'
        )


@dataclass(frozen=True)
class RetryResult:
    """What the bank says to the wish that a receipt be sent again.

    :ivar text: The bank's words, for staff.
    :ivar accepted: It will be sent again.
    :ivar is_settled: It was issued or replaced meanwhile: ask for the receipts instead.
    """

    text: str
    accepted: bool = False
    is_settled: bool = False
