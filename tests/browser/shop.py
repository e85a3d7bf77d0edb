"""The shop that the browsers visit: a running Odoo, its contracts with the bank, and its sales."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from dev.bank.process import BankProcess
from dev.env.waiting import wait_until
from dev.odoo.back_office import ADMINISTRATOR, Account, BackOffice, Sale
from dev.odoo.money import to_kopecks, to_roubles
from dev.odoo.provider import RECEIPTS, gateway_url, ready_provider
from dev.odoo.server import OdooServer
from dev.odoo.session import Session

COMPANY = 'ООО «Ромашка»'
PASSWORD = 'P@ss"word%s2026'
CALLBACK_KEY = 'callback-key-of-the-browser-tests'
#: Seconds; far less than until the job's next turn by the clock.
BOOKING_LIMIT = 20


@dataclass(frozen=True)
class Invoice:
    """A posted invoice."""

    id: int
    path: str
    #: Kopecks.
    amount: int


class VisitedShop:
    """A running Odoo with the addon installed, and the stand-in bank.

    :param server: Odoo
    :param bank: the bank
    """

    administrator = Account(*ADMINISTRATOR)

    def __init__(self, server: OdooServer, bank: BankProcess):
        self.url = server.url
        self.bank = bank
        self.back_office = BackOffice(Session(server.url).log_in(*ADMINISTRATOR))
        self.back_office.freeze_address()
        self._count = itertools.count(1)
        self._regulars: dict[str, Account] = {}
        #: What the provider is set up for, if by us.
        self._dialect = ''

    def login_at_bank(self, dialect: str) -> str:
        """Return the shop's API login at the bank's gateway of a dialect, `rbs` or `ecom`."""
        return f'romashka-{dialect}-api'

    def gateway_url(self, dialect: str) -> str:
        """Return the address of the bank's gateway of a dialect."""
        return gateway_url(self.bank, dialect)

    def open_contract(
        self,
        dialect: str,
        *,
        fiscal: bool = False,
        terms: dict[str, Any] | None = None,
        **callback: Any,
    ) -> None:
        """Agree with the bank on access to one of its gateways, which has no faults then.

        :param fiscal: whether there is a cash register behind it
        :param terms: more of the contract
        :param callback: how the bank notifies the shop, if it is not to be told with each order
        """
        signed = {'signing': 'symmetric', 'key': CALLBACK_KEY} if dialect == 'rbs' else {}
        self.bank.control.put_merchant(
            self.login_at_bank(dialect),
            password=PASSWORD,
            dialect=dialect,
            name=COMPANY,
            fiscal=fiscal,
            callback={**signed, **callback},
            **(terms or {}),
        )
        self.bank.control.faults(self.login_at_bank(dialect))

    def keep_cards(self, dialect: str) -> None:
        """Have cards kept on file, by the contract and by the provider; the bank asks for codes."""
        self.take_payments(dialect)
        permissions = {'bindings': True, 'verify': True, 'recurring': True}
        self.open_contract(dialect, terms={'permissions': permissions, 'binding_cvc': True})
        self.back_office.write_to_provider({'allow_tokenization': True})

    @contextmanager
    def keeping_accounts(self) -> Iterator[None]:
        """Have SBP accounts bound, by the contract and by the provider; the newer gateway does."""
        self.take_payments('ecom')
        self.open_contract('ecom', terms={'permissions': {'sbp': True, 'recurring': True}})
        self.back_office.write_to_provider({
            'allow_tokenization': True,
            'sberbank_binds_accounts': True,
        })
        try:
            yield
        finally:
            self.back_office.write_to_provider({'sberbank_binds_accounts': False})

    @contextmanager
    def holding_money(self) -> Iterator[None]:
        """Have money held, and holds taken in several parts; the older gateway allows that."""
        self.take_payments('rbs')
        self.open_contract('rbs', terms={'permissions': {'multi_completion': True}})
        # SBP holds no money, and Odoo wants it switched off then.
        (sbp,) = self.back_office.find('payment.method', [('code', '=', 'sbp')], ['id'])
        settings = ('capture_manually', 'sberbank_captures_in_parts')
        self.back_office.write_to_provider({'payment_method_ids': [[3, sbp['id']]]})
        self.back_office.write_to_provider(dict.fromkeys(settings, True))
        try:
            yield
        finally:
            self.back_office.write_to_provider(dict.fromkeys(settings, False))
            self.back_office.write_to_provider({'payment_method_ids': [[4, sbp['id']]]})

    def take_payments(self, dialect: str) -> None:
        """Have the provider enabled at the gateway of a dialect."""
        self.open_contract(dialect)
        if dialect == self._dialect:
            return
        self.back_office.enable_provider(
            ready_provider(
                self.gateway_url(dialect),
                dialect=dialect,
                login=self.login_at_bank(dialect),
                password=PASSWORD,
                key=CALLBACK_KEY if dialect == 'rbs' else '',
                journal_id=self.back_office.journal('bank'),
            )
        )
        self._dialect = dialect

    @contextmanager
    def sending_receipts(self, dialect: str) -> Iterator[None]:
        """Take payments at the gateway of a dialect, with receipts of the register behind it."""
        self.take_payments(dialect)
        self.open_contract(dialect, fiscal=True)
        self.back_office.write_to_provider(RECEIPTS)
        try:
            yield
        finally:
            self.back_office.write_to_provider({'sberbank_receipts': 'off'})

    def forget_provider(self) -> None:
        """Put the provider's settings back to what they are after the installation."""
        self._dialect = ''
        self.back_office.write_to_provider({
            'state': 'disabled',
            'is_published': False,
            'sberbank_gateway': 'rbs',
            'sberbank_custom_url': False,
            'sberbank_custom_dialect': 'rbs',
            'sberbank_username': False,
            'sberbank_password': False,
            'sberbank_callback_key': False,
            'sberbank_staff_email': False,
            'journal_id': False,
        })

    def provider(self, *fields: str, language: str = 'en_US') -> dict[str, Any]:
        """Return fields of the provider as they are stored."""
        (provider,) = self.back_office.call(
            'payment.provider',
            'search_read',
            [('code', '=', 'sberbank')],
            list(fields),
            context={'lang': language},
        )
        return provider

    def journal_name(self, kind: str, language: str) -> str:
        """Return what the journal of a kind, for example `cash`, is called in a language."""
        (journal,) = self.back_office.call(
            'account.journal',
            'read',
            [self.back_office.journal(kind)],
            ['name'],
            context={'lang': language},
        )
        return journal['name']

    def label(self, field: str, value: str, language: str) -> str:
        """Return what a choice of a field of the provider is called in a language."""
        description = self.back_office.call(
            'payment.provider', 'fields_get', [field], ['selection'], context={'lang': language}
        )
        return dict(description[field]['selection'])[value]

    def speak_to_administrator(self, language: str) -> None:
        """Set the language of the administrator's pages."""
        (user,) = self.back_office.find(
            'res.users', [('login', '=', self.administrator.login)], ['lang']
        )
        self.back_office.call('res.users', 'write', [user['id']], {'lang': language})

    def regular(self, language: str) -> Account:
        """Return a customer who has been here before, with access to the portal.

        :param language: an Odoo language code
        """
        if language not in self._regulars:
            self._regulars[language] = self.add_customer(language)
        return self._regulars[language]

    def add_customer(self, language: str) -> Account:
        """Create a customer with access to the portal.

        :param language: an Odoo language code
        """
        number = next(self._count)
        # Odoo's header has no room for a longer one on the smallest telephone.
        name = {'ru_RU': f'Анна Ким {number}', 'en_US': f'Anna Kim {number}'}[language]
        login = f'anna{number}@example.com'
        return self.back_office.add_customer(name, login, login, language=language)

    def sell(self, customer: Account, kopecks: int) -> Invoice:
        """Issue an invoice to a customer, due today."""
        today = datetime.now(timezone.utc).date()
        sale = Sale(customer.partner_id, kopecks, today, 'Английский язык, ноябрь')
        (invoice_id,) = self.back_office.add_invoices([sale])
        return Invoice(invoice_id, f'/my/invoices/{invoice_id}', kopecks)

    def credit(self, invoice: Invoice, kopecks: int) -> int:
        """Issue a credit note for a part of an invoice, and return its id."""
        credit_note_id = self.back_office.call(
            'account.move',
            'copy',
            [invoice.id],
            {'move_type': 'out_refund', 'reversed_entry_id': invoice.id},
        )[0]
        (note,) = self.back_office.find(
            'account.move', [('id', '=', credit_note_id)], ['invoice_line_ids']
        )
        price = {'price_unit': to_roubles(kopecks), 'tax_ids': [[6, 0, []]]}
        line_ids = note['invoice_line_ids']
        self.back_office.call(
            'account.move',
            'write',
            [credit_note_id],
            {'invoice_line_ids': [[1, line_ids[0], price]]},
        )
        self.back_office.call('account.move', 'action_post', [credit_note_id])
        return credit_note_id

    def is_settled(self, move_id: int) -> bool:
        """Tell whether nothing of an invoice or a credit note is open."""
        (found,) = self.back_office.find(
            'account.move', [('id', '=', move_id)], ['amount_residual']
        )
        return not found['amount_residual']

    def payment_link(self, invoice: Invoice) -> str:
        """Return a link to pay an invoice, as staff send it to a customer without access."""
        return self.back_office.payment_link(invoice.id)

    def payment_state(self, invoice: Invoice) -> str:
        """Return Odoo's payment state of an invoice."""
        (found,) = self.back_office.find(
            'account.move', [('id', '=', invoice.id)], ['payment_state']
        )
        return found['payment_state']

    def booked(self, invoice: Invoice) -> list[int]:
        """Return the kopecks of each payment that was reconciled with an invoice."""
        found = self.back_office.find(
            'account.partial.reconcile', [('debit_move_id.move_id', '=', invoice.id)], ['amount']
        )
        return [to_kopecks(partial['amount']) for partial in found]

    def wait_until_booked(self, invoice: Invoice) -> None:
        """Wait until the invoice is reconciled, which Odoo's scheduled job does by itself."""
        is_booked = wait_until(lambda: self.booked(invoice), limit=BOOKING_LIMIT)
        assert is_booked, f'not booked within {BOOKING_LIMIT} seconds'

    def receipt_of(self, order_id: str) -> dict[str, Any]:
        """Return the receipt of the payment of an order at the bank."""
        of_payment = [
            ('transaction_id.provider_reference', '=', order_id),
            ('operation', '=', 'payment'),
        ]
        [receipt] = self.back_office.find(
            'sberbank.receipt', of_payment, ['transaction_id', 'content']
        )
        return receipt

    def transactions(self, invoice: Invoice) -> list[dict[str, Any]]:
        """Return the transactions of an invoice, oldest first."""
        return self.back_office.find(
            'payment.transaction',
            [('invoice_ids', 'in', invoice.id)],
            ['state', 'reference', 'provider_reference', 'payment_method_code'],
        )
