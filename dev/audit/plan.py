"""What the customers will do and what will go wrong, drawn from a seed: same seed, same plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from dev.audit.card_odds import Charge, draw_charge
from dev.audit.contracts import CONTRACTS, Contract
from dev.audit.odds import (
    AFTERWARDS_FAULTS,
    AFTERWARDS_HELD,
    AFTERWARDS_TAKEN,
    ATTEMPTS,
    CALLBACK_FAULTS,
    CLOSING_FAULTS,
    DEEDS,
    EARLY_CALLBACK,
    FORGERIES,
    INCIDENTS,
    KINDS,
    LIED_ABOUT,
    LIES,
    MEANWHILE,
    NEIGHBOURS,
    PAID_TWICE,
    PEOPLE,
    RECEIPT_FAULTS,
    REGISTER_FAULTS,
    RETURNS,
    SAVING_DEEDS,
    SLOW,
    STATUS_FAULTS,
    VISITS,
    Fault,
    draw,
    draw_amount,
)


@dataclass(frozen=True)
class Payment:
    """One customer's way through the shop and the bank.

    :param number: its place in the plan
    :param amounts: of the invoices, or the amount to put on the account, in kopecks
    :param debt: kopecks that the customer owes when money is put on the account
    :param part: kopecks that are paid of the invoice, all when 0
    :param lie: the fault that spoils every answer about the order until the traffic is over
    :param again: the number of the payment whose quotation is paid here a second time
    :param paid_again_at: the number of that second payment, on the first one
    :param paid_again_by: the contract of that second payment, on the first one
    :param receipt_fault: what becomes of the payment's receipt at the cash register
    :param closing_fault: what becomes of the bank's answer to the second receipt
    :param neighbour: what another app does when the payment is finished, until somebody mends it
    :param attempt: what somebody tries who may not
    :param charge: what is charged to the card that is saved, if one is
    """

    number: int
    person: int
    contract: Contract
    kind: str
    amounts: tuple[int, ...]
    debt: int
    part: int
    visits: int
    register_faults: tuple[Fault, ...]
    forgery: str
    meanwhile: str
    lie: str
    status_fault: str
    status_fault_times: int
    callback_faults: tuple[Fault, ...]
    deed: str
    returns: int
    tabs: int
    afterwards: str
    afterwards_fault: str
    afterwards_share: float
    receipt_fault: str
    closing_fault: str
    neighbour: str
    attempt: str
    charge: Charge | None = None
    again: int | None = None
    paid_again_at: int | None = None
    paid_again_by: Contract | None = None

    @property
    def has_early_callback(self) -> bool:
        """Whether the bank notifies before it answers register.do."""
        return any(fault['fault'] == EARLY_CALLBACK for fault in self.register_faults)

    @property
    def order_faults(self) -> tuple[Fault, ...]:
        """The faults that are known once the order has its number."""
        faults = [*self.callback_faults, *self._receipt_faults]
        method = {'method': 'getOrderStatusExtended'}
        if self.deed == 'refunded_unsaid':
            faults.append({'fault': 'missing_blocks', 'value': ['paymentAmountInfo'], **method})
        if self.lie:
            faults.append({'fault': self.lie, **method})
        elif self.status_fault:
            fault = {'fault': self.status_fault, 'times': self.status_fault_times}
            faults.append({**fault, **SLOW.get(self.status_fault, {}), **method})
        return tuple(faults)

    @property
    def _receipt_faults(self) -> Sequence[Fault]:
        if not self.contract.has_register:
            return ()
        step = 'COMPLETION' if self.contract.holds else 'AUTHORIZATION'
        faults = {step: self.receipt_fault, 'doReceipt': self.closing_fault}
        return [
            {'fault': fault, 'method': method, 'times': 1}
            for method, fault in faults.items()
            if fault
        ]


@dataclass(frozen=True)
class Incident:
    """Something that happens to the machine once so many payments have begun."""

    after: int
    what: str
    draw: float = field(compare=False)


@dataclass(frozen=True)
class Plan:
    """All that will be done to the shop.

    :param automatic_invoices: whether orders are invoiced as soon as they are paid
    """

    payments: Sequence[Payment]
    incidents: Sequence[Incident]
    automatic_invoices: bool


def draw_plan(
    count: int,
    seed: int,
    *,
    only: Mapping[str, Any] | None = None,
    incidents: Mapping[str, int] = INCIDENTS,
) -> Plan:
    """Draw a plan.

    :param count: how many payments
    :param seed: what the plan is drawn from
    :param only: values of :class:`Payment` that hold for every payment
    :param incidents: what happens to the machine, and every how many payments
    """
    random = Random(seed)  # noqa: S311
    payments: list[Payment] = []
    for number in range(count):
        payments.append(_draw_payment(number, random, only or {}))
        if payments[-1].kind == 'order' and random.random() < PAID_TWICE:
            _pay_again(payments)
    drawn = [
        Incident(random.randrange(count), what, random.random())
        for what, every in incidents.items()
        for _ in range(max(1, count // every))
    ]
    drawn.sort(key=lambda incident: incident.after)
    return Plan(payments, drawn, automatic_invoices=random.random() < 0.5)


def _pay_again(payments: list[Payment]) -> None:
    """Let the last payment be for the same quotation as an earlier one of that person, if any."""
    last = payments[-1]
    for first in payments[:-1]:
        is_free = first.kind == 'order' and first.again is None and not first.paid_again_by
        if is_free and first.person == last.person:
            payments[first.number] = replace(
                first, paid_again_at=last.number, paid_again_by=last.contract
            )
            payments[-1] = replace(last, amounts=first.amounts, meanwhile='', again=first.number)
            return


def _draw_payment(number: int, random: Random, only: Mapping[str, Any]) -> Payment:
    contract = random.choices(CONTRACTS, [contract.weight for contract in CONTRACTS])[0]
    kind = only.get('kind') or draw(random, KINDS)
    amounts = tuple(draw_amount(random) for _ in range(3 if kind == 'invoices' else 1))
    returns, tabs = draw(random, RETURNS)
    afterwards = AFTERWARDS_HELD if contract.holds else AFTERWARDS_TAKEN
    values = {
        'number': number,
        'person': number % PEOPLE,
        'contract': contract,
        'kind': kind,
        'amounts': amounts,
        'debt': draw_amount(random) if kind == 'top_up' and random.random() < 0.5 else 0,
        'part': random.randrange(100, amounts[0]) if kind == 'part' else 0,
        'visits': draw(random, VISITS),
        'register_faults': draw(random, REGISTER_FAULTS),
        'forgery': draw(random, FORGERIES),
        'meanwhile': draw(random, MEANWHILE[kind]) if kind in MEANWHILE else '',
        'lie': random.choice(LIES) if random.random() < LIED_ABOUT else '',
        'status_fault': draw(random, STATUS_FAULTS),
        'status_fault_times': random.randint(1, 4),
        'callback_faults': draw(random, CALLBACK_FAULTS),
        'deed': draw(random, DEEDS),
        'returns': returns,
        'tabs': tabs,
        'afterwards': draw(random, afterwards),
        'afterwards_fault': draw(random, AFTERWARDS_FAULTS),
        'afterwards_share': random.uniform(0.1, 0.9),
        'receipt_fault': draw(random, RECEIPT_FAULTS),
        'closing_fault': draw(random, CLOSING_FAULTS),
        'neighbour': draw(random, NEIGHBOURS),
        'attempt': draw(random, ATTEMPTS),
    }
    if kind == 'card':
        values['charge'] = draw_charge(random, only.get('contract') or contract)
    payment = Payment(**{**values, **only})
    if payment.charge:  # There is a card only if it has paid, and the bank says so in good time.
        deed = payment.deed if payment.deed in SAVING_DEEDS else 'pay'
        payment = replace(payment, deed=deed, lie=only.get('lie', ''), status_fault='')
    if payment.lie:  # from the first answer about the order on
        payment = replace(payment, register_faults=())
    if contract.holds and payment.deed == 'refunded_unsaid':  # what is held can't be given back
        payment = replace(payment, deed='pay')
    return replace(payment, visits=1) if payment.has_early_callback else payment
