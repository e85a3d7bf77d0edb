"""The rehearsal for going live: what can be asked of a bank with a login, without paying anything.

Every order that is registered is of 1 rouble and declined again.
"""

import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .addresses import host_of, is_loopback
from .calls import Credentials, NewOrder, Registered
from .client import GatewayClient
from .connection import UNKNOWN_ID, find_home, other_places
from .dialects import Dialect
from .errors import GatewayError, OrderNotFound, Refused, Unavailable, UnexpectedAnswer
from .exchange import Exchange
from .hosts import GATEWAYS
from .text import order_number
from .tls import Tls, look_at_tls

__all__ = ['Rehearsal', 'Step', 'is_live', 'rehearse']

_Result = TypeVar('_Result')

_ONE_ROUBLE = 100

# What the models read of an order that is not paid yet; see README.md.
_STATUS_FIELDS = (
    'orderStatus',
    'orderNumber',
    'amount',
    'currency',
    'actionCode',
    'actionCodeDescription',
    'attributes',
    'paymentAmountInfo',
)


@dataclass(frozen=True)
class Step:
    """One thing that was tried.

    :ivar name: What was tried.
    :ivar error: Why it failed; None when it went as it should.
    :ivar exchange: The last call of it, masked; None if none was made.
    :ivar seconds: How long it took.
    """

    name: str
    error: GatewayError | None
    exchange: Exchange | None
    seconds: float


@dataclass
class Rehearsal:
    """What came out.

    :ivar base_url: API base that was asked.
    :ivar dialect: The dialect that was spoken.
    :ivar tls: What the gateway showed when an encrypted connection was made.
    :ivar steps: All that was tried, in this order.
    :ivar present: Fields and blocks that the status answer had.
    :ivar missing: Those that the addon would read, and that it had not.
    :ivar unknown_fields: Optional fields with which the bank refused an order.
    :ivar page_host: Host of the payment page.
    :ivar page_hosts: Hosts that the preset knows; None without a preset.
    :ivar left_open: Our numbers of the orders that may still be open at the bank.
    :ivar works_in: The dialect that the bank understood instead.
    """

    base_url: str
    dialect: Dialect
    tls: Tls
    steps: list[Step] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown_fields: list[str] = field(default_factory=list)
    page_host: str | None = None
    page_hosts: Collection[str] | None = None
    left_open: list[str] = field(default_factory=list)
    works_in: Dialect | None = None

    @property
    def failure(self) -> GatewayError | None:
        """Why no payment could be taken, or None if one could."""
        return next((step.error for step in self.steps if step.error and _is_needed(step)), None)

    @property
    def is_page_unknown(self) -> bool:
        """No payer would be sent to the payment page: it is on a host that nobody vouches for."""
        return bool(
            self.page_host and self.page_hosts is not None and self.page_host not in self.page_hosts
        )

    @property
    def can_take_payments(self) -> bool:
        """A payer could have paid the order."""
        return not self.failure and not self.is_page_unknown


def rehearse(
    dialect: Dialect,
    address: str,
    credentials: Credentials,
    *,
    shop_url: str,
    ca_bundle: str | None = None,
    page_hosts: Collection[str] | None = None,
) -> Rehearsal:
    """Walk through everything that can be asked without a payment.

    :param address: Of the gateway.
    :param shop_url: Address of the shop, which the bank is given to come back to.
    :param ca_bundle: File with the trusted certificate authorities.
    :param page_hosts: Hosts of payment pages that the preset knows; None without a preset.
    :raise ValueError: If the address or the credentials can't be used.
    """
    walk = _Walk(dialect, address, credentials, shop_url, ca_bundle)
    walk.result.page_hosts = page_hosts
    if walk.bare_order():
        walk.unknown_order()
        walk.optional_fields()
    elif walk.was_answered():
        places = other_places(None, walk.result.base_url, dialect)
        home = find_home(places, credentials, shop_url, ca_bundle=ca_bundle)
        walk.result.works_in = home.dialect if home else None
    return walk.result


def is_live(address: str) -> bool:
    """Tell whether an address may be a live gateway: all are, but those known to be for tests."""
    tests = {host_of(preset.test_url) for preset in GATEWAYS.values()}
    live = {host_of(preset.live_url) for preset in GATEWAYS.values()}
    host = host_of(address)
    return not is_loopback(host) and host not in tests - live


