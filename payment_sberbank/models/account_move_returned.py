from decimal import Decimal

from odoo import models
from odoo.exceptions import ValidationError

from .. import gateway, receipts
from .receipt_marks import read_marks


class AccountMove(models.Model):
    """Credit notes, as far as they tell which lines go back."""

    _inherit = 'account.move'

    def _sberbank_read_returned(self):
        """Return what goes back, to be looked for by name and rate in what was sold.

        :rtype: list[receipts.Line]
        """
        lines = []
        for line in self.invoice_line_ids.filtered(lambda line: line.display_type == 'product'):
            try:
                vat = line.tax_ids._sberbank_read_vat()
            except ValidationError:
                continue  # It was in no receipt.
            name, _newline, _more = (line.name or '').strip().partition('\n')
            lines.append(
                receipts.Line(
                    name=name or line.product_id.display_name or '',
                    amount=gateway.to_kopecks(round(line.price_total, 2)),
                    vat=vat,
                    subject=gateway.Subject.ANOTHER,
                    quantity=Decimal(repr(round(line.quantity, 3))),
                    marks=read_marks(line),
                )
            )
        return lines
