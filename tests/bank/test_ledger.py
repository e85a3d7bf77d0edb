"""The books agree with what happened, to the kopeck."""

import random

from .shop import Shop


def test_an_order_that_is_not_paid_moves_no_money(shop: Shop):
    shop.order()
    shop.hold()

    totals = shop.control.ledger(shop.login)['totals']

    assert (totals['orders'], totals['paid_orders']) == (2, 0)
    assert (totals['registered'], totals['taken'], totals['net']) == (24690, 0, 0)
    assert totals['held'] == 12345


def test_the_net_is_what_was_taken_less_what_went_back(shop: Shop):
    refunded = shop.paid(orderNumber='L1')
    shop.call('refund', orderId=refunded, amount=345)
    reversed_ = shop.paid(orderNumber='L2')
    shop.call('reverse', orderId=reversed_)
    mixed = shop.paid(orderNumber='L3')
    shop.call('reverse', orderId=mixed, amount=1000)
    shop.call('refund', orderId=mixed, amount=500)
    completed = shop.hold(orderNumber='L4')
    shop.call('deposit', orderId=completed, amount=10000)
    released = shop.hold(orderNumber='L5')
    shop.call('reverse', orderId=released)

    books = shop.control.ledger(shop.login)

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


def test_random_lives_add_up(shop: Shop):
    """The books against a second, simpler account of the same moves."""
    dice = random.Random(19)  # noqa: S311 -- the same lives in every run
    expected = 0

    for _life in range(25):
        amount = dice.randint(1, 10**7)
        order_id = shop.paid(amount=amount)
        expected += amount
        for _move in range(dice.randint(0, 4)):
            part = dice.randint(1, amount)
            method = dice.choice(['refund', 'reverse'])
            if shop.code(method, orderId=order_id, amount=part) == '0':
                expected -= part

    assert shop.control.ledger(shop.login)['totals']['net'] == expected


def test_faults_do_not_falsify_the_books(shop: Shop):
    shop.control.faults(shop.login, {'fault': 'wrong_amount'}, {'fault': 'wrong_currency'})
    order_id = shop.paid()
    assert shop.status(order_id)['amount'] == 12344

    [line] = shop.control.ledger(shop.login)['orders']

    assert (line['net'], line['currency']) == (12345, '643')
