from collections import Counter

from odoo import models

from .. import gateway
from ..receipts.returns import Sold, cut

# Whatever they say went back or was used up, did not.
VOID = ('not_needed',)


class SberbankReceipt(models.Model):
    """How much of what was sold is left: what went back or was used up is counted by line."""

    _inherit = 'sberbank.receipt'

    def _get_sold(self, except_for=None):
        """Return the lines of the receipt and what is left of each.

        :param sberbank.receipt except_for: What does not count: it is about to be written anew.
        :rtype: list[Sold]
        """
        self.ensure_one()
        gone = self._count_gone(except_for)
        return [
            Sold(item, max(item.amount - gone[item.position], 0))
            for item in gateway.Receipt.from_dict(self.content).items
        ]

    def _get_left(self, except_for=None):
        """Return how much of the receipt is left, in kopecks.

        :param sberbank.receipt except_for: As for `_get_sold`.
        :rtype: int
        """
        return sum(line.left for line in self._get_sold(except_for))

    def _count_gone(self, except_for):
        gone = Counter()
        for other in self._find_undoing() - (except_for or self.browse()):
            for receipt_id, position, amount in other.undone or []:
                if receipt_id == self.id:
                    gone[position] += amount
        return gone

    def _find_undoing(self):
        """Return the receipts that may undo lines of this one, or use them up.

        :rtype: sberbank.receipt
        """
        tx = self.transaction_id
        invoices = [move.id for move, _amount in tx._sberbank_get_settled()]
        return self.search([
            ('state', 'not in', VOID),
            ('id', '!=', self.id),
            '|',
            ('transaction_id', '=', tx.id),
            '&',
            ('operation', '=', 'closing'),
            ('invoice_id', 'in', invoices),
        ])

    def _is_advance(self):
        """Tell whether the receipt is for something that was not handed over when it was paid.

        :rtype: bool
        """
        self.ensure_one()
        content = gateway.Receipt.from_dict(self.content)
        return any(item.method.is_before_transfer for item in content.items)

    def _get_returned(self):
        """Return the lines of the receipt that went back before they were handed over.

        :rtype: list[gateway.Item]
        """
        self.ensure_one()
        items = {item.position: item for item in gateway.Receipt.from_dict(self.content).items}
        return [
            cut(items[position], amount)
            for other in self._find_undoing()
            if other.kind == 'sell_refund'
            for receipt_id, position, amount in other.undone or []
            if receipt_id == self.id
        ]
