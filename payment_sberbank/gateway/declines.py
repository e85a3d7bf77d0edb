"""Why a payment was declined, by kind: what its payer can do, and what the card is worth after it.

Source: the table of `actionCode` in the bank's OpenAPI 1.0.7. Installations know further codes.
"""

from enum import Enum

__all__ = ['Decline', 'is_account_gone', 'is_card_dead', 'kind_of_decline', 'may_pass']


class Decline(Enum):
    """What is in the way of a payment, as far as its payer can do something about it."""

    MONEY = 'money'
    LIMIT = 'limit'
    CARD = 'card'
    DETAILS = 'details'
    CONFIRMATION = 'confirmation'
    ISSUER = 'issuer'
    LATER = 'later'
    ATTEMPTS = 'attempts'
    MERCHANT = 'merchant'
    OTHER = 'other'


_KINDS = {
    Decline.MONEY: {116},
    Decline.LIMIT: {12, 61, 65},
    # Lost and stolen ones among them: whoever holds the card is told no more than that.
    Decline.CARD: {7, 14, 15, 41, 43, 53, 62, 101, 104, 902, -3100, -3101},
    Decline.DETAILS: {82, 106, 111, 1015},
    Decline.CONFIRMATION: {
        999, 2003, 2005, 2014, -2005, -2006, -2010, -2011, -2015, -2016, -2017, -2019, -2020,
    },
    Decline.ISSUER: {1, 5, 75, 81, 93, 107, 118, 120, 239},
    Decline.LATER: {31, 96, 103, 909, 910, 1014, 1018, 1019, -2018},
    Decline.ATTEMPTS: {-2013},
    # What the shop may not do, or was not set up for, at the bank.
    Decline.MERCHANT: {109, 258, 1004, 2016},
}  # fmt: skip
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}

_DEAD_CARDS = {14, 41, 43, 53, 101, 239, -3100, -3101}
# The SBP subscription is not found; there is no such account; its bank ends the subscription.
_GONE_ACCOUNTS = {-5031, 53, 239}
# Without the payer, also what they would have to see to first may be another day.
_MAY_PASS = _KINDS[Decline.LATER] | _KINDS[Decline.MONEY] | {61, 65, -2007}


def kind_of_decline(action_code: int | None) -> Decline:
    """Return the kind of a decline.

    :param action_code: The bank's, if it told one.
    """
    return _KIND_OF.get(action_code or 0, Decline.OTHER)


def is_card_dead(action_code: int | None) -> bool:
    """Tell whether the card will never be charged again."""
    return action_code in _DEAD_CARDS


def is_account_gone(action_code: int | None) -> bool:
    """Tell whether the account that was bound by SBP is bound no more."""
    return action_code in _GONE_ACCOUNTS


def may_pass(action_code: int | None) -> bool:
    """Tell whether the same charge may be taken another day."""
    return action_code in _MAY_PASS
