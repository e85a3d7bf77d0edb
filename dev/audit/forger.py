"""Somebody who sends notifications in the bank's name."""

import uuid
from typing import Any

import requests

from dev.audit.plan import Payment
from dev.audit.shop import CALLBACK_ROUTE, AuditShop
from dev.odoo.session import TIMEOUT


def forge_notification(shop: AuditShop, payment: Payment, order: dict[str, Any]) -> None:
    """Send what the plan says. It is up to the books to show that it had no effect."""
    if not payment.forgery:
        return
    parameters = {
        'mdOrder': order['orderId'],
        'orderNumber': order['orderNumber'],
        'operation': 'deposited',
        'status': 1,
        **_CHANGES[payment.forgery](),
    }
    url = f'{shop.server.url}{CALLBACK_ROUTE}'
    try:
        if payment.contract.dialect == 'ecom':
            requests.post(url, json=parameters, timeout=TIMEOUT)
        else:
            checksum = {'checksum': uuid.uuid4().hex.upper() * 2}
            requests.get(url, params={**parameters, **checksum}, timeout=TIMEOUT)
    except requests.RequestException:
        return  # the machine is being broken at this moment


_CHANGES = {
    'paid': dict,
    'unknown_order': lambda: {'mdOrder': str(uuid.uuid4()), 'orderNumber': uuid.uuid4().hex},
    'other_order_id': lambda: {'mdOrder': str(uuid.uuid4())},
    'garbage': lambda: {'operation': 'deposited;status;1', 'mdOrder': "'; --"},
}
