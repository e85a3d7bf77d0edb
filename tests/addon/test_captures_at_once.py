"""Several people take parts of one hold at the same moment: what the bank took is booked once."""

import pytest

from .live import CALLBACK_KEY, PASSWORD, at_once, wait_until

CLICKS = 4


@pytest.fixture(autouse=True)
def _contract(shop):
    """An account of one's own whose holds are taken in parts."""
    shop.open_account()
    shop.bank.put_merchant(
        shop.login,
        password=PASSWORD,
        dialect='rbs',
        name='Shop',
        callback={'signing': 'symmetric', 'key': CALLBACK_KEY},
        permissions={'multi_completion': True},
    )
    with shop.env() as env:
        provider = env.ref('payment_sberbank.payment_provider_sberbank')
        provider.payment_method_ids -= env.ref('payment_sberbank.payment_method_sbp')
        provider.write({'capture_manually': True, 'sberbank_captures_in_parts': True})
    yield
    with shop.env() as env:
        env.ref('payment_sberbank.payment_provider_sberbank').write({
            'capture_manually': False,
            'sberbank_captures_in_parts': False,
        })


def test_one_window_that_is_clicked_many_times_at_once_takes_one_part(shop):
    tx_id, order_id = hold(shop, 100)
    people = [shop.log_in() for _click in range(CLICKS)]
    context, wizard_id = open_window(people[0], tx_id, 40)

    at_once(
        lambda: people[0].press(
            'payment.capture.wizard', 'action_capture', [wizard_id], context=context
        )
        for _click in range(CLICKS)
    )

    assert_booked(shop, tx_id, order_id, [40])
    assert count_deposits(shop) == 1
    assert not shop.get_errors()


def test_of_many_people_at_once_each_is_told_rightly_whether_a_part_was_taken(shop):
    tx_id, order_id = hold(shop, 100)
    amounts = [10, 20, 30, 35]
    people = [shop.log_in() for _amount in amounts]
    windows = [
        open_window(person, tx_id, amount) for person, amount in zip(people, amounts, strict=True)
    ]

    answers = at_once(
        lambda person=person, window=window: person.press(
            'payment.capture.wizard', 'action_capture', [window[1]], context=window[0]
        )
        for person, window in zip(people, windows, strict=True)
    )

    told = [
        amount for amount, answer in zip(amounts, answers, strict=True) if isinstance(answer, dict)
    ]
    assert len(told) == 1
    assert_booked(shop, tx_id, order_id, told)
    assert count_deposits(shop) == 1
    assert not shop.get_errors()


def test_a_part_and_the_release_of_the_rest_at_once_leave_the_books_right(shop):
    tx_id, order_id = hold(shop, 100)
    first, second = shop.log_in(), shop.log_in()
    context, wizard_id = open_window(first, tx_id, 40)
    first.press('payment.capture.wizard', 'action_capture', [wizard_id], context=context)
    context, wizard_id = open_window(first, tx_id, 25)

    at_once([
        lambda: first.press(
            'payment.capture.wizard', 'action_capture', [wizard_id], context=context
        ),
        lambda: second.press('payment.transaction', 'action_void', [tx_id]),
    ])
    shop.bank.wait_idle()

    with shop.env() as env:
        env['payment.transaction'].browse(tx_id)._sberbank_refresh()
    deposited = shop.bank.order(order_id)['depositedAmount']
    assert_booked(shop, tx_id, order_id, [40] if deposited == 4000 else [40, 25])


def hold(shop, amount):
    """Let a customer's money be held.

    :return: The transaction's id, and the bank's id of the order.
    """
    tx_id = shop.create_tx(shop.create_invoice(amount))
    shop.visit_pay_route(tx_id)
    order_id = shop.read_tx(tx_id, 'provider_reference')
    shop.bank.pay(order_id)
    wait_until(lambda: shop.read_tx(tx_id, 'state') == 'authorized')
    return tx_id, order_id


def open_window(person, tx_id, amount):
    """Open Odoo's window of a hold and fill in how much is taken.

    :return: The window's context and its record.
    """
    context = person.press('payment.transaction', 'action_capture', [tx_id])['context']
    wizard = 'payment.capture.wizard'
    created = person.press(wizard, 'create', {'amount_to_capture': amount}, context=context)
    return context, created if isinstance(created, int) else created[0]


def count_deposits(shop):
    return len(shop.bank.requests(login=shop.login, method='deposit'))


def assert_booked(shop, tx_id, order_id, amounts):
    """Make sure that these parts are booked, once each, and that the bank took just them."""

    def are_booked():
        with shop.env() as env:
            captures = env['payment.transaction'].browse(tx_id)._sberbank_get_captures()
            return len(captures.payment_id) == len(amounts)

    wait_until(are_booked)
    with shop.env() as env:
        tx = env['payment.transaction'].browse(tx_id)
        captures = tx._sberbank_get_captures().sorted('id')
        payments = env['account.payment'].search([
            ('payment_transaction_id', 'in', (tx | captures).ids)
        ])
        assert captures.mapped('amount') == amounts
        assert sorted(payments.mapped('amount')) == sorted(amounts)
        assert tx.invoice_ids.amount_residual == tx.invoice_ids.amount_total - sum(amounts)
        taken = tx._sberbank_get_captured()
    assert shop.bank.order(order_id)['depositedAmount'] == taken
