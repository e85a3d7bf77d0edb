"""An order and its life: the states, what may happen in each, and what it does to the money.

Source: the order states and the rules of ``deposit``, ``reverse``, ``refund`` and ``decline`` in
the bank's OpenAPI 1.0.7. Nothing here locks, waits or talks to anybody; `bank.Bank` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from . import codes
from .cards import CardEntry
from .cart import Cart
from .clock import is_same_day
from .operations import Operation, Rules, new_reference
from .refusals import Reason, Refusal

#: The payer may try this often within an order's life.
MAX_ATTEMPTS: Final = 3

#: An order's life in seconds unless the shop says otherwise.
DEFAULT_LIFE: Final = 1200

#: What every contract allows.
_STRICT: Final = Rules()


class Status(IntEnum):
    """``orderStatus`` of getOrderStatusExtended.do."""

    REGISTERED = 0
    HELD = 1
    DEPOSITED = 2
    REVERSED = 3
    REFUNDED = 4
    ACS_STARTED = 5
    DECLINED = 6
    PARTLY_DEPOSITED = 8


PAYMENT_STATES: Final = {
    Status.REGISTERED: 'CREATED',
    Status.HELD: 'APPROVED',
    Status.DEPOSITED: 'DEPOSITED',
    Status.REVERSED: 'REVERSED',
    Status.REFUNDED: 'REFUNDED',
    Status.ACS_STARTED: 'CREATED',
    Status.DECLINED: 'DECLINED',
    # The documents have no word of their own for it.
    Status.PARTLY_DEPOSITED: 'DEPOSITED',
}


@dataclass(frozen=True)
class Registration:
    """What a shop asked for in register.do or registerPreAuth.do, read and checked.

    :param int amount: kopecks.
    :param float expires_at: the end of the order's life, bank time.
    :param float autocompletion_at: when a hold is completed by itself, bank time.
    :param Cart cart: what the cash register is to print, if anything.
    :param dict parameters: the request as it came, without the password.
    """

    login: str
    order_number: str
    amount: int
    currency: str
    two_stage: bool
    return_url: str
    fail_url: str
    expires_at: float
    language: str = 'ru'
    description: str = ''
    client_id: str = ''
    email: str = ''
    phone: str = ''
    callback_url: str = ''
    json_params: Mapping[str, Any] = field(default_factory=dict)
    features: frozenset[str] = frozenset()
    #: Whether an order that only checks a card stays held or paid, of nothing.
    stays_verified: bool = False
    binding_id: str = ''
    has_cart: bool = False
    cart: Cart | None = None
    is_credit: bool = False
    autocompletion_at: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def only_verifies(self) -> bool:
        """Whether the card is only checked, and nothing taken, whatever the amount says."""
        return 'VERIFY' in self.features


@dataclass(frozen=True)
class Instrument:
    """What the payer pays with.

    :param str way: ``paymentWay`` of the gateway: CARD, CARD_BINDING, SBP_C2B, SBERPAY
        or IPOS.
    """

    way: str
    card: CardEntry | None = None


@dataclass(frozen=True)
class Happening:
    """Something that a shop may want to be told of.

    :param str operation: the ``operation`` of a callback.
    :param bool success: its ``status``.
    :param int amount: kopecks that this operation moved.
    :param dict details: parameters that belong to this happening and not to the order.
    """

    operation: str
    success: bool = True
    amount: int = 0
    external_refund_id: str = ''
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Order:
    """An order at the bank.

    :param int financed: kopecks that the bank pays for a credit, None for all of the order.
    :param int approved: kopecks that the issuer has agreed to.
    :param int deposited: kopecks taken and not reversed; refunds do not lower it.
    :param int refunded: kopecks given back by refunds.
    :param int reversed: kopecks that were taken and given back by a reversal.
    :param int charged_back: kopecks that the payer's bank took back.
    :param float hold_ends_at: when the issuer lets a hold go, bank time.
    """

    order_id: str
    registration: Registration
    created_at: float
    status: Status = Status.REGISTERED
    action_code: int = codes.NO_ATTEMPT_YET
    attempts: int = 0
    financed: int | None = None
    approved: int = 0
    deposited: int = 0
    refunded: int = 0
    reversed: int = 0
    charged_back: int = 0
    hold_ends_at: float | None = None
    instrument: Instrument | None = None
    challenge_answer: int = codes.APPROVED
    payer_ip: str = ''
    #: Whether the payer lets the shop keep the card.
    is_to_be_kept: bool = True
    binding_id: str = ''
    #: What SBP says about the account that was bound, as ``attributes`` of the answer.
    bound_account: Mapping[str, str] = field(default_factory=dict)
    reference_number: str = ''
    approval_code: str = ''
    authorized_at: float | None = None
    deposited_at: float | None = None
    refunded_at: float | None = None
    reversed_at: float | None = None
    declined_at: float | None = None
    operations: list[Operation] = field(default_factory=list)
    refund_keys: dict[str, int] = field(default_factory=dict)
    history: list[tuple[float, str]] = field(default_factory=list)
    deliveries: list[Any] = field(default_factory=list)

    # --- what it is -----------------------------------------------------------------------------

    @property
    def login(self) -> str:
        return self.registration.login

    @property
    def number(self) -> str:
        return self.registration.order_number

    @property
    def amount(self) -> int:
        return self.registration.amount if self.financed is None else self.financed

    @property
    def attempts_left(self) -> int:
        return MAX_ATTEMPTS - self.attempts

    @property
    def is_paid(self) -> bool:
        """Whether the payer's part went well, whatever happened to the money afterwards."""
        return self.authorized_at is not None

    @property
    def taken(self) -> int:
        """Kopecks taken from the payer, before anything went back."""
        return self.deposited + self.reversed

    @property
    def returned(self) -> int:
        """Kopecks given back to the payer, or taken back."""
        return self.refunded + self.reversed + self.charged_back

    @property
    def refundable(self) -> int:
        """Kopecks that are left to refund."""
        return self.deposited - self.refunded - self.charged_back

    @property
    def held(self) -> int:
        """Kopecks that are blocked on the payer's card and not taken."""
        is_open = self.status in (Status.HELD, Status.PARTLY_DEPOSITED)
        return self.approved - self.deposited if is_open else 0

    def is_overdue(self, now: float) -> bool:
        unfinished = self.status in (Status.REGISTERED, Status.ACS_STARTED)
        return unfinished and now >= self.registration.expires_at

    # --- the payer ------------------------------------------------------------------------------

    def start_challenge(self, instrument: Instrument, answer: int, now: float):
        """The issuer asks for a code; ``answer`` is what it says once the code is right."""
        self._require(Status.REGISTERED)
        self.status = Status.ACS_STARTED
        self.instrument = instrument
        self.challenge_answer = answer
        self._note(now, "3-D Secure started")

    def finance(self, amount: int):
        """Make ``amount`` kopecks of a credit the order's amount."""
        self._require(Status.REGISTERED)
        if not self.registration.is_credit or not 0 < amount <= self.registration.amount:
            raise Refusal(Reason.WRONG_AMOUNT, f'{amount} kopecks of a credit')
        self.financed = amount

    def approve(self, instrument: Instrument, now: float) -> list[Happening]:
        """The issuer agrees: the money is held, or taken at once."""
        self._require(Status.REGISTERED, Status.ACS_STARTED)
        return self._approve(instrument, now)

    def approve_late(self, instrument: Instrument, now: float) -> list[Happening]:
        """The issuer's agreement arrives after the order was given up."""
        self._require(Status.DECLINED)
        return self._approve(instrument, now)

    def decline_attempt(
        self, instrument: Instrument, action_code: int, now: float
    ) -> list[Happening]:
        """The issuer refuses. The third time the order is over."""
        self._require(Status.REGISTERED, Status.ACS_STARTED)
        self.attempts += 1
        self.instrument = instrument
        self.status = Status.REGISTERED
        self.action_code = action_code
        self.declined_at = now
        self._note(now, f"attempt {self.attempts} declined, action code {action_code}")
        if self.attempts >= MAX_ATTEMPTS:
            self.status = Status.DECLINED
            self.action_code = codes.ATTEMPTS_EXHAUSTED
            self._note(now, "attempts exhausted")
        return [Happening('approved' if self.registration.two_stage else 'deposited', False)]

    def start_processing(self, instrument: Instrument, now: float):
        """SBP has taken the payer's order and not answered yet."""
        self._require(Status.REGISTERED)
        self.instrument = instrument
        self.action_code = codes.SBP_IN_PROCESSING
        self._note(now, "SBP operation in processing")

    def expire(self, now: float) -> list[Happening]:
        """The life of the order ends unpaid."""
        self._require(Status.REGISTERED, Status.ACS_STARTED)
        self.status = Status.DECLINED
        self.action_code = codes.ORDER_EXPIRED
        self.declined_at = now
        self._note(now, "expired")
        return [Happening('declinedByTimeout')]

    # --- the shop -------------------------------------------------------------------------------

    def cancel(self, now: float):
        """decline.do: the shop gives the order up before anybody has started to pay it."""
        self._require(Status.REGISTERED)
        self.status = Status.DECLINED
        self.declined_at = now
        self._note(now, "declined by the shop")

    def deposit(self, amount: int, now: float, rules: Rules = _STRICT) -> list[Happening]:
        """deposit.do: take ``amount`` kopecks of a hold and release the rest.

        Where a hold is completed in parts, the rest stays held until the last one.
        """
        if self.status not in (Status.HELD, Status.PARTLY_DEPOSITED):
            raise Refusal(Reason.NO_HOLD, f'status {self.status.value}')
        if amount <= 0:
            raise Refusal(Reason.WRONG_AMOUNT, 'nothing to complete')
        if amount > self.held:
            raise Refusal(Reason.HOLD_EXCEEDED, f'{amount} of {self.held} kopecks')
        is_last = amount == self.held or not rules.completes_in_parts
        self.status = Status.DEPOSITED if is_last else Status.PARTLY_DEPOSITED
        self.deposited += amount
        self.deposited_at = now
        self._book(now, 'COMPLETION', amount)
        return [Happening('deposited', amount=amount)]

    def reverse(self, amount: int | None, now: float, rules: Rules = _STRICT) -> list[Happening]:
        """reverse.do: release a hold, or take a payment back on the day it was made.

        :param int amount: kopecks of a partial reversal, None for all.
        """
        self._require(Status.HELD, Status.PARTLY_DEPOSITED, Status.DEPOSITED)
        if self.status is not Status.DEPOSITED:
            return self._release_hold(amount, now, rules)
        if self.registration.two_stage and not rules.reverses_completed:
            raise Refusal(Reason.WRONG_STATE, 'the hold was completed')
        if not is_same_day(self.deposited_at, now):
            raise Refusal(Reason.REVERSAL_REFUSED, 'the business day is over')
        if self.reversed_at:
            raise Refusal(Reason.SECOND_REVERSAL)
        back = self._part(amount, self.deposited)
        self.approved -= back
        self.deposited -= back
        self.reversed = back
        self.reversed_at = now
        if not self.deposited:
            self.status = Status.REVERSED
        self._book(now, 'REVERSAL', back)
        return [Happening('reversed', amount=back)]

    def let_go(self, now: float) -> list[Happening]:
        """The issuer lets a hold go by itself."""
        self._require(Status.HELD, Status.PARTLY_DEPOSITED)
        self._note(now, "the hold has ended")
        return self._release_hold(None, now, _STRICT)

    def charge_back(self, amount: int, now: float):
        """The payer's bank takes ``amount`` kopecks back, whatever the shop thinks of it."""
        self._require(Status.DEPOSITED, Status.REFUNDED)
        if not 0 < amount <= self.refundable:
            raise Refusal(Reason.REFUND_EXCEEDED, f'{amount} of {self.refundable} kopecks')
        self.charged_back += amount
        self._note(now, f"chargeback of {amount} kopecks")

    def refund(self, amount: int, now: float, key: str = '') -> list[Happening]:
        """refund.do: give ``amount`` kopecks back.

        :param str key: ``externalRefundId``. The same key with the same amount is the same refund.
        """
        if key and key in self.refund_keys:
            if self.refund_keys[key] != amount:
                raise Refusal(Reason.OTHER_REFUND, f'{key} was for {self.refund_keys[key]}')
            return []
        self._require(Status.DEPOSITED, Status.REFUNDED)
        if amount <= 0:
            raise Refusal(Reason.WRONG_AMOUNT, 'nothing to refund')
        if amount > self.refundable:
            raise Refusal(Reason.REFUND_EXCEEDED, f'{amount} of {self.refundable} kopecks')
        if key:
            self.refund_keys[key] = amount
        self.status = Status.REFUNDED
        self.refunded += amount
        self.refunded_at = now
        self._book(now, 'REFUND', amount, key, new_reference())
        return [Happening('refunded', amount=amount, external_refund_id=key)]

    # --- inside ---------------------------------------------------------------------------------

    def _approve(self, instrument: Instrument, now: float) -> list[Happening]:
        self.instrument = instrument
        self.action_code = codes.APPROVED
        self.authorized_at = now
        self.reference_number, self.approval_code = new_reference()
        amount = 0 if self.registration.only_verifies else self.amount
        happenings = self._authorize(amount, now)
        if self.registration.only_verifies and not self.registration.stays_verified:
            self.status = Status.REVERSED
            self.reversed_at = now
            self._book(now, 'REVERSAL', 0)
            happenings.append(Happening('reversed'))
        return happenings

    def _authorize(self, amount: int, now: float) -> list[Happening]:
        self.approved = amount
        if self.registration.two_stage:
            self.status = Status.HELD
            self._book(now, 'PREAUTHORIZATION', amount)
            return [Happening('approved', amount=amount)]
        self.status = Status.DEPOSITED
        self.deposited = amount
        self.deposited_at = now
        self._book(now, 'AUTHORIZATION', amount)
        return [Happening('deposited', amount=amount)]

    def _release_hold(self, amount: int | None, now: float, rules: Rules) -> list[Happening]:
        """What has been completed by then stays taken."""
        back = self._part(amount, self.held)
        if back < self.held:
            if not rules.releases_in_parts:
                raise Refusal(Reason.REVERSAL_REFUSED, 'a hold is released as a whole')
            if self.reversed_at:
                raise Refusal(Reason.SECOND_REVERSAL)
        self.approved -= back
        self.reversed_at = now
        if not self.approved:
            self.status = Status.REVERSED
        elif self.approved == self.deposited:
            self.status = Status.DEPOSITED
        self._book(now, 'REVERSAL', back)
        return [Happening('reversed', amount=back)]

    def _part(self, amount: int | None, whole: int) -> int:
        """What of the whole is to be reversed.

        :raise Refusal: it is none of it, or a part of an order with a cart.
        """
        if amount is None:
            return whole
        if not 0 < amount <= whole:
            raise Refusal(Reason.WRONG_AMOUNT, f'{amount} of {whole} kopecks')
        if amount < whole and self.registration.has_cart:
            raise Refusal(Reason.REVERSAL_REFUSED, 'part of an order with a cart')
        return amount

    def _require(self, *allowed: Status):
        if self.status not in allowed:
            raise Refusal(Reason.WRONG_STATE, f'status {self.status.value}')

    def _book(
        self,
        now: float,
        operation_type: str,
        amount: int,
        key: str = '',
        reference: tuple[str, str] | None = None,
    ):
        numbers = reference or (self.reference_number, self.approval_code)
        self.operations.append(Operation(now, operation_type, amount, *numbers, key))
        self._note(now, f"{operation_type.lower()} of {amount} kopecks")

    def _note(self, now: float, text: str):
        self.history.append((now, text))
