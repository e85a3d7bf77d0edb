"""The older gateway: form fields or a query in, JSON out.

Sources: the wiki of the older gateway and the documentation of its vendor. Unknown parameters
are ignored; nested objects come as JSON text inside of a field; a JSON body holds no parameters
at all.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from werkzeug.wrappers import Request

from . import answers, rbs_carts
from .cart import REFUND, SELL, Cart
from .dialect import Dialect, Handler, Incoming
from .merchants import RBS, Merchant
from .orders import Order, Status
from .rbs_on_file import RbsOnFile
from .rbs_sbp import RbsSbp
from .receipt_answers import rbs_receipt
from .refusals import Reason, Refusal

_DONE: Final = ('Успешно', 'Success')

#: errorCode, Russian and English text of every reason.
_REFUSALS: Final[Mapping[Reason, tuple[str, str, str]]] = {
    Reason.ACCESS_DENIED: ('5', 'Доступ запрещён', 'Access denied'),
    Reason.MUST_CHANGE_PASSWORD: (
        '5',
        'Пользователь должен сменить свой пароль',
        'The user must change the password',
    ),
    Reason.NOT_PERMITTED: ('7', 'Операция не разрешена', 'The operation is not allowed'),
    Reason.NO_PERMISSION: ('5', 'Доступ запрещён', 'Access denied'),
    Reason.BAD_PARAMETER: (
        '5',
        'Неверно указано значение одного из параметров',
        'The value of one of the parameters is wrong',
    ),
    Reason.EMPTY_NUMBER: ('4', 'Номер заказа не может быть пуст', 'The order number is empty'),
    Reason.EMPTY_AMOUNT: ('4', 'Отсутствует сумма', 'The amount is missing'),
    Reason.EMPTY_RETURN_URL: ('4', 'URL возврата не может быть пуст', 'The return URL is empty'),
    Reason.EMPTY_ORDER_ID: ('5', '[orderId] не задан', '[orderId] is empty'),
    Reason.NO_ORDER_REFERENCE: (
        '1',
        'Ожидается [orderId] или [orderNumber]',
        'Expected [orderId] or [orderNumber]',
    ),
    Reason.WRONG_NUMBER: ('1', 'Неверный номер заказа', 'Wrong order number'),
    Reason.WRONG_AMOUNT: ('5', 'Неверная сумма', 'Wrong amount'),
    Reason.WRONG_LANGUAGE: ('5', 'Неверно указан язык', 'Wrong language'),
    Reason.WRONG_FEATURES: ('14', 'Неверно заданы features', 'Features are specified incorrectly'),
    Reason.UNKNOWN_CURRENCY: ('3', 'Неизвестная валюта', 'Unknown currency'),
    Reason.DUPLICATE_NUMBER: (
        '1',
        'Заказ с таким номером уже обработан',
        'An order with this number was processed',
    ),
    Reason.NO_CLIENT_ID: ('1', 'Не указан clientId', 'clientId is empty'),
    Reason.BINDING_NOT_FOUND: ('2', 'Связка не найдена', "The binding isn't found"),
    Reason.BINDING_INACTIVE: ('2', 'Связка неактивна', 'The binding is not active'),
    Reason.BINDING_ENDED_BY_PAYER: ('2', 'Связка неактивна', 'The binding is not active'),
    Reason.WRONG_BINDING_STATE: ('2', 'Неверное состояние связки', 'Wrong binding state'),
    Reason.OTHER_BINDING: (
        '1',
        'Заказ не может быть оплачен данной связкой',
        'The order cannot be paid by this binding',
    ),
    Reason.DECLINED: ('5', 'Ошибка при проведении платежа', 'The payment has failed'),
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
    Reason.BAD_PHONE: ('5', 'Неверный номер телефона', 'Wrong phone number'),
    Reason.ORDER_NOT_FOUND: ('6', 'Незарегистрированный OrderId', 'Unregistered orderId'),
    Reason.WRONG_STATE: (
        '7',
        'Платёж должен быть в корректном состоянии',
        'Payment must be in the correct state',
    ),
    Reason.NO_HOLD: (
        '7',
        'Платёж должен быть в корректном состоянии',
        'Payment must be in the correct state',
    ),
    Reason.HOLD_EXCEEDED: (
        '5',
        'Сумма завершения превышает сумму предавторизации',
        'The completion exceeds the hold',
    ),
    Reason.REFUND_EXCEEDED: (
        '7',
        'Сумма возврата превышает сумму списания',
        'The refund exceeds the deposited amount',
    ),
    Reason.REFUND_TOO_EARLY: ('7', 'Возврат невозможен', 'The refund is not possible'),
    Reason.REVERSAL_REFUSED: ('7', 'Отмена невозможна', 'The reversal is not possible'),
    Reason.SECOND_REVERSAL: ('7', 'Повторная отмена невозможна', 'The order was reversed before'),
    Reason.OTHER_REFUND: (
        '7',
        'Возврат с таким externalRefundId уже выполнен с другими данными',
        'A refund with this externalRefundId was made with other data',
    ),
}

#: What a contract does not have has a code of its own in a registration.
_PERMISSIONS: Final = frozenset({Reason.NOT_PERMITTED, Reason.NO_PERMISSION})
_MAX_NUMBER: Final = 32
_LIMITS: Final = {
    'description': 512,
    'clientId': 255,
    'email': 40,
    'phone': 16,
    'dynamicCallbackUrl': 512,
    'returnUrl': 512,
    'failUrl': 512,
    'features': 255,
    'merchantLogin': 255,
    'jsonParams': 1024,
}


class RbsDialect(Dialect):
    """The older gateway."""

    name = RBS
    own_methods = frozenset({
        'register',
        'registerPreAuth',
        'getOrderStatus',
        'getOrderStatusExtended',
        'deposit',
        'reverse',
        'refund',
        'decline',
        'getReceiptStatus',
    })
    withheld_methods = frozenset({
        'paymentOrder',
        'verifyEnrollment',
        'addParams',
        'updateSSLCardList',
        'getLastOrdersForMerchants',
        'sbp/c2b/qr/dynamic/reject',
        'sbp/c2b/getBindings',
        'sbp/c2b/unBind',
        'sbp/c2b/getBankListSBP',
    })

    def further_methods(self) -> Mapping[str, Handler]:
        return {**RbsSbp(self.bank).methods, **RbsOnFile(self.bank).methods}

    def read(self, request: Request) -> dict[str, Any]:
        """Form fields and the query, the first of each name; empty ones count as not given."""
        return {name: value for name, value in request.values.items() if value}

    def identify(self, incoming: Incoming) -> Merchant:
        parameters = incoming.parameters
        token, password = parameters.get('token', ''), parameters.get('password', '')
        if token and password:
            raise Refusal(Reason.ACCESS_DENIED, 'both a token and a password')
        if token:
            return self.admit(self.bank.merchants.by_token(token), lambda _known: True)
        if 'userName' not in parameters or not password:
            raise Refusal(Reason.ACCESS_DENIED, 'no userName or no password')
        merchant = self.bank.merchants.by_login(parameters['userName'])
        return self.admit(merchant, lambda known: known.knows_password(password))

    def perform(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        if incoming.parameters.get('language', 'ru').lower() not in ('ru', 'en'):
            raise Refusal(Reason.WRONG_LANGUAGE)
        answer = self.carry_out(incoming, merchant)
        if incoming.method in self.own_methods:
            return answer
        return {**self._done(incoming.language), **answer}

    def refuse(self, refusal: Refusal, method: str, language: str) -> dict[str, Any]:
        code, russian, english = _REFUSALS[refusal.reason]
        if refusal.reason in _PERMISSIONS and method.startswith('register'):
            code = '13'
        text = english if language == 'en' else russian
        if method == 'getOrderStatus':
            return {'ErrorCode': code, 'ErrorMessage': text}
        return {'errorCode': code, 'errorMessage': text}

    def form_url(self, order: Order, base_url: str) -> str:
        theme = self.bank.merchant_of(order).theme
        language = order.registration.language
        return (
            f'{base_url}/payment/merchants/{theme}/payment_{language}.html?mdOrder={order.order_id}'
        )

    # --- the methods ----------------------------------------------------------------------------

    def _register(
        self, incoming: Incoming, merchant: Merchant, two_stage: bool = False
    ) -> dict[str, Any]:
        order = self.open_order(incoming, merchant, _fields(incoming.parameters), two_stage)
        return {'orderId': order.order_id, 'formUrl': self.form_url(order, incoming.base_url)}

    def _registerPreAuth(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        return self._register(incoming, merchant, two_stage=True)

    def _getOrderStatusExtended(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order_id = incoming.parameters.get('orderId', '')
        number = incoming.parameters.get('orderNumber', '')
        if not order_id and not number:
            raise Refusal(Reason.NO_ORDER_REFERENCE)
        order = self.bank.order_of(merchant, order_id, number)
        with self.bank.lock:
            return {
                **self._done(incoming.language),
                **answers.rbs_status(merchant, order, incoming.language),
            }

    def _getOrderStatus(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        with self.bank.lock:
            declined = order.status is Status.DECLINED
            done = _DONE[incoming.language == 'en']
            return {
                'ErrorCode': '2' if declined else '0',
                'ErrorMessage': 'Платёж отклонён' if declined else done,
                **answers.rbs_short_status(order),
            }

    def _deposit(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant, by_number=True)
        # Zero means the whole hold, says the older gateway's documentation.
        amount = _amount(incoming.parameters) or order.held
        cart = self._cart(incoming, merchant, order, 'depositItems', SELL, amount)
        self.bank.deposit(order, amount, cart)
        return self._done(incoming.language)

    def _reverse(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        if not merchant.permissions.reverse:
            raise Refusal(Reason.NOT_PERMITTED, 'reverse')
        given = 'amount' in incoming.parameters
        amount = _amount(incoming.parameters) if given else None
        back = (order.held or order.approved) if amount is None else amount
        cart = self._cart(incoming, merchant, order, '', REFUND, back)
        self.bank.reverse(order, amount, cart)
        return self._done(incoming.language)

    def _refund(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        order = self._find(incoming, merchant)
        self.check_refund(merchant, order, self.bank.clock.now())
        key = incoming.parameters.get('externalRefundId') or (
            _json_params(incoming.parameters).get('externalRefundId', '')
        )
        if len(key) > 36:
            raise Refusal(Reason.BAD_PARAMETER, 'externalRefundId')
        # Zero means all that is left, says the older gateway's documentation.
        amount = _amount(incoming.parameters) or order.refundable
        cart = self._cart(incoming, merchant, order, 'refundItems', REFUND, amount)
        self.bank.refund(order, amount, key, cart)
        return self._done(incoming.language)

    def _decline(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.bank.cancel(self._find(incoming, merchant, by_number=True))
        return self._done(incoming.language)

    def _getReceiptStatus(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        receipt = self.bank.registers.by_id(incoming.parameters.get('uuid', ''))
        if receipt and 'orderId' not in incoming.parameters:
            order = self.bank.order_of(merchant, receipt.order.order_id)
            receipts = [receipt]
        else:
            order = self._find(incoming, merchant, by_number=True)
            receipts = self.bank.registers.of_order(order)
        with self.bank.lock:
            return {
                **self._done(incoming.language),
                'orderNumber': order.number,
                'orderId': order.order_id,
                'daemonCode': 'quasar',
                'deviceCode': 'KKT068508',
                'receipt': [rbs_receipt(merchant, receipt) for receipt in receipts],
            }

    # --- inside ---------------------------------------------------------------------------------

    def _cart(
        self,
        incoming: Incoming,
        merchant: Merchant,
        order: Order,
        name: str,
        kind: str,
        amount: int,
    ) -> Cart | None:
        """What the cash register is to print for an operation: the lines that it names.

        Without lines, an operation on everything has those of the order.
        """
        registered = order.registration.cart
        if not registered:
            return None
        if name in incoming.parameters:
            block = _json_object(incoming.parameters, name)
            return rbs_carts.with_lines(merchant, registered, block, kind, amount)
        return replace(registered, kind=kind) if amount == registered.total else None

    def _find(self, incoming: Incoming, merchant: Merchant, by_number: bool = False) -> Order:
        order_id = incoming.parameters.get('orderId', '')
        number = incoming.parameters.get('orderNumber', '') if by_number else ''
        if not order_id and not number:
            raise Refusal(Reason.EMPTY_ORDER_ID)
        return self.bank.order_of(merchant, order_id, number)

    @staticmethod
    def _done(language: str) -> dict[str, Any]:
        return {'errorCode': '0', 'errorMessage': _DONE[language == 'en']}


def _fields(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a registration in their own types."""
    fields: dict[str, Any] = dict(parameters)
    number = fields.get('orderNumber')
    if not number:
        raise Refusal(Reason.EMPTY_NUMBER)
    if len(number) > _MAX_NUMBER or not number.isprintable():
        raise Refusal(Reason.WRONG_NUMBER, 'orderNumber')
    if 'amount' not in fields:
        raise Refusal(Reason.EMPTY_AMOUNT)
    if 'returnUrl' not in fields:
        raise Refusal(Reason.EMPTY_RETURN_URL)
    for name, limit in _LIMITS.items():
        if len(fields.get(name, '')) > limit:
            raise Refusal(Reason.BAD_PARAMETER, f'{name} is too long')
    # What the older gateway passes on to the processing must not have these.
    if re.search(r'[%+\r\n]', fields.get('description', '')):
        raise Refusal(Reason.BAD_PARAMETER, 'description has % or + or a line break')
    if not re.fullmatch('[0-9]{3}', fields.get('currency', '643')):
        raise Refusal(Reason.UNKNOWN_CURRENCY)
    fields['amount'] = _amount(parameters)
    fields['jsonParams'] = _json_params(parameters)
    fields['orderBundle'] = _json_object(parameters, 'orderBundle')
    if 'sessionTimeoutSecs' in fields:
        if not re.fullmatch('[0-9]{1,9}', fields['sessionTimeoutSecs']):
            raise Refusal(Reason.BAD_PARAMETER, 'sessionTimeoutSecs')
        fields['sessionTimeoutSecs'] = int(fields['sessionTimeoutSecs'])
    return fields


def _amount(parameters: Mapping[str, str]) -> int:
    """``amount`` in kopecks.

    :raise Refusal: WRONG_AMOUNT, it is missing or no whole number of up to 12 digits.
    """
    text = parameters.get('amount', '')
    if not re.fullmatch('[0-9]{1,12}', text):
        raise Refusal(Reason.WRONG_AMOUNT, 'amount')
    return int(text)


def _json_params(parameters: Mapping[str, str]) -> dict[str, Any]:
    values = _json_object(parameters, 'jsonParams')
    if any(isinstance(value, (dict, list)) for value in values.values()):
        raise Refusal(Reason.BAD_PARAMETER, 'jsonParams: nested values')
    return values


def _json_object(parameters: Mapping[str, str], name: str) -> dict[str, Any]:
    """A nested object, which this dialect writes as JSON text in one field."""
    try:
        value = json.loads(parameters.get(name) or '{}')
    except ValueError as error:
        raise Refusal(Reason.BAD_PARAMETER, f'{name}: no JSON') from error
    if not isinstance(value, dict):
        raise Refusal(Reason.BAD_PARAMETER, f'{name}: no JSON object')
    return value
