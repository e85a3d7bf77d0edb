from odoo import models

from .. import gateway


class PaymentTransaction(models.Model):
    """What a payer is told of a decline: calmly, by its kind, and what to do next."""

    _inherit = 'payment.transaction'

    def _sberbank_describe_decline_to_payer(self, order):
        """Return the sentence for the payer. The bank's code and words are for staff.

        :param gateway.Order order: The order, which was declined.
        :rtype: str
        """
        payer_env = self._sberbank_translate_for_payer().env
        sentences = {
            gateway.Decline.MONEY: payer_env._(
                "There is not enough money on the card or account. Nothing was charged. Please "
                "pay by another card, or try again later."
            ),
            gateway.Decline.LIMIT: payer_env._(
                "The payment is above a limit of the card. Nothing was charged. Please pay by "
                "another card, or have your bank raise the limit."
            ),
            gateway.Decline.CARD: payer_env._(
                "This card can't be used for the payment. Nothing was charged. Please pay by "
                "another one, or in another way."
            ),
            gateway.Decline.DETAILS: payer_env._(
                "The number, the date or a code of the card was not right. Nothing was charged."
                " Please try again."
            ),
            gateway.Decline.CONFIRMATION: payer_env._(
                "The payment was not confirmed with your bank. Nothing was charged. Please try "
                "again, or pay in another way."
            ),
            gateway.Decline.ISSUER: payer_env._(
                "The bank that issued the card did not allow the payment. Nothing was charged. "
                "Please ask your bank, or pay by another card."
            ),
            gateway.Decline.LATER: payer_env._(
                "Your bank can't be reached at the moment. Nothing was charged. Please try "
                "again in a few minutes."
            ),
            gateway.Decline.ATTEMPTS: payer_env._(
                "The payment was tried too often. Nothing was charged. Please begin it anew."
            ),
            gateway.Decline.MERCHANT: payer_env._(
                "This way to pay does not work for us at the moment. Nothing was charged. Please "
                "pay in another way, or tell us about it."
            ),
            gateway.Decline.OTHER: payer_env._(
                "The bank declined the payment. Nothing was charged."
            ),
        }
        return sentences[gateway.kind_of_decline(order.action_code)]
