from odoo import api, fields, models


class AccountMove(models.Model):
    """Whoever cancels an invoice in its form is asked first, while orders for it are open.

    Code that cancels an invoice is asked nothing.
    """

    _inherit = 'account.move'

    sberbank_has_open_orders = fields.Boolean(
        compute='_compute_sberbank_has_open_orders',
        compute_sudo=True,
        export_string_translation=False,
    )

    @api.depends('state', 'transaction_ids')
    def _compute_sberbank_has_open_orders(self):
        for move in self:
            move.sberbank_has_open_orders = move.state == 'draft' and bool(
                move.transaction_ids._sberbank_filter_ended_by(move._origin)
            )

    def action_sberbank_cancel(self):
        """Open the window that asks whether the invoice is to be cancelled, with its open orders.

        :return: The action that opens it.
        :rtype: dict
        """
        self.ensure_one()
        self.check_access('write')
        window = self.env['sberbank.cancellation'].create({'invoice_id': self.id})
        action = self.env['ir.actions.act_window']._for_xml_id(
            'payment_sberbank.action_sberbank_cancellation'
        )
        return {**action, 'res_id': window.id}
