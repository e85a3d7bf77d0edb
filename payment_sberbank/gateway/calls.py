"""The calls of the gateway that are used, and the values that go into them and come out."""

import re
from dataclasses import dataclass, field
from enum import Enum

from .accounts import BySbp
from .errors import ReceiptError
from .money import MAX_AMOUNT
from .receipt import Receipt
from .receipt_codes import Kind
from .wording import _lt

__all__ = [
    'Call',
    'CardOnFile',
    'Credentials',
    'NewOrder',
    'Registered',
    'check_amount',
    'check_receipt',
]

_LANGUAGES = ('ru', 'en')


class Call(Enum):
    """A method of the gateway, by the bank's own name."""

    REGISTER = 'register'
    REGISTER_PRE_AUTH = 'registerPreAuth'
    GET_ORDER_STATUS_EXTENDED = 'getOrderStatusExtended'
    DEPOSIT = 'deposit'
    REVERSE = 'reverse'
    REFUND = 'refund'
    DECLINE = 'decline'
    GET_RECEIPT_STATUS = 'getReceiptStatus'
    RETRY_RECEIPT = 'retryReceipt'
    DO_RECEIPT = 'doReceipt'
    GET_BINDINGS = 'getBindings'
    PAYMENT_ORDER_BINDING = 'paymentOrderBinding'
    UNBIND_CARD = 'unbindCard'
    PAYMENT_ORDER_BY_SUBSCRIPTION = 'paymentOrderBySubscription'


