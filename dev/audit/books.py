"""Odoo's books, read by SQL, so that nothing of the addon has a say in it. Amounts are kopecks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extras import RealDictCursor

from dev.env.postgres import connected
from dev.odoo.money import to_kopecks


@dataclass(frozen=True)
class OdooPayment:
    """A payment of the ledger.

    :param amount: kopecks; negative when it is money that was given back
    :param entry: kopecks that the journal entry moves
    :param is_posted: whether the entry is posted
    :param is_balanced: whether the entry's debit and credit are equal
    :param open_credit: kopecks of it that are reconciled with nothing yet
    :param reconciled: the id of each invoice that it pays and kopecks, one for each time
    :param mails: how many e-mails staff got about it
    """

    id: int
    amount: int
    entry: int
    is_posted: bool
    is_balanced: bool
    open_credit: int
    reconciled: Sequence[tuple[int, int]]
    mails: int


@dataclass(frozen=True)
class OdooInvoice:
    """An invoice of a sales order.

    :param open: kopecks that are still owed
    """

    id: int
    state: str
    open: int


@dataclass(frozen=True)
class OdooOrder:
    """A sales order, or a quotation.

    :param total: kopecks
    :param transaction_ids: of the payments that were begun for it, whatever came of them
    :param letters: how often each letter about it, or about its invoices, was sent to the customer
    """

    id: int
    name: str
    state: str
    total: int
    transaction_ids: Sequence[int]
    invoices: Sequence[OdooInvoice]
    letters: Sequence[int]


@dataclass(frozen=True)
class OdooReceipt:
    """A receipt that the cash register was asked for, or is about to be.

    :param amount: kopecks
    :param offset: kopecks of it that were paid before
    """

    operation: str
    state: str
    amount: int
    offset: int = 0


@dataclass
class OdooTransaction:
    """A transaction of the bank's provider, with its payments and those of its refunds.

    :param amount: kopecks
    :param is_on_account: whether the customer paid for no certain invoice or order
    :param is_finished: whether all was done that the payment was for
    :param attention: the open reasons for a person to look at it
    :param is_held_first: whether its provider holds money before the shop takes it
    :param has_register: whether its provider sends receipts
    """

    id: int
    reference: str
    order_number: str
    order_id: str
    state: str
    amount: int
    partner_id: int
    is_on_account: bool
    is_finished: bool = True
    payments: list[OdooPayment] = field(default_factory=list)
    refunds: list[OdooPayment] = field(default_factory=list)
    attention: set[str] = field(default_factory=set)
    is_held_first: bool = False
    has_register: bool = False
    receipts: list[OdooReceipt] = field(default_factory=list)

    @property
    def bookings(self) -> Sequence[OdooPayment]:
        """What is in the ledger: payments and refunds whose entries are posted."""
        return [booking for booking in (*self.payments, *self.refunds) if booking.is_posted]

    @property
    def net(self) -> int:
        """Kopecks that Odoo has booked: what came in, less what went back."""
        return sum(booking.amount for booking in self.bookings)


@dataclass(frozen=True)
class OdooBooks:
    """Everything that Odoo knows of the bank's money.

    :param debts: kopecks that each customer still owes, by the partner's id
    """

    transactions: Sequence[OdooTransaction]
    debts: dict[int, int]
    orders: Sequence[OdooOrder] = ()

    def by_order_number(self) -> dict[str, OdooTransaction]:
        """Return the transactions that have an order at the bank."""
        return {tx.order_number: tx for tx in self.transactions if tx.order_number}


def read_odoo(database: str) -> OdooBooks:
    """Read Odoo's books, all of one moment."""
    with (
        connected(database) as connection,
        connection.cursor(cursor_factory=RealDictCursor) as cursor,
    ):
        cursor.execute('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        books = _Reader(cursor).read()
        cursor.execute('COMMIT')
    return books


class _Reader:
    def __init__(self, cursor: RealDictCursor):
        self._cursor = cursor

    def read(self) -> OdooBooks:
        payments: dict[int, list[OdooPayment]] = {}
        refunds: dict[int, list[OdooPayment]] = {}
        reconciled, mails = self._group(_RECONCILED), self._group(_MAILS)
        for row in self._rows(_PAYMENTS):
            booked, of = (
                (refunds, row['source_transaction_id'])
                if row['operation'] == 'refund'
                else (payments, row['transaction_id'])
            )
            payment = _payment(
                row,
                reconciled.get(row['payment_id'], ()),
                mails.get(row['transaction_id'], ()),
            )
            booked.setdefault(of, []).append(payment)
        attention, receipts = self._group(_ATTENTION), self._group(_RECEIPTS)
        orders = self._read_orders()
        ordered = {tx_id for order in orders for tx_id in order.transaction_ids}
        transactions = [
            OdooTransaction(
                id=row['id'],
                reference=row['reference'],
                order_number=row['order_number'] or '',
                order_id=row['order_id'] or '',
                state=row['state'],
                amount=to_kopecks(row['amount']),
                partner_id=row['partner_id'],
                is_on_account=not row['sberbank_invoice_count'] and row['id'] not in ordered,
                is_finished=row['is_post_processed'],
                payments=payments.get(row['id'], []),
                refunds=refunds.get(row['id'], []),
                attention={line['reason'] for line in attention.get(row['id'], ())},
                is_held_first=row['is_held_first'],
                has_register=row['has_register'],
                receipts=[_receipt(line) for line in receipts.get(row['id'], ())],
            )
            for row in self._rows(_TRANSACTIONS)
        ]
        debts = {row['partner_id']: to_kopecks(row['debt']) for row in self._rows(_DEBTS)}
        return OdooBooks(transactions, debts, orders)

    def _read_orders(self) -> Sequence[OdooOrder]:
        transactions, invoices = self._group(_ORDER_TRANSACTIONS), self._group(_ORDER_INVOICES)
        letters = self._group(_LETTERS)
        return [
            OdooOrder(
                id=row['id'],
                name=row['name'],
                state=row['state'],
                total=to_kopecks(row['amount_total']),
                transaction_ids=[line['id'] for line in transactions.get(row['id'], ())],
                invoices=[
                    OdooInvoice(line['id'], line['state'], to_kopecks(line['open']))
                    for line in invoices.get(row['id'], ())
                ],
                letters=[line['times'] for line in letters.get(row['id'], ())],
            )
            for row in self._rows(_ORDERS)
        ]

    def _rows(self, query: str) -> Sequence[dict[str, Any]]:
        self._cursor.execute(query)
        return self._cursor.fetchall()

    def _group(self, query: str) -> dict[int, list[dict[str, Any]]]:
        groups: dict[int, list[dict[str, Any]]] = {}
        for row in self._rows(query):
            groups.setdefault(row['owner_id'], []).append(row)
        return groups


def _payment(
    row: dict[str, Any], reconciled: Sequence[dict[str, Any]], mails: Sequence[dict[str, Any]]
) -> OdooPayment:
    sign = 1 if row['payment_type'] == 'inbound' else -1
    return OdooPayment(
        id=row['payment_id'],
        amount=sign * to_kopecks(row['amount']),
        entry=sign * to_kopecks(row['entry']),
        is_posted=row['entry_state'] == 'posted' and row['state'] != 'canceled',
        is_balanced=row['balance'] == 0,
        open_credit=to_kopecks(row['open_credit']),
        reconciled=[(part['invoice_id'], to_kopecks(part['amount'])) for part in reconciled],
        mails=len(mails),
    )


def _receipt(row: dict[str, Any]) -> OdooReceipt:
    settled = (row['content'] or {}).get('settlements', {})
    return OdooReceipt(
        operation=row['operation'],
        state=row['state'],
        amount=to_kopecks(row['amount']),
        offset=settled.get('prepayment', 0),
    )


_TRANSACTIONS = """
    SELECT t.id, t.reference, t.sberbank_order_number AS order_number,
           t.provider_reference AS order_id, t.state, t.amount, t.partner_id,
           t.sberbank_invoice_count, p.sberbank_receipts = 'register' AS has_register,
           coalesce(p.capture_manually, false) AS is_held_first,
           coalesce(t.is_post_processed, false) AS is_post_processed
      FROM payment_transaction t
      JOIN payment_provider p ON p.id = t.provider_id
     WHERE p.code = 'sberbank' AND t.operation != 'refund'
  ORDER BY t.id
"""

_PAYMENTS = """
    SELECT a.id AS payment_id, a.state, a.payment_type, a.amount, m.state AS entry_state,
           t.id AS transaction_id, t.operation, t.source_transaction_id,
           sum(l.debit) AS entry, sum(l.balance) AS balance,
           sum(abs(l.amount_residual)) FILTER (WHERE k.account_type = 'asset_receivable')
               AS open_credit
      FROM account_payment a
      JOIN payment_transaction t ON t.id = a.payment_transaction_id
      JOIN payment_provider p ON p.id = t.provider_id
 LEFT JOIN account_move m ON m.id = a.move_id
 LEFT JOIN account_move_line l ON l.move_id = m.id
 LEFT JOIN account_account k ON k.id = l.account_id
     WHERE p.code = 'sberbank'
       -- An accountant's payment by a saved card is left to the bank's word: see `_charge`.
       AND (a.state != 'canceled' OR a.move_id IS NOT NULL)
  GROUP BY a.id, m.id, t.id
  ORDER BY a.id
"""

_RECONCILED = """
    SELECT a.id AS owner_id, d.move_id AS invoice_id, r.amount
      FROM account_payment a
      JOIN account_move_line c ON c.move_id = a.move_id
      JOIN account_partial_reconcile r ON r.credit_move_id = c.id
      JOIN account_move_line d ON d.id = r.debit_move_id
     WHERE a.payment_transaction_id IS NOT NULL
"""

_ATTENTION = """
    SELECT transaction_id AS owner_id, reason
      FROM sberbank_attention
     WHERE NOT coalesce(is_solved, false)
"""

_RECEIPTS = """
    SELECT transaction_id AS owner_id, operation, state, amount, content
      FROM sberbank_receipt
  ORDER BY id
"""

_DEBTS = """
    SELECT commercial_partner_id AS partner_id, sum(amount_residual) AS debt
      FROM account_move
     WHERE move_type = 'out_invoice' AND state = 'posted' AND amount_residual > 0
  GROUP BY commercial_partner_id
"""

_MAILS = """
    SELECT s.res_id AS owner_id
      FROM mail_mail m
      JOIN mail_message s ON s.id = m.mail_message_id
     WHERE s.model = 'payment.transaction'
"""

_ORDERS = 'SELECT id, name, state, amount_total FROM sale_order ORDER BY id'

_ORDER_TRANSACTIONS = """
    SELECT sale_order_id AS owner_id, transaction_id AS id
      FROM sale_order_transaction_rel
  ORDER BY transaction_id
"""

_ORDER_INVOICES = """
    SELECT DISTINCT l.order_id AS owner_id, m.id, m.state, m.amount_residual AS open
      FROM sale_order_line l
      JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
      JOIN account_move_line i ON i.id = r.invoice_line_id
      JOIN account_move m ON m.id = i.move_id
"""

_LETTERS = f"""
    WITH document AS (
        SELECT 'sale.order' AS model, id AS res_id, id AS owner_id FROM sale_order
         UNION
        SELECT 'account.move', id, owner_id FROM ({_ORDER_INVOICES}) AS invoice
    )
    SELECT d.owner_id, count(*) AS times
      FROM document d
      JOIN mail_message m ON m.model = d.model AND m.res_id = d.res_id
     WHERE m.email_layout_xmlid = 'mail.mail_notification_layout_with_responsible_signature'
  GROUP BY d.owner_id, d.model, d.res_id, m.body
"""  # noqa: S608
