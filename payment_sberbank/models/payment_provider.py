from odoo import api, fields, models

from .. import const, gateway


class PaymentProvider(models.Model):
    """What the core has to know of Sberbank."""

    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[(const.PROVIDER_CODE, "Sberbank")],
        ondelete={const.PROVIDER_CODE: 'set default'},
    )

    def _compute_feature_support_fields(self):
        """Override of `payment` to enable additional features."""
        result = super()._compute_feature_support_fields()
        self._sberbank_filter().update({
            'support_manual_capture': 'partial',
            'support_refund': 'partial',
            'support_tokenization': True,
        })
        return result

    def _get_supported_currencies(self):
        """Override of `payment` to return the supported currencies."""
        supported_currencies = super()._get_supported_currencies()
        if self.code == const.PROVIDER_CODE:
            supported_currencies = supported_currencies.filtered(
                lambda c: c.name == gateway.CURRENCY_NAME
            )
        return supported_currencies

    def _get_default_payment_method_codes(self):
        """Override of `payment` to return the default payment method codes."""
        self.ensure_one()
        if self.code != const.PROVIDER_CODE:
            return super()._get_default_payment_method_codes()
        return const.DEFAULT_PAYMENT_METHOD_CODES

    def _get_reset_values(self):
        """Override of `payment` to supply the provider-specific credential values to reset."""
        if self.code != const.PROVIDER_CODE:
            return super()._get_reset_values()
        return dict.fromkeys((
            'sberbank_username',
            'sberbank_password',
            'sberbank_token',
            'sberbank_callback_key',
            'sberbank_callback_certificate',
        ))

    def copy_data(self, default=None):
        """Override of the ORM to give a copy a name of its own.

        The core names the line of payment methods in a journal after the provider, and takes no
        two of the same name.
        """
        vals_list = super().copy_data(default)
        for provider, vals in zip(self, vals_list, strict=True):
            if provider.code == const.PROVIDER_CODE and 'name' not in (default or {}):
                vals['name'] = self.env._("%(provider)s (copy)", provider=provider.name)
        return vals_list

    def _sberbank_filter(self):
        return self.filtered(lambda provider: provider.code == const.PROVIDER_CODE)

    @api.model
    def _sberbank_get_today(self):
        """Return the day where the payers and the bank are, in Moscow.

        :rtype: date
        """
        return fields.Date.context_today(self.with_context(tz=const.TIMEZONE))
