from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const

# For how long Odoo's own job tries to finish a payment.
CORE_PATIENCE = timedelta(days=4)


class PaymentTransaction(models.Model):
    """What booked money was for: the post-processing, which other apps wrap, and what is left open.

    It is done as a whole or raises: then, the caller undoes it with all that the apps around did.
    """

    _inherit = 'payment.transaction'

    # The job looks for them every ten minutes, whatever their state, of all providers.
    _sberbank_unprocessed_idx = models.Index(
        '(last_state_change) WHERE is_post_processed IS NOT TRUE'
    )

    def _cron_post_process(self):  # pylint: disable=missing-return
        """Override of `payment` to leave out what another worker has finished since the job began.

        The apps that wrap the post-processing don't look: they would write to the customer again.
        None of them sends an e-mail from an attempt that is undone, nor from a copy of the
        database.
        """
        txs = self or self.search([
            ('is_post_processed', '=', False),
            ('last_state_change', '>=', fields.Datetime.now() - CORE_PATIENCE),
        ])
        for tx in txs:
            is_in_copy = tx.provider_id._sberbank_is_in_copy(tx.is_live)
            if not (tx.is_post_processed or is_in_copy):
                wary = tx.with_context(sberbank_may_be_undone=True)
                super(PaymentTransaction, wary)._cron_post_process()

    def _post_process(self):  # pylint: disable=missing-return
        """Override of `account_payment` to finish each of our payments once, in its own company."""
        ours = self.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)
        if others := self - ours:
            super(PaymentTransaction, others)._post_process()
        for tx in ours:
            tx._sberbank_lock_rows()
            if tx.is_post_processed:
                continue
            tx = tx._sberbank_prepare_booking()
            if obstacle := tx._sberbank_book_locked_money():
                raise UserError(obstacle)
            tx._sberbank_check_test_money()
            tx._sberbank_get_documents_tx()._sberbank_set_withdrawn_apart()
            tx._sberbank_check_orders()
            super(PaymentTransaction, tx)._post_process()
            if tx.state == 'done' and tx.operation != 'validation':
                tx._sberbank_finish()

    def _sberbank_finish(self):
        """Settle what the booked payment is for, which may fail by itself, and tell staff."""
        failure = self._sberbank_attempt(self._sberbank_reconcile)
        unsettled = failure or self._sberbank_describe_unsettled()
        if not unsettled:
            self._sberbank_attention_solved('not_settled')
        self._sberbank_report_open_money(unsettled)
        self._sberbank_note_paid_orders()
        self._sberbank_leave_mail_to_job()

    def _sberbank_finish_again(self):
        """Finish what could not be finished before, if it can be now.

        :return: None
        :raise UserError: If it still can't be booked. What other apps raise is raised on.
        """
        self.ensure_one()
        if not self.is_post_processed:
            self.with_context(sberbank_may_be_undone=True)._post_process()
        elif self._sberbank_has_attention('not_settled'):
            self._sberbank_prepare_booking()._sberbank_finish()
