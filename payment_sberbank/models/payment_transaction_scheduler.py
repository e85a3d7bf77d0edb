from odoo import api, models
from odoo.exceptions import AccessError


class PaymentTransaction(models.Model):
    """Who runs our jobs."""

    _inherit = 'payment.transaction'

    @api.model
    def _sberbank_check_is_scheduler(self):
        """Make sure that it is the scheduler who runs a job.

        Odoo lets anybody who is logged in run the code of a scheduled job, with their own rights.

        :return: None
        :raise AccessError: If it is somebody else.
        """
        if not self.env.su:
            raise AccessError(self.env._("This job is run by the scheduler only."))
