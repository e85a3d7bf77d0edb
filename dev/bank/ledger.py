"""What the bank took and gave back. All amounts in kopecks."""

from collections.abc import Iterable
from typing import Any

from .bank import Bank
from .cart import REFUND, SELL
from .orders import Order
from .receipts import Receipt, State


def ledger(bank: Bank, login: str = '') -> dict[str, Any]:
    """The books, order by order and in total, of one shop or of all.

    ``taken`` is what was ever taken from the payer, ``returned`` what went back by reversals and
    refunds, ``net`` the difference; ``held`` is blocked on the payer's card and not taken.
    ``receipts`` is what cash registers have printed about it, see `_printed`.
    """
    with bank.lock:
        lines = [
            {**_line(order), **_printed(bank.registers.of_order(order))}
            for order in bank.orders
            if login in ('', order.login)
        ]
    columns = (
        *('registered', 'taken', 'reversed', 'refunded', 'returned', 'net', 'held'),
        *_printed(()),
    )
    totals = {column: sum(line[column] for line in lines) for column in columns}
    totals['orders'] = len(lines)
    totals['paid_orders'] = sum(1 for line in lines if line['taken'])
    return {'orders': lines, 'totals': totals}


def _printed(receipts: Iterable[Receipt]) -> dict[str, int]:
    """What the printed receipts of an order come to.

    ``receipt_income`` and ``receipt_return`` are of money (kind 1); ``receipt_offset`` is what
    receipts of income have counted in from earlier ones (kind 2), less their returns.
    """
    printed = [receipt.cart for receipt in receipts if receipt.state is State.DONE]
    income = [cart.payments for cart in printed if cart.kind == SELL]
    back = [cart.payments for cart in printed if cart.kind == REFUND]
    return {
        'receipt_income': sum(payments.get(1, 0) for payments in income),
        'receipt_return': sum(payments.get(1, 0) for payments in back),
        'receipt_offset': sum(payments.get(2, 0) for payments in income)
        - sum(payments.get(2, 0) for payments in back),
        'receipts': len(printed),
    }


def _line(order: Order) -> dict[str, Any]:
    return {
        'login': order.login,
        'orderNumber': order.number,
        'orderId': order.order_id,
        'currency': order.registration.currency,
        'state': order.status.name,
        'orderStatus': order.status.value,
        'registered': order.amount,
        'taken': order.taken,
        'reversed': order.reversed,
        'refunded': order.refunded,
        'returned': order.returned,
        'net': order.taken - order.returned,
        'held': order.approved if order.status.name == 'HELD' else 0,
    }
