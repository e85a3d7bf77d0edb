from odoo import api, models
from odoo.exceptions import AccessError

from .. import const

# What ties a transaction to its order at the bank, and what follows from the bank's word.
TIES = {
    'state',
    'provider_id',
    'provider_reference',
    'is_live',
    'operation',
    'source_transaction_id',
    'payment_id',
    'is_post_processed',
}
# What the order was registered with.
ORDERED = {'amount', 'currency_id'}


class PaymentTransaction(models.Model):
    """What only the addon's own steps may change, whoever writes: by a form, by RPC, by an import.

    The steps, and other addons that know what they do, write with the superuser's rights.
    """

    _inherit = 'payment.transaction'

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to let nobody bring a transaction along that the bank confirmed."""
        if not self.env.su:
            providers = self.env['payment.provider'].sudo()
            for vals in vals_list:
                provider = providers.browse(vals.get('provider_id'))
                if provider.code == const.PROVIDER_CODE and self._sberbank_is_made_up(vals):
                    self._sberbank_refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        """Override of `payment` to refuse changes of what the bank has the say about."""
        if not self.env.su:
            for tx in self.sudo().filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE):
                guarded = self._sberbank_get_guarded_fields()
                if tx.sberbank_order_number or tx.state != 'draft':
                    guarded |= ORDERED
                if guarded & vals.keys():
                    self._sberbank_refuse_change()
        return super().write(vals)

    @api.model
    def _sberbank_is_made_up(self, vals):
        """Tell whether values of a new transaction claim that it has a history."""
        allowed = {'provider_id', 'operation', 'source_transaction_id'}
        claimed = {name for name in self._sberbank_get_guarded_fields() - allowed if vals.get(name)}
        return bool(claimed - {'state'}) or vals.get('state', 'draft') != 'draft'

    @api.model
    def _sberbank_get_guarded_fields(self):
        return TIES | {
            name
            for name, field in self._fields.items()
            if name.startswith('sberbank_') and field.store
        }

    @api.model
    def _sberbank_refuse_change(self):
        raise AccessError(
            self.env._(
                "The order, the state and the amount of an online payment follow what Sberbank"
                " says. Nobody changes them by hand; use the buttons of the transaction."
            )
        )
