from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway


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
        is_payment = values.get('operation') != 'validation'
        is_topup = is_payment and self.env.context.get('sberbank_topup')
        if provider_code == const.PROVIDER_CODE and is_topup:
            specific_values['sberbank_is_topup'] = True
            self._sberbank_check_topup(values)
        return specific_values

    @api.model
    def _sberbank_check_topup(self, values):
        """Refuse what the provider's limits of a top-up forbid, on whichever way it came.

        :param dict values: The values of a new transaction.
        :return: None
        :raise ValidationError: If it is too little or too much; the reason is for the payer.
        """
        provider = self.env['payment.provider'].browse(values['provider_id'])
        try:
            reason = provider._sberbank_refuse_topup(gateway.to_kopecks(values['amount'] or 0))
        except gateway.NotWholeKopecks:
            reason = self.env._("This amount can't be paid through Sberbank.")
        if reason:
            raise ValidationError(reason)
