"""An order as the bank sees it, read from the answer to getOrderStatusExtended of either dialect.

What decides about money (`order_id`, `order_number`, `status`, the amounts, `currency`) is read
strictly: a field that is missing is None, one that can't be read makes the whole answer an
`UnexpectedAnswer`, so nothing is ever compared with a guess. What is only shown (texts, ways of
payment) is None when it can't be read. Unknown fields are ignored; any block may be missing, and
one that is no object counts as missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from .accounts import Account, attributes_in, read_account
from .calls import is_binding_id
from .errors import UnexpectedAnswer
from .masking import is_masked_pan
from .money import CURRENCY_NUMBER, MAX_AMOUNT
from .operations import Operation, operations_in
from .returned import sum_returned
from .text import last_month, moment, number_or_text, printable_or_none
from .wording import _lt

__all__ = ['Order', 'OrderStatus']


class OrderStatus(IntEnum):
    """The bank's `orderStatus`. The list is open: the bank may send others.

    Source: bank's OpenAPI 1.0.7 for 0 to 6, documentation of the gateway's vendor for 7 and 8.
    """

    REGISTERED = 0
    APPROVED = 1  # the amount is held
    DEPOSITED = 2
    REVERSED = 3
    REFUNDED = 4  # in full or in part
    ACS_STARTED = 5  # the payer is at 3-D Secure
    DECLINED = 6
    RBS_PENDING = 7
    RBS_PARTLY_DEPOSITED = 8  # more of the hold may follow


# Bank's table of `actionCode`, OpenAPI 1.0.7.
_ACTION_ORDER_EXPIRED = -2007
_ACTION_NO_ATTEMPT = -100
_ACTION_SBP_IN_PROCESSING = -99


@dataclass(frozen=True)
class Order:
    """What the bank knows about an order. All amounts are kopecks.

    :ivar status: `orderStatus`, raw; see `OrderStatus`.
    :ivar order_id: The bank's id (`mdOrder`).
    :ivar order_number: Our number.
    :ivar action_code: Result of the last attempt to pay.
    :ivar action_code_description: Its text; for staff only.
    :ivar amount: The amount that was registered.
    :ivar currency: ISO 4217 numeric code; `810`, the rouble before 1998, is read as `643`.
    :ivar approved_amount: Held, or taken.
    :ivar deposited_amount: Taken.
    :ivar refunded_amount: Given back so far.
    :ivar deposited_at: When the money was taken (`depositedDate`, else `authDateTime`), UTC.
    :ivar reference_number: The card system's number of the operation (RRN, `authRefNum`), raw.
    :ivar approval_code: The code of the card's bank (`approvalCode`), raw.
    :ivar terminal_id: The terminal at the bank (`terminalId`), raw.
    :ivar payment_way: E.g. `CARD`, `SBP_C2B`, raw.
    :ivar has_bonuses: A part was paid with the payer's bonus points (`loyaltyInfo`).
    :ivar payment_system: E.g. `MIR`, raw.
    :ivar masked_pan: Card number with its middle hidden.
    :ivar has_chargeback: The card's bank took the money back by force (`chargeback`).
    :ivar operations: What was done, as far as the bank tells it; see `Operation`.
    :ivar expiration: The card's last month, `YYYYMM`.
    :ivar binding_id: The bank's id of the card on file (`bindingInfo`).
    :ivar client_id: Whose it is, by our name for the payer.
    :ivar account: The account that was bound by SBP when the order was paid.
    """

    status: int
    order_id: str | None = None
    order_number: str | None = None
    action_code: int | None = None
    action_code_description: str | None = None
    amount: int | None = None
    currency: str | None = None
    approved_amount: int | None = None
    deposited_amount: int | None = None
    refunded_amount: int | None = None
    deposited_at: datetime | None = None
    reference_number: str | None = None
    approval_code: str | None = None
    terminal_id: str | None = None
    payment_way: str | None = None
    has_bonuses: bool | None = None
    payment_system: str | None = None
    masked_pan: str | None = None
    has_chargeback: bool | None = None
    operations: tuple[Operation, ...] | None = None
    expiration: str | None = field(default=None, repr=False)
    binding_id: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    account: Account | None = field(default=None, repr=False)

    @classmethod
    def from_answer(cls, answer: Mapping[str, object]) -> 'Order':
        """Read a successful answer.

        :raise UnexpectedAnswer: If it has no `orderStatus`, or something that decides about money
            can't be read.
        """
        amounts = _block(answer, 'paymentAmountInfo')
        card = _block(answer, 'cardAuthInfo')
        binding = _block(answer, 'bindingInfo')
        status = _integer(answer, 'orderStatus', limit=99)
        if status is None:
            raise UnexpectedAnswer(_lt("The bank's answer has no orderStatus."))
        return cls(
            status=status,
            order_id=_order_id(answer),
            order_number=_order_number(answer),
            action_code=_action_code(answer),
            action_code_description=_text(answer, 'actionCodeDescription'),
            amount=_integer(answer, 'amount'),
            currency=_currency(answer),
            approved_amount=_integer(amounts, 'approvedAmount'),
            deposited_amount=_integer(amounts, 'depositedAmount'),
            refunded_amount=_integer(amounts, 'refundedAmount'),
            deposited_at=moment(answer.get('depositedDate')) or moment(answer.get('authDateTime')),
            reference_number=_text(answer, 'authRefNum'),
            approval_code=_text(card, 'approvalCode') or _text(answer, 'approvalCode'),
            terminal_id=_text(answer, 'terminalId'),
            payment_way=_text(card, 'paymentWay') or _text(answer, 'paymentWay'),
            has_bonuses=bool(_block(answer, 'loyaltyInfo')) or None,
            payment_system=_text(card, 'paymentSystem'),
            masked_pan=_masked_pan(card),
            has_chargeback=_flag(card, 'chargeback'),
            operations=operations_in(answer) or None,
            expiration=last_month(card.get('expiration')),
            binding_id=_binding_id(binding),
            client_id=_text(binding, 'clientId'),
            account=read_account(answer),
        )

    def taken_of(self, amount: int) -> int | None:
        """Return what was taken, in kopecks, in whichever of two ways the gateway tells it.

        `depositedAmount` is all that was taken. Some installations name what is left of it after
        refunds instead (seen by others: deposited 221796, refunded 11495, of 233291).

        :param amount: What should have been taken, in kopecks.
        :return: `amount` if either reading says so, else `depositedAmount`; None if it is not told.
        """
        if self.deposited_amount is None:
            return None
        if self.deposited_amount + (self.refunded_amount or 0) == amount:
            return amount
        return self.deposited_amount

    def returned_of(self, amount: int) -> int | None:
        """Return what went back of a payment in all, by refunds and reversals, in kopecks.

        :param amount: What was taken, in kopecks.
        :return: None if it can't be told: the gateway leaves sums out, or they are no such sums.
        """
        if self.is_reversed:
            return None if self.deposited_amount else amount
        if not self.is_money_taken or (self.is_refunded and not self.refunded_amount):
            return None
        return sum_returned(
            amount, self.deposited_amount, self.refunded_amount or 0, self.operations or ()
        )

    @property
    def is_on_credit(self) -> bool:
        """The payer took a credit at the bank; its amount may have become the order's."""
        return (self.payment_way or '').startswith('IPOS')

    @property
    def is_registered(self) -> bool:
        """Not paid (yet); the last attempt may have failed or be under way."""
        return self.status == OrderStatus.REGISTERED

    @property
    def is_in_processing(self) -> bool:
        """SBP has not said yet what came of the latest attempt to pay."""
        return self.is_registered and self.action_code == _ACTION_SBP_IN_PROCESSING

    @property
    def is_attempt_declined(self) -> bool:
        """Not paid (yet), and the latest attempt to pay came to nothing."""
        return self.is_registered and self.action_code not in (
            None,
            0,
            _ACTION_NO_ATTEMPT,
            _ACTION_SBP_IN_PROCESSING,
        )

    @property
    def is_held(self) -> bool:
        """The amount is blocked on the payer's account, not taken."""
        return self.status == OrderStatus.APPROVED

    @property
    def is_paid(self) -> bool:
        """The money was taken."""
        return self.status == OrderStatus.DEPOSITED

    @property
    def is_reversed(self) -> bool:
        """The hold was released, or the payment taken back on its day."""
        return self.status == OrderStatus.REVERSED

    @property
    def is_refunded(self) -> bool:
        """Something was given back: `refunded_amount` tells how much."""
        return self.status == OrderStatus.REFUNDED

    @property
    def is_refund_untold(self) -> bool:
        """Something was given back, at a gateway that leaves its sums out of the answer."""
        return self.is_refunded and self.refunded_amount is None

    @property
    def is_money_taken(self) -> bool:
        """The money was taken, whatever of it was given back since."""
        return self.is_paid or self.is_refunded

    @property
    def is_declined(self) -> bool:
        """Refused or expired."""
        return self.status == OrderStatus.DECLINED

    @property
    def is_expired(self) -> bool:
        """Its life time ran out before it was paid."""
        return self.is_declined and self.action_code == _ACTION_ORDER_EXPIRED

    @property
    def is_unknown(self) -> bool:
        """The bank says something that it does not document."""
        return self.status not in set(OrderStatus)

    @property
    def is_partly_paid(self) -> bool:
        """A part of the hold was taken, and more may follow."""
        return self.status == OrderStatus.RBS_PARTLY_DEPOSITED


