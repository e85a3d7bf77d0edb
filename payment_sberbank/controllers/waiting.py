"""How long workers wait for the bank because of notifications: one of them long, no other."""

from contextlib import contextmanager

from odoo.http import request
from odoo.tools import SQL

from .. import const

# A bank that is well answers sooner.
HASTE_SECS = 0.5

LOCK = 'payment_sberbank.notification'

# Whoever holds the lock is idle while the bank is asked.
HOW_LONG_IDLE = """
    SELECT extract(epoch FROM clock_timestamp() - activity.state_change)
      FROM pg_locks lock
      JOIN pg_stat_activity activity USING (pid)
      JOIN pg_database db ON db.oid = lock.database
     WHERE lock.locktype = 'advisory'
       AND lock.granted
       AND lock.classid = hashtext(%s)::oid
       AND lock.objsubid = 2
       AND db.datname = current_database()
       AND activity.state = 'idle'
"""


@contextmanager
def time_for_notification():
    """Yield how many seconds this worker may wait for the bank because of a notification.

    A silent bank would hold every worker, and all of Odoo with them. So one worker waits as long as
    a payer would. The others wait for a moment, and not at all once that one has waited for longer.
    """
    with _try_lock() as is_first:
        if is_first:
            yield const.BANK_PATIENCE_SECS
        else:
            yield 0 if _is_first_one_waiting() else HASTE_SECS


@contextmanager
def _try_lock():
    """Yield whether no other worker has the lock. It is the session's: it outlives commits."""
    cr = request.env.cr
    cr.execute(SQL('SELECT pg_try_advisory_lock(hashtext(%s), 0)', LOCK))
    [is_mine] = cr.fetchone()
    try:
        yield is_mine
    except BaseException:
        cr.rollback()
        raise
    finally:
        if is_mine:
            cr.execute(SQL('SELECT pg_advisory_unlock(hashtext(%s), 0)', LOCK))


def _is_first_one_waiting():
    request.env.cr.execute(SQL(HOW_LONG_IDLE, LOCK))
    idle = request.env.cr.fetchone()
    return bool(idle) and idle[0] > HASTE_SECS
