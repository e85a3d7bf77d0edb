"""Who issues a fiscal receipt, and who gets it. What can't be right is a `ReceiptError`."""

from dataclasses import dataclass

from .receipt_checks import check, is_text
from .receipt_codes import TaxSystem
from .receipt_text import is_email, is_inn, is_phone
from .wording import _lt

__all__ = ['Buyer', 'Seller']

# Bank's OpenAPI 1.0.7: `paymentAddress`, `fullName`.
_MAX_ADDRESS_LENGTH = 256
_MAX_BUYER_LENGTH = 100


@dataclass(frozen=True)
class Seller:
    """Who issues the receipt.

    :ivar inn: Taxpayer number (tag 1018).
    :ivar email: Of the sender of the receipt (tag 1117).
    :ivar tax_system: As the cash register was registered with (tag 1055).
    :ivar payment_address: Address of the site where people pay (tag 1187).
    :raise ReceiptError: If one of them can't be right.
    """

    inn: str
    email: str
    tax_system: TaxSystem
    payment_address: str

    def __post_init__(self) -> None:
        check(is_inn(self.inn), _lt("The taxpayer number «%(inn)s» is not valid.", inn=self.inn))
        check(
            is_email(self.email),
            _lt("A receipt can't come from the e-mail «%(email)s».", email=self.email),
        )
        check(
            self.payment_address.isascii()
            and self.payment_address.isprintable()
            and 0 < len(self.payment_address) <= _MAX_ADDRESS_LENGTH,
            _lt(
                "The address of payment must be that of the site, in Latin letters, at most"
                " %(maximum)s characters long.",
                maximum=_MAX_ADDRESS_LENGTH,
            ),
        )


@dataclass(frozen=True)
class Buyer:
    """Who gets the receipt. An e-mail or a telephone is needed.

    :ivar email: Where the receipt is sent to (tag 1008).
    :ivar phone: The same, `+7XXXXXXXXXX`.
    :ivar name: Of a company, or of a person (tag 1227).
    :ivar inn: Taxpayer number of a company, or of a person (tag 1228).
    :raise ReceiptError: If there is no contact, or one of them can't be right.
    """

    email: str = ''
    phone: str = ''
    name: str = ''
    inn: str = ''

    def __post_init__(self) -> None:
        check(
            self.email or self.phone,
            _lt("A receipt needs the buyer's e-mail or telephone number."),
        )
        check(
            not self.email or is_email(self.email),
            _lt("A receipt can't be sent to the e-mail «%(email)s».", email=self.email),
        )
        check(
            not self.phone or is_phone(self.phone),
            _lt(
                "A receipt can't be sent to the telephone «%(phone)s», only to +7 and ten digits.",
                phone=self.phone,
            ),
        )
        check(
            not self.name or is_text(self.name, _MAX_BUYER_LENGTH),
            _lt("A receipt can't carry the buyer's name «%(name)s».", name=self.name),
        )
        check(
            not self.inn or is_inn(self.inn),
            _lt("The buyer's taxpayer number «%(inn)s» is not valid.", inn=self.inn),
        )
