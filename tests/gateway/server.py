"""A real HTTP server on a loopback port that answers as a test tells it to."""

import contextlib
import io
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DRIP_PAUSE = 0.02  # Seconds.


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to answer with.

    `cut_at` closes the connection after so many bytes of the body. `drips_after` sends the rest
    byte by byte, with pauses, after so many bytes of headers and body.
    """

    body: bytes = b''
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = 'application/json'
    cut_at: int | None = None
    drips_after: int | None = None
    silent: bool = False
    hang_up: bool = False

    @classmethod
    def json(cls, content: object, **options) -> 'Answer':
        return cls(body=json.dumps(content, ensure_ascii=False).encode(), **options)


class ScriptedServer:
    """Answers every request with `answer`, or with the next of `answers` while there are some."""

    def __init__(self, tls: ssl.SSLContext | None = None):
        self.answer = Answer.json({'errorCode': '0'})
        self.answers: list[Answer] = []
        self.received: list[Received] = []
        self.connections = 0
        self._released = threading.Event()
        self._http = _Server(('127.0.0.1', 0), _Handler)
        self._http.scripted = self
        self._scheme = 'https' if tls else 'http'
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f'{self._scheme}://127.0.0.1:{self._http.server_port}/api/'

    @property
    def last(self) -> Received:
        return self.received[-1]

    def __enter__(self) -> 'ScriptedServer':
        self._thread.start()
        return self

    def __exit__(self, *_exception) -> None:
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait_for_end(self, seconds: float | None = None) -> bool:
        """Wait for the end of the test, but no longer than so many seconds."""
        return self._released.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    scripted: ScriptedServer

    def handle_error(self, request, client_address) -> None:
        """Connections that a client gives up, or refuses to trust, are what the tests are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1  # Headers and body leave together.

    def setup(self) -> None:
        super().setup()
        self.server.scripted.connections += 1

    def do_POST(self) -> None:
        scripted = self.server.scripted
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        scripted.received.append(Received(self.command, self.path, dict(self.headers), body))
        answer = scripted.answers.pop(0) if scripted.answers else scripted.answer
        if answer.silent:
            scripted.wait_for_end()
        if answer.silent or answer.hang_up:
            self.close_connection = True
            return
        self._send(answer)

    do_GET = do_POST

    def _send(self, answer: Answer) -> None:
        if answer.drips_after is not None:
            self.wfile = _Dripping(self.connection, answer.drips_after, self.server.scripted)
        self.send_response(answer.status)
        self.send_header('Content-Type', answer.content_type)
        self.send_header('Content-Length', str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = answer.cut_at is not None
        with contextlib.suppress(ConnectionError):  # The client need not read it all.
            self.wfile.write(answer.body[: answer.cut_at])
            self.wfile.flush()

    def log_message(self, *_arguments) -> None:
        """Keep the tests' output clean."""


class _Dripping(io.RawIOBase):
    def __init__(self, connection: socket.socket, drips_after: int, scripted: ScriptedServer):
        self._connection = connection
        self._left = drips_after
        self._scripted = scripted

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:
        self._connection.sendall(content[: self._left])
        for byte in content[self._left :]:
            if self._scripted.wait_for_end(DRIP_PAUSE):
                break
            self._connection.sendall(bytes([byte]))
        self._left = max(0, self._left - len(content))
        return len(content)
