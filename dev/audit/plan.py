"""What the customers will do and what will go wrong, drawn from a seed: same seed, same plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from dev.audit.contracts import CONTRACTS, Contract

#: A fault of the bank, as its control API takes it.
Fault = Mapping[str, Any]

#: How many people come to the shop side by side. Each pays invoices as one customer and puts money
#: on the account of another: what is put on an account pays the open invoices of it.
PEOPLE = 6

#: What is paid: an invoice, part of one, all that is overdue, or money put on the account.
KINDS = {'invoice': 50, 'part': 15, 'invoices': 10, 'top_up': 25}

#: What the payer does at the bank. `late`: the order had died when the money was taken after all.
DEEDS = {
    'pay': 70,
    'challenge': 8,
    'decline_then_pay': 6,
    'decline': 4,
    'stay_in_challenge': 2,
    'leave': 7,
    'late': 3,
}

#: How often the payer's browser comes back, and how many tabs ask for the state side by side then.
RETURNS = {(0, 0): 25, (1, 1): 45, (1, 3): 20, (3, 2): 10}

#: How often the payer opens the way to the bank's page, side by side: a double click is two. It is
#: once if the bank notifies early: the shop has no workers for more.
VISITS = {1: 85, 2: 10, 4: 5}

#: The bank notifies, and answers register.do only once its notification was answered. It takes one
#: of the shop's workers while another one waits.
EARLY_CALLBACK = 'callback_before_register_response'

#: Seconds; longer than the shop waits for an answer. Rare: one of its workers is taken meanwhile.
TIMED_OUT = 21

#: What becomes of the answer to register.do.
REGISTER_FAULTS: Sequence[tuple[tuple[Fault, ...], float]] = (
    ((), 62),
    (({'fault': 'drop_response_after_commit', 'times': 1},), 5),
    (({'fault': 'drop_response_after_commit', 'times': 2},), 2),
    (({'fault': 'drop_connection', 'times': 1},), 3),
    (({'fault': 'http500', 'times': 1},), 2),
    (({'fault': 'http502', 'times': 1, 'after_commit': True},), 4),
    (({'fault': 'html200', 'times': 1},), 2),
    (({'fault': 'html200', 'times': 1, 'after_commit': True},), 3),
    (({'fault': 'empty200', 'times': 1, 'after_commit': True},), 2),
    (({'fault': 'truncated', 'times': 1},), 3),
    (({'fault': 'json_array', 'times': 1},), 1),
    (({'fault': 'http429', 'times': 1},), 1),
    (({'fault': 'giant_answer', 'times': 1},), 1),
    (({'fault': 'foreign_form_url', 'times': 1},), 1),
    (({'fault': 'error_code_as_int', 'times': 1},), 2),
    (({'fault': 'slow', 'times': 1, 'seconds': TIMED_OUT, 'after_commit': True},), 0.3),
    (({'fault': EARLY_CALLBACK, 'times': 1, 'value': 'created'},), 3),
    (({'fault': EARLY_CALLBACK, 'times': 1, 'value': 'paid'},), 3),
)

#: What becomes of the first answers to getOrderStatusExtended.do.
STATUS_FAULTS: Mapping[str, float] = {
    '': 50,
    'html200': 4,
    'empty200': 3,
    'truncated': 4,
    'json_array': 2,
    'giant_answer': 1,
    'http500': 4,
    'http502': 2,
    'http503': 3,
    'http429': 2,
    'redirect': 2,
    'drop_connection': 4,
    'slow': 4,
    'timed_out': 0.3,
    'wrong_amount': 4,
    'wrong_currency': 3,
    'wrong_order_number': 3,
    'wrong_order_id': 3,
    'attributes_as_object': 3,
    'error_code_as_int': 2,
    'error_code_absent': 2,
    'currency_as_int': 3,
    'missing_blocks': 3,
    'unknown_status': 3,
}

#: How slow is slow, in seconds.
SLOW: Mapping[str, Fault] = {
    'slow': {'seconds': 0.5},
    'timed_out': {'fault': 'slow', 'seconds': TIMED_OUT, 'times': 1},
}

#: What becomes of the notifications.
CALLBACK_FAULTS: Sequence[tuple[tuple[Fault, ...], float]] = (
    ((), 35),
    (({'fault': 'callback_never'},), 20),
    (({'fault': 'callback_duplicate', 'value': 3},), 12),
    (({'fault': 'callback_simultaneous', 'value': 10},), 12),
    (({'fault': 'callback_out_of_order', 'seconds': 1},), 8),
    (({'fault': 'callback_after_return', 'seconds': 0.5},), 13),
)

#: An order about which the bank's answers are wrong for as long as the traffic lasts.
LIES = ('wrong_amount', 'wrong_currency', 'wrong_order_number', 'wrong_order_id')
LIED_ABOUT = 0.04

#: What a forger sends to the callback's address before the order is paid.
FORGERIES = {'': 70, 'paid': 15, 'unknown_order': 5, 'garbage': 5, 'other_order_id': 5}

#: What the accountant, or the bank's cabinet, does with the money afterwards.
AFTERWARDS_HELD = {
    'capture': 45,
    'void': 12,
    'cabinet_deposit': 15,
    'cabinet_deposit_part': 8,
    'cabinet_reverse': 8,
    '': 12,
}
AFTERWARDS_TAKEN = {
    '': 84,
    'refund': 3,
    'refund_part': 5,
    'cabinet_refund': 4,
    'cabinet_reverse': 4,
}
#: What becomes of the answers to deposit.do, reverse.do and refund.do.
AFTERWARDS_FAULTS = {
    '': 50,
    'drop_response_after_commit': 20,
    'drop_connection': 10,
    'http500': 10,
    'truncated': 10,
}

#: What staff does to the invoice while its payer is at the bank.
MEANWHILE = {'': 85, 'reset_to_draft': 5, 'cancel': 4, 'pay_otherwise': 6}

#: What happens to the machine, and to the clock, every so many payments.
INCIDENTS = {'kill_worker': 25, 'kill_jobs': 60, 'restart_postgresql': 250, 'ask_all_now': 12}


@dataclass(frozen=True)
class Payment:
    """One customer's way through the shop and the bank.

    :param number: its place in the plan
    :param amounts: of the invoices, or the amount to put on the account, in kopecks
    :param debt: kopecks that the customer owes when money is put on the account
    :param part: kopecks that are paid of the invoice, all when 0
    :param lie: the fault that spoils every answer about the order until the traffic is over
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

    @property
    def has_early_callback(self) -> bool:
        """Whether the bank notifies before it answers register.do."""
        return any(fault['fault'] == EARLY_CALLBACK for fault in self.register_faults)

    @property
    def order_faults(self) -> tuple[Fault, ...]:
        """The faults that are known once the order has its number."""
        faults = list(self.callback_faults)
        method = {'method': 'getOrderStatusExtended'}
        if self.lie:
            faults.append({'fault': self.lie, **method})
        elif self.status_fault:
            fault = {'fault': self.status_fault, 'times': self.status_fault_times}
            faults.append({**fault, **SLOW.get(self.status_fault, {}), **method})
        return tuple(faults)


