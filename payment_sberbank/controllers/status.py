from contextlib import suppress

from odoo import http
from odoo.http import request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .. import const
from ..core import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from ..log import get_logger

_logger = get_logger(__name__)


class SberbankStatus(PaymentPostProcessing):
    """The page on which a payer waits for what comes of a payment."""

    @http.route()
    def poll_status(self, **kwargs):
        """Override of `payment` to tell the payer what the bank said, whatever fails around it.

        What the money was for is finished here at once, if it is its turn; if not, by the job.
        """
        tx_sudo = self._get_monitored_transaction()
        if tx_sudo.provider_code != const.PROVIDER_CODE:
            return super().poll_status(**kwargs)
        if not tx_sudo.is_post_processed:
            self._sberbank_finish_or_post_process(tx_sudo)
        is_nearly_done = tx_sudo._sberbank_is_being_finished()
        return {
            'provider_code': tx_sudo.provider_code,
            # The page asks again then, and shows the invoice once it is settled.
            'state': 'pending' if is_nearly_done else tx_sudo.state,
            'landing_route': self._sberbank_get_landing_route(tx_sudo),
        }

    def _sberbank_finish_or_post_process(self, tx_sudo):
        if tx_sudo.state == 'done' and tx_sudo.operation != 'validation':
            self._sberbank_finish(tx_sudo)
        else:
            self._sberbank_post_process(tx_sudo)

    @staticmethod
    def _sberbank_finish(tx_sudo):
        """Finish what the payment was for, if it is its turn; else wait for who is at it."""
        if due_tx_sudo := tx_sudo._sberbank_take_turn(tx_sudo):
            due_tx_sudo._sberbank_use_turn()
        elif tx_sudo._sberbank_is_being_finished():
            with suppress(*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                tx_sudo._sberbank_lock_rows()
            request.env.cr.rollback()
        tx_sudo.invalidate_recordset()

    @staticmethod
    def _sberbank_post_process(tx_sudo):
        """Let other apps take note of a state that is not the last. It is tried again anyway."""
        try:
            tx_sudo._post_process()
        except Exception:
            request.env.cr.rollback()
            _logger.warning("%s could not be post-processed.", tx_sudo.reference, exc_info=True)

    def _sberbank_get_landing_route(self, tx_sudo):
        """Return where the payer goes when the payment has come to its end.

        Where the page of another app is not fit for that, it is our own. None of them tells why
        nothing was paid.

        :param payment.transaction tx_sudo: The payer's transaction.
        :rtype: str
        """
        if tx_sudo.state in ('cancel', 'error'):
            is_fit = False
        elif tx_sudo.landing_route == const.CART_END_ROUTE:
            is_fit = self._sberbank_can_confirm_cart(tx_sudo)
        elif tx_sudo._sberbank_is_for_pos_order():
            is_fit = tx_sudo._sberbank_can_confirm_pos_order()
        else:
            is_fit = True
        return tx_sudo.landing_route if is_fit else tx_sudo._sberbank_get_result_url()

    @staticmethod
    def _sberbank_can_confirm_cart(tx_sudo):
        """Tell whether the web shop's own page after a payment is fit for the payer.

        It takes the cart away, and is for the browser that has the cart. A bank's app may open the
        way back in another one.
        """
        order_ids = [order.id for order in tx_sudo._sberbank_get_orders()]
        return request.session.get('sale_last_order_id') in order_ids