def _block(answer: Mapping[str, object], name: str) -> Mapping[str, object]:
    block = answer.get(name)
    return block if isinstance(block, dict) else {}


def _integer(block: Mapping[str, object], name: str, limit: int = MAX_AMOUNT) -> int | None:
    """Read a whole number from 0, also when it came as a text."""
    value = block.get(name)
    if value is None:
        return None
    text = number_or_text(value)
    if text is None or not re.fullmatch(r'[0-9]{1,12}', text) or int(text) > limit:
        raise _unreadable(name)
    return int(text)


def _action_code(answer: Mapping[str, object]) -> int | None:
    text = number_or_text(answer.get('actionCode'))
    return int(text) if text and re.fullmatch(r'-?[0-9]{1,7}', text) else None


def _currency(answer: Mapping[str, object]) -> str | None:
    number = _integer(answer, 'currency', limit=999)
    if number is None:
        return None
    return CURRENCY_NUMBER if number == 810 else f'{number:03}'


def _order_number(answer: Mapping[str, object]) -> str | None:
    value = answer.get('orderNumber')
    if value is None:
        return None
    number = number_or_text(value)
    if number is None or not 1 <= len(number) <= 36 or not number.isprintable():
        raise _unreadable('orderNumber')
    return number


def _order_id(answer: Mapping[str, object]) -> str | None:
    """Find the bank's id: the attribute `mdOrder`, from a list or an object; or at the top."""
    ids = {str(value) for name, value in attributes_in(answer) if name == 'mdOrder'}
    ids = ids or {str(answer[name]) for name in ('mdOrder', 'orderId') if answer.get(name)}
    if not ids:
        return None
    if len(ids) > 1 or not re.fullmatch(r'[0-9a-f-]{1,36}', order_id := ids.pop()):
        raise _unreadable('mdOrder')
    return order_id


def _text(block: Mapping[str, object], name: str) -> str | None:
    return printable_or_none(block.get(name))


def _flag(block: Mapping[str, object], name: str) -> bool | None:
    value = block.get(name)
    return {'true': True, 'false': False}.get(str(value).lower())


def _binding_id(binding: Mapping[str, object]) -> str | None:
    value = binding.get('bindingId')
    return value if isinstance(value, str) and is_binding_id(value) else None


def _masked_pan(card: Mapping[str, object]) -> str | None:
    numbers = (card.get('maskedPan'), card.get('pan'))
    return next(filter(is_masked_pan, numbers), None)


def _unreadable(name: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        _lt("The bank's answer has a value of %(name)s that can't be read.", name=name)
    )
