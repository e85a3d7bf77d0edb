import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .. import const, gateway
from ..claims import claim_due
from ..core import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from ..log import get_logger
from . import payer_words
from .payment_transaction_schedule import CLAIM
from .payment_transaction_silence import PATIENCE

_logger = get_logger(__name__)

# How many questions are in flight at a time, and how many orders are claimed at once, while fewer
# than twice as many are asked about. All of them are, even if the bank takes its time for each.
QUESTIONS_AT_A_TIME = 16
BATCH_SIZE = 16

# What is read of an order to ask about it, and of its answer. All of it is far more.
OF_QUESTION = (
    'company_id',
    'is_live',
    'operation',
    'provider_id',
    'provider_reference',
    'sberbank_is_called_off',
    'sberbank_order_number',
    'state',
)
OF_ANSWER = ('is_live', 'provider_id')

# Seconds for which the other answers are waited for once one has come. What is applied together
# takes less than half of the work.
GATHER_SECS = 0.02


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
        until = time.monotonic() + self.env['ir.cron']._commit_progress()
        self._sberbank_ask_due(until)
        if time.monotonic() >= until:
            # With whatever is left, once the other jobs had their chance.
            self.env['ir.cron']._sberbank_get_job('ask_bank')._trigger()

    @api.model
    def _sberbank_ask_due(self, until):
        """Ask the bank about the orders that are due, and apply its answers.

        :param float until: The moment of `time.monotonic` at which nothing new is asked.
        :return: None
        """
        exchanges = self.env['sberbank.exchange']._collector()
        with ThreadPoolExecutor(max_workers=QUESTIONS_AT_A_TIME) as pool:
            ask = partial(pool.submit, gateway.Patience().ask)
            asked = self._sberbank_ask_more({}, until, ask, exchanges)
            while asked:
                wait(asked, return_when=FIRST_COMPLETED)
                answered, _others = wait(asked, timeout=GATHER_SECS)
                self._sberbank_take_answers({asked.pop(answer): answer for answer in answered})
                exchanges.save()
                if time.monotonic() < until:
                    self._sberbank_ask_more(asked, until, ask, exchanges)

    @api.model
    def _sberbank_ask_more(self, asked, until, ask, exchanges):
        """Have as many questions put that some wait for a free thread while answers are applied.

        :param dict[concurrent.futures.Future, payment.transaction] asked: The orders by the answers
            that are to come; those that are asked about now are added.
        :param float until: The moment of `time.monotonic` at which nothing new is asked.
        :param callable ask: Takes the bank and a question, and returns the answer that is to come.
        :param sberbank.exchange.Collector exchanges: Where the calls are collected.
        :return: All of them.
        :rtype: dict[concurrent.futures.Future, payment.transaction]
        """
        while len(asked) < 2 * QUESTIONS_AT_A_TIME:
            claimed = self._sberbank_claim_due()
            asked.update(claimed._sberbank_put_questions(ask, exchanges))
            self.env['ir.cron']._commit_progress(len(claimed))
            if len(claimed) < BATCH_SIZE or time.monotonic() >= until:
                break
        return asked

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

    def _sberbank_put_questions(self, ask, exchanges):
        """Put the questions about the orders, each in a thread, which touches no record.

        :param callable ask: Takes the bank and a question, and returns the answer that is to come.
        :param sberbank.exchange.Collector exchanges: Where the calls are collected.
        :return: The orders by the answers that are to come.
        :rtype: dict[concurrent.futures.Future, payment.transaction]
        """
        asked = {}
        self.fetch(OF_QUESTION)
        for txs in self.grouped('company_id').values():
            language = txs[0]._sberbank_get_staff_lang()
            for tx in txs:
                question = tx._sberbank_question(
                    before_call=None, on_exchange=exchanges.recorder(tx.id, language)
                )
                asked[ask(tx.provider_id.id, question)] = tx
        self._sberbank_let_go()
        return asked

    @api.model
    def _sberbank_take_answers(self, answers):
        """Apply the answers that came, together; what can't be applied so is applied alone.

        :param dict[payment.transaction, concurrent.futures.Future] answers: The answers, or why
            there are none.
        :return: None
        """
        orders = {
            tx.id: answer.result() for tx, answer in answers.items() if not answer.exception()
        }
        answered = self.browse(orders)
        answered.fetch(OF_ANSWER)
        for provider, is_live in {(tx.provider_id, tx.is_live) for tx in answered}:
            provider._sberbank_found_again(is_live)
        try:
            applied = answered._sberbank_apply_together(orders)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            applied = self.browse()
        for tx, answer in answers.items():
            if tx not in applied:
                tx._sberbank_apply_answer(answer)
        self._sberbank_let_go()  # The others are still being asked.

    def _sberbank_apply_together(self, orders):
        """Apply answers in one database transaction of their own, each as a whole or not at all.

        :param dict[int, gateway.Order] orders: The bank's word, by the transaction's id.
        :return: The transactions to which it was applied.
        :rtype: payment.transaction
        :raise psycopg2.OperationalError: If another worker was in the way; none is applied then.
        """
        applied = self.browse()
        if len(self) < 2:
            return applied
        with self.env.registry.cursor() as cr:
            cr.execute(SQL('SET LOCAL lock_timeout = %s', const.LOCK_PATIENCE_MS))
            txs = self.with_env(api.Environment(cr, SUPERUSER_ID, dict(self.env.context)))
            locked = txs.try_lock_for_update(allow_referencing=True)
            locked.fetch(['invoice_ids'])  # The core reads them for one after another.
            if locked._sberbank_apply_as_one(orders):
                applied = locked
            else:
                applied = locked.filtered(lambda tx: tx._sberbank_apply_as_one(orders))
            if 'done' in applied.mapped('state'):
                applied._sberbank_trigger_booking()
        return self.browse(applied.ids)

    def _sberbank_apply_as_one(self, orders):
        """Apply the bank's word to locked transactions, or undo all that was done for all of them.

        What changes in them is written at the end, a few statements for all.

        :param dict[int, gateway.Order] orders: The bank's word, by the transaction's id.
        :return: Whether it was applied.
        :rtype: bool
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        try:
            with self.env.cr.savepoint():
                for company, txs in self.grouped('company_id').items():
                    for tx in txs.with_context(
                        allowed_company_ids=company.ids,
                        lang=txs[0]._sberbank_get_staff_lang(),
                        sberbank_among_others=True,
                    ):
                        tx._process(const.PROVIDER_CODE, {'order': orders[tx.id]})
                self._sberbank_keep_operations_together(orders)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            references = ', '.join(self.mapped('reference'))
            _logger.info("The answers about %s can't be applied as one: %s", references, error)
            return False
        return True

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
                tx._set_canceled(state_message=payer_words.tell_payer(tx, 'not_begun'))
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
