"""What goes back, or is used up: never more of a line than is left, and to the kopeck."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.payment_sberbank.gateway import Method, Subject, Vat
from odoo.addons.payment_sberbank.receipts import PREPAYMENT, Line, Terms, number, part, whole
from odoo.addons.payment_sberbank.receipts.returns import (
    NotLeft,
    Sold,
    as_line,
    collect,
    cut,
    take,
    without,
)

MUG = Line('Кружка', 89999, Vat.TWENTY_TWO, Subject.COMMODITY, Decimal(3))
DELIVERY = Line('Доставка', 35000, Vat.TWENTY_TWO, Subject.SERVICE)
BOOK = Line('Книга', 91000, Vat.TEN, Subject.COMMODITY, Decimal(2))
INVOICE = (MUG, DELIVERY, BOOK)


def sold(method=Method.FULL_PREPAYMENT, lines=INVOICE):
    total = sum(line.amount for line in lines)
    return [Sold(item, item.amount) for item in number(whole(lines, total, Terms(method)))]


def give_back(lines, amount, wanted=()):
    shares = take(lines, amount, wanted)
    assert sum(shares) == amount
    items = [cut(line.item, share) for line, share in zip(lines, shares, strict=True) if share]
    left = [
        replace(line, left=line.left - share) for line, share in zip(lines, shares, strict=True)
    ]
    return items, left


def table(items):
    return [(item.name, item.price, str(item.quantity), item.amount) for item in items]


@pytest.mark.parametrize(
    ('method', 'vat'), [(Method.FULL_PREPAYMENT, '10/110'), (Method.FULL_PAYMENT, '10')]
)
def test_e_one_book_goes_back_with_the_signs_of_what_it_undoes(method, vat):
    one_book = replace(BOOK, amount=45500, quantity=Decimal(1))

    items, _left = give_back(sold(method), 45500, [one_book])

    assert table(items) == [('Книга', 45500, '1', 45500)]
    assert items[0].method is method
    assert items[0].vat.value == vat


def test_e_mugs_go_back_at_the_prices_that_they_were_sold_at():
    left = sold()
    prices = []
    for kopecks in (30000, 30000, 29999):
        items, left = give_back(left, kopecks, [replace(MUG, amount=kopecks)])
        prices += table(items)

    assert prices == [
        ('Кружка', 30000, '1', 30000),
        ('Кружка', 30000, '1', 30000),
        ('Кружка', 29999, '1', 29999),
    ]
    assert [line.left for line in left] == [0, 0, 35000, 91000]


def test_d_what_is_left_of_an_advance_goes_back():
    advance = sold(Method.ADVANCE, [Line('Аванс', 500000, Vat.TWENTY_TWO, Subject.PAYMENT)])
    _used_up, left = give_back(advance, 320000)

    items, left = give_back(left, 180000)

    assert table(items) == [('Аванс', 180000, '1', 180000)]
    assert items[0].vat is Vat.TWENTY_TWO_122
    assert left[0].left == 0
    with pytest.raises(NotLeft):
        take(left, 1)


def test_all_of_it_goes_back_as_it_was_sold():
    items, _left = give_back(sold(), 215999)

    assert items == [line.item for line in sold()]


def test_without_lines_each_gives_in_proportion():
    items, _left = give_back(sold(), 100000)

    assert [item.amount for item in items] == [27778, 13888, 16204, 42130]
    assert {(item.vat, str(item.quantity)) for item in items} == {
        (Vat.TWENTY_TWO_122, '1'),
        (Vat.TEN_110, '1'),
    }


def test_what_a_document_has_more_than_was_sold_is_divided():
    items, _left = give_back(sold(), 50000, [replace(DELIVERY, amount=40000)])

    assert {item.name: item.amount for item in items}['Доставка'] == 35000


def test_a_refund_of_less_than_the_credit_note_divides_it():
    items, _left = give_back(sold(), 10000, [BOOK, DELIVERY])

    assert {item.name for item in items} == {'Книга', 'Доставка'}


def test_a_prepaid_part_is_known_by_the_name_that_it_has_for_itself():
    parts = [
        Sold(item, item.amount)
        for item in number(part(INVOICE, 100000, Terms(Method.PREPAYMENT), PREPAYMENT))
    ]

    items, _left = give_back(parts, 10000, [BOOK])

    assert [item.name for item in items] == [f'{PREPAYMENT}Книга']


def test_weighed_goods_go_back_by_their_weight():
    apples = Line('Яблоки', 32985, Vat.TEN, Subject.COMMODITY, Decimal('1.5'), 11, 'кг')
    [line] = sold(lines=[apples])

    half = cut(line.item, 10995)
    odd = cut(replace(line.item, price=1_000_000, quantity=Decimal('0.033'), amount=33000), 33)

    assert (half.quantity, half.price, half.unit) == (Decimal('0.5'), line.item.price, 'кг')
    assert (odd.quantity, odd.price, odd.measure, odd.unit) == (1, 33, 255, 'шт')


def test_what_is_left_of_a_document_is_without_what_went_back():
    one_book = replace(BOOK, amount=45500, quantity=Decimal(1))

    left = without(INVOICE, [one_book, replace(DELIVERY, name='Скидка', amount=5000)])

    assert left[:3] == [MUG, DELIVERY, one_book]
    assert [(line.name, line.amount) for line in left[3:]] == [('Скидка', -5000)]
    assert without(INVOICE, INVOICE) == []


def test_what_a_return_s_receipt_tells_is_taken_off_the_document():
    [line] = sold(lines=[BOOK])
    back = as_line(cut(line.item, 45500))

    assert without(INVOICE, [back]) == [MUG, DELIVERY, replace(BOOK, amount=45500, quantity=1)]


def test_lines_of_two_receipts_get_codes_of_their_own():
    first, second = sold()[:1], sold(Method.FULL_PAYMENT)[:1]

    items = collect([first[0].item, second[0].item])

    assert [item.position for item in items] == [1, 2]
    assert len({item.code for item in items}) == 2


def test_it_comes_to_the_kopeck_whatever_goes_back():
    rates = [Vat.NONE, Vat.TEN, Vat.TWENTY_TWO]
    for seed in range(300):
        dice = random.Random(seed)  # noqa: S311
        lines = [
            Line(
                f'Товар {index}',
                dice.randint(1, 200_000),
                dice.choice(rates),
                Subject.COMMODITY,
                dice.choice([Decimal(1), Decimal(3), Decimal(7), Decimal('1.234')]),
            )
            for index in range(dice.randint(1, 6))
        ]
        left = sold(lines=lines)
        amounts = [line.item.amount for line in left]
        returned = [0] * len(left)
        while rest := sum(line.left for line in left):
            wanted = dice.sample(lines, dice.randint(0, len(lines)))
            shares = take(left, dice.randint(1, rest), wanted)
            for index, share in enumerate(shares):
                returned[index] += share
                if share:
                    assert cut(left[index].item, share).amount == share
            left = [
                replace(line, left=line.left - share)
                for line, share in zip(left, shares, strict=True)
            ]
        assert returned == amounts
