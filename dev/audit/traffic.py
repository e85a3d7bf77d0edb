"""The customers, side by side, while things happen to the machine."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from dev.audit.crashes import Machine
from dev.audit.odds import PEOPLE
from dev.audit.outcome import Outcome
from dev.audit.patience import GaveUp, PatientSession
from dev.audit.payer import Market, Payer
from dev.audit.plan import Incident, Payment, Plan
from dev.audit.witness import Witness
from dev.bank.process import BankError
from dev.odoo.session import OdooError


class Traffic:
    """Lets a plan happen.

    :param plan: who pays what, and what goes wrong
    :param market: the shop and the bank
    :param machine: what they run on
    :param witness: is told who gave up and why
    """

    def __init__(self, plan: Plan, market: Market, machine: Machine, witness: Witness):
        self._plan = plan
        self._market = market
        self._machine = machine
        self._witness = witness
        self._lock = threading.Lock()
        self._begun = 0
        self._incidents: list[Incident] = list(plan.incidents)

    def run(self) -> Sequence[Outcome]:
        """Let all customers pay; each person makes one payment after another.

        :return: what became of each payment, in the order of the plan
        """
        documents = self._market.shop.prepare(self._plan.payments)
        with ThreadPoolExecutor(max_workers=PEOPLE) as pool:
            payers = list(pool.map(self._arrive, range(PEOPLE)))
            lives = pool.map(self._live, range(PEOPLE), payers, repeat(documents))
        told = [outcome for life in lives for outcome in life]
        return sorted(told, key=lambda outcome: outcome.payment.number)

    def _live(self, person: int, payer: Payer, documents: dict[int, int]) -> Sequence[Outcome]:
        return [
            self._pay(payer, payment, documents.get(payment.number))
            for payment in self._plan.payments
            if payment.person == person
        ]

    def _arrive(self, person: int) -> Payer:
        shop = self._market.shop
        buyer, saver, guest = (PatientSession(shop.server.url, self._witness) for _who in range(3))
        for purpose, session in (('buyer', buyer), ('saver', saver)):
            account = shop.customers[purpose, person]
            session.log_in(account.login, account.password)
        return Payer(self._market, buyer, saver, guest)

    def _pay(self, payer: Payer, payment: Payment, document_id: int | None) -> Outcome:
        for incident in self._due():
            self._machine.suffer(incident)
        outcome = Outcome(payment)
        try:
            payer.pay(payment, document_id, outcome)
        except (GaveUp, OdooError, BankError) as error:
            outcome.tell(f'gave up: {error}')
            self._witness.left(str(error))
        return outcome

    def _due(self) -> Sequence[Incident]:
        """Count a payment that begins, and return what is to happen now."""
        with self._lock:
            self._begun += 1
            due = [incident for incident in self._incidents if incident.after < self._begun]
            self._incidents = self._incidents[len(due) :]
        return due
