"""The story of one payment, each line of it read back from Odoo or from the bank."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from dev.demo.payer import Payer, order_id
from dev.demo.shop import BANK_LOGIN, CUSTOMERS, Shop
from dev.progress import Problem

#: Seconds that Odoo may take to book what the bank has confirmed.
BOOKING_LIMIT = 30


def tell(shop: Shop) -> bool:
    """Let a customer pay an invoice, tell what happened, and return whether the books agree."""
    customer = CUSTOMERS[0]
    invoice_id = shop.invoices[customer][0]
    invoice = _invoice(shop, invoice_id)
    line = _Lines()
    line(
        'The customer',
        f'{invoice["partner_id"][1]} logs in and opens the invoice {invoice["name"]} over '
        f'{_roubles(invoice["amount_total"])}, of which {_roubles(invoice["amount_residual"])} '
        'is open.',
    )

    payer = Payer(shop.server.url, customer)
    page = payer.choose_sberbank(invoice_id)
    order = shop.bank.control.order(order_id(page))
    line(
        'The order',
        f'{customer.name.split()[0]} chooses Sberbank and lands on the bank’s page. The bank has '
        f'registered the order {order["orderNumber"]} over {_kopecks(order["amount"])}: '
        f'{order["state"]}.',
    )

    card = next(card for card in shop.bank.control.cards() if card['acs_code'])
    payer.pay_by_card(page, card)
    order = shop.bank.control.order(order['orderId'])
    line(
        'The card',
        f'The test card {card["pan"]} pays, confirmed by 3-D Secure: {order["state"]}, '
        f'{_kopecks(order["depositedAmount"])}.',
    )

    shop.bank.control.wait_idle()
    callback = _wait(shop, lambda: _delivered_callback(shop, order))
    line(
        'The callback',
        f'The bank calls {callback["url"]}: {callback["operation"]}, status '
        f'{callback["status"]}, signed. Odoo answers {callback["tries"][-1]["answer"]}.',
    )

    transaction = _wait(shop, lambda: _booked_transaction(shop, order))
    payment = _payment(shop, transaction)
    line(
        'The payment',
        f'Odoo has booked {payment["name"]}, {_roubles(payment["amount"])}, into '
        f'«{payment["journal_id"][1]}», for the transaction {transaction["reference"]}: '
        f'{transaction["state"]}.',
    )

    invoice = _invoice(shop, invoice_id)
    reconciled = _reconciled(shop, invoice_id)
    line(
        'The invoice',
        f'{invoice["name"]}: {invoice["payment_state"]}, reconciled with '
        f'{len(reconciled)} payment over {_roubles(sum(reconciled))}, open: '
        f'{_roubles(invoice["amount_residual"])}.',
    )
    return _books_agree(shop, invoice, reconciled, line)


class _Lines:
    """Numbered lines."""

    def __init__(self):
        self._count = 0

    def __call__(self, title: str, text: str) -> None:
        self._count += 1
        print(f'{self._count}. {title:<14}{text}', flush=True)


def _books_agree(shop: Shop, invoice: dict, reconciled: list[float], line: _Lines) -> bool:
    totals = shop.bank.control.ledger(BANK_LOGIN)['totals']
    payments = shop.find(
        'account.payment', [('payment_transaction_id.provider_code', '=', 'sberbank')], ['amount']
    )
    booked = sum(_to_kopecks(payment['amount']) for payment in payments)
    line(
        'The books',
        f'bank {_kopecks(totals["net"])} in {totals["paid_orders"]} order(s), '
        f'Odoo {_kopecks(booked)} in {len(payments)} payment(s).',
    )
    checks = {
        'the invoice is paid': invoice['payment_state'] in ('paid', 'in_payment'),
        'nothing of it is open': invoice['amount_residual'] == 0,
        'it was reconciled once': len(reconciled) == 1,
        'bank and Odoo have the same sum': totals['net'] == booked,
        'bank and Odoo have as many payments': totals['paid_orders'] == len(payments),
    }
    failed = [claim for claim, holds in checks.items() if not holds]
    print(f'NOT TRUE: {"; ".join(failed)}.' if failed else f'Checked: {"; ".join(checks)}.')
    return not failed


def _invoice(shop: Shop, invoice_id: int) -> dict[str, Any]:
    fields = ['name', 'partner_id', 'amount_total', 'amount_residual', 'payment_state']
    (invoice,) = shop.find('account.move', [('id', '=', invoice_id)], fields)
    return invoice


def _payment(shop: Shop, transaction: dict[str, Any]) -> dict[str, Any]:
    domain = [('payment_transaction_id', '=', transaction['id'])]
    payments = shop.find('account.payment', domain, ['name', 'amount', 'journal_id'])
    if len(payments) != 1:
        raise Problem(f'{transaction["reference"]} was booked {len(payments)} times.')
    return payments[0]


def _reconciled(shop: Shop, invoice_id: int) -> list[float]:
    """Return the amounts, in roubles, that were reconciled with an invoice."""
    domain = [('debit_move_id.move_id', '=', invoice_id)]
    return [found['amount'] for found in shop.find('account.partial.reconcile', domain, ['amount'])]


def _delivered_callback(shop: Shop, order: dict[str, Any]) -> dict[str, Any] | None:
    callbacks = shop.bank.control.order(order['orderId'])['callbacks']
    return next((found for found in callbacks if found['outcome'] == 'delivered'), None)


def _booked_transaction(shop: Shop, order: dict[str, Any]) -> dict[str, Any] | None:
    domain = [
        ('provider_reference', '=', order['orderId']),
        ('state', '=', 'done'),
        ('is_post_processed', '=', True),
    ]
    return next(iter(shop.find('payment.transaction', domain, ['reference', 'state'])), None)


def _wait(shop: Shop, find: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """Wait until there is what `find` looks for.

    :raise Problem: it does not come
    """
    deadline = time.monotonic() + BOOKING_LIMIT
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.2)
    raise Problem(f'Odoo has not booked it within {BOOKING_LIMIT} s; its log: {shop.server.log}')


def _to_kopecks(roubles: float) -> int:
    return round(roubles * 100)


def _roubles(amount: float) -> str:
    return _kopecks(_to_kopecks(amount))


def _kopecks(amount: int) -> str:
    return format_currency(Decimal(amount) / 100, 'RUB', locale='ru_RU')
