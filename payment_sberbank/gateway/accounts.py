"""Accounts that payers bind by SBP (subscriptions): what an order is told of them, and tells.

Source: bank's OpenAPI 1.0.7 (`qrAttributes`, `SBPSubscriptionResponse`). It has no way to list
accounts or to end a binding: the payer ends it in their bank's application.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .text import clean_letters
from .wording import Sentence, _lt

__all__ = [
    'PURPOSE_MAX_LENGTH',
    'Account',
    'BySbp',
    'attributes_in',
    'bank_of_member',
    'clean_purpose',
    'read_account',
    'sbp_params',
]

PURPOSE_MAX_LENGTH = 256
_PURPOSE_LETTER = re.compile(r'[ -~А-Яа-яЁё№]')

# The banks of most payers, by NSPK's numbers. VTB has two.
_BANKS = {
    '100000000001': _lt("Gazprombank"),
    '100000000004': _lt("T-Bank"),
    '100000000005': _lt("VTB"),
    '100000000007': _lt("Raiffeisenbank"),
    '100000000008': _lt("Alfa-Bank"),
    '100000000111': _lt("Sberbank"),
    '110000000005': _lt("VTB"),
}


@dataclass(frozen=True)
class Account:
    """A payer's account that was bound to the shop.

    :ivar subscription_id: The bank's id of the binding, 32 hexadecimal digits. Whoever knows it
        and the shop's password can charge the account.
    :ivar member_id: The payer's bank, 12 digits, as NSPK numbers the members of SBP.
    :raise ValueError: If a value can't be right: a programming error.
    """

    subscription_id: str = field(repr=False)
    member_id: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _is_account(self.subscription_id, self.member_id):
            raise ValueError("This is no account bound by SBP.")


@dataclass(frozen=True)
class BySbp:
    """That an order is paid by SBP, and whether the payer's account is bound by that.

    :ivar purpose: What the account is bound for, as the payer reads it in their bank's
        application: of `clean_purpose`. None for an order that is paid from a bound account.
    :raise ValueError: If a value can't be right: a programming error.
    """

    purpose: str | None = None

    def __post_init__(self) -> None:
        if self.purpose is not None and self.purpose != clean_purpose(self.purpose):
            raise ValueError("The bank would not take this purpose.")


def clean_purpose(text: str | None) -> str | None:
    """Make a purpose that the bank takes (`sbp.subscriptionPurpose`).

    :return: 1 to 256 characters, or None when nothing is left.
    """
    return clean_letters(text or '', _PURPOSE_LETTER, PURPOSE_MAX_LENGTH) or None


def sbp_params(sbp: BySbp) -> dict[str, object]:
    """Return the `jsonParams` of register.do for an order that is paid by SBP."""
    if sbp.purpose is None:
        return {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2B'}
    return {
        'qrType': 'DYNAMIC_QR_SBP',
        'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT',
        'sbp.subscriptionPurpose': sbp.purpose,
    }


def attributes_in(answer: Mapping[str, object]) -> list[tuple[object, object]]:
    """Return the names and values of an order's `attributes`, which are a list or an object."""
    attributes = answer.get('attributes')
    if isinstance(attributes, dict):
        return list(attributes.items())
    lines = attributes if isinstance(attributes, list) else []
    return [(line.get('name'), line.get('value')) for line in lines if isinstance(line, dict)]


def read_account(answer: Mapping[str, object]) -> Account | None:
    """Read which account was bound by paying an order, from the order's own status.

    :return: None also if it can't be told for sure: one that is wrong must not be charged.
    """
    attributes = attributes_in(answer)
    found = [
        {value for name, value in attributes if name == wanted and isinstance(value, str)}
        for wanted in ('subscriptionId', 'memberId')
    ]
    if any(len(values) != 1 for values in found):
        return None
    subscription_id, member_id = (values.pop() for values in found)
    return Account(subscription_id, member_id) if _is_account(subscription_id, member_id) else None


def bank_of_member(member_id: str) -> Sentence:
    """Return the name of a bank that takes part in SBP, or its number there."""
    return _BANKS.get(member_id) or _lt("bank %(number)s", number=member_id)


def _is_account(subscription_id: str, member_id: str) -> bool:
    return bool(
        re.fullmatch('[0-9a-f]{32}', subscription_id) and re.fullmatch('[0-9]{12}', member_id)
    )
