from odoo import models


class PaymentTransaction(models.Model):
    """Donations on the website, where that app is installed."""

    _inherit = 'payment.transaction'

    def _sberbank_describe_donation(self):
        """Return whose donation it is, for staff: all visitors of the website are one customer.

        :return: The donor's name and address, or an empty text if it is no donation.
        :rtype: str
        """
        if 'is_donation' not in self._fields or not self.is_donation:
            return ''
        donor = ', '.join(filter(None, (self.partner_name, self.partner_email)))
        return self.env._("donation of %(donor)s", donor=donor)
