from odoo import api, models
from odoo.exceptions import UserError

from .. import const


class PaymentCaptureWizard(models.TransientModel):
    """Taking a part of a hold releases the rest, unless the contract lets it be taken in parts."""

    _inherit = 'payment.capture.wizard'

    @api.onchange('amount_to_capture')
    def _onchange_amount_to_capture(self):
        """Tick that the rest is released, where it will be anyway."""
        if self._sberbank_get_taken_once():
            self.void_remaining_amount = self.has_remaining_amount

    def action_capture(self):
        """Override of `payment` to take nothing before it is clear what becomes of the rest.

        :raise UserError: If the rest is to be taken later, and the bank lets a hold be taken once.
        """
        self._sberbank_get_ours().check_access('write')
        # The core's `has_remaining_amount` writes when it is read: a snapshot would be held then.
        is_part = self.amount_to_capture < self.available_amount
        if self._sberbank_get_taken_once() and is_part and not self.void_remaining_amount:
            raise UserError(
                self.env._(
                    "The bank lets a hold be taken once and releases the rest then. Tick that the"
                    " rest is voided, or take all of it and refund what is too much later."
                )
            )
        return super().action_capture()

    def _sberbank_get_ours(self):
        return self.transaction_ids.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)

    def _sberbank_get_taken_once(self):
        return self._sberbank_get_ours().filtered(
            lambda tx: not tx.sudo().provider_id._sberbank_can_capture_in_parts()
        )
