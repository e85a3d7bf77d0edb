"""What a shop has on file, in the older gateway.

Source: public clients of the older gateway, where the bank's OpenAPI does not say it.
"""

from typing import Any

from .bank import Bank
from .dialect import Incoming
from .merchants import Merchant
from .on_file import OnFile
from .refusals import Reason, Refusal


class RbsOnFile(OnFile):
    """The older gateway's."""

    def __init__(self, bank: Bank):
        super().__init__(bank)
        self.methods |= {'unBindCard': self.unbind_card, 'extendBinding': self._extend}

    def get_bindings(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """An empty list is an error in this dialect."""
        answer = super().get_bindings(incoming, merchant)
        wanted = incoming.parameters.get('bindingId')
        answer['bindings'] = [
            line for line in answer['bindings'] if wanted in (None, line['bindingId'])
        ]
        if not answer['bindings']:
            raise Refusal(Reason.BINDING_NOT_FOUND, 'none of this client')
        return answer

    def pay(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        if not incoming.parameters.get('mdOrder'):
            raise Refusal(Reason.EMPTY_ORDER_ID)
        if not incoming.parameters.get('ip'):
            raise Refusal(Reason.BAD_PARAMETER, 'ip is missing')
        return super().pay(incoming, merchant)

    def _extend(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        self.allow(merchant)
        binding = self.find(incoming, merchant)
        expiry = incoming.parameters.get('newExpiry', '')
        if not _is_month(expiry):
            raise Refusal(Reason.BAD_PARAMETER, 'newExpiry')
        with self.bank.lock:
            binding.require(active=True)
            binding.extend(expiry)
        return {}


def _is_month(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit() and 1 <= int(text[4:]) <= 12
