from odoo import api, models

from ..const import PROVIDER_CODE


class AccountPaymentMethod(models.Model):
    _inherit = 'account.payment.method'

    @api.model
    def _get_payment_method_information(self):
        """Override of `account_payment` to let a cash desk be a cash journal too."""
        information = super()._get_payment_method_information()
        information[PROVIDER_CODE] = {**information[PROVIDER_CODE], 'type': ('bank', 'cash')}
        return information
