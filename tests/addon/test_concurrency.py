"""Everything at once, in any order and number: one state, one payment, one reconciliation.

The workers are processes, or threads with cursors of their own; what they write is committed.
"""

import threading
import time
from contextlib import suppress
from unittest.mock import patch

import psycopg2
import pytest
import requests

from .live import PATIENCE, STAFF, at_once, paused, wait_until, wait_until_booked

#: Seconds between two looks at something that is waited for.
PAUSE = 0.05


@pytest.fixture(autouse=True)
def _own_account(shop):
    shop.open_account()


def test_everything_at_once_books_once(shop):
    invoice_ids = [shop.create_invoice(100.5 + number) for number in range(3)]
    tx_ids = [shop.create_tx(invoice_id) for invoice_id in invoice_ids]
    sessions = [requests.Session() for _tx in tx_ids]
    at_once(
        lambda tx_id=tx_id, session=session: shop.visit_pay_route(tx_id, session)
        for tx_id, session in zip(tx_ids, sessions, strict=True)
    )
    order_ids = [shop.read_tx(tx_id, 'provider_reference') for tx_id in tx_ids]
    shop.bank.faults(shop.login, {'fault': 'callback_simultaneous', 'value': 10})
    make_due(shop, tx_ids)

    at_once([
        *(lambda order_id=order_id: shop.bank.pay(order_id) for order_id in order_ids),
        *(
            lambda tx_id=tx_id, session=session: shop.come_back(tx_id, session)
            for tx_id, session in zip(tx_ids, sessions, strict=True)
        ),
        *(lambda session=session: poll_status(shop, session) for session in sessions),
        *(lambda tx_id=tx_id: post_process(shop, tx_id) for tx_id in tx_ids),
        lambda: run(shop, '_cron_sberbank_ask_bank'),
        lambda: run(shop, '_cron_sberbank_book_payments'),
    ])
    shop.bank.wait_idle()
    for tx_id in tx_ids:
        wait_until_booked(shop, tx_id)

    for tx_id, invoice_id, order_id in zip(tx_ids, invoice_ids, order_ids, strict=True):
        assert_booked_once(shop, tx_id, invoice_id)
        answers = {
            attempt['answer']
            for delivery in shop.bank.order(order_id)['callbacks']
            for attempt in delivery['tries']
        }
        assert answers <= {200, 503}
    assert not shop.get_errors()


def test_ten_notifications_at_once_book_within_seconds_though_nobody_comes_back(shop):
    shop.bank.faults(shop.login, {'fault': 'callback_simultaneous', 'value': 10})
    for _payment in range(3):
        invoice_id = shop.create_invoice(10)
        tx_id = shop.create_tx(invoice_id)
        shop.visit_pay_route(tx_id)

        shop.bank.pay(shop.read_tx(tx_id, 'provider_reference'))

        wait_until_booked(shop, tx_id)
        assert_booked_once(shop, tx_id, invoice_id)


def test_a_payer_who_clicks_many_times_gets_one_order(shop):
    tx_id = shop.create_tx(shop.create_invoice(10))

    responses = at_once([lambda: shop.visit_pay_route(tx_id)] * 8)

    [order] = shop.bank.orders(login=shop.login)
    assert len(shop.bank.requests(login=shop.login, method='register')) == 1
    assert {response.status_code for response in responses} == {303}
    assert {response.headers['Location'] for response in responses} == {
        shop.read_tx(tx_id, 'sberbank_form_url')
    }
    assert shop.read_tx(tx_id, 'provider_reference') == order['orderId']


@pytest.mark.parametrize('happening', ['created', 'paid'])
def test_a_notification_that_comes_before_the_register_answer(shop, happening):
    shop.bank.faults(
        shop.login,
        {'fault': 'callback_before_register_response', 'value': happening, 'times': 1},
    )
    tx_id = shop.create_tx(shop.create_invoice(10))

    response = shop.visit_pay_route(tx_id)

    [order] = shop.bank.orders(login=shop.login)
    reference, form_url = shop.read_tx(tx_id, 'provider_reference', 'sberbank_form_url')
    assert response.headers['Location'] == form_url
    assert reference == order['orderId']
    state = 'done' if happening == 'paid' else 'pending'
    wait_until(lambda: shop.read_tx(tx_id, 'state') == state)
    assert [delivery['tries'][0]['answer'] for delivery in order['callbacks']] == [200]


def test_an_order_that_is_paid_though_its_answer_is_lost(shop):
    shop.bank.faults(
        shop.login,
        {'fault': 'callback_before_register_response', 'value': 'paid', 'times': 1},
        {'fault': 'drop_response_after_commit', 'method': 'register', 'times': 1},
        {'fault': 'callback_never'},
    )
    invoice_id = shop.create_invoice(10)
    tx_id = shop.create_tx(invoice_id)

    page = shop.visit_pay_route(tx_id)
    again = shop.visit_pay_route(tx_id)

    assert 'Try again' in page.text
    assert again.headers['Location'].endswith('/payment/status')
    assert len(shop.bank.orders(login=shop.login)) == 1
    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)


