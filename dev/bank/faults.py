"""What can be made to go wrong, shop by shop.

A fault is switched on through the control API and strikes the calls that it names, a number of
times or for ever. The bank's own books are never falsified: a fault changes what is said or
whether it is heard, not what happened, so the ledger stays the truth.
"""

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.wrappers import Response

from . import schemas

#: Instead of an answer. The call is not carried out, unless ``after_commit`` says so.
REPLACEMENTS: Final = frozenset({
    'html200',
    'empty200',
    'http500',
    'http502',
    'http503',
    'http429',
    'http404',
    'http405',
    'http403',
    'redirect',
})

#: The call is carried out and its answer is spoilt.
DAMAGES: Final = frozenset({
    'truncated',
    'json_array',
    'giant_answer',
    'wrong_amount',
    'wrong_currency',
    'wrong_order_number',
    'wrong_order_id',
    'attributes_as_object',
    'error_code_as_int',
    'error_code_absent',
    'currency_as_int',
    'missing_blocks',
    'foreign_form_url',
    'unknown_status',
})

#: The line goes dead: before the call is carried out, or after it.
CUTS: Final = frozenset({'drop_connection', 'drop_response_after_commit'})

#: The call is refused although everything is right with it.
REFUSALS: Final = frozenset({'must_change_password', 'permission_denied'})

#: What happens to notifications.
CALLBACKS: Final = frozenset({
    'callback_before_register_response',
    'callback_duplicate',
    'callback_simultaneous',
    'callback_out_of_order',
    'callback_after_return',
    'callback_never',
})

#: What happens to receipts on their way through the cash register.
RECEIPTS: Final = frozenset({
    'receipt_failed',
    'receipt_timeout',
    'receipt_exhausted',
    'receipt_bad_data',
    'receipt_never',
})

NAMES: Final = REPLACEMENTS | DAMAGES | CUTS | REFUSALS | CALLBACKS | RECEIPTS | {'slow'}

#: The body of ``PUT /control/merchants/<login>/faults``.
SCHEMA: Final = {
    'type': 'array',
    'items': {
        'type': 'object',
        'properties': {
            'fault': {'enum': sorted(NAMES)},
            'method': {'type': 'string'},
            'order': {'type': 'string'},
            'times': {'type': 'integer', 'minimum': 1},
            'seconds': {'type': 'number', 'minimum': 0},
            'value': {},
            'after_commit': {'type': 'boolean'},
        },
        'required': ['fault'],
        'additionalProperties': False,
    },
}

_GIANT: Final = 1_500_000
#: What the bank's OpenAPI lets an answer about an order leave out, and its own example does.
_BLOCKS: Final = (
    'currency',
    'paymentAmountInfo',
    'attributes',
    'cardAuthInfo',
    'bankInfo',
    'operations',
    'payerData',
    'transactionAttributes',
    'merchantOrderParams',
)
_MAINTENANCE: Final = (
    '<!DOCTYPE html><html><head><title>Технические работы</title></head>'
    '<body><h1>Сервис временно недоступен</h1></body></html>'
)


@dataclass
class Fault:
    """One switch.

    :param str method: the call it strikes (``register``, …), all when empty. For callback faults
        the ``operation``, for those of receipts what the receipt is for (``AUTHORIZATION``, …).
    :param str order: the order number it strikes, all when empty.
    :param int times: how often it still strikes, None for ever.
    :param float seconds: wall seconds, for ``slow`` and for callbacks that are held back.
    :param value: what ``wrong_amount`` and others put in, see the README.
    """

    fault: str
    method: str = ''
    order: str = ''
    times: int | None = None
    seconds: float | None = None
    value: Any = None
    after_commit: bool = False

    def view(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value not in ('', None)}


