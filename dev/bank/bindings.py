"""Bindings: cards that payers let a shop keep on file at the bank.

Sources: the chapter on bindings of the bank's OpenAPI 1.0.7 and the table of action codes there.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from . import codes
from .cards import CardEntry
from .clock import in_moscow
from .refusals import Reason, Refusal

#: ``paymentWay`` of an order that was paid by a binding.
WAY: Final = 'CARD_BINDING'

#: Who may put an end to a binding.
SHOP: Final = 'shop'
PAYER: Final = 'payer'
BANK: Final = 'bank'


@dataclass
class Binding:
    """A payer's card at a shop.

    :param str client_id: the shop's name for the payer, ``clientId`` of the order that was paid.
    :param str order_id: the order that made it.
    :param str removed_by: who ended it: SHOP, PAYER or BANK; empty while it is active.
    :param int answer: the action code of charges, when it is not left to the card.
    :param int answers_left: how often ``answer`` is given still, None for ever.
    :param bool asks_code: whether the issuer asks the payer for a code, when it is not left to the
        card.
    """

    binding_id: str
    login: str
    client_id: str
    card: CardEntry
    created_at: float
    order_id: str
    removed_by: str = ''
    answer: int | None = None
    answers_left: int | None = None
    asks_code: bool | None = None

    @property
    def is_active(self) -> bool:
        return not self.removed_by

    def is_expired(self, now: float) -> bool:
        """Whether the card's date has passed.

        Some of the bank's test cards are over already and work all the same; they go on doing so.
        """
        bound, today = (_month(moment) for moment in (self.created_at, now))
        return bound <= self.card.expiration < today

    def take_answer(self, now: float) -> int:
        """The action code of one charge."""
        if self.removed_by:
            return codes.BINDING_FORBIDDEN if self.removed_by == PAYER else codes.BINDING_INACTIVE
        if self.is_expired(now):
            return codes.CARD_EXPIRED
        if self.answer is None:
            return codes.APPROVED
        answer = self.answer
        if self.answers_left is not None:
            self.answers_left -= 1
            if self.answers_left <= 0:
                self.answer = self.answers_left = None
        return answer

    def remove(self, by: str):
        """Put an end to it.

        :raise Refusal: WRONG_BINDING_STATE, it has ended before.
        """
        if not self.is_active:
            raise Refusal(Reason.WRONG_BINDING_STATE, f'removed by the {self.removed_by}')
        self.removed_by = by

    def restore(self, now: float):
        """bindCard.do: take it into use again.

        :raise Refusal: it is in use, the payer has ended it, or the card is over.
        """
        self.require(active=False)
        if self.is_expired(now):
            raise Refusal(Reason.WRONG_BINDING_STATE, 'the card is over')
        self.removed_by = ''

    def extend(self, expiration: str):
        """extendBinding.do: the card was issued anew with this date, ``YYYYMM``."""
        year, month = int(expiration[:4]), int(expiration[4:])
        self.card = replace(self.card, year=year, month=month)

    def require(self, *, active: bool):
        """Check its state.

        :raise Refusal: BINDING_ENDED_BY_PAYER, BINDING_INACTIVE or WRONG_BINDING_STATE.
        """
        if self.removed_by == PAYER:
            raise Refusal(Reason.BINDING_ENDED_BY_PAYER)
        if active and not self.is_active:
            raise Refusal(Reason.BINDING_INACTIVE)
        if not active and self.is_active:
            raise Refusal(Reason.WRONG_BINDING_STATE, 'it is active')

    def view(self, now: float) -> dict[str, Any]:
        """For the control API."""
        return {
            'bindingId': self.binding_id,
            'login': self.login,
            'clientId': self.client_id,
            'orderId': self.order_id,
            'maskedPan': self.card.masked(6),
            'expiryDate': self.card.expiration,
            'active': self.is_active,
            'expired': self.is_expired(now),
            'removed_by': self.removed_by,
            'actionCode': self.answer,
            'times': self.answers_left,
            'challenge': self.asks_code,
        }


class Bindings:
    """All bindings, oldest first."""

    def __init__(self):
        self._by_id: dict[str, Binding] = {}

    def __iter__(self) -> Iterator[Binding]:
        return iter(list(self._by_id.values()))

    def bind(self, login: str, client_id: str, card: CardEntry, order_id: str, now: float):
        """Keep a card on file, without its CVC; one that is on file already stays as it is.

        :return: the binding, and whether it is new.
        """
        for binding in self.of_client(login, client_id):
            if binding.is_active and binding.card.pan == card.pan:
                return binding, False
        card = replace(card, cvc='')
        binding = Binding(str(uuid.uuid4()), login, client_id, card, now, order_id)
        self._by_id[binding.binding_id] = binding
        return binding, True

    def get(self, login: str, binding_id: str) -> Binding:
        """The shop's binding with this id.

        :raise Refusal: BINDING_NOT_FOUND, also for another shop's.
        """
        binding = self._by_id.get(binding_id)
        if not binding or binding.login != login:
            raise Refusal(Reason.BINDING_NOT_FOUND)
        return binding

    def by_id(self, binding_id: str) -> Binding | None:
        return self._by_id.get(binding_id)

    def of_client(self, login: str, client_id: str) -> list[Binding]:
        return [one for one in self if (one.login, one.client_id) == (login, client_id)]

    def of_card(self, login: str, pan: str) -> list[Binding]:
        return [one for one in self if (one.login, one.card.pan) == (login, pan)]


def _month(moment: float) -> str:
    return in_moscow(moment).strftime('%Y%m')
