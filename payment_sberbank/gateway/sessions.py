"""Connections to the gateways that are kept between calls, by all threads of a process.

A handshake, and reading the trusted authorities for it, costs far more than a question. But the
other side may close a kept connection at any moment, and then nobody can tell what became of the
call that was just sent over it. So only questions, which change nothing, go over kept connections,
and are put again if one turns out to be closed. What acts has a new connection each time.
"""

import os
import ssl
import threading
import time
from collections import OrderedDict
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager
from urllib3.exceptions import ProtocolError
from urllib3.util.ssl_ import create_urllib3_context

from .deadline import DeadlineAdapter
from .errors import WrongSettings
from .wording import _lt

__all__ = ['kept_session', 'new_session']

# One for each gateway and set of authorities that merchants of this process use.
_MAX_SESSIONS = 16

# Idle connections to a host, for as many threads at a time.
_MAX_IDLE = 16

# Seconds that an idle connection is kept. The usual servers keep them for longer, and so do the
# firewalls between, which forget them without a word.
_LONGEST_IDLE = 20


def new_session(
    *,
    pool_size: int = _MAX_IDLE,
    context: ssl.SSLContext | None = None,
    longest_idle: float | None = None,
) -> requests.Session:
    """Make a session that keeps connections, and nothing else, between calls.

    It gives a whole answer no more time than the read time-out of its request.

    :param pool_size: Connections per host that are kept, for as many threads at a time.
    :param context: Whom to trust, whatever a request says; None to read it anew for each
        connection.
    :param longest_idle: Seconds after which an idle connection is used no more; None for no limit.
    """
    session = requests.Session()
    # Neither the machine's passwords (.netrc) nor its other authorities: only its proxies, which
    # `post` asks for.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = DeadlineAdapter(max_retries=0, pool_maxsize=pool_size)
    if context:
        adapter = _KeptAdapter(context, longest_idle, pool_size)
    session.mount('https://', adapter)
    session.mount('http://', adapter)
    return session


def kept_session(url: str, ca_bundle: str | None, *, is_question: bool) -> requests.Session:
    """Return the session of this process for a gateway.

    Whatever tells merchants apart is in their calls; a session knows nothing of it.

    :param url: An address of the gateway.
    :param ca_bundle: File with the trusted certificate authorities; None for the usual ones.
    :param is_question: Whether the call changes nothing at the bank and may be put again.
    :raise WrongSettings: If the file can't be read.
    """
    host = urlsplit(url)[:2]
    try:
        written_at = Path(ca_bundle).stat().st_mtime_ns if ca_bundle else None
        return _kept.get((host, ca_bundle, written_at), is_question=is_question)
    except OSError as error:
        raise WrongSettings(
            _lt("The certificate bundle can't be read: %(error)s.", error=error)
        ) from error


class _KeptSessions:
    """The sessions that were used last. May be used by several threads."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a process shares no connection with the one that it was forked from."""
        self._lock = threading.Lock()
        self._sessions: OrderedDict[Any, dict[bool, requests.Session]] = OrderedDict()

    def get(
        self, key: tuple[Any, str | None, int | None], *, is_question: bool
    ) -> requests.Session:
        with self._lock:
            if key not in self._sessions:
                context = _load_context(key[1])
                self._sessions[key] = {
                    True: new_session(context=context, longest_idle=_LONGEST_IDLE),
                    False: new_session(context=context, longest_idle=0),
                }
            self._sessions.move_to_end(key)
            # Who still uses one that goes keeps it for as long.
            while len(self._sessions) > _MAX_SESSIONS:
                self._sessions.popitem(last=False)
            return self._sessions[key][is_question]


def _load_context(ca_bundle: str | None) -> ssl.SSLContext:
    # Whether it compares the name of the host, or urllib3 does, depends on the version.
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(cafile=ca_bundle or certifi.where())
    return context


class _KeptAdapter(DeadlineAdapter):
    """Makes all its connections with one context, and renews those that were idle for long."""

    def __init__(self, context: ssl.SSLContext, longest_idle: float | None, pool_size: int):
        self._context = context
        self._longest_idle = longest_idle
        super().__init__(max_retries=0, pool_maxsize=pool_size)

    def init_poolmanager(  # pylint: disable=missing-return
        self, *arguments: Any, **options: Any
    ) -> None:
        """Make the pool manager for direct connections."""
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)
        self._renew_idle(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Return the pool manager for connections through a proxy."""
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        if is_new:
            self._renew_idle(manager)
        return manager

    def cert_verify(  # pylint: disable=missing-return
        self, conn: Any, url: str, verify: Any, cert: Any
    ) -> None:
        """Verify certificates always, by the context, which has the authorities in it."""
        conn.cert_reqs = 'CERT_REQUIRED'
        conn.ca_certs = conn.ca_cert_dir = None

    def _renew_idle(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: type('Pool', (_RenewingPool, pool), {'longest_idle': self._longest_idle})
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }


class _ClosedMeanwhile(ConnectionError):
    """A kept connection was closed by the other side before it answered."""


class _RenewingPool(HTTPConnectionPool):
    """Uses no connection that was idle for long, and puts a call again if a kept one was closed."""

    longest_idle: float | None = None

    def urlopen(self, *arguments: Any, **options: Any) -> Any:
        """Send a request; over the next connection if a kept one was closed meanwhile."""
        while True:
            try:
                return super().urlopen(*arguments, **options)
            except ProtocolError as error:
                # Each such connection is gone by then, and a new one is never taken for kept.
                if not any(isinstance(each, _ClosedMeanwhile) for each in error.args):
                    raise

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection: Any = super()._get_conn(timeout)
        idle = time.monotonic() - getattr(connection, 'used_at', 0)
        if self.longest_idle is not None and idle >= self.longest_idle:
            connection.close()
        connection.is_kept = connection.sock is not None
        return connection

    def _put_conn(self, conn: Any) -> None:  # pylint: disable=missing-return
        if conn:
            conn.used_at = time.monotonic()
        super()._put_conn(conn)

    def _make_request(self, conn: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return super()._make_request(conn, *arguments, **options)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            if conn.is_kept:
                raise _ClosedMeanwhile("A kept connection was closed.") from error
            raise


_kept = _KeptSessions()
os.register_at_fork(after_in_child=_kept.forget)
