"""All orders, found by the bank's id and by the shop's number without looking through them."""

import uuid
from collections.abc import Iterator

from .orders import Order, Registration
from .refusals import Reason, Refusal


class Orders:
    """The order book. A number is unique for a login, forever."""

    def __init__(self):
        self._by_id: dict[str, Order] = {}
        self._by_number: dict[tuple[str, str], Order] = {}

    def __iter__(self) -> Iterator[Order]:
        """Oldest first."""
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, registration: Registration, now: float) -> Order:
        """Register an order.

        :raise Refusal: this login has used the number before.
        """
        place = (registration.login, registration.order_number)
        if place in self._by_number:
            raise Refusal(Reason.DUPLICATE_NUMBER, registration.order_number)
        order = Order(str(uuid.uuid4()), registration, now)
        order.history.append((now, "registered"))
        self._by_id[order.order_id] = order
        self._by_number[place] = order
        return order

    def by_id(self, order_id: str) -> Order | None:
        return self._by_id.get(order_id)

    def by_number(self, login: str, number: str) -> Order | None:
        return self._by_number.get((login, number))
