"""Links into the payer's banking applications: SberPay and SBP (NSPK's faster payments).

Sources: ``externalParams`` and ``qrAttributes`` of the bank's OpenAPI 1.0.7, and its note on SBP.
"""

import hashlib
import zlib
from collections.abc import Mapping
from typing import Any, Final

from .merchants import Merchant
from .orders import Order
from .refusals import Reason, Refusal

#: The bank that the links of SBP name, as NSPK numbers its members.
MEMBER_ID: Final = '100000000111'

#: ``paymentWay`` of the two.
SBP: Final = 'SBP_C2B'
SBERPAY: Final = 'SBERPAY'

_SBP_TYPES: Final = ('DYNAMIC_QR_SBP', 'SUBSCRIPTION_SBP')
_BINDS_AND_PAYS: Final = 'C2B_SUBSCRIPTION_WITH_PAYMENT'


def subscribes(json_params: Mapping[str, Any]) -> bool:
    """Whether the payer's account is to be bound to the shop when this order is paid."""
    return only_subscribes(json_params) or json_params.get('sbp.scenario') == _BINDS_AND_PAYS


def only_subscribes(json_params: Mapping[str, Any]) -> bool:
    """Whether an order may cost nothing because it binds an account and takes no money."""
    return json_params.get('qrType') == 'SUBSCRIPTION_SBP'


def check(json_params: Mapping[str, Any]):
    """Check what one field of ``jsonParams`` demands of another.

    :raise Refusal: BAD_PARAMETER.
    """
    if subscribes(json_params) and 'sbp.subscriptionPurpose' not in json_params:
        raise Refusal(Reason.BAD_PARAMETER, 'sbp.subscriptionPurpose is missing')


def links(merchant: Merchant, order: Order) -> dict[str, str]:
    """``externalParams`` of the newer gateway: what the order asked for and the contract allows."""
    wanted = order.registration.json_params
    invoice = order.order_id.replace('-', '')
    found = {
        'sbolDeepLink': f'sberpay://invoicing/v2?bankInvoiceId={invoice}'
        '&operationType=Web2App&option=Connect',
    }
    if wanted.get('app2app') in (True, 'true') or wants_bank_code(wanted):
        found['sbolBankInvoiceId'] = invoice
    if wants_bank_code(wanted):
        found['sberPayload'] = f'https://platiqr.ru/?dynamicQr={invoice}'
    if merchant.permissions.sbp and wanted.get('qrType') in _SBP_TYPES:
        found |= {'qrcId': link_id(order), 'sbpPayload': payload(order)}
    return found


def wants_bank_code(json_params: Mapping[str, Any]) -> bool:
    """Whether the bank's own QR code is asked for."""
    by_type = json_params.get('qrType') == 'SBERPAY_DYNAMIC_QR'
    return by_type or json_params.get('sberpay.qr.c2b') in (True, 'true')


def link_id(order: Order) -> str:
    """``qrcId``: the same for an order whenever it is asked."""
    digest = hashlib.sha256(order.order_id.encode()).hexdigest().upper()
    return f'AD1000{digest[:26]}'


def payload(order: Order) -> str:
    """What the QR code of SBP holds: an address that banking applications open."""
    address = f'https://qr.nspk.ru/{link_id(order)}?type=02&bank={MEMBER_ID}'
    if order.amount:
        address += f'&sum={order.amount}&cur=RUB'
    return f'{address}&crc={zlib.crc32(address.encode()) & 0xFFFF:04X}'
