from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

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
        with self.env.registry.cursor() as cr:
            while True:
                try:
                    cr.execute(query, log_exceptions=False)
                    break
                except SerializationFailure:
                    cr.rollback()  # Another worker has counted since we looked: look anew.
            [count] = cr.fetchone()
        return count

    @api.autovacuum
    def _gc_old_tallies(self):
        """Delete the tallies whose windows were over long ago."""
        over_since = fields.Datetime.now() - KEPT_FOR
        old = self.search([('ends_at', '<', over_since)], order='ends_at', limit=GC_BATCH_SIZE)
        old.unlink()
        return len(old), len(old) == GC_BATCH_SIZE
