from odoo import api, fields, models
from odoo.exceptions import ValidationError

# In days. Card systems know no shorter and no longer hold.
SHORTEST_HOLD, LONGEST_HOLD = 1, 30


class PaymentProvider(models.Model):
    """How long the bank holds money that is neither taken nor released, and how often it takes."""

    _inherit = 'payment.provider'

    sberbank_hold_days = fields.Integer(
        string="Days of a Hold",
        help="After how many days the customer's bank may release the money by itself. Staff are"
        " told a day before. It depends on the card; five days is the least that is usual.",
        default=5,
        copy=False,
    )

    sberbank_captures_in_parts = fields.Boolean(
        string="Capture in Several Parts",
        help="After a part of a hold is captured, the rest stays held and can be captured later,"
        " part by part. The contract with the bank must allow it (several completions of one hold);"
        " else the bank releases the rest at once. Only the gateway with form fields knows it.",
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

    def _sberbank_can_capture_in_parts(self):
        """Tell whether the rest of a hold stays held when a part of it is taken.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.sudo().sberbank_captures_in_parts
            and self._sberbank_get_dialect().completes_in_parts
        )
