"""The client: one method a call, the same for both dialects."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

import requests

from .account_calls import AccountCalls
from .binding_calls import BindingCalls
from .bundle import personal_data_in
from .calls import (
    Call,
    Credentials,
    NewOrder,
    Registered,
    check_amount,
    check_order_id,
    check_order_number,
    check_receipt,
)
from .dialects import Dialect
from .errors import GatewayError, Unavailable, UnexpectedAnswer
from .exchange import Exchange
from .hosts import base_url_of
from .masking import mask
from .order import Order
from .receipt import Receipt
from .receipt_calls import ReceiptCalls
from .receipt_codes import Kind
from .sessions import kept_session
from .text import printable
from .transport import Reply, check_status, post
from .vat_tables import VatTable, vat_tables_of
from .wording import _lt

__all__ = ['GatewayClient']

_logger = logging.getLogger(__name__)

# Seconds. With less, no bank would have a chance to answer.
_SHORTEST_TIME = 0.2

# Calls that change nothing at the bank.
_QUESTIONS = {Call.GET_ORDER_STATUS_EXTENDED, Call.GET_RECEIPT_STATUS, Call.GET_BINDINGS}

# Of the bank's messages about a call, which staff read.
_LANGUAGE = 'ru'


class GatewayClient(ReceiptCalls, BindingCalls, AccountCalls):
    """Talks to one gateway as one merchant.

    Every call that acts is sent once. Each raises a `GatewayError` when it has no usable success,
    and a `ValueError` for arguments that can't be right. All amounts are kopecks. Certificates are
    always verified. A client may be used by several threads.

    :param dialect: `RBS` or `ECOM`.
    :param base_url: API base; an address without a path gets the dialect's usual one.
    :param credentials: The merchant's.
    :param ca_bundle: File with the trusted certificate authorities, e.g. of `ca_bundle_file`;
        None for the usual ones.
    :param session: Session of `new_session` for all calls; None for those that all clients of the
        process share, see `kept_session`.
    :param connect_timeout: Seconds to wait for a connection.
    :param read_timeout: Seconds to wait for the whole answer, once the call is sent.
    :param time_limit: Seconds that all of its calls may take together, counted from now; None for
        no limit.
    :param vat_table: How the gateway numbers the rates of VAT in receipts; None for the newest
        that is known of its dialect.
    :param before_call: Called before each call is made, for example to hold nothing meanwhile.
    :param on_exchange: Is given every call, masked, after its end. If it raises, the call's own
        outcome stands and the failure is logged.
    :raise ValueError: If the address or the credentials can't be used with the dialect.
    """

    def __init__(
        self,
        dialect: Dialect,
        base_url: str,
        credentials: Credentials,
        *,
        ca_bundle: str | None = None,
        session: requests.Session | None = None,
        connect_timeout: float = 10,
        read_timeout: float = 30,
        time_limit: float | None = None,
        vat_table: VatTable | None = None,
        before_call: Callable[[], None] | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ):
        dialect.check_credentials(credentials)
        self.dialect = dialect
        self.base_url = base_url_of(base_url, dialect)
        self.vat_table = vat_table or vat_tables_of(dialect.code)[0]
        self._credentials = credentials
        self._ca_bundle = ca_bundle
        self._session = session
        self._timeout = (connect_timeout, read_timeout)
        self._deadline = None if time_limit is None else time.monotonic() + time_limit
        self._before_call = before_call
        self._on_exchange = on_exchange

    def register(self, order: NewOrder) -> Registered:
        """Register an order that is paid in one stage (Sberbank register.do).

        :raise OrderNumberTaken: If the order number was used before.
        :raise WrongSettings: Also if the payer could not come back to the order's addresses.
        """
        return self._register(Call.REGISTER, order)

    def register_pre_auth(self, order: NewOrder) -> Registered:
        """Register an order whose amount is held first (Sberbank registerPreAuth.do).

        :raise OrderNumberTaken: If the order number was used before.
        :raise WrongSettings: Also if the payer could not come back to the order's addresses.
        """
        return self._register(Call.REGISTER_PRE_AUTH, order)

    def get_order_status_extended(
        self,
        *,
        order_id: str | None = None,
        order_number: str | None = None,
    ) -> Order:
        """Ask for an order by the bank's id or by our number (getOrderStatusExtended.do).

        :raise OrderNotFound: If the bank knows no such order. See `Refused.may_mean_not_found`
            for the answers that may mean it, too.
        """
        fields = _order_reference(order_id, order_number)
        return Order.from_answer(self._call(Call.GET_ORDER_STATUS_EXTENDED, fields))

    def deposit(self, order_id: str, amount: int, *, receipt: Receipt | None = None) -> None:
        """Take a held amount or a part of it; the rest is released (Sberbank deposit.do).

        :param amount: Kopecks.
        :param receipt: Of the lines that are taken.
        :raise ReceiptError: If the receipt is not of this amount, or can't be said; nothing was
            sent.
        """
        fields = _order_amount(order_id, amount)
        if receipt:
            check_receipt(receipt, Kind.SELL, amount)
            fields |= self.dialect.receipt_fields(Call.DEPOSIT, receipt, self.vat_table)
        self._call(Call.DEPOSIT, fields)

    def reverse(
        self, order_id: str, amount: int | None = None, *, receipt: Receipt | None = None
    ) -> None:
        """Release a hold, or take back a payment of the same day (Sberbank reverse.do).

        The bank allows it once an order, and with a receipt only of everything.

        :param amount: Kopecks; None for everything.
        :param receipt: Of the return. The older gateway is told none: it returns what it has.
        :raise ReceiptError: If the receipt is not of this amount, or can't be said; nothing was
            sent.
        """
        fields = _order_reference(order_id)
        if amount is not None:
            fields = _order_amount(order_id, amount)
        if receipt:
            check_receipt(receipt, Kind.SELL_REFUND, amount)
            fields |= self.dialect.receipt_fields(Call.REVERSE, receipt, self.vat_table)
        self._call(Call.REVERSE, fields)

    def refund(
        self,
        order_id: str,
        amount: int,
        *,
        external_refund_id: str | None = None,
        receipt: Receipt | None = None,
    ) -> None:
        """Give money back, in one or several parts (Sberbank refund.do).

        :param amount: Kopecks.
        :param external_refund_id: Makes the refund repeatable: the bank carries out only one with
            the same key and data for an order (bank's OpenAPI 1.0.7). 1 to 36 of
            `[A-Za-z0-9_-]`.
        :param receipt: Of the lines that go back.
        :raise ReceiptError: If the receipt is not of this amount, or can't be said; nothing was
            sent.
        """
        fields = _order_amount(order_id, amount)
        if external_refund_id is not None:
            if not re.fullmatch(r'[A-Za-z0-9_-]{1,36}', external_refund_id):
                raise ValueError(f"This can't be a refund's key: {external_refund_id!r}.")
            fields |= self.dialect.refund_key(external_refund_id)
        if receipt:
            check_receipt(receipt, Kind.SELL_REFUND, amount)
            fields |= self.dialect.receipt_fields(Call.REFUND, receipt, self.vat_table)
        self._call(Call.REFUND, fields)

    def decline(self, order_id: str) -> None:
        """Close an order that nobody has begun to pay (Sberbank decline.do)."""
        self._call(Call.DECLINE, _order_reference(order_id))

    def _register(self, call: Call, order: NewOrder) -> Registered:
        fields = self.dialect.order_fields(order, self.base_url)
        if order.receipt:
            fields |= self.dialect.receipt_fields(call, order.receipt, self.vat_table)
        answer = self._call(call, fields)
        order_id, form_url = answer.get('orderId'), answer.get('formUrl')
        if not isinstance(order_id, str) or not re.fullmatch(r'[0-9a-f-]{1,36}', order_id):
            raise UnexpectedAnswer(
                _lt("The bank's answer to %(call)s has no order id.", call=call.value)
            )
        if not isinstance(form_url, str) or not re.fullmatch(r'[!-~]{1,2048}', form_url):
            raise UnexpectedAnswer(
                _lt("The bank's answer to %(call)s has no payment page.", call=call.value)
            )
        return Registered(order_id=order_id, form_url=form_url)

    def _call(self, call: Call, fields: Mapping[str, object]) -> dict[str, object]:
        """Carry a call out and return its successful answer."""
        fields = {**self.dialect.authentication(self._credentials), **fields}
        # The bank may quote the payer's e-mail in an error, too.
        secrets = [*self._credentials.secrets, *personal_data_in(fields)]
        url = self.dialect.url_of(call, self.base_url)
        body, headers = self.dialect.encode(call, fields)
        reply: Reply | None = None
        answer: dict[str, object] | None = None
        error: GatewayError | None = None
        timeout = self._get_timeout()
        if self._before_call:
            self._before_call()
        started = time.monotonic()
        try:
            reply = post(
                self._session or self._keep_session(call),
                url,
                body=body,
                headers=headers,
                timeout=timeout,
                ca_bundle=self._ca_bundle,
            )
            answer = self.dialect.refusal_in(call, reply)
            if answer is None:
                check_status(reply, urlsplit(self.base_url).netloc)
                answer = self.dialect.decode(reply.body)
            self.dialect.check(call, answer, secrets)
        except GatewayError as failure:
            error = failure
            raise
        finally:
            self._record(
                Exchange(
                    method=call.value,
                    request=mask(fields, secrets),
                    answer=None if answer is None else mask(answer, secrets),
                    http_status=reply.status if reply else None,
                    duration=time.monotonic() - started,
                    error=error.detail if error else None,
                )
            )
        return answer

    def _keep_session(self, call: Call) -> requests.Session:
        return kept_session(self.base_url, self._ca_bundle, is_question=call in _QUESTIONS)

    def _get_timeout(self) -> tuple[float, float]:
        """Return how long to wait for the connection, and then for the whole answer."""
        if self._deadline is None:
            return self._timeout
        left = self._deadline - time.monotonic()
        if left < _SHORTEST_TIME:
            raise Unavailable(
                _lt("There was no time left to ask the bank."), may_have_reached=False
            )
        connect_timeout = min(self._timeout[0], round(left / 4, 2))
        return connect_timeout, min(self._timeout[1], round(left - connect_timeout, 2))

    def _record(self, exchange: Exchange) -> None:
        # Many people read a log; who pays for what is in the exchange, for fewer.
        _logger.log(
            logging.WARNING if exchange.error else logging.INFO,
            "%s at %s: HTTP %s in %.3f s; order %s; %s",
            exchange.method,
            urlsplit(self.base_url).netloc,
            exchange.http_status,
            exchange.duration,
            ' = '.join(_order_names(exchange)) or None,
            exchange.error or f"errorCode {(exchange.answer or {}).get('errorCode')}",
        )
        if not self._on_exchange:
            return
        try:
            self._on_exchange(exchange)
        except Exception:
            # What the bank did stands, whether or not it could be written down.
            _logger.exception("The exchange %s could not be recorded.", exchange.method)


def _order_reference(
    order_id: str | None = None, order_number: str | None = None
) -> dict[str, object]:
    if order_id is not None and order_number is None:
        check_order_id(order_id)
        return {'orderId': order_id, 'language': _LANGUAGE}
    if order_number is not None and order_id is None:
        check_order_number(order_number)
        return {'orderNumber': order_number, 'language': _LANGUAGE}
    raise ValueError("Name the order either by the bank's id or by our number.")


def _order_names(exchange: Exchange) -> Iterator[str]:
    """Find our number and the bank's id of the order that a call was about."""
    for name in ('orderNumber', 'orderId'):
        value = exchange.request.get(name) or (exchange.answer or {}).get(name)
        if isinstance(value, str):
            yield printable(value, 36)


def _order_amount(order_id: str, amount: int) -> dict[str, object]:
    check_amount(amount)
    return {**_order_reference(order_id), 'amount': amount}
