from concurrent.futures import ThreadPoolExecutor, as_completed

from odoo import api, fields, models

from .. import gateway
from ..claims import claim_due
from ..log import get_logger
from .payment_transaction_schedule import CLAIM

_logger = get_logger(__name__)

BATCH_SIZE = 64
MAX_BATCHES_PER_RUN = 16
QUESTIONS_AT_A_TIME = 16


class SberbankReceipt(models.Model):
    """The job that asks the bank about receipts that are due, and to send them again."""

    _inherit = 'sberbank.receipt'

    @api.model
    def _cron_sberbank_ask_for_receipts(self):
        """Ask the bank about the receipts that are due, many at a time, and apply its answers.

        No database row is locked while the bank is asked. One question is about all receipts of an
        order. Each answer is applied and committed by itself.
        """
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        patience = gateway.Patience()
        for _batch in range(MAX_BATCHES_PER_RUN):
            receipts = claim_due(
                self, 'next_ask_at', until=fields.Datetime.now() + CLAIM, limit=BATCH_SIZE
            )
            if not receipts:
                return
            txs = receipts.transaction_id
            _ask_side_by_side(txs, patience)
            self.env.invalidate_all()  # The answers were written in other cursors.
            for tx in txs:
                _send_again(tx, patience)
            if not self.env['ir.cron']._commit_progress(len(receipts)):
                return


def _ask_side_by_side(txs, patience):
    """Ask the bank about the receipts of orders, and apply the answers as they come.

    The threads only ask; they touch no record.

    :param payment.transaction txs: The transactions.
    :param gateway.Patience patience: What is known of the banks' wish to be left alone.
    :return: None
    """
    exchanges = txs.env['sberbank.exchange']._collector()
    questions = [
        (
            tx,
            tx.provider_id.id,
            tx._sberbank_ask_for_receipts(
                before_call=None,
                on_exchange=exchanges.recorder(tx.id, tx._sberbank_get_staff_lang()),
            ),
        )
        for tx in txs
    ]
    txs._sberbank_let_go()
    with ThreadPoolExecutor(max_workers=QUESTIONS_AT_A_TIME) as pool:
        answers = {
            pool.submit(patience.ask, bank, question): tx for tx, bank, question in questions
        }
        for answer in as_completed(answers):
            _apply_answer(answers[answer], answer)
            txs._sberbank_let_go()  # The others are still being asked.
    exchanges.save()


def _apply_answer(tx, answer):
    """Apply one answer, whatever became of the others.

    :param payment.transaction tx: The transaction.
    :param concurrent.futures.Future answer: The answer, or why there is none.
    :return: None
    """
    try:
        tx._sberbank_apply_receipts(answer.result())
    except gateway.GatewayError as error:
        tx._sberbank_put_off_receipts(error)
    except Exception:
        _logger.exception("The bank's answer about receipts of %s was not applied.", tx.reference)


def _send_again(tx, patience):
    """Have the bank send the failed receipts of an order again, where it is time for that.

    :param payment.transaction tx: The transaction.
    :param gateway.Patience patience: What is known of the banks' wish to be left alone.
    :return: None
    """
    receipts = tx.sberbank_receipt_ids._find_due_for_retry()
    if not receipts:
        return
    try:
        receipts._send_again(patience)
    except gateway.GatewayError as error:
        _logger.warning("Receipts of %s could not be sent again: %s", tx.reference, error)
