from concurrent.futures import ThreadPoolExecutor, as_completed

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from .. import gateway
from ..log import get_logger
from .payment_transaction_schedule import CLAIM
from .payment_transaction_silence import PATIENCE

_logger = get_logger(__name__)

BATCH_SIZE = 64
MAX_BATCHES_PER_RUN = 16
QUESTIONS_AT_A_TIME = 16


class PaymentTransaction(models.Model):
    """The job that asks the bank about the orders that are due."""

    _inherit = 'payment.transaction'

    # === THE JOB === #

    @api.model
    def _cron_sberbank_ask_bank(self):
        """Ask the bank about the orders that are due, many at a time, and apply its answers.

        No database row is locked while the bank is asked. Each answer is applied and committed by
        itself. Two jobs at the same time claim different orders.
        """
        self._sberbank_check_is_scheduler()
        patience = gateway.Patience()
        with gateway.new_session(pool_size=QUESTIONS_AT_A_TIME) as session:
            for _batch in range(MAX_BATCHES_PER_RUN):
                txs = self._sberbank_claim_due()
                if not txs:
                    return
                txs._sberbank_ask_all(session, patience)
                if not self.env['ir.cron']._commit_progress(len(txs)):
                    return

    @api.model
    def _sberbank_claim_due(self):
        """Claim orders that are due, in a way that no other worker claims them too.

        :rtype: payment.transaction
        """
        now = fields.Datetime.now()
        # Materialised, for a subquery could be run again and claim more than the batch.
        claim = SQL(
            """
            WITH due AS MATERIALIZED (
                  SELECT id
                    FROM payment_transaction
                   WHERE sberbank_next_ask_at <= %s
                ORDER BY sberbank_next_ask_at
                   LIMIT %s
              FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE payment_transaction
               SET sberbank_next_ask_at = %s
              FROM due
             WHERE payment_transaction.id = due.id
         RETURNING payment_transaction.id
            """,
            now,
            BATCH_SIZE,
            now + CLAIM,
        )
        while True:
            try:
                self.env.cr.execute(claim, log_exceptions=False)
                break
            except psycopg2.errors.SerializationFailure:
                # Another worker has written one of the rows since we looked: look anew.
                self.env.cr.rollback()
        claimed = self.env.cr.fetchall()
        # Let go of the rows before the bank is asked.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.invalidate_model(['sberbank_next_ask_at'])
        return self.browse(tx_id for [tx_id] in claimed)

    def _sberbank_ask_all(self, session, patience):
        """Ask the bank about the orders side by side and apply the answers as they come.

        The threads only ask; they touch no record.

        :param requests.Session session: The session to keep connections in.
        :param gateway.Patience patience: What is known of the banks' wish to be left alone.
        :return: None
        """
        exchanges = self.env['sberbank.exchange']._collector()
        questions = [
            (
                tx,
                tx.provider_id.id,
                tx._sberbank_question(
                    session=session,
                    before_call=None,
                    on_exchange=exchanges.recorder(tx.id, tx._sberbank_get_staff_lang()),
                ),
            )
            for tx in self
        ]
        self._sberbank_let_go()
        with ThreadPoolExecutor(max_workers=QUESTIONS_AT_A_TIME) as pool:
            answers = {pool.submit(patience.ask, bank, ask): tx for tx, bank, ask in questions}
            for answer in as_completed(answers):
                answers[answer]._sberbank_apply_answer(answer)
                self._sberbank_let_go()  # The others are still being asked.
        exchanges.save()

    def _sberbank_apply_answer(self, answer):
        """Apply one answer, whatever became of the others.

        :param concurrent.futures.Future answer: The answer, or why there is none.
        :return: None
        """
        try:
            self._sberbank_apply(answer.result())
        except gateway.GatewayError as error:
            _logger.warning("No answer of the bank about %s: %s", self.reference, error)
            self._sberbank_put_off(error)
        except Exception:
            _logger.exception("The bank's answer about %s was not applied.", self.reference)

    def _sberbank_put_off(self, error):
        """Ask again later, or give the order up if it never reached the bank.

        :param gateway.GatewayError error: Why there is no answer.
        :return: None
        """
        with self._sberbank_locked() as tx:
            if tx._sberbank_never_reached_bank(error):
                tx._set_canceled(
                    state_message=tx._sberbank_translate_for_payer().env._(
                        "The payment was not begun. Nothing was charged."
                    )
                )
                tx._sberbank_came_to_nothing()
                tx.sberbank_next_ask_at = False
            else:
                tx._sberbank_note_silence(error)

    def _sberbank_never_reached_bank(self, error):
        """Tell whether the order's number was written down, but the order never registered.

        :param gateway.GatewayError error: What the bank said of the number.
        :rtype: bool
        """
        return (
            isinstance(error, gateway.Refused)
            and error.may_mean_not_found
            and not self.provider_reference
            and self._sberbank_is_older_than(PATIENCE)
        )
