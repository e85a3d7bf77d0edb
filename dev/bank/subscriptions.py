"""Accounts that payers have bound to a shop by SBP.

Source: ``additionalParams`` of notifications and paymentOrderBySubscription in the bank's
OpenAPI 1.0.7.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from . import applications, codes
from .orders import Order


@dataclass
class Subscription:
    """A payer's account.

    :param str member_id: the payer's bank, as NSPK numbers its members.
    :param int answer: the action code of charges; ``codes.SBP_IN_PROCESSING`` leaves them open.
    """

    subscription_id: str
    login: str
    member_id: str
    order_id: str
    link_id: str
    is_active: bool = True
    answer: int = codes.APPROVED

    def details(self) -> dict[str, str]:
        """``additionalParams`` of the notification."""
        return {
            'phone': '*' * 11 + '1232',
            'subscriptionId': self.subscription_id,
            'memberId': self.member_id,
            'extTransactionId': uuid.UUID(self.order_id).hex,
            'qrcId': self.link_id,
        }

    def view(self) -> dict[str, Any]:
        """For the control API."""
        return {
            'subscriptionId': self.subscription_id,
            'login': self.login,
            'memberId': self.member_id,
            'orderId': self.order_id,
            'active': self.is_active,
            'actionCode': self.answer,
        }


class Subscriptions(dict[str, Subscription]):
    """All of them, by ``subscriptionId``, oldest first."""

    def bind(self, order: Order) -> Subscription:
        """Keep the account that an order was paid from."""
        subscription = Subscription(
            uuid.uuid4().hex,
            order.login,
            applications.MEMBER_ID,
            order.order_id,
            applications.link_id(order),
        )
        self[subscription.subscription_id] = subscription
        return subscription
