import hmac
import secrets
from datetime import timedelta
from urllib.parse import urljoin

from odoo import api, fields, models
from odoo.tools import SQL

from .. import const

# Letters of the token that a monitoring tool identifies itself by: 256 bits.
TOKEN_BYTES = 32

# How old the oldest of a kind may grow before something is wrong.
UNBOOKED_PATIENCE = timedelta(minutes=10)
UNFINISHED_PATIENCE = timedelta(hours=4)
OVERDUE = timedelta(minutes=5)

# Unfinished orders are asked about for so long.
WATCHED = timedelta(days=30)

# Among how many of the latest exchanges of all providers the last ones are looked for.
RECENT_EXCHANGES = 2000


class PaymentProvider(models.Model):
    """What a monitoring tool is told: whether all is well, a few figures, nothing about anybody."""

    _inherit = 'payment.provider'

    sberbank_health_token = fields.Char(
        string="Monitoring Token",
        help="What a monitoring tool sends in the header \"Authorization: Bearer …\". Without it"
        " nothing is told.",
        readonly=True,
        copy=False,
        groups='base.group_system',
        exportable=False,
    )
    sberbank_health_url = fields.Char(
        string="Monitoring Address", compute='_compute_sberbank_health_url'
    )

    def _compute_sberbank_health_url(self):
        for provider in self:
            base_url = provider._sberbank_get_base_url()
            provider.sberbank_health_url = urljoin(base_url, const.HEALTH_ROUTE)

    def action_sberbank_renew_health_token(self):
        """Make new tokens for monitoring tools. Those before are worth nothing from now on."""
        self.check_access('write')
        for provider in self._sberbank_filter():
            provider.sberbank_health_token = secrets.token_urlsafe(TOKEN_BYTES)

    @api.model
    def _sberbank_find_by_health_token(self, token):
        """Return the provider that a monitoring tool may ask about, or none.

        Its time tells nothing about the tokens.

        :param str token: What the tool sent.
        :rtype: payment.provider
        """
        sent = token.encode()
        return self.search([('code', '=', const.PROVIDER_CODE)]).filtered(
            lambda provider: (
                hmac.compare_digest((provider.sberbank_health_token or '').encode(), sent)
                and bool(sent)
            )
        )[:1]

    def _sberbank_get_health(self):
        """Return how the provider is: counts, and ages in seconds.

        :return: To be sent as JSON. `status` is `warn` if there are `warnings`, else `ok`.
        :rtype: dict
        """
        self.ensure_one()
        unbooked, unfinished = self._sberbank_count_unbooked(), self._sberbank_count_unfinished()
        notified, asked = self._sberbank_get_latest_exchanges()
        needs_attention = self._sberbank_count_attention()
        job = self.env['ir.cron']._sberbank_get_job('ask_bank')
        warnings = [
            name
            for name, is_wrong in (
                ('unbooked', is_older(unbooked, UNBOOKED_PATIENCE)),
                ('unfinished', is_older(unfinished, UNFINISHED_PATIENCE)),
                ('bank', asked and asked['outcome'] == 'failed'),
                ('scheduler', job._sberbank_is_overdue(OVERDUE)),
                ('needs_attention', needs_attention),
                ('certificate', self._sberbank_find_expiring_certificates()),
                ('copy', self._sberbank_is_in_copy(self.state == 'enabled')),
            )
            if is_wrong
        ]
        return {
            'status': 'warn' if warnings else 'ok',
            'warnings': warnings,
            'state': self.state,
            'unfinished': unfinished,
            'unbooked': unbooked,
            'last_notification': notified,
            'last_question': asked,
            'needs_attention': needs_attention,
            'certificate_time': self._sberbank_get_certificate_time(),
        }

    def _sberbank_count_unbooked(self):
        query = SQL(
            """
            SELECT count(*), min(last_state_change)
              FROM payment_transaction
             WHERE provider_id = %s AND state = 'done' AND is_post_processed IS NOT TRUE
               AND operation != 'validation'
            """,
            self.id,
        )
        return _count_and_age(self.env.execute_query(query))

    def _sberbank_count_unfinished(self):
        query = SQL(
            """
            SELECT count(*), min(create_date)
              FROM payment_transaction
             WHERE provider_id = %s
               AND state IN ('draft', 'pending')
               AND sberbank_next_ask_at IS NOT NULL
               AND create_date > %s
            """,
            self.id,
            fields.Datetime.now() - WATCHED,
        )
        return _count_and_age(self.env.execute_query(query))

    def _sberbank_count_attention(self):
        query = SQL(
            """
            SELECT count(*)
              FROM sberbank_attention attention
              JOIN payment_transaction tx ON tx.id = attention.transaction_id
             WHERE tx.provider_id = %s AND attention.is_solved IS NOT TRUE
            """,
            self.id,
        )
        [(count,)] = self.env.execute_query(query)
        return count

    def _sberbank_get_latest_exchanges(self):
        """Return when the bank notified us, and when it was asked, the last time.

        :return: For each, its age in seconds and what came of it; None if it was long ago.
        :rtype: tuple[dict|None, dict|None]
        """
        query = SQL(
            """
            SELECT DISTINCT ON (recent.direction) recent.direction, recent.time, recent.outcome
              FROM (
                       SELECT id, direction, time, outcome, transaction_id
                         FROM sberbank_exchange
                     ORDER BY id DESC
                        LIMIT %s
                   ) recent
              JOIN payment_transaction tx ON tx.id = recent.transaction_id
             WHERE tx.provider_id = %s
          ORDER BY recent.direction, recent.id DESC
            """,
            RECENT_EXCHANGES,
            self.id,
        )
        latest = {
            direction: {'age': _age(moment), 'outcome': outcome}
            for direction, moment, outcome in self.env.execute_query(query)
        }
        return latest.get('notified'), latest.get('asked')


def _count_and_age(rows):
    [(count, oldest)] = rows
    return {'count': count, 'oldest_age': oldest and _age(oldest)}


def is_older(figure, patience):
    """Tell whether the oldest of what was counted is older than there was patience for.

    :param dict figure: With its `oldest_age` in seconds, or None.
    :param timedelta patience: How old it may be.
    :rtype: bool
    """
    return bool(figure['oldest_age']) and figure['oldest_age'] > patience.total_seconds()


def _age(moment):
    """Return how long ago something was, in whole seconds."""
    return max(0, int((fields.Datetime.now() - moment).total_seconds()))
