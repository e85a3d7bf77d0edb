import time
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import config

from ..log import get_logger
from .payment_transaction_scheduler import SCHEDULER_PATIENCE

_logger = get_logger(__name__)

# How many payments are booked at a time, and for how many seconds, by who has something else to do.
RELIEF_BATCH_SIZE = 8
RELIEF_SECS = 2

# For how many seconds a scheduler that was seen to be able to come is not looked at again.
TRUST_SECS = 1
_seen_at = {}


class PaymentTransaction(models.Model):
    """Who books while the scheduler has no time: each of its workers may be at a job of minutes.

    Then, the worker that has heard of a payment books, for a moment, and one of them at a time. It
    holds the job like a worker of the scheduler, so that both are never at it.
    """

    _inherit = 'payment.transaction'

    def _sberbank_trigger_booking(self):  # pylint: disable=missing-return
        """Override of the ground floor to look, once it is committed, whether the job can run.

        For what is applied together, the job is called once, by who applies it.
        """
        if self.env.context.get('sberbank_among_others'):
            return
        super()._sberbank_trigger_booking()
        if 'cron_id' not in self.env.context:
            self.env.cr.postcommit.add(partial(_relieve_scheduler, self.env.registry))

    @api.model
    def _sberbank_relieve_scheduler(self):
        """Book payments for a moment if the scheduler can't, and nobody else does.

        The cursor holds the job until its end. What is done is committed in another one.

        :return: Whether the scheduler can't.
        :rtype: bool
        """
        job = self.env['ir.cron']._sberbank_get_job('book_payments')
        if not self._sberbank_is_scheduler_away(job):
            return False
        if not job.try_lock_for_update(allow_referencing=True):
            return True
        until = time.monotonic() + RELIEF_SECS
        with self.env.registry.cursor() as cr:
            transactions = self.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            while time.monotonic() < until and (
                txs := transactions._sberbank_take_batch(RELIEF_BATCH_SIZE)
            ):
                txs._sberbank_use_turns(until)
        return True

    @api.model
    def _sberbank_is_scheduler_away(self, job):
        """Tell whether nobody comes to run the job: it was called in vain, or all are busy.

        :param ir.cron job: The job that books.
        :rtype: bool
        """
        long_ago = fields.Datetime.now() - SCHEDULER_PATIENCE
        calls = self.env['ir.cron.trigger'].sudo()
        if calls.search_count([('cron_id', '=', job.id), ('call_at', '<', long_ago)], limit=1):
            return True
        began = self._sberbank_get_running_jobs().values()
        return 0 < config['max_cron_threads'] <= sum(moment < long_ago for moment in began)


def _relieve_scheduler(registry):
    """Book payments if the scheduler can't, in cursors of our own; if that fails, it does later.

    :param odoo.modules.registry.Registry registry: The database.
    """
    if time.monotonic() - _seen_at.get(registry.db_name, -TRUST_SECS) < TRUST_SECS:
        return
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if not env['payment.transaction']._sberbank_relieve_scheduler():
                _seen_at[registry.db_name] = time.monotonic()
    except Exception:
        _logger.warning("No payment was booked in the scheduler's place.", exc_info=True)
