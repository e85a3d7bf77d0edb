from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    audit_trouble = fields.Char(copy=False)

    def _post_process(self):
        """Override of `payment` to fail, before or after what the others do."""
        troubles = set(self.mapped('audit_trouble'))
        if 'refuses' in troubles:
            raise UserError("The neighbour refuses.")
        if 'crashes' in troubles:
            raise RuntimeError("The neighbour crashes.")
        super()._post_process()
        if 'refuses_afterwards' in troubles:
            raise UserError("The neighbour refuses afterwards.")


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    def action_post(self):
        """Override of `account` to fail before there is an entry, for whoever is posted with it."""
        if 'refuses_money' in self.payment_transaction_id.mapped('audit_trouble'):
            raise UserError("The neighbour refuses the money.")
        return super().action_post()


class AccountMove(models.Model):
    _inherit = 'account.move'

    def audit_charge(self, token_id):
        """Charge a saved card for the invoice, in the way that subscriptions do."""
        token = self.env['payment.token'].sudo().browse(token_id)
        tx = (
            self
            .env['payment.transaction']
            .sudo()
            .create({
                'provider_id': token.provider_id.id,
                'payment_method_id': token.payment_method_id.id,
                'reference': self.env['payment.transaction']._compute_reference(
                    token.provider_code, prefix=self.name
                ),
                'amount': self.amount_residual,
                'currency_id': self.currency_id.id,
                'partner_id': token.partner_id.id,
                'token_id': token.id,
                'operation': 'offline',
                'invoice_ids': [Command.set(self.ids)],
            })
        )
        tx._charge_with_token()
