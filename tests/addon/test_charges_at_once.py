"""Saved cards with committed data, several workers, and Odoo's own scheduler."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg2
import pytest

from odoo.exceptions import UserError
from odoo.fields import Command

from dev.env.waiting import wait_until

from .live import PASSWORD, PATIENCE, at_once, wait_until_booked
from .test_concurrency import (
    assert_booked_once,
    is_somebody_waiting,
    paused,
    run,
)

CHARGE = 'ir_cron_charge_cards'


@pytest.fixture
def token_id(shop):
    """The id of a card that was saved by paying with it."""
    shop.open_account()
    shop.bank.put_merchant(
        shop.login,
        password=PASSWORD,
        dialect='rbs',
        name='Shop',
        permissions={'bindings': True, 'recurring': True},
    )
    tx_id = shop.create_tx(shop.create_invoice(10))
    with shop.env() as env:
        tx = env['payment.transaction'].browse(tx_id)
        tx.provider_id.allow_tokenization = True
        tx.tokenize = True
    shop.visit_pay_route(tx_id)
    shop.bank.pay(shop.read_tx(tx_id, 'provider_reference'))
    at_once([lambda: shop.come_back(tx_id)] * 4)
    wait_until_booked(shop, tx_id)
    with shop.env() as env:
        tokens = env['payment.token'].search([('transaction_ids', '=', tx_id)])
        assert len(tokens) == 1
        return tokens.id


def create_invoice(shop, token_id):
    """Issue an invoice to the owner of a card, and return its id."""
    with shop.env() as env:
        invoice = env['account.move'].browse(shop.create_invoice(50))
        invoice.button_draft()
        invoice.partner_id = env['payment.token'].browse(token_id).partner_id
        invoice.action_post()
        return invoice.id


def charge(env, token_id, invoice_id):
    """Ask for a charge as subscriptions do, and return the transaction."""
    token = env['payment.token'].browse(token_id)
    invoice = env['account.move'].browse(invoice_id)
    txs = env['payment.transaction']
    tx = txs.create({
        'provider_id': token.provider_id.id,
        'payment_method_id': token.payment_method_id.id,
        'reference': txs._compute_reference(token.provider_code, prefix=f'CHARGE-{uuid4()}'),
        'amount': 50,
        'currency_id': invoice.currency_id.id,
        'partner_id': token.partner_id.id,
        'token_id': token.id,
        'operation': 'offline',
        'invoice_ids': [Command.set(invoice.ids)],
    })
    tx._charge_with_token()
    return tx


def ask_for_charge(shop, token_id):
    """Ask for a charge of a new invoice; return the ids of the invoice and the transaction."""
    invoice_id = create_invoice(shop, token_id)
    with shop.env() as env:
        return invoice_id, charge(env, token_id, invoice_id).id


def test_several_jobs_charge_a_saved_card_once(shop, token_id):
    with paused(shop, CHARGE):
        invoice_id, tx_id = ask_for_charge(shop, token_id)

        at_once([lambda: run(shop, '_cron_sberbank_charge_cards')] * 4)

    assert wait_until(lambda: shop.read_tx(tx_id, 'payment_id'), limit=PATIENCE)
    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)
    taken = [order['depositedAmount'] for order in shop.bank.orders(login=shop.login)]
    assert sorted(taken) == [1000, 5000]
    assert len(shop.bank.requests(login=shop.login, method='paymentOrderBinding')) == 1
    assert not shop.get_errors()


def test_the_scheduler_charges_by_itself_and_a_dead_card_is_out_of_use(shop, token_id):
    with shop.env() as env:
        binding_id = env['payment.token'].browse(token_id).provider_ref
    shop.bank.set_binding(binding_id, actionCode=43)

    _invoice_id, tx_id = ask_for_charge(shop, token_id)

    assert wait_until(lambda: shop.read_tx(tx_id, 'state') == 'cancel', limit=PATIENCE)
    assert wait_until(lambda: not shop.read_tx(tx_id, 'sberbank_charge_at'), limit=PATIENCE)

    def is_in_use():
        with shop.env() as env:
            return env['payment.token'].browse(token_id).active

    assert wait_until(lambda: not is_in_use(), limit=PATIENCE)
    with shop.env() as env:
        assert env['payment.token'].browse(token_id).sberbank_end_reason
    assert not shop.get_errors()


def test_of_two_who_ask_for_the_same_money_at_once_one_gets_it(shop, token_id):
    invoice_id = create_invoice(shop, token_id)

    def ask_too():
        with shop.env() as env:
            return charge(env, token_id, invoice_id)

    with paused(shop, CHARGE), ThreadPoolExecutor(max_workers=1) as pool:
        with shop.env() as env:
            tx_id = charge(env, token_id, invoice_id).id
            second = pool.submit(ask_too)
            assert wait_until(lambda: is_somebody_waiting(shop), limit=PATIENCE)
        with pytest.raises(psycopg2.errors.SerializationFailure):  # Odoo tries it again then.
            second.result(PATIENCE)
        with pytest.raises(UserError, match='than is left to pay'):
            ask_too()

        run(shop, '_cron_sberbank_charge_cards')

    wait_until_booked(shop, tx_id)
    assert_booked_once(shop, tx_id, invoice_id)
    taken = [order['depositedAmount'] for order in shop.bank.orders(login=shop.login)]
    assert sorted(taken) == [1000, 5000]
