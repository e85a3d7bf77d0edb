"""Names of Odoo that it promises to nobody, each taken in one place and with a way out.

Odoo moves such names from one version to the next, and an import that fails would be no addon at
all. Whoever needs another of the kind adds it here.
"""

import time
from collections import OrderedDict
from urllib.parse import urlsplit, urlunsplit

from psycopg2 import errors
from psycopg2.pool import PoolError

# Seconds that are waited for a database connection, when all are in use, and between two tries.
CONNECTION_PATIENCE = 5
CONNECTION_PAUSE = 0.05

try:
    from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
except ImportError:
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY = (
        errors.LockNotAvailable,
        errors.SerializationFailure,
        errors.DeadlockDetected,
    )

try:
    from odoo.tools.translate import get_translation
except ImportError:

    def get_translation(module, lang, source, args):
        """Format the source: a sentence in English is better than none.

        :param str module: The addon whose translations would be looked up.
        :param str lang: The language that is wanted.
        :param str source: The sentence, with named places for the values.
        :param dict args: The values.
        :rtype: str
        """
        return source % args if args else source


try:
    from odoo.tools.lru import LRU
except ImportError:

    class LRU(OrderedDict):
        """A mapping that forgets the keys that were set least recently.

        :param int count: How many keys it remembers.
        """

        def __init__(self, count):
            super().__init__()
            self._count = count

        def __setitem__(self, key, value):  # pylint: disable=missing-return
            super().__setitem__(key, value)
            self.move_to_end(key)
            while len(self) > self._count:
                self.popitem(last=False)


try:
    from odoo.tools.urls import urljoin
except ImportError:

    def urljoin(base, extra):
        """Append a path of ours to the address of this system; its query and fragment go.

        :param str base: The address.
        :param str extra: The path.
        :rtype: str
        """
        scheme, host, path, _query, _fragment = urlsplit(base)
        return urlunsplit((scheme, host, f'{path.rstrip("/")}/{extra.lstrip("/")}', '', ''))


try:
    from odoo.addons.base.models.ir_mail_server import MailDeliveryException
except ImportError:
    # Whatever the sending of a test e-mail fails with, its sender is told.
    MailDeliveryException = Exception


def open_cursor(registry):
    """Open a cursor; if all connections are in use, soon. Odoo's pool has nothing to wait at.

    :param odoo.modules.registry.Registry registry: The registry of the database.
    :rtype: odoo.sql_db.Cursor
    :raise psycopg2.pool.PoolError: If they are in use for long.
    """
    give_up_at = time.monotonic() + CONNECTION_PATIENCE
    while True:
        try:
            return registry.cursor()
        except PoolError:
            if time.monotonic() > give_up_at:
                raise
        time.sleep(CONNECTION_PAUSE)
