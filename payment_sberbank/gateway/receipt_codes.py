"""The words of a fiscal receipt that law and bank number: rates, methods, subjects, tax systems.

Their names are those of the bank's newer gateway (OpenAPI 1.0.7, `orderBundle`), their numbers
those of the receipt's format (tags 1055, 1212, 1214, 2108 of order ЕД-7-20/662@), which the older
gateway sends. VAT alone is numbered by each gateway in its own way: see `vat_tables.py`.
"""

import datetime
import enum

__all__ = [
    'MEASURES',
    'FfdVersion',
    'Kind',
    'Method',
    'ReceiptStatus',
    'Subject',
    'TaxSystem',
    'Vat',
]


class Vat(enum.Enum):
    """A rate of VAT (tag 1199). With a slash: a calculated rate, which is inside of an advance."""

    NONE = 'none'
    ZERO = '0'
    FIVE = '5'
    SEVEN = '7'
    TEN = '10'
    TWENTY = '20'
    TWENTY_TWO = '22'
    FIVE_105 = '5/105'
    SEVEN_107 = '7/107'
    TEN_110 = '10/110'
    TWENTY_120 = '20/120'
    TWENTY_TWO_122 = '22/122'

    @property
    def is_calculated(self) -> bool:
        return '/' in self.value

    @property
    def calculated(self) -> 'Vat':
        """The rate of an advance; `NONE` and `ZERO` stay what they are."""
        if self.is_calculated or self in (Vat.NONE, Vat.ZERO):
            return self
        return Vat(f'{self.value}/{100 + int(self.value)}')

    @property
    def plain(self) -> 'Vat':
        """The rate at the transfer, for a calculated one."""
        return Vat(self.value.partition('/')[0])

    def is_in_force(self, day: datetime.date) -> bool:
        """Tell whether a sale of this day can have the rate; returns of older sales keep theirs."""
        since, until = _IN_FORCE.get(self.plain, (datetime.date.min, datetime.date.max))
        return since <= day <= until


# Laws 303-ФЗ (20 %), 176-ФЗ (5 % and 7 %) and 425-ФЗ (22 %).
_IN_FORCE = {
    Vat.FIVE: (datetime.date(2025, 1, 1), datetime.date.max),
    Vat.SEVEN: (datetime.date(2025, 1, 1), datetime.date.max),
    Vat.TWENTY: (datetime.date(2019, 1, 1), datetime.date(2025, 12, 31)),
    Vat.TWENTY_TWO: (datetime.date(2026, 1, 1), datetime.date.max),
}


class _Numbered(enum.Enum):
    """A word with the number that the receipt's format has for it."""

    code: int

    # A member has both; it is looked up by its word alone.
    def __new__(cls, value: str, code: int = 0) -> '_Numbered':
        self = object.__new__(cls)
        self._value_ = value
        self.code = code
        return self


class Method(_Numbered):
    """How the payment and the transfer of the goods go together (tag 1214)."""

    FULL_PREPAYMENT = 'full_prepayment', 1
    PREPAYMENT = 'prepayment', 2
    ADVANCE = 'advance', 3
    FULL_PAYMENT = 'full_payment', 4
    PARTIAL_PAYMENT = 'partial_payment', 5
    CREDIT = 'credit', 6
    CREDIT_PAYMENT = 'credit_payment', 7

    @property
    def is_before_transfer(self) -> bool:
        return self.code <= Method.ADVANCE.code


class Subject(_Numbered):
    """What is paid for (tag 1212).

    The last five are known to version 1.2 of the format only.
    """

    COMMODITY = 'commodity', 1
    EXCISE = 'excise', 2
    JOB = 'job', 3
    SERVICE = 'service', 4
    GAMBLING_BET = 'gambling_bet', 5
    LOTTERY = 'lottery', 7
    INTELLECTUAL_ACTIVITY = 'intellectual_activity', 9
    PAYMENT = 'payment', 10
    AGENT_COMMISSION = 'agent_commission', 11
    AWARD = 'award', 12
    ANOTHER = 'another', 13
    PROPERTY_RIGHT = 'property_right', 14
    NON_OPERATING_GAIN = 'non-operating_gain', 15
    INSURANCE_PREMIUM = 'insurance_premium', 16
    SALES_TAX = 'sales_tax', 17
    DEPOSIT = 'deposit', 19
    EXPENSE = 'expense', 20
    PENSION_INSURANCE_IP = 'pension_insurance_ip', 21
    PENSION_INSURANCE = 'pension_insurance', 22
    MEDICAL_INSURANCE_IP = 'medical_insurance_ip', 23
    MEDICAL_INSURANCE = 'medical_insurance', 24
    SOCIAL_INSURANCE = 'social_insurance', 25
    CASINO_PAYMENT = 'casino_payment', 26
    RESORT_FEE = 'resort_fee', 18
    CASH_PAID_OUT = 'cash_paid_out', 27
    MARKED_EXCISE = 'marked_excise', 31
    UNREADABLE_MARK = 'unreadable_mark', 32
    MARKED = 'marked', 33

    @property
    def has_1_05_name(self) -> bool:
        return self.code not in (18, 27, 31, 32, 33)

    @property
    def is_marked(self) -> bool:
        """Its receipt of the transfer needs the code of the single piece."""
        return self in (Subject.MARKED, Subject.MARKED_EXCISE)


class TaxSystem(_Numbered):
    """The seller's tax system (tag 1055); numbered as `taxSystem` of the older gateway."""

    OSN = 'osn', 0
    USN_INCOME = 'usn_income', 1
    USN_INCOME_OUTCOME = 'usn_income_outcome', 2
    ESN = 'esn', 4
    PATENT = 'patent', 5


class FfdVersion(enum.Enum):
    """Version of the receipt's format, as the cash register was set up at the bank."""

    V1_05 = '1.05'
    V1_2 = '1.2'


class Kind(enum.Enum):
    """Income, or the return of it."""

    SELL = 'sell'
    SELL_REFUND = 'sell_refund'


class ReceiptStatus(enum.IntEnum):
    """The bank's `receiptStatus` (OpenAPI 1.0.7); what it does not document is `UNDEFINED`."""

    UNDEFINED = 0
    WAITING = 1  # to be sent to the register, for the first time or again
    SENT = 2
    DONE = 3
    FAILED = 4
    EXHAUSTED = 5  # the bank has sent it as often as it does by itself
    BAD_DATA = 6


# Codes of tag 2108: what version 1.2 counts in.
MEASURES = frozenset({
    0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51,
    70, 71, 72, 73, 80, 81, 82, 83, 255,
})  # fmt: skip
