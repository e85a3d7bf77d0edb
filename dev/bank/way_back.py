"""Where the payer goes after the payment."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from .merchants import ECOM, Merchant
from .orders import Order


def return_address(merchant: Merchant, order: Order) -> str:
    """Where the payer goes back to, as the merchant's dialect writes it; empty for nowhere.

    The older gateway appends ``orderId`` and ``lang``, the newer one nothing, or ``orderId`` for
    some merchants; ``return_affix`` of the merchant tells what differs from that.
    """
    registration = order.registration
    url = registration.return_url if order.is_paid else registration.fail_url
    if urlsplit(url).scheme not in ('http', 'https'):
        return ''
    is_newer = merchant.dialect == ECOM
    affix = {'orderId': order.order_id, 'lang': registration.language}
    if is_newer:
        del affix['lang']
    match merchant.return_affix or ('none' if is_newer else 'append'):
        case 'none':
            return url
        case 'second_question_mark':
            return f'{url}?{urlencode(affix)}'
        case 'double':
            return _append(url, [*affix.items()] * 2)
        case _:
            return _append(url, [*affix.items()])


def _append(url: str, parameters: list[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    query = '&'.join(filter(None, [parts.query, urlencode(parameters)]))
    return urlunsplit(parts._replace(query=query))
