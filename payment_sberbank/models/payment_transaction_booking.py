import logging
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..core import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from ..toasts import toast_and_reload

_logger = logging.getLogger(__name__)

# The payments that one run of the job looks at before it lets the other jobs have a turn.
BOOKING_BATCH_SIZE = 100

# The reasons for attention that the button "Book Now" may remove.
BOOKING_REASONS = ('not_bookable', 'not_settled')


class PaymentTransaction(models.Model):
    """When and how confirmed money gets into the ledger: always, once, and before all else."""

    _inherit = 'payment.transaction'

    _sberbank_unbooked_idx = models.Index(
        "(id) WHERE state = 'done' AND is_post_processed IS NOT TRUE"
    )

    # === ACTION METHODS === #

    def action_sberbank_book_now(self):
        """Book or settle the selected transactions without waiting for the job.

        :return: The action that shows what came of it.
        :rtype: dict
        """
        self.check_access('write')
        txs = self.sudo().filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.state == 'done'
        )
        if not txs:
            raise UserError(self.env._("None of these transactions was paid at Sberbank."))
        txs._post_process()
        for tx in txs.filtered('payment_id'):
            tx._sberbank_prepare_booking()._sberbank_reconcile_again()
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

    # === THE JOB === #

    @api.model
    def _cron_sberbank_book_payments(self):
        """Book the confirmed payments that are not booked yet.

        Every payment is committed by itself: one that fails neither stops nor undoes the others.
        """
        txs = self._sberbank_find_unbooked()
        are_more = len(txs) >= BOOKING_BATCH_SIZE
        booked = 0
        for left, tx in zip(reversed(range(len(txs))), txs, strict=True):
            is_booked = tx._sberbank_book_in_turn()
            booked += is_booked
            # While nothing can be booked, there is no use in calling the job again and again.
            if not self.env['ir.cron']._commit_progress(
                int(is_booked), remaining=left + are_more if booked else 0
            ):
                break
        self._sberbank_mail_forgotten()

    @api.model
    def _sberbank_find_unbooked(self):
        """Return the confirmed payments to book, those that wait for a person's help at the end.

        :rtype: payment.transaction
        """
        unbooked = [
            ('provider_id.code', '=', const.PROVIDER_CODE),
            ('state', '=', 'done'),
            ('is_post_processed', '=', False),
        ]
        help_needed = [('reason', '=', 'not_bookable'), ('is_solved', '=', False)]
        fresh = self.search(
            [*unbooked, ('sberbank_attention_ids', 'not any', help_needed)],
            order='id',
            limit=BOOKING_BATCH_SIZE,
        )
        providers = self.env['payment.provider'].search([('code', '=', const.PROVIDER_CODE)])
        ready = providers.filtered(lambda provider: not provider._sberbank_no_booking_reason())
        waiting = self.search(
            [
                *unbooked,
                ('sberbank_attention_ids', 'any', help_needed),
                ('provider_id', 'in', ready.ids),
            ],
            order='id',
        )
        return fresh + waiting

    def _sberbank_book_in_turn(self):
        """Book one payment for the job.

        A worker that holds the row is waited for: it may be one that only repeats the bank's word,
        and then nobody else would book the payment before the job's next regular run.

        :return: Whether it is booked now.
        :rtype: bool
        """
        self.ensure_one()
        try:
            self._post_process()
            return self.is_post_processed
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            self._sberbank_trigger_booking()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Transaction %s could not be booked.", self.reference)
        return False

    # === POST-PROCESSING === #

    def _post_process(self):  # pylint: disable=missing-return
        """Override of `account_payment` to book each of our payments once, in its own company."""
        ours = self.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)
        if others := self - ours:
            super(PaymentTransaction, others)._post_process()
        for tx in ours:
            tx._sberbank_lock_row()
            if tx.is_post_processed:
                continue
            tx = tx._sberbank_prepare_booking()
            post_process = super(PaymentTransaction, tx)._post_process
            if tx.state == 'done':
                tx._sberbank_book(post_process)
            else:
                post_process()

    def _sberbank_prepare_booking(self):
        """Return the transaction as it is booked: the same, whoever's session does it.

        :rtype: payment.transaction
        """
        self.ensure_one()
        partner = self.company_id.partner_id
        # Nothing of the session's context is kept.
        return self.with_user(SUPERUSER_ID).with_context({  # pylint: disable=context-overridden
            'allowed_company_ids': self.company_id.ids,
            'lang': partner.lang,
            'tz': partner.tz or const.TIMEZONE,
            'sberbank_booking': True,
        })

    def _sberbank_book(self, post_process):
        """Book the confirmed money; then settle what it is for, which may fail by itself.

        :param callable post_process: The post-processing of the core.
        :return: None
        """
        if obstacle := self._sberbank_get_obstacle():
            self._sberbank_wait_for_help(obstacle)
            return
        self._sberbank_set_withdrawn_apart()
        unsettled = None
        obstacle = self._sberbank_attempt(post_process)
        if obstacle and self.invoice_ids:
            unsettled = obstacle
            obstacle = self._sberbank_attempt(
                partial(self._sberbank_book_without_invoices, post_process)
            )
        if obstacle:
            self._sberbank_wait_for_help(obstacle)
            return
        self._sberbank_attention_solved('not_bookable')
        unsettled = unsettled or self._sberbank_attempt(self._sberbank_reconcile)
        self._sberbank_report_open_money(unsettled)
        self._sberbank_mail_booked()

    def _sberbank_wait_for_help(self, obstacle):
        _logger.warning("Transaction %s waits to be booked: %s", self.reference, obstacle)
        self._sberbank_need_attention('not_bookable', obstacle)

    def _sberbank_get_obstacle(self):
        """Return why the ledger can't take the payment, as far as the settings tell.

        :rtype: str|None
        """
        if self.payment_id or self.operation == 'validation':
            return None
        return self.provider_id._sberbank_no_booking_reason()

    def _sberbank_attempt(self, step):
        """Do a step of the booking, or undo all of it.

        :param callable step: The step.
        :return: Why it can't be done, for staff, or None if it is done.
        :rtype: str|None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        try:
            with self.env.cr.savepoint():
                step()
        except psycopg2.OperationalError:
            raise
        except UserError as error:
            return str(error)
        except Exception as error:
            _logger.exception("A step of the booking of %s failed.", self.reference)
            return self.env._(
                "An unexpected error (%(error)s). The server's log tells more.",
                error=type(error).__name__,
            )
        return None

    def _sberbank_reconcile_again(self):
        """Settle what could not be settled before, if it can be now."""
        if not self._sberbank_has_attention('not_settled'):
            return
        unsettled = self._sberbank_attempt(self._sberbank_reconcile)
        if not unsettled:
            self._sberbank_attention_solved('not_settled')
        self._sberbank_report_open_money(unsettled)

    def _sberbank_book_without_invoices(self, post_process):
        """Book the money onto the customer's account, since its invoices are in the way."""
        invoices = self.invoice_ids
        self.invoice_ids = False
        post_process()
        self.invoice_ids = invoices

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to tag the payment, and to date it by the bank's word."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._create_payment(**extra_create_values)
        values = {
            'date': fields.Date.context_today(self, self.last_state_change),
            'sberbank_payment_type_id': self.provider_id.sberbank_payment_type_id.id,
            'sberbank_account_id': self.provider_id.sberbank_account_id.id,
        }
        return super()._create_payment(**{**values, **extra_create_values})
