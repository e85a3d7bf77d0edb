from odoo import models
from odoo.exceptions import UserError

from .. import const
from ..log import get_logger

_logger = get_logger(__name__)


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        """Override of `account` to settle new invoices from what customers have paid in advance."""
        posted = super()._post(soft=soft)
        if not self.env.context.get('sberbank_booking'):  # The payment has its own invoices then.
            posted._sberbank_reconcile_with_credits()
        return posted

    def _sberbank_reconcile_with_credits(self):
        """Settle customer invoices from the customers' open top-ups, the oldest of both first."""
        debts = (
            self
            .sudo()
            ._sberbank_filter_unpaid()
            .line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == 'asset_receivable'
                    and line.amount_residual_currency > 0
                )
            )
        )
        open_credits = debts._sberbank_find_topup_credits()
        if not open_credits:
            return
        for debt in debts.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            for credit in open_credits.filtered(debt._sberbank_can_be_settled_from):
                if debt.reconciled:
                    break
                debt._sberbank_try_reconcile(credit)

    def _sberbank_filter_unpaid(self):
        """Leave out what is no customer invoice, and what is paid already but not yet booked."""
        return self.filtered(
            lambda move: (
                move.move_type in ('out_invoice', 'out_receipt')
                and not any(
                    tx.state in ('authorized', 'done') and not tx.payment_id
                    for tx in move.transaction_ids
                )
            )
        )


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _sberbank_find_topup_credits(self):
        """Return what is left of payments onto the customers' accounts, the oldest first.

        A payment for an invoice is none of them: when it was paid twice or withdrawn meanwhile,
        staff decide about the money.

        :return: The open items that may settle some of these debts.
        :rtype: account.move.line
        """
        if not self:
            return self
        topups = [
            ('sberbank_is_topup', '=', True),
            (
                'provider_id',
                'any',
                [
                    ('code', '=', const.PROVIDER_CODE),
                    ('sberbank_settle_debts', '=', True),
                ],
            ),
        ]
        return self.search(
            [
                ('payment_id.payment_transaction_id', 'any', topups),
                ('account_id', 'in', self.account_id.ids),
                ('company_id', 'in', self.company_id.ids),
                ('currency_id', 'in', self.currency_id.ids),
                (
                    'partner_id.commercial_partner_id',
                    'in',
                    self.partner_id.commercial_partner_id.ids,
                ),
                ('parent_state', '=', 'posted'),
                ('reconciled', '=', False),
                ('amount_residual_currency', '<', 0),
            ],
            order='date, id',
        ).filtered(lambda line: not line.payment_id.payment_transaction_id.invoice_ids)

    def _sberbank_can_be_settled_from(self, credit):
        return (
            not credit.reconciled
            and credit.company_id == self.company_id
            and credit.account_id == self.account_id
            and credit.currency_id == self.currency_id
            and credit.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        )

    def _sberbank_try_reconcile(self, credit):
        """Settle the debt from the credit, or leave both open: the invoice is posted all the same.

        :param account.move.line credit: The open credit.
        :return: None
        """
        try:
            with self.env.cr.savepoint():
                (self + credit).reconcile()
        except UserError:
            _logger.warning(
                "%s could not be settled from %s.",
                self.move_id.name,
                credit.move_id.name,
                exc_info=True,
            )