@dataclass(frozen=True)
class Credentials:
    """What the bank knows a merchant by. Nothing of it is ever part of the `repr`.

    :ivar username: API login (`userName`), usually ending in `-api` in the rbs dialect.
    :ivar password: API password.
    :ivar token: Takes the place of both in the rbs dialect.
    """

    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must not show up anywhere."""
        return tuple(filter(None, (self.username, self.password, self.token)))


@dataclass(frozen=True)
class CardOnFile:
    """Whose card an order may be kept on file of, or which one it is paid by.

    :ivar client_id: Our name for the payer, 1 to 255 printable ASCII (`clientId`).
    :ivar binding_id: The bank's id of the card on file that alone can pay the order; None for any
        card, which is kept on file if the payer agrees on the bank's page and the contract has it.
    :ivar without_payer: The order is charged by us, with nobody at the bank's page
        (`AUTO_PAYMENT`). Never of the first payment by a card.
    :ivar only_verified: The card is checked and kept, and nothing is taken: an order of 0
        (`VERIFY`).
    :raise ValueError: If a value can't be right: a programming error.
    """

    client_id: str = field(repr=False)
    binding_id: str | None = field(default=None, repr=False)
    without_payer: bool = False
    only_verified: bool = False

    def __post_init__(self) -> None:
        _check(re.fullmatch(r'[!-~]{1,255}', self.client_id), "This can't be a client's id.")
        if self.binding_id is not None:
            check_binding_id(self.binding_id)
        _check(
            self.binding_id or not self.without_payer,
            "Nobody can be charged without the payer and without a card on file.",
        )
        _check(
            not (self.only_verified and self.binding_id),
            "A card that is on file already is not verified.",
        )


@dataclass(frozen=True)
class NewOrder:
    """An order to be registered at the bank (Sberbank register.do).

    :ivar order_number: Our number, `[A-Za-z0-9_-]{1,32}`, unique per login forever.
    :ivar amount: Kopecks; 0 if a card is only verified, and for nothing else.
    :ivar return_url: Absolute address that the payer comes back to; may hold any letters.
    :ivar description: What is paid for; cleaned for the bank on its way.
    :ivar language: Of the payment page: `ru` or `en`; the merchant's default if not given.
    :ivar email: The payer's; left out when the bank would not take it.
    :ivar session_timeout_secs: Life time of the order in seconds; the bank's own default, also if
        not given, is 1200.
    :ivar callback_url: `dynamicCallbackUrl`; left out when the bank can't call it, see
        `Dialect.callback_obstacle`: it then has only the address that is set in its cabinet.
    :ivar receipt: What the cash register prints when the order is paid: income of the same amount.
    :ivar card: The card on file that pays it, or whose card may be kept; None for neither.
    :ivar sbp: That it binds an account by SBP, or is paid from a bound one; None for neither.
    :raise ValueError: If a value can't be right: a programming error.
    :raise ReceiptError: If the receipt is not of the order's amount.
    """

    order_number: str
    amount: int
    return_url: str
    description: str | None = None
    language: str | None = 'ru'
    email: str | None = None
    session_timeout_secs: int | None = 1200
    callback_url: str | None = None
    receipt: Receipt | None = None
    card: CardOnFile | None = None
    sbp: BySbp | None = None

    def __post_init__(self) -> None:
        check_order_number(self.order_number)
        if self.card and self.card.only_verified:
            is_nothing = type(self.amount) is int and self.amount == 0
            _check(is_nothing, "Nothing is taken when a card is verified.")
        else:
            check_amount(self.amount)
        if self.receipt:
            check_receipt(self.receipt, Kind.SELL, self.amount)
        _check(
            self.language is None or self.language in _LANGUAGES,
            f"The bank speaks ru and en, not {self.language!r}.",
        )
        _check(
            self.session_timeout_secs is None
            or (type(self.session_timeout_secs) is int and 0 < self.session_timeout_secs < 10**9),
            "The order's life time must be a whole number of seconds.",
        )


@dataclass(frozen=True)
class Registered:
    """An order that the bank has registered.

    :ivar order_id: The bank's id (`orderId`, `mdOrder`).
    :ivar form_url: Address of the payment page. Check it with `payment_page_allowed` before a
        payer is sent there.
    """

    order_id: str
    form_url: str


def check_amount(amount: int) -> None:
    """:raise ValueError: If this is not a positive number of kopecks that the bank can take."""
    _check(
        type(amount) is int and 0 < amount <= MAX_AMOUNT,
        f"An amount must be a whole number of kopecks above 0, not {amount!r}.",
    )


def check_receipt(receipt: Receipt, kind: Kind, amount: int | None) -> None:
    """Make sure that a receipt is of the operation that it goes with.

    :param amount: Kopecks; None for whatever the receipt comes to.
    :raise ReceiptError: If the bank would refuse it (code 8), or would issue another.
    """
    if receipt.kind is not kind:
        raise ReceiptError(
            _lt(
                "Income and its return are different receipts: this one does not go with the"
                " operation."
            )
        )
    if amount is not None and receipt.total != amount:
        raise ReceiptError(
            _lt(
                "The receipt comes to %(total)s kopecks, the operation to %(amount)s.",
                total=receipt.total,
                amount=amount,
            )
        )


def check_order_number(order_number: str) -> None:
    """:raise ValueError: If this can't be an order number of ours."""
    _check(
        re.fullmatch(r'[A-Za-z0-9_-]{1,32}', order_number),
        f"An order number must be 1 to 32 of A-Z, a-z, 0-9, _ and -, not {order_number!r}.",
    )


def check_order_id(order_id: str) -> None:
    """:raise ValueError: If this can't be an id that the bank gave an order."""
    _check(
        re.fullmatch(r'[0-9a-f-]{1,36}', order_id),
        f"This is no order id of the bank: {order_id!r}.",
    )


def check_binding_id(binding_id: str) -> None:
    """:raise ValueError: If this can't be the bank's id of a card on file."""
    _check(is_binding_id(binding_id), "This is no id of a card on file.")


def is_binding_id(value: object) -> bool:
    """Tell whether this can be the bank's id of a card on file."""
    return isinstance(value, str) and bool(re.fullmatch(r'[0-9A-Za-z-]{1,36}', value))


def _check(condition: object, reason: str) -> None:
    if not condition:
        raise ValueError(reason)
