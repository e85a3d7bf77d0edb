from odoo import models

from .. import const, gateway
from . import payer_words


class PaymentTransaction(models.Model):
    """What a payer is told of a decline, by its kind, and again to whoever looks at it later.

    It is written down in the payer's language, for the core shows it to others, too.
    """

    _inherit = 'payment.transaction'

    def _sberbank_describe_decline_to_payer(self, order):
        """Return the sentence for the payer. The bank's code and words are for staff.

        :param gateway.Order order: The order, which was declined.
        :rtype: str
        """
        return payer_words.tell_payer(self, gateway.kind_of_decline(order.action_code))

    def _sberbank_get_state_message(self):
        """Return what is told of the state, in the reader's language if the sentence is ours.

        :rtype: str|bool
        """
        self.ensure_one()
        if self.provider_code != const.PROVIDER_CODE or not self.state_message:
            return self.state_message
        what = payer_words.find_out(self.env, self.state_message)
        return payer_words.get_sentences(self.env)[what] if what else self.state_message
