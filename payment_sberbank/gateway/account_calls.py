"""The call about accounts that payers have bound by SBP: a charge of one."""

from abc import abstractmethod
from collections.abc import Mapping

from .accounts import Account
from .calls import Call, check_order_id
from .dialects import Dialect

__all__ = ['AccountCalls']


class AccountCalls:
    """The part of a `GatewayClient` that is about bound accounts.

    :ivar Dialect dialect: Of the gateway.
    """

    dialect: Dialect

    @abstractmethod
    def _call(self, call: Call, fields: Mapping[str, object]) -> dict[str, object]:
        """Carry a call out and return its successful answer."""

    def charge_account(self, order_id: str, account: Account) -> None:
        """Have a registered order paid from a bound account (paymentOrderBySubscription).

        The order must have been registered with a description and for that (`BySbp`). The answer
        says only that the charge was taken in: SBP may take its time, and the order tells what came
        of it. Nothing is documented about a second charge of an order, so make one only.

        :raise Refused: If the bank did not take the charge in.
        :raise ValueError: If the gateway has no bound accounts.
        """
        check_order_id(order_id)
        if not self.dialect.has_accounts:
            raise ValueError("This gateway has no accounts bound by SBP.")
        fields = {
            'orderId': order_id,
            'subscriptionId': account.subscription_id,
            'memberId': account.member_id,
        }
        self._call(Call.PAYMENT_ORDER_BY_SUBSCRIPTION, fields)
