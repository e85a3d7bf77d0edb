"""How the open routes ask the bank about an order: not without end, and in no one's way."""

import psycopg2

from odoo.http import request

from .. import const, gateway
from ..log import get_logger
from .rate_limit import RateLimit
from .room import room_to_wait

_logger = get_logger(__name__)

# Neither the bank nor our record of what it was asked may be flooded by whoever knows an order's
# number.
QUESTIONS_LIMITS = (
    RateLimit(events=20, seconds=60),
    RateLimit(events=200, seconds=24 * 60 * 60),
)


def may_ask(tx_sudo, occasion):
    """Count a question about an order, and tell whether it may be asked.

    :param payment.transaction tx_sudo: The transaction.
    :param str occasion: Why it is asked. Each has limits of its own, so that who can bring about
                         the one can't use up the other: `signed`, a notification that is certainly
                         the bank's; `page`, a payer on the way to the bank; `hint`, all else.
    :rtype: bool
    """
    return all(limit.allows((request.db, tx_sudo.id, occasion)) for limit in QUESTIONS_LIMITS)


def refresh(tx_sudo):
    """Ask the bank about an order and apply its word. If it is silent, the job asks again soon.

    :param payment.transaction tx_sudo: The transaction.
    :return: Whether the bank could be asked.
    :rtype: bool
    """
    if not may_ask(tx_sudo, 'hint'):
        _logger.warning("Too many questions about %s.", tx_sudo.reference)
        return False
    return ask(tx_sudo, tx_sudo._sberbank_refresh, before_call=request.env.cr.commit)


def ask(tx_sudo, question, **options):
    """Have the bank asked about an order, and bear that it gives no answer.

    :param payment.transaction tx_sudo: The transaction.
    :param callable question: Asks the bank about it, holding no snapshot of the database.
    :param options: Of the question.
    :return: Whether the bank could be asked.
    :rtype: bool
    """
    try:
        with room_to_wait(), tx_sudo.provider_id._sberbank_spare(tx_sudo.is_live):
            question(**{'time_limit': const.BANK_PATIENCE_SECS, **options})
    except gateway.GatewayError as error:
        _logger.warning("No answer of the bank about %s: %s", tx_sudo.reference, error)
        if isinstance(error, gateway.Unavailable):
            tx_sudo._sberbank_ask_soon()
        return False
    except psycopg2.errors.LockNotAvailable:
        _logger.warning("Somebody holds transaction %s.", tx_sudo.reference)
        return False
    tx_sudo.invalidate_recordset()
    return True
