"""Saved cards with committed data, several workers, and Odoo's own scheduler."""

import pytest

from odoo.fields import Command

from dev.env.waiting import wait_until

from .live import PASSWORD, PATIENCE, at_once
from .test_concurrency import assert_booked_once, paused, run, wait_until_booked

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


def ask_for_charge(shop, token_id):
    """Ask for a charge as subscriptions do; return the ids of the invoice and the transaction."""
    with shop.env() as env:
        token = env['payment.token'].browse(token_id)
        invoice_id = shop.create_invoice(50)
        invoice = env['account.move'].browse(invoice_id)
        invoice.button_draft()
        invoice.partner_id = token.partner_id
        invoice.action_post()
        tx = env['payment.transaction'].create({
            'provider_id': token.provider_id.id,
            'payment_method_id': token.payment_method_id.id,
            'reference': f'CHARGE-{invoice_id}',
            'amount': 50,
            'currency_id': invoice.currency_id.id,
            'partner_id': token.partner_id.id,
            'token_id': token.id,
            'operation': 'offline',
            'invoice_ids': [Command.set(invoice.ids)],
        })
        tx._charge_with_token()
        return invoice_id, tx.id


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
    with shop.env() as env:
        token = env['payment.token'].browse(token_id)
        assert not token.active
        assert token.sberbank_end_reason
    assert not shop.get_errors()
