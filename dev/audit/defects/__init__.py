"""Deliberate defects, as addons that change payment_sberbank in the running Odoo.

An audit that does not notice them proves nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: The folder of the addons.
FOLDER = Path(__file__).parent
#: The addon of each defect.
MODULES = {
    'lock': 'audit_defect_lock',
    'amount': 'audit_defect_amount',
    'sent': 'audit_defect_sent',
}

_PAID: Mapping[str, Any] = {'deed': 'pay', 'register_faults': (), 'meanwhile': ''}

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
}
