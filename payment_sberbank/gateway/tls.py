"""What a gateway shows of itself when an encrypted connection is made. Nothing is sent to it."""

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import urlsplit

import certifi
import requests

from .addresses import host_of

__all__ = ['Tls', 'look_at_tls']


@dataclass(frozen=True)
class Tls:
    """One handshake.

    :ivar protocol: For example "TLSv1.3"; empty if there was no handshake.
    :ivar subject: Whose certificate it is.
    :ivar issuer: The authority that signed it.
    :ivar expires: Its last moment, in UTC; None if it was not trusted.
    :ivar problem: Why there was no handshake, or why it ended; empty if it is trusted.
    """

    protocol: str = ''
    subject: str = ''
    issuer: str = ''
    expires: datetime | None = None
    problem: str = ''


def look_at_tls(url: str, ca_bundle: str | None = None, *, timeout: float = 10) -> Tls:
    """Connect to a gateway as its client would, say nothing, and tell what it showed.

    :param url: Of the gateway.
    :param ca_bundle: File with the trusted certificate authorities; None for the usual ones.
    :param timeout: Seconds for each step.
    """
    address = urlsplit(url)
    host = host_of(url)
    if address.scheme != 'https':
        return Tls(problem="none, calls go over plain http")
    if requests.utils.get_environ_proxies(url):
        return Tls(problem="not looked at, calls go through a proxy")
    context = ssl.create_default_context(cafile=ca_bundle or certifi.where())
    try:
        with (
            socket.create_connection((host, address.port or 443), timeout) as connection,
            context.wrap_socket(connection, server_hostname=host) as encrypted,
        ):
            return _shown(encrypted)
    except ssl.SSLCertVerificationError as error:
        return Tls(problem=f"not trusted, {error.verify_message}")
    except OSError as error:
        return Tls(problem=f"no handshake, {error.strerror or type(error).__name__}")


def _shown(encrypted: ssl.SSLSocket) -> Tls:
    certificate = encrypted.getpeercert() or {}
    return Tls(
        protocol=encrypted.version() or '',
        subject=_common_name(certificate.get('subject')),
        issuer=_common_name(certificate.get('issuer')),
        expires=datetime.fromtimestamp(
            ssl.cert_time_to_seconds(str(certificate['notAfter'])), tz=timezone.utc
        ),
    )


def _common_name(name: object) -> str:
    """Read the name of a `getpeercert` answer: the common name, else the last of its parts."""
    parts = [pair for group in name for pair in group] if isinstance(name, tuple) else []
    return next(
        (value for key, value in parts if key == 'commonName'), parts[-1][1] if parts else ''
    )