@dataclass(frozen=True)
class Incident:
    """Something that happens to the machine once so many payments have begun."""

    after: int
    what: str
    draw: float = field(compare=False)


@dataclass(frozen=True)
class Plan:
    """All that will be done to the shop."""

    payments: Sequence[Payment]
    incidents: Sequence[Incident]


def draw_plan(count: int, seed: int, *, only: Mapping[str, Any] | None = None) -> Plan:
    """Draw a plan.

    :param count: how many payments
    :param seed: what the plan is drawn from
    :param only: values of :class:`Payment` that hold for every payment
    """
    random = Random(seed)  # noqa: S311
    payments = [_draw_payment(number, random, only or {}) for number in range(count)]
    incidents = [
        Incident(random.randrange(count), what, random.random())
        for what, every in INCIDENTS.items()
        for _ in range(max(1, count // every))
    ]
    return Plan(payments, sorted(incidents, key=lambda incident: incident.after))


def _draw_payment(number: int, random: Random, only: Mapping[str, Any]) -> Payment:
    contract = random.choices(CONTRACTS, [contract.weight for contract in CONTRACTS])[0]
    kind = _draw(random, KINDS)
    amounts = tuple(_draw_amount(random) for _ in range(3 if kind == 'invoices' else 1))
    returns, tabs = _draw(random, RETURNS)
    afterwards = AFTERWARDS_HELD if contract.holds else AFTERWARDS_TAKEN
    values = {
        'number': number,
        'person': number % PEOPLE,
        'contract': contract,
        'kind': kind,
        'amounts': amounts,
        'debt': _draw_amount(random) if kind == 'top_up' and random.random() < 0.5 else 0,
        'part': random.randrange(100, amounts[0]) if kind == 'part' else 0,
        'visits': _draw(random, VISITS),
        'register_faults': _draw(random, REGISTER_FAULTS),
        'forgery': _draw(random, FORGERIES),
        'meanwhile': _draw(random, MEANWHILE) if kind == 'invoice' else '',
        'lie': random.choice(LIES) if random.random() < LIED_ABOUT else '',
        'status_fault': _draw(random, STATUS_FAULTS),
        'status_fault_times': random.randint(1, 4),
        'callback_faults': _draw(random, CALLBACK_FAULTS),
        'deed': _draw(random, DEEDS),
        'returns': returns,
        'tabs': tabs,
        'afterwards': _draw(random, afterwards),
        'afterwards_fault': _draw(random, AFTERWARDS_FAULTS),
        'afterwards_share': random.uniform(0.1, 0.9),
    }
    payment = Payment(**{**values, **only})
    if payment.lie:  # from the first answer about the order on
        payment = replace(payment, register_faults=())
    return replace(payment, visits=1) if payment.has_early_callback else payment


def _draw_amount(random: Random) -> int:
    """Amounts that are lost by whoever counts money in floats are among them."""
    return (
        random.choice([
            29,
            1999,
            10050,
            123456789,
            random.randint(1, 99) + 100,
            random.randint(1_000, 1_000_000),
            random.randint(1_000, 100_000) * 100,
        ])
        + 100
    )


def _draw(random: Random, table: Mapping[Any, float] | Sequence[tuple[Any, float]]) -> Any:
    pairs = table.items() if isinstance(table, Mapping) else table
    values, weights = zip(*pairs, strict=True)
    return random.choices(values, weights)[0]
