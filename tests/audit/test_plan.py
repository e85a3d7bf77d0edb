"""A plan is drawn from its seed, and from nothing else."""

from dev.audit.card_odds import ANSWERS, CLICKS, ENDS, FAULTS
from dev.audit.contracts import CONTRACTS
from dev.audit.odds import (
    AFTERWARDS_HELD,
    ATTEMPTS,
    CLOSING_FAULTS,
    KINDS,
    MEANWHILE,
    NEIGHBOURS,
    PEOPLE,
    RECEIPT_FAULTS,
    SAVING_DEEDS,
)
from dev.audit.plan import draw_plan


def test_the_same_seed_gives_the_same_plan():
    assert draw_plan(200, 7) == draw_plan(200, 7)


def test_another_seed_gives_another_plan():
    assert draw_plan(200, 7) != draw_plan(200, 8)


def test_a_hundred_payments_are_of_every_kind_and_break_everything_once():
    plan = draw_plan(100, 1)
    assert {payment.kind for payment in plan.payments} == set(KINDS)
    assert len({payment.contract for payment in plan.payments}) == 3
    assert {payment.person for payment in plan.payments} == set(range(PEOPLE))
    assert {incident.what for incident in plan.incidents} == {
        'kill_worker',
        'kill_jobs',
        'restart_postgresql',
        'ask_all_now',
    }


def test_a_few_hundred_payments_have_everything_that_is_about_orders_and_attempts():
    payments = draw_plan(400, 1).payments
    orders = [payment for payment in payments if payment.kind == 'order']
    assert {payment.meanwhile for payment in orders} == set(MEANWHILE['order'])
    assert {payment.neighbour for payment in payments} == set(NEIGHBOURS)
    assert {payment.attempt for payment in payments} == set(ATTEMPTS)
    assert any(payment.deed == 'refunded_unsaid' for payment in payments)
    assert {draw_plan(1, seed).automatic_invoices for seed in range(10)} == {True, False}


def test_who_pays_twice_pays_the_same_quotation_by_whatever_contract():
    payments = draw_plan(200, 1).payments
    again = [payment for payment in payments if payment.again is not None]
    assert again
    for second in again:
        first = payments[second.again]
        assert first.number < second.number
        assert (first.person, first.amounts) == (second.person, second.amounts)
        assert (first.paid_again_at, first.paid_again_by) == (second.number, second.contract)


def test_what_is_held_is_not_given_back():
    for payment in draw_plan(400, 1).payments:
        assert not (payment.contract.holds and payment.deed == 'refunded_unsaid')


def test_a_machine_may_be_left_alone():
    assert not draw_plan(100, 1, incidents={}).incidents


def test_what_holds_for_all_payments_is_not_drawn():
    plan = draw_plan(50, 1, only={'deed': 'pay'})
    assert {payment.deed for payment in plan.payments} == {'pay'}


def test_a_lie_about_an_order_never_ends_by_itself():
    plan = draw_plan(20, 1, only={'lie': 'wrong_amount'})
    for payment in plan.payments:
        (lie,) = [fault for fault in payment.order_faults if fault['fault'] == 'wrong_amount']
        assert 'times' not in lie


def test_only_where_there_is_a_register_receipts_fail():
    payments = draw_plan(400, 1).payments
    failing = [
        payment
        for payment in payments
        if {'AUTHORIZATION', 'COMPLETION', 'doReceipt'}
        & {fault.get('method') for fault in payment.order_faults}
    ]
    assert {payment.receipt_fault for payment in failing} == set(RECEIPT_FAULTS)
    assert {payment.closing_fault for payment in failing} == set(CLOSING_FAULTS)
    assert {payment.contract.dialect for payment in failing} == {'rbs', 'ecom'}
    assert all(payment.contract.has_register for payment in failing)


def test_cards_are_saved_everywhere_and_all_kinds_of_things_become_of_their_charges():
    payments = draw_plan(300, 1, only={'kind': 'card'}).payments
    charges = [payment.charge for payment in payments]
    assert {payment.contract.login for payment in payments} == {one.login for one in CONTRACTS}
    assert {payment.deed for payment in payments} == set(SAVING_DEEDS)
    assert not any(payment.lie for payment in payments)
    assert {charge.answer for charge in charges} == set(ANSWERS)
    assert {charge.end for charge in charges} == set(ENDS)
    assert all(any(charge.faults == faults for charge in charges) for faults, _weight in FAULTS)
    assert {(charge.clicks, charge.is_at_once) for charge in charges} == set(CLICKS)
    assert any(charge.is_killed for charge in charges)
    assert not any(payment.charge.by == 'invoice' for payment in payments if payment.contract.holds)


def test_each_fault_of_a_charge_strikes_once_and_in_the_contracts_own_words():
    for payment in draw_plan(200, 1, only={'kind': 'card'}).payments:
        methods = {'register', 'registerPreAuth'} & {
            fault['method'] for fault in payment.charge.faults_at(payment.contract)
        }
        assert methods <= {'registerPreAuth' if payment.contract.holds else 'register'}
        assert all(fault['times'] == 1 for fault in payment.charge.faults_at(payment.contract))


def test_all_that_ends_a_hold_is_drawn():
    held = {one.afterwards for one in draw_plan(1000, 1).payments if one.contract.holds}
    assert held == set(AFTERWARDS_HELD)
