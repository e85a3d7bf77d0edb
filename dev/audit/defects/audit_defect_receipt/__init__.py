from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _sberbank_get_operation_receipt(self, operation, amount, refund=None):
        """Override of `payment_sberbank` to tell the cash register nothing of what goes back."""
        if refund:
            return None
        return super()._sberbank_get_operation_receipt(operation, amount, refund=refund)
