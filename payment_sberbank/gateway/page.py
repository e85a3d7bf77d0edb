"""The bank's payment page: where a payer may be sent, and how a lost address is found again."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from .addresses import is_loopback

__all__ = ['page_url_for', 'payment_page_allowed']


def payment_page_allowed(
    form_url: str,
    allowed_hosts: Collection[str],
    *,
    base_url: str,
    further_hosts: Collection[str] = (),
) -> bool:
    """Tell whether a payer may be redirected to the `formUrl` that `register` gave.

    It must be https on port 443, without user info, on one of the hosts. A gateway on this very
    machine may show its page at its own origin (scheme, host and port) only, or on the further
    hosts.

    :param form_url: The address to check.
    :param allowed_hosts: Host names of the chosen gateway's payment pages.
    :param base_url: The API base in use.
    :param further_hosts: Host names that an administrator vouches for.
    """
    # Browsers and urlsplit read backslashes, spaces and control characters differently.
    if not re.fullmatch(r'[!-\[\]-~]+', form_url):
        return False
    try:
        page, api = urlsplit(form_url), urlsplit(base_url)
        if '@' in page.netloc or not page.hostname:
            return False
        if is_loopback(api.hostname or ''):
            if _origin(page) == _origin(api):
                return True
            allowed_hosts = ()
        return (
            page.scheme == 'https'
            and page.port in (None, 443)
            and page.hostname in {host.casefold() for host in (*allowed_hosts, *further_hosts)}
        )
    except ValueError:
        return False


def page_url_for(template_form_url: str, template_order_id: str, order_id: str) -> str | None:
    """Build the address of an order's payment page from another order's of the same merchant.

    `register` tells the address only once; its answer can get lost. Only the order id differs
    between two payment pages of a merchant.

    :param template_form_url: A known `formUrl`.
    :param template_order_id: The `orderId` that it belongs to.
    :param order_id: The `orderId` whose page is wanted.
    :return: The address, or None when the known one does not hold its order id.
    """
    if not template_order_id or template_order_id not in template_form_url:
        return None
    return template_form_url.replace(template_order_id, order_id)


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port
