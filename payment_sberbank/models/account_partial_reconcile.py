from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account` to look whether an invoice has used up an advance."""
        partials = super().create(vals_list)
        partials.debit_move_id.move_id._sberbank_consider_closing()
        return partials
