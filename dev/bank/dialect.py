"""What the two dialects have in common: a call is read, its sender identified, its wish done."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.wrappers import Request

from . import registration
from .bank import Bank
from .clock import is_same_day
from .journal import masked
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
        asked = self.parameters.get('language')
        return 'en' if isinstance(asked, str) and asked.lower() == 'en' else 'ru'


#: Carries one method out: what came, and whose it is, to the answer.
Handler = Callable[[Incoming, Merchant], dict[str, Any]]


class Dialect(ABC):
    """One of the gateway's languages."""

    name: str
    #: Methods of the documents that the dialect's own class carries out.
    own_methods: frozenset[str]
    #: Methods of the documents that a contract allows by exception, and no contract here does.
    withheld_methods: frozenset[str]
    #: Those whose address does not end with ``.do``.
    bare_methods: frozenset[str] = frozenset()

    def __init__(self, bank: Bank):
        self.bank = bank
        self._further = self.further_methods()

    @property
    def methods(self) -> frozenset[str]:
        """All methods that have an address."""
        return self.own_methods | self.withheld_methods | self._further.keys()

    def further_methods(self) -> Mapping[str, Handler]:
        """Methods of the documents that somebody else than the dialect's own class carries out."""
        return {}

    def carry_out(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        """Do what the method is for.

        :raise Refusal: the bank does not do it.
        """
        if incoming.method in self.withheld_methods:
            raise Refusal(Reason.NO_PERMISSION, f'{incoming.method} is in no contract here')
        handler = self._further.get(incoming.method) or getattr(self, f'_{incoming.method}')
        return handler(incoming, merchant)

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

    def open_order(
        self, incoming: Incoming, merchant: Merchant, fields: Mapping[str, Any], two_stage: bool
    ) -> Order:
        """Register an order.

        :param dict fields: as `registration.read` wants them.
        :raise Refusal: with the reason.
        """
        return self.bank.register(
            registration.read(
                merchant,
                fields,
                two_stage=two_stage,
                now=self.bank.clock.now(),
                local_shops=self.bank.local_shops,
                bindings=self.bank.bindings,
                parameters=masked(dict(incoming.parameters)),
            )
        )

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
        self,
        merchant: Merchant | None,
        right_secret: Callable[[Merchant], bool],
        *,
        with_temporary: bool = False,
    ) -> Merchant:
        """Let a caller in who is of this dialect and knows the secret.

        :param bool with_temporary: whether a password will do that must be changed first.
        :raise Refusal: ACCESS_DENIED or MUST_CHANGE_PASSWORD.
        """
        if not merchant:
            raise Refusal(Reason.ACCESS_DENIED, 'no such login')
        if merchant.dialect != self.name:
            raise Refusal(Reason.ACCESS_DENIED, f'a login of the {merchant.dialect} dialect')
        if not right_secret(merchant):
            raise Refusal(Reason.ACCESS_DENIED, 'wrong password')
        if merchant.must_change_password and not with_temporary:
            raise Refusal(Reason.MUST_CHANGE_PASSWORD)
        return merchant
