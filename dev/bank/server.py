"""The process around the bank: its socket, its signals, its end."""

import logging
import os
import select
import signal
import ssl
import threading
import time
from typing import Final, NoReturn

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import App

_WATCH_EVERY: Final = 1.0


class _Handler(WSGIRequestHandler):
    """Keeps connections between calls, as the bank does; those who handle calls log them."""

    disable_nagle_algorithm = True  # Else, head and body of an answer are 40 ms apart.

    def log_request(self, code='-', size='-'):
        return

    def send_header(self, keyword, value):
        """Leave out what Werkzeug sends with each answer: that the connection ends with it."""
        if (keyword, value) != ('Connection', 'close'):
            super().send_header(keyword, value)


def serve(app: App, host: str, port: int, tls: tuple[str, str] | None = None):
    """Listen, say so on standard output in one line, and serve until a signal comes.

    :param int port: 0 takes a free one.
    :param tuple tls: PEM files of the certificate (with its chain) and of its key.
    :raise OSError: the port cannot be had.
    """
    # Werkzeug's own greeting would tell people about production servers.
    logging.getLogger('werkzeug').setLevel(logging.ERROR)
    server = make_server(
        host, port, app, threaded=True, request_handler=_Handler, ssl_context=_tls(tls)
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    print(f'bank ready {address(server, bool(tls))}', flush=True)
    server.serve_forever(poll_interval=0.2)


def address(server: BaseWSGIServer, secure: bool) -> str:
    """Where a server listens, as a URL without a path."""
    host = f'[{server.host}]' if ':' in server.host else server.host
    return f'http{"s" if secure else ""}://{host}:{server.port}'


def end_with_parent():
    """End this process as soon as the one that started it is gone."""
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), name='parent', daemon=True).start()


def _watch(parent: int):
    try:
        handle = os.pidfd_open(parent)
    except (AttributeError, OSError):  # no Linux, or too old a one
        while os.getppid() == parent:
            time.sleep(_WATCH_EVERY)
    else:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll()
    os._exit(0)


def _end(_number, _frame) -> NoReturn:
    """End at once: nothing here is worth keeping, and threads may be waiting for shops."""
    os._exit(0)


def _tls(files: tuple[str, str] | None) -> ssl.SSLContext | None:
    if not files:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*files)
    return context
