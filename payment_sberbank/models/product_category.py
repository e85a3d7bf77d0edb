from odoo import fields, models

from .receipt_choices import SUBJECTS


class ProductCategory(models.Model):
    """What the products of a category are called in a receipt."""

    _inherit = 'product.category'

    sberbank_subject = fields.Selection(
        string="Subject in Receipts",
        help="What products of the category are in receipts of online payments (tag 1212). Without"
        " a choice it is that of the category above.",
        selection=SUBJECTS,
    )

    def _sberbank_find_subject(self):
        """Return the subject that the category or one above it has.

        :rtype: str|None
        """
        category = self
        while category and not category.sberbank_subject:
            category = category.parent_id
        return category.sberbank_subject or None
