"""A real HTTP server that stands where a shop would take its notifications."""

import threading
from dataclasses import dataclass

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


@dataclass(frozen=True)
class Notice:
    """What came."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    json: dict | None
    agent: str

    @property
    def parameters(self) -> dict:
        return self.json or self.form or self.query


class _Quiet(WSGIRequestHandler):
    def log_request(self, code='-', size='-'):
        return


class Receiver:
    """Takes notifications and answers what it is told to, 200 by default."""

    def __init__(self):
        self.notices: list[Notice] = []
        self.answers: list[int] = []
        self._arrived = threading.Condition()
        self._server = make_server(
            '127.0.0.1', 0, self._answer, threaded=True, request_handler=_Quiet
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True
        )

    def __enter__(self) -> 'Receiver':
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self._server.server_port}/callback'

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Notice]:
        """The notices, once there are ``count`` of them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.notices) >= count, timeout), (
                f'{len(self.notices)} of {count} notifications came'
            )
            return list(self.notices)

    def _answer(self, environ, start_response):
        request = Request(environ)
        notice = Notice(
            request.method,
            request.path,
            request.args.to_dict(),
            request.form.to_dict(),
            request.get_json() if request.is_json else None,
            request.user_agent.string,
        )
        with self._arrived:
            self.notices.append(notice)
            status = self.answers.pop(0) if self.answers else 200
            self._arrived.notify_all()
        headers = {'Location': '/elsewhere'} if 300 <= status < 400 else {}
        return Response('', status, headers)(environ, start_response)
