"""All that is known of one order, for whoever looks for what went wrong."""

from collections.abc import Iterator

from psycopg2.extras import RealDictCursor

from dev.audit.outcome import Outcome
from dev.bank.process import BankProcess
from dev.env.postgres import connected


def tell(
    order_number: str, outcome: Outcome | None, bank: BankProcess, database: str
) -> Iterator[str]:
    """Yield the lines of an order's history: its payer's, the bank's and Odoo's."""
    yield f'--- order {order_number}'
    if outcome:
        yield f'plan       {outcome.payment}'
        for line in outcome.story:
            yield f'payer      {line}'
    for order in bank.control.orders(order_number=order_number):
        for event in order['history']:
            yield f'bank       {event["moment"]:.2f} {event["event"]}'
        for delivery in order['callbacks']:
            answers = [f'{one["moment"]:.2f} {one["answer"]}' for one in delivery['tries']]
            what = f'{delivery["operation"]}/{delivery["status"]} {delivery["outcome"]}'
            yield f'callback   {what}: {", ".join(answers)}'
    for call in bank.control.requests(orderNumber=order_number):
        faults = f', {", ".join(call["faults"])}' if call['faults'] else ''
        yield (
            f'call       {call["moment"]:.2f} {call["method"]}: {call["answer"]},'
            f' errorCode {call["error_code"] or "-"}{faults}'
        )
    for receipt in bank.control.receipts(order_number=order_number):
        events = ', '.join(f'{one["moment"]:.2f} {one["event"]}' for one in receipt['history'])
        what = f'{receipt["operation"] or "doReceipt"} {receipt["kind"]} {receipt["total"]}'
        yield f'register   {what}: {events}'
    yield from _tell_odoo(order_number, database)


def _tell_odoo(order_number: str, database: str) -> Iterator[str]:
    with (
        connected(database) as connection,
        connection.cursor(cursor_factory=RealDictCursor) as cursor,
    ):
        for title, query in _QUERIES.items():
            cursor.execute(query, [order_number])
            for row in cursor.fetchall():
                yield f'{title:<10} {dict(row)}'


_QUERIES = {
    'Odoo': """
        SELECT id, reference, state, state_message, amount, provider_reference, is_post_processed,
               payment_id, operation, last_state_change, sberbank_next_ask_at
          FROM payment_transaction
         WHERE sberbank_order_number = %s
    """,
    'payment': """
        SELECT a.id, a.name, a.state, a.amount, a.create_date, m.state AS entry
          FROM account_payment a
          JOIN payment_transaction t ON t.id = a.payment_transaction_id
     LEFT JOIN account_move m ON m.id = a.move_id
         WHERE t.sberbank_order_number = %s
    """,
    'attention': """
        SELECT a.reason, a.details, a.is_solved, a.create_date, a.write_date
          FROM sberbank_attention a
          JOIN payment_transaction t ON t.id = a.transaction_id
         WHERE t.sberbank_order_number = %s
    """,
    'receipt': """
        SELECT r.id, r.operation, r.key, r.state, r.amount, r.refusal, r.asked_at, r.next_ask_at,
               r.consider_at, r.retries
          FROM sberbank_receipt r
          JOIN payment_transaction t ON t.id = r.transaction_id
         WHERE t.sberbank_order_number = %s
      ORDER BY r.id
    """,
    'exchange': """
        SELECT e.time, e.direction, e.method, e.outcome, e.http_status, e.duration, e.error
          FROM sberbank_exchange e
          JOIN payment_transaction t ON t.id = e.transaction_id
         WHERE t.sberbank_order_number = %s
      ORDER BY e.id
    """,
    'message': """
        SELECT m.date, m.model, m.subject, left(regexp_replace(m.body, '<[^>]*>', '', 'g'), 200)
          FROM mail_message m
          JOIN payment_transaction t
            ON (m.model = 'payment.transaction' AND m.res_id = t.id)
            OR (m.model = 'account.payment' AND m.res_id = t.payment_id)
         WHERE t.sberbank_order_number = %s
      ORDER BY m.id
    """,
    'sale': r"""
        SELECT m.date, m.message_type, m.subject,
               left(regexp_replace(m.body, '<[^>]*>|\s+', ' ', 'g'), 200)
          FROM mail_message m
          JOIN sale_order_transaction_rel r ON m.model = 'sale.order' AND m.res_id = r.sale_order_id
          JOIN payment_transaction t ON t.id = r.transaction_id
         WHERE t.sberbank_order_number = %s
      ORDER BY m.id
    """,
}
