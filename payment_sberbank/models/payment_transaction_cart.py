from odoo import models

from .. import const


class PaymentTransaction(models.Model):
    """Carts and quotations stay as they are until the bank has their money."""

    _inherit = 'payment.transaction'

    def _get_last(self):
        """Override of `payment` to overlook what was not paid yet and can be paid anew.

        The web shop would take the cart away from a payer who comes back from the bank to choose
        another way to pay.
        """
        open_at_bank = self.filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.state == 'pending'
                and tx._sberbank_get_orders()
            )
        )
        return super(PaymentTransaction, self - open_at_bank)._get_last()
