from odoo import models

from .. import gateway, receipts


class AccountMove(models.Model):
    """An invoice, as the receipt of its payment tells of it."""

    _inherit = 'account.move'

    def _sberbank_read_for_receipt(self, provider, paid, *, is_settled=False, day=None):
        """Return what a receipt tells of the invoice.

        Advances that are deducted in it are no discount: the lines are whole, and what is asked for
        now is a part of them.

        :param payment.provider provider: Whose receipts they are.
        :param int paid: What is paid of it now, in kopecks.
        :param bool is_settled: Whether that is enough for what the lines come to, since a discount
            is granted or it is in another currency.
        :param datetime.date day: Whose rates it may have, if it is not that of the payment.
        :rtype: receipts.Document
        :raise ValidationError: If a line's VAT can't be told; the reason is for staff.
        """
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == 'product')
        deducted = lines.filtered(lambda line: _is_advance(line) and line.price_total < 0)
        sold = lines - deducted
        day = day or self._sberbank_get_rate_day(provider)
        total = self.amount_total - sum(deducted.mapped('price_total'))
        return receipts.Document(
            name=self.name or self.display_name,
            lines=tuple(
                provider._sberbank_read_receipt_line(
                    line,
                    name=line.name,
                    quantity=line.quantity,
                    amount=line.price_total,
                    taxes=line.tax_ids,
                    day=day,
                )
                for line in sold
            ),
            total=paid if is_settled else gateway.to_kopecks(round(total, 2)),
            paid=paid,
            transfer=self._sberbank_get_transfer(provider),
            is_advance=bool(sold) and all(map(_is_advance, sold)),
        )

    def _sberbank_get_transfer(self, provider):
        """Tell whether what the invoice is for is handed over already.

        :param payment.provider provider: Whose setting decides where nothing tells it.
        :rtype: receipts.Transfer
        """
        lines = self.invoice_line_ids
        if 'sale_line_ids' in lines._fields and lines.sale_line_ids:
            return provider._sberbank_get_order_transfer(lines.sale_line_ids)
        today = provider._sberbank_get_today()
        if self.delivery_date and self.delivery_date != today:
            is_past = self.delivery_date < today
            return receipts.Transfer.BEFORE_PAYMENT if is_past else receipts.Transfer.AFTER_PAYMENT
        return receipts.Transfer(provider.sberbank_invoice_delivery)

    def _sberbank_get_rate_day(self, provider):
        today = provider._sberbank_get_today()
        return min(self.delivery_date or today, today)


def _is_advance(line):
    return 'is_downpayment' in line._fields and line.is_downpayment
