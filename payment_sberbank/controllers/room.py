"""How many requests of one process wait for the bank at once: the others need the database, too."""

from contextlib import contextmanager
from threading import BoundedSemaphore

from psycopg2.pool import PoolError

from odoo.tools import config

from .. import gateway
from ..gateway.wording import _lt

# Whoever waits holds the request's database connection. Most are for the others: whoever comes in
# needs two for a moment, before any code of ours, and gets none of our pages if there is none.
WAITING_SHARE = 8
_room = BoundedSemaphore(max(1, config['db_maxconn'] // WAITING_SHARE))


@contextmanager
def room_to_wait():
    """Have the bank asked within the block, if there is room for one more who waits.

    :raise gateway.Unavailable: If there is none.
    """
    if not _room.acquire(blocking=False):
        raise gateway.Unavailable(
            _lt("As many payers as this server bears wait for the bank."), may_have_reached=False
        )
    try:
        yield
    except PoolError as error:
        raise gateway.Unavailable(
            _lt("All database connections are in use."), may_have_reached=True
        ) from error
    finally:
        _room.release()
