"""The page of receipts, for people who work with this bank."""

from typing import Final

from werkzeug.wrappers import Request, Response

from .bank import Bank
from .cart_schemas import METHODS
from .receipts import State
from .rendering import render

_SHOWN: Final = 50

_KINDS: Final = {'sell': 'ПРИХОД', 'sell_refund': 'ВОЗВРАТ ПРИХОДА'}
_TAX_SYSTEMS: Final = {
    'osn': 'ОСН',
    'usn_income': 'УСН доход',
    'usn_income_outcome': 'УСН доход − расход',
    'envd': 'ЕНВД',
    'esn': 'ЕСХН',
    'patent': 'Патент',
}
_METHODS: Final = dict(
    zip(
        range(1, len(METHODS) + 1),
        (
            'ПРЕДОПЛАТА 100 %',
            'ПРЕДОПЛАТА',
            'АВАНС',
            'ПОЛНЫЙ РАСЧЕТ',
            'ЧАСТИЧНЫЙ РАСЧЕТ И КРЕДИТ',
            'ПЕРЕДАЧА В КРЕДИТ',
            'ОПЛАТА КРЕДИТА',
        ),
        strict=True,
    )
)
_SUBJECTS: Final = {
    1: 'ТОВАР',
    2: 'ПОДАКЦИЗНЫЙ ТОВАР',
    3: 'РАБОТА',
    4: 'УСЛУГА',
    10: 'ПЛАТЕЖ',
    13: 'ИНОЙ ПРЕДМЕТ РАСЧЕТА',
    15: 'ВНЕРЕАЛИЗАЦИОННЫЙ ДОХОД',
    31: 'ПОДАКЦИЗНЫЙ ТОВАР С КОДОМ МАРКИРОВКИ',
    32: 'ТОВАР БЕЗ КОДА МАРКИРОВКИ',
    33: 'ТОВАР С КОДОМ МАРКИРОВКИ',
}
_PAYMENTS: Final = {
    1: 'БЕЗНАЛИЧНЫМИ',
    2: 'ЗАЧЕТ ПРЕДОПЛАТЫ',
    3: 'В КРЕДИТ',
    4: 'ВСТРЕЧНОЕ ПРЕДОСТАВЛЕНИЕ',
}
_STATES: Final = {
    State.UNDEFINED: 'не определен',
    State.WAITING: 'ожидает отправки',
    State.SENT: 'отправлен',
    State.DONE: 'зарегистрирован',
    State.FAILED: 'ошибка',
    State.EXHAUSTED: 'попытки исчерпаны',
    State.BAD_DATA: 'некорректные данные',
}


class Desk:
    """Handlers of the pages; `app` has their routes."""

    def __init__(self, bank: Bank):
        self._bank = bank

    def receipts(self, request: Request) -> Response:
        """The latest receipts as they come out of the register; ``login`` and ``orderNumber``."""
        login, number = request.args.get('login', ''), request.args.get('orderNumber', '')
        with self._bank.lock:
            receipts = [
                receipt
                for receipt in reversed(list(self._bank.registers))
                if login in ('', receipt.order.login) and number in ('', receipt.order.number)
            ][:_SHOWN]
            return render(
                'receipts.html',
                receipts=receipts,
                merchant_of=self._bank.merchant_of,
                kinds=_KINDS,
                tax_systems=_TAX_SYSTEMS,
                methods=_METHODS,
                subjects=_SUBJECTS,
                payments=_PAYMENTS,
                states=_STATES,
                vat_of=vat_of,
            )


def vat_of(amount: int, rate: str) -> int | None:
    """Kopecks of VAT inside of an amount, by the plain or the calculated rate; None without VAT."""
    if rate in ('none', '0'):
        return None
    part = int(rate.partition('/')[0])
    return (2 * amount * part + 100 + part) // (2 * (100 + part))
