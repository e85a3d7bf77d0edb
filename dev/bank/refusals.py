"""Why the bank says no. Each dialect has its own code and words for every reason."""

from enum import Enum, auto


class Reason(Enum):
    """What is wrong with a call, whatever the dialect."""

    ACCESS_DENIED = auto()
    MUST_CHANGE_PASSWORD = auto()
    NOT_PERMITTED = auto()
    BAD_PARAMETER = auto()
    EMPTY_NUMBER = auto()
    EMPTY_AMOUNT = auto()
    EMPTY_RETURN_URL = auto()
    EMPTY_ORDER_ID = auto()
    NO_ORDER_REFERENCE = auto()
    WRONG_NUMBER = auto()
    WRONG_AMOUNT = auto()
    WRONG_LANGUAGE = auto()
    WRONG_FEATURES = auto()
    UNKNOWN_CURRENCY = auto()
    DUPLICATE_NUMBER = auto()
    BINDING_NOT_FOUND = auto()
    CART_MISMATCH = auto()
    MISSING_PARAMETER = auto()
    BAD_PHONE = auto()
    BAD_FORMAT = auto()
    RECEIPT_NOT_FOUND = auto()
    ORDER_NOT_FOUND = auto()
    WRONG_STATE = auto()
    NO_HOLD = auto()
    HOLD_EXCEEDED = auto()
    REFUND_EXCEEDED = auto()
    REFUND_TOO_EARLY = auto()
    REVERSAL_REFUSED = auto()
    SECOND_REVERSAL = auto()
    OTHER_REFUND = auto()


class Refusal(Exception):
    """The bank does not do what it was asked to.

    :param Reason reason: what decides the code and the text of the answer.
    :param str detail: what exactly was wrong. The real bank keeps that to itself; here it is shown
        in the log and in the list of calls, never in the answer.
    """

    def __init__(self, reason: Reason, detail: str = ''):
        super().__init__(reason.name + (f': {detail}' if detail else ''))
        self.reason = reason
        self.detail = detail
