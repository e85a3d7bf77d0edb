"""What is wrong with a cart, in both dialects.

A mistake that the gateway sees is a `Refusal`. What only the cash register sees (an unknown
version, somebody else's taxpayer number, two lines of a credit) is a flaw: the receipt fails
afterwards, although the money has moved.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from .cart import Cart
from .cart_schemas import METHODS
from .editions import MEASURES, Edition
from .merchants import CashRegister
from .refusals import Reason, Refusal

_CREDIT_PAYMENT: Final = METHODS.index('credit_payment') + 1


def check_sums(cart: Cart, amount: int | None):
    """Compare the sums of a cart.

    :param int amount: kopecks of the operation; None for a receipt apart from one.
    :raise Refusal: CART_MISMATCH.
    """
    positions = [line.position for line in cart.lines]
    codes = [line.code for line in cart.lines]
    if len(set(positions)) < len(positions) or len(set(codes)) < len(codes):
        raise Refusal(Reason.CART_MISMATCH, 'a position or a code comes twice')
    for line in cart.lines:
        if line.amount <= 0 or line.price <= 0:
            raise Refusal(Reason.CART_MISMATCH, f'item {line.position}: for nothing')
        if rounded(line.quantity * line.price) != line.amount:
            raise Refusal(Reason.CART_MISMATCH, f'item {line.position}: price times quantity')
    if amount is not None and cart.total != amount:
        raise Refusal(Reason.CART_MISMATCH, f'the positions make {cart.total} kopecks')
    if sum(cart.payments.values()) != cart.total:
        raise Refusal(Reason.CART_MISMATCH, 'the payments make another sum than the positions')


def flaws(register: CashRegister, cart: Cart, buyer_inn: str) -> Iterable[str]:
    """What the cash register will say against a cart."""
    if cart.version not in register.versions:
        yield f'Касса работает с ФФД {", ".join(register.versions)}'
    if register.inn and cart.inn != register.inn:
        yield 'ИНН не совпадает с ИНН владельца кассы'
    for inn in filter(None, (cart.inn, buyer_inn)):
        if not has_check_digits(inn):
            yield f'Неверный ИНН {inn}'
    if len(cart.lines) > 1 and any(line.method == _CREDIT_PAYMENT for line in cart.lines):
        yield 'Оплата кредита: в чеке возможен только один предмет расчета'
    for line in cart.lines:
        if line.mark and not is_marking_code(line.mark):
            yield f'Позиция {line.position}: неверный код маркировки'


def is_marking_code(mark: str) -> bool:
    """Whether a code is a piece's, of identifiers 01 (with a check digit in its end) and 21."""
    digits = mark[2:16]
    if mark[:2] != '01' or mark[16:18] != '21' or not re.fullmatch('[0-9]{14}', digits):
        return False
    return sum(map(int, digits[1::2])) % 10 == -3 * sum(map(int, digits[::2])) % 10


def has_check_digits(inn: str) -> bool:
    """Whether a taxpayer number (ИНН) is one."""
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    lengths = {10: (9,), 12: (10, 11)}.get(len(inn))
    if not lengths or not inn.isdecimal():
        return False
    return all(
        sum(int(inn[i]) * weights[len(weights) - length + i] for i in range(length)) % 11 % 10
        == int(inn[length])
        for length in lengths
    )


def measure(code: str | None, place: str) -> str:
    """What is counted, by its code in version 1.2."""
    if not code or not code.isdecimal() or int(code) not in MEASURES:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: measure')
    return MEASURES[int(code)]


def rate(code: int, edition: Edition, place: str) -> str:
    """What a ``taxType`` means."""
    if code not in edition.rates:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: taxType {code}')
    return edition.rates[code]


def quantity(value: Any, place: str) -> Decimal:
    """A number with three decimals at most, above zero."""
    try:
        number = Decimal(str(value))
        in_range = 0 < number <= Decimal('99999.999')
    except InvalidOperation as error:
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: quantity') from error
    if isinstance(value, bool) or not in_range or number != number.quantize(Decimal('0.001')):
        raise Refusal(Reason.BAD_PARAMETER, f'{place}: quantity')
    return number


def rounded(exact: Decimal) -> int:
    """Whole kopecks, a half up."""
    return int(exact.to_integral_value(ROUND_HALF_UP))