class Faults:
    """All switches that are on. Found by order number, so that thousands cost nothing."""

    def __init__(self):
        self._lock = threading.Lock()
        self._by_place: dict[tuple[str, str], list[Fault]] = {}
        self._struck: dict[str, Counter[str]] = {}

    def replace(self, login: str, faults: Iterable[Mapping[str, Any]]):
        """Switch on these for the shop and switch off all others.

        :raise schemas.Mismatch: not a list of faults.
        """
        faults = list(faults)
        schemas.check(SCHEMA, faults)
        with self._lock:
            for place in [place for place in self._by_place if place[0] == login]:
                del self._by_place[place]
            self._struck.pop(login, None)
            self._add(login, faults)

    def append(self, login: str, faults: Iterable[Mapping[str, Any]]):
        """Switch on these as well.

        :raise schemas.Mismatch: not a list of faults.
        """
        faults = list(faults)
        schemas.check(SCHEMA, faults)
        with self._lock:
            self._add(login, faults)

    def view(self, login: str) -> dict[str, Any]:
        """What is still on, and how often each kind has struck."""
        with self._lock:
            return {
                'faults': [
                    fault.view()
                    for place, faults in self._by_place.items()
                    if place[0] == login
                    for fault in faults
                ],
                'struck': dict(self._struck.get(login, {})),
            }

    def strike(
        self,
        login: str,
        method: str,
        order: str,
        kinds: frozenset[str] = NAMES - CALLBACKS - RECEIPTS,
    ) -> list[Fault]:
        """The faults of these kinds that this call meets. Each one is used up a bit."""
        with self._lock:
            struck = []
            for place in {(login, ''), (login, order)}:
                struck += [
                    fault
                    for fault in self._by_place.get(place, ())
                    if fault.fault in kinds and fault.method in ('', method)
                ]
            for fault in struck:
                self._use(login, fault)
            return struck

    def _add(self, login: str, faults: Iterable[Mapping[str, Any]]):
        for settings in faults:
            fault = Fault(**settings)
            self._by_place.setdefault((login, fault.order), []).append(fault)

    def _use(self, login: str, fault: Fault):
        self._struck.setdefault(login, Counter())[fault.fault] += 1
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            place = (login, fault.order)
            self._by_place[place].remove(fault)
            if not self._by_place[place]:
                del self._by_place[place]


def replacement(fault: Fault) -> Response:
    """What comes instead of an answer."""
    name = fault.fault
    if name == 'html200':
        return Response(_MAINTENANCE, mimetype='text/html')
    if name == 'empty200':
        return Response('', mimetype='application/json')
    if name == 'redirect':
        return Response('', 302, {'Location': fault.value or '/'})
    status = int(name.removeprefix('http'))
    # The gateway's own 404, 405 and 429 have no body; what stands before it answers with a page.
    return Response('' if status in (404, 405, 429) else _MAINTENANCE, status, mimetype='text/html')


def spoil(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as this damage leaves it. Damages of the text itself are `encode`'s."""
    change = _CHANGES.get(fault.fault)
    return change(fault, json.loads(json.dumps(answer))) if change else answer


def encode(struck: Iterable[Fault], answer: dict[str, Any]) -> str:
    """The answer as JSON text, cut off, padded or wrapped where a fault says so."""
    names = {fault.fault for fault in struck}
    if 'giant_answer' in names:
        answer = {**answer, 'padding': 'x' * _GIANT}
    text = json.dumps([answer] if 'json_array' in names else answer, ensure_ascii=False)
    return text[: max(len(text) * 2 // 3, 1)] if 'truncated' in names else text


def _wrong_amount(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    difference = -1 if fault.value is None else int(fault.value)
    places = (answer, answer.get('paymentAmountInfo') or {})
    for place in places:
        for name in ('amount', 'Amount', 'approvedAmount', 'depositedAmount', 'totalAmount'):
            if place.get(name):
                place[name] += difference
    return answer


def _set(name: str, default: Any):
    def change(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
        if name in answer:
            answer[name] = default if fault.value is None else fault.value
        return answer

    return change


def _wrong_order_number(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    if 'orderNumber' in answer:
        answer['orderNumber'] = fault.value or f'{answer["orderNumber"]}X'
    return answer


def _wrong_order_id(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    for attribute in answer.get('attributes', ()):
        if attribute['name'] == 'mdOrder':
            attribute['value'] = fault.value or str(uuid.UUID(int=random.getrandbits(128)))
    return answer


def _attributes_as_object(_fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    if 'attributes' in answer:
        answer['attributes'] = {line['name']: line['value'] for line in answer['attributes']}
    return answer


def _as_int(name: str):
    def change(_fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
        if name in answer:
            answer[name] = int(answer[name])
        return answer

    return change


def _without_error_code(_fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    answer.pop('errorCode', None)
    return answer


def _missing_blocks(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    for block in fault.value or _BLOCKS:
        answer.pop(block, None)
    return answer


_CHANGES: Final = {
    'wrong_amount': _wrong_amount,
    'wrong_currency': _set('currency', '840'),
    'wrong_order_number': _wrong_order_number,
    'wrong_order_id': _wrong_order_id,
    'attributes_as_object': _attributes_as_object,
    'error_code_as_int': _as_int('errorCode'),
    'error_code_absent': _without_error_code,
    'currency_as_int': _as_int('currency'),
    'missing_blocks': _missing_blocks,
    'foreign_form_url': _set('formUrl', 'https://pay.example.com/payment?orderId=1'),
    'unknown_status': _set('orderStatus', 9),
}
