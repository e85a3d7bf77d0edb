"""The methods about what a shop has on file, as far as the dialects agree about them.

Sources: the bank's OpenAPI 1.0.7 and public clients of the older gateway.
"""

import base64
from typing import Any, Final

from . import charges
from .bank import Bank
from .bindings import Binding
from .dialect import Handler, Incoming
from .merchants import Merchant
from .orders import Order, Status
from .refusals import Reason, Refusal
from .way_back import return_address

_IN_PROCESS: Final = (
    'Ваш платёж обработан, происходит переадресация',
    'Your payment has been processed, you are being redirected',
)


class OnFile:
    """Handlers of the methods that both dialects have."""

    def __init__(self, bank: Bank):
        self.bank = bank
        self.methods: dict[str, Handler] = {
            'getBindings': self.get_bindings,
            'bindCard': self.bind_card,
            'paymentOrderBinding': self.pay,
        }

    def get_bindings(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant)
        client_id = incoming.parameters.get('clientId')
        if not client_id:
            raise Refusal(Reason.NO_CLIENT_ID)
        with self.bank.lock:
            found = self.bank.bindings.of_client(merchant.login, client_id)
            return {'bindings': self.listed(incoming, found)}

    def bind_card(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant)
        self.bank.restore_binding(self.find(incoming, merchant))
        return {}

    def unbind_card(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant)
        self.bank.remove_binding(self.find(incoming, merchant))
        return {}

    def pay(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant)
        order = self.bank.order_of(merchant, incoming.parameters.get('mdOrder', ''))
        binding = self.find(incoming, merchant)
        binding.require(active=True)
        payer_is_there = 'AUTO_PAYMENT' not in order.registration.features
        if not payer_is_there:
            self.allow(merchant, 'recurring')
        charges.pay_by_binding(
            self.bank,
            merchant,
            order,
            binding,
            cvc=incoming.parameters.get('cvc', ''),
            payer_ip=incoming.parameters.get('ip', ''),
            payer_is_there=payer_is_there,
        )
        return self.outcome(incoming, merchant, order)

    # --- what the dialects' own methods need ----------------------------------------------------

    @staticmethod
    def allow(merchant: Merchant, permission: str = 'bindings'):
        """Check the contract.

        :raise Refusal: NO_PERMISSION.
        """
        if not getattr(merchant.permissions, permission):
            raise Refusal(Reason.NO_PERMISSION, permission)

    def find(self, incoming: Incoming, merchant: Merchant) -> Binding:
        """The binding that a call names.

        :raise Refusal: BINDING_NOT_FOUND.
        """
        return self.bank.bindings.get(merchant.login, incoming.parameters.get('bindingId', ''))

    def listed(self, incoming: Incoming, found: list[Binding]) -> list[dict[str, Any]]:
        """Those of the bindings that the call wants to see, as the gateway describes them."""
        now = self.bank.clock.now()
        wants_expired, wants_inactive = (
            incoming.parameters.get(name) in (True, 'true')
            for name in ('showExpired', 'showInactive')
        )
        return [
            _described(binding)
            for binding in found
            if wants_inactive or binding.is_active
            if wants_expired or not binding.is_expired(now)
        ]

    def outcome(self, incoming: Incoming, merchant: Merchant, order: Order) -> dict[str, Any]:
        """What paymentOrderBinding.do says after the charge.

        :raise Refusal: DECLINED, where this shop hears of that as an error.
        """
        is_declined = not order.is_paid and order.status is not Status.ACS_STARTED
        if is_declined and merchant.declined_charge == 'error':
            raise Refusal(Reason.DECLINED, f'action code {order.action_code}')
        said = {'info': _IN_PROCESS[incoming.language == 'en']}
        if order.status is Status.ACS_STARTED:
            return {**said, **self.challenge(incoming, order)}
        return {**said, 'redirect': return_address(merchant, order)}

    def challenge(self, incoming: Incoming, order: Order) -> dict[str, Any]:
        """Where the payer has to go to prove who they are: the issuer's own page, with what the
        shop posts there."""
        request = base64.b64encode(order.order_id.encode()).decode()
        return {
            'acsUrl': acs_address(incoming, order),
            'paReq': request,
            'termUrl': incoming.parameters.get('termUrl')
            or f'{incoming.base_url}/pay/{order.order_id}/result',
        }


def acs_address(incoming: Incoming, order: Order) -> str:
    """The issuer's page."""
    return f'{incoming.base_url}/pay/{order.order_id}/acs'


def _described(binding: Binding) -> dict[str, Any]:
    return {
        'bindingId': binding.binding_id,
        'maskedPan': binding.card.masked(6),
        'expiryDate': binding.card.expiration,
        'clientId': binding.client_id,
        'bindingStatus': '1' if binding.is_active else '0',
        'paymentWay': 'CARD',
        'paymentSystem': binding.card.payment_system,
    }
