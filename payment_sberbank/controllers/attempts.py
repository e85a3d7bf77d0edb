"""How often a payment may be begun: not without end, and in no one's way."""

from http import HTTPStatus

from odoo.exceptions import ValidationError
from odoo.http import request

# How many payments within how many seconds. Somebody who tries one card after another, or pays
# several invoices, needs a few.
CUSTOMER_LIMITS = ((10, 60), (60, 60 * 60))

# Those who pay without being a customer can only be told apart by their address; many of them may
# be behind the same one.
ADDRESS_LIMITS = ((120, 60), (1200, 60 * 60))


class TooManyAttempts(ValidationError):
    """Somebody began so many payments that they have to wait."""

    http_status = HTTPStatus.TOO_MANY_REQUESTS


def check_attempt(partner_id):
    """Count that a payment is begun, and refuse it if there were too many.

    What a customer does after a login, and what strangers do with the customer's links, is counted
    apart: they can't shut the customer out. Staff are not limited.

    :param int partner_id: The customer for whom it is.
    :return: None
    :raise TooManyAttempts: If there were too many; the sentence is for the payer.
    """
    if request.env.user._is_internal():
        return
    if not request.env['sberbank.tally']._allows(*_get_limit(partner_id)):
        raise TooManyAttempts(
            request.env._(
                "Very many payments were begun in a short time. Nothing was charged. Please wait a"
                " few minutes and try again."
            )
        )


def _get_limit(partner_id):
    """Return what the payment counts for, and how often that may be.

    :param int partner_id: The customer for whom it is.
    :rtype: tuple[str, tuple[tuple[int, int]]]
    """
    user = request.env.user
    customer_sudo = request.env['res.partner'].sudo().browse(partner_id).commercial_partner_id
    if _is_nobody(customer_sudo):
        return f'address:{request.httprequest.remote_addr}', ADDRESS_LIMITS
    is_own = customer_sudo == user.sudo().partner_id.commercial_partner_id
    return f'{"customer" if is_own else "link"}:{customer_sudo.id}', CUSTOMER_LIMITS


def _is_nobody(customer_sudo):
    """Tell whether it is no customer, but whoever is not logged in to a website."""
    users_sudo = customer_sudo.with_context(active_test=False).user_ids
    return any(user_sudo._is_public() for user_sudo in users_sudo)
