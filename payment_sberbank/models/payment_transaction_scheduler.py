from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, config

# How long the scheduler may leave a job that was called waiting. It comes at once if it can.
SCHEDULER_PATIENCE = timedelta(seconds=3)

# The scheduler's latest runs of jobs, among which those are that have not ended.
RECENT_RUNS = 50


class PaymentTransaction(models.Model):
    """Who runs our jobs, and what keeps them from it."""

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

    @api.model
    def _sberbank_get_running_jobs(self):
        """Return which jobs the scheduler is at, of all apps, and since when.

        It writes down that a run has begun, and sets the count back to nothing when it ends. What
        began longer ago than the server lets a job run has ended with its worker.

        :return: The moments, UTC, by the jobs' ids.
        :rtype: dict[int, datetime]
        """
        latest_runs = SQL(
            """
            SELECT DISTINCT ON (cron_id) cron_id, create_date, timed_out_counter
              FROM (
                       SELECT id, cron_id, create_date, timed_out_counter
                         FROM ir_cron_progress
                     ORDER BY id DESC
                        LIMIT %s
                   ) recent
          ORDER BY cron_id, id DESC
            """,
            RECENT_RUNS,
        )
        longest = _get_longest_run()
        oldest = longest and fields.Datetime.now() - longest
        return {
            job_id: began
            for job_id, began, is_running in self.env.execute_query(latest_runs)
            if is_running and not (oldest and began < oldest)
        }


def _get_longest_run():
    """Return how long the server lets a job run, or None if it lets it run for ever.

    :rtype: timedelta|None
    """
    seconds = config['limit_time_real_cron']
    if seconds < 0:
        seconds = config['limit_time_real']
    return timedelta(seconds=seconds) if seconds else None
