from dataclasses import replace

from odoo import models
from odoo.exceptions import ValidationError

from .. import const, gateway, receipts
from ..receipts import returns
from ..wording import describe_reason, display_amount
from .receipt_marks import describe_missing

# The general rate before and since 2026: an advance of the old one is used up at the new one.
OLD_RATE, NEW_RATE = gateway.Vat.TWENTY, gateway.Vat.TWENTY_TWO


class ByHand(Exception):
    """The second receipt can't be made here. Its argument says why, for staff."""


class AccountMove(models.Model):
    """The second receipt of an invoice that was paid in advance: what it says."""

    _inherit = 'account.move'

    # === WHAT WAS PAID IN ADVANCE === #

    def _sberbank_find_advances(self):
        """Return the receipts of the online payments that the invoice was settled with in advance.

        :rtype: sberbank.receipt
        """
        advances = self.env['sberbank.receipt']
        for tx in self._sberbank_find_settling():
            income = tx._sberbank_get_income_receipt('closing')
            if income and income._is_advance():
                advances |= income
        return advances

    def _sberbank_find_settling(self):
        """Return the online payments whose money settles the invoice or its down payments.

        :rtype: payment.transaction
        """
        items = self._sberbank_get_paid_documents().line_ids.matched_credit_ids.credit_move_id
        # What was needed on another receivable account came by an entry of its own.
        items |= items.move_id.line_ids.matched_credit_ids.credit_move_id
        return items.payment_id.payment_transaction_id.sudo()

    def _sberbank_get_paid_documents(self):
        """Return the invoice, and the down payments that are deducted in it.

        :rtype: account.move
        """
        lines = self.invoice_line_ids
        if 'is_downpayment' not in lines._fields:
            return self
        deducted = lines.filtered(lambda line: line.is_downpayment and line.price_total < 0)
        return self | deducted.sale_line_ids.invoice_lines.move_id.filtered(
            lambda move: move.move_type == 'out_invoice' and move.state == 'posted'
        )

    def _sberbank_get_settled_by(self, tx):
        """Return how much of the invoice an online payment settles, in kopecks.

        :param payment.transaction tx: The payment's transaction.
        :rtype: int
        """
        documents = self._sberbank_get_paid_documents()
        return sum(
            gateway.to_kopecks(round(amount, 2))
            for move, amount in tx._sberbank_get_settled()
            if move in documents
        )

    def _sberbank_get_issued_receipts(self):
        """Return the receipts of the invoice's online payments, and its second one.

        :rtype: sberbank.receipt.issued
        """
        invoice = self.sudo()
        closings = invoice.env['sberbank.receipt'].search([('invoice_id', '=', invoice.id)])
        return (invoice.transaction_ids.sberbank_receipt_ids | closings)._get_shown()

    # === WHEN === #

    def _sberbank_consider_closing(self):
        """Have the job look at invoices that may have used up an advance.

        :return: None
        """
        invoices = self.sudo().filtered(
            lambda move: move.move_type in ('out_invoice', 'out_receipt')
        )
        providers = invoices and invoices.env['payment.provider'].search([
            ('code', '=', const.PROVIDER_CODE),
            ('sberbank_receipts', '=', 'register'),
            ('sberbank_receipt_count', '=', 'two'),
        ])
        for invoice in invoices:
            is_ours = invoice.company_id in providers.company_id
            if is_ours and (advances := invoice._sberbank_find_advances()):
                advances._consider(invoice, advances)

    def _sberbank_is_handed_over(self):
        """Tell whether what the invoice is for is handed over: delivered, else by its date.

        Services are seldom counted as delivered; an invoice for nothing else says it by itself.

        :rtype: bool
        """
        self.ensure_one()
        lines = self.invoice_line_ids
        ordered = lines.sale_line_ids if 'sale_line_ids' in lines._fields else ()
        goods = [
            line
            for line in ordered
            if not line.display_type and not line.is_downpayment and line.product_id.type == 'consu'
        ]
        if goods:
            return all(line.qty_delivered >= line.qty_invoiced for line in goods)
        today = self.env['payment.provider']._sberbank_get_today()
        return not self.delivery_date or self.delivery_date <= today

    # === THE RECEIPT === #

    def _sberbank_is_advance(self):
        """Tell whether the invoice is a down payment itself, which hands nothing over.

        :rtype: bool
        """
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == 'product')
        return 'is_downpayment' in lines._fields and all(lines.mapped('is_downpayment'))

    def _sberbank_make_closing(self, tx, closing):
        """Make the second receipt: all that is handed over, paid by what was paid in advance.

        :param payment.transaction tx: The latest of the payments.
        :param sberbank.receipt closing: Its record; what it used up so far does not count.
        :return: The receipt, and how much of which lines of the advances it uses up.
        :rtype: tuple[gateway.Receipt, list]
        :raise receipts.NothingToSell: If all of it went back.
        :raise ByHand: If it can't be made here.
        """
        if self.currency_id != tx.currency_id:
            raise ByHand(self.env._("The invoice is in another currency."))
        advances = self._sberbank_find_advances()
        lines, total = self._sberbank_read_handed_over(advances, tx)
        shares = self._sberbank_share_advances(advances, total, closing)
        offset = sum(shares.values())
        if not offset:
            raise receipts.NothingToSell
        method, settlements = self._sberbank_get_settlements(total, offset)
        provider = tx.provider_id.sudo()
        try:
            positions = receipts.whole(
                lines, total, provider._sberbank_get_receipt_policy().terms_of(method)
            )
            receipt = replace(
                gateway.Receipt.from_dict(advances[-1:].content),
                seller=provider._sberbank_get_seller(),
                items=receipts.number(positions),
                settlements=settlements,
            )
        except receipts.MissingMark as error:
            raise ByHand(describe_missing(self.env, error)) from error
        except gateway.ReceiptError as error:
            raise ByHand(describe_reason(self.env, error)) from error
        undone = [
            [advance.id, line.item.position, part]
            for advance, share in shares.items()
            if share
            for line, part in _take(advance._get_sold(except_for=closing), share, lines)
        ]
        return receipt, undone

    def _sberbank_read_handed_over(self, advances, tx):
        """Return what is handed over, without what went back before.

        :param sberbank.receipt advances: The receipts of the payments.
        :param payment.transaction tx: The latest of the payments.
        :return: The lines, and what they come to in kopecks.
        :rtype: tuple[list[receipts.Line], int]
        :raise receipts.NothingToSell: If all of it went back.
        :raise ByHand: If a line's VAT can't be told.
        """
        provider = tx.provider_id.sudo()
        paid = (tx | tx._sberbank_get_captures()).invoice_ids
        if self.move_type == 'out_receipt' and self in paid:
            return self._sberbank_read_article(provider)
        try:
            document = self._sberbank_read_for_receipt(provider, 0, day=self.invoice_date)
        except ValidationError as error:
            raise ByHand(error.args[0]) from error
        day = self.delivery_date or provider._sberbank_get_today()
        lines = [_at_transfer(line, day) for line in document.lines]
        credited = self.reversal_move_ids.filtered(lambda move: move.state == 'posted')
        gone = [_at_transfer(line, day) for line in credited._sberbank_read_returned()]
        gone_sum = sum(line.amount for line in gone)
        returned = [
            returns.as_line(item) for advance in advances for item in advance._get_returned()
        ]
        if sum(line.amount for line in returned) > gone_sum:
            gone, gone_sum = returned, sum(line.amount for line in returned)
        total = document.total - gone_sum
        if total <= 0:
            raise receipts.NothingToSell
        return returns.without(lines, gone), total

    def _sberbank_read_article(self, provider):
        """Return what a top-up was booked to at once: the article, at the rate of the top-up.

        :param payment.provider provider: The payment's.
        :rtype: tuple[list[receipts.Line], int]
        """
        total = gateway.to_kopecks(round(self.amount_total, 2))
        line = receipts.Line(
            name=self.invoice_line_ids[:1].name or '',
            amount=total,
            vat=gateway.Vat(provider.sberbank_advance_vat),
            subject=gateway.Subject(provider.sberbank_receipt_subject),
        )
        return [line], total

    def _sberbank_share_advances(self, advances, total, closing):
        """Return how much of each advance is used up.

        :param sberbank.receipt advances: The receipts of the payments.
        :param int total: What is handed over, in kopecks.
        :param sberbank.receipt closing: The second receipt; what it used up so far does not count.
        :rtype: dict[sberbank.receipt, int]
        """
        shares, rest = {}, total
        for advance in advances.sorted('id'):
            settled = self._sberbank_get_settled_by(advance.transaction_id)
            shares[advance] = min(settled, advance._get_left(except_for=closing), rest)
            rest -= shares[advance]
        return shares

    def _sberbank_get_settlements(self, total, offset):
        """Return how the whole is paid: by the advance, and the rest on credit if it is open.

        :param int total: What is handed over, in kopecks.
        :param int offset: What the advances pay of it.
        :rtype: tuple[gateway.Method, gateway.Settlements]
        :raise ByHand: If the rest was paid in another way, whose receipt is not known here.
        """
        rest = total - offset
        if not rest:
            return gateway.Method.FULL_PAYMENT, gateway.Settlements(prepayment=offset)
        if rest != gateway.to_kopecks(round(self.amount_residual, 2)):
            raise ByHand(
                self.env._(
                    "%(amount)s of it were paid in another way. Whether they have a receipt is not"
                    " known here.",
                    amount=display_amount(self.env, rest),
                )
            )
        settlements = gateway.Settlements(prepayment=offset, credit=rest)
        return gateway.Method.PARTIAL_PAYMENT, settlements


def _take(sold, share, lines):
    """Return pairs of the lines of an advance and the kopecks that are used up of them."""
    shares = returns.take(sold, share, [line for line in lines if line.amount > 0])
    return [(line, part) for line, part in zip(sold, shares, strict=True) if part]


def _at_transfer(line, day):
    """Return the line at the rate of the day when it is handed over (letter АБ-4-20/11248@)."""
    if line.vat is OLD_RATE and not OLD_RATE.is_in_force(day):
        return replace(line, vat=NEW_RATE)
    return line
