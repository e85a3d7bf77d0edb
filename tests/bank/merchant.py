"""A merchant, a client of the bank: it speaks its dialect and nothing else."""

import itertools
from dataclasses import dataclass
from typing import Any

import requests

from dev.bank.process import BankProcess, Control

_numbers = itertools.count(1)

PASSWORD = 'p%ss +&="w0rd\'<>'
RETURN_URL = 'http://127.0.0.1:9/shop/return?ref=A%201'

#: Of the newer gateway, without ``.do``.
BARE_METHODS = (
    'paymentOrderBySubscription',
    'getLoyaltyBalance',
    'autoCompletion',
    'autoRefund',
)


@dataclass(frozen=True)
class Merchant:
    bank: BankProcess
    login: str
    dialect: str

    @property
    def control(self) -> Control:
        return self.bank.control

    def configure(self, **settings: Any) -> dict[str, Any]:
        needed = {'password': PASSWORD, 'dialect': self.dialect, 'name': 'Shop'}
        return self.control.put_merchant(self.login, **{**needed, **settings})

    def post(self, method: str, **parameters: Any) -> requests.Response:
        """Call a method with the merchant's own credentials, unless others are given."""
        body = {'userName': self.login, 'password': PASSWORD, **parameters}
        body = {name: value for name, value in body.items() if value is not None}
        suffix = '' if method in BARE_METHODS else '.do'
        base = self.bank.rbs_url if self.dialect == 'rbs' else self.bank.ecom_url
        url = f'{base}{method}{suffix}'
        where = 'data' if self.dialect == 'rbs' else 'json'
        return requests.post(url, timeout=30, allow_redirects=False, **{where: body})

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        response = self.post(method, **parameters)
        assert response.status_code == 200, response.status_code
        return response.json()

    def register(self, method: str = 'register', **parameters: Any) -> dict[str, Any]:
        order = {'orderNumber': f'N{next(_numbers)}', 'amount': 12345, 'returnUrl': RETURN_URL}
        return self.call(method, **{**order, **parameters})

    def order(self, method: str = 'register', **parameters: Any) -> str:
        """Register an order and return its id."""
        answer = self.register(method, **parameters)
        assert 'orderId' in answer, answer
        return answer['orderId']

    def hold(self, **parameters: Any) -> str:
        """An order whose amount is held on the payer's card."""
        order_id = self.order('registerPreAuth', **parameters)
        self.control.pay(order_id)
        return order_id

    def paid(self, **parameters: Any) -> str:
        """An order that is paid."""
        order_id = self.order(**parameters)
        self.control.pay(order_id)
        return order_id

    def status(self, order_id: str, **parameters: Any) -> dict[str, Any]:
        return self.call('getOrderStatusExtended', orderId=order_id, **parameters)

    def code(self, method: str, **parameters: Any) -> str:
        """The errorCode of a call."""
        return self.call(method, **parameters).get('errorCode', '0')

    def reason(self) -> str:
        """Why the latest call of this merchant was refused, as the bank alone knows."""
        return self.control.requests(login=self.login)[-1]['note']


def add_merchant(bank: BankProcess, dialect: str, number: int) -> Merchant:
    merchant = Merchant(bank, f'{dialect}-{number}', dialect)
    merchant.configure()
    return merchant
