from odoo import models
from odoo.exceptions import ValidationError

from .. import gateway
from ..gateway.wording import _lt
from ..wording import describe_failure

# With these codes the bank refuses what is wrong with a receipt, among other things.
RECEIPT_CODES = ('4', '5', '8', '9')


class PaymentTransaction(models.Model):
    """The receipt that is sent with the order, where the register behind the gateway issues it."""

    _inherit = 'payment.transaction'

    # === BEFORE THE BANK IS ASKED === #

    def _sberbank_ready_receipt(self):
        """Write down what the register is to be told, before the bank hears of the order.

        An order whose answer was lost may be at the bank already, with the receipt of that time:
        it stays this one.

        :return: None
        :raise gateway.WrongSettings: If the receipt can't be made. Staff are told why.
        """
        self.ensure_one()
        noted = self._sberbank_find_noted_receipt()
        if noted and self.sberbank_order_number:
            return
        if not (noted or self.sudo()._sberbank_needs_receipt()):
            return
        tx = self.with_context(lang=self._sberbank_get_staff_lang())
        try:
            receipt = tx._sberbank_get_receipt()
        except ValidationError as error:
            tx._sberbank_need_attention('no_receipt', error.args[0])
            self.env.cr.commit()  # pylint: disable=invalid-commit
            raise gateway.WrongSettings(
                _lt("The receipt can't be made: %(reason)s", reason=error.args[0])
            ) from error
        if receipt:
            self.env['sberbank.receipt'].sudo()._sberbank_note(self, 'payment', receipt)
        else:
            noted.unlink()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _sberbank_get_noted_receipt(self):
        """Return the receipt that goes with the order.

        :rtype: gateway.Receipt|None
        """
        noted = self._sberbank_find_noted_receipt()
        return gateway.Receipt.from_dict(noted.content) if noted else None

    def _sberbank_find_noted_receipt(self):
        return self.sudo().sberbank_receipt_ids.filtered(
            lambda receipt: receipt.operation == 'payment'
        )

    def _sberbank_drop_refused_receipt(self, refusal):
        """Forget a receipt with which the bank refused the order: the next attempt makes it anew.

        :param gateway.Refused refusal: What the bank said.
        :return: None
        """
        noted = self._sberbank_find_noted_receipt()
        if not noted:
            return
        noted.unlink()
        if refusal.code in RECEIPT_CODES:
            tx = self.with_context(lang=self._sberbank_get_staff_lang())
            tx._sberbank_need_attention('no_receipt', describe_failure(tx.env, refusal))
        self.env.cr.commit()  # pylint: disable=invalid-commit

    # === WHAT IT TELLS === #

    def _sberbank_get_receipt(self):
        """Return the receipt of the payment, as its documents are now.

        :return: None if no receipt is sent: they are off, or it is a donation.
        :rtype: gateway.Receipt|None
        :raise ValidationError: If it can't be made; the reason is for staff, in the language of the
            context, and names the line and the tax.
        """
        self.ensure_one()
        tx = self.sudo()
        if not tx._sberbank_needs_receipt():
            return None
        amount = tx._sberbank_get_amount()
        return tx.provider_id._sberbank_make_receipt(
            tx._sberbank_read_documents(amount), amount, tx._sberbank_get_buyer()
        )

    def _sberbank_read_documents(self, amount):
        """Return the documents that are paid, as far as the money goes.

        :param int amount: Kopecks.
        :rtype: list[receipts.Document]
        """
        if invoices := self.invoice_ids.filtered(
            lambda invoice: (
                invoice.is_sale_document(include_receipts=True)
                and invoice.state != 'cancel'
                and invoice.move_type != 'out_refund'
            )
        ):
            return self._sberbank_read_invoices(invoices, amount)
        if orders := self._sberbank_get_orders():
            return self._sberbank_read_orders(orders, amount)
        if pos_order := self._sberbank_get_pos_order():
            return [self.provider_id._sberbank_read_pos_order(pos_order, amount)]
        return []

    def _sberbank_read_invoices(self, invoices, amount):
        """Return the invoices, the first due first, as they are settled later."""
        discounts = self._sberbank_find_discounts()
        documents, rest = [], amount
        for invoice in invoices.sorted(lambda invoice: (invoice.invoice_date_due, invoice.id)):
            granted = sum(discounts.get(line, 0) for line in invoice.line_ids)
            residual = _kopecks(invoice.amount_residual - granted)
            is_foreign = invoice.currency_id != self.currency_id
            if paid := rest if is_foreign else max(0, min(residual, rest)):
                is_whole = not invoice.currency_id.compare_amounts(
                    invoice.amount_residual, invoice.amount_total
                )
                documents.append(
                    invoice._sberbank_read_for_receipt(
                        self.provider_id,
                        paid,
                        is_settled=is_whole and bool(granted or is_foreign),
                    )
                )
                rest -= paid
        return documents

    def _sberbank_read_orders(self, orders, amount):
        documents, rest = [], amount
        for order in orders:
            is_foreign = order.currency_id != self.currency_id
            open_sum = _kopecks(order.amount_total - order.amount_paid)
            due = open_sum if open_sum > 0 else _kopecks(order.amount_total)
            if paid := rest if is_foreign else min(due, rest):
                documents.append(
                    self.provider_id._sberbank_read_order(order, paid, is_settled=is_foreign)
                )
                rest -= paid
        return documents


def _kopecks(amount):
    return gateway.to_kopecks(round(amount, 2))
