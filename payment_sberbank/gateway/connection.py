"""Whether a gateway lets a login in, asked with nothing that has an effect; what to do if not."""

import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from .addresses import host_of
from .calls import Credentials, NewOrder
from .client import GatewayClient
from .dialects import DIALECTS, Dialect
from .errors import GatewayError, Refused, TooManyRequests, Unavailable, UnexpectedAnswer
from .hosts import GATEWAYS, base_url_of
from .text import order_number
from .wording import Sentence, _lt

__all__ = ['UNKNOWN_ID', 'Place', 'advise', 'find_home', 'other_places', 'try_login']

#: The bank's id of an order that can't be.
UNKNOWN_ID = '00000000-0000-0000-0000-000000000000'

_ONE_ROUBLE = 100

# Seconds that each of the other places may take to answer.
_PATIENCE = 4


@dataclass(frozen=True)
class Place:
    """Where a login may belong.

    :ivar dialect: What is spoken there.
    :ivar url: API base.
    :ivar code: Of the preset; None for the same address in another dialect.
    :ivar is_live: Whether it is the preset's live gateway, not its test stand.
    """

    dialect: Dialect
    url: str
    code: str | None = None
    is_live: bool = False


def try_login(client: GatewayClient, shop_url: str) -> None:
    """Find out whether the bank lets a login in.

    An order is asked for that can't be. Where the answer can't be told from "access denied" (code
    5 of the newer dialect means both; bank's OpenAPI 1.0.7), an order of 1 rouble is registered and
    declined again.

    :param client: Of the gateway, with the login.
    :param shop_url: Address of the shop, for the order of 1 rouble.
    :raise GatewayError: If it is not let in, or nobody can tell.
    """
    try:
        client.get_order_status_extended(order_id=UNKNOWN_ID)
    except Refused as refusal:
        if not refusal.may_mean_not_found:
            raise
        if refusal.code == '5':
            _register_and_decline(client, shop_url)


def other_places(code: str | None, url: str, dialect: Dialect) -> Iterator[Place]:
    """Name the places where a login may belong that is not let in: the likeliest first.

    A login is shown to nobody new: all of them are the same host, or belong to the same domain.

    :param code: The chosen preset; None for an address of one's own.
    :param url: Where the login was tried.
    :param dialect: What was spoken there.
    """
    if code is None:
        address = urlsplit(url)
        for other in DIALECTS.values():
            if other is not dialect:
                yield Place(other, base_url_of(f'{address.scheme}://{address.netloc}/', other))
        return
    was_live = url == GATEWAYS[code].live_url
    seen = {url}
    presets = sorted(GATEWAYS.items(), key=lambda item: item[0] != code)
    for is_live in (was_live, not was_live):
        for name, preset in presets:
            place = Place(preset.dialect, preset.url(live=is_live), name, is_live)
            if place.url not in seen and _domain(place.url) == _domain(url):
                seen.add(place.url)
                yield place


def find_home(
    places: Iterable[Place],
    credentials: Credentials,
    shop_url: str,
    *,
    ca_bundle: str | None = None,
    time_limit: float | None = None,
) -> Place | None:
    """Return the first place that lets a login in.

    :param places: Where to try.
    :param shop_url: As for `try_login`.
    :param ca_bundle: File with the trusted certificate authorities.
    :param time_limit: Seconds that all of them may take together; None for no limit.
    """
    deadline = None if time_limit is None else time.monotonic() + time_limit
    for place in places:
        try:
            client = GatewayClient(
                place.dialect,
                place.url,
                credentials,
                ca_bundle=ca_bundle,
                connect_timeout=_PATIENCE,
                read_timeout=_PATIENCE,
                time_limit=deadline and deadline - time.monotonic(),
            )
            try_login(client, shop_url)
        except (GatewayError, ValueError):  # ValueError: another dialect takes no such login.
            continue
        return place
    return None


def advise(error: GatewayError) -> str:
    """Say what a person should do about a login that is not let in."""
    if isinstance(error, Refused) and error.code == '5':
        return _advise_on_access(error)
    if isinstance(error, Refused):
        return _lt(
            "The bank knows the login, but does not serve it. %(detail)s", detail=error.detail
        )
    if isinstance(error, UnexpectedAnswer):
        return _lt(
            "What answered is not the bank's interface: its page about maintenance, a proxy, or"
            " another site. Try again in a few minutes; if it stays so, compare the gateway's"
            " address with the one that the bank gave. %(detail)s",
            detail=error.detail,
        )
    if isinstance(error, TooManyRequests) or (
        isinstance(error, Unavailable) and error.may_have_reached
    ):
        return _lt("%(detail)s Try again in a few minutes.", detail=error.detail)
    if isinstance(error, Unavailable):
        return _lt(
            "%(detail)s Nothing was reached: check the address, the name server (DNS), the firewall"
            " and the proxy, and ask the bank whether this server's address is let in.",
            detail=error.detail,
        )
    return error.detail


def _advise_on_access(error: Refused) -> Sentence:
    # Only a hint is drawn from the bank's words.
    said = error.message.casefold()
    if 'сменить' in said or 'change' in said:
        return _lt(
            "The password is a temporary one: change it in the bank's cabinet first, then enter the"
            " new one."
        )
    return _lt("The user name or the password is wrong, or belongs to another gateway.")


def _register_and_decline(client: GatewayClient, shop_url: str) -> None:
    number = order_number('CONNECTION', secrets.token_hex(8))
    order = NewOrder(number, _ONE_ROUBLE, shop_url, language=None, session_timeout_secs=None)
    client.decline(client.register(order).order_id)


def _domain(url: str) -> list[str]:
    return host_of(url).split('.')[-2:]
