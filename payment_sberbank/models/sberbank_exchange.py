import json
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .. import gateway
from ..core import open_cursor
from ..log import get_logger
from ..wording import translate

_logger = get_logger(__name__)

DEFAULT_KEEP_DAYS = 90
GC_BATCH_SIZE = 10_000

# More of a text than this is not kept.
MAX_TEXT_LENGTH = 16 * 1024

# How many notifications are kept for one order, by whether the bank has signed them: forged ones
# can neither fill the table nor crowd out the bank's.
MAX_NOTIFICATIONS = {True: 50, False: 20}


class SberbankExchange(models.Model):
    """What was said between the bank and us about an order, for people to read."""

    _name = 'sberbank.exchange'
    _description = 'Exchange with Sberbank'
    _order = 'id desc'
    _rec_name = 'method'

    transaction_id = fields.Many2one(
        comodel_name='payment.transaction',
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    company_id = fields.Many2one(related='transaction_id.company_id')
    time = fields.Datetime(required=True, readonly=True, index=True)
    direction = fields.Selection(
        selection=[('asked', "We asked the bank"), ('notified', "The bank notified us")],
        required=True,
        readonly=True,
    )
    method = fields.Char(
        help="The bank's name of the call, or the operation that it notified us of.",
        readonly=True,
    )
    request = fields.Text(readonly=True)
    answer = fields.Text(readonly=True)
    http_status = fields.Integer(string="HTTP Status", readonly=True)
    duration = fields.Float(string="Duration (s)", digits=(10, 3), readonly=True, aggregator='avg')
    outcome = fields.Selection(
        selection=[
            ('answered', "Answered"),
            ('failed', "Failed"),
            ('applied', "The bank confirmed"),
            ('taken_in', "Taken in: the bank is asked"),
            ('unconfirmed', "The bank could not be asked"),
            ('forged', "Wrong checksum"),
        ],
        required=True,
        readonly=True,
    )
    error = fields.Text(readonly=True)

    # === WHAT WE ASK === #

    @api.model
    def _recorder(self, tx_id, lang):
        """Return what writes down each call about a transaction, at once and for good.

        It is written in a database transaction of its own: the call has been made, even if the
        caller's work is undone.

        :param int tx_id: The id of the transaction, committed before.
        :param str lang: The language of those who read it, an Odoo language code.
        :return: Takes a `gateway.Exchange`.
        :rtype: callable
        """

        def record(exchange):
            self._save([_prepare_call(tx_id, exchange, lang)])

        return record

    @api.model
    def _collector(self):
        """Return what collects calls about several transactions, to be written down together.

        :rtype: Collector
        """
        return Collector(self)

    @api.model
    def _save(self, values_list):
        """Write exchanges down in a database transaction of its own.

        :param list[dict] values_list: The values of each.
        :return: None
        """
        with open_cursor(self.env.registry) as cr:
            # The transaction's row is shared by the reference to it: if the caller had locked it,
            # the wait would never end.
            cr.execute("SET LOCAL lock_timeout = '5s'")
            api.Environment(cr, SUPERUSER_ID, {})[self._name].create(values_list)

    # === WHAT WE ARE TOLD === #

    @api.model
    def _record_notification(self, tx, notification, outcome, *, http_status):
        """Write down a notification about a known order, unless there are many already.

        :param payment.transaction tx: The transaction.
        :param gateway.Notification notification: The notification.
        :param str outcome: What came of it: 'applied', 'taken_in', 'unconfirmed' or 'forged'.
        :param int http_status: What the bank was answered.
        :return: None
        """
        values = _prepare_notification(tx, notification, outcome, http_status)
        is_authentic = outcome != 'forged'
        kept = SQL(
            """
            SELECT 1
              FROM sberbank_exchange
             WHERE transaction_id = %s AND direction = 'notified' AND (outcome = 'forged') = %s
             LIMIT %s
            """,
            tx.id,
            not is_authentic,
            MAX_NOTIFICATIONS[is_authentic],
        )
        # In one statement, for others send them, too.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sberbank_exchange (%(names)s, create_date, write_date)
                     SELECT %(values)s, %(now)s, %(now)s
                      WHERE (SELECT count(*) FROM (%(kept)s) kept) < %(limit)s
                """,
                names=SQL(', ').join(map(SQL.identifier, values)),
                values=SQL(', ').join(SQL('%s', value) for value in values.values()),
                now=SQL('%s::timestamp', values['time']),
                kept=kept,
                limit=MAX_NOTIFICATIONS[is_authentic],
            )
        )
        tx.invalidate_recordset(['sberbank_exchange_ids'])

    # === CLEANING UP === #

    @api.autovacuum
    def _gc_old_exchanges(self):
        """Delete what is older than the system parameter `payment_sberbank.exchange_days` says."""
        kept_since = fields.Datetime.now() - timedelta(days=self._get_keep_days())
        old = self.search([('time', '<', kept_since)], order='id', limit=GC_BATCH_SIZE)
        old.unlink()
        return len(old), len(old) == GC_BATCH_SIZE

    @api.model
    def _get_keep_days(self):
        days = self.env['ir.config_parameter'].sudo().get_param('payment_sberbank.exchange_days')
        return int(days) if (days or '').strip().isdecimal() else DEFAULT_KEEP_DAYS


class Collector:
    """Collects calls from any thread; nothing is written before `save`.

    :param sberbank.exchange exchanges: The model.
    """

    def __init__(self, exchanges):
        self._exchanges = exchanges
        self._values = []

    def recorder(self, tx_id, lang):
        """Return what collects the calls about a transaction.

        :param int tx_id: The id of the transaction, committed before.
        :param str lang: The language of those who read it, an Odoo language code.
        :return: Takes a `gateway.Exchange`.
        :rtype: callable
        """

        def record(exchange):
            self._values.append(_prepare_call(tx_id, exchange, lang))

        return record

    def keep_with(self, tx, notification, outcome, *, http_status):
        """Write down in the caller's database transaction what was collected, and why it was asked.

        :param payment.transaction tx: The transaction.
        :param gateway.Notification notification: The notification of which the bank was asked.
        :param str outcome: What came of it.
        :param int http_status: What the bank is answered to it.
        :return: None
        """
        told = _prepare_notification(tx, notification, outcome, http_status)
        tx.env['sberbank.exchange'].create([*self._values, told])

    def commit_with(self, env):
        """Write down in a database transaction what was collected, and commit it.

        :param odoo.api.Environment env: Of the database transaction.
        :return: None
        """
        env['sberbank.exchange'].create(self._values)
        env.cr.commit()  # pylint: disable=invalid-commit
        self._values = []

    def save(self):
        """Write down what was collected. What was done with the answers stands, if it fails."""
        values, self._values = self._values, []
        if not values:
            return
        try:
            self._exchanges._save(values)
        except Exception:
            _logger.exception("%s exchanges with the bank could not be recorded.", len(values))


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    sberbank_exchange_ids = fields.One2many(
        string="Exchange with the Bank",
        comodel_name='sberbank.exchange',
        inverse_name='transaction_id',
        readonly=True,
    )


def _prepare_call(tx_id, exchange, lang):
    """Return the values of a call.

    :param int tx_id: The id of the transaction.
    :param gateway.Exchange exchange: The call, masked.
    :param str lang: The language of those who read it, an Odoo language code.
    :rtype: dict
    """
    return {
        'transaction_id': tx_id,
        'time': fields.Datetime.now() - timedelta(seconds=exchange.duration),
        'direction': 'asked',
        'method': exchange.method,
        'request': _to_text(exchange.request),
        'answer': exchange.answer is not None and _to_text(exchange.answer),
        'http_status': exchange.http_status,
        'duration': exchange.duration,
        'outcome': 'failed' if exchange.error else 'answered',
        'error': translate(exchange.error, lang),
    }


def _prepare_notification(tx, notification, outcome, http_status):
    return {
        'transaction_id': tx.id,
        'time': fields.Datetime.now(),
        'direction': 'notified',
        'method': notification.operation or 'callback',
        'request': _to_text(gateway.mask(dict(notification.parameters))),
        'http_status': http_status,
        'outcome': outcome,
        **tx.env['sberbank.exchange']._prepare_signature(tx.provider_id, notification, outcome),
    }


def _to_text(structure):
    text = json.dumps(structure, ensure_ascii=False, indent=2)
    return text if len(text) <= MAX_TEXT_LENGTH else f'{text[:MAX_TEXT_LENGTH]}…'
