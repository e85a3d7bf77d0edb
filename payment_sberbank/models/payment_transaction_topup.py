from odoo import api, fields, models

from .. import const


class PaymentTransaction(models.Model):
    """Payments that are for no document: money that a customer puts on their account."""

    _inherit = 'payment.transaction'

    sberbank_is_topup = fields.Boolean(
        string="Top-Up",
        help="The customer paid for nothing in particular. The money is booked by the payment type;"
        " on the customer's account it settles the oldest debts first.",
        readonly=True,
        copy=False,
    )

    @api.model
    def _get_specific_create_values(self, provider_code, values):
        """Override of `payment` to mark what the routes of top-ups create."""
        specific_values = super()._get_specific_create_values(provider_code, values)
        if provider_code == const.PROVIDER_CODE and self.env.context.get('sberbank_topup'):
            specific_values['sberbank_is_topup'] = True
        return specific_values
