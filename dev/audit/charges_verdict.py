"""The part of the comparison about saved cards: what is charged without the customer, and once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extras import RealDictCursor

from dev.audit.fault import Fault
from dev.audit.outcome import Charged, Outcome
from dev.env.postgres import connected
from dev.odoo.money import in_figures

#: Why a charge may have come to nothing: staff are told so.
TOLD = 'charge_failed'
#: What the bank's history of an order says when its time is over.
EXPIRED = 'expired'
#: What the bank calls the moment when a card's bank agrees.
AGREED = {'AUTHORIZATION', 'PREAUTHORIZATION'}

#: An order as the bank's control API gives it, and a card on file.
BankOrder = Mapping[str, Any]
BankCard = Mapping[str, Any]


@dataclass(frozen=True)
class OdooCharge:
    """A transaction by which a saved card was to be charged.

    :param is_waiting: whether the job is to charge it still
    :param attention: the open reasons for a person to look at it
    :param declined: what the card's bank said, by its code first
    """

    order_number: str
    reference: str
    state: str
    is_waiting: bool
    attention: set[str]
    declined: str = ''


@dataclass(frozen=True)
class Card:
    """All that is known of a card that was to be charged.

    :param outcome: of the payment that saved it
    :param orders: the bank's, by which it was to be charged
    :param on_file: the card at the bank
    :param is_in_use: whether Odoo still offers it
    :param charges: Odoo's
    """

    outcome: Outcome
    orders: Sequence[BankOrder]
    on_file: BankCard
    is_in_use: bool
    charges: Sequence[OdooCharge]


@dataclass
class ChargesTally:
    """What the saved cards have been charged. Amounts are kopecks.

    :param cards: that were to be charged
    :param asked: what was to be charged in all
    :param charged: what their banks have agreed to
    :param times: how often
    """

    cards: int = 0
    asked: int = 0
    charged: int = 0
    times: int = 0
    faults: list[Fault] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f'saved cards: {self.cards}, {in_figures(self.charged)} of {in_figures(self.asked)} RUB'
            f' charged, in {self.times} charges'
        )


def compare_charges(cards: Sequence[Card]) -> ChargesTally:
    """Compare what was asked for with what the bank has charged, and with Odoo."""
    tally = ChargesTally()
    for card in cards:
        tally.cards += 1
        tally.asked += card.outcome.payment.charge.amount
        agreed = [_agreed(order) for order in card.orders]
        tally.charged += sum(agreed)
        tally.times += sum(amount > 0 for amount in agreed)
        number = _name(card)
        tally.faults += [Fault(kind, number, f'saved card: {why}') for kind, why in _look_at(card)]
    return tally


def read_charges(
    database: str, outcomes: Sequence[Outcome], orders: Sequence[BankOrder], on_file: Sequence
) -> Sequence[Card]:
    """Put together what is known of each card that was to be charged.

    :param orders: all of the bank's
    :param on_file: all cards on file at the bank
    """
    charged = [outcome for outcome in outcomes if outcome.charged]
    by_binding = {one['bindingId']: one for one in on_file}
    with (
        connected(database) as connection,
        connection.cursor(cursor_factory=RealDictCursor) as cursor,
    ):
        cursor.execute(_CHARGES)
        charges: dict[int, list[OdooCharge]] = {}
        for row in cursor.fetchall():
            charges.setdefault(row['invoice_id'], []).append(_charge(row))
        cursor.execute('SELECT id FROM payment_token WHERE active')
        in_use = {row['id'] for row in cursor.fetchall()}
    return [
        Card(
            outcome,
            orders=[order for order in orders if is_charge_of(outcome.charged, order)],
            on_file=by_binding[outcome.charged.binding_id],
            is_in_use=outcome.charged.token_id in in_use,
            charges=charges.get(outcome.charged.invoice_id, ()),
        )
        for outcome in charged
    ]


def outcomes_of_charges(cards: Sequence[Card]) -> Sequence[Outcome]:
    """Return the charges as payments of their own, with which staff does what the plan says."""
    return [
        Outcome(card.outcome.payment, order['orderId'], order['orderNumber'], card.outcome.story)
        for card in cards
        for order in card.orders
    ]


def is_charge_of(charged: Charged, order: BankOrder) -> bool:
    """Tell whether an order of the bank is one by which a saved card was to be charged."""
    return order['clientId'] == charged.client_id and bool(order['register'].get('bindingId'))


def _look_at(card: Card) -> Iterator[tuple[str, str]]:
    plan, money = card.outcome.payment.charge, [_agreed(order) for order in card.orders]
    times = sum(amount > 0 for amount in money)
    if times > 1 or sum(money) > plan.amount:
        yield 'doubled', f'{sum(money)} kopecks are charged in {times} times, {plan.amount} asked'
    if times and plan.is_impossible:
        yield 'wrong', f'it is charged, though the card was {plan.end or plan.answer}'
    is_missing = not times and plan.is_possible and card.outcome.charged.asked
    if is_missing and not _has_run_out(card):
        yield 'lost', f'{plan.amount} kopecks were asked for, and never charged'
    agreed = {order['orderNumber'] for order in card.orders if _agreed(order)}
    for charge in card.charges:
        yield from _look_at_charge(charge, was_charged=charge.order_number in agreed)
    yield from _look_at_card(card)


def _look_at_charge(charge: OdooCharge, *, was_charged: bool) -> Iterator[tuple[str, str]]:
    if charge.is_waiting or charge.state in ('draft', 'pending'):
        yield 'lost', f'{charge.reference} has come to no end, it is {charge.state}'
    elif charge.state == 'cancel' and not was_charged and TOLD not in charge.attention:
        yield 'wrong', f'{charge.reference} came to nothing, and nobody was told'
    elif charge.state in ('done', 'authorized') and TOLD in charge.attention:
        yield 'wrong', f'{charge.reference} is {charge.state}, and listed as failed'


def _look_at_card(card: Card) -> Iterator[tuple[str, str]]:
    plan = card.outcome.payment.charge
    is_known_dead = any(charge.declined.startswith('43:') for charge in card.charges)
    if card.is_in_use and plan.answer == 'dead' and is_known_dead:
        yield 'wrong', 'its bank declined it for good, and it is offered still'
    if card.is_in_use and plan.end:
        yield 'wrong', f'it was removed ({plan.end}), and it is offered still'
    if card.on_file['active'] and plan.end.startswith('customer'):
        yield 'wrong', 'its owner removed it, and it is on file at the bank still'
    if not card.is_in_use and plan.is_possible:
        yield 'wrong', 'nobody removed it, and it is not offered any more'


def _has_run_out(card: Card) -> bool:
    """Tell whether each order's time was over before its charge could be repeated.

    The audit moves the bank's clock on by minutes at a time. Whoever charges again after a lost
    request comes too late then; staff have to be told, as of any charge that came to nothing.
    """
    return bool(card.orders) and all(
        any(step['event'] == EXPIRED for step in order['history']) for order in card.orders
    )


def _agreed(order: BankOrder) -> int:
    """Return the kopecks that the card's bank has agreed to, whatever became of them later."""
    return sum(one['amount'] for one in order['operations'] if one['type'] in AGREED)


def _name(card: Card) -> str:
    """Return the order that a fault of a card is told of: a charge of it, if there is one."""
    for order in card.orders:
        return order['orderNumber']
    return card.outcome.order_number


def _charge(row: Mapping[str, Any]) -> OdooCharge:
    return OdooCharge(
        order_number=row['order_number'] or '',
        reference=row['reference'],
        state=row['state'],
        is_waiting=row['is_waiting'],
        attention=set(row['attention']),
        declined=row['declined'] or '',
    )


_CHARGES = """
    SELECT r.invoice_id, t.sberbank_order_number AS order_number, t.reference,
           t.state, t.sberbank_charge_at IS NOT NULL AS is_waiting,
           t.sberbank_decline_reason AS declined,
           ARRAY(
               SELECT a.reason
                 FROM sberbank_attention a
                WHERE a.transaction_id = t.id AND NOT coalesce(a.is_solved, false)
           ) AS attention
      FROM payment_transaction t
      JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id
     WHERE t.operation = 'offline'
  ORDER BY t.id
"""
