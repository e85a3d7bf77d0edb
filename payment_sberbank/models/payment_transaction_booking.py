import logging

import psycopg2

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from .. import const

_logger = logging.getLogger(__name__)

# The payments that one run of the job books before it lets the other jobs have a turn.
BOOKING_BATCH_SIZE = 100


class PaymentTransaction(models.Model):
    """How confirmed money gets into the ledger."""

    _inherit = 'payment.transaction'

    sberbank_withdrawn_invoice_ids = fields.Many2many(
        string="Withdrawn Invoices",
        help="Invoices that were taken back while the customer was paying them.",
        comodel_name='account.move',
        relation='sberbank_withdrawn_invoice_rel',
        column1='transaction_id',
        column2='invoice_id',
        readonly=True,
        copy=False,
    )

    # === THE JOB === #

    @api.model
    def _cron_sberbank_book_payments(self):
        """Book the confirmed payments that are not booked yet.

        Every payment is committed by itself: one that fails neither stops nor undoes the others.
        A payment that another worker is booking is left to it.
        """
        providers = self.env['payment.provider'].search([('code', '=', const.PROVIDER_CODE)])
        # What waits for a cash desk must not stand in the way of what can be booked.
        ready = providers.filtered(lambda provider: not provider._sberbank_no_booking_reason())
        txs = self.search([
            ('provider_id', 'in', ready.ids),
            ('state', '=', 'done'),
            ('is_post_processed', '=', False),
        ], order='id', limit=BOOKING_BATCH_SIZE)
        self.env['ir.cron']._commit_progress(remaining=len(txs))
        for tx in txs:
            try:
                if tx.try_lock_for_update():
                    tx._post_process()
            except psycopg2.OperationalError:
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Transaction %s could not be booked.", tx.reference)
            self.env['ir.cron']._commit_progress(1)

    # === POST-PROCESSING === #

    def _post_process(self):
        """Override of `account_payment` to book each of our payments once, in its own company."""
        ours = self.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)
        if others := self - ours:
            super(PaymentTransaction, others)._post_process()
        for tx in ours:
            tx._sberbank_lock_row()
            if tx.is_post_processed:
                continue
            tx = tx.with_context(allowed_company_ids=tx.company_id.ids)
            if tx.state == 'done':
                if not tx._sberbank_can_be_booked():
                    continue
                tx._sberbank_leave_withdrawn_invoices()
            super(PaymentTransaction, tx)._post_process()

    def _sberbank_lock_row(self):
        """Wait for the row, and fail if another worker has changed it since we looked.

        :raise psycopg2.errors.SerializationFailure: The caller begins anew then.
        """
        self.env.cr.execute(
            SQL('SELECT 1 FROM payment_transaction WHERE id = %s FOR UPDATE', self.id)
        )
        self.invalidate_recordset()

    def _sberbank_can_be_booked(self):
        """Tell whether the ledger can take the payment; if not, it waits and is tried again.

        :rtype: bool
        """
        if self.payment_id or self.operation == 'validation':
            return True
        reason = self.provider_id._sberbank_no_booking_reason()
        if not reason:
            self._sberbank_attention_solved('not_bookable')
            return True
        _logger.warning("Transaction %s waits to be booked: %s", self.reference, reason)
        self._sberbank_need_attention('not_bookable', reason)
        return False

    def _sberbank_leave_withdrawn_invoices(self):
        """Leave alone the invoices that were reset to draft while the customer was paying.

        The core would post them again. They keep the state that the accountant gave them, and the
        money becomes a credit of the customer.
        """
        withdrawn = self.invoice_ids.filtered(
            lambda invoice: invoice.state == 'draft' and invoice.posted_before
        )
        if not withdrawn:
            return
        self.invoice_ids -= withdrawn
        self.sberbank_withdrawn_invoice_ids |= withdrawn

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to settle what the payment is for."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._create_payment(**extra_create_values)
        provider = self.provider_id
        payment = super()._create_payment(**{
            'sberbank_payment_type_id': provider.sberbank_payment_type_id.id,
            'sberbank_account_id': provider.sberbank_account_id.id,
            **extra_create_values,
        })
        if self.operation == 'refund':
            self._sberbank_reconcile(payment, self._sberbank_find_refunded_credits(payment))
        elif not (self.invoice_ids or self.sberbank_withdrawn_invoice_ids):
            self._sberbank_settle(payment)
        return payment

    def _sberbank_find_refunded_credits(self, payment):
        """Return what a refund gives back: credit notes of the invoices, then the open credit.

        :rtype: account.move.line
        """
        source = self.source_transaction_id
        credit_notes = self.env['account.move'].search([
            ('move_type', '=', 'out_refund'),
            ('state', '=', 'posted'),
            ('reversed_entry_id', 'in', source.invoice_ids.ids),
        ], order='id')
        credits = credit_notes.line_ids | source.payment_id.move_id.line_ids
        return credits.filtered(
            lambda line: line.account_id == payment.destination_account_id and not line.reconciled
        )

    # === WHAT A PAYMENT FOR NO INVOICE SETTLES === #

    def _sberbank_settle(self, payment):
        """Settle by the payment type what a payment for no invoice is for."""
        if payment.sberbank_payment_type_id.booking == 'article':
            receipt = self._sberbank_issue_receipt(payment)
            self._sberbank_reconcile(payment, receipt.line_ids)
        elif self.provider_id.sberbank_settle_debts:
            self._sberbank_reconcile(payment, self._sberbank_find_debts(payment))

    def _sberbank_issue_receipt(self, payment):
        """Issue the sales receipt of a payment that is booked to the article.

        :return: The posted receipt.
        :rtype: account.move
        """
        receipt = self.env['account.move'].with_company(self.company_id).create({
            'move_type': 'out_receipt',
            'partner_id': self.partner_id.commercial_partner_id.id,
            'currency_id': self.currency_id.id,
            'invoice_date': fields.Date.context_today(self),
            'ref': self.reference,
            'invoice_line_ids': [Command.create({
                'name': payment.sberbank_payment_type_id.name,
                'account_id': payment.sberbank_account_id.id,
                'quantity': 1,
                'price_unit': self.amount,
                'tax_ids': [Command.clear()],
            })],
        })
        receipt.action_post()
        self.invoice_ids = receipt
        return receipt

    def _sberbank_find_debts(self, payment):
        """Return the customer's open debts that the payment may settle, the oldest first.

        :rtype: account.move.line
        """
        return self.env['account.move.line'].search([
            ('account_id', '=', payment.destination_account_id.id),
            ('company_id', '=', payment.company_id.id),
            ('currency_id', '=', payment.currency_id.id),
            ('partner_id.commercial_partner_id', '=', payment.partner_id.commercial_partner_id.id),
            ('parent_state', '=', 'posted'),
            ('move_id.move_type', 'in', ('out_invoice', 'out_receipt')),
            ('reconciled', '=', False),
            ('amount_residual_currency', '>', 0),
        ]).sorted(lambda line: (line.date_maturity or line.date, line.move_id.name, line.id))

    @api.model
    def _sberbank_reconcile(self, payment, counterparts):
        """Reconcile the payment with open items one after another, while there is money left.

        :param account.payment payment: The posted payment.
        :param account.move.line counterparts: The open items, in the order to settle them.
        :return: None
        """
        account = payment.destination_account_id
        money = payment.move_id.line_ids.filtered(lambda line: line.account_id == account)
        for counterpart in counterparts.filtered(lambda line: line.account_id == account):
            if money.reconciled:
                return
            (money + counterpart).reconcile()
