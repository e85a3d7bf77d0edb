"""Which addresses may be called, and how an address is written for the bank."""

import ipaddress
import re
from urllib.parse import urlsplit

import requests

__all__ = ['ascii_url', 'base_url_of', 'is_loopback']


def base_url_of(address: str, api_path: str) -> str:
    """Check the address of a gateway and complete it to an API base that ends with a slash.

    :param address: What an administrator typed.
    :param api_path: The dialect's usual path, for an address without one.
    :raise ValueError: If it is not https (plain http is for a loopback host only), or holds
        credentials, a query or a fragment. The reason is fit to be shown to an administrator.
    """
    address = address.strip()
    if not re.fullmatch(r'[!-\[\]-~]+', address):
        raise ValueError("The gateway's address must be plain ASCII, without spaces.")
    try:
        url = urlsplit(address)
        _ = url.port
    except ValueError as error:
        raise ValueError(f"This is not a valid address: {error}.") from None
    if url.scheme not in ('http', 'https') or not url.hostname:
        raise ValueError("The gateway's address must start with https:// and name a host.")
    if '@' in url.netloc:
        raise ValueError("The gateway's address must not hold a user name or a password.")
    if url.query or url.fragment:
        raise ValueError("The gateway's address must not hold a query or a fragment.")
    if url.scheme == 'http' and not is_loopback(url.hostname):
        raise ValueError(
            "Plain http would send the password in clear: the gateway's address must be https."
        )
    path = url.path.strip('/') or api_path
    return f'{url.scheme}://{url.netloc}/{path}/'


def ascii_url(url: str) -> str:
    """Write an address in ASCII: the host in punycode, everything else percent-encoded.

    :raise ValueError: If it is not an absolute http(s) address.
    """
    if not re.match(r'https?://', url, re.IGNORECASE):
        raise ValueError(f"This is not an absolute http(s) address: {url!r}.")
    return requests.Request('GET', url).prepare().url


def is_loopback(host: str) -> bool:
    """Tell whether a host name or IP address is this machine itself."""
    if host.casefold() == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
