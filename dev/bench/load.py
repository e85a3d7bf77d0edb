"""Whoever sends many requests at once, over a few connections."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from statistics import median
from urllib.parse import urlsplit

#: As many as the bank has been seen to open.
CONNECTIONS = 6
#: Seconds; longer than Odoo lets a request take.
TIMEOUT = 150
#: The answer's header in which the bench's addon says what the request took.
TOOK = 'X-Bench-Took'
#: Instead of an HTTP status, when there was no answer.
NO_ANSWER = 0


@dataclass(frozen=True)
class Request:
    """What is sent.

    :param target: the path with its query
    """

    target: str
    method: str = 'GET'
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back.

    :param began: by the monotonic clock, in seconds
    :param took: database queries, cursors and commits
    """

    status: int
    began: float
    seconds: float
    body: bytes = b''
    took: tuple[int, ...] = ()


@dataclass(frozen=True)
class Volley:
    """What came of many requests."""

    answers: Sequence[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.answers) / self.seconds

    @property
    def statuses(self) -> dict[int, int]:
        """How often there was each HTTP status."""
        return dict(Counter(answer.status for answer in self.answers))

    def took(self, which: int) -> float:
        """Return the median of what a request took: 0 is queries, 1 cursors, 2 commits."""
        return median(answer.took[which] for answer in self.answers if answer.took)


#: Nothing is done for it but what Odoo does for any request.
FLOOR = Request('/bench/floor')


def send_all(
    url: str, requests: Sequence[Request], *, connections: int = CONNECTIONS, apart: float = 0.0
) -> Volley:
    """Send requests as fast as they are answered, each connection one after another.

    :param url: of the server
    :param apart: seconds from the first request of one connection to that of the next
    """
    answers: list[Answer | None] = [None] * len(requests)
    numbers = count()
    start = threading.Barrier(connections + 1)

    def work(place: int) -> None:
        line = _Line(url)
        start.wait()
        time.sleep(place * apart)
        while (number := next(numbers)) < len(requests):
            answers[number] = line.send(requests[number])
        line.close()

    threads = [
        threading.Thread(target=work, args=(place,), daemon=True) for place in range(connections)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return Volley([answer for answer in answers if answer], time.monotonic() - began)


def send(url: str, request: Request) -> Answer:
    """Send one request."""
    return send_all(url, [request], connections=1).answers[0]


class _Line:
    """A connection that is opened anew when the server has closed it."""

    def __init__(self, url: str):
        address = urlsplit(url)
        self._http = HTTPConnection(address.hostname, address.port, timeout=TIMEOUT)

    def send(self, request: Request) -> Answer:
        began = time.monotonic()
        try:
            self._http.request(request.method, request.target, request.body, request.headers)
            response = self._http.getresponse()
            body = response.read()
        except (OSError, HTTPException):
            self.close()
            return Answer(NO_ANSWER, began, time.monotonic() - began)
        took = tuple(map(int, response.headers.get(TOOK, '').split()))
        return Answer(response.status, began, time.monotonic() - began, body, took)

    def close(self) -> None:
        self._http.close()
