"""The shop of the demonstration: its provider, customers and invoices, set up as a person would.

All of it goes through the administrator's web session, nothing through the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from dev.bank.process import BankProcess
from dev.odoo.back_office import ADMINISTRATOR, BackOffice, Sale
from dev.odoo.provider import RECEIPTS, gateway_url, ready_provider
from dev.odoo.server import OdooServer
from dev.odoo.session import Session

#: The shop's contract with the stand-in bank: the older dialect, as most merchants have it.
BANK_LOGIN = 'romashka-api'
BANK_PASSWORD = 'Ромашка+2026&"%"'
CALLBACK_KEY = 'romashka-callback-key'

#: A small school: no VAT, and the payment itself is its revenue, so that one receipt is enough.
SCHOOL_RECEIPTS = {
    **RECEIPTS,
    'sberbank_tax_system': 'usn_income',
    'sberbank_advance_vat': 'none',
    'sberbank_receipt_count': 'one',
}


@dataclass(frozen=True)
class DemoCustomer:
    """A customer with access to the portal."""

    name: str
    login: str
    password: str
    #: What was sold, and for how many kopecks.
    purchases: tuple[tuple[str, int], ...]


CUSTOMERS = (
    DemoCustomer(
        'Анна Петрова',
        'anna@example.com',
        'anna',
        (
            ('Английский язык, октябрь', 4500_00),
            ('Английский язык, ноябрь', 4500_00),
            ('Учебник и рабочая тетрадь', 1234_56),
        ),
    ),
    DemoCustomer(
        'Иван Смирнов',
        'ivan@example.com',
        'ivan',
        (('Шахматы, групповые занятия', 3200_00), ('Турнир', 750_50)),
    ),
)


class DemoShop:
    """A running Odoo that sells lessons and takes payments at the bank.

    :param server: Odoo, on a database with the addon
    :param bank: the stand-in bank
    """

    def __init__(self, server: OdooServer, bank: BankProcess):
        self.server = server
        self.bank = bank
        self.back_office = BackOffice(Session(server.url).log_in(*ADMINISTRATOR))
        self._open_contract()
        self._set_up_provider()
        self.partners = {customer: self._add(customer) for customer in CUSTOMERS}
        self.invoices = {
            customer: self._invoice(customer, partner_id)
            for customer, partner_id in self.partners.items()
        }

    def find(self, model: str, domain: list, fields: list[str]) -> list[dict[str, Any]]:
        """Return the records of a model that match, oldest first."""
        return self.back_office.find(model, domain, fields)

    def _open_contract(self) -> None:
        self.bank.control.put_merchant(
            BANK_LOGIN,
            password=BANK_PASSWORD,
            dialect='rbs',
            name='ООО «Ромашка»',
            fiscal=True,
            callback={
                'method': 'GET',
                'signing': 'symmetric',
                'key': CALLBACK_KEY,
                'parameters': ['mdOrder', 'orderNumber', 'operation', 'status', 'amount'],
            },
        )

    def _set_up_provider(self) -> None:
        self.back_office.freeze_address()
        self.back_office.enable_provider(
            ready_provider(
                gateway_url(self.bank, 'rbs'),
                login=BANK_LOGIN,
                password=BANK_PASSWORD,
                key=CALLBACK_KEY,
                journal_id=self.back_office.journal('bank'),
                **SCHOOL_RECEIPTS,
            )
        )

    def _add(self, customer: DemoCustomer) -> int:
        """Create the customer and their access to the portal; return the partner's id."""
        account = self.back_office.add_customer(customer.name, customer.login, customer.password)
        return account.partner_id

    def _invoice(self, customer: DemoCustomer, partner_id: int) -> list[int]:
        """Create what the customer owes."""
        today = datetime.now(timezone.utc).date()
        return self.back_office.add_invoices(
            Sale(partner_id, kopecks, today + timedelta(weeks=number), what)
            for number, (what, kopecks) in enumerate(customer.purchases, start=1)
        )
