"""What Odoo and the bank say about payments when they are asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from dev.demo.shop import BANK_LOGIN, DemoShop
from dev.env.progress import Problem
from dev.env.waiting import wait_until
from dev.odoo.money import to_kopecks

#: Bank seconds within which the cash register prints a receipt.
REGISTER_LIMIT = 60
#: Seconds that Odoo may take to book what the bank has confirmed.
BOOKING_LIMIT = 30


class Reader:
    """Somebody who looks at both sides.

    :param shop: the shop and its bank
    """

    def __init__(self, shop: DemoShop):
        self._shop = shop
        self._control = shop.bank.control

    def order(self, order_id: str) -> dict[str, Any]:
        """Return the bank's order."""
        return self._control.order(order_id)

    def bank_total(self) -> tuple[int, int]:
        """Return what the bank took from the shop's customers: kopecks, and in how many orders."""
        totals = self._control.ledger(BANK_LOGIN)['totals']
        return totals['net'], totals['paid_orders']

    def receipt_total(self) -> int:
        """Return what the cash register printed receipts of income of, in kopecks."""
        return self._control.ledger(BANK_LOGIN)['totals']['receipt_income']

    def odoo_total(self) -> tuple[int, int]:
        """Return what Odoo has booked of the bank's payments: kopecks, and in how many payments."""
        domain = [('payment_transaction_id.provider_code', '=', 'sberbank')]
        payments = self._shop.find('account.payment', domain, ['amount'])
        return sum(to_kopecks(payment['amount']) for payment in payments), len(payments)

    def callback(self, order_id: str) -> dict[str, Any]:
        """Return the bank's notification about an order, once it is delivered."""
        return self._wait_for(lambda: self._delivered(order_id), 'heard of it')

    def verdict(self, order_id: str) -> str:
        """Return what Odoo has written down about the bank's notification of an order."""
        domain = [
            ('transaction_id.provider_reference', '=', order_id),
            ('direction', '=', 'notified'),
        ]
        notified = self._shop.find('sberbank.exchange', domain, ['outcome'])
        return ', '.join(exchange['outcome'] for exchange in notified)

    def transaction(self, order_id: str) -> dict[str, Any]:
        """Return Odoo's transaction for an order, once it is booked."""
        return self._wait_for(lambda: self._booked(order_id), 'booked it')

    def payment(self, transaction: dict[str, Any]) -> dict[str, Any]:
        """Return the one payment that a transaction was booked with.

        :raise Problem: there are several
        """
        domain = [('payment_transaction_id', '=', transaction['id'])]
        fields = ['name', 'amount', 'journal_id', 'move_id']
        payments = self._shop.find('account.payment', domain, fields)
        if len(payments) != 1:
            raise Problem(f'{transaction["reference"]} was booked {len(payments)} times.')
        return payments[0]

    def receipt(self, transaction: dict[str, Any]) -> dict[str, Any]:
        """Return the receipt of a payment, once the cash register has printed it.

        The bank's time is moved on, and the accountant asks what has become of it.
        """
        self._control.advance(REGISTER_LIMIT)
        return self._wait_for(lambda: self._printed(transaction), 'heard of the receipt')

    def invoices(self, invoice_ids: list[int]) -> list[dict[str, Any]]:
        """Return invoices, and how much of each is open."""
        fields = ['name', 'partner_id', 'amount_total', 'amount_residual', 'payment_state']
        return self._shop.find('account.move', [('id', 'in', invoice_ids)], fields)

    def reconciled(self, payment: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what a payment was reconciled with: the `debit_move_id` line and the `amount`."""
        domain = [('credit_move_id.move_id', '=', payment['move_id'][0])]
        return self._shop.find('account.partial.reconcile', domain, ['debit_move_id', 'amount'])

    def reconciliations(self, invoice_id: int) -> list[dict[str, Any]]:
        """Return what an invoice was reconciled with."""
        domain = [('debit_move_id.move_id', '=', invoice_id)]
        return self._shop.find('account.partial.reconcile', domain, ['amount'])

    def sales_order(self, partner_id: int) -> dict[str, Any]:
        """Return the only order of a customer in the web shop.

        :raise Problem: there is another number of them
        """
        fields = ['name', 'state', 'amount_total', 'invoice_ids', 'transaction_ids']
        orders = self._shop.find('sale.order', [('partner_id', '=', partner_id)], fields)
        if len(orders) != 1:
            raise Problem(f'The customer has {len(orders)} orders.')
        return orders[0]

    def _delivered(self, order_id: str) -> dict[str, Any] | None:
        callbacks = self.order(order_id)['callbacks']
        return next((found for found in callbacks if found['outcome'] == 'delivered'), None)

    def _booked(self, order_id: str) -> dict[str, Any] | None:
        domain = [
            ('provider_reference', '=', order_id),
            ('state', '=', 'done'),
            ('is_post_processed', '=', True),
        ]
        return next(
            iter(self._shop.find('payment.transaction', domain, ['reference', 'state'])), None
        )

    def _printed(self, transaction: dict[str, Any]) -> dict[str, Any] | None:
        of_payment = [('transaction_id', '=', transaction['id']), ('operation', '=', 'payment')]
        (receipt,) = self._shop.find('sberbank.receipt', of_payment, ['content', 'amount'])
        self._shop.back_office.call('sberbank.receipt', 'action_ask_bank', [receipt['id']])
        issued = self._shop.find(
            'sberbank.receipt.issued',
            [('receipt_id', '=', receipt['id']), ('receipt_id.state', '=', 'done')],
            ['issued_at', 'storage_number', 'document_number', 'fiscal_sign', 'qr_text'],
        )
        return {**receipt, **issued[0]} if issued else None

    def _wait_for(self, find: Callable[[], dict[str, Any] | None], what: str) -> dict[str, Any]:
        if found := wait_until(find, limit=BOOKING_LIMIT):
            return found
        log = self._shop.server.log
        raise Problem(f'Odoo has not {what} within {BOOKING_LIMIT} s; its log: {log}')


def roubles(amount: float) -> str:
    """Return an amount of Odoo as a person writes it."""
    return kopecks(to_kopecks(amount))


def kopecks(amount: int) -> str:
    """Return an amount of the bank as a person writes it."""
    return format_currency(Decimal(amount) / 100, 'RUB', locale='ru_RU')
