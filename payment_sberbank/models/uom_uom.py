from odoo import fields, models

from .receipt_choices import MEASURES

# Units that Odoo brings along; the others are named in receipts and have no code of their own.
CODES = {
    'uom.product_uom_unit': 0,
    'uom.product_uom_gram': 10,
    'uom.product_uom_kgm': 11,
    'uom.product_uom_ton': 12,
    'uom.product_uom_cm': 20,
    'uom.product_uom_meter': 22,
    'uom.product_uom_square_meter': 32,
    'uom.product_uom_milliliter': 40,
    'uom.product_uom_litre': 41,
    'uom.product_uom_cubic_meter': 42,
    'uom.product_uom_kwh': 50,
    'uom.product_uom_day': 70,
    'uom.product_uom_hour': 71,
    'uom.product_uom_minute': 72,
}
OTHER = 255


class UomUom(models.Model):
    """What a unit is called in a receipt."""

    _inherit = 'uom.uom'

    sberbank_measure = fields.Selection(
        string="Measure in Receipts",
        help="What is counted, in receipts of online payments (tag 2108). Without a choice, Odoo's"
        " own units have their code and all others are \"Other\".",
        selection=MEASURES,
    )

    def _sberbank_get_measure(self):
        """Return the code of the unit (tag 2108).

        :rtype: int
        """
        self.ensure_one()
        if self.sberbank_measure:
            return int(self.sberbank_measure)
        return CODES.get(self.get_external_id()[self.id], OTHER)
