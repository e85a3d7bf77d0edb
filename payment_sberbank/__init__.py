from odoo.addons.payment import reset_payment_provider, setup_provider

from . import controllers, models, wizards
from .const import PROVIDER_CODE


def post_init_hook(env):
    # Roubles are archived in a new database, and a provider without its currency is never offered.
    env.ref('base.RUB').active = True
    setup_provider(env, PROVIDER_CODE)


def uninstall_hook(env):
    reset_payment_provider(env, PROVIDER_CODE)
    # The providers are kept; they must not hold on to the payment types, which go.
    env['payment.provider'].search([]).sberbank_payment_type_id = False
