from odoo import models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    """Discounts for early payment: granted by the day on which the bank took the money."""

    _inherit = 'payment.transaction'

    def _sberbank_find_discounts(self):
        """Return what the paid invoices grant for early payment, if exactly the rest was paid.

        :return: The discounts by the receivable item that they are granted on, more than zero, in
            roubles.
        :rtype: dict[account.move.line, float]
        """
        day = self._sberbank_get_bank_day()
        due, discounts = 0, {}
        for invoice in self.invoice_ids.filtered(lambda invoice: invoice.state != 'cancel'):
            term_lines = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            for term in term_lines._get_installments_data(payment_date=day):
                due += term['amount_residual_currency_unsigned'] if not term['reconciled'] else 0
                if term['type'] == 'early_payment_discount':
                    discounts[term['line']] = term['discount_amount_currency']
        paid_with_discounts = self.currency_id.compare_amounts(due, self.amount) == 0
        return discounts if paid_with_discounts else {}

    def _sberbank_prepare_discount_items(self, discounts):
        """Return the values of the journal items that write discounts off, taxes included.

        :param dict[account.move.line, float] discounts: As they were found.
        :rtype: list[dict]
        :raise UserError: If Odoo does not know where to book them.
        """
        if not discounts:
            return []
        self._sberbank_check_discount_account()
        parts = self.env['account.move']._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    'aml': line,
                    'amount_currency': -line.amount_residual_currency,
                    'balance': -line.balance,
                }
                for line in discounts
            ],
            sum(line.balance - line.discount_balance for line in discounts),
        )
        return [
            {**item, 'partner_id': self.partner_id.commercial_partner_id.id}
            for items in parts.values()
            for item in items
        ]

    def _sberbank_check_discount_account(self):
        company = self.company_id
        if not company.account_journal_early_pay_discount_loss_account_id:
            raise UserError(
                self.env._(
                    "A discount for early payment was granted, and %(company)s has no account for"
                    " such losses. Set \"Early Discount Loss\" in the settings of Invoicing, under"
                    " Default Accounts.",
                    company=company.name,
                )
            )

    def _sberbank_write_off_discounts(self):
        """Write off the discounts that the entry of the money does not hold, by an entry of theirs.

        It holds none when there was no account for them then.

        :return: None
        :raise UserError: If Odoo does not know where to book them.
        """
        money = self.payment_id._sberbank_get_money()
        if money.currency_id.compare_amounts(abs(money.amount_currency), self.payment_id.amount):
            return
        discounts = self._sberbank_find_discounts()
        if not discounts:
            return
        label = self.env._("Early payment discount, %(payment)s", payment=self.payment_id.name)
        entry = self.payment_id.move_id._sberbank_post_entry(
            label,
            [
                *self._sberbank_prepare_discount_items(discounts),
                *(
                    line._sberbank_prepare_item(label, line.account_id, -discount)
                    for line, discount in discounts.items()
                ),
            ],
        )
        granted = entry.line_ids.filtered(lambda item: item.account_type == 'asset_receivable')
        for line, discount in zip(discounts, granted, strict=True):
            (line + discount).reconcile()