class _Walk:
    def __init__(
        self,
        dialect: Dialect,
        address: str,
        credentials: Credentials,
        shop_url: str,
        ca_bundle: str | None,
    ):
        self._exchanges: list[Exchange] = []
        self._client = GatewayClient(
            dialect,
            address,
            credentials,
            ca_bundle=ca_bundle,
            on_exchange=self._exchanges.append,
        )
        self._shop_url = shop_url
        self.result = Rehearsal(
            self._client.base_url, dialect, look_at_tls(self._client.base_url, ca_bundle)
        )

    def bare_order(self) -> bool:
        """Register, ask and decline an order with nothing optional; tell whether it could be."""
        order = self._new_order()
        registered = self._register('register 1 rouble', order)
        if not registered:
            return False
        self.result.page_host = host_of(registered.form_url)
        self._try(
            'ask by id',
            lambda: self._client.get_order_status_extended(order_id=registered.order_id),
        )
        self._note_fields(self._exchanges[-1].answer or {})
        self._try(
            'ask by number',
            lambda: self._client.get_order_status_extended(order_number=order.order_number),
        )
        self._decline('decline', order, registered)
        return True

    def unknown_order(self) -> None:
        """Ask about an order that the bank can't know: being told so is what should happen."""

        def ask() -> None:
            try:
                self._client.get_order_status_extended(order_id=UNKNOWN_ID)
            except Refused as refusal:
                if not (isinstance(refusal, OrderNotFound) or refusal.may_mean_not_found):
                    raise

        self._try('ask about an unknown order', ask)

    def optional_fields(self) -> None:
        """Register an order with each of the optional fields alone."""
        bare = self._new_order()
        fields = {
            'description': replace(bare, description='Rehearsal'),
            'email': replace(bare, email='rehearsal@example.com'),
            'language': replace(bare, language='ru'),
            'sessionTimeoutSecs': replace(bare, session_timeout_secs=1200),
            'dynamicCallbackUrl': replace(bare, callback_url=self._shop_url),
        }
        for name, filled in fields.items():
            order = replace(filled, order_number=_new_number())
            if registered := self._register(f'field {name}', order):
                self._decline(f'decline after {name}', order, registered)
            elif isinstance(self.result.steps[-1].error, Refused):
                self.result.unknown_fields.append(name)

    def was_answered(self) -> bool:
        """Tell whether anybody answered the first call, so that another dialect may help."""
        return self._exchanges[0].http_status is not None

    def _register(self, name: str, order: NewOrder) -> Registered | None:
        registered = self._try(name, lambda: self._client.register(order))
        error = self.result.steps[-1].error
        if error and error.may_have_reached:
            self._close_if_there(order)
        return registered

    def _close_if_there(self, order: NewOrder) -> None:
        """Decline an order whose registration is uncertain, if the bank has it."""
        try:
            found = self._client.get_order_status_extended(order_number=order.order_number)
            self._client.decline(found.order_id or '')
        except Refused as refusal:
            if not refusal.may_mean_not_found:
                self.result.left_open.append(order.order_number)
        except (GatewayError, ValueError):
            self.result.left_open.append(order.order_number)

    def _decline(self, name: str, order: NewOrder, registered: Registered) -> None:
        self._try(name, lambda: self._client.decline(registered.order_id))
        if self.result.steps[-1].error:
            self.result.left_open.append(order.order_number)

    def _try(self, name: str, call: Callable[[], _Result]) -> _Result | None:
        started, before = time.monotonic(), len(self._exchanges)
        result, error = None, None
        try:
            result = call()
        except GatewayError as failure:
            error = failure
        exchange = self._exchanges[-1] if len(self._exchanges) > before else None
        self.result.steps.append(Step(name, error, exchange, time.monotonic() - started))
        return result

    def _note_fields(self, answer: dict[str, object]) -> None:
        self.result.present = sorted(answer)
        self.result.missing = [name for name in _STATUS_FIELDS if name not in answer]

    def _new_order(self) -> NewOrder:
        return NewOrder(
            _new_number(),
            _ONE_ROUBLE,
            self._shop_url,
            language=None,
            session_timeout_secs=None,
        )


def _new_number() -> str:
    return order_number('REHEARSAL', secrets.token_hex(8))


def _is_needed(step: Step) -> bool:
    """Tell whether no payment can be taken when this fails: optional fields can be left out."""
    if step.name.startswith('field '):
        return False
    return step.name.startswith(('register', 'ask by id')) or isinstance(
        step.error, UnexpectedAnswer | Unavailable
    )
