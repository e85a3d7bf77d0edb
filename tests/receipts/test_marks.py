"""Marked pieces: each with its code, where they are handed over, and nowhere else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.payment_sberbank.gateway import Method, Subject, Vat
from odoo.addons.payment_sberbank.receipts import Line, MissingMark, Terms, number, part, whole
from odoo.addons.payment_sberbank.receipts.returns import (
    Sold,
    are_pieces_known,
    as_line,
    cut,
    take,
    without,
)

CODES = ('010460043993125621JgXJ5.T', '010460043993125621JgXJ6.U', '010460043993125621JgXJ7.V')
COAT = Line('Пальто', 100000, Vat.TWENTY_TWO, Subject.MARKED, Decimal(3), marks=CODES)
MUG = Line('Кружка', 30000, Vat.TWENTY_TWO, Subject.COMMODITY, Decimal(2))
TRANSFER, BEFORE = Terms(Method.FULL_PAYMENT), Terms(Method.FULL_PREPAYMENT)


def table(positions):
    return [
        (position.name, position.price, int(position.quantity), position.mark)
        for position in positions
    ]


def test_each_piece_has_a_line_of_its_own_at_the_transfer():
    positions = whole([COAT, MUG], 130000, TRANSFER)

    assert table(positions) == [
        ('Пальто', 33334, 1, CODES[0]),
        ('Пальто', 33333, 1, CODES[1]),
        ('Пальто', 33333, 1, CODES[2]),
        ('Кружка', 15000, 2, ''),
    ]
    assert sum(position.amount for position in positions) == 130000
    assert {item.mark for item in number(positions)} == {*CODES, ''}


@pytest.mark.parametrize('subject', [Subject.MARKED, Subject.MARKED_EXCISE])
def test_before_the_transfer_there_are_no_codes(subject):
    line = replace(COAT, subject=subject, marks=())

    assert table(whole([line], 100000, BEFORE)) == [
        ('Пальто', 33334, 1, ''),
        ('Пальто', 33333, 2, ''),
    ]
    assert table(part([line], 5000, Terms(Method.PREPAYMENT), '')) == [('Пальто', 5000, 1, '')]


@pytest.mark.parametrize(
    ('quantity', 'known', 'missing'),
    [('3', 0, 3), ('3', 2, 1), ('2.5', 3, 1), ('0.5', 1, 1), ('1', 0, 1)],
)
def test_pieces_without_a_code_are_refused(quantity, known, missing):
    line = replace(COAT, quantity=Decimal(quantity), marks=CODES[:known])

    with pytest.raises(MissingMark) as refusal:
        whole([line], 100000, TRANSFER)

    assert (refusal.value.name, refusal.value.missing) == ('Пальто', missing)


def test_codes_that_are_too_many_are_left_for_the_next_receipt():
    positions = whole([replace(COAT, quantity=Decimal(1))], 100000, TRANSFER)

    assert table(positions) == [('Пальто', 100000, 1, CODES[0])]


def test_each_piece_that_is_paid_for_in_part_has_its_share_and_its_code():
    assert table(part([COAT, MUG], 65000, TRANSFER, 'Часть: ')) == [
        ('Часть: Пальто', 16667, 1, CODES[0]),
        ('Часть: Пальто', 16667, 1, CODES[1]),
        ('Часть: Пальто', 16666, 1, CODES[2]),
        ('Часть: Кружка', 15000, 1, ''),
    ]
    with pytest.raises(MissingMark) as refusal:
        part([replace(COAT, marks=CODES[:1])], 5000, TRANSFER, '')
    assert refusal.value.missing == 2


def test_what_goes_back_is_the_very_piece():
    items = number(whole([COAT], 100000, TRANSFER))
    sold = [Sold(item, item.amount) for item in items]
    second = replace(COAT, amount=33333, quantity=Decimal(1), marks=CODES[1:2])

    shares = take(sold, 33333, [second])

    assert shares == [0, 33333, 0]
    assert cut(items[1], 33333).mark == CODES[1]
    assert cut(items[1], 10000).mark == CODES[1]
    assert as_line(items[1]).marks == (CODES[1],)
    assert without([COAT], [second])[0].marks == (CODES[0], CODES[2])


ONE = replace(COAT, amount=33333, quantity=Decimal(1), marks=())


@pytest.mark.parametrize(
    ('amount', 'wanted', 'is_known'),
    [
        (100000, [], True),
        (130000, [], True),
        (33333, [replace(ONE, marks=CODES[1:2])], True),
        (66666, [replace(ONE, amount=66666, quantity=Decimal(2), marks=CODES[1:])], True),
        (33333, [ONE], False),
        (66666, [replace(ONE, marks=CODES[1:2]), ONE], False),
        (10000, [replace(ONE, amount=10000, marks=CODES[1:2])], False),
        (50000, [], False),
        (30000, [replace(MUG, amount=30000)], True),
    ],
)
def test_codes_go_back_only_of_pieces_that_are_known(amount, wanted, is_known):
    sold = [Sold(item, item.amount) for item in number(whole([COAT, MUG], 130000, TRANSFER))]
    if amount == 100000:
        sold = sold[:3]

    shares = take(sold, amount, wanted)

    assert are_pieces_known(sold, shares, wanted) is is_known


def test_what_is_left_after_one_went_before_is_known_by_its_codes_only():
    items = number(whole([COAT], 100000, TRANSFER))
    sold = [Sold(items[0], 0), *(Sold(item, item.amount) for item in items[1:])]
    rest = replace(COAT, amount=66666, quantity=Decimal(2))

    assert not are_pieces_known(sold, [0, 33333, 33333])
    assert are_pieces_known(sold, [0, 33333, 33333], [replace(rest, marks=CODES[1:])])


def test_a_line_of_which_an_unknown_piece_went_back_has_no_codes_left():
    [left] = without([COAT], [ONE])

    assert (left.quantity, left.marks) == (Decimal(2), ())
