from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import open_cursor

GC_BATCH_SIZE = 10_000

# Long over, so that nobody is about to write the row.
KEPT_FOR = timedelta(days=1)


class SberbankTally(models.Model):
    """How often something was done lately, counted by all worker processes together.

    A row is one thing in one window of time. Its count begins anew when the window is over, so that
    there are as many rows as things, however often each of them is done.
    """

    _name = 'sberbank.tally'
    _description = 'Tally of What Is Limited'
    _log_access = False
    _rec_name = 'key'

    key = fields.Char(required=True, readonly=True)
    ends_at = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(required=True, readonly=True)

    _key_uniq = models.UniqueIndex('(key)')

    @api.model
    def _allows(self, key, limits):
        """Count one more, and tell whether it is within all of the limits.

        It is counted in a database transaction of its own that is over at once: only those who do
        the same thing at the same moment wait for each other.

        :param str key: What is limited.
        :param limits: How many there may be within how many seconds, of each limit.
        :type limits: tuple[tuple[int, int]]
        :rtype: bool
        """
        return all(self._count(f'{key}/{seconds}', seconds) <= most for most, seconds in limits)

    @api.model
    def _count(self, key, seconds):
        """Count one more in the window that is open, or open one.

        :param str key: What is counted.
        :param int seconds: The length of a window.
        :return: How many there are, with this one.
        :rtype: int
        """
        now = fields.Datetime.now()
        query = SQL(
            """
            INSERT INTO sberbank_tally AS tally (key, ends_at, count)
                 VALUES (%(key)s, %(ends_at)s, 1)
            ON CONFLICT (key) DO UPDATE
                    SET count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END,
                        ends_at = CASE WHEN tally.ends_at <= %(now)s THEN EXCLUDED.ends_at
                                       ELSE tally.ends_at END
              RETURNING count
            """,
            key=key,
            now=now,
            ends_at=now + timedelta(seconds=seconds),
        )
        [[count]] = self._execute(query)
        return count

    # === WHAT GOES ON UNTIL IT ENDS === #

    @api.model
    def _read_count(self, key):
        """Return how often something was noted since it was forgotten last.

        :param str key: What it is.
        :rtype: int
        """
        self.env.cr.execute(SQL('SELECT count FROM sberbank_tally WHERE key = %s', key))
        row = self.env.cr.fetchone()
        return row[0] if row else 0

    @api.model
    def _note(self, key, seconds, *, at_least=1):
        """Note that it happened once more, for good.

        :param str key: What it is.
        :param int seconds: For how long `_reopen` says no from now on.
        :param int at_least: As how many it counts if there were fewer.
        :return: None
        """
        self._execute(
            SQL(
                """
                INSERT INTO sberbank_tally AS tally (key, ends_at, count)
                     VALUES (%(key)s, %(ends_at)s, %(at_least)s)
                ON CONFLICT (key) DO UPDATE
                        SET count = GREATEST(tally.count + 1, %(at_least)s),
                            ends_at = EXCLUDED.ends_at
                """,
                key=key,
                ends_at=fields.Datetime.now() + timedelta(seconds=seconds),
                at_least=at_least,
            )
        )

    @api.model
    def _reopen(self, key, seconds):
        """Tell whether the time is over; if so, begin it anew for all the others.

        :param str key: What it is.
        :param int seconds: How long the new time is.
        :rtype: bool
        """
        now = fields.Datetime.now()
        return bool(
            self._execute(
                SQL(
                    """
                       UPDATE sberbank_tally
                          SET ends_at = %s
                        WHERE key = %s AND ends_at <= %s
                    RETURNING id
                    """,
                    now + timedelta(seconds=seconds),
                    key,
                    now,
                )
            )
        )

    @api.model
    def _forget(self, key, count):
        """Forget how often it happened, for good.

        :param str key: What it is.
        :param int count: How often that was, if it is known.
        :return: None
        """
        if count:
            self._execute(SQL('DELETE FROM sberbank_tally WHERE key = %s RETURNING id', key))

    @api.model
    def _execute(self, query):
        """Execute a statement in a database transaction of its own.

        :param odoo.tools.SQL query: The statement.
        :return: The rows that it returns.
        :rtype: list
        """
        with open_cursor(self.env.registry) as cr:
            while True:
                try:
                    cr.execute(query, log_exceptions=False)
                    break
                except SerializationFailure:
                    cr.rollback()  # Another worker has written it since we looked: look anew.
            return cr.fetchall() if cr.description else []

    @api.autovacuum
    def _gc_old_tallies(self):
        """Delete the tallies whose windows were over long ago."""
        over_since = fields.Datetime.now() - KEPT_FOR
        old = self.search([('ends_at', '<', over_since)], order='ends_at', limit=GC_BATCH_SIZE)
        old.unlink()
        return len(old), len(old) == GC_BATCH_SIZE
