"""A deadline for a whole answer, which neither requests nor urllib3 has.

Their time-out starts anew with each piece of an answer: a byte now and then holds a thread for
hours. Here the read time-out of a request is the time for all of its answer, headers included.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ['DeadlineAdapter']


class DeadlineAdapter(HTTPAdapter):
    """Takes the read time-out for the whole answer, from the moment the request is sent."""

    def init_poolmanager(  # pylint: disable=missing-return
        self, *arguments: Any, **options: Any
    ) -> None:
        """Make the pool manager for direct connections."""
        super().init_poolmanager(*arguments, **options)
        _keep_deadlines(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Return the pool manager for connections through a proxy."""
        is_new = proxy not in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        if is_new:
            _keep_deadlines(manager)
        return manager


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any):
        super().__init__(sock, *arguments, **options)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock, seconds))


class _UntilDeadline(io.RawIOBase):
    """Reads from a socket for so many seconds in all, rather than for each piece."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket, seconds: float):
        self._stream = stream
        self._socket = sock
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: 'WriteableBuffer') -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The whole answer did not come in time.")
        self._socket.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:  # pylint: disable=missing-return
        self._stream.close()
        super().close()


def _keep_deadlines(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _with_deadline(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def _with_deadline(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    connection = type('Connection', (pool.ConnectionCls,), {'response_class': _Response})
    return type('Pool', (pool,), {'ConnectionCls': connection})
