from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from .. import gateway
from ..log import get_logger
from ..toasts import toast_and_reload
from ..wording import describe_failure
from .receipt_rhythm import FIRST_ASK, MAX_RETRIES

_logger = get_logger(__name__)

# Of what the bank advises: the register's own trouble is over when it tries again, other advice
# needs a person.
RETRIED_BY_ITSELF = (False, '1')


class SberbankReceipt(models.Model):
    """Receipts that failed are sent to the register again, by the job or by a person.

    The bank knows a receipt by its id and issues it once, however often it is asked.
    """

    _inherit = 'sberbank.receipt'

    def _find_due_for_retry(self):
        """Return the failed receipts that the job asks the bank to send again.

        :rtype: sberbank.receipt
        """
        return self.filtered(
            lambda receipt: (
                receipt.state == 'failed'
                and receipt.retries < MAX_RETRIES
                and receipt._may_be_sent_again()
                and receipt._get_rows_to_retry()
                and all(
                    row.recommendation in RETRIED_BY_ITSELF for row in receipt._get_rows_to_retry()
                )
            )
        )

    def _get_rows_to_retry(self):
        """Return what failed and can be sent again: of a split receipt, only that part.

        :rtype: sberbank.receipt.issued
        """
        return self._get_valid_rows().filtered('can_be_retried')

    def _send_again(self, patience):
        """Ask the bank to send the receipts of an order again, and take down what it says.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :return: None
        :raise gateway.GatewayError: If there is no usable answer.
        """
        tx = self.transaction_id.ensure_one()
        with tx._sberbank_locked() as locked:
            for receipt in self.with_env(locked.env):
                receipt.write({
                    'retried_at': fields.Datetime.now(),
                    'retries': receipt.retries + 1,
                    'next_ask_at': fields.Datetime.now() + FIRST_ASK,
                })
        bank_ids = self._get_rows_to_retry().mapped('bank_receipt_id')
        client = tx._sberbank_get_client()
        tx._sberbank_let_go()
        results = patience.ask(tx.provider_id.id, partial(client.retry_receipts, bank_ids))
        with tx._sberbank_locked() as locked:
            for receipt in self.with_env(locked.env):
                receipt._note_retry(results)
            locked._sberbank_watch_receipts()

    def _note_retry(self, results):
        """Take down what the bank says to the wish that the receipt be sent again.

        :param dict results: A `gateway.RetryResult` for each of the bank's ids.
        :return: None
        """
        rows = self._get_rows_to_retry()
        told = [results[key] for key in rows.mapped('bank_receipt_id') if key in results]
        if refusals := [result.text for result in told if not _is_welcome(result)]:
            self.refusal = '\n'.join(refusals)
            return
        self.refusal = False
        if any(result.accepted for result in told):
            rows.write({'is_failed': False, 'can_be_retried': False})
            self.state = self._get_waiting_state()

    # === BY HAND === #

    def _for_staff(self):
        """Return the receipt with all rights, for whoever may write the payment's transaction.

        :rtype: sberbank.receipt
        :raise AccessError: If the user may not.
        """
        self.ensure_one()
        self.check_access('read')
        self.transaction_id.check_access('write')
        return self.sudo()

    def action_ask_bank(self):
        """Ask the bank what the register has done."""
        tx = self._for_staff().transaction_id
        try:
            answers = tx._sberbank_ask_for_receipts()()
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        tx._sberbank_apply_receipts(answers)
        self.invalidate_recordset()
        states = dict(self._fields['state']._description_selection(self.env))
        return toast_and_reload(states[self.state], title=self.env._("The bank's answer"))

    def action_send_again(self):
        """Have the bank send the receipt to the register again, without changes."""
        receipt = self._for_staff()
        if receipt.state != 'failed' or not receipt._get_rows_to_retry():
            raise UserError(self.env._("The bank can't send this receipt again."))
        if not receipt._may_be_sent_again():
            moment = fields.Datetime.context_timestamp(receipt, receipt._get_retry_at())
            raise UserError(
                self.env._(
                    "The bank goes on trying by itself. It can be asked to send the receipt again"
                    " from %(moment)s on.",
                    moment=f'{moment:%d.%m.%Y %H:%M}',
                )
            )
        try:
            receipt._send_again(gateway.Patience())
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        receipt.invalidate_recordset()
        return toast_and_reload(
            receipt.refusal or self.env._("The bank sends the receipt to the register again."),
            title=self.env._("The bank's answer"),
        )


def _is_welcome(result):
    return result.accepted or result.is_settled
