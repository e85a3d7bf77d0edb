"""Each answer says in a header what it took: queries, cursors, commits."""

import threading

from odoo.http import Application
from odoo.sql_db import Cursor

HEADER = 'X-Bench-Took'

_counts = threading.local()
_serve, _open, _commit = Application.__call__, Cursor.__init__, Cursor.commit


def _count(name):
    setattr(_counts, name, getattr(_counts, name, 0) + 1)


def serve(self, environ, start_response):
    _counts.cursors = _counts.commits = 0

    def start(status, headers, *rest):
        took = (threading.current_thread().query_count, _counts.cursors, _counts.commits)
        return start_response(status, [*headers, (HEADER, ' '.join(map(str, took)))], *rest)

    return _serve(self, environ, start)


def open_cursor(self, *args, **kwargs):
    _count('cursors')
    _open(self, *args, **kwargs)


def commit(self):
    _count('commits')
    _commit(self)


Application.__call__, Cursor.__init__, Cursor.commit = serve, open_cursor, commit
