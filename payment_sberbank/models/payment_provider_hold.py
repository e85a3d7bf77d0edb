from odoo import api, fields, models
from odoo.exceptions import ValidationError

# In days. Card systems know no shorter and no longer hold.
SHORTEST_HOLD, LONGEST_HOLD = 1, 30


class PaymentProvider(models.Model):
    """How long the bank holds money that is neither taken nor released."""

    _inherit = 'payment.provider'

    sberbank_hold_days = fields.Integer(
        string="Days of a Hold",
        help="After how many days the customer's bank may release the money by itself. Staff are"
        " told a day before. It depends on the card; five days is the least that is usual.",
        default=5,
        copy=False,
    )

    @api.constrains('sberbank_hold_days')
    def _check_sberbank_hold_days(self):
        for provider in self._sberbank_filter():
            if not SHORTEST_HOLD <= provider.sberbank_hold_days <= LONGEST_HOLD:
                raise ValidationError(
                    self.env._(
                        "A hold lasts %(shortest)s to %(longest)s days. Ask the bank how many it is"
                        " for your contract.",
                        shortest=SHORTEST_HOLD,
                        longest=LONGEST_HOLD,
                    )
                )
