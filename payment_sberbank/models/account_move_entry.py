from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    """Entries that go with another one: transfers between accounts, discounts."""

    _inherit = 'account.move'

    def _sberbank_post_entry(self, label, items):
        """Post an entry that goes with this one, on the same day, in the journal for such entries.

        :param str label: What it is, for accountants.
        :param list[dict] items: The values of its items, in balance.
        :rtype: account.move
        :raise UserError: If the company has no journal for such entries.
        """
        self.ensure_one()
        entry = self.create({
            'move_type': 'entry',
            'journal_id': self._sberbank_find_general_journal().id,
            'date': self.date,
            'ref': label,
            'line_ids': [Command.create(item) for item in items],
        })
        entry.action_post()
        return entry

    def _sberbank_find_general_journal(self):
        company = self.company_id
        journal = company.automatic_entry_default_journal_id or self.env['account.journal'].search(
            [('type', '=', 'general'), ('company_id', 'parent_of', company.id)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for miscellaneous operations. Create one, or"
                    " settle the payment by hand.",
                    company=company.name,
                )
            )
        return journal
