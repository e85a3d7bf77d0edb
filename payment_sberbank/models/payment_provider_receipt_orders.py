from odoo import models

from .. import gateway, receipts


class PaymentProvider(models.Model):
    """Orders become lines of a receipt, where the apps for sales and the point of sale are."""

    _inherit = 'payment.provider'

    def _sberbank_read_order(self, order, paid, *, is_settled=False):
        """Return what a receipt tells of a sales order.

        :param sale.order order: The order.
        :param int paid: What is paid of it now, in kopecks.
        :param bool is_settled: Whether that is all of it, since it is in another currency.
        :rtype: receipts.Document
        :raise ValidationError: If a line's VAT can't be told; the reason is for staff.
        """
        lines = order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        return self._sberbank_read_order_lines(
            order,
            paid,
            paid if is_settled else gateway.to_kopecks(round(order.amount_total, 2)),
            [
                (line, line.name, line.product_uom_qty, line.price_total, line.tax_ids)
                for line in lines
            ],
            transfer=self._sberbank_get_order_transfer(lines),
        )

    def _sberbank_read_pos_order(self, order, paid):
        """Return what a receipt tells of an order of a point of sale: it is handed over at once.

        :param pos.order order: The order.
        :param int paid: What is paid of it now, in kopecks.
        :rtype: receipts.Document
        :raise ValidationError: If a line's VAT can't be told; the reason is for staff.
        """
        return self._sberbank_read_order_lines(
            order,
            paid,
            gateway.to_kopecks(round(order.amount_total, 2)),
            [
                (
                    line,
                    line.full_product_name,
                    line.qty,
                    line.price_subtotal_incl,
                    line.tax_ids_after_fiscal_position,
                )
                for line in order.lines
            ],
            transfer=receipts.Transfer.AT_PAYMENT,
        )

    def _sberbank_read_order_lines(self, order, paid, total, lines, transfer):
        day = self._sberbank_get_today()
        return receipts.Document(
            name=order.name,
            lines=tuple(
                self._sberbank_read_receipt_line(
                    line, name=name, quantity=quantity, amount=amount, taxes=taxes, day=day
                )
                for line, name, quantity, amount, taxes in lines
            ),
            total=total,
            paid=paid,
            transfer=transfer,
        )

    def _sberbank_get_order_transfer(self, lines):
        """Tell whether what was ordered is handed over already.

        Services are seldom counted as delivered: until they are, the setting decides.

        :param sale.order.line lines: The lines.
        :rtype: receipts.Transfer
        """
        lines = lines.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if lines and all(line.qty_delivered >= line.product_uom_qty for line in lines):
            return receipts.Transfer.BEFORE_PAYMENT
        if all(line.product_id.type == 'service' for line in lines):
            return receipts.Transfer(self.sberbank_invoice_delivery)
        return receipts.Transfer.AFTER_PAYMENT
