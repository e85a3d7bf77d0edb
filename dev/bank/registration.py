"""What must be right about a new order, whichever dialect it is written in.

Source: register.do and registerPreAuth.do in the bank's OpenAPI 1.0.7 and in its later
documents.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from . import applications, credits, ecom_carts, rbs_carts
from .bindings import Bindings
from .cart import SELL, Cart
from .clock import MSK
from .merchants import RBS, Merchant
from .orders import Registration
from .refusals import Reason, Refusal

_FEATURES: Final = frozenset({'VERIFY', 'AUTO_PAYMENT', 'FORCE_SSL', 'FORCE_TDS', 'FORCE_FULL_TDS'})
#: The signs of an order number that no edition of the documents contradicts.
_NARROW_NUMBER: Final = re.compile('[A-Za-z0-9А-Яа-яЁё_-]+')


def read(
    merchant: Merchant,
    fields: Mapping[str, Any],
    *,
    two_stage: bool,
    now: float,
    local_shops: bool,
    bindings: Bindings,
    parameters: Mapping[str, Any],
) -> Registration:
    """Check what a shop asks for beyond the form of its fields.

    :param dict fields: by the gateway's names, in their own types: ``amount`` and
        ``sessionTimeoutSecs`` are integers, ``jsonParams`` and ``orderBundle`` are dicts.
    :param bool local_shops: whether shops on this machine may be called back.
    :param Bindings bindings: the cards on file.
    :param dict parameters: the request to keep for later inspection, masked.
    :raise Refusal: with the reason.
    """
    if fields.get('merchantLogin', merchant.login) != merchant.login:
        raise Refusal(Reason.ACCESS_DENIED, 'merchantLogin is another merchant')
    if two_stage and not merchant.permissions.hold:
        raise Refusal(Reason.NOT_PERMITTED, 'two-stage payments')
    currency = fields.get('currency', '643')
    if currency not in merchant.currencies:
        raise Refusal(Reason.UNKNOWN_CURRENCY, currency)
    features = _features(fields.get('features', ''))
    if merchant.narrow_numbers and not _NARROW_NUMBER.fullmatch(fields['orderNumber']):
        raise Refusal(Reason.BAD_PARAMETER, 'orderNumber')
    json_params = fields.get('jsonParams') or {}
    is_for_nothing = 'VERIFY' in features
    if is_for_nothing and not merchant.permissions.verify:
        raise Refusal(Reason.NO_PERMISSION, 'VERIFY')
    if merchant.dialect != RBS:
        applications.check(json_params)
        is_for_nothing |= applications.only_subscribes(json_params)
    if not fields['amount'] and not is_for_nothing:
        raise Refusal(Reason.WRONG_AMOUNT, 'zero')
    if fields.get('bindingId'):
        _check_binding(merchant, fields, bindings)
    callback_url = fields.get('dynamicCallbackUrl', '')
    if callback_url:
        check_callback_url(merchant, callback_url, local_shops=local_shops)
    bundle = fields.get('orderBundle') or {}
    is_credit = merchant.dialect != RBS and credits.is_credit(bundle)
    if is_credit:
        if not merchant.permissions.credit:
            raise Refusal(Reason.NO_PERMISSION, 'credit')
    else:
        _check_cart(merchant, bundle, fields['amount'], currency)
    return Registration(
        login=merchant.login,
        order_number=fields['orderNumber'],
        amount=fields['amount'],
        currency=currency,
        two_stage=two_stage,
        return_url=fields['returnUrl'],
        fail_url=fields.get('failUrl') or fields['returnUrl'],
        expires_at=_end_of_life(merchant, fields, now),
        language='en' if fields.get('language', '').lower() == 'en' else 'ru',
        description=fields.get('description', ''),
        client_id=fields.get('clientId', ''),
        email=fields.get('email', ''),
        phone=fields.get('phone', ''),
        callback_url=callback_url,
        json_params=json_params,
        features=features,
        stays_verified=merchant.keeps_verified,
        binding_id=fields.get('bindingId', ''),
        has_cart=bool(bundle.get('cartItems')),
        cart=_cart(merchant, bundle, fields),
        is_credit=is_credit,
        autocompletion_at=_moment(fields.get('autocompletionDate'), now),
        parameters=parameters,
    )


def check_callback_url(merchant: Merchant, url: str, *, local_shops: bool):
    """``dynamicCallbackUrl`` must be https, on port 443 for the older gateway.

    No bank calls a shop on its own machine. This one does if it is told to, where it runs beside
    the shop: then plain http is allowed there, on any port.

    :raise Refusal: BAD_PARAMETER.
    """
    try:
        address = urlsplit(url)
        host, port = address.hostname or '', address.port
    except ValueError as error:
        raise Refusal(Reason.BAD_PARAMETER, 'dynamicCallbackUrl: no address') from error
    if is_loopback(host) and address.scheme in ('http', 'https'):
        if local_shops:
            return
        raise Refusal(Reason.BAD_PARAMETER, 'dynamicCallbackUrl: this machine (--local-shops)')
    if not host or address.scheme != 'https':
        raise Refusal(Reason.BAD_PARAMETER, 'dynamicCallbackUrl: not https')
    if merchant.dialect == RBS and port not in (None, 443):
        raise Refusal(Reason.BAD_PARAMETER, 'dynamicCallbackUrl: not on port 443')


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == 'localhost' or host.endswith('.localhost'):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_binding(merchant: Merchant, fields: Mapping[str, Any], bindings: Bindings):
    if not merchant.permissions.bindings:
        raise Refusal(Reason.NO_PERMISSION, 'bindings')
    binding = bindings.get(merchant.login, fields['bindingId'])
    binding.require(active=True)
    if fields.get('clientId') != binding.client_id:
        raise Refusal(Reason.OTHER_BINDING)


def _features(text: str) -> frozenset[str]:
    features = frozenset(text.split(';')) if text else frozenset()
    if features - _FEATURES:
        raise Refusal(Reason.WRONG_FEATURES, ', '.join(sorted(features - _FEATURES)))
    return features


def _end_of_life(merchant: Merchant, fields: Mapping[str, Any], now: float) -> float:
    """``expirationDate`` goes before ``sessionTimeoutSecs``."""
    if date := _moment(fields.get('expirationDate'), now):
        return date
    return now + fields.get('sessionTimeoutSecs', merchant.life)


def _moment(text: str | None, now: float) -> float | None:
    """A date as shops write it, without a zone: Moscow time is meant."""
    if not text:
        return None
    try:
        moment = datetime.strptime(text, '%Y-%m-%dT%H:%M:%S').replace(tzinfo=MSK).timestamp()
    except ValueError as error:
        raise Refusal(Reason.BAD_PARAMETER, 'no such date') from error
    if moment <= now:
        raise Refusal(Reason.BAD_PARAMETER, 'the date is over')
    return moment


def _cart(merchant: Merchant, bundle: Mapping[str, Any], fields: Mapping[str, Any]) -> Cart | None:
    """What the cash register is to print for the order."""
    if merchant.dialect == RBS:
        return rbs_carts.read(merchant, fields)
    if not ecom_carts.is_fiscal(bundle):
        return None
    return ecom_carts.read(merchant, bundle, kind=SELL, amount=fields['amount'], contact=fields)


def _check_cart(merchant: Merchant, bundle: Mapping[str, Any], amount: int, currency: str):
    if not merchant.fiscal and ecom_carts.is_fiscal(bundle):
        raise Refusal(Reason.BAD_PARAMETER, 'fiscal parameters without fiscalisation')
    if not bundle:
        return
    try:
        items = bundle['cartItems']['items']
        total = sum(int(item['itemAmount']) for item in items)
        positions = [str(item['positionId']) for item in items]
        currencies = {str(item.get('itemCurrency', currency)) for item in items}
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(Reason.CART_MISMATCH, 'the cart cannot be read') from error
    if len(set(positions)) < len(positions):
        raise Refusal(Reason.CART_MISMATCH, 'a position comes twice')
    if total != amount:
        raise Refusal(Reason.CART_MISMATCH, f'the positions make {total} kopecks')
    if currencies != {currency}:
        raise Refusal(Reason.CART_MISMATCH, 'another currency in the cart')
