"""The administrator's side of a running Odoo: what a person enters there, through its web session.

Nothing goes through the database.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dev.demo.web import log_in

ADMINISTRATOR = ('admin', 'admin')


class BackOffice:
    """An administrator who has logged in to Odoo.

    :param odoo_url: where Odoo is
    """

    def __init__(self, odoo_url: str):
        self._odoo_url = odoo_url
        self._admin = log_in(odoo_url, *ADMINISTRATOR)

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model."""
        return self._admin.call(
            f'{self._odoo_url}/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def find(self, model: str, domain: list, fields: list[str]) -> list[dict[str, Any]]:
        """Return the records of a model that match, oldest first."""
        return self.call(model, 'search_read', domain, fields, order='id')

    def write_to_provider(self, values: dict[str, Any]) -> None:
        """Set fields of the Sberbank provider."""
        (provider,) = self.find('payment.provider', [('code', '=', 'sberbank')], ['name'])
        self.call('payment.provider', 'write', [provider['id']], values)

    def freeze_address(self) -> None:
        """Keep Odoo from taking its own address from whoever logs in."""
        parameters = {'web.base.url': self._odoo_url, 'web.base.url.freeze': 'True'}
        for name, value in parameters.items():
            self.call('ir.config_parameter', 'set_param', name, value)

    def journal(self, kind: str) -> int:
        """Return the id of the journal of a kind, for example `bank`."""
        (journal,) = self.find('account.journal', [('type', '=', kind)], ['name'])
        return journal['id']

    def add_customer(self, name: str, login: str, password: str, *, language: str = 'ru_RU') -> int:
        """Create a customer with access to the portal.

        :param language: an Odoo language code
        :return: the id of the customer's partner
        """
        portal = [('module', '=', 'base'), ('name', '=', 'group_portal')]
        (group,) = self.find('ir.model.data', portal, ['res_id'])
        user_id = self.call(
            'res.users',
            'create',
            {
                'name': name,
                'login': login,
                'email': login,
                'password': password,
                'lang': language,
                'tz': 'Europe/Moscow',
                'group_ids': [[6, 0, [group['res_id']]]],
            },
            context={'no_reset_password': True},
        )
        (user,) = self.find('res.users', [('id', '=', user_id)], ['partner_id'])
        return user['partner_id'][0]

    def add_invoices(
        self, partner_id: int, purchases: Iterable[tuple[str, float, date]], *, issued: date
    ) -> list[int]:
        """Create and post invoices of one line each.

        :param purchases: what was sold, for how many roubles, and when they are due
        :param issued: the date on the invoices
        :return: their ids
        """
        invoice_ids = self.call(
            'account.move',
            'create',
            [
                {
                    'move_type': 'out_invoice',
                    'partner_id': partner_id,
                    'invoice_date': issued.isoformat(),
                    'invoice_date_due': due.isoformat(),
                    'invoice_line_ids': [
                        [0, 0, {'name': what, 'price_unit': roubles, 'tax_ids': [[6, 0, []]]}]
                    ],
                }
                for what, roubles, due in purchases
            ],
        )
        self.call('account.move', 'action_post', invoice_ids)
        return invoice_ids
