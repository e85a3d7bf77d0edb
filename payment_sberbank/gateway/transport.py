"""One HTTP exchange with the gateway: time-outs, trust, bounded answers, and what went wrong.

Nothing is repeated here, and no redirect is followed: a request that moves money is sent once.
(A question may be, by its session: see `sessions`.)
"""

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError
from urllib3.util.ssl_match_hostname import CertificateError

from .errors import TooManyRequests, Unavailable, UnexpectedAnswer, WrongSettings
from .wording import _lt

__all__ = ['MAX_ANSWER_SIZE', 'Reply', 'check_status', 'environ_proxies', 'post']

# Bytes, decompressed. A status answer with everything in it has some 10 kB.
MAX_ANSWER_SIZE = 1024 * 1024

_CHUNK_SIZE = 16 * 1024
# At once, one of these unfolds to a thousand times its chunk at most.
_ENCODINGS = ('', 'identity', 'gzip', 'deflate')
_DAY = 24 * 60 * 60

# OpenSSL's codes of what is wrong with a certificate (X509_V_ERR_…).
_OUT_OF_TIME = (9, 10)  # CERT_NOT_YET_VALID, CERT_HAS_EXPIRED
_ANOTHER_HOST = (62, 64)  # HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH
# UNABLE_TO_GET_ISSUER_CERT, UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNABLE_TO_VERIFY_LEAF_SIGNATURE
_NO_ISSUER = (2, 20, 21)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, whatever its status.

    :ivar status: HTTP status.
    :ivar body: At most `MAX_ANSWER_SIZE` bytes.
    :ivar retry_after: Seconds that the other side asked us to wait.
    """

    status: int
    body: bytes
    retry_after: int | None = None


def post(
    session: requests.Session,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout: tuple[float, float],
    ca_bundle: str | None,
) -> Reply:
    """Send one POST request and read its answer.

    :param timeout: Seconds to wait for the connection, and for the whole answer.
    :param ca_bundle: File with the trusted certificate authorities; None for the usual ones.
    :raise Unavailable: If no complete answer came, or one that is too large.
    :raise WrongSettings: If the other side's certificate is not trusted.
    """
    try:
        with session.post(
            url,
            data=body,
            headers={'Accept': 'application/json', 'Accept-Encoding': 'identity', **headers},
            timeout=timeout,
            verify=ca_bundle or True,
            proxies=environ_proxies(*urlsplit(url)[:2]),
            allow_redirects=False,
            stream=True,
        ) as response:
            return Reply(
                status=response.status_code,
                body=_read(response),
                retry_after=_seconds(response.headers.get('Retry-After')),
            )
    except (requests.RequestException, OSError) as error:
        # The original holds the request, and with it the password: it must not travel along.
        failure = _failure(error, urlsplit(url).hostname or url, timeout, has_added=bool(ca_bundle))
    raise failure


@lru_cache(maxsize=64)
def environ_proxies(scheme: str, netloc: str) -> dict[str, str]:
    """Return the proxies to a host, by the environment, which is read once in a process.

    :param netloc: The host, with its port if it has one.
    """
    proxies: dict[str, str] = requests.utils.get_environ_proxies(f'{scheme}://{netloc}/')
    return proxies


def check_status(reply: Reply, host: str) -> None:
    """Let HTTP 200 pass: the gateway answers so also when it refuses a call.

    :raise TooManyRequests: HTTP 429.
    :raise Unavailable: HTTP 408 and 5xx.
    :raise UnexpectedAnswer: Any other status below 300.
    :raise WrongSettings: Redirects and the other 4xx.
    """
    status = reply.status
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TooManyRequests(
            _lt("%(host)s takes no more calls for the moment (HTTP 429).", host=host),
            retry_after=reply.retry_after,
        )
    if status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT:
        raise Unavailable(
            _lt("%(host)s is out of order (HTTP %(status)s).", host=host, status=status),
            may_have_reached=True,
            retry_after=reply.retry_after,
        )
    if status < 300:
        raise UnexpectedAnswer(
            _lt("%(host)s answered with HTTP %(status)s.", host=host, status=status)
        )
    raise WrongSettings(
        _lt(
            "%(host)s answered with HTTP %(status)s: %(advice)s",
            host=host,
            status=status,
            advice=_advice(status),
        ),
        may_have_reached=True,
    )


def _advice(status: int) -> str:
    if status < 400:
        return _lt("it sends calls elsewhere. Check the gateway's address.")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return _lt("access denied. Ask the bank whether this server's address is let in.")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return _lt("there is no such call. Check the gateway's address and dialect.")
    return _lt("it does not understand the call. Check the gateway's address and dialect.")


def _read(response: requests.Response) -> bytes:
    # It was asked for plain. What is packed several times would unfold without any bound.
    encoding = response.headers.get('Content-Encoding', 'identity').strip().lower()
    if encoding not in _ENCODINGS:
        raise UnexpectedAnswer(_lt("The bank's answer is packed in a way that was not asked for."))
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_SIZE):
        body += chunk
        if len(body) > MAX_ANSWER_SIZE:
            raise UnexpectedAnswer(_lt("The bank's answer is larger than 1 MiB."))
    return bytes(body)


def _failure(
    error: Exception, host: str, timeout: tuple[float, float], *, has_added: bool
) -> Unavailable | WrongSettings:
    causes = tuple(_causes(error))
    if isinstance(error, requests.exceptions.SSLError):
        for cause in causes:
            # What is wrong with a certificate is a ValueError in every version of urllib3.
            if isinstance(cause, ValueError):
                return WrongSettings(_certificate_advice(cause, host, has_added=has_added))
    if not isinstance(error, requests.RequestException):
        return WrongSettings(_lt("The certificate bundle can't be read: %(error)s.", error=error))
    if isinstance(error, requests.exceptions.ProxyError):
        return Unavailable(
            _lt(
                "%(host)s could not be reached through the proxy that this server is told to use"
                " (https_proxy): %(reason)s.",
                host=host,
                reason=_reason(causes),
            ),
            may_have_reached=False,
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unavailable(
            _lt("This server's name server (DNS) knows no host %(host)s.", host=host),
            may_have_reached=False,
        )
    if isinstance(error, requests.ConnectTimeout):
        return Unavailable(
            _lt(
                "%(host)s could not be reached within %(seconds)g s.", host=host, seconds=timeout[0]
            ),
            may_have_reached=False,
        )
    # requests has no name of its own for an answer that stops half-way.
    if any(isinstance(cause, ReadTimeoutError) for cause in causes):
        return Unavailable(
            _lt(
                "%(host)s gave no whole answer within %(seconds)g s.", host=host, seconds=timeout[1]
            ),
            may_have_reached=True,
        )
    never_connected = any(
        isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes
    )
    reason = _reason(causes)
    if never_connected:
        return Unavailable(
            _lt("%(host)s could not be reached: %(reason)s.", host=host, reason=reason),
            may_have_reached=False,
        )
    return Unavailable(
        _lt("The connection to %(host)s broke: %(reason)s.", host=host, reason=reason),
        may_have_reached=True,
    )


def _certificate_advice(error: ValueError, host: str, *, has_added: bool) -> str:
    reason = getattr(error, 'verify_message', None) or error
    code = getattr(error, 'verify_code', None)
    if code in _OUT_OF_TIME:
        return _lt(
            "The certificate of %(host)s is not valid at this server's time (%(reason)s). Check the"
            " server's clock first; if it is right, tell the bank.",
            host=host,
            reason=reason,
        )
    # urllib3 1.26 compares names by itself.
    if code in _ANOTHER_HOST or isinstance(error, CertificateError):
        return _lt(
            "The certificate that was shown is not that of %(host)s (%(reason)s). Compare the"
            " gateway's address with the one that the bank gave, and ask whether a proxy opens"
            " encrypted connections.",
            host=host,
            reason=reason,
        )
    # OpenSSL says the same whether the host left out a link or its authority is a strange one.
    if code in _NO_ISSUER and has_added:
        return _lt(
            "The certificate of %(host)s is not trusted (%(reason)s): a link is missing between it"
            " and the added root certificates. If its authority is among them, add the intermediate"
            " certificate, too: the host does not send it. If not, add its root certificate.",
            host=host,
            reason=reason,
        )
    return _lt(
        "The certificate of %(host)s is not trusted (%(reason)s). The bank's hosts may use"
        " certificates of the Russian Trusted CA (НУЦ Минцифры): add its root and intermediate"
        " certificates to the trusted ones in the provider's settings.",
        host=host,
        reason=reason,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an exception of requests to what urllib3, ssl and the system said."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        related = (getattr(current, 'reason', None), current.__cause__, current.__context__)
        waiting += (
            cause for cause in (*current.args, *related) if isinstance(cause, BaseException)
        )


def _reason(causes: tuple[BaseException, ...]) -> str:
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return type(causes[-1]).__name__


def _seconds(retry_after: str | None) -> int | None:
    """Read a `Retry-After` header: seconds, or a date. At most a day."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return min(int(retry_after.strip()[:9]), _DAY)
    try:
        moment = parsedate_to_datetime(retry_after).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(0, int(moment - time.time())), _DAY)
