"""The comparison of what saved cards were to be charged with what they have been."""

from dataclasses import replace

import pytest

from dev.audit.card_odds import Charge
from dev.audit.charges_verdict import Card, OdooCharge, compare_charges, outcomes_of_charges
from dev.audit.outcome import Charged, Outcome
from dev.audit.plan import draw_plan

PLAN = Charge(
    amount=50_00,
    by='app',
    clicks=1,
    is_at_once=False,
    answer='approved',
    end='',
    faults=(),
    is_killed=False,
    is_repeated=False,
)
TAKEN = {
    'orderId': 'id-2',
    'orderNumber': 'N2',
    'operations': [{'type': 'AUTHORIZATION', 'amount': 50_00}],
    'history': [{'moment': 0, 'event': 'registered'}],
}
DECLINED = {**TAKEN, 'operations': []}
RUN_OUT = {**DECLINED, 'history': [*TAKEN['history'], {'moment': 1200, 'event': 'expired'}]}
GIVEN_BACK = {**TAKEN, 'operations': [*TAKEN['operations'], {'type': 'REFUND', 'amount': 50_00}]}
VOIDED = {**TAKEN, 'operations': [{'type': 'PREAUTHORIZATION', 'amount': 50_00}]}
DONE = OdooCharge('N2', 'INV/2', 'done', is_waiting=False, attention=set())
FAILED = replace(DONE, state='cancel', attention={'charge_failed'})
ON_FILE = {'active': True}


def card(*orders, charges=(DONE,), on_file=ON_FILE, is_in_use=True, asked=1, **plan):
    (payment,) = draw_plan(
        1, 1, only={'kind': 'card', 'charge': replace(PLAN, **plan)}, incidents={}
    ).payments
    outcome = Outcome(payment, 'id-1', 'N1', charged=Charged(1, 'b', 'c', 7, asked))
    return Card(outcome, orders, on_file, is_in_use, charges)


def kinds(one):
    return [fault.kind for fault in compare_charges([one]).faults]


@pytest.mark.parametrize(
    'one',
    [
        card(TAKEN),
        card(GIVEN_BACK),
        card(VOIDED, charges=(replace(DONE, state='cancel'),)),
        card(DECLINED, charges=(FAILED,), answer='customer'),
        card(
            {**DECLINED, 'orderNumber': 'N1'},
            TAKEN,
            charges=(replace(FAILED, order_number='N1'), DONE),
            answer='later',
        ),
        card(
            DECLINED,
            charges=(replace(FAILED, declined='43: stolen'),),
            is_in_use=False,
            answer='dead',
        ),
        card(on_file={'active': False}, is_in_use=False, charges=(FAILED,), end='customer_first'),
        card(charges=(), asked=0),
        card(RUN_OUT, charges=(FAILED,)),
    ],
)
def test_what_agrees_is_clean(one):
    assert not kinds(one)


@pytest.mark.parametrize('second', [TAKEN, GIVEN_BACK])
def test_a_card_that_is_charged_twice_is_doubled(second):
    assert kinds(card(TAKEN, {**second, 'orderNumber': 'N3'})) == ['doubled']


@pytest.mark.parametrize(
    ('one', 'kind'),
    [
        (card(DECLINED, charges=(FAILED,)), 'lost'),
        (card(RUN_OUT, DECLINED, charges=(FAILED,)), 'lost'),
        (card(charges=(FAILED,)), 'lost'),
        (card(RUN_OUT, charges=(replace(FAILED, attention=set()),)), 'wrong'),
        (card(TAKEN, charges=(replace(DONE, state='pending'),)), 'lost'),
        (card(TAKEN, charges=(replace(DONE, is_waiting=True),)), 'lost'),
        (card(DECLINED, charges=(replace(FAILED, attention=set()),), answer='customer'), 'wrong'),
        (card(TAKEN, charges=(replace(DONE, attention={'charge_failed'}),)), 'wrong'),
        (card(TAKEN, answer='customer'), 'wrong'),
        (card(TAKEN, is_in_use=False, end='bank_first'), 'wrong'),
        (card(DECLINED, charges=(replace(FAILED, declined='43: x'),), answer='dead'), 'wrong'),
        (card(TAKEN, end='payer'), 'wrong'),
        (card(TAKEN, is_in_use=False, end='customer'), 'wrong'),
        (card(TAKEN, is_in_use=False), 'wrong'),
    ],
)
def test_every_difference_is_found(one, kind):
    assert kinds(one) == [kind]


def test_the_tally_is_of_what_the_cards_banks_have_agreed_to():
    tally = compare_charges([card(TAKEN), card(DECLINED, charges=(FAILED,), answer='customer')])
    assert str(tally) == 'saved cards: 2, 50.00 of 100.00 RUB charged, in 1 charges'


def test_staff_works_on_with_the_charges_as_with_other_payments():
    (outcome,) = outcomes_of_charges([card(TAKEN)])
    assert (outcome.order_id, outcome.order_number) == ('id-2', 'N2')
