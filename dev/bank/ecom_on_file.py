"""What a shop has on file, in the newer gateway.

Source: the bank's OpenAPI 1.0.7. What an order that is declined in recurrentPayment.do is told as
is not in it; the shop's ``declined_charge`` decides.
"""

from typing import Any

from . import charges, codes
from .bank import Bank
from .dialect import Dialect, Incoming
from .merchants import Merchant
from .on_file import OnFile, acs_address
from .orders import Order


class EcomOnFile(OnFile):
    """The newer gateway's, and what it alone has."""

    def __init__(self, bank: Bank, dialect: Dialect):
        super().__init__(bank)
        self._dialect = dialect
        self.methods |= {
            'unbindCard': self.unbind_card,
            'getBindingsByCardOrId': self._get_by_card_or_id,
            'recurrentPayment': self._recur,
            'paymentOrderBySubscription': self._pay_by_subscription,
        }

    def get_bindings(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """Whose they are is left out, as in the bank's example: the caller has just said so."""
        answer = super().get_bindings(incoming, merchant)
        for line in answer['bindings']:
            del line['clientId']
        return answer

    def challenge(self, incoming: Incoming, order: Order) -> dict[str, Any]:
        """A page of the gateway's, which leads the payer to the issuer and back."""
        return {'formUrl': acs_address(incoming, order)}

    def _get_by_card_or_id(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """Those of a card, or those of the payer whose binding is named."""
        self.allow(merchant)
        pan = incoming.parameters.get('pan')
        if pan:
            self.allow(merchant, 'card_search')
        with self.bank.lock:
            if pan:
                found = self.bank.bindings.of_card(merchant.login, pan)
            else:
                client_id = self.find(incoming, merchant).client_id
                found = self.bank.bindings.of_client(merchant.login, client_id)
            return {'bindings': self.listed(incoming, found)}

    def _recur(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """register.do and paymentOrderBinding.do in one, without the payer."""
        self.allow(merchant)
        self.allow(merchant, 'recurring')
        binding = self.find(incoming, merchant)
        binding.require(active=True)
        fields = {
            **incoming.parameters,
            'clientId': binding.client_id,
            'returnUrl': '',
            'jsonParams': {},
        }
        order = self._dialect.open_order(incoming, merchant, fields, two_stage=False)
        charges.pay_by_binding(self.bank, merchant, order, binding, payer_is_there=False)
        with self.bank.lock:
            return self._recurred(incoming, merchant, order)

    def _recurred(self, incoming: Incoming, merchant: Merchant, order: Order) -> dict[str, Any]:
        told = {
            'data': {'orderId': order.order_id, 'orderNumber': order.number},
            'orderStatus': self._dialect.short_status(merchant, order, incoming.language),
        }
        if order.is_paid or merchant.declined_charge == 'accepted':
            return {'success': True, **told}
        description = codes.describe(order.action_code, incoming.language)
        return {'success': False, 'error': {'code': '5', 'description': description}, **told}

    def _pay_by_subscription(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant, 'sbp')
        self.allow(merchant, 'recurring')
        parameters = incoming.parameters
        order = self.bank.order_of(merchant, parameters['orderId'])
        charges.pay_by_subscription(
            self.bank, order, parameters['subscriptionId'], parameters['memberId']
        )
        return {}
