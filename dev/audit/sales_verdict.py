"""The part of the comparison about sales orders: what was paid is confirmed and invoiced."""

from collections.abc import Iterator, Sequence

from dev.audit.books import OdooBooks, OdooOrder, OdooTransaction
from dev.audit.fault import Fault

#: States of an order that is not confirmed.
QUOTATION = {'draft', 'sent'}
#: Why an order may stay a quotation although its customer has paid.
TOLD = {'changed', 'withdrawn', 'already_paid'}


class SalesComparison:
    """Compares the orders with their payments, which have been compared with the bank's ledger.

    :param books: Odoo's
    :param automatic_invoices: whether orders are invoiced as soon as they are paid
    """

    def __init__(self, books: OdooBooks, *, automatic_invoices: bool):
        self._orders = books.orders
        self._automatic = automatic_invoices
        self._transactions = {tx.id: tx for tx in books.transactions}
        self._order_of = {tx_id: order for order in books.orders for tx_id in order.transaction_ids}

    def may_wait(self, tx: OdooTransaction) -> bool:
        """Tell whether money may be open because it waits for the invoice of its order."""
        order = self._order_of.get(tx.id)
        if not order or order.state != 'sale' or self._automatic:
            return False
        before = sum(
            other.payments[0].amount
            for other in self._paid(order)
            if other.payments[0].id < tx.payments[0].id
        )
        return before < order.total

    def look_at_orders(self) -> Iterator[Fault]:
        """Yield what is wrong with the orders."""
        for order in self._orders:
            paid = self._paid(order)
            for kind, why in self._look_at(order, paid):
                number = paid[0].order_number if paid else order.name
                yield Fault(kind, number, f'{order.name}: {why}')

    def _look_at(
        self, order: OdooOrder, paid: Sequence[OdooTransaction]
    ) -> Iterator[tuple[str, str]]:
        if any(times > self._count_occasions(order) for times in order.letters):
            yield 'doubled', 'the customer got the same letter more than once'
        if not paid:
            return
        money = sum(tx.payments[0].amount for tx in paid)
        is_kept = any(tx.net for tx in paid)  # What went back as a whole needs nobody any more.
        if order.state in QUOTATION and money >= order.total:
            yield 'lost', f'it is paid, and {order.state}'
        elif order.state in QUOTATION and is_kept and not any(tx.attention & TOLD for tx in paid):
            yield 'wrong', f'{money} of {order.total} are paid, and nobody was told'
        elif order.state == 'sale' and self._automatic:
            yield from self._look_at_invoices(order, money)

    def _count_occasions(self, order: OdooOrder) -> int:
        """Return how often the sales app may write: when money is held, and when it is taken."""
        transactions = [self._transactions[tx_id] for tx_id in order.transaction_ids]
        return sum(1 + tx.is_held_first for tx in transactions)

    def _look_at_invoices(self, order: OdooOrder, money: int) -> Iterator[tuple[str, str]]:
        posted = [invoice for invoice in order.invoices if invoice.state == 'posted']
        if not posted:
            yield 'lost', 'it is paid and confirmed, and not invoiced'
        if len(posted) < len(order.invoices):
            yield 'wrong', 'an invoice of it is not posted'
        if money >= order.total and any(invoice.open for invoice in posted):
            yield 'lost', 'it is paid, its invoice is not'

    def _paid(self, order: OdooOrder) -> Sequence[OdooTransaction]:
        found = [self._transactions[tx_id] for tx_id in order.transaction_ids]
        return [tx for tx in found if tx.payments and tx.payments[0].is_posted]
