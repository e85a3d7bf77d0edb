"""The banks that this one can be: sets of settings that a shop names by ``profile``.

What the documents of an edition say stands in its profile. What they leave open, and what was only
seen at somebody else's shop, is spread over the profiles, so that each variant stands in one.
"""

from collections.abc import Mapping
from typing import Any, Final

from .schemas import Mismatch

#: Settings by name of the profile. The README has them as a table.
PROFILES: Final[Mapping[str, Mapping[str, Any]]] = {
    'ecom-1.0.4': {
        'dialect': 'ecom',
        'narrow_numbers': True,
        'unknown_fields': ['dynamicCallbackUrl'],
        'missing_blocks': ['currency', 'attributes'],
        'declined_between_attempts': 6,
        'refund_from': 'next_day',
        'cash_register': {'edition': 'ecom-1.0.4', 'total_in': 'kopecks'},
    },
    'ecom-1.0.7': {
        'dialect': 'ecom',
        'narrow_numbers': True,
        'unknown_fields': ['dynamicCallbackUrl'],
        'missing_blocks': ['currency'],
        'permissions': {'bindings': True, 'verify': True, 'recurring': True},
        'cash_register': {'edition': 'ecom-1.0.7', 'hold': 'at_hold'},
    },
    'ecom-2026': {
        'dialect': 'ecom',
        'return_affix': 'append',
        'permissions': {'sbp': True, 'bindings': True, 'verify': True, 'recurring': True},
        'keeps_verified': True,
        'declined_charge': 'accepted',
        'callback': {'approved_first': True},
    },
    'rbs-2019': {
        'dialect': 'rbs',
        'permissions': {'bindings': True},
        'ignored_fields': ['dynamicCallbackUrl', 'externalRefundId'],
        'missing_blocks': ['paymentAmountInfo', 'operations'],
        'return_affix': 'double',
        'cash_register': {'edition': 'rbs-2019', 'versions': ['1.05']},
    },
    'rbs-2026': {
        'dialect': 'rbs',
        'permissions': {'sbp': True, 'bindings': True, 'verify': True, 'recurring': True},
        'binding_cvc': True,
        'callback': {'method': 'POST', 'signing': 'asymmetric'},
    },
    'white-label': {
        'dialect': 'rbs',
        'theme': 'partner',
        'life': 600,
        'missing_blocks': ['orderNumber'],
        'deposited_means': 'left',
        'return_affix': 'second_question_mark',
        'refund_from': 'next_day',
        'releases_in_parts': True,
        'reverses_completed': True,
        'declined_between_attempts': 6,
        'callback': {'parameters': ['mdOrder', 'operation', 'status']},
    },
}


def complete(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A shop's settings, with its profile's where it has none of its own.

    :raise Mismatch: there is no such profile.
    """
    if 'profile' not in settings:
        return dict(settings)
    name = settings['profile']
    if not isinstance(name, str) or name not in PROFILES:
        raise Mismatch(f'profile: not one of {", ".join(PROFILES)}')
    profile = PROFILES[name]
    completed = {**profile, **settings}
    for group in ('callback', 'permissions', 'cash_register'):
        if isinstance(settings.get(group), dict):
            completed[group] = {**profile.get(group, {}), **settings[group]}
    return completed
