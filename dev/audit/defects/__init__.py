"""Deliberate defects, as addons that change payment_sberbank in the running Odoo.

An audit that does not notice them proves nothing.
"""

from pathlib import Path

#: The folder of the addons.
FOLDER = Path(__file__).parent
#: The addon of each defect.
MODULES = {
    'lock': 'audit_defect_lock',
    'amount': 'audit_defect_amount',
    'sent': 'audit_defect_sent',
}
DEFECTS = tuple(MODULES)
