"""What became of a payment, for staff, for the verdict and for the history."""

from dataclasses import dataclass, field

from dev.audit.plan import Payment


@dataclass
class Charged:
    """A card that was saved, and what was to be charged to it.

    :param token_id: the card in Odoo
    :param binding_id: the card at the bank
    :param client_id: the customer at the bank
    :param invoice_id: what the money is for
    :param asked: how often Odoo has accepted to charge it
    """

    token_id: int
    binding_id: str
    client_id: str
    invoice_id: int
    asked: int = 0


@dataclass
class Outcome:
    """What became of a payment as far as its payer knows.

    :param order_id: the bank's id of the order whose page was opened, if one was
    :param charged: the card that was left with the shop by it, if one was
    """

    payment: Payment
    order_id: str = ''
    order_number: str = ''
    story: list[str] = field(default_factory=list)
    charged: Charged | None = None

    def tell(self, what: str) -> None:
        self.story.append(what)
