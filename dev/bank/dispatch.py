"""How notifications leave the bank: at once, or the way that a switched-on fault wants it."""

import threading
from typing import Final

from .callbacks import Courier, Delivery
from .clock import Clock, Scheduler
from .faults import Fault, Faults
from .orders import Order

#: The one about register.do is not about leaving; the dialects' calls see to it.
_KINDS: Final = frozenset({
    'callback_duplicate',
    'callback_simultaneous',
    'callback_out_of_order',
    'callback_after_return',
    'callback_never',
})
_HELD_AT_MOST: Final = 5.0
_AFTER_RETURN: Final = 1.0


class Dispatcher:
    """Hands deliveries to the courier. Called with the bank's lock held; never waits."""

    def __init__(self, clock: Clock, scheduler: Scheduler, courier: Courier, faults: Faults):
        self._clock = clock
        self._scheduler = scheduler
        self._courier = courier
        self._faults = faults
        self._releasing = threading.Lock()
        self._overtaken: dict[str, Delivery] = {}
        self._after_return: dict[str, list[tuple[Delivery, float]]] = {}

    def dispatch(self, order: Order, delivery: Delivery):
        """Let a delivery go, or hold it back for a while."""
        struck = {
            fault.fault: fault
            for fault in self._faults.strike(order.login, delivery.operation, order.number, _KINDS)
        }
        if 'callback_never' in struck:
            delivery.outcome = 'suppressed'
        elif fault := struck.get('callback_after_return'):
            self._hold_until_return(order, delivery, _seconds(fault, _AFTER_RETURN))
        elif 'callback_out_of_order' in struck and order.order_id not in self._overtaken:
            fault = struck['callback_out_of_order']
            self._hold_until_next(order, delivery, _seconds(fault, _HELD_AT_MOST))
        elif fault := struck.get('callback_simultaneous'):
            self._courier.send(delivery, self._then(order), copies=int(fault.value or 10))
        elif fault := struck.get('callback_duplicate'):
            self._send_in_a_row(order, delivery, int(fault.value or 2))
        else:
            self._courier.send(delivery, self._then(order))

    def payer_returned(self, order: Order):
        """Let go what waited for the payer to be back in the shop."""
        for delivery, seconds in self._after_return.pop(order.order_id, ()):
            self._release_in(seconds, delivery)

    def _hold_until_return(self, order: Order, delivery: Delivery, seconds: float):
        delivery.outcome = 'held'
        self._after_return.setdefault(order.order_id, []).append((delivery, seconds))
        # A payer who never returns must not keep the shop waiting for ever.
        self._scheduler.at(order.registration.expires_at, lambda: self.payer_returned(order))

    def _hold_until_next(self, order: Order, delivery: Delivery, seconds: float):
        delivery.outcome = 'held'
        self._overtaken[order.order_id] = delivery
        self._release_in(seconds, delivery)

    def _then(self, order: Order):
        """What follows the first try of a delivery: the one that it has overtaken."""
        overtaken = self._overtaken.pop(order.order_id, None)
        return (lambda: self._release(overtaken)) if overtaken else None

    def _send_in_a_row(self, order: Order, delivery: Delivery, copies: int):
        following = self._then(order)
        for _copy in range(copies - 1):
            copy = delivery.copy()
            order.deliveries.append(copy)
            following = self._sender(copy, following)
        self._courier.send(delivery, following)

    def _sender(self, delivery: Delivery, then):
        return lambda: self._courier.send(delivery, then)

    def _release_in(self, seconds: float, delivery: Delivery):
        moment = self._clock.now() + seconds * self._clock.scale
        self._scheduler.at(moment, lambda: self._release(delivery))

    def _release(self, delivery: Delivery):
        with self._releasing:
            if delivery.outcome != 'held':
                return
            delivery.outcome = 'waiting'
        self._courier.send(delivery)


def _seconds(fault: Fault, default: float) -> float:
    return default if fault.seconds is None else fault.seconds
