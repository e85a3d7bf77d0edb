from odoo import fields, models
from odoo.exceptions import UserError


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
