"""Notifications: what a shop is told, how it is signed, and the repeats until it answers 200.

Sources: ``callbackRequest`` of the bank's OpenAPI 1.0.7 (newer gateway), the vendor's
documentation of callback notifications (older gateway).
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Final

import requests

from . import codes, signing
from .clock import Clock, Scheduler
from .merchants import ECOM, Merchant
from .orders import Happening, Order, Status

_logger = logging.getLogger(__name__)

MAX_TRIES: Final = 3

#: Bank seconds between two tries.
REPEAT_AFTER: Final = {'rbs': 30.0, 'ecom': 60.0}

#: Wall seconds to connect and to wait for the answer.
_TIMEOUT: Final = (10.0, 20.0)
_USER_AGENT: Final = 'Apache-HttpClient/4.5.14 (Java/17.0.9)'
_MOST_AT_ONCE: Final = 32

_STATE_WORDS: Final = {
    Status.REGISTERED: 'started',
    Status.ACS_STARTED: 'started',
    Status.HELD: 'payment_approved',
    Status.DEPOSITED: 'payment_deposited',
    Status.REVERSED: 'payment_void',
    Status.REFUNDED: 'refunded',
    Status.DECLINED: 'payment_declined',
    Status.PARTLY_DEPOSITED: 'partly_deposited',
}

_numbers = itertools.count(1)


@dataclass
class Try:
    """One request to the shop. ``answer`` is its HTTP status, or what went wrong."""

    moment: float
    answer: int | str
    duration: float


@dataclass
class Delivery:
    """A notification and what became of it.

    :param str form: ``query``, ``form`` or ``json``.
    :param str outcome: ``waiting``, ``held``, ``delivered``, ``failed`` or ``suppressed``.
    :param int rounds: how often it was sent; a round may be several copies at once.
    :param tried: set once the first round is over.
    """

    number: int
    created_at: float
    operation: str
    status: int
    url: str
    form: str
    content: Mapping[str, Any]
    repeat_after: float
    outcome: str = 'waiting'
    rounds: int = 0
    tries: list[Try] = field(default_factory=list)
    tried: threading.Event = field(default_factory=threading.Event, repr=False)

    def copy(self) -> 'Delivery':
        """The same notification once more, untried."""
        return replace(self, number=next(_numbers), tries=[], tried=threading.Event())

    def view(self) -> dict[str, Any]:
        """For the control API."""
        return {
            'number': self.number,
            'created_at': self.created_at,
            'operation': self.operation,
            'status': self.status,
            'url': self.url,
            'form': self.form,
            'content': dict(self.content),
            'outcome': self.outcome,
            'tries': [vars(attempt) for attempt in self.tries],
        }


def compose(merchant: Merchant, order: Order, happening: Happening, now: float) -> Delivery | None:
    """The notification of a happening, None when the shop has not asked to hear of it."""
    if merchant.dialect == ECOM and happening.operation.startswith('binding'):
        url = merchant.callback.binding_url
    elif happening.operation in merchant.callback.operations:
        url = order.registration.callback_url or merchant.callback.url
    else:
        return None
    return compose_anyway(merchant, order, happening, now, url) if url else None


def compose_anyway(
    merchant: Merchant,
    order: Order,
    happening: Happening,
    now: float,
    url: str,
    overrides: Mapping[str, str] | None = None,
    checksum: str | None = None,
) -> Delivery:
    """A notification to ``url``, whatever the shop's settings say about operations.

    :param dict overrides: parameters to add or to replace before the signature is made, older
        gateway only.
    :param str checksum: to send instead of the right one; empty for none at all.
    """
    status = int(happening.success)
    if merchant.dialect == ECOM:
        form, content = 'json', _body(order, happening)
    else:
        form = 'query' if merchant.callback.method == 'GET' else 'form'
        content = _sign(
            merchant, {**_parameters(merchant, order, happening, now), **(overrides or {})}
        )
        if checksum is not None:
            content.pop('checksum', None)
            content.update({'checksum': checksum} if checksum else {})
    return Delivery(
        next(_numbers),
        now,
        happening.operation,
        status,
        url,
        form,
        content,
        REPEAT_AFTER[merchant.dialect],
    )


def _body(order: Order, happening: Happening) -> dict[str, Any]:
    """The newer gateway's notification."""
    if happening.operation.startswith('binding'):
        named = {name: happening.details.get(name, '') for name in ('bindingId', 'clientId')}
        return {**named, 'operation': happening.operation}
    body = {
        'mdOrder': order.order_id,
        'orderNumber': order.number,
        'operation': happening.operation,
        'status': int(happening.success),
    }
    return {**body, 'additionalParams': dict(happening.details)} if happening.details else body


