from odoo import api, models

from odoo.addons.payment import utils as payment_utils

from .. import const


class PaymentMethod(models.Model):
    """SBP is saved at the providers whose contract has it, though the method is shared by all."""

    _inherit = 'payment.method'

    @api.model
    def _get_compatible_payment_methods(
        self,
        provider_ids,
        partner_id,
        currency_id=None,
        force_tokenization=False,
        is_express_checkout=False,
        report=None,
        **kwargs,
    ):
        """Override of `payment` to leave SBP out where payment details must be saved and can't."""
        methods = super()._get_compatible_payment_methods(
            provider_ids,
            partner_id,
            currency_id=currency_id,
            force_tokenization=force_tokenization,
            is_express_checkout=is_express_checkout,
            report=report,
            **kwargs,
        )
        if not force_tokenization:
            return methods
        providers = self.env['payment.provider'].sudo().browse(provider_ids)
        unsaved = methods.filtered(
            lambda method: not method._sberbank_is_saved_by(method.provider_ids & providers)
        )
        payment_utils.add_to_report(
            report,
            unsaved,
            available=False,
            reason=self.env._("The contract with the bank saves no SBP accounts."),
        )
        return methods - unsaved

    def _sberbank_is_saved_by(self, providers):
        """Tell whether one of the method's providers saves what is paid with, as far as we know.

        :param payment.provider providers: The providers, with the superuser's rights.
        :rtype: bool
        """
        self.ensure_one()
        is_paid = not self.env.context.get('sberbank_saves_unpaid')
        return self.code != const.SBP or any(
            provider.code != const.PROVIDER_CODE
            or (is_paid and provider._sberbank_offers_accounts())
            for provider in providers.sudo()
        )
