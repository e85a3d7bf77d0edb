import threading
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, config

from ..log import get_logger
from .payment_transaction_scheduler import SCHEDULER_PATIENCE

_logger = get_logger(__name__)

# How long the job that asks runs as a rule, and at most: it looks for more until then.
ORDINARY_RUN = timedelta(seconds=15)
LONGEST_RUN = timedelta(minutes=1)

# A scheduler that nobody wakes looks for its jobs about once a minute, and the job is due as often.
OVERDUE = timedelta(minutes=2)

# For how many seconds a scheduler that was seen to be there is not looked at again, by database.
TRUST_SECS = 1
_seen_at = {}

# After so many seconds it is looked whether the scheduler came, and for how long it is stood in for
# if it did not.
WATCH_SECS = 5
STAND_IN_SECS = 2
_watched = set()


class PaymentTransaction(models.Model):
    """How the bank is asked because of a notification: by the scheduler, if it comes at once.

    It asks about many orders at a time. So no worker waits for the bank, and a peak is taken in as
    fast as it can be written down. What is written down is asked about until the bank answers.
    """

    _inherit = 'payment.transaction'

    def _sberbank_leave_to_scheduler(self, notification, *, http_status):
        """Write down that the bank is to be asked about the order now, and wake the scheduler.

        :param gateway.Notification notification: The notification that is followed.
        :param int http_status: What the bank is answered to it.
        :return: Whether the scheduler takes it over; else nothing is written.
        :rtype: bool
        """
        self.ensure_one()
        if not self._sberbank_is_scheduler_there():
            return False
        if not self._sberbank_note_notified('sberbank_next_ask_at'):
            return False
        self.env['sberbank.exchange']._record_notification(
            self, notification, 'taken_in', http_status=http_status
        )
        self._sberbank_call_scheduler()
        return True

    @api.model
    def _sberbank_is_scheduler_there(self):
        """Tell whether the scheduler comes if it is called, or did a moment ago.

        :rtype: bool
        """
        if not config['max_cron_threads']:
            return False
        name = self.env.cr.dbname
        if time.monotonic() - _seen_at.get(name, -TRUST_SECS) < TRUST_SECS:
            return True
        if not self._sberbank_comes_scheduler():
            return False
        _seen_at[name] = time.monotonic()
        return True

    @api.model
    def _sberbank_comes_scheduler(self):
        """Tell whether the scheduler has a worker for the job that asks the bank, or is at it.

        :rtype: bool
        """
        now = fields.Datetime.now()
        job = self.env['ir.cron']._sberbank_get_job('ask_bank')
        running = self._sberbank_get_running_jobs()
        ours = (job.id, self.env['ir.cron']._sberbank_get_job('book_payments').id)
        others = [job_id for job_id in running if job_id not in ours]
        if len(others) >= config['max_cron_threads']:
            return False
        if job._sberbank_is_overdue(OVERDUE):
            return False
        if running.get(job.id, now - LONGEST_RUN) > now - LONGEST_RUN:
            return True
        calls = self.env['ir.cron.trigger'].sudo()
        called_in_vain = [('cron_id', '=', job.id), ('call_at', '<', now - SCHEDULER_PATIENCE)]
        return not calls.search_count(called_in_vain, limit=1)

    @api.model
    def _sberbank_call_scheduler(self):
        """Call the job that asks the bank, as the core does, but in one statement."""
        call = SQL(
            'INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES (%s, %s)',
            self.env['ir.cron']._sberbank_get_job('ask_bank').id,
            fields.Datetime.now(),
        )
        self.env.cr.execute(call)
        self.env.cr.postcommit.add(self._sberbank_wake_scheduler)

    @api.model
    def _sberbank_wake_scheduler(self):
        """Wake the scheduler, now that the call is committed, and have it watched.

        To wake it takes a new connection. It is not worth that if the scheduler is at the job: once
        this has ended, it is woken anyway. It is watched because its last worker may have begun
        with a job of minutes since it was seen.
        """
        job = self.env['ir.cron']._sberbank_get_job('ask_bank')
        began = self._sberbank_get_running_jobs().get(job.id)
        if not began or began < fields.Datetime.now() - ORDINARY_RUN:
            self.env['ir.cron']._notifydb()
        _watch_scheduler(self.env.registry)


def _watch_scheduler(registry):
    """Have it looked in a while, without anybody waiting for it, whether the scheduler came.

    :param odoo.modules.registry.Registry registry: The database.
    """
    if registry.db_name in _watched:
        return
    _watched.add(registry.db_name)
    watch = threading.Timer(WATCH_SECS, _stand_in_for_scheduler, (registry,))
    watch.daemon = True
    watch.start()


def _stand_in_for_scheduler(registry):
    """Ask the bank in the scheduler's place for a moment, if it was called and did not come.

    :param odoo.modules.registry.Registry registry: The database.
    """
    _watched.discard(registry.db_name)
    try:
        with registry.cursor() as cr:
            transactions = api.Environment(cr, SUPERUSER_ID, {})['payment.transaction']
            if not transactions._sberbank_comes_scheduler():
                transactions._sberbank_ask_due(time.monotonic() + STAND_IN_SECS)
    except Exception:
        _logger.warning("The bank was not asked in the scheduler's place.", exc_info=True)
