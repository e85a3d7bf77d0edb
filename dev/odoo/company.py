"""A Russian company with roubles and a chart of accounts, written into a fresh Odoo database.

Run as `python -m dev.odoo.company CONFIG` while the base template is made.
"""

import sys

import odoo.api
import odoo.modules.registry
from odoo.tools import config

COMPANY = {
    'name': 'ООО «Ромашка»',
    'street': 'ул. Садовая, д. 5',
    'city': 'Москва',
    'zip': '101000',
    'phone': '+7 495 123-45-67',
    'email': 'info@romashka.example',
}
#: Community Odoo 19 has no Russian chart of accounts.
CHART = 'generic_coa'


def furnish(env: odoo.api.Environment) -> None:
    """Give the main company its country, currency, chart of accounts, a bank and a cash journal."""
    rouble = env.ref('base.RUB')
    rouble.active = True
    company = env.ref('base.main_company')
    company.write(
        {**COMPANY, 'country_id': env.ref('base.ru').id, 'currency_id': rouble.id},
    )
    env['account.chart.template'].try_loading(CHART, company=company)
    company.currency_id = rouble
    env['res.users'].search([]).write({'tz': 'Europe/Moscow'})
    # Prices in the examples are final: the sample taxes of the generic chart are not Russia's.
    company.write({'account_sale_tax_id': False, 'account_purchase_tax_id': False})
    env['account.journal'].search([('type', '=', 'bank')], limit=1).name = 'Расчётный счёт'
    env['account.journal'].create({'name': 'Касса', 'type': 'cash', 'code': 'CSH1'})


if __name__ == '__main__':
    config.parse_config(['-c', sys.argv[1]], setup_logging=True)
    registry = odoo.modules.registry.Registry(config['db_name'][0])
    with registry.cursor() as cursor:
        furnish(odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {}))
