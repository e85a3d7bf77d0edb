"""Somebody who tries what they may not: an accountant at the RPC interface, or a customer."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from lxml import html

from dev.audit import checkout
from dev.audit.contracts import CLOSED
from dev.audit.fault import Fault
from dev.audit.outcome import Outcome
from dev.audit.patience import GaveUp, PatientSession
from dev.audit.plan import Payment
from dev.audit.shop import AuditShop
from dev.odoo.back_office import BackOffice
from dev.odoo.money import to_roubles
from dev.odoo.session import OdooError

#: What a customer tries; the rest is an accountant's.
CUSTOMERS_ATTEMPTS = ('use_unpublished', 'use_test_link')
#: What Odoo says when it refuses, as opposed to when it stumbles.
REFUSALS = {
    f'odoo.exceptions.{name}'
    for name in ('AccessError', 'AccessDenied', 'MissingError', 'UserError', 'ValidationError')
}
#: What an accountant may do in Odoo.
ACCOUNTANT = ('base.group_user', 'account.group_account_invoice')


class Intruder:
    """Makes the attempts of a plan, and writes down each that is not refused.

    :param shop: the shop
    """

    def __init__(self, shop: AuditShop, session: PatientSession):
        account = shop.employ('accountant', *ACCOUNTANT)
        self._call = BackOffice(session.log_in(account.login, account.password)).call
        self._shop = shop
        #: The contract in Test Mode is opened and closed by one customer at a time.
        self._closed_turn = threading.Lock()
        self.faults: list[Fault] = []
        self.refused: list[str] = []

    def try_rpc(self, payment: Payment, outcome: Outcome) -> None:
        """Make an accountant's attempt, on the payment's own order or on what the bank paid."""
        if not payment.attempt or payment.attempt in CUSTOMERS_ATTEMPTS:
            return
        victim = self._find_victim(outcome.order_number)
        if payment.attempt == 'take_order':
            self._take_order(payment, victim)
            return
        amount = {
            'refund_negative': -victim['amount'],
            'refund_too_much': victim['amount'] + to_roubles(1),
            'refund_fraction': 0.001,
        }[payment.attempt]
        self._expect_refusal(
            payment.attempt,
            outcome.order_number,
            lambda: self._call(
                'payment.transaction', 'action_refund', [victim['id']], amount_to_refund=amount
            ),
        )

    def try_closed(self, session: PatientSession, form: html.HtmlElement, payment: Payment) -> None:
        """Make a customer's attempt to pay by the contract that is only being tried out."""
        closed = self._shop.method_of(CLOSED)
        with self._closed_turn:
            if payment.attempt == 'use_unpublished':
                self._expect_refusal(
                    payment.attempt,
                    CLOSED.login,
                    lambda: checkout.post(session, form, closed),
                )
                return
            try:
                self._use_test_link(session, form, payment)
            finally:
                self._shop.close_test()

    def _use_test_link(
        self, session: PatientSession, form: html.HtmlElement, payment: Payment
    ) -> None:
        """Get a link while the contract is in Test Mode, and open it when it is live."""
        self._shop.open_test()
        link = checkout.post(session, form, self._shop.method_of(CLOSED))
        self._shop.go_live()
        leads_to = session.send(link).headers.get('Location', '')
        if urlsplit(leads_to).netloc in ('', urlsplit(session.odoo_url).netloc):
            self.refused.append(payment.attempt)
        else:
            self._blame(payment.attempt, CLOSED.login)

    def _find_victim(self, order_number: str) -> dict:
        """Return the latest paid transaction, or that of an order if there is none."""
        fields = ['amount', 'provider_id', 'payment_method_id', 'currency_id', 'partner_id']
        fields += ['reference', 'provider_reference', 'sberbank_order_number']
        for domain in (
            [('state', '=', 'done'), ('operation', '!=', 'refund')],
            [('sberbank_order_number', '=', order_number)],
        ):
            found = self._call(
                'payment.transaction',
                'search_read',
                [('provider_code', '=', 'sberbank'), *domain],
                fields,
                order='id desc',
                limit=1,
            )
            if found:
                return found[0]
        raise GaveUp('no transaction to attack')

    def _take_order(self, payment: Payment, victim: dict) -> None:
        """Write the names of a paid order onto another transaction: a new one, or one of others."""
        names = {name: victim[name] for name in ('sberbank_order_number', 'provider_reference')}
        values = {
            **{name: victim[name][0] for name in ('provider_id', 'payment_method_id')},
            'reference': f'TAKEN-{payment.number}',
            'amount': victim['amount'],
            'currency_id': victim['currency_id'][0],
            'partner_id': victim['partner_id'][0],
            'operation': 'offline',
        }
        others = self._call(
            'payment.transaction', 'search', [('id', '!=', victim['id'])], order='id desc', limit=1
        )
        attempts: list[Callable[[], object]] = [
            lambda: self._call('payment.transaction', 'create', {**values, **names}),
            *(
                lambda name=name, value=value: self._call(
                    'payment.transaction', 'write', others, {name: value}
                )
                for name, value in names.items()
                if others
            ),
        ]
        for attempt in attempts:
            self._expect_refusal(payment.attempt, victim['sberbank_order_number'], attempt)

    def _expect_refusal(
        self, attempt: str, order_number: str, try_it: Callable[[], object]
    ) -> None:
        try:
            try_it()
        except OdooError as error:
            if error.name not in REFUSALS:
                self._blame(attempt, order_number, f' stumbled: {error.name}: {error}')
                return
            self.refused.append(attempt)
        else:
            self._blame(attempt, order_number)

    def _blame(self, attempt: str, order_number: str, how: str = ' was not refused') -> None:
        self.faults.append(Fault('wrong', order_number, f'{attempt}{how}'))
