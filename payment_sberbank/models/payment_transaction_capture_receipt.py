from collections import Counter
from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import gateway
from ..receipts import returns
from ..wording import describe_reason
from .receipt_rhythm import FIRST_ASK


class PartOfPieces(ValueError):
    """A part of the money is for marked pieces, and it is not known which ones."""


class PaymentTransaction(models.Model):
    """The receipt of what is taken of a hold: its lines come to the very sum.

    Where the hold is taken in several parts, each has its own, and together they come to the lines
    of the hold.
    """

    _inherit = 'payment.transaction'

    def _sberbank_note_capture_receipt(self, held, amount):
        """Write down the receipt of what the bank is about to be asked to take, and return it.

        :param sberbank.receipt held: The receipt of all that is held.
        :param int amount: Kopecks that are taken.
        :return: What the register is told.
        :rtype: gateway.Receipt
        :raise ValidationError: If there can be no receipt that is right.
        """
        with self._sberbank_locked() as tx:
            try:
                receipt = _take(tx._sberbank_get_sold_of_hold(held.with_env(tx.env)), held, amount)
                tx._sberbank_check_rates(receipt)
            except PartOfPieces as error:
                raise ValidationError(
                    self.env._(
                        "Only a part of what is held can't be taken: the receipt would tell codes"
                        " of marked pieces, and it is not known of which ones. Take all of it, and"
                        " refund the rest by its credit note."
                    )
                ) from error
            except gateway.ReceiptError as error:
                raise ValidationError(describe_reason(self.env, error)) from error
            noted = tx.env['sberbank.receipt']._sberbank_note(
                tx, 'capture', receipt, key=tx._sberbank_get_capture_key(), undone=[]
            )
            noted.next_ask_at = fields.Datetime.now() + FIRST_ASK
        return receipt

    def _sberbank_get_capture_key(self):
        """Return which of the captures is under way: each has a receipt of its own.

        :rtype: str
        """
        if self.sberbank_part_sent_at:
            return f'capture:{self.sberbank_part_sent_after}'
        return 'capture'

    def _sberbank_get_sold_of_hold(self, held):
        """Return the lines of what is held, and what is left of each beside the parts taken before.

        :param sberbank.receipt held: The receipt of all that is held.
        :rtype: list[returns.Sold]
        """
        gone = Counter()
        captures = self._sberbank_get_captures()
        for receipt in self.sudo().sberbank_receipt_ids:
            if receipt.operation == 'capture' and captures.filtered(receipt._is_of):
                for item in gateway.Receipt.from_dict(receipt.content).items:
                    gone[item.position] += item.amount
        return [
            returns.Sold(item, max(item.amount - gone[item.position], 0))
            for item in gateway.Receipt.from_dict(held.content).items
        ]

    def _sberbank_check_rates(self, receipt):
        """Make sure that the bank has a code for each rate, before anything is written down.

        :param gateway.Receipt receipt: The receipt.
        :return: None
        :raise gateway.ReceiptError: If it has none.
        """
        table = gateway.VAT_TABLES.get(self.provider_id.sudo().sberbank_vat_table)
        for item in receipt.items if table else ():
            table.code_of(item.vat)


def _take(sold, held, amount):
    """Return the receipt of what is taken of a hold: its lines come to the very sum.

    :param list[returns.Sold] sold: The lines of the hold, and what is left of each.
    :param sberbank.receipt held: The receipt of all that is held.
    :param int amount: Kopecks that are taken.
    :rtype: gateway.Receipt
    :raise PartOfPieces: If it is not known which marked pieces are paid by it.
    """
    held = gateway.Receipt.from_dict(held.content)
    if amount == held.total:
        return held
    shares = returns.take(sold, amount)
    if not returns.are_pieces_known(sold, shares):
        raise PartOfPieces
    items = [
        returns.cut(line.item, share) for line, share in zip(sold, shares, strict=True) if share
    ]
    return replace(
        held,
        items=tuple(_as_part(item) for item in items),
        settlements=gateway.Settlements(cashless=amount),
    )


def _as_part(item):
    """Return a line of a document that is paid in part after all, as tag 1214 asks for."""
    if item.method is gateway.Method.FULL_PREPAYMENT:
        return replace(item, method=gateway.Method.PREPAYMENT)
    return item
