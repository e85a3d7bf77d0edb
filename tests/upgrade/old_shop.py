"""What a shop had before the upgrade, made by the old version of the addon and of its tests.

Run as `python old_shop.py CONFIG FACTS`, with the old version's repository on the Python path. What
can't be read from the database goes into the file FACTS.
"""

import json
import sys
from pathlib import Path

import odoo.api
from odoo.modules.registry import Registry
from odoo.tools import config


def fill(env) -> dict[str, object]:
    """Make settings, payments in every state, and links; return what is given out of it."""
    from odoo.addons.payment_sberbank import gateway

    from tests.addon.common import Shop  # The old version's, which knows its names.

    class OldShop(Shop):
        pass

    OldShop.env = env
    OldShop.open_shop(
        env.ref('base.main_company'), env.ref('payment_sberbank.payment_provider_sberbank')
    )
    shop = OldShop()
    _change_settings(shop)
    facts = {**_pay_invoices(shop, gateway), **_top_up(shop, gateway)}
    shop.env['sberbank.exchange'].create({
        'transaction_id': facts['topup'],
        'time': '2026-01-01 12:00:00',
        'direction': 'asked',
        'method': 'getOrderStatusExtended.do',
        'answer': 'orderStatus=2',
        'outcome': 'answered',
    })
    for outcome in ('applied', 'forged'):
        shop.env['sberbank.exchange'].create({
            'transaction_id': facts['topup'],
            'time': '2026-01-01 12:00:01',
            'direction': 'notified',
            'method': 'deposited',
            'outcome': outcome,
        })
    facts['link'] = shop.provider._sberbank_get_topup_link(shop.customer, 150050)
    facts['result'] = env['payment.transaction'].browse(facts['topup'])._sberbank_get_result_url()
    shop.enable(shop.provider.copy({'name': 'Live Shop'}), state='enabled')
    return facts


def _change_settings(shop) -> None:
    """Change everything that an administrator may, so that no default passes for what was kept."""
    shop.env['ir.config_parameter'].set_param('payment_sberbank.exchange_days', '30')
    template = shop.env.ref('payment_sberbank.mail_template_payment_booked')
    template.subject = "Lessons: {{ object.reference }}"
    template.body_html = '<p t-out="object.reference"/>'
    shop.env.ref('payment_sberbank.ir_cron_ask_bank').interval_number = 7
    payment_type = shop.env['sberbank.payment.type'].create({
        'name': 'Membership',
        'sequence': 3,
        'company_id': shop.company.id,
    })
    shop.provider.write({
        'sberbank_notification_email': 'cashier@shop.example, boss@shop.example',
        'sberbank_payment_type_id': payment_type.id,
        'sberbank_account_id': shop.article.id,
        'sberbank_topup_minimum': 10,
        'sberbank_topup_maximum': 50_000,
        'sberbank_topup_amounts': '100; 200,50',
        'pre_msg': '<p>Lessons are paid here.</p>',
        'journal_id': shop.cash_journal.id,
    })
    other = shop.provider.copy({'name': 'Second Shop', 'state': 'disabled'})
    other.write({
        'sberbank_gateway': 'ecom_earlier',
        'sberbank_custom_dialect': 'ecom',
        'sberbank_topup_enabled': False,
        'sberbank_settle_debts': False,
        'sberbank_payment_type_id': shop.type_direct.id,
    })


def _pay_invoices(shop, gateway) -> dict[str, int]:
    status = gateway.OrderStatus
    invoices = [shop.create_invoice(amount) for amount in (100, 200, 300, 400, 500)]
    paid, twice, withdrawn, held, refused = (shop.create_tx(invoices=each) for each in invoices)
    shop.pay(paid)
    shop.pay(twice)
    shop.pay(shop.create_tx(invoices=invoices[1], amount=200))
    invoices[2].button_draft()
    shop.pay(withdrawn)
    withdrawn.sberbank_attention_ids.action_solve()
    shop.bank_says(held, status.APPROVED)
    shop.bank_says(refused, status.DECLINED)
    refund = shop.env['payment.transaction'].browse(
        paid._create_child_transaction(40, is_refund=True).id
    )
    refund._set_done()
    refund._post_process()
    returned = shop.create_tx(invoices=shop.create_invoice(600))
    shop.pay(returned)
    shop.bank_says(returned, status.REFUNDED, refunded_amount=10_000)
    returned.sberbank_attention_ids.action_solve()  # It was booked by hand.
    return {
        'paid': paid.id,
        'held': held.id,
        'refund': refund.id,
        'returned': returned.id,
    }


def _top_up(shop, gateway) -> dict[str, int]:
    """Make top-ups in every state. Who tops up owes nothing, so that the money stays open."""
    names = ('topup', 'topup_pending', 'topup_wrong', 'topup_unbooked', 'topup_article')
    txs = {}
    for name, amount in zip(names, (1000, 70, 80, 90, 60), strict=True):
        partner = shop.env['res.partner'].create({'name': f'Customer of {name}'})
        txs[name] = shop.create_tx(amount, partner=partner)
    shop.pay(txs['topup'])
    shop.bank_says(txs['topup_pending'], gateway.OrderStatus.REGISTERED)
    shop.bank_says(txs['topup_wrong'], amount=7999)
    shop.bank_says(txs['topup_unbooked'])
    usual = shop.provider.sberbank_payment_type_id
    shop.provider.sberbank_payment_type_id = shop.type_direct
    shop.pay(txs['topup_article'])
    shop.provider.sberbank_payment_type_id = usual
    return {name: tx.id for name, tx in txs.items()}


if __name__ == '__main__':
    config.parse_config(['-c', sys.argv[1]], setup_logging=True)
    with Registry(config['db_name'][0]).cursor() as cursor:
        facts = fill(odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {}))
    Path(sys.argv[2]).write_text(json.dumps(facts))
