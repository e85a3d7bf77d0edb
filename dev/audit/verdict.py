"""The comparison: order by order, to the kopeck."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dev.audit.books import OdooBooks, OdooTransaction
from dev.audit.fault import Fault
from dev.audit.receipts_verdict import ReceiptsComparison, ReceiptsTally
from dev.audit.sales_verdict import SalesComparison
from dev.odoo.money import in_figures

#: A line of the bank's ledger, as its control API gives it. Amounts are kopecks.
BankLine = Mapping[str, Any]

#: How the bank's state of an order shows in Odoo, for orders whose money the bank does not have.
UNPAID_STATES = {
    'REGISTERED': {'draft', 'pending'},
    'ACS_STARTED': {'draft', 'pending'},
    'DECLINED': {'cancel'},
    'HELD': {'authorized'},
    'REVERSED': {'cancel'},
}

#: Why a payment for documents may be reconciled with none, or with less than it could.
OPEN_CREDIT = {'already_paid', 'changed', 'withdrawn'}
#: Why a payment may be booked and not finished.
UNFINISHED = 'not_settled'
#: Why a payment may not be booked.
UNBOOKED = 'not_bookable'


@dataclass
class Verdict:
    """What the comparison has shown. Amounts are kopecks.

    :param bank: what the bank took for the shop and the shop did not give back
    :param orders: how many orders that is
    :param odoo: what Odoo has booked
    :param payments: how many payments that is
    :param bookings: payments and refunds; staff get an e-mail about each
    :param mails: how many they got
    :param listed: orders that are for a person to look at, and are listed for that, by the reason
    """

    bank: int = 0
    orders: int = 0
    odoo: int = 0
    payments: int = 0
    bookings: int = 0
    mails: int = 0
    faults: list[Fault] = field(default_factory=list)
    listed: Counter[str] = field(default_factory=Counter)
    receipts: ReceiptsTally = field(default_factory=ReceiptsTally)

    @property
    def is_clean(self) -> bool:
        """Whether all agrees, and there was something to agree about."""
        is_equal = (self.bank, self.orders, self.bookings) == (self.odoo, self.payments, self.mails)
        return is_equal and self.orders > 0 and not self.faults

    def count(self, kind: str) -> int:
        """Return how many orders have a fault of this kind."""
        return len({fault.order_number for fault in self.faults if fault.kind == kind})

    def __str__(self) -> str:
        return (
            f'bank {in_figures(self.bank)} RUB in {self.orders} orders'
            f' {_sign(self.bank, self.odoo)}'
            f' Odoo {in_figures(self.odoo)} RUB in {self.payments} payments;'
            f' lost {self.count("lost")}, doubled {self.count("doubled")},'
            f' wrong {self.count("wrong")},'
            f' mails {self.mails} {_sign(self.mails, self.bookings)} {self.bookings}'
        )


def compare(
    ledger: Sequence[BankLine], books: OdooBooks, *, automatic_invoices: bool = False
) -> Verdict:
    """Compare the bank's ledger with Odoo's books.

    :param automatic_invoices: whether orders are invoiced as soon as they are paid
    """
    comparison = _Comparison(books, automatic_invoices)
    for line in ledger:
        comparison.look_at(line)
    comparison.look_for_inventions()
    comparison.look_at_orders()
    return comparison.verdict


def believed_lies(books: OdooBooks, order_numbers: Sequence[str]) -> Sequence[Fault]:
    """Find transactions that are done although all that the bank said about them was wrong."""
    transactions = books.by_order_number()
    return [
        Fault('wrong', number, "it was believed although the bank's answers did not match")
        for number in order_numbers
        if (tx := transactions.get(number)) and (tx.state == 'done' or tx.bookings)
    ]


def untold(books: OdooBooks) -> Sequence[Fault]:
    """Find payments that could not be booked or finished, and of which nobody was told."""
    return [
        Fault('wrong', tx.order_number, 'it is paid and not finished, and nobody was told')
        for tx in books.transactions
        if tx.state == 'done'
        and not tx.is_finished
        and (UNFINISHED if tx.payments else UNBOOKED) not in tx.attention
    ]


class _Comparison:
    def __init__(self, books: OdooBooks, automatic_invoices: bool):
        self._books = books
        self._transactions = books.by_order_number()
        self._seen: set[str] = set()
        self._sales = SalesComparison(books, automatic_invoices=automatic_invoices)
        self._receipts = ReceiptsComparison()
        self.verdict = Verdict(receipts=self._receipts.tally)

    def look_at(self, line: BankLine) -> None:
        number = line['orderNumber']
        tx = self._transactions.get(number)
        self.verdict.faults.extend(self._receipts.look_at(line, tx))
        if not tx:
            # A number that was withdrawn and followed by another one: nobody could pay it.
            if line['taken'] or line['held'] or line['state'] == 'REGISTERED':
                self._blame('lost', line, 'Odoo does not know the order')
            return
        self._seen.add(number)
        if tx.order_id != line['orderId']:
            self._blame('wrong', line, f'Odoo has the id {tx.order_id or "of no order"}')
        if 'mismatch' in tx.attention:
            self._blame('wrong', line, 'it is listed as a mismatch, and there is none any more')
        if not line['taken'] or not (line['net'] or tx.bookings):
            self._look_at_unpaid(line, tx)
        else:
            self._look_at_paid(line, tx)

    def look_for_inventions(self) -> None:
        for tx in self._books.transactions:
            if tx.order_number in self._seen:
                continue
            if tx.bookings or tx.state == 'done':
                name = tx.order_number or tx.reference
                fault = Fault('wrong', name, 'Odoo booked what the bank knows nothing about')
                self.verdict.faults.append(fault)

    def look_at_orders(self) -> None:
        self.verdict.faults.extend(self._sales.look_at_orders())

    # --- the cases ------------------------------------------------------------------------------

    def _look_at_unpaid(self, line: BankLine, tx: OdooTransaction) -> None:
        if tx.bookings:
            self._blame('wrong', line, f'{tx.net} kopecks are booked, the bank took none')
        if tx.state not in UNPAID_STATES[line['state']]:
            self._blame('wrong', line, f'the bank says {line["state"]}, Odoo {tx.state}')

    def _look_at_paid(self, line: BankLine, tx: OdooTransaction) -> None:
        # Also what went back in the cabinet is recorded and booked.
        expected = line['taken'] - line['returned']
        self.verdict.bank += expected
        self.verdict.orders += 1
        self.verdict.odoo += tx.net
        posted = [payment for payment in tx.payments if payment.is_posted]
        self.verdict.payments += len(posted)
        self.verdict.bookings += len(tx.bookings)
        self.verdict.mails += sum(booking.mails for booking in tx.bookings)
        if not posted:
            self._blame('lost', line, f'{line["taken"]} kopecks are not booked, it is {tx.state}')
            return
        if len(posted) > 1:
            self._blame('doubled', line, f'{len(posted)} payments')
        elif posted[0].amount != line['taken']:
            self._blame('wrong', line, f'{posted[0].amount} booked, {line["taken"]} taken')
        if tx.net != expected:
            self._blame('wrong', line, f'{tx.net} booked in all, {expected} expected')
        if tx.state != 'done':
            self._blame('wrong', line, f'it is paid, and {tx.state} in Odoo')
        if not tx.is_finished:
            self._blame('lost', line, 'what it was for is not finished, and nothing is in the way')
        elif UNFINISHED in tx.attention:
            self._blame('wrong', line, 'it is finished, and listed as if it were not')
        self._look_at_entries(line, tx)
        self._look_at_reconciliation(line, tx)

    def _look_at_entries(self, line: BankLine, tx: OdooTransaction) -> None:
        for booking in tx.bookings:
            if not booking.is_balanced or booking.entry != booking.amount:
                self._blame('wrong', line, f'the entry moves {booking.entry} kopecks')
            if booking.mails != 1:
                kind = 'doubled' if booking.mails else 'lost'
                self._blame(kind, line, f'{booking.mails} e-mails about a booking')

    def _look_at_reconciliation(self, line: BankLine, tx: OdooTransaction) -> None:
        (payment, *_others) = tx.payments
        times_paid = Counter(invoice_id for invoice_id, _amount in payment.reconciled)
        if any(times > 1 for times in times_paid.values()):
            self._blame('doubled', line, 'it is reconciled with an invoice twice')
        total = sum(amount for _invoice_id, amount in payment.reconciled)
        if total + payment.open_credit != payment.amount:
            self._blame('wrong', line, f'{total} reconciled and {payment.open_credit} open')
        if not payment.open_credit:
            return
        if tx.is_on_account:
            if debt := self._books.debts.get(tx.partner_id):
                why = f'{payment.open_credit} are left, while the customer owes {debt}'
                self._blame('wrong', line, why)
            return
        if self._sales.may_wait(tx):
            return
        reasons = tx.attention & OPEN_CREDIT
        self.verdict.listed.update(reasons)
        if not reasons:
            self._blame('wrong', line, f'{payment.open_credit} pay nothing, nobody was told')

    def _blame(self, kind: str, line: BankLine, why: str) -> None:
        self.verdict.faults.append(Fault(kind, line['orderNumber'], why))


def _sign(left: int, right: int) -> str:
    return '=' if left == right else '!='
