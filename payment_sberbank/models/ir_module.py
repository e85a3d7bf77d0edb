from odoo import models
from odoo.exceptions import UserError

from .. import const


class IrModuleModule(models.Model):
    """Whoever uninstalls the app is told what keeps it, and what to do instead."""

    _inherit = 'ir.module.module'

    def button_uninstall(self):
        """Override of `base` to say at once that booked payments keep the app, and the way out.

        `account_payment` refuses it as well, after the work has begun.
        """
        self.check_access('write')
        going = self + self.downstream_dependencies()
        if 'payment_sberbank' in going.mapped('name'):
            self._sberbank_check_payments()
        return super().button_uninstall()

    def _sberbank_check_payments(self):
        """Make sure that nothing in the books needs the app.

        :return: None
        :raise UserError: If there are payments.
        """
        ours = [('payment_method_id.code', '=', const.PROVIDER_CODE)]
        if count := self.env['account.payment'].sudo().search_count(ours):
            raise UserError(
                self.env._(
                    "The app has to stay: %(count)s payments in the books came through it, and"
                    " without it nobody could look them up at the bank or return them. To take no"
                    " more online payments, set the payment provider to Disabled instead. What is"
                    " under way is still asked about and booked then.",
                    count=count,
                )
            )
