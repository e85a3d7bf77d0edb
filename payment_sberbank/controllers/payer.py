from http import HTTPStatus

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .. import const, gateway
from ..log import get_logger
from .pages import render
from .questions import may_ask, refresh
from .room import room_to_wait

_logger = get_logger(__name__)

# What is read of a transaction and of its provider to have an order registered. All of both is far
# more, and reading it would be a sixth of the way to the bank.
OF_TRANSACTION = (
    'amount',
    'company_id',
    'create_date',
    'is_live',
    'operation',
    'partner_email',
    'partner_lang',
    'provider_id',
    'reference',
    'sberbank_form_url',
    'sberbank_is_topup',
    'sberbank_order_number',
    'sberbank_registered_at',
    'state',
    'tokenize',
)
OF_PROVIDER = (
    'capture_manually',
    'code',
    'company_id',
    'sberbank_ca_certificates',
    'sberbank_callback_refused_by',
    'sberbank_custom_dialect',
    'sberbank_custom_url',
    'sberbank_database',
    'sberbank_gateway',
    'sberbank_page_hosts',
    'sberbank_password',
    'sberbank_receipts',
    'sberbank_token',
    'sberbank_username',
    'sberbank_vat_table',
    'state',
)


class SberbankPayer(http.Controller):
    """The steps of the payer between Odoo and the bank."""

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
        tx_sudo = _find_by_token('reference', reference, access_token, field_names=OF_TRANSACTION)
        tx_sudo.provider_id.fetch(OF_PROVIDER)
        if not tx_sudo or not tx_sudo._sberbank_may_be_opened_by(request.env.user):
            raise NotFound()  # Don't leak which references exist.
        if tx_sudo.provider_id._sberbank_is_in_copy(tx_sudo.is_live):
            return _render_no_page(tx_sudo, 'refused')
        PaymentPostProcessing.monitor_transaction(tx_sudo)
        if not tx_sudo._sberbank_can_open_page():
            refresh(tx_sudo)
            return request.redirect('/payment/status')
        if tx_sudo._sberbank_lacks_contact():
            return _render_contact(tx_sudo)
        if not (tx_sudo.sberbank_form_url or may_ask(tx_sudo, 'page')):
            _logger.warning("Too many visits of the payment page of %s.", tx_sudo.reference)
            return _render_no_page(tx_sudo, 'too_many')
        try:
            form_url = _open_page(tx_sudo)
        except gateway.GatewayError as error:
            _logger.error("No payment page for transaction %s: %s", tx_sudo.reference, error)
            is_unavailable = isinstance(error, gateway.Unavailable)
            return _render_no_page(tx_sudo, 'unavailable' if is_unavailable else 'refused')
        return request.redirect(form_url, code=303, local=False)

    @http.route(
        const.CONTACT_ROUTE,
        type='http',
        auth='public',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def sberbank_contact(self, reference='', access_token='', contact='', **_kwargs):
        """Keep where the receipt shall be sent to, and go on to the bank's payment page.

        :param str reference: The reference of the transaction.
        :param str access_token: The token that `_sberbank_get_access_token` gave out for it.
        :param str contact: The e-mail or the telephone number, as it was typed.
        :raise NotFound: If there is no such transaction or the token is not its.
        """
        tx_sudo = _find_by_token('reference', reference, access_token)
        if not tx_sudo:
            raise NotFound()  # Don't leak which references exist.
        if tx_sudo._sberbank_lacks_contact():
            try:
                tx_sudo._sberbank_take_contact(str(contact), request.env.user)
            except ValidationError as error:
                return _render_contact(tx_sudo, contact=str(contact), error=error.args[0])
        return request.redirect(tx_sudo._sberbank_get_pay_url(), code=303)

    @http.route(const.RETURN_ROUTE, type='http', auth='public', methods=['GET'])
    def sberbank_return(self, ref='', access_token='', **_kwargs):
        """Take the payer back from the bank, and look how the order stands there.

        Nothing in the address is believed. The bank adds `orderId` and `lang`, sometimes twice and
        sometimes not at all; they are not read. The token only tells whose status page to show, in
        a browser that has no session of ours: a bank's app opens the address where it likes.

        :param str ref: The number of the order.
        :param str access_token: The token that `_sberbank_get_access_token` gave out for it.
        """
        # Some gateways append their own query with a second question mark.
        ref, access_token = (str(value).partition('?')[0] for value in (ref, access_token))
        tx_sudo = _find_by_token('sberbank_order_number', ref, access_token, 'return')
        if tx_sudo:
            PaymentPostProcessing.monitor_transaction(tx_sudo)
            refresh(tx_sudo)
        return request.redirect('/payment/status')


def _render_contact(tx_sudo, *, contact='', error=''):
    """Ask the payer where the receipt shall be sent to.

    :param payment.transaction tx_sudo: The transaction.
    :param str contact: What was typed before.
    :param str error: Why that can't be.
    :rtype: odoo.http.Response
    """
    return render(
        'payment_sberbank.receipt_contact',
        {
            'tx': tx_sudo,
            'contact_url': const.CONTACT_ROUTE,
            'access_token': tx_sudo._sberbank_get_access_token(),
            'back_url': tx_sudo.landing_route or '/my',
            'contact': contact,
            'error': error,
        },
    )


def _open_page(tx_sudo):
    """Return the address of the bank's page. The bank is asked for it only once.

    :param payment.transaction tx_sudo: The transaction.
    :rtype: str
    :raise gateway.GatewayError: If there is no page to go to.
    """
    if form_url := tx_sudo.sberbank_form_url:
        tx_sudo._sberbank_check_page(form_url)
        return form_url
    language = request.env.lang
    with room_to_wait(), tx_sudo.provider_id._sberbank_spare(tx_sudo.is_live):
        return tx_sudo._sberbank_open_page(language)


def _render_no_page(tx_sudo, reason):
    """Tell the payer that there is no payment page, and what to do.

    :param payment.transaction tx_sudo: The transaction.
    :param str reason: `unavailable`, `too_many` or `refused`; only the last one is lasting.
    :rtype: odoo.http.Response
    """
    response = render(
        'payment_sberbank.page_unavailable',
        {
            'pay_url': tx_sudo._sberbank_get_pay_url(),
            'back_url': tx_sudo.landing_route or '/my',
            'reason': reason,
            'is_payment': tx_sudo.operation != 'validation',
        },
    )
    if reason == 'too_many':
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    return response


def _find_by_token(field_name, value, access_token, purpose='pay', **options):
    return request.env['payment.transaction']._sberbank_find_by_token(
        field_name, value, access_token, purpose, **options
    )
