"""Deliberate defects, as addons that change payment_sberbank in the running Odoo.

An audit that does not notice them proves nothing.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.audit.card_odds import Charge
from dev.audit.contracts import CONTRACTS
from dev.env.folders import ADDON
from dev.env.progress import Problem

#: The folder of the addons.
FOLDER = Path(__file__).parent
#: The addon of each defect.
MODULES = {
    'lock': 'audit_defect_lock',
    'amount': 'audit_defect_amount',
    'sent': 'audit_defect_sent',
    'swallow': 'audit_defect_swallow',
    'receipt': 'audit_defect_receipt',
    'charge': 'audit_defect_charge',
}

#: What happens to the machine meanwhile: it works, so that what is found is the defect's.
CALM: Mapping[str, int] = {'ask_all_now': 12}

_PAID: Mapping[str, Any] = {
    'deed': 'pay',
    'register_faults': (),
    'meanwhile': '',
    'neighbour': '',
    'attempt': '',
}

#: What all payments are like, so that a few of them are enough to show the defect.
PROVOCATIONS: Mapping[str, Mapping[str, Any]] = {
    'lock': {
        **_PAID,
        'lie': '',
        'returns': 2,
        'tabs': 4,
        'callback_faults': ({'fault': 'callback_simultaneous', 'value': 5},),
    },
    'amount': {**_PAID, 'lie': 'wrong_amount'},
    'sent': {**_PAID, 'lie': ''},
    'receipt': {
        **_PAID,
        'lie': '',
        'contract': next(one for one in CONTRACTS if one.has_register and not one.holds),
        'afterwards': 'refund_part',
        'afterwards_fault': '',
    },
    'charge': {
        **_PAID,
        'kind': 'card',
        'charge': Charge(
            amount=100_00,
            by='app',
            clicks=1,
            is_at_once=False,
            answer='approved',
            end='',
            faults=({'method': 'paymentOrderBinding', 'fault': 'drop_response_after_commit'},),
            is_killed=False,
            is_repeated=False,
        ),
    },
    'swallow': {**_PAID, 'lie': '', 'kind': 'order', 'neighbour': 'refuses'},
}


def check(module: str, folder: Path = FOLDER) -> None:
    """Make sure that an addon still overrides what it means to break.

    :param module: one of :data:`MODULES`
    :raise Problem: the addon has no such method any more, so that the defect would plant nothing
    """
    method = re.compile(r'def (_sberbank_\w+)\(')
    overridden = set(method.findall((folder / module / '__init__.py').read_text()))
    there = {
        name for path in ADDON.glob('models/*.py') for name in method.findall(path.read_text())
    }
    if missing := overridden - there or not overridden:
        raise Problem(f'{module} breaks nothing: the addon has no {missing or "method of it"}.')
