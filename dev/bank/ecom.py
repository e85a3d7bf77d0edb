"""The newer gateway: JSON in and out, strict schemas.

Source: the bank's OpenAPI 1.0.7. The order of its checks is not documented; here it is parsing,
schema, credentials, order, state, amount.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from werkzeug.wrappers import Request

from . import answers, ecom_carts, registration, schemas
from .cart import REFUND, SELL, Cart
from .dialect import Dialect, Incoming
from .journal import masked
from .merchants import ECOM, Merchant
from .orders import Order
from .refusals import Reason, Refusal

_DONE: Final = (
    'Обработка запроса прошла без системных ошибок',
    'The request was processed without system errors',
)

#: errorCode, Russian and English text of every reason.
_REFUSALS: Final[Mapping[Reason, tuple[str, str, str]]] = {
    Reason.ACCESS_DENIED: ('5', 'Доступ запрещен', 'Access denied'),
    Reason.MUST_CHANGE_PASSWORD: (
        '5',
        'Пользователь должен сменить свой пароль',
        'The user must change the password',
    ),
    Reason.NOT_PERMITTED: ('5', 'Операция запрещена', 'The operation is forbidden'),
    Reason.BAD_PARAMETER: (
        '5',
        'Error, value of the request parameter',
        'Error, value of the request parameter',
    ),
    Reason.NO_ORDER_REFERENCE: (
        '5',
        'orderId отсутствует и orderNumber пуст',
        'orderId is absent and orderNumber is empty',
    ),
    Reason.WRONG_AMOUNT: ('5', 'Неверная сумма', 'Wrong amount'),
    Reason.WRONG_FEATURES: ('14', 'Неверно заданы features', 'Features are specified incorrectly'),
    Reason.UNKNOWN_CURRENCY: ('3', 'Валюта не найдена', 'The currency is not found'),
    Reason.DUPLICATE_NUMBER: (
        '1',
        'Заказ с таким номером уже обработан',
        'An order with this number was processed',
    ),
    Reason.BINDING_NOT_FOUND: ('1', 'Связка не найдена', 'The binding is not found'),
    Reason.CART_MISMATCH: (
        '8',
        'Сумма товарных позиций не равна сумме заказа',
        'The cart does not match the order',
    ),
    Reason.MISSING_PARAMETER: (
        '4',
        'Не заполнен обязательный параметр',
        'A mandatory parameter is missing',
    ),
    Reason.BAD_PHONE: ('9', 'Неверный номер телефона', 'Wrong phone number'),
    Reason.ORDER_NOT_FOUND: ('5', 'Заказ не найден', 'The order is not found'),
    Reason.WRONG_STATE: ('5', 'Неверный статус заказа', 'Wrong order status'),
    Reason.NO_HOLD: (
        '7',
        'Не найдена успешная предавторизация',
        'No successful pre-authorisation is found',
    ),
    Reason.HOLD_EXCEEDED: (
        '5',
        'Сумма завершения превышает сумму холдирования',
        'The completion exceeds the hold',
    ),
    Reason.REFUND_EXCEEDED: (
        '7',
        'Общая сумма возвратов превышает сумму заказа',
        'The refunds exceed the order',
    ),
    Reason.REFUND_TOO_EARLY: ('5', 'Неверный статус заказа', 'Wrong order status'),
    Reason.REVERSAL_REFUSED: ('5', 'Отмена невозможна', 'The reversal is not possible'),
    Reason.SECOND_REVERSAL: (
        '5',
        'Повторная частичная отмена невозможна',
        'A second partial reversal is not possible',
    ),
    Reason.OTHER_REFUND: (
        '5',
        'Возврат с таким externalRefundId уже выполнен с другими данными',
        'A refund with this externalRefundId was made with other data',
    ),
}


class EcomDialect(Dialect):
    """The newer gateway."""

    name = ECOM
    methods = frozenset(schemas.ECOM)

    def read(self, request: Request) -> dict[str, Any]:
        """A JSON object in UTF-8; anything else is a wrong parameter."""
        if request.mimetype != 'application/json':
            raise Refusal(Reason.BAD_PARAMETER, f'content type {request.mimetype or "missing"}')
        try:
            body = json.loads(
                request.get_data().decode('utf-8'),
                object_pairs_hook=_without_repeats,
                parse_constant=_no_constant,
            )
        except ValueError as error:
            raise Refusal(Reason.BAD_PARAMETER, 'no JSON') from error
        if not isinstance(body, dict):
            raise Refusal(Reason.BAD_PARAMETER, 'no JSON object')
        return body

    def identify(self, incoming: Incoming) -> Merchant:
        parameters = incoming.parameters
        try:
            schemas.check(schemas.ECOM[incoming.method], parameters)
        except schemas.Mismatch as mismatch:
            raise Refusal(Reason.BAD_PARAMETER, str(mismatch)) from mismatch
        merchant = self.bank.merchants.by_login(parameters['userName'])
        return self.admit(merchant, lambda known: known.knows_password(parameters['password']))

    def perform(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        return {
            **self._done(incoming.language),
            **getattr(self, f'_{incoming.method}')(incoming, merchant),
        }

    def refuse(self, refusal: Refusal, method: str, language: str) -> dict[str, Any]:
        code, russian, english = _REFUSALS[refusal.reason]
        return {'errorCode': code, 'errorMessage': english if language == 'en' else russian}

    def form_url(self, order: Order, base_url: str) -> str:
        return f'{base_url}/pp/pay_{order.registration.language}?orderId={order.order_id}'

    # --- the methods ----------------------------------------------------------------------------

    def _register(
        self, incoming: Incoming, merchant: Merchant, two_stage: bool = False
    ) -> dict[str, Any]:
        order = self.bank.register(
            registration.read(
                merchant,
                incoming.parameters,
                two_stage=two_stage,
                now=self.bank.clock.now(),
                local_shops=self.bank.local_shops,
                parameters=masked(dict(incoming.parameters)),
            )
        )
        invoice = order.order_id.replace('-', '')
        return {
            'orderId': order.order_id,
            'formUrl': self.form_url(order, incoming.base_url),
            'externalParams': {
                'sbolDeepLink': f'sberpay://invoicing/v2?bankInvoiceId={invoice}'
                '&operationType=Web2App&option=Connect',
            },
        }

    def _registerPreAuth(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        return self._register(incoming, merchant, two_stage=True)

    def _getOrderStatusExtended(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        with self.bank.lock:
            return answers.ecom_status(merchant, order, incoming.language)

    def _deposit(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order, amount = self._find(incoming, merchant), incoming.parameters['amount']
        self.bank.deposit(order, amount, self._cart(incoming, merchant, SELL, amount))
        return {}

    def _reverse(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        if not merchant.permissions.reverse:
            raise Refusal(Reason.NOT_PERMITTED, 'reverse')
        amount = incoming.parameters.get('amount')
        # What is left of an order that was given back already is not compared with a cart.
        back = amount if amount is not None else order.approved or None
        self.bank.reverse(order, amount, self._cart(incoming, merchant, REFUND, back))
        return {}

    def _refund(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        self.check_refund(merchant, order, self.bank.clock.now())
        key = incoming.parameters.get('jsonParams', {}).get('externalRefundId', '')
        amount = incoming.parameters['amount']
        cart = self._cart(incoming, merchant, REFUND, amount)
        self.bank.refund(order, amount, key, cart)
        return {}

    def _decline(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        if incoming.parameters.get('merchantLogin', merchant.login) != merchant.login:
            raise Refusal(Reason.ACCESS_DENIED, 'merchantLogin is another merchant')
        self.bank.cancel(self._find(incoming, merchant))
        return {}

    # --- inside ---------------------------------------------------------------------------------

    def _cart(
        self, incoming: Incoming, merchant: Merchant, kind: str, amount: int | None
    ) -> Cart | None:
        """What the cash register is to print for an operation."""
        bundle = incoming.parameters.get('orderBundle', {})
        if not ecom_carts.is_fiscal(bundle):
            return None
        if not merchant.fiscal:
            raise Refusal(Reason.BAD_PARAMETER, 'fiscal parameters without fiscalisation')
        return ecom_carts.read(merchant, bundle, kind=kind, amount=amount)

    def _find(self, incoming: Incoming, merchant: Merchant) -> Order:
        order_id = incoming.parameters.get('orderId', '')
        number = incoming.parameters.get('orderNumber', '')
        if not order_id and not number:
            raise Refusal(Reason.NO_ORDER_REFERENCE)
        return self.bank.order_of(merchant, order_id, number)

    @staticmethod
    def _done(language: str) -> dict[str, Any]:
        return {'errorCode': '0', 'errorMessage': _DONE[language == 'en']}


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("A name comes twice.")
    return members


def _no_constant(name: str):
    raise ValueError(f"{name} is no JSON.")
