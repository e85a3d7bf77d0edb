from odoo import api, fields, models
from odoo.exceptions import UserError


class SberbankCancellation(models.TransientModel):
    """The question before an invoice is cancelled whose orders are open at the bank."""

    _name = 'sberbank.cancellation'
    _description = 'Cancellation of an Invoice'

    invoice_id = fields.Many2one(
        comodel_name='account.move', required=True, readonly=True, ondelete='cascade'
    )
    # No list of transactions: those of a parent company's provider may be hidden from the user.
    orders = fields.Html(compute='_compute_orders', sanitize=False)

    @api.depends_context('lang', 'tz')
    @api.depends('invoice_id')
    def _compute_orders(self):
        for window in self:
            invoice = window.invoice_id
            invoice.check_access('read')
            txs_sudo = invoice.sudo().transaction_ids._sberbank_filter_ended_by(invoice)
            window.orders = bool(txs_sudo) and self.env['ir.qweb']._render(
                'payment_sberbank.cancellation_orders', {'txs': txs_sudo.sorted('id')}
            )

    def action_cancel_invoice(self):
        """Cancel the invoice as its form does, which calls its open orders off.

        :return: What the form's button answers.
        :raise UserError: If the invoice is no draft any more: a payment posts it, for one.
        """
        self.ensure_one()
        invoice = self.invoice_id
        if invoice.state != 'draft':
            raise UserError(
                self.env._(
                    "%(invoice)s is not a draft any more: it was paid, confirmed or cancelled"
                    " meanwhile. Look at it again.",
                    invoice=invoice.display_name,
                )
            )
        return invoice.button_cancel()
