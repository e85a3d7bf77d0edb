"""Another app beside the addon, installed in the audit's Odoo: it fails now and then."""

from pathlib import Path

#: The folder of the app, and its name.
FOLDER = Path(__file__).parent
MODULE = 'audit_neighbour'
