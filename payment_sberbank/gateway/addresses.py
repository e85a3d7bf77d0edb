"""Addresses: which are this very machine, and how one is written for the bank."""

import ipaddress
import re
import unicodedata

import requests

from .wording import _lt

__all__ = ['ascii_url', 'is_loopback']


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
