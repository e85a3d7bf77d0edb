from odoo import fields, models

from .receipt_choices import SUBJECTS

# By the product's type: a combination of products is sold as goods.
SUBJECTS_OF_TYPES = {'service': 'service', 'consu': 'commodity', 'combo': 'commodity'}


class ProductTemplate(models.Model):
    """What a product is called in a receipt."""

    _inherit = 'product.template'

    sberbank_subject = fields.Selection(
        string="Subject in Receipts",
        help="What the product is in receipts of online payments (tag 1212). Without a choice it is"
        " that of the category, else goods or service by the type of the product.",
        selection=SUBJECTS,
    )

    def _sberbank_get_subject_code(self):
        """Return the subject of receipts, in the names of `gateway.Subject`.

        :rtype: str
        """
        self.ensure_one()
        return (
            self.sberbank_subject
            or self.categ_id._sberbank_find_subject()
            or SUBJECTS_OF_TYPES[self.type]
        )
