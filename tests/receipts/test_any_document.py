"""Whatever a document is made of: its receipt comes to what is paid, to the kopeck."""

import random
from decimal import Decimal

import pytest

from odoo.addons.payment_sberbank.gateway import (
    Buyer,
    FfdVersion,
    Kind,
    Method,
    Receipt,
    Seller,
    Settlements,
    Subject,
    TaxSystem,
    Vat,
)
from odoo.addons.payment_sberbank.receipts import (
    PREPAYMENT,
    Line,
    NothingToSell,
    Terms,
    number,
    part,
    settle,
    spread,
    whole,
)

SELLER = Seller('7707083893', 'shop@shop.example', TaxSystem.OSN, 'https://shop.example')
BUYER = Buyer(email='anna@customer.example')
RATES = (Vat.NONE, Vat.ZERO, Vat.FIVE, Vat.SEVEN, Vat.TEN, Vat.TWENTY_TWO)
SUBJECTS = (Subject.COMMODITY, Subject.SERVICE, Subject.JOB)
NAMES = ('Кружка', 'Mug «Ёлка» 🎄\n2', '', '🎄', 'слово ' * 60, 'x' * 200, 'a & b; <c>')
#: What Odoo's units and roundings make of a quantity.
DECIMALS = (0, 0, 0, 1, 2, 3, 4, 6)


def random_line(dice: random.Random) -> Line:
    places = dice.choice(DECIMALS)
    quantity = round(Decimal(dice.uniform(-1, 10 ** dice.randint(0, 5))), places)
    return Line(
        dice.choice(NAMES),
        dice.choice((1, 1, 1, 1, -1, 0)) * dice.randint(1, 10 ** dice.randint(1, 8)),
        dice.choice(RATES),
        dice.choice(SUBJECTS),
        quantity,
        dice.choice((0, 11, 71, 255)),
        dice.choice(('шт', 'кг', 'ч', 'коробка')),
    )


def random_total(dice: random.Random, lines: list[Line]) -> int:
    """What they come to, or that rounded to roubles, or a part, or in another currency."""
    total = max(sum(line.amount for line in lines), 1)
    rounded = max(round(total, -2), 1)
    return dice.choice((total, rounded, dice.randint(1, total), min(total * 93, 4_294_967_200)))


def receipt_of(positions) -> Receipt:
    items = number(positions)
    return Receipt(
        Kind.SELL,
        FfdVersion.V1_05,
        SELLER,
        BUYER,
        items,
        Settlements(cashless=sum(item.amount for item in items)),
    )


@pytest.mark.parametrize('seed', range(4))
def test_thousands_of_documents(seed):
    dice, built = random.Random(seed), 0  # noqa: S311 -- the same course in every run
    for _document in range(1500):
        lines = [random_line(dice) for _line in range(dice.randint(1, 12))]
        total = random_total(dice, lines)
        terms = Terms(
            dice.choice((Method.FULL_PREPAYMENT, Method.FULL_PAYMENT)),
            own_subject=dice.random() < 0.5,
            name_length=dice.choice((100, 128)),
        )
        try:
            positions = (
                whole(lines, total, terms)
                if dice.random() < 0.5
                else part(lines, total, terms, PREPAYMENT)
            )
        except NothingToSell:
            continue
        receipt = receipt_of(positions)  # Checks every position, and that codes are unique.
        assert receipt.total == total
        assert all(len(item.name) <= terms.name_length for item in receipt.items)
        built += 1
    assert built > 1000


def test_shares_are_the_total_and_near_their_proportion():
    dice = random.Random(54)  # noqa: S311 -- the same course in every run
    for _sum in range(3000):
        weights = [dice.randint(0, 10**6) for _weight in range(dice.randint(1, 20))] + [1]
        total = dice.randint(0, 10**7)
        shares = spread(total, weights)
        assert sum(shares) == total
        assert all(
            abs(share * sum(weights) - total * weight) < sum(weights)
            for share, weight in zip(shares, weights, strict=True)
        )


def test_a_discount_larger_than_the_lines_of_its_rate_is_borne_by_the_others_too():
    lines = (
        Line('Книга', 1000, Vat.TEN, Subject.COMMODITY),
        Line('Кружка', 9000, Vat.TWENTY_TWO, Subject.COMMODITY),
        Line('Скидка', -4000, Vat.TEN, Subject.COMMODITY),
    )

    assert [(line.name, line.amount) for line in settle(lines, 6000)] == [('Кружка', 6000)]


def test_a_free_delivery_leaves_no_line():
    lines = (
        Line('Кружка', 9000, Vat.TWENTY_TWO, Subject.COMMODITY),
        Line('Доставка', 0, Vat.TWENTY_TWO, Subject.SERVICE),
    )

    assert [line.name for line in settle(lines, 9000)] == ['Кружка']


def test_what_is_deducted_as_a_whole_leaves_nothing():
    lines = (
        Line('Кружка', 9000, Vat.TWENTY_TWO, Subject.COMMODITY),
        Line('Скидка', -9000, Vat.NONE, Subject.COMMODITY),
    )

    with pytest.raises(NothingToSell):
        settle(lines, 1)


def test_more_pieces_than_kopecks_are_one_position():
    [position] = whole(
        [Line('Скрепка', 99, Vat.NONE, Subject.COMMODITY, Decimal(1000))],
        99,
        Terms(Method.FULL_PAYMENT),
    )

    assert (position.name, position.quantity, position.price) == ('Скрепка, 1000 шт', 1, 99)


def test_a_third_of_a_kilo_is_named_and_not_counted():
    [position] = whole(
        [Line('Орехи', 3333, Vat.TEN, Subject.COMMODITY, Decimal('0.3333'), 11, 'кг')],
        3333,
        Terms(Method.FULL_PAYMENT),
    )

    assert (position.name, position.quantity) == ('Орехи, 0,3333 кг', 1)


def test_a_long_name_is_cut_and_keeps_what_stands_around_it():
    [position] = part(
        [Line('слово ' * 60, 100, Vat.TEN, Subject.COMMODITY)],
        100,
        Terms(Method.PREPAYMENT),
        PREPAYMENT,
    )

    assert position.name.startswith('Предоплата: слово слово')
    assert len(position.name) <= 100
