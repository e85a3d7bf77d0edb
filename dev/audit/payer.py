"""A customer who pays: the shop's pages, the bank's page, and back, all over HTTP."""

import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from dev.audit import checkout
from dev.audit.cards import Cards
from dev.audit.forger import forge_notification
from dev.audit.intruder import CUSTOMERS_ATTEMPTS, Intruder
from dev.audit.outcome import Outcome
from dev.audit.patience import GaveUp, PatientSession
from dev.audit.plan import Payment
from dev.audit.shop import AuditShop
from dev.bank.process import BankError, BankProcess
from dev.odoo.money import in_figures
from dev.odoo.session import TIMEOUT, OdooError

#: Days since the invoices were due that are paid all at once.
OVERDUE_DAYS = -10
#: How often a payer who is told to try again opens the way to the bank's page once more.
PATIENCE = 4


@dataclass
class Market:
    """Where everything happens."""

    shop: AuditShop
    bank: BankProcess
    intruder: Intruder
    cards: Cards
    #: Faults of register.do can't name the order, which has no number yet: one payer at a time.
    turns: Mapping[str, threading.Lock]
    #: An early notification takes both of the shop's workers: one at a time, whatever the contract.
    early_turn: threading.Lock


class Payer:
    """A person with two logins in the shop, one to pay invoices and one to put money on.

    :param market: the shop and the bank
    :param buyer: a session that is logged in as the customer with invoices
    :param saver: a session that is logged in as the customer with an account
    :param guest: a session that is not logged in
    """

    def __init__(
        self, market: Market, buyer: PatientSession, saver: PatientSession, guest: PatientSession
    ):
        self._market = market
        self._shop = market.shop
        self._control = market.bank.control
        self._sessions = {
            'invoice': buyer,
            'invoices': buyer,
            'top_up': saver,
            'part': guest,
            'order': guest,
        }
        #: The ways to the bank that were opened in another tab, by the number of the payment.
        self._other_tabs: dict[int, str] = {}

    def pay(self, payment: Payment, document_id: int | None, outcome: Outcome) -> None:
        """Go through a payment.

        :param document_id: the invoice or the quotation that is to be paid, if there is one
        :param outcome: what happens is written here as it happens
        :raise GaveUp: the shop let the payer down
        :raise OdooError: so did Odoo, and says why
        :raise BankError: so did the bank
        """
        session = self._sessions.get(payment.kind) or self._market.cards.welcome(payment)
        start: dict[str, Callable[[], str]] = {
            'invoice': lambda: self._choose(session, payment, f'/my/invoices/{document_id}'),
            'part': lambda: self._choose(
                session, payment, self._shop.payment_link(document_id, payment.part)
            ),
            'invoices': lambda: self._pay_overdue(session, payment),
            'top_up': lambda: self._top_up(session, payment),
            'order': lambda: self._order(session, payment, document_id),
            'card': lambda: self._market.cards.begin(session, payment),
        }
        pay_url = start[payment.kind]()
        page_url = self._go_to_bank(session, payment, pay_url, outcome)
        outcome.order_id = _order_id(page_url)
        order = self._control.order(outcome.order_id)
        outcome.order_number = order['orderNumber']
        if payment.order_faults:
            faults = [{**fault, 'order': outcome.order_number} for fault in payment.order_faults]
            self._control.add_faults(payment.contract.login, *faults)
        forge_notification(self._shop, payment, order)
        requests.get(page_url, timeout=TIMEOUT)
        self._meanwhile(payment, document_id, outcome)
        self._act(payment, outcome)
        self._come_back(session, payment, outcome)
        self._market.intruder.try_rpc(payment, outcome)
        if payment.charge:
            self._market.cards.charge(session, payment, outcome)

    # --- in the shop ----------------------------------------------------------------------------

    def _choose(self, session: PatientSession, payment: Payment, url: str) -> str:
        """Open a page with a payment form, choose the method, and return where that leads."""
        form = checkout.open_form(session, url)
        if payment.attempt in CUSTOMERS_ATTEMPTS:
            self._market.intruder.try_closed(session, form, payment)
        return checkout.choose(session, form, self._shop.method_of(payment.contract))

    def _order(self, session: PatientSession, payment: Payment, order_id: int) -> str:
        """Open a quotation by its link, and the way to the bank once more if it is paid twice."""
        if prepared := self._other_tabs.pop(payment.number, None):
            return prepared
        link = self._shop.sales.link(order_id)
        if payment.paid_again_by:
            form = checkout.open_form(session, link)
            method = self._shop.method_of(payment.paid_again_by)
            self._other_tabs[payment.paid_again_at] = checkout.choose(session, form, method)
        return self._choose(session, payment, link)

    def _pay_overdue(self, session: PatientSession, payment: Payment) -> str:
        customer = self._shop.customer_of(payment)
        self._shop.create_invoices([
            (customer.partner_id, amount, OVERDUE_DAYS) for amount in payment.amounts
        ])
        return self._choose(session, payment, '/my/invoices/overdue')

    def _top_up(self, session: PatientSession, payment: Payment) -> str:
        page = session.open('/my/top-up')
        token = page.document.cssselect('input[name=csrf_token]')
        if not token:
            raise GaveUp('top_up: no form')
        (amount,) = payment.amounts
        response = session.send(
            '/my/top-up',
            method='POST',
            data={
                'csrf_token': token[0].get('value'),
                'shop': str(self._shop.providers[payment.contract.login]),
                'amount': in_figures(amount, point=','),
            },
        )
        if response.status_code != 303:
            raise GaveUp(f'top_up: {response.status_code}')
        return response.headers['Location']

    def _go_to_bank(
        self, session: PatientSession, payment: Payment, pay_url: str, outcome: Outcome
    ) -> str:
        """Open the way to the bank, again if it fails, and return the bank's page."""
        login = payment.contract.login
        early_turn = self._market.early_turn if payment.has_early_callback else nullcontext()
        with early_turn, self._market.turns[login]:
            self._control.add_faults(
                login,
                *(
                    {**fault, 'method': 'registerPreAuth' if payment.contract.holds else 'register'}
                    for fault in payment.register_faults
                ),
            )
            tabs = [session.tab() for _visit in range(payment.visits - 1)]
            with ThreadPoolExecutor(max_workers=payment.visits) as pool:
                doubles = [pool.submit(tab.visit, pay_url, abroad=False) for tab in tabs]
                response = session.visit(pay_url, abroad=False)
                for double in doubles:
                    double.exception()
            for _again in range(PATIENCE):
                if response.is_redirect:
                    return response.headers['Location']
                if urlsplit(response.url).path.endswith('/payment/status'):
                    raise GaveUp('sent to the status page')
                outcome.tell('told that the bank does not answer')
                response = session.visit(pay_url, abroad=False)
        raise GaveUp(f'no way to the bank: {response.status_code}')

    # --- at the bank ----------------------------------------------------------------------------

    def _meanwhile(self, payment: Payment, document_id: int | None, outcome: Outcome) -> None:
        """Let staff do to the document what the plan says, and another app fail."""
        shop, sales = self._shop, self._shop.sales
        change = {
            ('invoice', 'reset_to_draft'): shop.reset_to_draft,
            ('invoice', 'cancel'): shop.cancel,
            ('invoice', 'pay_otherwise'): shop.pay_otherwise,
            ('order', 'cancel'): sales.cancel,
            ('order', 'raise_price'): sales.raise_price,
            ('order', 'lower_price'): sales.lower_price,
            ('order', 'lose_product'): sales.lose_product,
        }.get((payment.kind, payment.meanwhile))
        try:
            if change:
                change(document_id)
            if payment.neighbour:
                sales.spoil(outcome.order_number, payment.neighbour)
        except OdooError as error:  # it may be paid by now
            outcome.tell(f'staff could not {payment.meanwhile or payment.neighbour}: {error}')

    def _act(self, payment: Payment, outcome: Outcome) -> None:
        ordered = self._control.order(outcome.order_id)['amount']
        part = max(1, int(ordered * payment.afterwards_share))
        deeds: dict[str, list[dict[str, Any]]] = {
            'pay': [{'outcome': 'paid'}],
            'challenge': [{'outcome': '3ds'}, {'outcome': 'paid'}],
            'decline_then_pay': [{'outcome': 'declined'}, {'outcome': 'paid'}],
            'decline': [{'outcome': 'declined'}] * 3,
            'stay_in_challenge': [{'outcome': '3ds'}],
            'leave': [],
            'late': [{'expire': True}, {'late': True}],
            'refunded_unsaid': [{'outcome': 'paid'}, {'refund': part}],
        }
        for deed in deeds[payment.deed]:
            try:
                if 'expire' in deed:
                    self._control.expire(outcome.order_id)
                elif 'refund' in deed:
                    self._control.refund(outcome.order_id, deed['refund'])
                else:
                    self._control.pay(outcome.order_id, **deed)
            except BankError as error:  # paid already, for one
                outcome.tell(f'the bank refused: {error}')
        outcome.tell(f'did at the bank: {payment.deed}')

    def _come_back(self, session: PatientSession, payment: Payment, outcome: Outcome) -> None:
        for _return in range(payment.returns):
            # The page of the bank does so after a second.
            back = requests.get(
                f'{self._market.bank.url}/pay/{outcome.order_id}/return',
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            if back.status_code == 302:
                session.visit(back.headers['Location'], abroad=False)
            tabs = [session.tab() for _tab in range(payment.tabs)]
            with ThreadPoolExecutor(max_workers=payment.tabs) as pool:
                for answer in [pool.submit(_look, tab) for tab in tabs]:
                    outcome.tell(f'the status page says {answer.result()}')


def _look(tab: PatientSession) -> str:
    """Do what the status page's script does, and return the state that the payer sees."""
    try:
        return tab.call('/payment/status/poll', {})['state']
    except OdooError as error:  # the script asks again later
        return str(error)
    except GaveUp as error:
        return str(error)


def _order_id(page_url: str) -> str:
    query = parse_qs(urlsplit(page_url).query)
    for name in ('mdOrder', 'orderId'):
        if name in query and re.fullmatch(r'[0-9a-f-]{36}', query[name][0]):
            return query[name][0]
    raise GaveUp(f'not a page of the bank: {urlsplit(page_url).path}')
