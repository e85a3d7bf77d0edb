import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from .. import const
from ..core import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from ..log import get_logger

_logger = get_logger(__name__)

# Payments that are booked together at most: their rows are locked for about a second.
BATCH_SIZE = 32

# Seconds for which payments that were booked together are finished, though the job's time is over.
FINISH_SECS = 2


class PaymentTransaction(models.Model):
    """The job that books the confirmed payments, and finishes what they were for."""

    _inherit = 'payment.transaction'

    @api.model
    def _cron_sberbank_book_payments(self):
        """Book the confirmed payments, and finish what they were for.

        Those that are new are booked many at a time. One that fails neither stops nor undoes the
        others. The job ends in time for the other ones, and begins anew at once if work is left.
        """
        self._sberbank_check_is_scheduler()
        until = time.monotonic() + self.env['ir.cron']._commit_progress()
        self._sberbank_free_batch()
        while txs := self._sberbank_take_turns():
            txs._sberbank_use_turns(until)
            self.env['ir.cron']._commit_progress(len(txs))
            if time.monotonic() > until:
                self._sberbank_trigger_booking()  # With whatever is left, without a pause.
                break
        self._sberbank_mail_remaining()
        self._sberbank_wake_for_next_turn()

    @api.model
    def _sberbank_take_turns(self):
        """Take payments whose turn it is: many new ones or, if there are none, one that was tried.

        :rtype: payment.transaction
        """
        return (
            self._sberbank_take_batch(BATCH_SIZE)
            or self._sberbank_take_turn()
            or self._sberbank_take_turn(waiting=True)
        )

    def _sberbank_use_turns(self, until):
        """Book the payments and finish what they were for, as far as the time goes.

        :param float until: The moment of `time.monotonic` at which nothing new is begun.
        :return: None
        """
        if len(self) == 1:
            self._sberbank_use_turn()
            return
        finished, failed = self._sberbank_use_turns_together(until)
        try:
            (self - finished)._sberbank_lock_latest_rows()
        except psycopg2.errors.LockNotAvailable:
            self.env.cr.rollback()  # They have their next turn after the pause.
            return
        failed._sberbank_give_turn()
        (self - finished - failed)._sberbank_end_turns()  # They are new once more.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        for tx in failed:
            if time.monotonic() > until:
                break
            if turn := self._sberbank_take_turn(tx):
                turn._sberbank_use_turn()

    def _sberbank_use_turns_together(self, until):
        """Book the payments together, then finish them, and commit both.

        What is booked is finished by the same run: behind all that is to be booked yet, it would
        wait for long.

        :param float until: The moment of `time.monotonic` at which nothing new is begun.
        :return: Those that are finished, and those that have to be tried alone.
        :rtype: tuple[payment.transaction, payment.transaction]
        """
        finished = failed = self.browse()
        try:
            self._sberbank_book_together()
            self.env.cr.commit()  # pylint: disable=invalid-commit  # Whatever comes of the rest.
            until = max(until, time.monotonic() + FINISH_SECS)
            while (untried := self - finished - failed) and time.monotonic() < until:
                now_finished, now_failed = untried._sberbank_finish_some()
                now_finished._sberbank_end_turns_together()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                finished += now_finished
                failed += now_failed
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            self.env.cr.rollback()
            _logger.info("Payments are booked one by one, another worker is at them: %s", error)
            failed = self - finished
        return finished, failed

    @api.model
    def _sberbank_wake_for_next_turn(self):
        """Have the job run when the next payment has its turn, not only at its regular time."""
        providers = self.env['payment.provider'].search([('code', '=', const.PROVIDER_CODE)])
        next_one = self.search(
            [
                ('sberbank_turn_at', '!=', False),
                ('state', '=', 'done'),
                '|',
                ('is_live', '=', False),
                ('provider_id', 'not in', providers._sberbank_filter_copied().ids),
            ],
            order='sberbank_turn_at',
            limit=1,
        )
        if next_one:
            soon = fields.Datetime.now() + timedelta(seconds=1)
            self._sberbank_wake_at(max(next_one.sberbank_turn_at, soon))
