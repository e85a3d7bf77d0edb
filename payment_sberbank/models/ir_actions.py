from odoo import api, models
from odoo.tools import frozendict


class IrActionsActions(models.Model):
    """Money back from the sales order, where the app for sales is installed.

    No file of ours can hang anything on an app that may not be there, or may come later; so the
    window for refunds is put into the order's menu when that is asked for.
    """

    _inherit = 'ir.actions.actions'

    @api.model
    def _get_bindings(self, model_name):
        """Override of `base` to offer online refunds in the action menu of a sales order."""
        bindings = super()._get_bindings(model_name)
        if model_name != 'sale.order':
            return bindings
        action = self.env.ref('payment_sberbank.action_sberbank_refund').sudo()
        [entry] = action.read(['name', 'res_model'])
        entry = frozendict(entry, binding_view_types='form')
        return {**bindings, 'action': [*bindings.get('action', ()), entry]}
