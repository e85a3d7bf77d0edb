from odoo import models

from ..log import get_logger

_logger = get_logger(__name__)


class PaymentTransaction(models.Model):
    """What held money is for: other apps take note of it while all of it is held.

    The sales app confirms a quotation by the sum that is held. Once a part of it was taken and the
    rest released, that sum is no more.
    """

    _inherit = 'payment.transaction'

    def _sberbank_finish_hold_soon(self):
        """Call the core's job for a new hold: it comes every ten minutes, the payer perhaps never.

        :return: None
        """
        if not self._sberbank_is_hold_unfinished():
            return
        # As for the core, it may have been deleted: that keeps no hold from being noted.
        if job := self.env.ref('payment.cron_post_process_payment_tx', raise_if_not_found=False):
            job.sudo()._trigger()

    def _sberbank_finish_hold(self):  # pylint: disable=missing-return
        """Override of the ground floor. What fails is tried again once the money is taken."""
        super()._sberbank_finish_hold()
        if not self._sberbank_is_hold_unfinished():
            return
        if failure := self._sberbank_attempt(self._sberbank_finish_again):
            _logger.warning("The hold %s can't be finished yet: %s", self.reference, failure)

    def _sberbank_is_hold_unfinished(self):
        return self.state == 'authorized' and not self.is_post_processed
