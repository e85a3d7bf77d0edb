"""Texts that the bank takes, made of texts that people write."""

import re

import pytest
from gateway import clean_description, order_number
from gateway.text import printable
from hypothesis import given
from hypothesis import strategies as st

# Bank's OpenAPI 1.0.7 and its later documentation; the old dialect forbids `%`, `+`, line breaks.
ALLOWED_IN_ECOM = re.compile(r'[ -~А-Яа-яЁё№]{1,99}')
FORBIDDEN_IN_RBS = re.compile(r'[%+\r\n]')


@pytest.mark.parametrize(
    ('text', 'cleaned'),
    [
        ('Счёт INV/2026/00042', 'Счёт INV/2026/00042'),
        ('ООО «Ромашка» — оплата', 'ООО "Ромашка" - оплата'),
        ('“Smart” ‘quotes’ – dash…', '"Smart" \'quotes\' - dash...'),
        ('Скидка 10% + доставка', 'Скидка 10 доставка'),
        ('A+B', 'A B'),
        ('line 1\r\nline 2\tend', 'line 1 line 2 end'),
        ('Café Zürich, ½ кг', 'Cafe Zurich, 1/2 кг'),
        ('Йод и и\u0306од, Е\u0308лка', 'Йод и йод, Ёлка'),
        ('Счёт\N{NO-BREAK SPACE}№5', 'Счёт №5'),
        ('500 ₽', '500 руб.'),
        ('日本 order 😀 7', 'order 7'),
        ('％', None),
        ('日本', None),
        ('   ', None),
        ('', None),
        (None, None),
    ],
)
def test_a_description_is_cleaned_for_both_dialects(text, cleaned):
    assert clean_description(text) == cleaned


@pytest.mark.parametrize('name', ['INV/2026/{:05}', 'INV-2026-{:05}'])
def test_a_long_description_is_cut_between_words(name):
    names = [name.format(number) for number in range(1, 12)]

    cleaned = clean_description(', '.join(names))

    assert 80 <= len(cleaned) <= 99
    assert cleaned.rstrip(',').split(', ') == names[:6]


def test_a_long_word_is_cut_where_it_must_be():
    assert clean_description('x' * 200) == 'x' * 99


@given(st.text())
def test_both_dialects_take_every_cleaned_description(text):
    cleaned = clean_description(text)

    assert cleaned is None or ALLOWED_IN_ECOM.fullmatch(cleaned)
    assert not FORBIDDEN_IN_RBS.search(cleaned or '')
    assert clean_description(cleaned) == cleaned


WORD = r'[A-Za-zА-Яа-яЁё0-9№/,."-]{1,20}'


@given(st.from_regex(f'{WORD}( {WORD}){{0,3}}', fullmatch=True))
def test_a_plain_short_description_is_left_alone(text):
    assert clean_description(text) == text


@pytest.mark.parametrize(
    ('prefix', 'unique', 'number'),
    [
        ('INV/2026/00042', 'K7Q2', 'INV-2026-00042-K7Q2'),
        ('СЧЁТ/2026/00042', 'K7Q2', '2026-00042-K7Q2'),
        ('Заказ', 'K7Q2', 'K7Q2'),
        ('', 'K7Q2', 'K7Q2'),
        ('INV/2026/00042, INV/2026/00043', 'K7Q2M9XY', 'INV-2026-00042-INV-2026-K7Q2M9XY'),
        ('a' * 40, 'b' * 31, 'b' * 31),
        ('a' * 40, 'b' * 32, 'b' * 32),
    ],
)
def test_an_order_number_is_readable_and_unique(prefix, unique, number):
    assert order_number(prefix, unique) == number


@given(st.text(), st.from_regex(r'[A-Za-z0-9_-]{1,32}', fullmatch=True))
def test_every_gateway_takes_every_order_number(prefix, unique):
    number = order_number(prefix, unique)

    assert re.fullmatch(r'[A-Za-z0-9_-]{1,32}', number)
    assert number.endswith(unique)


@pytest.mark.parametrize('unique', ['', 'a' * 33, 'a/b', 'а', 'a\n'])
def test_a_unique_part_is_never_altered(unique):
    with pytest.raises(ValueError, match='unique part'):
        order_number('INV', unique)


def test_a_text_from_outside_becomes_one_short_line():
    assert printable('Ошибка\r\nline\0\ud800') == 'Ошибка  line  '
    assert printable('x' * 600) == 'x' * 511 + '…'
