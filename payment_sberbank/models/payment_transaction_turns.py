from contextlib import suppress
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const
from ..core import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from ..toasts import toast_and_reload

# Seconds until a payment has its next turn, by how often it has had one in vain.
PAUSES = (60, 300, 900, 3600)

# After so many turns that ended with their worker, and not with a reason, staff are told.
MAX_DEATHS = 2

# The reasons for attention that the button "Book Now" may remove.
BOOKING_REASONS = ('not_bookable', 'not_settled')


class PaymentTransaction(models.Model):
    """Whose turn it is to be booked and finished: one after another, each safe by itself.

    A turn is used up before it begins. So a payment that can't be finished, or that ends its worker
    in the middle, goes behind the others, for growing pauses.
    """

    _inherit = 'payment.transaction'

    sberbank_turn_at = fields.Datetime(
        string="Tried Again at",
        help="When the payment is booked, or finished, if that could not be done at once.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )
    sberbank_turns = fields.Integer(
        string="Tries",
        help="How often it was tried in vain to book the payment or to finish what it was for.",
        readonly=True,
        copy=False,
    )

    _sberbank_unbooked_idx = models.Index(
        "(id) WHERE state = 'done' AND is_post_processed IS NOT TRUE"
    )

    # === ACTION METHODS === #

    def action_sberbank_book_now(self):
        """Book and finish the selected transactions without waiting for the job.

        :return: The action that shows what came of it.
        :rtype: dict
        """
        self.check_access('write')
        txs = self.sudo().filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.state == 'done'
        )
        if not txs:
            raise UserError(self.env._("None of these transactions was paid at Sberbank."))
        for tx in txs:
            tx._sberbank_book_by_hand()
        open_attentions = txs.sberbank_attention_ids.filtered(
            lambda attention: not attention.is_solved and attention.reason in BOOKING_REASONS
        )
        if not open_attentions:
            return toast_and_reload(self.env._("All is booked."), type='success')
        return toast_and_reload(
            '\n'.join(
                f'{attention.transaction_id.reference}: {attention.details}'
                for attention in open_attentions
            ),
            type='warning',
            sticky=True,
        )

    def _sberbank_book_by_hand(self):
        if self._sberbank_book_money():
            return
        tx = self._sberbank_prepare_booking()
        if failure := tx._sberbank_attempt(tx._sberbank_finish_again):
            tx._sberbank_need_attention('not_settled', failure)
        else:
            tx._sberbank_end_turns()

    # === TURNS === #

    @api.model
    def _sberbank_take_turn(self, tx=None, *, waiting=False):
        """Take the payment whose turn it is, and put off its next one at once, for good.

        :param payment.transaction tx: The only payment that is wanted, if it is its turn.
        :param bool waiting: Whether to wait for a row that somebody else holds. It may be a worker
            that only repeats the bank's word, and then nobody else would book the payment.
        :return: The payment, or none.
        :rtype: payment.transaction
        """
        return self._sberbank_take(self._sberbank_get_turn_query(tx, waiting=waiting))

    @api.model
    def _sberbank_take_batch(self, size):
        """Take payments that have had no turn yet, and put off their next one at once, for good.

        If their worker is no more afterwards, nobody knows because of which of them. So the turn is
        counted for a payment that is alone only; the others have their next one each by itself.

        :param int size: How many at most.
        :rtype: payment.transaction
        """
        return self._sberbank_take(self._sberbank_get_turn_query(size=size))

    @api.model
    def _sberbank_take(self, query):
        self.env['payment.transaction'].flush_model()
        while True:
            try:
                self.env.cr.execute(SQL('SET LOCAL lock_timeout = %s', const.LOCK_PATIENCE_MS))
                self.env.cr.execute(query, log_exceptions=False)
                break
            except psycopg2.errors.LockNotAvailable:
                self.env.cr.rollback()
                self._sberbank_wake_at(fields.Datetime.now() + timedelta(minutes=1))
                return self.browse()
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()  # Another worker has written the row meanwhile: look anew.
        taken = sorted(tx_id for [tx_id] in self.env.cr.fetchall())
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.invalidate_model(['sberbank_turn_at', 'sberbank_turns'])
        return self.browse(taken).with_context(sberbank_has_turn=True)

    @api.model
    def _sberbank_get_turn_query(self, tx=None, *, waiting=False, size=None):
        now = fields.Datetime.now()
        providers = self.env['payment.provider'].search([('code', '=', const.PROVIDER_CODE)])
        ready = providers.filtered(lambda provider: not provider._sberbank_no_booking_reason())
        return SQL(
            """
            WITH next AS MATERIALIZED (
                  SELECT tx.id, COALESCE(tx.sberbank_turns, 0) AS turns
                    FROM payment_transaction tx
                    JOIN payment_provider provider ON provider.id = tx.provider_id
                   WHERE provider.code = %(code)s
                     AND tx.state = 'done'
                     AND tx.operation != 'validation'
                     AND NOT (tx.is_live IS TRUE AND tx.provider_id = ANY(%(copied)s))
                     AND (
                            (tx.is_post_processed IS NOT TRUE AND tx.sberbank_turn_at IS NULL)
                         OR %(due)s
                     )
                     AND (
                            tx.payment_id IS NOT NULL
                         OR tx.provider_id = ANY(%(ready)s)
                         -- What waits for the settings is listed once, and then left alone.
                         OR NOT EXISTS (
                                SELECT 1
                                  FROM sberbank_attention attention
                                 WHERE attention.transaction_id = tx.id
                                   AND attention.reason = 'not_bookable'
                                   AND attention.is_solved IS NOT TRUE
                            )
                     )
                     AND %(wanted)s
                ORDER BY tx.payment_id IS NOT NULL, tx.sberbank_turn_at NULLS FIRST, tx.id
                   LIMIT %(size)s
              FOR NO KEY UPDATE OF tx %(skip_locked)s
            ), turn AS (
                SELECT id, CASE WHEN count(*) OVER () = 1 THEN turns + 1 ELSE 0 END AS number
                  FROM next
            )
            UPDATE payment_transaction tx
               SET sberbank_turns = turn.number,
                   sberbank_turn_at = %(now)s + %(pauses)s[
                       LEAST(GREATEST(turn.number, 1), %(last)s)
                   ] * interval '1 second'
              FROM turn
             WHERE tx.id = turn.id
         RETURNING tx.id
            """,
            code=const.PROVIDER_CODE,
            now=SQL('%s::timestamp', now),
            due=SQL('FALSE') if size else SQL('tx.sberbank_turn_at <= %s', now),
            wanted=SQL('tx.id = %s', tx.id) if tx else SQL('TRUE'),
            skip_locked=SQL() if waiting else SQL('SKIP LOCKED'),
            pauses=SQL('(%s)', list(PAUSES)),
            ready=ready.ids,
            copied=providers._sberbank_filter_copied().ids,
            size=size or 1,
            last=len(PAUSES),
        )

    @api.model
    def _sberbank_free_batch(self):
        """Give each payment of a batch its turn now, whose worker was no more before the end of it.

        :return: None
        """
        lost = self.search([
            ('state', '=', 'done'),
            ('sberbank_turns', '=', 0),
            ('sberbank_turn_at', '>', fields.Datetime.now()),
        ])
        lost.try_lock_for_update(allow_referencing=True)._sberbank_give_turn()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _sberbank_give_turn(self):
        """Let each of the payments have its next turn now, alone.

        :return: None
        """
        if self:
            self.write({'sberbank_turn_at': fields.Datetime.now(), 'sberbank_turns': 0})

    def _sberbank_use_turn(self):
        """Book the money, then finish what it was for: each committed by itself, or listed.

        :return: None
        """
        self.ensure_one()
        has_reason = self._sberbank_has_attention('not_bookable')
        try:
            if self._sberbank_book_money():
                if self.provider_id._sberbank_no_booking_reason():
                    self._sberbank_end_turns()
            else:
                self.env.cr.commit()  # pylint: disable=invalid-commit  # Whatever comes of the rest.
                if not has_reason:  # Else the turns before ended with it, and not with a worker.
                    self._sberbank_tell_of_deaths()
                self._sberbank_finish_again()
                self._sberbank_mail_booked_together()
                if not self._sberbank_has_attention('not_settled'):
                    self._sberbank_end_turns()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            self._sberbank_try_again_soon()
        except Exception as error:
            self.env.cr.rollback()
            tx = self._sberbank_prepare_booking()
            tx._sberbank_need_attention('not_settled', tx._sberbank_describe_error(error))
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _sberbank_try_again_soon(self):
        """Give the payment another turn, behind those that were not tried yet.

        Another worker was in the way, and may still be. If it holds the row for long, the payment
        has its turn after the pause that was written down when this one began.
        """
        with suppress(psycopg2.errors.LockNotAvailable), self._sberbank_locked() as tx:
            tx._sberbank_give_turn()
            tx._sberbank_trigger_booking()

    def _sberbank_is_being_finished(self):
        """Tell whether a worker is at it, or about to be: nothing is known to be in the way.

        The core's own job finishes payments without a turn.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state == 'done'
            and self.operation != 'validation'
            and not self.is_post_processed
            and not any(self._sberbank_has_attention(reason) for reason in BOOKING_REASONS)
        )

    def _sberbank_end_turns(self):
        self.write({'sberbank_turn_at': False, 'sberbank_turns': 0})

    def _sberbank_end_turns_together(self):
        """End the turns of payments that are finished; what is not settled is tried again.

        :return: None
        """
        unsettled = self.filtered(lambda tx: tx._sberbank_has_attention('not_settled'))
        unsettled.write({'sberbank_turns': 1})
        (self - unsettled)._sberbank_end_turns()

    def _sberbank_tell_of_deaths(self):
        """Tell staff of a payment whose turns end their worker; it goes on being tried."""
        if self.sberbank_turns <= MAX_DEATHS or self._sberbank_has_attention('not_settled'):
            return
        tx = self._sberbank_prepare_booking()
        tx._sberbank_need_attention(
            'not_settled',
            tx.env._(
                "Finishing it was begun %(count)s times and never came to an end: the server was"
                " stopped, or it took longer than the server allows.",
                count=self.sberbank_turns - 1,
            ),
        )
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _sberbank_wake_at(self, moment):
        self.env['ir.cron']._sberbank_get_job('book_payments')._trigger(moment)
        self.env.cr.commit()  # pylint: disable=invalid-commit
