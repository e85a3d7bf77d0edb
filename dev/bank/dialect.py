"""What the two dialects have in common: a call is read, its sender identified, its wish done."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.wrappers import Request

from .bank import Bank
from .clock import is_same_day
from .merchants import Merchant
from .orders import Order
from .refusals import Reason, Refusal


@dataclass(frozen=True)
class Incoming:
    """A call as it came.

    :param str base_url: the address that the caller knows this bank by, for links in the answer.
    """

    method: str
    parameters: Mapping[str, Any]
    base_url: str

    @property
    def language(self) -> str:
        return 'en' if self.parameters.get('language') == 'en' else 'ru'


class Dialect(ABC):
    """One of the gateway's languages."""

    name: str
    methods: frozenset[str]

    def __init__(self, bank: Bank):
        self.bank = bank

    @abstractmethod
    def read(self, request: Request) -> dict[str, Any]:
        """The parameters of a request.

        :raise Refusal: they cannot be read.
        """

    @abstractmethod
    def identify(self, incoming: Incoming) -> Merchant:
        """Whose call this is, checked against the password.

        :raise Refusal: ACCESS_DENIED or MUST_CHANGE_PASSWORD.
        """

    @abstractmethod
    def perform(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """Do what is asked and say so.

        :raise Refusal: the bank does not do it.
        """

    @abstractmethod
    def refuse(self, refusal: Refusal, method: str, language: str) -> dict[str, Any]:
        """The answer of a refused call."""

    def status_of(self, refusal: Refusal) -> int:
        """The HTTP status of a refused call."""
        return 200

    @abstractmethod
    def form_url(self, order: Order, base_url: str) -> str:
        """The address of the order's payment page."""

    def answer(self, incoming: Incoming, forced: Reason | None = None) -> dict[str, Any]:
        """Carry a call out.

        :param Reason forced: refuse it for this reason once its sender is known.
        :raise Refusal: the bank does not do it.
        """
        merchant = self.identify(incoming)
        if forced:
            raise Refusal(forced, 'a fault is switched on')
        for name in merchant.unknown_fields:
            if name in incoming.parameters:
                raise Refusal(Reason.BAD_PARAMETER, f'{name} is not known here')
        heeded = {
            name: value
            for name, value in incoming.parameters.items()
            if name not in merchant.ignored_fields
        }
        return self.perform(replace(incoming, parameters=heeded), merchant)

    @staticmethod
    def check_refund(merchant: Merchant, order: Order, now: float):
        """Let a refund pass that this merchant may make today.

        :raise Refusal: NOT_PERMITTED, or REFUND_TOO_EARLY where a payment is only reversed on the
            day it was made.
        """
        if not merchant.permissions.refund:
            raise Refusal(Reason.NOT_PERMITTED, 'refund')
        is_settled = not order.deposited_at or not is_same_day(order.deposited_at, now)
        if merchant.refund_from == 'next_day' and not is_settled:
            raise Refusal(Reason.REFUND_TOO_EARLY, 'not settled yet')

    def admit(
        self, merchant: Merchant | None, right_secret: Callable[[Merchant], bool]
    ) -> Merchant:
        """Let a caller in who is of this dialect and knows the secret.

        :raise Refusal: ACCESS_DENIED or MUST_CHANGE_PASSWORD.
        """
        if not merchant:
            raise Refusal(Reason.ACCESS_DENIED, 'no such login')
        if merchant.dialect != self.name:
            raise Refusal(Reason.ACCESS_DENIED, f'a login of the {merchant.dialect} dialect')
        if not right_secret(merchant):
            raise Refusal(Reason.ACCESS_DENIED, 'wrong password')
        if merchant.must_change_password:
            raise Refusal(Reason.MUST_CHANGE_PASSWORD)
        return merchant
