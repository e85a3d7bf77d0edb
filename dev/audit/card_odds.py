"""What is drawn about saved cards: what becomes of a charge that is made without the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from dev.audit.contracts import Contract
from dev.audit.odds import Fault, draw, draw_amount

#: Who wants the money: the accountant, from the invoice, or another app, as subscriptions do.
BY = {'invoice': 60, 'app': 40}

#: How often the same money is asked for, and whether that is in the same moment.
CLICKS = {(1, False): 70, (2, True): 14, (2, False): 16}

#: What the card's bank says to a charge: yes, later, only if the customer is there, or never more.
ANSWERS = {'approved': 62, 'later': 14, 'customer': 12, 'dead': 12}
ACTION_CODES: Mapping[str, int] = {'later': 116, 'customer': 120, 'dead': 43}

#: Who takes the card off, before the charge is asked for or right after it.
ENDS = {
    '': 68,
    'customer_first': 6,
    'customer': 10,
    'bank_first': 5,
    'bank': 4,
    'payer_first': 4,
    'payer': 3,
}

#: What is lost, and of which answer.
FAULTS: Sequence[tuple[tuple[Fault, ...], float]] = (
    ((), 30),
    (({'method': 'paymentOrderBinding', 'fault': 'drop_response_after_commit'},), 16),
    (({'method': 'paymentOrderBinding', 'fault': 'drop_connection'},), 6),
    (({'method': 'paymentOrderBinding', 'fault': 'http502', 'after_commit': True},), 6),
    (({'method': 'paymentOrderBinding', 'fault': 'http503'},), 4),
    (({'method': 'paymentOrderBinding', 'fault': 'html200', 'after_commit': True},), 5),
    (({'method': 'paymentOrderBinding', 'fault': 'truncated'},), 5),
    (({'method': 'register', 'fault': 'drop_response_after_commit'},), 7),
    (({'method': 'register', 'fault': 'http500'},), 3),
    (({'method': 'getBindings', 'fault': 'html200'},), 4),
    (
        (
            {'method': 'paymentOrderBinding', 'fault': 'drop_response_after_commit'},
            {'method': 'getOrderStatusExtended', 'fault': 'drop_connection'},
        ),
        14,
    ),
)

#: How often the job's worker is killed once the bank has charged and before it has answered.
KILLED = 0.2
#: Seconds in which that can be done.
KILLING_TIME = 3.0

#: How often a charge is asked for once more that the bank wants to hear of later.
AGAIN = 0.7


@dataclass(frozen=True)
class Charge:
    """A charge of a card that was saved by paying with it.

    :param amount: kopecks
    :param by: who wants the money
    :param clicks: how often it is asked for
    :param is_at_once: whether that is in the same moment
    :param answer: what the card's bank says
    :param end: who takes the card off, and when
    :param faults: what is lost; `register` stands for the contract's own method
    :param is_killed: whether the job's worker is killed while it waits for the bank's answer
    :param is_repeated: whether it is asked for once more after the bank has declined it for now
    """

    amount: int
    by: str
    clicks: int
    is_at_once: bool
    answer: str
    end: str
    faults: tuple[Fault, ...]
    is_killed: bool
    is_repeated: bool

    @property
    def is_possible(self) -> bool:
        """Whether nothing but lost answers is in the way of it."""
        return self.answer == 'approved' and not self.end

    @property
    def is_impossible(self) -> bool:
        """Whether no charge of the card may succeed."""
        return self.answer in ('customer', 'dead') or self.end.endswith('_first')

    def faults_at(self, contract: Contract) -> Sequence[Fault]:
        """Return the faults of the bank, as its control API takes them."""
        register = 'registerPreAuth' if contract.holds else 'register'
        faults = [
            {**fault, 'times': 1, 'method': register if fault['method'] == 'register' else method}
            for fault in self.faults
            if (method := fault['method'])
        ]
        if self.is_killed:
            slow = {'fault': 'slow', 'seconds': KILLING_TIME, 'after_commit': True}
            faults.append({**slow, 'method': 'paymentOrderBinding', 'times': 1})
        return faults


def draw_charge(random: Random, contract: Contract) -> Charge:
    """Draw a charge of a card that is saved at a contract."""
    by = draw(random, BY)
    clicks, is_at_once = draw(random, CLICKS)
    return Charge(
        amount=draw_amount(random),
        # Odoo offers no card in the accountant's dialog whose money is held first.
        by='app' if contract.holds else by,
        clicks=clicks,
        is_at_once=is_at_once,
        answer=draw(random, ANSWERS),
        end=draw(random, ENDS),
        faults=draw(random, FAULTS),
        is_killed=random.random() < KILLED,
        is_repeated=random.random() < AGAIN,
    )
