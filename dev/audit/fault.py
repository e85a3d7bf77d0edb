"""What the comparison finds."""

from dataclasses import dataclass


@dataclass
class Fault:
    """An order that is not booked as it should be.

    :param kind: `lost`, `doubled` or `wrong`
    """

    kind: str
    order_number: str
    why: str
