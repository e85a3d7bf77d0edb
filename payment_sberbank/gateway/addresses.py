"""Addresses: which are this very machine, which the bank can call, how one is written for it."""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

import requests

from .wording import _lt, reason_of

__all__ = ['ascii_url', 'callback_obstacle', 'host_of', 'is_loopback']

MAX_CALLBACK_URL_LENGTH = 512

# The ends of names that mean something in one's own network only.
_PRIVATE_DOMAINS = ('.local', '.localhost', '.internal', '.lan', '.home.arpa')


@lru_cache(maxsize=64)  # Most are this system's own, which seldom change.
def ascii_url(url: str) -> str:
    """Write an address in ASCII: the host in punycode, everything else percent-encoded.

    :raise ValueError: If it is not an absolute http(s) address. The reason leaves out what may be
        secret of it: its query and its user info.
    """
    page = repr(re.sub('//[^/]*@', '//', re.split('[?#]', url)[0]))
    if not re.match(r'https?://', url, re.IGNORECASE):
        raise ValueError(_lt("This is not an absolute http(s) address: %(address)s.", address=page))
    if any(unicodedata.category(letter) == 'Cc' for letter in url):  # Older urllib3 takes them.
        raise ValueError(_lt("This is not a valid address: %(address)s.", address=page))
    try:
        return str(requests.Request('GET', url).prepare().url)
    except ValueError:
        raise ValueError(_lt("This is not a valid address: %(address)s.", address=page)) from None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or IP address is this machine itself."""
    if host.casefold() == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def callback_obstacle(url: str, *, only_port: int | None, gateway_url: str) -> str | None:
    """Tell why the bank can't call an address of ours, or None if nothing is known against it.

    :param url: The address, absolute; may hold any letters.
    :param only_port: The one port that the gateway calls, if it calls one only.
    :param gateway_url: Where the gateway is. One on this very machine (for trying things out) can
        call this machine, and by rules of its own; no other one can.
    :return: A sentence for administrators.
    """
    try:
        written = ascii_url(url)
        target = urlsplit(written)
    except ValueError as error:
        return reason_of(error)
    if len(written) > MAX_CALLBACK_URL_LENGTH:
        return _lt(
            "The bank takes no address of more than %(maximum)s characters.",
            maximum=MAX_CALLBACK_URL_LENGTH,
        )
    host = target.hostname or ''
    if is_loopback(host) and is_loopback(host_of(gateway_url)):
        return None
    if target.scheme != 'https':
        return _lt("The address begins with http://, and the bank calls https:// only.")
    if not _is_on_internet(host):
        return _lt("%(host)s is not a host on the internet.", host=host)
    if only_port and (target.port or 443) != only_port:
        return _lt(
            "The address names port %(port)s, and this gateway calls port %(only)s only.",
            port=target.port,
            only=only_port,
        )
    return None


def _is_on_internet(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip('.')
        return '.' in name and not name.endswith(_PRIVATE_DOMAINS)


def host_of(url: str) -> str:
    """Return the host of an address, in small letters, or nothing if it is not an address."""
    try:
        return urlsplit(url).hostname or ''
    except ValueError:
        return ''