def known_parameters(
    merchant: Merchant, order: Order, happening: Happening, now: float
) -> dict[str, str]:
    """Everything that the older gateway can put into a notification, as text."""
    registration, instrument = order.registration, order.instrument
    card = instrument.card if instrument else None
    amounts = {
        'amount': order.amount,
        'paymentAmount': order.approved,
        'approvedAmount': order.approved,
        'depositedAmount': order.deposited,
        'refundedAmount': order.refunded,
        'totalAmount': order.amount,
        'operationRefundedAmount': happening.amount if happening.operation == 'refunded' else 0,
    }
    masked = card.masked(2) if card else ''
    return {
        **{
            name: value
            for name, value in registration.json_params.items()
            if isinstance(value, str)
        },
        **{name: str(kopecks) for name, kopecks in amounts.items()},
        **{f'{name}Formatted': _roubles(kopecks) for name, kopecks in amounts.items()},
        'mdOrder': order.order_id,
        'mdorder': order.order_id,
        'orderId': order.order_id,
        'orderNumber': order.number,
        'operation': happening.operation,
        'status': str(int(happening.success)),
        'feeAmount': '0',
        'currency': registration.currency,
        'currencyName': 'RUB' if registration.currency == '643' else '',
        'externalRefundId': happening.external_refund_id,
        'callbackCreationDate': _java_date(now),
        'date': _java_date(order.created_at),
        'paymentDate': _java_date(order.authorized_at),
        'depositedDate': _java_date(order.deposited_at),
        'refundedDate': _java_date(order.refunded_at),
        'reversedDate': _java_date(order.reversed_at),
        'declineDate': _java_date(order.declined_at),
        'sessionExpiredDate': _java_date(registration.expires_at),
        'actionCode': str(order.action_code),
        'actionCodeDescription': codes.describe(order.action_code, registration.language),
        'paymentState': _STATE_WORDS[order.status],
        'paymentWay': instrument.way if instrument else '',
        'paymentSystem': card.payment_system if card else '',
        'depositFlag': '2' if registration.two_stage else '1',
        'approvalCode': order.approval_code,
        'authCode': order.approval_code,
        'refNum': order.reference_number,
        'refnum': order.reference_number,
        'paymentRefNum': order.reference_number,
        'maskedPan': masked,
        'panMasked': masked,
        'cardholderName': 'CARDHOLDER NAME' if card else '',
        'bankName': 'TEST ISSUER' if card else '',
        'bindingId': order.binding_id,
        'clientId': registration.client_id,
        'email': registration.email,
        'phone': registration.phone,
        'ip': order.payer_ip,
        'merchantLogin': merchant.login,
        'merchantFullName': merchant.name,
        'orderDescription': registration.description,
        **happening.details,
    }


