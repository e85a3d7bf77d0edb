"""Receipts, and the cash registers that print them after the money has moved.

Source: getReceiptStatus, retryReceipt and doReceipt in the bank's OpenAPI 1.0.7: states, reasons,
recommendations, and when a receipt is sent again. How long a register takes and how it numbers is
this bank's own.
"""

import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Final

from .cart import SELL, Cart
from .clock import Clock, Scheduler, in_moscow
from .faults import RECEIPTS, Faults
from .merchants import Merchant
from .orders import Operation, Order

#: Bank seconds between the gateway's own attempts after a time-out, and until it gives up.
_REPEAT: Final = 3600.0
GIVES_UP: Final = 15 * 3600.0

_TIMEOUT: Final = {
    'code': 1,
    'text': 'Истек срок ожидания регистрации чека в кассовом сервисе.',
    'type': 'timeout',
    'recommendation': 1,
}
_FAILED: Final = {
    'code': 32,
    'text': 'Ошибка регистрации чека. Исправьте данные чека.',
    'type': 'system',
    'recommendation': 2,
}


class State(IntEnum):
    """``receiptStatus`` of the newer gateway."""

    UNDEFINED = 0
    WAITING = 1
    SENT = 2
    DONE = 3
    FAILED = 4
    EXHAUSTED = 5
    BAD_DATA = 6


@dataclass(frozen=True)
class Printed:
    """What the register has put on a receipt. ``moment`` is bank time."""

    number: int
    shift: int
    moment: float
    fn: str
    register: str
    document: int
    sign: int


@dataclass
class Receipt:
    """A receipt from the wish for it on.

    :param str operation: ``type`` of the order's operation that it is for; empty for one apart.
    :param str original: id of the receipt that this one replaces.
    :param str replaced_by: id of the receipt that has replaced this one.
    """

    receipt_id: str
    order: Order
    cart: Cart
    operation: str
    operation_id: str
    created_at: float
    original: str = ''
    state: State = State.WAITING
    error: dict[str, Any] | None = None
    printed: Printed | None = None
    replaced_by: str = ''
    history: list[tuple[float, str]] = field(default_factory=list)

    @property
    def is_failed(self) -> bool:
        return self.state in (State.FAILED, State.EXHAUSTED)

    @property
    def qr_text(self) -> str:
        """The text of the QR code (tag 1196); empty as long as nothing is printed."""
        if not self.printed:
            return ''
        total = self.cart.total
        return (
            f't={in_moscow(self.printed.moment):%Y%m%dT%H%M}&s={total // 100}.{total % 100:02}'
            f'&fn={self.printed.fn}&i={self.printed.document}&fp={self.printed.sign}'
            f'&n={1 if self.cart.kind == "sell" else 2}'
        )

    def view(self) -> dict[str, Any]:
        """All about it, for the control API."""
        cart = self.cart
        return {
            'receiptId': self.receipt_id,
            'orderId': self.order.order_id,
            'orderNumber': self.order.number,
            'login': self.order.login,
            'operation': self.operation,
            'operationId': self.operation_id,
            'original': self.original,
            'replacedBy': self.replaced_by,
            'state': self.state.name,
            'receiptStatus': self.state.value,
            'error': self.error,
            'created_at': self.created_at,
            'kind': cart.kind,
            'version': cart.version,
            'taxSystem': cart.tax_system,
            'inn': cart.inn,
            'email': cart.email,
            'address': cart.address,
            'contact': cart.contact,
            'buyer': cart.buyer,
            'total': cart.total,
            'payments': {str(kind): part for kind, part in cart.payments.items()},
            'items': [
                {**vars(line), 'quantity': format(line.quantity.normalize(), 'f')}
                for line in cart.lines
            ],
            'printed': vars(self.printed) if self.printed else None,
            'qr': self.qr_text,
            'history': [{'moment': moment, 'event': event} for moment, event in self.history],
        }


