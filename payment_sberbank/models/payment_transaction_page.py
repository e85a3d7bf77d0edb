from odoo import models

from .. import gateway
from ..gateway.wording import _lt


class PaymentTransaction(models.Model):
    """The bank's payment page: where payers may be sent, and how a lost address is found again."""

    _inherit = 'payment.transaction'

    _sberbank_page_example_idx = models.Index(
        '(provider_id, is_live, id) WHERE sberbank_form_url IS NOT NULL'
    )

    def _sberbank_rebuild_form_url(self, order_id):
        """Return the payment page of an order by the example of the provider's latest one.

        :param str order_id: The bank's id of the order.
        :rtype: str|None
        """
        example = self.search(
            [
                ('provider_id', '=', self.provider_id.id),
                ('is_live', '=', self.is_live),
                ('sberbank_form_url', '!=', False),
            ],
            limit=1,
        )
        if not example:
            return None
        form_url = gateway.page_url_for(
            example.sberbank_form_url, example.provider_reference, order_id
        )
        return form_url if form_url and self._sberbank_is_page_allowed(form_url) else None

    def _sberbank_check_page(self, form_url):
        if not self._sberbank_is_page_allowed(form_url):
            raise gateway.WrongSettings(
                _lt(
                    "The payment page that the bank named is not on one of the hosts of the chosen"
                    " gateway."
                )
            )

    def _sberbank_is_page_allowed(self, form_url):
        return gateway.payment_page_allowed(
            form_url,
            self.provider_id._sberbank_get_page_hosts(self.is_live),
            base_url=self.provider_id._sberbank_get_gateway_url(self.is_live),
        )
