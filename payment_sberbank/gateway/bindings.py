"""Cards on file (bindings): what an order is told of them, and how the bank lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .calls import CardOnFile, is_binding_id
from .errors import UnexpectedAnswer
from .text import last_month
from .wording import _lt

__all__ = ['Binding', 'card_fields', 'read_bindings']


@dataclass(frozen=True)
class Binding:
    """A card that the bank keeps on file.

    :ivar binding_id: The bank's id.
    :ivar is_active: Whether it can be charged.
    :ivar expiration: The card's last month, `YYYYMM`, if the bank tells it.
    """

    binding_id: str = field(repr=False)
    is_active: bool
    expiration: str | None = field(default=None, repr=False)


def card_fields(card: CardOnFile | None) -> dict[str, object]:
    """Return the fields of register.do that are about cards on file.

    Source: bank's OpenAPI 1.0.7 (`clientId`, `bindingId`, `features`).
    """
    if not card:
        return {}
    return {
        'clientId': card.client_id,
        'bindingId': card.binding_id,
        'features': _feature(card),
    }


def _feature(card: CardOnFile) -> str | None:
    if card.without_payer:
        return 'AUTO_PAYMENT'
    return 'VERIFY' if card.only_verified else None


def read_bindings(answer: Mapping[str, object]) -> tuple[Binding, ...]:
    """Read a successful answer to getBindings.do.

    :raise UnexpectedAnswer: If there is no list, or a card in it has no id: what is not in the list
        is taken for removed.
    """
    listed = answer.get('bindings')
    if not isinstance(listed, list):
        raise UnexpectedAnswer(_lt("The bank's answer has no list of cards on file."))
    return tuple(map(_read, listed))


def _read(line: object) -> Binding:
    if not isinstance(line, dict) or not is_binding_id(line.get('bindingId')):
        raise UnexpectedAnswer(_lt("The bank lists a card on file without its id."))
    # The bank writes "0" and "1"; what it does not say is not held against the card.
    is_active = str(line.get('bindingStatus')) not in ('0', 'False')
    return Binding(
        binding_id=line['bindingId'],
        is_active=is_active,
        expiration=last_month(line.get('expiryDate')),
    )
