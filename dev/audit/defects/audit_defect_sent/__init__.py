from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _sberbank_mail_booked(self):
        """Override of `payment_sberbank` to forget what was sent as soon as it is sent."""
        super()._sberbank_mail_booked()
        self.sberbank_is_mailed = False
