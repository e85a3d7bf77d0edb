from odoo import models

from .. import gateway
from ..gateway.wording import _lt


class PaymentTransaction(models.Model):
    """An order whose answer was lost is found again at the bank, by the number it was given."""

    _inherit = 'payment.transaction'

    def _sberbank_find_lost_order(self, client):
        """Look for the order of our number, whose answer was lost.

        :return: The order, or None if the bank knows none.
        :rtype: gateway.Order|None
        :raise gateway.Unavailable: If the bank can't be asked.
        """
        try:
            return client.get_order_status_extended(order_number=self.sberbank_order_number)
        except gateway.Refused:
            return None

    def _sberbank_recover_order(self, client, order):
        """Go on with an order whose answer was lost.

        :param gateway.GatewayClient client: The client to talk to the bank with.
        :param gateway.Order order: The order of our number.
        :return: The order if it is ours and can still be paid, else None: another number is needed.
        :rtype: gateway.Registered|None
        :raise gateway.GatewayError: If the order is being paid already, or nobody could ever pay
                                     it and it can't be withdrawn.
        """
        if not (order.order_id and self._sberbank_is_same_order(order)) or order.is_declined:
            return None
        if not order.is_registered:
            self._sberbank_apply(order)
            raise gateway.Unavailable(
                _lt("The order is being paid already."), may_have_reached=True
            )
        form_url = self._sberbank_rebuild_form_url(order.order_id)
        if form_url:
            return gateway.Registered(order_id=order.order_id, form_url=form_url)
        client.decline(order_id=order.order_id)
        return None

    def _sberbank_is_same_order(self, order):
        return (
            order.order_number == self.sberbank_order_number
            and order.amount == self._sberbank_get_amount()
            and order.currency in (None, gateway.CURRENCY_NUMBER)
        )