def test_two_jobs_claim_different_orders(shop):
    invoice_id = shop.create_invoice(10)
    with paused(shop, 'ir_cron_ask_bank'):
        tx_ids = [shop.create_tx(invoice_id) for _i in range(100)]
        make_due(shop, tx_ids)

        def claim_all():
            claimed = []
            with shop.env() as env:
                while found := env['payment.transaction']._sberbank_claim_due().ids:
                    claimed += found
            return claimed

        claims = at_once([claim_all] * 4)

    assert sorted(tx_id for claimed in claims for tx_id in claimed) == sorted(tx_ids)


def test_a_job_does_not_wait_for_a_worker_that_holds_an_order(shop):
    invoice_id = shop.create_invoice(10)
    with paused(shop, 'ir_cron_ask_bank'):
        held_id, free_id = [shop.create_tx(invoice_id) for _i in range(2)]
        make_due(shop, [held_id, free_id])

        with shop.env() as holder, shop.env() as env:
            holder['payment.transaction'].browse(held_id).lock_for_update()
            env.cr.execute("SET LOCAL lock_timeout = '2s'")
            claimed = env['payment.transaction']._sberbank_claim_due().ids

    assert free_id in claimed
    assert held_id not in claimed


def test_two_jobs_book_a_payment_once(shop):
    invoice_id = shop.create_invoice(10)
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    tx_id = pay_unnoticed(shop, invoice_id)

    at_once([
        *[lambda: run(shop, '_cron_sberbank_book_payments')] * 3,
        *[lambda: post_process(shop, tx_id)] * 3,
    ])

    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)


def test_two_clicks_on_refund_give_the_money_back_once(shop):
    tx_id, order_id = pay_and_book(shop, 10)
    staff = [shop.log_in() for _i in range(3)]

    at_once(
        lambda each=each: each.press('payment.transaction', 'action_refund', [tx_id])
        for each in staff
    )

    with shop.env() as env:
        refunds = env['payment.transaction'].browse(tx_id).child_transaction_ids
        done = refunds.filtered(lambda refund: refund.state == 'done')
        assert len(done) == 1
    assert shop.bank.order(order_id)['state'] == 'REVERSED'


def test_what_goes_back_in_the_cabinet_is_recorded_once_beside_a_refund_of_ours(shop):
    tx_id, order_id = pay_and_book(shop, 100)
    staff = shop.log_in()
    shop.bank.faults(shop.login, {'fault': 'callback_simultaneous', 'value': 5})

    at_once([
        lambda: shop.bank.refund(order_id, 3000),
        lambda: staff.press('payment.transaction', 'action_refund', [tx_id], 20),
        *[lambda: run(shop, '_cron_sberbank_ask_bank')] * 2,
    ])
    shop.bank.wait_idle()
    make_due(shop, [tx_id])
    at_once([lambda: run(shop, '_cron_sberbank_ask_bank')] * 3)

    with shop.env() as env:
        refunds = env['payment.transaction'].browse(tx_id).child_transaction_ids
        done = refunds.filtered(lambda refund: refund.state == 'done')
        returned = shop.bank.order(order_id)['refundedAmount']
        assert -sum(done.mapped('amount')) * 100 == returned
        assert len(done.filtered('sberbank_returned_by')) <= 1
    assert not shop.get_errors()


def test_a_refund_that_is_taken_for_made_is_not_recorded_once_more(shop):
    tx_id, order_id = pay_and_book(shop, 100)
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    taken_for_made = threading.Event()

    def refund():
        with shop.env() as env:
            tx = env['payment.transaction'].browse(tx_id)
            tx.sberbank_refund_sent = f'R-{tx.reference}'  # By a worker that was killed then.
            env.cr.commit()
            tx.action_refund(20)
            env.flush_all()
            taken_for_made.set()
            wait_until(lambda: is_somebody_waiting(shop))

    def record():
        taken_for_made.wait(PATIENCE)
        with shop.env() as env:
            env['payment.transaction'].browse(tx_id)._sberbank_refresh()

    with paused(shop, 'ir_cron_ask_bank'):
        shop.bank.refund(order_id, 3000)
        at_once([refund, record])

    with shop.env() as env:
        refunds = env['payment.transaction'].browse(tx_id).child_transaction_ids
        assert sum(refunds.mapped('amount')) == -30
        assert set(refunds.mapped('state')) == {'done'}


