"""What the bank took and gave back. All amounts in kopecks."""

from typing import Any

from .bank import Bank
from .orders import Order


def ledger(bank: Bank, login: str = '') -> dict[str, Any]:
    """The books, order by order and in total, of one shop or of all.

    ``taken`` is what was ever taken from the payer, ``returned`` what went back by reversals,
    refunds and chargebacks, ``net`` the difference; ``held`` is blocked on the payer's card and not
    taken.
    """
    with bank.lock:
        lines = [_line(order) for order in bank.orders if login in ('', order.login)]
    columns = (
        'registered',
        'taken',
        'reversed',
        'refunded',
        'charged_back',
        'returned',
        'net',
        'held',
    )
    totals = {column: sum(line[column] for line in lines) for column in columns}
    totals['orders'] = len(lines)
    totals['paid_orders'] = sum(1 for line in lines if line['taken'])
    return {'orders': lines, 'totals': totals}


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
        'charged_back': order.charged_back,
        'returned': order.returned,
        'net': order.taken - order.returned,
        'held': order.held,
    }
