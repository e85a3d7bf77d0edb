from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        """Override of `account` to settle new invoices from what customers have paid in advance."""
        posted = super()._post(soft=soft)
        if not self.env.context.get('sberbank_booking'):  # The payment has its own invoices then.
            posted._sberbank_reconcile_with_credits()
        return posted

    def _sberbank_reconcile_with_credits(self):
        """Settle customer invoices from what was paid for them, then from the customers' top-ups.

        The oldest debts and the oldest top-ups come first.
        """
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
        topups = debts._sberbank_find_topup_credits()
        for debt in debts.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            credits_of_debt = debt._sberbank_find_own_credits() | topups
            for credit in credits_of_debt.filtered(debt._sberbank_can_be_settled_from):
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

    # === ENTRIES OF OUR OWN === #

    def _sberbank_post_entry(self, label, items):
        """Post an entry that goes with this one, on the same day, in the journal for such entries.

        :param str label: What it is, for accountants.
        :param list[dict] items: The values of its items, in balance.
        :rtype: account.move
        :raise UserError: If the company has no journal for such entries.
        """
        self.ensure_one()
        entry = self.create({
            'move_type': 'entry',
            'journal_id': self._sberbank_find_general_journal().id,
            'date': self.date,
            'ref': label,
            'line_ids': [Command.create(item) for item in items],
        })
        entry.action_post()
        return entry

    def _sberbank_find_general_journal(self):
        company = self.company_id
        journal = company.automatic_entry_default_journal_id or self.env['account.journal'].search(
            [('type', '=', 'general'), ('company_id', 'parent_of', company.id)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for miscellaneous operations. Create one, or"
                    " settle the payment by hand.",
                    company=company.name,
                )
            )
        return journal
