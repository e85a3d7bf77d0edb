"""The shop that is photographed: set up by the administrator's web session, as a person would."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from dev.bank.process import BankProcess
from dev.demo.payer import Payer, order_id
from dev.env.progress import Problem
from dev.env.waiting import wait_until
from dev.odoo.back_office import ADMINISTRATOR, Account, BackOffice, Sale
from dev.odoo.provider import RECEIPTS, gateway_url, ready_provider
from dev.odoo.server import OdooServer
from dev.odoo.session import Session
from dev.screenshots import logo
from dev.screenshots.words import Words

#: The shop's contract with the stand-in bank.
LOGIN, PASSWORD = 'romashka-api', 'Romashka-2026'
CALLBACK_KEY = 'romashka-callback-key'
STAFF_EMAIL = 'accountant@romashka.example'
#: Where such a shop would be, so that the form does not warn of this machine's address.
ADDRESS = 'https://shop.romashka.example'
#: Bank seconds within which the cash register prints a receipt.
REGISTER_LIMIT = 60
#: Seconds that the jobs of Odoo may take.
JOB_LIMIT = 60


class PicturedShop:
    """A running Odoo that sells lessons, in one language.

    :param server: Odoo, on a fresh database with the addon
    :param bank: the stand-in bank
    :param words: how it calls things
    """

    def __init__(self, server: OdooServer, bank: BankProcess, words: Words):
        self.url = server.url
        self.bank = bank
        self.words = words
        self.administrator = Account(*ADMINISTRATOR)
        self.office = BackOffice(Session(server.url).log_in(*ADMINISTRATOR))
        self.office.freeze_address()
        self._name_company()
        self._open_contract()
        self._set_up_provider()
        self.customers = [
            self.office.add_customer(
                name, f'client{number}@example.com', 'client', language=words.locale
            )
            for number, name in enumerate(words.customers, start=1)
        ]

    def sell(self, customer: Account, lesson: int) -> int:
        """Issue an invoice, due today, and return its id."""
        what, kopecks = self.words.lessons[lesson]
        today = datetime.now(timezone.utc).date()
        (invoice_id,) = self.office.add_invoices([Sale(customer.partner_id, kopecks, today, what)])
        return invoice_id

    def pay(self, customer: Account, invoice_id: int) -> str:
        """Let a customer pay who is not photographed; return the bank's id of the order."""
        order = order_id(Payer(self.url, customer).choose_sberbank(invoice_id))
        self.bank.control.pay(order)
        self.payment(order)
        return order

    def payment(self, order: str) -> int:
        """Return the payment of an order, once it is booked."""
        domain = [('payment_transaction_id.provider_reference', '=', order)]
        return self._await(lambda: self.office.find('account.payment', domain, ['name']))[0]['id']

    def await_receipt(self, order: str) -> None:
        """Have the cash register print, and Odoo hear of it."""
        self.bank.control.advance(REGISTER_LIMIT)
        domain = [('transaction_id.provider_reference', '=', order)]
        for receipt in self.office.find('sberbank.receipt', domain, ['state']):
            self.office.call('sberbank.receipt', 'action_ask_bank', [receipt['id']])
        issued = [('receipt_id.transaction_id.provider_reference', '=', order)]
        self._await(lambda: self.office.find('sberbank.receipt.issued', issued, ['fiscal_sign']))

    def ask_bank(self, order: str) -> None:
        """Ask what the bank did with an order, until it is something for the list."""
        domain = [('provider_reference', '=', order), ('operation', '!=', 'refund')]
        [transaction] = self.office.find('payment.transaction', domain, ['id'])
        self.office.call(
            'payment.transaction',
            'action_sberbank_ask_bank',
            [transaction['id']],
            context={'lang': self.words.locale},
        )
        listed = [('transaction_id', '=', transaction['id'])]
        self._await(lambda: self.office.find('sberbank.attention', listed, ['reason']))

    @contextmanager
    def as_if_published(self) -> Iterator[None]:
        """Have the provider's form stand as on a public server, at the bank's older gateway."""
        self._set_address(ADDRESS)
        self.office.write_to_provider({'sberbank_gateway': 'rbs'})
        yield
        self.office.write_to_provider({'sberbank_gateway': 'custom'})
        self._set_address(self.url)

    def _set_address(self, address: str) -> None:
        self.office.call('ir.config_parameter', 'set_param', 'web.base.url', address)

    def _name_company(self) -> None:
        words = self.words
        values = {
            'name': words.company,
            'street': words.street,
            'city': words.city,
            'logo': b64encode(logo.draw()).decode(),
        }
        language = {'lang': words.locale}
        self._write('res.company', 'base.main_company', values)
        self._write('res.partner', 'base.main_partner', language)
        self._write('res.users', 'base.user_admin', {'name': words.accountant, **language})
        journal, name = self.office.journal('bank'), {'name': words.cash_desk}
        self.office.call('account.journal', 'write', [journal], name, context=language)

    def _write(self, model: str, external_id: str, values: dict[str, Any]) -> None:
        self.office.call(model, 'write', [self.office.record(external_id)], values)

    def _open_contract(self) -> None:
        self.bank.control.put_merchant(
            LOGIN,
            password=PASSWORD,
            dialect='rbs',
            name=self.words.company,
            fiscal=True,
            permissions={'bindings': True, 'recurring': True},
            callback={'signing': 'symmetric', 'key': CALLBACK_KEY},
        )

    def _set_up_provider(self) -> None:
        self.office.enable_provider(
            ready_provider(
                gateway_url(self.bank, 'rbs'),
                login=LOGIN,
                password=PASSWORD,
                key=CALLBACK_KEY,
                journal_id=self.office.journal('bank'),
                allow_tokenization=True,
                pre_msg=self.words.payer_text,
                sberbank_staff_email=STAFF_EMAIL,
                sberbank_topup_amounts='1000, 3000, 5000',
                **{
                    **RECEIPTS,
                    'sberbank_tax_system': 'usn_income',
                    'sberbank_advance_vat': 'none',
                    'sberbank_receipt_count': 'one',
                },
            )
        )

    def card(self) -> dict[str, str]:
        """Return the bank's test card that asks for a code and is valid longest."""
        cards = self.bank.control.cards()
        asking = [card for card in cards if card['acs_code'] and not card['actionCode']]
        return max(asking, key=lambda card: card['expiry'].split('/')[::-1])

    def _await(self, look: Any) -> list[dict[str, Any]]:
        if not wait_until(look, limit=JOB_LIMIT):
            raise Problem(f'Odoo did not come to it within {JOB_LIMIT} seconds.')
        return look()
