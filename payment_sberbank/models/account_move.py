from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        """Override of `account` to settle new invoices from what customers have paid in advance."""
        posted = super()._post(soft=soft)
        if not self.env.context.get('sberbank_booking'):  # The payment has its own invoices then.
            posted._sberbank_reconcile_with_credits()
            posted._sberbank_match_with_returns()
        return posted

    def button_cancel(self):
        """Override of `account` to call off what is open at the bank for the invoices."""
        result = super().button_cancel()
        for move in self.sudo():
            called_off = move.transaction_ids.filtered(
                lambda tx: tx._sberbank_awaits_call_off()
            )._sberbank_call_off()
            if called_off:
                move.message_post(
                    body=self.env._(
                        "Orders that are called off at the bank: %(orders)s",
                        orders=', '.join(called_off.mapped('sberbank_order_number')),
                    )
                )
        return result

    def _is_eligible_for_early_payment_discount(self, currency, reference_date):
        """Override of `account` to grant none that a payment's own day was not judged to grant."""
        if self.env.context.get('sberbank_discounts_judged'):
            return False
        return super()._is_eligible_for_early_payment_discount(currency, reference_date)

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
                    tx.state in ('authorized', 'done')
                    and not tx.payment_id
                    and not (tx.state == 'done' and tx.sberbank_has_captures)
                    for tx in move.transaction_ids
                )
            )
        )
