"""A plan is drawn from its seed, and from nothing else."""

from dev.audit.plan import KINDS, PEOPLE, draw_plan


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


def test_what_holds_for_all_payments_is_not_drawn():
    plan = draw_plan(50, 1, only={'deed': 'pay'})
    assert {payment.deed for payment in plan.payments} == {'pay'}


def test_a_lie_about_an_order_never_ends_by_itself():
    plan = draw_plan(20, 1, only={'lie': 'wrong_amount'})
    for payment in plan.payments:
        (lie,) = [fault for fault in payment.order_faults if fault['fault'] == 'wrong_amount']
        assert 'times' not in lie