def test_the_bank_s_word_is_applied_though_a_refund_is_booked_meanwhile(shop):
    tx_id, order_id = pay_and_book(shop, 100)
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    with paused(shop, 'ir_cron_ask_bank'), paused(shop, 'ir_cron_book_payments'):
        shop.bank.refund(order_id, 3000)
        with shop.env() as env:
            tx = env['payment.transaction'].browse(tx_id)
            tx._sberbank_refresh()
            refund_id = tx.child_transaction_ids.id
        write(shop, refund_id, {'sberbank_masked_pan': False})
        lock_rows = type(tx)._sberbank_lock_rows
        bookings = []

        def lock_after_booking(self):
            if self.ids == [refund_id] and not bookings:
                bookings.append(write(shop, refund_id, {'is_post_processed': True}))
            lock_rows(self)

        with patch.object(type(tx), '_sberbank_lock_rows', lock_after_booking), shop.env() as env:
            env['payment.transaction'].browse(tx_id)._sberbank_refresh()

    assert bookings
    assert shop.read_tx(refund_id, 'sberbank_masked_pan') == shop.read_tx(
        tx_id, 'sberbank_masked_pan'
    )
    assert shop.read_tx(refund_id, 'is_post_processed')


def test_turns_are_given_back_while_a_notification_is_written_down(shop):
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    held = threading.Event()
    with paused(shop, 'ir_cron_book_payments'):
        tx_ids = [pay_unnoticed(shop, shop.create_invoice(10)) for _payment in range(2)]

        def write_notification():
            with shop.env() as env:
                env.cr.execute(
                    'UPDATE payment_transaction SET sberbank_notified_at = now()'
                    ' WHERE id = ANY(%s)',
                    [tx_ids],
                )
                held.set()
                wait_until(lambda: is_somebody_waiting(shop))

        def end_batch():
            held.wait(PATIENCE)
            with shop.env() as env:
                txs = env['payment.transaction'].browse(tx_ids)
                together = (txs.browse(), txs)
                with patch.object(type(txs), '_sberbank_use_turns_together', return_value=together):
                    txs._sberbank_use_turns(time.monotonic())

        at_once([write_notification, end_batch])

    for tx_id in tx_ids:
        assert shop.read_tx(tx_id, 'sberbank_notified_at')
        assert shop.read_tx(tx_id, 'sberbank_turn_at')
    assert not shop.get_errors()


def pay(shop, invoice_id):
    """Pay an invoice at the bank, and return its transaction and the bank's id of the order."""
    tx_id = shop.create_tx(invoice_id)
    shop.visit_pay_route(tx_id)
    order_id = shop.read_tx(tx_id, 'provider_reference')
    shop.bank.pay(order_id)
    return tx_id, order_id


def pay_and_book(shop, amount):
    """Have an invoice paid and booked; return its transaction and the bank's id of the order."""
    tx_id, order_id = pay(shop, shop.create_invoice(amount))
    wait_until_booked(shop, tx_id)
    return tx_id, order_id


def pay_unnoticed(shop, invoice_id):
    """Return a transaction whose payment is confirmed, and that nobody has booked."""
    tx_id, _order_id = pay(shop, invoice_id)
    with shop.env() as env:
        env['payment.transaction'].browse(tx_id)._sberbank_refresh()
    return tx_id


def is_somebody_waiting(shop):
    with shop.env() as env:
        env.cr.execute(
            'SELECT 1 FROM pg_locks lock JOIN pg_stat_activity USING (pid)'
            ' WHERE NOT lock.granted AND datname = current_database()'
        )
        return bool(env.cr.fetchall())


def write(shop, tx_id, values):
    """Write a transaction as another worker does."""
    with shop.env() as env:
        env['payment.transaction'].browse(tx_id).write(values)


def make_due(shop, tx_ids):
    """Have the job ask about the transactions."""
    with shop.env() as env:
        env.cr.execute(
            "UPDATE payment_transaction SET sberbank_next_ask_at = now() - interval '1 minute'"
            ' WHERE id = ANY(%s)',
            [tx_ids],
        )


def run(shop, job):
    """Run a job as another worker does, which gives way to others."""
    with suppress(psycopg2.OperationalError), shop.env() as env:
        getattr(env['payment.transaction'], job)()


def post_process(shop, tx_id):
    """Post-process as Odoo's own job does, which gives way to others."""
    with suppress(psycopg2.OperationalError), shop.env() as env:
        tx = env['payment.transaction'].browse(tx_id)
        if tx.state == 'done':
            tx._post_process()


def poll_status(shop, session):
    """Ask as the status page does, until the payment is done."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        response = session.post(
            f'{shop.url}/payment/status/poll',
            json={'jsonrpc': '2.0', 'params': {}},
            timeout=PATIENCE,
        ).json()
        if response.get('result', {}).get('state') == 'done':
            return
        time.sleep(PAUSE)


def assert_booked_once(shop, tx_id, invoice_id):
    with shop.env() as env:
        tx = env['payment.transaction'].browse(tx_id)
        invoice = env['account.move'].browse(invoice_id)
        payments = env['account.payment'].search([('payment_transaction_id', '=', tx_id)])
        assert tx.state == 'done'
        assert tx.payment_id == payments
        assert len(payments) == 1
        assert invoice.amount_residual == 0
        [match] = payments.move_id.line_ids.matched_debit_ids
        assert match.debit_move_id.move_id == invoice
        assert (
            env['mail.mail'].search_count([
                ('email_to', '=', STAFF),
                ('model', '=', tx._name),
                ('res_id', '=', tx_id),
            ])
            == 1
        )
