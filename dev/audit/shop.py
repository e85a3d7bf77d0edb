"""The shop as its staff sees it, all of it through one person's web session."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from dev.audit.card_desk import CardDesk
from dev.audit.checkout import Method
from dev.audit.contracts import CLOSED, CONTRACTS, Contract
from dev.audit.odds import PEOPLE
from dev.audit.patience import PatientSession
from dev.audit.plan import Payment
from dev.audit.sales import Sales
from dev.bank.process import BankProcess
from dev.odoo.back_office import Account, BackOffice, Sale
from dev.odoo.money import to_roubles
from dev.odoo.provider import RECEIPTS, gateway_url, ready_provider
from dev.odoo.server import OdooServer

CALLBACK_ROUTE = '/payment/sberbank/callback'
PASSWORD = 'password of the audit'
#: The system parameter for how many payments may be begun for a customer in a minute.
PAYMENTS_PER_MINUTE = 'payment_sberbank.payments_per_minute'
#: The payment method by which cards are saved, and what a contract allows to do with them.
CARD = 'card'
PERMISSIONS = {'bindings': True, 'recurring': True}
#: Invoices that are created by one call.
BATCH = 40


class AuditShop:
    """A shop with a contract for each way that the bank notifies.

    :param server: Odoo, on a database with the addon
    :param session: in which the administrator is logged in
    """

    def __init__(self, server: OdooServer, session: PatientSession):
        self.server = server
        self._back_office = BackOffice(session)
        self._call = self._back_office.call
        self.sales = Sales(self._back_office)
        self.card_desk = CardDesk(self._back_office)
        self.providers: dict[str, int] = {}
        self.methods: dict[str, int] = {}
        self._card_id = 0
        self.customers: dict[tuple[str, int], Account] = {}

    # --- before the customers come --------------------------------------------------------------

    def open(self, bank: BankProcess, *, automatic_invoices: bool) -> None:
        """Sign the contracts, set up a provider for each, and let the customers in.

        :param automatic_invoices: whether orders are invoiced as soon as they are paid
        """
        self._back_office.freeze_address()
        # A few people pay there as often as a whole town.
        self._call('ir.config_parameter', 'set_param', PAYMENTS_PER_MINUTE, '100000')
        self.sales.open(automatic_invoices=automatic_invoices)
        self._card_id = self._method(CARD)
        ids = [self._back_office.provider()]
        ids += [self._call('payment.provider', 'copy', ids)[0] for _contract in CONTRACTS]
        for contract, provider_id in zip((*CONTRACTS, CLOSED), ids, strict=True):
            self._sign(contract, bank)
            self._set_up(contract, provider_id, bank)
        self.close_test()
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
            fiscal=contract.has_register,
            permissions=PERMISSIONS,
            callback={**dict(contract.callback), 'url': f'{self.server.url}{CALLBACK_ROUTE}'},
        )

    def _set_up(self, contract: Contract, provider_id: int, bank: BankProcess) -> None:
        method_id = self._method(contract.method)
        # Before the rest: not every method goes with holds. Cards are saved at each contract.
        method_ids = {method_id} if contract is CLOSED else {method_id, self._card_id}
        self._call(
            'payment.provider',
            'write',
            [provider_id],
            {'payment_method_ids': [[6, 0, sorted(method_ids)]]},
            context={'active_test': False},  # Also those that are switched on later.
        )
        callback = bank.control.merchant(contract.login)['callback']
        receipts = {**RECEIPTS, 'sberbank_vat_table': contract.vat_table}
        values = ready_provider(
            gateway_url(bank, contract.dialect),
            dialect=contract.dialect,
            login=contract.login,
            password=contract.password,
            key=contract.key,
            journal_id=self._back_office.journal('bank'),
            name=f'Bank, {contract.login}',
            sberbank_callback_certificate=callback.get('certificate', False),
            capture_manually=contract.holds,
            allow_tokenization=contract is not CLOSED,
            # A form has each method once: cards are the first contract's.
            sequence=len(self.providers),
            state='enabled',
            **(receipts if contract.has_register else {}),
        )
        self._back_office.enable_provider(values, provider_id=provider_id)
        self.providers[contract.login] = provider_id
        self.methods[contract.login] = method_id

    def _method(self, code: str) -> int:
        of_code = [('code', '=', code), ('active', 'in', (True, False))]
        (method,) = self._back_office.find('payment.method', of_code, ['name'])
        return method['id']

    def card_of(self, contract: Contract) -> Method:
        """Return the payment method by which cards are saved at a contract."""
        return Method(self.providers[contract.login], self._card_id)

    def method_of(self, contract: Contract) -> Method:
        """Return the payment method that leads to a contract."""
        return Method(self.providers[contract.login], self.methods[contract.login])

    def open_test(self) -> None:
        """Offer the contract that is being tried out, in Test Mode."""
        self._set_closed('test', is_published=True)

    def close_test(self) -> None:
        """Offer it no longer."""
        self._set_closed('test', is_published=False)

    def go_live(self) -> None:
        """Switch the contract that is being tried out to Enabled."""
        self._set_closed('enabled', is_published=False)

    def _set_closed(self, state: str, *, is_published: bool) -> None:
        values = {'state': state, 'is_published': is_published}
        self._call('payment.provider', 'write', [self.providers[CLOSED.login]], values)

    def customer_of(self, payment: Payment) -> Account:
        """Return who makes a payment."""
        purpose = 'saver' if payment.kind == 'top_up' else 'buyer'
        return self.customers[purpose, payment.person]

    def _welcome(self, purpose: str, person: int) -> Account:
        return self._back_office.add_customer(
            f'{purpose.title()} {person}',
            f'{purpose}{person}@example.com',
            PASSWORD,
            language='ru_RU' if person % 2 else 'en_US',
        )

    def add_cardholder(self, number: int) -> Account:
        """Let in a customer who saves a card, by the number of the payment."""
        return self._welcome('cardholder', number)

    def employ(self, login: str, *groups: str) -> Account:
        """Give somebody access to the back office.

        :param groups: the external ids of the groups
        """
        return self._back_office.add_colleague(login, PASSWORD, groups)

    # --- what is sold ---------------------------------------------------------------------------

    def prepare(self, payments: Sequence[Payment]) -> dict[int, int]:
        """Post the invoices and write the quotations that are there before the customers come.

        :return: the id of the one that is to be paid, by the number of the payment
        """
        customers = {one.number: self.customer_of(one).partner_id for one in payments}
        return {**self._invoice(payments), **self.sales.sell(payments, customers)}

    def _invoice(self, payments: Sequence[Payment]) -> dict[int, int]:
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
        return self._back_office.add_invoices(
            Sale(partner_id, kopecks, today + timedelta(days=days))
            for partner_id, kopecks, days in lines
        )

    def payment_link(self, invoice_id: int, kopecks: int) -> str:
        """Return a link to pay a part of an invoice without a login."""
        return self._back_office.payment_link(invoice_id, kopecks)

    # --- while a customer is at the bank --------------------------------------------------------

    def reset_to_draft(self, invoice_id: int) -> None:
        """Take an invoice back."""
        self._call('account.move', 'button_draft', [invoice_id])

    def cancel(self, invoice_id: int) -> None:
        """Cancel an invoice."""
        self.reset_to_draft(invoice_id)
        self._call('account.move', 'button_cancel', [invoice_id])

    def pay_otherwise(self, invoice_id: int) -> None:
        """Register that an invoice was paid by other means."""
        context = {'active_model': 'account.move', 'active_ids': [invoice_id]}
        wizard_id = self._call('account.payment.register', 'create', {}, context=context)
        self._call(
            'account.payment.register', 'action_create_payments', [wizard_id], context=context
        )

    # --- after the customers have gone ----------------------------------------------------------

    def capture(self, tx_id: int, kopecks: int | None = None) -> None:
        """Press "Capture" on a transaction, and take a part if an amount is given."""
        dialog = self._call('payment.transaction', 'action_capture', [tx_id])
        wizard = dialog['res_model']
        values = {'transaction_ids': dialog['context']['active_ids']}
        if kopecks:
            values |= {
                'amount_to_capture': to_roubles(kopecks),
                'void_remaining_amount': True,
            }
        self._call(wizard, 'action_capture', self._call(wizard, 'create', [values]))

    def void(self, tx_id: int) -> None:
        """Press "Void" on a transaction."""
        self._call('payment.transaction', 'action_void', [tx_id])

    def accept_amount(self, tx_id: int) -> None:
        """Press "Accept the Bank's Amount" on a transaction."""
        self._call('payment.transaction', 'action_sberbank_accept_amount', [tx_id])

    def refund(self, payment_id: int, kopecks: int) -> None:
        """Refund a payment with Odoo's own wizard."""
        wizard_id = self._call(
            'payment.refund.wizard',
            'create',
            {'payment_id': payment_id, 'amount_to_refund': to_roubles(kopecks)},
            context={'active_id': payment_id},
        )
        self._call('payment.refund.wizard', 'action_refund', [wizard_id])
