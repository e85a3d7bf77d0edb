from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .. import const

# What ties a transaction to its order at the bank, and what follows from the bank's word.
TIES = {
    'state',
    'state_message',
    'last_state_change',
    'provider_id',
    'company_id',
    'provider_reference',
    'is_live',
    'operation',
    'source_transaction_id',
    'payment_id',
    'is_post_processed',
    'token_id',
    'tokenize',
}
# What the order was registered with: for whom, under which name, for how much.
ORDERED = {'partner_id', 'reference', 'payment_method_id', 'amount', 'currency_id'}
# What only a transaction with a history has.
HISTORY = {'provider_reference', 'source_transaction_id', 'payment_id', 'is_post_processed'}


class PaymentTransaction(models.Model):
    """What only the addon's own steps may change, whoever writes: by a form, by RPC, by an import.

    The steps, and other addons that know what they do, write with the superuser's rights.
    """

    _inherit = 'payment.transaction'

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to let nobody bring a transaction along that the bank confirmed.

        What was created is looked at, not what was asked for: a context has values, too.
        """
        txs = super().create(vals_list)
        if not self.env.su and any(tx._sberbank_is_made_up() for tx in txs.sudo()):
            self._sberbank_refuse_change()
        return txs

    def write(self, vals):
        """Override of `payment` to refuse changes of what the bank has the say about."""
        self._sberbank_check_may_write(vals)
        result = super().write(vals)
        self._sberbank_check_may_write(vals)  # Those that have become ours by it, too.
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known_to_bank(self):
        if not self.env.su and any(self.mapped('sberbank_order_number')):
            raise UserError(
                self.env._(
                    "The bank knows the order of this transaction. It is kept: without it, money"
                    " that is paid for the order would not be noticed."
                )
            )

    def _sberbank_check_may_write(self, vals):
        """Make sure that values hold nothing that only the addon's own steps may change.

        :param dict vals: The values that are written.
        :return: None
        :raise AccessError: If they do, and it is somebody else who writes.
        """
        if self.env.su:
            return
        guarded = self._sberbank_get_own_fields()
        for tx in self.sudo().filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE):
            guarded |= TIES
            if tx.sberbank_order_number or tx.state != 'draft':
                guarded |= ORDERED
        if guarded & vals.keys():
            self._sberbank_refuse_change()

    def _sberbank_is_made_up(self):
        """Tell whether a new transaction claims that it has a history.

        :rtype: bool
        """
        self.ensure_one()
        if any(self[name] for name in self._sberbank_get_own_fields()):
            return True
        return self.provider_code == const.PROVIDER_CODE and (
            self.state != 'draft'
            or self.operation == 'refund'
            or any(self[name] for name in HISTORY)
        )

    @api.model
    def _sberbank_get_own_fields(self):
        return {
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
