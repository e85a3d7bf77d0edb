"""Each answer says in a header what it took: queries, cursors, commits.

What any request takes before it is known what it wants is not counted: a cursor, and the look
whether another worker has changed the registry or a cache.
"""

import threading

from odoo.http import Application
from odoo.orm.registry import Registry
from odoo.sql_db import Cursor

HEADER = 'X-Bench-Took'

_counts = threading.local()
_serve, _look_for_changes = Application.__call__, Registry.check_signaling
_open, _commit = Cursor.__init__, Cursor.commit


def _count(name):
    setattr(_counts, name, getattr(_counts, name, 0) + 1)


def serve(self, environ, start_response):
    _counts.cursors, _counts.commits = -1, 0

    def start(status, headers, *rest):
        took = (threading.current_thread().query_count, _counts.cursors, _counts.commits)
        return start_response(status, [*headers, (HEADER, ' '.join(map(str, took)))], *rest)

    return _serve(self, environ, start)


def check_signaling(self, *args):
    thread = threading.current_thread()
    before = getattr(thread, 'query_count', 0), getattr(_counts, 'cursors', 0)
    try:
        return _look_for_changes(self, *args)
    finally:
        thread.query_count, _counts.cursors = before


def open_cursor(self, *args, **kwargs):
    _count('cursors')
    _open(self, *args, **kwargs)


def commit(self):
    _count('commits')
    _commit(self)


Application.__call__, Registry.check_signaling = serve, check_signaling
Cursor.__init__, Cursor.commit = open_cursor, commit
