from concurrent.futures import ThreadPoolExecutor, as_completed

from odoo import api, fields, models

from .. import gateway
from ..claims import claim_due
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
        return claim_due(
            self,
            'sberbank_next_ask_at',
            until=fields.Datetime.now() + CLAIM,
            limit=BATCH_SIZE,
        )

    def _sberbank_ask_all(self, session, patience):
        """Ask the bank about the orders side by side and apply the answers as they come.

        :param requests.Session session: The session to keep connections in.
        :param gateway.Patience patience: What is known of the banks' wish to be left alone.
        :return: None
        """
        self._sberbank_ask_side_by_side(
            session,
            patience,
            question=lambda tx, **connection: tx._sberbank_question(**connection),
            apply=lambda tx, answer: tx._sberbank_apply_answer(answer),
        )

    def _sberbank_ask_side_by_side(self, session, patience, *, question, apply):
        """Put a question about each transaction to the bank, and apply the answers as they come.

        The threads only ask; they touch no record.

        :param requests.Session session: The session to keep connections in.
        :param gateway.Patience patience: What is known of the banks' wish to be left alone.
        :param callable question: Takes a transaction and what `_sberbank_get_client` takes, and
            returns what asks the bank.
        :param callable apply: Takes a transaction and the future of the answer.
        :return: None
        """
        exchanges = self.env['sberbank.exchange']._collector()
        questions = [
            (
                tx,
                tx.provider_id.id,
                question(
                    tx,
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
                apply(answers[answer], answer)
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
