"""The control API: for the demo, the tests and the audit, not a part of any gateway.

JSON over HTTP under ``/control``. What is asked wrongly gets 400, what is not there 404, and
what the bank refuses to do 409, each with ``{"error": …}``.
"""

import json
from typing import Any, Final

from werkzeug.wrappers import Request, Response

from . import codes, schemas
from .answers import reported_status
from .bank import Bank
from .cards import ACS_CODE, TEST_CARDS, CardEntry
from .ledger import ledger
from .merchants import Merchant
from .orders import Instrument, Order, Status
from .refusals import Reason, Refusal

_WALLETS: Final = {'sbp': 'SBP_C2B', 'sberpay': 'SBERPAY'}
_IDLE_TIMEOUT: Final = 30.0


class NotThere(Exception):
    """What the control API was asked about does not exist."""


class Control:
    """Handlers of the control API; `app` has their routes."""

    def __init__(self, bank: Bank):
        self._bank = bank

    def serve(self, request: Request, handler: str, **arguments: str) -> Response:
        """Call a handler and put what it returns, or why it does not, into JSON."""
        try:
            return _json(getattr(self, handler)(request, **arguments))
        except NotThere as error:
            return _json({'error': str(error)}, 404)
        except Refusal as refusal:
            missing = refusal.reason is Reason.ORDER_NOT_FOUND
            return _json({'error': str(refusal)}, 404 if missing else 409)
        except ValueError as error:
            return _json({'error': str(error)}, 400)

    def health(self, _request: Request) -> dict[str, Any]:
        return {
            'now': self._bank.clock.now(),
            'time_scale': self._bank.clock.scale,
            'orders': len(self._bank.orders),
            'callbacks_under_way': self._bank.courier.under_way,
        }

    # --- shops ----------------------------------------------------------------------------------

    def merchants(self, _request: Request) -> list[dict[str, Any]]:
        return [merchant.public_view() for merchant in self._bank.merchants]

    def merchant(self, _request: Request, login: str) -> dict[str, Any]:
        return self._merchant(login).public_view()

    def put_merchant(self, request: Request, login: str) -> dict[str, Any]:
        settings = _body(request)
        with self._bank.lock:
            return self._bank.merchants.put(login, settings).public_view()

    def faults(self, _request: Request, login: str) -> dict[str, Any]:
        return self._bank.faults.view(self._merchant(login).login)

    def put_faults(self, request: Request, login: str) -> dict[str, Any]:
        self._bank.faults.replace(self._merchant(login).login, _body(request))
        return self._bank.faults.view(login)

    def add_faults(self, request: Request, login: str) -> dict[str, Any]:
        self._bank.faults.append(self._merchant(login).login, _body(request))
        return {}

    # --- orders ---------------------------------------------------------------------------------

    def orders(self, request: Request) -> list[dict[str, Any]]:
        login, number = request.args.get('login', ''), request.args.get('orderNumber', '')
        if login and number:
            found = self._bank.orders.by_number(login, number)
            orders = [found] if found else []
        else:
            orders = [
                order
                for order in self._bank.orders
                if login in ('', order.login) and number in ('', order.number)
            ]
        return [self._view(order) for order in orders]

    def order(self, _request: Request, order_id: str) -> dict[str, Any]:
        return self._view(self._bank.order(order_id))

    def pay(self, request: Request, order_id: str) -> dict[str, Any]:
        """Pay without a browser, through the same verbs as the payment page."""
        what = _body(request, schemas.PAY)
        order = self._bank.order(order_id)
        if what.get('late'):
            self._bank.approve_late(order, _instrument(what))
        elif order.status is Status.ACS_STARTED:
            self._finish_challenge(order, what.get('outcome', 'paid'))
        else:
            self._start(order, what, request.remote_addr or '')
        return self._view(order)

    def expire(self, _request: Request, order_id: str) -> dict[str, Any]:
        order = self._bank.order(order_id)
        self._bank.expire(order)
        return self._view(order)

    def reverse(self, request: Request, order_id: str) -> dict[str, Any]:
        order = self._bank.order(order_id)
        self._bank.reverse(order, _body(request, schemas.AMOUNT_OPTIONAL).get('amount'))
        return self._view(order)

    def refund(self, request: Request, order_id: str) -> dict[str, Any]:
        order = self._bank.order(order_id)
        self._bank.refund(order, _body(request, schemas.AMOUNT)['amount'])
        return self._view(order)

    def deposit(self, request: Request, order_id: str) -> dict[str, Any]:
        order = self._bank.order(order_id)
        amount = _body(request, schemas.AMOUNT_OPTIONAL).get('amount', order.approved)
        self._bank.deposit(order, amount)
        return self._view(order)

    def notify(self, request: Request, order_id: str) -> dict[str, Any]:
        what = _body(request, schemas.NOTIFY)
        if 'parameters' in what:
            what['overrides'] = what.pop('parameters')
        delivery = self._bank.notify(self._bank.order(order_id), **what)
        if not delivery:
            raise ValueError("Neither the order nor its merchant has a callback address.")
        delivery.tried.wait(_IDLE_TIMEOUT)
        with self._bank.lock:
            return delivery.view()

    # --- the bank -------------------------------------------------------------------------------

    def clock(self, request: Request) -> dict[str, Any]:
        self._bank.advance(_body(request, schemas.ADVANCE)['advance'])
        return self.health(request)

    def idle(self, request: Request) -> dict[str, Any]:
        """Wait until no request to a shop is under way."""
        timeout = _body(request, schemas.IDLE).get('timeout', _IDLE_TIMEOUT)
        return {'idle': self._bank.courier.wait_idle(timeout)}

    def ledger(self, request: Request) -> dict[str, Any]:
        return ledger(self._bank, request.args.get('login', ''))

    def receipts(self, request: Request) -> list[dict[str, Any]]:
        """Receipts and what became of them, by ``login`` and ``orderNumber``."""
        login, number = request.args.get('login', ''), request.args.get('orderNumber', '')
        with self._bank.lock:
            return [
                receipt.view()
                for receipt in self._bank.registers
                if login in ('', receipt.order.login) and number in ('', receipt.order.number)
            ]

    def requests(self, request: Request) -> list[dict[str, Any]]:
        wanted = {
            'login': request.args.get('login'),
            'method': request.args.get('method'),
            'order_number': request.args.get('orderNumber'),
        }
        return [
            call.view()
            for call in self._bank.journal
            if all(value in (None, getattr(call, name)) for name, value in wanted.items())
        ]

    def cards(self, _request: Request) -> list[dict[str, Any]]:
        return [
            {
                'pan': card.pan,
                'expiry': card.expiry,
                'cvc': card.cvc,
                'note': card.note_en,
                'acs_code': ACS_CODE if card.challenge else None,
                'actionCode': card.action_code,
            }
            for card in TEST_CARDS
        ]

    # --- inside ---------------------------------------------------------------------------------

    def _merchant(self, login: str) -> Merchant:
        merchant = self._bank.merchants.by_login(login)
        if not merchant:
            raise NotThere(f"No merchant {login}.")
        return merchant

    def _start(self, order: Order, what: dict[str, Any], payer_ip: str):
        outcome = what.get('outcome')
        instrument = _instrument(what)
        if not outcome and instrument.card:
            self._bank.pay_by_card(order, instrument.card, payer_ip)
        elif outcome == 'declined':
            code = what.get('actionCode', codes.INSUFFICIENT_FUNDS)
            self._bank.conclude(order, instrument, code, payer_ip)
        elif outcome == 'processing':
            self._bank.start_processing(order, instrument)
        elif outcome in ('3ds', '3ds_fail'):
            self._bank.start_challenge(order, instrument)
            if outcome == '3ds_fail':
                self._finish_challenge(order, outcome)
        else:
            self._bank.conclude(order, instrument, codes.APPROVED, payer_ip)

    def _finish_challenge(self, order: Order, outcome: str):
        self._bank.answer_challenge(order, ACS_CODE if outcome == 'paid' else 'wrong')

    def _view(self, order: Order) -> dict[str, Any]:
        registration = order.registration
        merchant = self._bank.merchant_of(order)
        with self._bank.lock:
            return {
                'login': order.login,
                'orderId': order.order_id,
                'orderNumber': order.number,
                'state': order.status.name,
                'orderStatus': order.status.value,
                'reportedStatus': reported_status(merchant, order).value,
                'actionCode': order.action_code,
                'attempts': order.attempts,
                'amount': order.amount,
                'approvedAmount': order.approved,
                'depositedAmount': order.deposited,
                'refundedAmount': order.refunded,
                'reversedAmount': order.reversed,
                'currency': registration.currency,
                'two_stage': registration.two_stage,
                'returnUrl': registration.return_url,
                'failUrl': registration.fail_url,
                'callbackUrl': registration.callback_url or merchant.callback.url,
                'created_at': order.created_at,
                'expires_at': registration.expires_at,
                'register': dict(registration.parameters),
                'operations': [vars(operation) for operation in order.operations],
                'callbacks': [delivery.view() for delivery in order.deliveries],
                'history': [{'moment': moment, 'event': event} for moment, event in order.history],
            }


def _instrument(what: dict[str, Any]) -> Instrument:
    """What to pay with: the test card or the wallet that is named, else the first test card."""
    if 'method' in what:
        return Instrument(_WALLETS[what['method']])
    try:
        return Instrument('CARD', CardEntry.of_test_card(what.get('card', TEST_CARDS[0].pan)))
    except KeyError as error:
        raise ValueError("Not one of the test cards.") from error


def _body(request: Request, schema: dict[str, Any] | None = None) -> Any:
    """The request's JSON; nothing counts as an empty object."""
    text = request.get_data(as_text=True)
    value = json.loads(text) if text.strip() else {}
    if schema:
        schemas.check(schema, value)
    return value


def _json(value: Any, status: int = 200) -> Response:
    text = json.dumps(value, ensure_ascii=False)
    return Response(text, status, content_type='application/json; charset=utf-8')
