"""The shop as its staff sees it, all of it through one person's web session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from dev.audit.browser import Browser
from dev.audit.contracts import CONTRACTS, Contract
from dev.audit.plan import PEOPLE, Payment
from dev.bank.process import BankProcess
from dev.odoo.server import OdooServer

CALLBACK_ROUTE = '/payment/sberbank/callback'
STAFF_ADDRESS = 'cashier@shop.example'
PASSWORD = 'password of the audit'
#: Invoices that are created by one call.
BATCH = 40


@dataclass(frozen=True)
class Customer:
    """A customer with access to the portal."""

    login: str
    partner_id: int


class Shop:
    """The office of the shop.

    :param server: Odoo, on a database with the addon
    :param staff: a browser in which the administrator is logged in
    """

    def __init__(self, server: OdooServer, staff: Browser):
        self.server = server
        self._staff = staff
        self.providers: dict[str, int] = {}
        self.methods: dict[str, int] = {}
        self.customers: dict[tuple[str, int], Customer] = {}

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model.

        :raise OdooError: Odoo answers with an error
        """
        return self._staff.call(
            f'/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def find(self, model: str, domain: list, fields: list[str]) -> list[dict[str, Any]]:
        """Return the records of a model that match, the oldest first."""
        return self.call(model, 'search_read', domain, fields, order='id')

    # --- before the customers come --------------------------------------------------------------

    def open(self, bank: BankProcess) -> None:
        """Sign the contracts, set up a provider for each, and let the customers in."""
        for name, value in {
            'web.base.url': self.server.url,
            'web.base.url.freeze': 'True',
        }.items():
            self.call('ir.config_parameter', 'set_param', name, value)
        (first,) = self.find('payment.provider', [('code', '=', 'sberbank')], ['name'])
        ids = [first['id']]
        ids += [self.call('payment.provider', 'copy', ids)[0] for _contract in CONTRACTS[1:]]
        (journal,) = self.find('account.journal', [('type', '=', 'bank')], ['name'])
        for contract, provider_id in zip(CONTRACTS, ids, strict=True):
            self._sign(contract, bank)
            self._set_up(contract, provider_id, journal['id'], bank)
        self.customers = {
            (purpose, person): self._welcome(purpose, person)
            for purpose in ('buyer', 'saver')
            for person in range(PEOPLE)
        }

    def _sign(self, contract: Contract, bank: BankProcess) -> None:
        bank.control.put_merchant(
            contract.login,
            password=contract.password,
            dialect=contract.dialect,
            name='Audit',
            callback={**dict(contract.callback), 'url': f'{self.server.url}{CALLBACK_ROUTE}'},
        )

    def _set_up(
        self, contract: Contract, provider_id: int, journal_id: int, bank: BankProcess
    ) -> None:
        (method,) = self.find(
            'payment.method',
            [
                ('code', '=', contract.method),
                ('active', 'in', (True, False)),
            ],
            ['name'],
        )
        # Before the rest: not every method goes with holds.
        self.call(
            'payment.provider',
            'write',
            [provider_id],
            {
                'payment_method_ids': [[6, 0, [method['id']]]],
            },
        )
        callback = bank.control.merchant(contract.login)['callback']
        self.call(
            'payment.provider',
            'write',
            [provider_id],
            {
                'name': f'Bank, {contract.login}',
                'sberbank_gateway': 'custom',
                'sberbank_custom_url': bank.rbs_url if contract.dialect == 'rbs' else bank.ecom_url,
                'sberbank_custom_dialect': contract.dialect,
                'sberbank_username': contract.login,
                'sberbank_password': contract.password,
                'sberbank_callback_key': contract.key,
                'sberbank_callback_certificate': callback.get('certificate', False),
                'sberbank_notification_email': STAFF_ADDRESS,
                'capture_manually': contract.holds,
                'journal_id': journal_id,
                'state': 'test',
                'is_published': True,
            },
        )
        self.call('payment.method', 'write', [method['id']], {'active': True})
        self.providers[contract.login] = provider_id
        self.methods[contract.login] = method['id']

    def customer_of(self, payment: Payment) -> Customer:
        """Return who makes a payment."""
        purpose = 'saver' if payment.kind == 'top_up' else 'buyer'
        return self.customers[purpose, payment.person]

    def _welcome(self, purpose: str, person: int) -> Customer:
        (group,) = self.find(
            'ir.model.data',
            [
                ('module', '=', 'base'),
                ('name', '=', 'group_portal'),
            ],
            ['res_id'],
        )
        login = f'{purpose}{person}@example.com'
        user_id = self.call(
            'res.users',
            'create',
            {
                'name': f'{purpose.title()} {person}',
                'login': login,
                'email': login,
                'password': PASSWORD,
                'lang': 'ru_RU' if person % 2 else 'en_US',
                'group_ids': [[6, 0, [group['res_id']]]],
            },
            context={'no_reset_password': True},
        )
        (user,) = self.find('res.users', [('id', '=', user_id)], ['partner_id'])
        return Customer(login, user['partner_id'][0])

    # --- what is sold ---------------------------------------------------------------------------

    def invoice(self, payments: Sequence[Payment]) -> dict[int, int]:
        """Post the invoices that are there before the customers come.

        :return: the id of the invoice that is to be paid, by the number of the payment
        """
        wanted = [
            (payment, payment.debt or payment.amounts[0])
            for payment in payments
            if payment.debt or payment.kind in ('invoice', 'part')
        ]
        found = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            ids = self.create_invoices([
                (self.customer_of(payment).partner_id, amount, 30) for payment, amount in batch
            ])
            found.update(zip((payment.number for payment, _amount in batch), ids, strict=True))
        return found

    def create_invoices(self, lines: Sequence[tuple[int, int, int]]) -> list[int]:
        """Post invoices.

        :param lines: for each the customer, kopecks, and in how many days it is due
        :return: their ids
        """
        today = datetime.now(timezone.utc).date()
        ids = self.call(
            'account.move',
            'create',
            [
                {
                    'move_type': 'out_invoice',
                    'partner_id': partner_id,
                    'invoice_date': str(today + timedelta(days=min(days, 0))),
                    'invoice_date_due': str(today + timedelta(days=days)),
                    'invoice_payment_term_id': False,
                    'invoice_line_ids': [
                        [
                            0,
                            0,
                            {
                                'name': 'Урок',
                                'quantity': 1,
                                'price_unit': amount / 100,
                                'tax_ids': [[6, 0, []]],
                            },
                        ]
                    ],
                }
                for partner_id, amount, days in lines
            ],
        )
        self.call('account.move', 'action_post', ids)
        return ids

    def payment_link(self, invoice_id: int, amount: int) -> str:
        """Return a link to pay a part of an invoice without a login.

        :param amount: kopecks
        """
        wizard_id = self.call(
            'payment.link.wizard',
            'create',
            {'amount': amount / 100},
            context={'active_model': 'account.move', 'active_id': invoice_id},
        )
        (wizard,) = self.call('payment.link.wizard', 'read', [wizard_id], ['link'])
        return wizard['link']

    # --- while a customer is at the bank --------------------------------------------------------

    def reset_to_draft(self, invoice_id: int) -> None:
        """Take an invoice back."""
        self.call('account.move', 'button_draft', [invoice_id])

    def cancel(self, invoice_id: int) -> None:
        """Cancel an invoice."""
        self.reset_to_draft(invoice_id)
        self.call('account.move', 'button_cancel', [invoice_id])

    def pay_otherwise(self, invoice_id: int) -> None:
        """Register that an invoice was paid by other means."""
        context = {'active_model': 'account.move', 'active_ids': [invoice_id]}
        wizard_id = self.call('account.payment.register', 'create', {}, context=context)
        self.call(
            'account.payment.register', 'action_create_payments', [wizard_id], context=context
        )

    # --- after the customers have gone ----------------------------------------------------------

    def capture(self, tx_id: int) -> None:
        """Press "Capture" on a transaction."""
        self.call('payment.transaction', 'action_capture', [tx_id])

    def void(self, tx_id: int) -> None:
        """Press "Void" on a transaction."""
        self.call('payment.transaction', 'action_void', [tx_id])

    def accept_amount(self, tx_id: int) -> None:
        """Press "Accept the Bank's Amount" on a transaction."""
        self.call('payment.transaction', 'action_sberbank_accept_amount', [tx_id])

    def refund(self, payment_id: int, amount: int) -> None:
        """Refund a payment with Odoo's own wizard.

        :param amount: kopecks
        """
        wizard_id = self.call(
            'payment.refund.wizard',
            'create',
            {'payment_id': payment_id, 'amount_to_refund': amount / 100},
            context={'active_id': payment_id},
        )
        self.call('payment.refund.wizard', 'action_refund', [wizard_id])
