"""Everything that runs the addon on a developer's machine: Odoo, PostgreSQL, the bank, the demo."""
