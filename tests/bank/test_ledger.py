"""The books agree with what happened, to the kopeck."""

import random

from .merchant import Merchant


def test_an_order_that_is_not_paid_moves_no_money(merchant: Merchant):
    merchant.order()
    merchant.hold()

    totals = merchant.control.ledger(merchant.login)['totals']

    assert (totals['orders'], totals['paid_orders']) == (2, 0)
    assert (totals['registered'], totals['taken'], totals['net']) == (24690, 0, 0)
    assert totals['held'] == 12345


def test_the_net_is_what_was_taken_less_what_went_back(merchant: Merchant):
    refunded = merchant.paid(orderNumber='L1')
    merchant.call('refund', orderId=refunded, amount=345)
    reversed_ = merchant.paid(orderNumber='L2')
    merchant.call('reverse', orderId=reversed_)
    mixed = merchant.paid(orderNumber='L3')
    merchant.call('reverse', orderId=mixed, amount=1000)
    merchant.call('refund', orderId=mixed, amount=500)
    completed = merchant.hold(orderNumber='L4')
    merchant.call('deposit', orderId=completed, amount=10000)
    released = merchant.hold(orderNumber='L5')
    merchant.call('reverse', orderId=released)

    books = merchant.control.ledger(merchant.login)

    lines = {
        line['orderNumber']: (line['taken'], line['reversed'], line['refunded'], line['net'])
        for line in books['orders']
    }
    assert lines == {
        'L1': (12345, 0, 345, 12000),
        'L2': (12345, 12345, 0, 0),
        'L3': (12345, 1000, 500, 10845),
        'L4': (10000, 0, 0, 10000),
        'L5': (0, 0, 0, 0),
    }
    assert books['totals']['net'] == 32845
    assert books['totals']['taken'] - books['totals']['returned'] == 32845


def test_random_lives_add_up(merchant: Merchant):
    """The books against a second, simpler account of the same moves."""
    dice = random.Random(19)  # noqa: S311 -- the same lives in every run
    expected = 0

    for _life in range(25):
        amount = dice.randint(1, 10**7)
        order_id = merchant.paid(amount=amount)
        expected += amount
        for _move in range(dice.randint(0, 4)):
            part = dice.randint(1, amount)
            method = dice.choice(['refund', 'reverse'])
            if merchant.code(method, orderId=order_id, amount=part) == '0':
                expected -= part

    assert merchant.control.ledger(merchant.login)['totals']['net'] == expected


def test_faults_do_not_falsify_the_books(merchant: Merchant):
    merchant.control.faults(merchant.login, {'fault': 'wrong_amount'}, {'fault': 'wrong_currency'})
    order_id = merchant.paid()
    assert merchant.status(order_id)['amount'] == 12344

    [line] = merchant.control.ledger(merchant.login)['orders']

    assert (line['net'], line['currency']) == (12345, '643')
