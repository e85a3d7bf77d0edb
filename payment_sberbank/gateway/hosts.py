"""Where the gateways are: presets for Sberbank's merchants, and any other address."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from .addresses import is_loopback
from .dialects import ECOM, RBS, Dialect
from .wording import _lt

__all__ = ['GATEWAYS', 'Preset', 'base_url_of']


@dataclass(frozen=True)
class Preset:
    """One of the gateways that serve Sberbank's merchants.

    :ivar name: What an administrator chooses it by.
    :ivar dialect: The dialect that it speaks.
    :ivar test_url: API base of the test stand.
    :ivar live_url: API base of the live gateway.
    :ivar test_page_hosts: Hosts on which the test stand's payment pages are.
    :ivar live_page_hosts: Hosts on which the live payment pages are.
    """

    name: str
    dialect: Dialect
    test_url: str
    live_url: str
    test_page_hosts: frozenset[str]
    live_page_hosts: frozenset[str]

    def url(self, *, live: bool) -> str:
        """Return the API base for a live or a test set-up."""
        return self.live_url if live else self.test_url

    def page_hosts(self, *, live: bool) -> frozenset[str]:
        """Return the hosts that a payer may be sent to."""
        return self.live_page_hosts if live else self.test_page_hosts


_ECOM_TEST_URL = 'https://ecomtest.sberbank.ru/ecomm/gw/partner/api/v1/'
_ECOM_TEST_PAGES = frozenset({'ecomtest.sberbank.ru', 'sbox.payecom.ru'})
_YOOKASSA_URL = 'https://3dsec-payments.yookassa.ru/payment/rest/'
_YOOKASSA_PAGES = frozenset({'3dsec-payments.yookassa.ru', 'yoomoney.ru'})

GATEWAYS = {
    # Old gateway. Source: the bank's documentation of Sberbank register.do.
    'rbs': Preset(
        name="Sberbank: securepayments (GET or form callbacks)",
        dialect=RBS,
        test_url='https://3dsec.sberbank.ru/payment/rest/',
        live_url='https://securepayments.sberbank.ru/payment/rest/',
        test_page_hosts=frozenset({'3dsec.sberbank.ru'}),
        live_page_hosts=frozenset({'securepayments.sberbank.ru'}),
    ),
    # New gateway at the address that merchants are given since 2025.
    'ecom': Preset(
        name="Sberbank: epay (JSON callbacks)",
        dialect=ECOM,
        test_url=_ECOM_TEST_URL,
        live_url='https://epay.sberbank.ru/ecomm/gw/partner/api/v1/',
        test_page_hosts=_ECOM_TEST_PAGES,
        live_page_hosts=frozenset({'payecom.ru', 'epay.sberbank.ru'}),
    ),
    # The same gateway at the address of the bank's OpenAPI 1.0.7 (2024).
    'ecom_earlier': Preset(
        name="Sberbank: ecommerce (earlier address of epay)",
        dialect=ECOM,
        test_url=_ECOM_TEST_URL,
        live_url='https://ecommerce.sberbank.ru/ecomm/gw/partner/api/v1/',
        test_page_hosts=_ECOM_TEST_PAGES,
        live_page_hosts=frozenset({'ecommerce.sberbank.ru', 'payecom.ru', 'epay.sberbank.ru'}),
    ),
    # Merchants whom the bank moved to YooKassa in 2023. Test shops are told from live ones by
    # their credentials only: both are at this address.
    'yookassa': Preset(
        name="YooKassa (merchants moved from Sberbank)",
        dialect=RBS,
        test_url=_YOOKASSA_URL,
        live_url=_YOOKASSA_URL,
        test_page_hosts=_YOOKASSA_PAGES,
        live_page_hosts=_YOOKASSA_PAGES,
    ),
}


@lru_cache(maxsize=64)  # The provider asks for it, and its client makes sure of it.
def base_url_of(address: str, dialect: Dialect) -> str:
    """Check the address of a gateway and complete it to an API base that ends with a slash.

    :param address: What an administrator typed.
    :param dialect: Its usual path completes an address without one.
    :raise ValueError: If it is not https (plain http is for a loopback host only), or holds
        credentials, a query or a fragment. The reason is fit to be shown to an administrator.
    """
    address = address.strip()
    if not re.fullmatch(r'[!-\[\]-~]+', address):
        raise ValueError(
            _lt(
                "The gateway's address holds only Latin letters, digits and signs (ASCII), and no"
                " spaces or backslashes. Check that nothing of it was typed with a Russian keyboard"
                " layout."
            )
        )
    try:
        url = urlsplit(address)
        url.port  # noqa: B018  # It is read to be checked.
    except ValueError as error:
        raise ValueError(
            _lt(
                "The gateway's address is not valid (%(reason)s). Compare it with the one that the"
                " bank gave.",
                reason=str(error),
            )
        ) from None
    if url.scheme not in ('http', 'https') or not url.hostname:
        raise ValueError(
            _lt(
                "The gateway's address must begin with https:// and name a host, for example"
                " https://bank.example/payment/rest/"
            )
        )
    if '@' in url.netloc:
        raise ValueError(
            _lt(
                "The gateway's address must not hold a user name or a password: they have fields of"
                " their own."
            )
        )
    if url.query or url.fragment:
        raise ValueError(
            _lt(
                "The gateway's address must not hold a query or a fragment: leave out the question"
                " mark or the number sign, and what follows it."
            )
        )
    if url.scheme == 'http' and not is_loopback(url.hostname):
        raise ValueError(
            _lt(
                "Plain http is only for this very machine, since it sends the password in clear:"
                " the gateway's address must begin with https://"
            )
        )
    path = url.path.strip('/') or dialect.api_path
    return f'{url.scheme}://{url.netloc}/{path}/'
