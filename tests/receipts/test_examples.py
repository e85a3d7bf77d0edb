"""The examples that an accountant reckoned by hand, in roubles."""

from decimal import Decimal

from odoo.addons.payment_sberbank.gateway import Method, Subject, Vat
from odoo.addons.payment_sberbank.receipts import PREPAYMENT, Line, Terms, lump, part, whole

MUG = Line('Кружка', 89999, Vat.TWENTY_TWO, Subject.COMMODITY, Decimal(3))
DELIVERY = Line('Доставка', 35000, Vat.TWENTY_TWO, Subject.SERVICE)
BOOK = Line('Книга', 91000, Vat.TEN, Subject.COMMODITY, Decimal(2))
INVOICE = (MUG, DELIVERY, BOOK)
BEFORE = Terms(Method.FULL_PREPAYMENT)


def table(positions):
    return [
        (position.name, position.price, str(position.quantity), position.amount, position.vat.value)
        for position in positions
    ]


def test_a_taxes_included_and_a_price_that_does_not_divide():
    positions = whole(INVOICE, 215999, BEFORE)

    assert table(positions) == [
        ('Кружка', 30000, '2', 60000, '22/122'),
        ('Кружка', 29999, '1', 29999, '22/122'),
        ('Доставка', 35000, '1', 35000, '22/122'),
        ('Книга', 45500, '2', 91000, '10/110'),
    ]
    assert [position.subject for position in positions] == [
        Subject.COMMODITY,
        Subject.COMMODITY,
        Subject.SERVICE,
        Subject.COMMODITY,
    ]


def test_a_at_the_transfer_the_rates_are_plain():
    positions = whole(INVOICE, 215999, Terms(Method.FULL_PAYMENT))

    assert [position.vat.value for position in positions] == ['22', '22', '22', '10']


def test_a_a_prepayment_may_be_called_one():
    positions = whole(INVOICE, 215999, Terms(Method.FULL_PREPAYMENT, own_subject=False))

    assert {position.subject for position in positions} == {Subject.PAYMENT}


def test_a2_a_discount_is_borne_by_the_lines_of_its_rate():
    discount = Line('Скидка', -10000, Vat.TWENTY_TWO, Subject.COMMODITY)

    positions = whole((*INVOICE, discount), 205999, BEFORE)

    assert table(positions) == [
        ('Кружка', 27600, '2', 55200, '22/122'),
        ('Кружка', 27599, '1', 27599, '22/122'),
        ('Доставка', 32200, '1', 32200, '22/122'),
        ('Книга', 45500, '2', 91000, '10/110'),
    ]


def test_b_taxes_on_top():
    lines = (
        Line('Стул', 36600, Vat.TWENTY_TWO, Subject.COMMODITY, Decimal(3)),
        Line('Гвоздь', 12204, Vat.TWENTY_TWO, Subject.COMMODITY, Decimal(7)),
        Line('Орехи', 32984, Vat.TEN, Subject.COMMODITY, Decimal('1.5'), 11, 'кг'),
    )

    # 219.89 × 1.5 would be 329.835: whether that half is rounded up is told by nobody.
    positions = whole(lines, 81788, BEFORE)

    assert table(positions) == [
        ('Стул', 12200, '3', 36600, '22/122'),
        ('Гвоздь', 1744, '3', 5232, '22/122'),
        ('Гвоздь', 1743, '4', 6972, '22/122'),
        ('Орехи, 1,5 кг', 32984, '1', 32984, '10/110'),
    ]
    assert [position.measure for position in positions] == [0, 0, 0, 255]


def test_c_two_parts():
    terms = Terms(Method.PREPAYMENT)

    first = part(INVOICE, 100000, terms, PREPAYMENT)
    second = part(INVOICE, 115999, terms, PREPAYMENT)

    assert table(first) == [
        ('Предоплата: Кружка', 41666, '1', 41666, '22/122'),
        ('Предоплата: Доставка', 16204, '1', 16204, '22/122'),
        ('Предоплата: Книга', 42130, '1', 42130, '10/110'),
    ]
    assert [position.amount for position in second] == [48333, 18796, 48870]


def test_c_what_was_delivered_before_is_a_credit_that_is_paid():
    paid = lump('Оплата кредита по счёту 42', 115999, Vat.NONE, Terms(Method.CREDIT_PAYMENT))

    assert table([paid]) == [('Оплата кредита по счёту 42', 115999, '1', 115999, 'none')]
    assert paid.subject is Subject.PAYMENT


def test_d_a_top_up():
    name, terms = 'Аванс: пополнение счёта', Terms(Method.ADVANCE)

    rates = [lump(name, 500000, vat, terms).vat for vat in (Vat.TWENTY_TWO, Vat.FIVE, Vat.NONE)]

    assert rates == [Vat.TWENTY_TWO_122, Vat.FIVE_105, Vat.NONE]
    assert lump(name, 500000, Vat.NONE, terms).subject is Subject.PAYMENT


def test_e_one_piece_goes_back_at_the_price_of_its_position():
    prices = [position.price for position in whole(INVOICE, 215999, BEFORE)]

    assert prices == [30000, 29999, 35000, 45500]


def test_f_the_rate_changes_and_the_sum_stays():
    sold = Line('Стол', 120000, Vat.TWENTY, Subject.COMMODITY)
    handed_over = Line('Стол', 122000, Vat.TWENTY_TWO, Subject.COMMODITY)

    assert table(whole([sold], 120000, BEFORE)) == [('Стол', 120000, '1', 120000, '20/120')]
    assert table(part([handed_over], 2000, Terms(Method.PREPAYMENT), PREPAYMENT)) == [
        ('Предоплата: Стол', 2000, '1', 2000, '22/122')
    ]
    assert table(whole([handed_over], 122000, Terms(Method.FULL_PAYMENT))) == [
        ('Стол', 122000, '1', 122000, '22')
    ]
