from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _sberbank_finish_again(self):
        """Override of `payment_sberbank` to take what failed for finished."""
        try:
            with self.env.cr.savepoint():
                super()._sberbank_finish_again()
        except Exception:
            self.is_post_processed = True
