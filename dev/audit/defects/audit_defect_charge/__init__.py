from odoo import models

from odoo.addons.payment_sberbank import gateway


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _sberbank_try_charge(self, client, order_id):
        """Override of `payment_sberbank` to begin anew when the bank's answer to a charge is lost.

        The order that may have been paid is forgotten, and the next one has a number of its own.
        """
        try:
            client.charge_binding(order_id, self.sudo().token_id.provider_ref)
        except gateway.Refused as error:
            return error
        except gateway.GatewayError:
            self.write({'sberbank_order_number': False, 'provider_reference': False})
            self.env.cr.commit()
            raise
        return None
