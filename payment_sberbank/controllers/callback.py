import re
from urllib.parse import urlencode

from odoo import http
from odoo.http import Response, request

from .. import const, gateway
from ..log import get_logger
from .questions import ask, may_ask
from .waiting import time_for_notification

_logger = get_logger(__name__)

# More than any notification of the bank has.
CALLBACK_MAX_BYTES = 16 * 1024

# What is read of a transaction, to tell whether there is anything to do. All of it is far more.
OF_TRANSACTION = (
    'company_id',
    'is_live',
    'provider_id',
    'provider_reference',
    'reference',
    'sberbank_notified_at',
    'state',
)

# What is read of its provider: whether this is a copy of its database, and how the bank signs.
OF_PROVIDER = (
    'sberbank_callback_certificate',
    'sberbank_callback_key',
    'sberbank_database',
)

# What the bank is answered: at 503 it repeats the notification.
TAKEN_IN, FORGED, REPEAT = 200, 403, 503

NOT_UTF8 = re.compile('\N{REPLACEMENT CHARACTER}|%[89A-Fa-f][0-9A-Fa-f]')


class SberbankCallback(http.Controller):
    """The route that the bank calls."""

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
            ._sberbank_find(
                order_id=notification.order_id,
                order_number=notification.order_number,
                field_names=OF_TRANSACTION,
            )
        )
        if not tx_sudo:
            # Other shops on the same login have orders of their own.
            _logger.warning("Received a notification for an order that is not ours.")
            return Response(status=TAKEN_IN)
        tx_sudo.provider_id.fetch(OF_PROVIDER)
        if tx_sudo.provider_id._sberbank_is_in_copy(tx_sudo.is_live):
            _logger.warning(
                "Received a notification for %s of another database.", tx_sudo.reference
            )
            return Response(status=TAKEN_IN)
        if not tx_sudo.provider_id._sberbank_is_authentic(notification):
            _logger.warning(
                "Received a notification with a wrong checksum for %s.", tx_sudo.reference
            )
            return self._answer(tx_sudo, notification, 'forged', FORGED)
        if tx_sudo._sberbank_is_old_news(notification):
            return self._acknowledge(tx_sudo, notification)
        occasion = 'signed' if tx_sudo.provider_id._sberbank_checks_signatures() else 'hint'
        if not may_ask(tx_sudo, occasion):
            _logger.warning("Too many questions about %s.", tx_sudo.reference)
            return self._answer(tx_sudo, notification, 'unconfirmed', REPEAT)
        if tx_sudo._sberbank_leave_to_scheduler(notification, http_status=TAKEN_IN):
            return Response(status=TAKEN_IN)
        with time_for_notification() as seconds:
            is_applied = ask(
                tx_sudo,
                tx_sudo._sberbank_hear,
                notification=notification,
                http_status=TAKEN_IN,
                time_limit=seconds,
            )
        if is_applied:
            return Response(status=TAKEN_IN)
        return self._answer(tx_sudo, notification, 'unconfirmed', REPEAT)

    def _acknowledge(self, tx_sudo, notification):
        """Answer a notification of what is known. The first one is written down nevertheless."""
        if tx_sudo.sberbank_notified_at:
            return Response(status=TAKEN_IN)
        tx_sudo._sberbank_note_notified()
        return self._answer(tx_sudo, notification, 'applied', TAKEN_IN)

    @staticmethod
    def _answer(tx_sudo, notification, outcome, status):
        """Answer a notification about one of our orders, and write down what came of it."""
        request.env['sberbank.exchange']._record_notification(
            tx_sudo, notification, outcome, http_status=status
        )
        return Response(status=status)

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