class Courier:
    """Brings deliveries to the shops: up to three tries, the next one after a pause of bank time.

    Every try runs on a thread of its own, and the store's lock is held only to write down what
    came of it.

    :param str ca_file: PEM file of additional authorities for shops on a private certificate.
    """

    def __init__(
        self, clock: Clock, scheduler: Scheduler, lock: threading.RLock, ca_file: str | None = None
    ):
        self._clock = clock
        self._scheduler = scheduler
        self._lock = lock
        self._verify: bool | str = ca_file or True
        self._gate = threading.Semaphore(_MOST_AT_ONCE)
        self._idle = threading.Condition()
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """How many requests to shops are under way at this moment."""
        return self._under_way

    def send(self, delivery: Delivery, then: Callable[[], None] | None = None, copies: int = 1):
        """Start delivering, without waiting for it.

        :param then: called after the first try.
        :param int copies: this many requests at the same moment.
        """
        with self._idle:
            self._under_way += copies
        with self._lock:
            delivery.rounds += 1
        start = threading.Barrier(copies)
        for copy in range(copies):
            threading.Thread(
                target=self._attempt,
                args=(delivery, start, copy == 0, then),
                name=f'delivery-{delivery.number}',
                daemon=True,
            ).start()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no request to a shop is under way; repeats that are due later do not count.

        :param float timeout: wall seconds.
        :return: whether it became quiet in time.
        """
        with self._idle:
            return self._idle.wait_for(lambda: not self._under_way, timeout)

    def _attempt(self, delivery: Delivery, start: threading.Barrier, leads: bool, then):
        try:
            start.wait()
            with self._gate:
                began = time.monotonic()
                answer = self._request(delivery)
            self._record(delivery, answer, time.monotonic() - began, leads)
            if leads and then:
                then()
        finally:
            delivery.tried.set()
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def _request(self, delivery: Delivery) -> int | str:
        where = {'query': 'params', 'form': 'data', 'json': 'json'}[delivery.form]
        try:
            with requests.Session() as session:
                session.trust_env = False
                response = session.request(
                    'GET' if delivery.form == 'query' else 'POST',
                    delivery.url,
                    headers={'User-Agent': _USER_AGENT},
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                    verify=self._verify,
                    **{where: dict(delivery.content)},
                )
                return response.status_code
        except requests.RequestException as error:
            return type(error).__name__

    def _record(self, delivery: Delivery, answer: int | str, duration: float, leads: bool):
        now = self._clock.now()
        with self._lock:
            delivery.tries.append(Try(now, answer, round(duration, 3)))
            if answer == 200:
                delivery.outcome = 'delivered'
            elif leads and delivery.outcome == 'waiting' and delivery.rounds >= MAX_TRIES:
                delivery.outcome = 'failed'
            again = leads and delivery.outcome == 'waiting'
        _logger.info(
            "callback %s/%s of %s: try %s answered %s",
            delivery.operation,
            delivery.status,
            delivery.content.get('orderNumber'),
            delivery.rounds,
            answer,
        )
        if again:
            self._scheduler.at(now + delivery.repeat_after, lambda: self._repeat(delivery))

    def _repeat(self, delivery: Delivery):
        if delivery.outcome == 'waiting':
            self.send(delivery)


def _parameters(
    merchant: Merchant, order: Order, happening: Happening, now: float
) -> dict[str, str]:
    known = known_parameters(merchant, order, happening, now)
    return {name: known[name] for name in merchant.callback.parameters if name in known}


def _sign(merchant: Merchant, parameters: dict[str, str]) -> dict[str, str]:
    settings = merchant.callback
    if settings.signing == 'none':
        return parameters
    if settings.signing == 'symmetric':
        checksum = signing.symmetric_checksum(parameters, settings.key)
    else:
        checksum = merchant.key_pair.checksum(parameters)
    signed = {**parameters, 'checksum': checksum}
    return {**signed, 'sign_alias': settings.sign_alias} if settings.sign_alias else signed


def _roubles(kopecks: int) -> str:
    return f'{kopecks // 100}.{kopecks % 100:02d}'


def _java_date(moment: float | None) -> str:
    if moment is None:
        return ''
    return datetime.fromtimestamp(moment, timezone.utc).strftime('%a %b %d %H:%M:%S UTC %Y')