class Registers:
    """All cash registers and what they were asked to print. The bank's lock guards them."""

    def __init__(
        self,
        clock: Clock,
        scheduler: Scheduler,
        faults: Faults,
        lock: Any,
        merchant_of: Callable[[Order], Merchant],
    ):
        self._clock = clock
        self._scheduler = scheduler
        self._faults = faults
        self._lock = lock
        self._merchant_of = merchant_of
        self._by_id: dict[str, Receipt] = {}
        self._by_order: dict[str, list[Receipt]] = {}
        self._seen: dict[str, int] = {}
        self._documents: dict[str, int] = {}
        self._shifts: dict[tuple[str, str], int] = {}

    def __iter__(self) -> Iterator[Receipt]:
        """Oldest first."""
        return iter(list(self._by_id.values()))

    def by_id(self, receipt_id: str) -> Receipt | None:
        return self._by_id.get(receipt_id)

    def of_order(self, order: Order) -> list[Receipt]:
        return list(self._by_order.get(order.order_id, ()))

    def follow(self, order: Order, cart: Cart | None):
        """Print what the order's latest operations ask for.

        :param cart: what the call asked for; an order's first receipt stands in its registration.
        """
        seen = self._seen.get(order.order_id, 0)
        self._seen[order.order_id] = len(order.operations)
        for operation in order.operations[seen:]:
            if wanted := self._cart_for(order, operation, cart):
                self.ask(order, _addressed(wanted, order), operation.type)

    def _cart_for(self, order: Order, operation: Operation, cart: Cart | None) -> Cart | None:
        registered = order.registration.cart
        prints_hold = self._merchant_of(order).cash_register.hold == 'at_hold'
        match operation.type:
            case 'AUTHORIZATION':
                return registered
            case 'PREAUTHORIZATION':
                return registered if prints_hold else None
            case 'COMPLETION' if prints_hold:
                return None
            case 'COMPLETION':
                is_whole = operation.amount == order.amount
                return cart or (registered if is_whole else None)
            case 'REVERSAL' if not self._has_sold(order):
                return None  # A hold that was released has no receipt to undo.
            case _:
                return cart

    def _has_sold(self, order: Order) -> bool:
        return any(receipt.cart.kind == SELL for receipt in self.of_order(order))

    def ask(
        self, order: Order, cart: Cart, operation: str = '', replaced: Receipt | None = None
    ) -> list[Receipt]:
        """Have a cart printed: as one receipt, or as several if it is too long for one."""
        operation_id = replaced.operation_id if replaced else str(uuid.uuid4())
        size = self._merchant_of(order).cash_register.max_items
        return [
            self._add(order, part, operation, operation_id, replaced) for part in cart.parts(size)
        ]

    def ask_again(self, receipt: Receipt) -> Receipt:
        """Have a failed receipt printed as it is."""
        return self._add(
            receipt.order, receipt.cart, receipt.operation, receipt.operation_id, receipt
        )

    # --- inside ---------------------------------------------------------------------------------

    def _add(
        self,
        order: Order,
        cart: Cart,
        operation: str,
        operation_id: str,
        replaced: Receipt | None,
    ) -> Receipt:
        now = self._clock.now()
        receipt = Receipt(str(uuid.uuid4()), order, cart, operation, operation_id, now)
        if replaced:
            receipt.original = replaced.original or replaced.receipt_id
            replaced.replaced_by = receipt.receipt_id
        self._by_id[receipt.receipt_id] = receipt
        self._by_order.setdefault(order.order_id, []).append(receipt)
        self._note(receipt, 'asked for')
        delay = self._merchant_of(order).cash_register.delay
        self._scheduler.at(now + delay / 2, lambda: self._send(receipt))
        self._scheduler.at(now + delay, lambda: self._register(receipt))
        return receipt

    def _send(self, receipt: Receipt):
        with self._lock:
            if receipt.state is State.WAITING:
                receipt.state = State.SENT
                self._note(receipt, 'sent to the register')

    def _register(self, receipt: Receipt):
        """Print it, or fail."""
        with self._lock:
            if receipt.replaced_by:
                return
            struck = self._faults.strike(
                receipt.order.login,
                receipt.operation or 'doReceipt',
                receipt.order.number,
                RECEIPTS,
            )
            for fault in struck:
                self._fail(receipt, fault.fault, fault.value or {})
            if struck:
                return
            if receipt.cart.flaws:
                self._fail(receipt, 'receipt_failed', {'text': '. '.join(receipt.cart.flaws)})
                return
            self._print(receipt)

    def _fail(self, receipt: Receipt, how: str, differently: dict[str, Any]):
        if how == 'receipt_never':
            receipt.state = State.WAITING
            return
        if how == 'receipt_timeout':
            self._time_out(receipt, differently)
            return
        receipt.state = {
            'receipt_failed': State.FAILED,
            'receipt_exhausted': State.EXHAUSTED,
            'receipt_bad_data': State.BAD_DATA,
        }[how]
        usual = _TIMEOUT if receipt.state is State.EXHAUSTED else _FAILED
        receipt.error = {**usual, **differently}
        self._note(receipt, f'{receipt.state.name}: {receipt.error["text"]}')

    def _time_out(self, receipt: Receipt, differently: dict[str, Any]):
        """The register did not answer: the gateway tries again by itself, for some hours."""
        now = self._clock.now()
        gives_up = receipt.created_at + GIVES_UP
        receipt.state = State.FAILED if now + _REPEAT < gives_up else State.EXHAUSTED
        receipt.error = {**_TIMEOUT, **differently}
        self._note(receipt, f'{receipt.state.name}: the register has not answered')
        if receipt.state is State.FAILED:
            self._scheduler.at(now + _REPEAT, lambda: self._register(receipt))

    def _print(self, receipt: Receipt):
        login, now = receipt.order.login, self._clock.now()
        document = self._documents[login] = self._documents.get(login, 0) + 1
        day = f'{in_moscow(now):%Y-%m-%d}'
        number = self._shifts[login, day] = self._shifts.get((login, day), 0) + 1
        known = zlib.crc32(login.encode())
        receipt.printed = Printed(
            number=number,
            shift=len([place for place in self._shifts if place[0] == login]),
            moment=now,
            fn=f'9999{known:012d}',
            register=f'{known % 10**10:016d}',
            document=document,
            sign=zlib.crc32(receipt.receipt_id.encode()),
        )
        receipt.state, receipt.error = State.DONE, None
        self._note(receipt, f'printed, document {document}')

    def _note(self, receipt: Receipt, text: str):
        receipt.history.append((self._clock.now(), text))


def _addressed(cart: Cart, order: Order) -> Cart:
    """A cart with the payer's contact of the order, where the call has none."""
    registered = order.registration.cart
    if cart.contact or not registered:
        return cart
    return replace(cart, contact=registered.contact)
