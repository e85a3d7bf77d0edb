"""What is paid of several documents becomes the positions of one receipt."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from ..gateway import Method, Vat
from .lines import Line
from .positions import PREPAYMENT, REST, Position, Terms, lump, part, whole

__all__ = ['Document', 'Policy', 'SeveralRates', 'Transfer', 'compose']

CREDIT = 'Оплата кредита по счёту '


class SeveralRates(ValueError):
    """A credit that is paid back is one position, which can't have the rates of several lines."""


class Transfer(enum.Enum):
    """When what is sold is handed over."""

    AFTER_PAYMENT = 'before'  # paid before it
    AT_PAYMENT = 'at'
    BEFORE_PAYMENT = 'after'


@dataclass(frozen=True)
class Document:
    """A document, and what is paid of it now.

    :ivar name: Its number.
    :ivar lines: Its lines, without advances that are deducted in it.
    :ivar total: What the lines come to, in kopecks.
    :ivar paid: What is paid of it now, in kopecks.
    :ivar transfer: When what it is for is handed over.
    :ivar is_advance: Whether it asks for a part of an order beforehand.
    """

    name: str
    lines: tuple[Line, ...]
    total: int
    paid: int
    transfer: Transfer = Transfer.AFTER_PAYMENT
    is_advance: bool = False

    @property
    def is_whole(self) -> bool:
        """All of it is paid now."""
        return self.paid == self.total and not self.is_advance


@dataclass(frozen=True)
class Policy:
    """What the accountant has decided.

    :ivar own_subject: Whether prepayments keep the subject of what is sold.
    :ivar is_one_receipt: Whether what is paid in full beforehand has one receipt, and no second one
        when it is handed over.
    :ivar late_method: `FULL_PAYMENT` or `CREDIT_PAYMENT`, for what was handed over before.
    :ivar has_credit_vat: Whether the payment of a credit has the rate of what was sold, or none.
    :ivar name_length: Characters that a name may have.
    """

    own_subject: bool = False
    is_one_receipt: bool = False
    late_method: Method = Method.FULL_PAYMENT
    has_credit_vat: bool = False
    name_length: int = 100

    def method_of(self, document: Document) -> Method:
        """Return how a document is paid, by what is true at this moment (tag 1214).

        What is paid in part before or at the transfer is a prepayment: its order at the bank is for
        the part only, and the receipt of the transfer is for the whole.
        """
        if document.transfer is Transfer.BEFORE_PAYMENT and not document.is_advance:
            return self.late_method
        if not document.is_whole:
            return Method.PREPAYMENT
        if self.is_one_receipt or document.transfer is Transfer.AT_PAYMENT:
            return Method.FULL_PAYMENT
        return Method.FULL_PREPAYMENT

    def terms_of(self, method: Method) -> Terms:
        """Return the terms of a method."""
        return Terms(method, own_subject=self.own_subject, name_length=self.name_length)


def compose(documents: Iterable[Document], policy: Policy) -> list[Position]:
    """Return the positions of everything that is paid, which come to the sum of it.

    :param documents: What is paid.
    :param policy: How.
    :raise NothingToSell: If a document deducts all that it is for.
    :raise SeveralRates: If a credit that is paid back would need several rates.
    """
    documents = list(documents)
    credits = [
        document for document in documents if policy.method_of(document) is Method.CREDIT_PAYMENT
    ]
    positions = [_pay_credits(credits, policy)] if credits else []
    for document in documents:
        if document not in credits:
            positions += _pay(document, policy)
    return positions


def _pay(document: Document, policy: Policy) -> list[Position]:
    method = policy.method_of(document)
    terms = policy.terms_of(method)
    if document.is_whole:
        return whole(document.lines, document.paid, terms)
    prefix = REST if method is Method.FULL_PAYMENT else PREPAYMENT
    return part(document.lines, document.paid, terms, '' if document.is_advance else prefix)


def _pay_credits(credits: list[Document], policy: Policy) -> Position:
    """Return the one position that the receipt of a credit's payment may have."""
    rates = {line.vat for document in credits for line in document.lines if line.amount > 0}
    if policy.has_credit_vat and len(rates) > 1:
        raise SeveralRates
    return lump(
        CREDIT + ', '.join(document.name for document in credits),
        sum(document.paid for document in credits),
        rates.pop() if policy.has_credit_vat and rates else Vat.NONE,
        policy.terms_of(Method.CREDIT_PAYMENT),
    )
