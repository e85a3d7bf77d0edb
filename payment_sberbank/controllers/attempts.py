"""How often a payment may be begun: not without end, and in no one's way."""

from http import HTTPStatus

from odoo.exceptions import ValidationError
from odoo.http import request

# How many payments may be begun for a customer in a minute, unless the system parameter
# `payment_sberbank.payments_per_minute` says otherwise. Somebody who tries one card after another,
# or pays several invoices, needs a few.
DEFAULT_PER_MINUTE = 10

# In an hour, there may be as many as in so many minutes.
BUSY_MINUTES = 6

# Those who pay without being a customer can only be told apart by their address, and so many of
# them may be behind the same one.
PEOPLE_BEHIND_AN_ADDRESS = 12


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
    key, per_minute = _get_limit(partner_id)
    limits = ((per_minute, 60), (BUSY_MINUTES * per_minute, 60 * 60))
    if not request.env['sberbank.tally']._allows(key, limits):
        raise TooManyAttempts(
            request.env._(
                "Very many payments were begun in a short time. Nothing was charged. Please wait a"
                " few minutes and try again."
            )
        )


def _get_limit(partner_id):
    """Return what the payment counts for, and how many of the kind there may be in a minute.

    :param int partner_id: The customer for whom it is.
    :rtype: tuple[str, int]
    """
    customer_sudo = request.env['res.partner'].sudo().browse(partner_id).commercial_partner_id
    per_minute = _get_per_minute()
    if _is_nobody(customer_sudo):
        address = request.httprequest.remote_addr
        return f'address:{address}', PEOPLE_BEHIND_AN_ADDRESS * per_minute
    is_own = customer_sudo == request.env.user.sudo().partner_id.commercial_partner_id
    return f'{"customer" if is_own else "link"}:{customer_sudo.id}', per_minute


def _get_per_minute():
    name = 'payment_sberbank.payments_per_minute'
    number = request.env['ir.config_parameter'].sudo().get_param(name)
    is_number = (number or '').strip().isdecimal()
    return (is_number and int(number)) or DEFAULT_PER_MINUTE


def _is_nobody(customer_sudo):
    """Tell whether it is no customer, but whoever is not logged in to a website."""
    users_sudo = customer_sudo.with_context(active_test=False).user_ids
    return any(user_sudo._is_public() for user_sudo in users_sudo)
