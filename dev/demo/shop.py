"""The shop of the demonstration: its provider, customers and invoices, set up as a person would.

All of it goes through the administrator's web session, nothing through the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from dev.bank.process import BankProcess
from dev.demo.web import log_in
from dev.odoo_server import OdooServer

ADMINISTRATOR = ('admin', 'admin')
#: The shop's contract with the stand-in bank: the older dialect, as most merchants have it.
BANK_LOGIN = 'romashka-api'
BANK_PASSWORD = 'Ромашка+2026&"%"'
CALLBACK_KEY = 'romashka-callback-key'


@dataclass(frozen=True)
class Customer:
    """A customer with access to the portal."""

    name: str
    login: str
    password: str
    #: What was sold, and for how many roubles.
    purchases: tuple[tuple[str, float], ...]


CUSTOMERS = (
    Customer(
        'Анна Петрова',
        'anna@example.com',
        'anna',
        (
            ('Английский язык, октябрь', 4500.00),
            ('Английский язык, ноябрь', 4500.00),
            ('Учебник и рабочая тетрадь', 1234.56),
        ),
    ),
    Customer(
        'Иван Смирнов',
        'ivan@example.com',
        'ivan',
        (('Шахматы, групповые занятия', 3200.00), ('Турнир', 750.50)),
    ),
)


class Shop:
    """A running Odoo that sells lessons and takes payments at the bank.

    :param server: Odoo, on a database with the addon
    :param bank: the stand-in bank
    """

    def __init__(self, server: OdooServer, bank: BankProcess):
        self.server = server
        self.bank = bank
        self._admin = log_in(server.url, *ADMINISTRATOR)
        self._open_contract()
        self._set_up_provider()
        self.invoices = {customer: self._add(customer) for customer in CUSTOMERS}

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model as the administrator."""
        return self._admin.call(
            f'{self.server.url}/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def find(self, model: str, domain: list, fields: list[str]) -> list[dict[str, Any]]:
        """Return the records of a model that match, oldest first."""
        return self.call(model, 'search_read', domain, fields, order='id')

    def _open_contract(self) -> None:
        self.bank.control.put_merchant(
            BANK_LOGIN,
            password=BANK_PASSWORD,
            dialect='rbs',
            name='ООО «Ромашка»',
            callback={
                'method': 'GET',
                'signing': 'symmetric',
                'key': CALLBACK_KEY,
                'parameters': ['mdOrder', 'orderNumber', 'operation', 'status', 'amount'],
            },
        )

    def _set_up_provider(self) -> None:
        parameters = {'web.base.url': self.server.url, 'web.base.url.freeze': 'True'}
        for name, value in parameters.items():
            self.call('ir.config_parameter', 'set_param', name, value)
        (provider,) = self.find('payment.provider', [('code', '=', 'sberbank')], ['name'])
        (journal,) = self.find('account.journal', [('type', '=', 'bank')], ['name'])
        self.call(
            'payment.provider',
            'write',
            [provider['id']],
            {
                'sberbank_gateway': 'custom',
                'sberbank_custom_url': self.bank.rbs_url,
                'sberbank_custom_dialect': 'rbs',
                'sberbank_username': BANK_LOGIN,
                'sberbank_password': BANK_PASSWORD,
                'sberbank_callback_key': CALLBACK_KEY,
                'journal_id': journal['id'],
                'state': 'test',
                'is_published': True,
            },
        )

    def _add(self, customer: Customer) -> list[int]:
        """Create the customer, their access to the portal and their invoices."""
        portal = [('module', '=', 'base'), ('name', '=', 'group_portal')]
        (group,) = self.find('ir.model.data', portal, ['res_id'])
        user_id = self.call(
            'res.users',
            'create',
            {
                'name': customer.name,
                'login': customer.login,
                'email': customer.login,
                'password': customer.password,
                'lang': 'ru_RU',
                'tz': 'Europe/Moscow',
                'group_ids': [[6, 0, [group['res_id']]]],
            },
            context={'no_reset_password': True},
        )
        (user,) = self.find('res.users', [('id', '=', user_id)], ['partner_id'])
        return self._invoice(user['partner_id'][0], customer.purchases)

    def _invoice(self, partner_id: int, purchases: tuple[tuple[str, float], ...]) -> list[int]:
        today = datetime.now(timezone.utc).date()
        invoice_ids = self.call(
            'account.move',
            'create',
            [
                {
                    'move_type': 'out_invoice',
                    'partner_id': partner_id,
                    'invoice_date': today.isoformat(),
                    'invoice_date_due': (today + timedelta(days=7 * number)).isoformat(),
                    'invoice_line_ids': [
                        [0, 0, {'name': what, 'price_unit': roubles, 'tax_ids': [[6, 0, []]]}]
                    ],
                }
                for number, (what, roubles) in enumerate(purchases, start=1)
            ],
        )
        self.call('account.move', 'action_post', invoice_ids)
        return invoice_ids
