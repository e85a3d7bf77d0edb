"""What became of a payment, for staff, for the verdict and for the history."""

from dataclasses import dataclass, field

from dev.audit.plan import Payment


@dataclass
class Outcome:
    """What became of a payment as far as its payer knows.

    :param order_id: the bank's id of the order whose page was opened, if one was
    """

    payment: Payment
    order_id: str = ''
    order_number: str = ''
    story: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        self.story.append(what)
