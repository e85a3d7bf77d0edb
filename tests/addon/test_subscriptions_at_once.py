"""Accounts bound by SBP with committed data, several workers, and Odoo's own scheduler."""

import pytest

from dev.env.waiting import wait_until

from .live import PASSWORD, PATIENCE, at_once, paused, wait_until_booked
from .test_charges_at_once import CHARGE, ask_for_charge
from .test_concurrency import assert_booked_once, run

CALL = 'paymentOrderBySubscription'


@pytest.fixture
def token_id(shop):
    """The id of an account that was bound by paying; who pays does not come back."""
    shop.open_account(dialect='ecom')
    shop.bank.put_merchant(
        shop.login,
        password=PASSWORD,
        dialect='ecom',
        name='Shop',
        permissions={'sbp': True, 'recurring': True},
    )
    tx_id = shop.create_tx(shop.create_invoice(10))
    with shop.env() as env:
        tx = env['payment.transaction'].browse(tx_id)
        tx.provider_id.write({'allow_tokenization': True, 'sberbank_binds_accounts': True})
        tx.write({
            'tokenize': True,
            'payment_method_id': env.ref('payment_sberbank.payment_method_sbp').id,
        })
    shop.visit_pay_route(tx_id)
    # It is told by two notifications: that the money was taken, and that the account is bound.
    shop.bank.pay(shop.read_tx(tx_id, 'provider_reference'), method='sbp')
    wait_until_booked(shop, tx_id)
    assert wait_until(lambda: shop.read_tx(tx_id, 'token_id'), limit=PATIENCE)
    with shop.env() as env:
        tokens = env['payment.token'].search([('transaction_ids', '=', tx_id)])
        assert len(tokens) == 1
        return tokens.id


def get_taken(shop):
    return sorted(order['depositedAmount'] for order in shop.bank.orders(login=shop.login))


def test_several_jobs_charge_a_bound_account_once(shop, token_id):
    with paused(shop, CHARGE):
        invoice_id, tx_id = ask_for_charge(shop, token_id)

        at_once([lambda: run(shop, '_cron_sberbank_charge_cards')] * 4)

    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)
    assert get_taken(shop) == [1000, 5000]
    assert len(shop.bank.requests(login=shop.login, method=CALL)) == 1
    assert not shop.get_errors()


def test_jobs_that_lose_the_answer_ask_for_the_charge_once(shop, token_id):
    shop.bank.faults(
        shop.login, {'fault': 'drop_response_after_commit', 'method': CALL, 'times': 9}
    )
    with paused(shop, CHARGE):
        invoice_id, tx_id = ask_for_charge(shop, token_id)

        for _turn in range(2):
            at_once([lambda: run(shop, '_cron_sberbank_charge_cards')] * 2)

    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)
    assert get_taken(shop) == [1000, 5000]
    assert len(shop.bank.requests(login=shop.login, method=CALL)) == 1
    assert not shop.get_errors()


def test_the_scheduler_finds_out_that_an_account_is_bound_no_more(shop, token_id):
    with shop.env() as env:
        shop.bank.remove_subscription(env['payment.token'].browse(token_id).provider_ref)

    _invoice_id, tx_id = ask_for_charge(shop, token_id)

    assert wait_until(lambda: not shop.read_tx(tx_id, 'sberbank_charge_at'), limit=PATIENCE)
    assert shop.read_tx(tx_id, 'state') == 'cancel'
    with shop.env() as env:
        token = env['payment.token'].browse(token_id)
        assert not token.active
        assert '-5031' in token.sberbank_end_reason
    assert not shop.get_errors()
