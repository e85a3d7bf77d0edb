import logging
import re
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import Response, request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .. import const, gateway
from .rate_limit import RateLimit
from .tokens import is_same_token

_logger = logging.getLogger(__name__)

# More than any notification of the bank has.
CALLBACK_MAX_BYTES = 16 * 1024

# What the bank is answered: at 503 it repeats the notification.
NOTIFICATION_STATUSES = {'applied': 200, 'forged': 403, 'unconfirmed': 503}

NOT_UTF8 = re.compile('\N{REPLACEMENT CHARACTER}|%[89A-Fa-f][0-9A-Fa-f]')

# Neither the bank nor our record of what it was asked may be flooded by whoever knows an order's
# number.
QUESTIONS_LIMITS = (
    RateLimit(events=20, seconds=60),
    RateLimit(events=200, seconds=24 * 60 * 60),
)


class SberbankController(http.Controller):
    """The routes of the machines, and the two steps of the payer between Odoo and the bank."""

    @http.route(
        const.PAY_ROUTE,
        type='http',
        auth='public',
        methods=['GET'],
        website=True,
        sitemap=False,
    )
    def sberbank_pay(self, reference='', access_token='', **_kwargs):
        """Send the payer to the bank's payment page, registering the order at the first visit.

        The route may be visited any number of times, by a double click or by a payer who gave up
        and comes back: it leads to the same page.

        :param str reference: The reference of the transaction.
        :param str access_token: The token that `_sberbank_get_access_token` gave out for it.
        :raise NotFound: If there is no such transaction or the token is not its.
        """
        tx_sudo = self.find_by_token('reference', reference, access_token)
        if not tx_sudo:
            raise NotFound()  # Don't leak which references exist.
        PaymentPostProcessing.monitor_transaction(tx_sudo)
        if not tx_sudo._sberbank_can_open_page():
            self._refresh(tx_sudo)
            return request.redirect('/payment/status')
        request.env.cr.commit()  # Hold no snapshot of the database while the bank is asked.
        try:
            if not self._may_ask(tx_sudo):
                raise gateway.Unavailable("Too many visits.", may_have_reached=False)
            form_url = tx_sudo._sberbank_open_page(request.env.lang)
        except gateway.GatewayError as error:
            _logger.error("No payment page for transaction %s: %s", tx_sudo.reference, error)
            return request.render(
                'payment_sberbank.page_unavailable',
                {
                    'pay_url': tx_sudo._sberbank_get_pay_url(),
                    'back_url': tx_sudo.landing_route or '/my',
                    'try_again': isinstance(error, gateway.Unavailable),
                },
            )
        return request.redirect(form_url, code=303, local=False)

    @http.route(const.RETURN_ROUTE, type='http', auth='public', methods=['GET'])
    def sberbank_return(self, ref='', access_token='', **_kwargs):
        """Take the payer back from the bank, and look how the order stands there.

        Nothing in the address is believed. The bank adds `orderId` and `lang`, sometimes twice and
        sometimes not at all; they are not read. The token only tells whose status page to show, in
        a browser that has no session of ours: a bank's app opens the address where it likes.

        :param str ref: The number of the order.
        :param str access_token: The token that `_sberbank_get_access_token` gave out for it.
        """
        tx_sudo = self.find_by_token('sberbank_order_number', ref, access_token, 'return')
        if tx_sudo:
            PaymentPostProcessing.monitor_transaction(tx_sudo)
            self._refresh(tx_sudo)
        return request.redirect('/payment/status')

    @http.route(
        const.CALLBACK_ROUTE,
        type='http',
        auth='public',
        methods=['GET', 'POST'],
        csrf=False,
        save_session=False,
        max_content_length=CALLBACK_MAX_BYTES,
    )
    def sberbank_callback(self, **_kwargs):
        """Process a callback notification of the bank.

        The parameters are not taken from Odoo's dictionary of them: it keeps neither repeated names
        nor the difference between the address and the body.

        :return: 200 if there is nothing (more) to do, 400 if the notification can't be read, 403 if
                 its checksum is wrong, 503 if the bank should repeat it.
        :rtype: odoo.http.Response
        """
        httprequest = request.httprequest
        try:
            notification = gateway.read_notification(
                method=httprequest.method,
                query_string=httprequest.query_string,
                content_type=httprequest.content_type,
                body=self._read_body(httprequest),
            )
        except gateway.MalformedNotification as error:
            _logger.warning("Received a malformed notification: %s", error)
            return Response(status=400)
        tx_sudo = (
            request
            .env['payment.transaction']
            .sudo()
            ._sberbank_find(order_id=notification.order_id, order_number=notification.order_number)
        )
        if not tx_sudo:
            # Other shops on the same login have orders of their own.
            _logger.warning("Received a notification for an order that is not ours.")
            return Response(status=200)
        if not tx_sudo.provider_id._sberbank_is_authentic(notification):
            _logger.warning(
                "Received a notification with a wrong checksum for %s.", tx_sudo.reference
            )
            return self._answer(tx_sudo, notification, 'forged')
        is_applied = self._refresh(tx_sudo, is_notified=True)
        return self._answer(tx_sudo, notification, 'applied' if is_applied else 'unconfirmed')

    @staticmethod
    def _answer(tx_sudo, notification, outcome):
        """Answer a notification about one of our orders, and write down what came of it."""
        status = NOTIFICATION_STATUSES[outcome]
        request.env['sberbank.exchange']._record_notification(
            tx_sudo, notification, outcome, http_status=status
        )
        return Response(status=status)

    @staticmethod
    def find_by_token(field_name, value, access_token, purpose='pay'):
        """Find a transaction by a field, for whoever holds its token.

        :param str field_name: The field, indexed and unique.
        :param str value: Its value, as it came.
        :param str access_token: The token that `_sberbank_get_access_token` gave out.
        :param str purpose: What it was given out for.
        :return: The sudoed transaction, or none.
        :rtype: payment.transaction
        """
        tx_sudo = request.env['payment.transaction'].sudo()
        if not value or '\0' in value:  # PostgreSQL has no such texts.
            return tx_sudo
        tx_sudo = tx_sudo.search(
            [('provider_id.code', '=', const.PROVIDER_CODE), (field_name, '=', value)], limit=1
        )
        if not tx_sudo:
            return tx_sudo
        expected = tx_sudo._sberbank_get_access_token(purpose)
        return tx_sudo if is_same_token(expected, access_token) else tx_sudo.browse()

    @staticmethod
    def _read_body(httprequest):
        """Return the body of the request.

        A form was read by Odoo before it came here, so it is written anew. What was no UTF-8 in it
        has been replaced by then, or, by newer Werkzeug, left as it was escaped.

        :raise gateway.MalformedNotification: If the form was no UTF-8.
        """
        if not httprequest.form:
            return httprequest.get_data()
        form = list(httprequest.form.items(multi=True))
        if any(NOT_UTF8.search(text) for pair in form for text in pair):
            raise gateway.MalformedNotification("Not UTF-8.")
        return urlencode(form).encode()

    @staticmethod
    def _refresh(tx_sudo, is_notified=False):
        """Ask the bank and apply its word.

        :param bool is_notified: Whether it was a notification of the bank that made us ask.
        :return: Whether the bank could be asked.
        :rtype: bool
        """
        if not SberbankController._may_ask(tx_sudo):
            _logger.warning("Too many questions about %s.", tx_sudo.reference)
            return False
        request.env.cr.commit()  # Hold no snapshot of the database while the bank is asked.
        try:
            tx_sudo._sberbank_refresh(is_notified=is_notified)
        except gateway.GatewayError as error:
            _logger.warning("No answer of the bank about %s: %s", tx_sudo.reference, error)
            return False
        tx_sudo.invalidate_recordset()
        return True

    @staticmethod
    def _may_ask(tx_sudo):
        return all(limit.allows((request.db, tx_sudo.id)) for limit in QUESTIONS_LIMITS)
