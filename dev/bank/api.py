"""A call of the gateway from the socket to the answer, with the faults that meet it on the way."""

import logging
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

from werkzeug.wrappers import Request, Response

from . import faults
from .bank import Bank
from .cards import TEST_CARDS, CardEntry
from .codes import APPROVED
from .dialect import Dialect, Incoming
from .faults import Fault
from .journal import Call, masked
from .merchants import ECOM
from .orders import Instrument, Order
from .refusals import Reason, Refusal

_logger = logging.getLogger(__name__)

_JSON: Final = 'application/json; charset=utf-8'

_EARLY: Final = frozenset({'callback_before_register_response'})
_FORCED: Final = {
    'must_change_password': Reason.MUST_CHANGE_PASSWORD,
    'permission_denied': Reason.NOT_PERMITTED,
}
#: Wall seconds that register.do waits for a shop to take an early notification.
_EARLY_TIMEOUT: Final = 25.0


class Api:
    """The routes of one dialect."""

    def __init__(self, bank: Bank, dialect: Dialect):
        self._bank = bank
        self._dialect = dialect

    def serve(self, request: Request, method: str) -> Response:
        """Answer one call.

        :raise ConnectionAbortedError: a fault has cut the line.
        """
        if method not in self._dialect.methods:
            return Response('', 404, mimetype='text/html')
        if not self._allows(request):
            return Response('', 405, {'Allow': 'POST'}, mimetype='text/html')
        exchange = _Exchange(self._bank, self._dialect, request, method)
        return exchange.run()

    def _allows(self, request: Request) -> bool:
        return request.method == 'POST' or (self._dialect.name != ECOM and request.method == 'GET')


class _Exchange:
    """One call and its answer."""

    def __init__(self, bank: Bank, dialect: Dialect, request: Request, method: str):
        self._bank = bank
        self._dialect = dialect
        self._request = request
        self._method = method
        self._began = time.monotonic()
        self._parameters: dict[str, Any] = {}
        self._unreadable: Refusal | None = None
        try:
            self._parameters = dialect.read(request)
        except Refusal as refusal:
            self._unreadable = refusal
        self._login = _claimed_login(bank, self._parameters)
        self._number = _order_number(bank, self._parameters)
        self._struck: list[Fault] = bank.faults.strike(self._login, method, self._number)
        self._note = ''
        self._answer: dict[str, Any] = {}
        self._status = 200

    def run(self) -> Response:
        self._wait(after_commit=False)
        if self._is_struck('drop_connection'):
            self._cut()
        if fault := self._replacement(after_commit=False):
            return self._respond(faults.replacement(fault))
        self._answer = self._carry_out()
        self._notify_early()
        self._wait(after_commit=True)
        if self._is_struck('drop_response_after_commit'):
            self._cut()
        if fault := self._replacement(after_commit=True):
            return self._respond(faults.replacement(fault))
        answer = self._answer
        for fault in self._struck:
            answer = faults.spoil(fault, answer)
        text = faults.encode(self._struck, answer)
        return self._respond(Response(text, self._status, content_type=_JSON))

    def _carry_out(self) -> dict[str, Any]:
        incoming = Incoming(self._method, self._parameters, self._request.host_url.rstrip('/'))
        forced = next((_FORCED[name] for name in _names(self._struck) if name in _FORCED), None)
        try:
            if self._unreadable:
                raise self._unreadable
            return self._dialect.answer(incoming, forced)
        except Refusal as refusal:
            self._note = str(refusal)
            self._status = self._dialect.status_of(refusal)
            return self._dialect.refuse(refusal, self._method, incoming.language)

    def _notify_early(self):
        """Tell the shop about an order that it has not been given yet."""
        order_id = self._answer.get('orderId')
        if not order_id or not self._method.startswith('register'):
            return
        for fault in self._bank.faults.strike(self._login, self._method, self._number, _EARLY):
            self._struck.append(fault)
            order = self._bank.order(order_id)
            delivery = self._early_delivery(order, fault.value or 'created')
            if delivery and delivery.outcome == 'waiting':
                delivery.tried.wait(_EARLY_TIMEOUT)

    def _early_delivery(self, order: Order, what: str):
        if what != 'paid':
            return self._bank.notify(order, operation=what)
        card = CardEntry.of_test_card(TEST_CARDS[0].pan)
        self._bank.conclude(order, Instrument('CARD', card), APPROVED)
        return order.deliveries[-1] if order.deliveries else None

    def _wait(self, after_commit: bool):
        for fault in self._struck:
            if fault.fault == 'slow' and fault.after_commit is after_commit:
                threading.Event().wait(1.0 if fault.seconds is None else fault.seconds)

    def _is_struck(self, name: str) -> bool:
        return any(fault.fault == name for fault in self._struck)

    def _replacement(self, after_commit: bool) -> Fault | None:
        return next(
            (
                fault
                for fault in self._struck
                if fault.fault in faults.REPLACEMENTS and fault.after_commit is after_commit
            ),
            None,
        )

    def _respond(self, response: Response) -> Response:
        self._record(str(response.status_code))
        return response

    def _cut(self) -> NoReturn:
        """End the connection without an answer."""
        self._record('dropped')
        try:
            self._request.environ['werkzeug.socket'].shutdown(socket.SHUT_RDWR)
        except OSError:
            _logger.debug("The caller has hung up already.")
        raise ConnectionAbortedError("A fault has cut the line.")

    def _record(self, answer: str):
        done = '0' if self._answer and self._status == 200 else ''
        code = self._answer.get('errorCode') or self._answer.get('ErrorCode') or done
        call = Call(
            moment=self._bank.clock.now(),
            login=self._login,
            dialect=self._dialect.name,
            method=self._method,
            order_number=self._number or _order_number(self._bank, self._parameters),
            parameters=masked(self._parameters),
            answer=answer,
            error_code=code,
            note=self._note,
            faults=_names(self._struck),
            duration=round(time.monotonic() - self._began, 4),
        )
        self._bank.journal.add(call)
        _logger.info(
            "%s %s %s of %s: %s, errorCode %s%s%s",
            call.dialect,
            call.method,
            call.order_number or '-',
            call.login or '-',
            answer,
            code or '-',
            f', {call.note}' if call.note else '',
            f', faults {", ".join(call.faults)}' if call.faults else '',
        )


def _names(struck: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(fault.fault for fault in struck)


def _claimed_login(bank: Bank, parameters: Mapping[str, Any]) -> str:
    """Who the caller says to be."""
    login, token = parameters.get('userName'), parameters.get('token')
    if isinstance(token, str) and (merchant := bank.merchants.by_token(token)):
        return merchant.login
    return login if isinstance(login, str) else ''


def _order_number(bank: Bank, parameters: Mapping[str, Any]) -> str:
    """Which order the call is about, by the shop's number."""
    order_id, number = parameters.get('orderId'), parameters.get('orderNumber')
    if isinstance(order_id, str) and (order := bank.orders.by_id(order_id)):
        return order.number
    return number if isinstance(number, str) else ''
