"""A receipt checks itself: what the register, the bank or the law would refuse is never sent."""

import datetime
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from gateway import (
    VAT_TABLES,
    Buyer,
    FfdVersion,
    IssuedReceipt,
    Kind,
    Method,
    Receipt,
    ReceiptError,
    ReceiptStatus,
    Sentence,
    Settlements,
    Subject,
    TaxSystem,
    Vat,
    clean_name,
    clean_phone,
    is_inn,
    reason_of,
    vat_tables_of,
)
from hypothesis import given
from hypothesis import strategies as st

from .receipts import BUYER, SELLER, closing, new_item, new_receipt

TRANSFER = {'method': Method.FULL_PAYMENT, 'vat': Vat.TEN}


def test_what_is_stored_is_read_again():
    for receipt in (new_receipt(), closing(new_receipt()), new_receipt(buyer=Buyer('a@b.ru'))):
        stored = json.loads(json.dumps(receipt.as_dict()))
        assert Receipt.from_dict(stored) == receipt


@pytest.mark.parametrize(
    'spoil',
    [
        lambda stored: {},
        lambda stored: {**stored, 'kind': 'buy'},
        lambda stored: {**stored, 'items': []},
        lambda stored: {**stored, 'items': None},
        lambda stored: {**stored, 'items': [None]},
        lambda stored: {**stored, 'items': [{**stored['items'][0], 'quantity': 'x'}]},
        lambda stored: {**stored, 'items': [{**stored['items'][0], 'colour': 'red'}]},
        lambda stored: {**stored, 'buyer': {'email': ''}},
        lambda stored: {**stored, 'settlements': {'cashless': 999}},
    ],
)
def test_what_was_spoilt_in_the_store_is_no_receipt(spoil):
    with pytest.raises(ReceiptError, match='stored receipt'):
        Receipt.from_dict(spoil(new_receipt().as_dict()))


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'name': ''}, 'name'),
        ({'name': '  '}, 'name'),
        ({'name': 'Чай «Улун»'}, 'name'),
        ({'name': 'Чай\n'}, 'name'),
        ({'name': 'я' * 129}, 'name'),
        ({'code': ''}, 'code'),
        ({'code': '1' * 101}, 'code'),
        ({'position': 0}, 'position'),
        ({'position': 10**12}, 'position'),
        ({'quantity': Decimal(0)}, 'quantity'),
        ({'quantity': Decimal('0.0004')}, 'quantity'),
        ({'quantity': Decimal('100000')}, 'quantity'),
        ({'quantity': Decimal('NaN')}, 'quantity'),
        ({'price': 0, 'amount': 0}, 'whole kopecks above 0'),
        ({'price': 2500.0}, 'whole kopecks above 0'),
        ({'price': 4_294_967_201}, 'whole kopecks above 0'),
        ({'amount': 1001}, 'is not its sum'),
        ({'quantity': Decimal('1.5'), 'price': 333, 'amount': 500}, 'is not its sum'),
        ({'quantity': Decimal('1.5'), 'price': 333, 'amount': 499}, 'is not its sum'),
        ({'measure': 1}, 'measure'),
        ({'unit': 'к' * 17}, 'counted in'),
        ({'vat': Vat.TEN}, 'does not go with'),
        ({'method': Method.FULL_PAYMENT}, 'does not go with'),
        ({'mark': 'code'}, 'marked piece'),
        ({**TRANSFER, 'subject': Subject.MARKED}, 'marked piece'),
        ({**TRANSFER, 'subject': Subject.MARKED, 'mark': 'code'}, 'line of its own'),
    ],
    ids=repr,
)
def test_a_line_that_would_be_refused_is_refused_by_its_name(values, reason):
    with pytest.raises(ReceiptError, match=reason) as caught:
        new_item(**values)
    assert 'Line ' in str(caught.value)
    assert isinstance(reason_of(caught.value), Sentence)


@pytest.mark.parametrize(
    'values',
    [
        {'name': 'я' * 128},
        {'quantity': Decimal('0.001'), 'price': 1_000_000, 'amount': 1000},
        {'quantity': Decimal('1.5'), 'price': 21989, 'amount': 32984, 'name': 'x'}
        | {'quantity': Decimal('1.501'), 'amount': 33005},
        {'vat': Vat.NONE},
        {'vat': Vat.ZERO, 'method': Method.FULL_PAYMENT},
        {'method': Method.CREDIT_PAYMENT, 'vat': Vat.TWENTY_TWO},
        {'method': Method.CREDIT_PAYMENT, 'vat': Vat.NONE},
        {'unit': ''},
        {
            **TRANSFER,
            'subject': Subject.MARKED,
            'mark': '010460586548716221n=YGyImHU:iMZ\x1d91EE06\x1d92X4MlW96==',
            'quantity': Decimal(1),
            'measure': 0,
            'price': 1000,
        },
    ],
    ids=repr,
)
def test_a_line_that_would_be_taken_is_taken(values):
    assert new_receipt(new_item(**values)).total == values.get('amount', 1000)


@given(st.integers(1, 99_999_999), st.integers(1, 10_000_000), st.integers(-2, 2))
def test_a_sum_is_its_price_times_its_quantity_to_the_kopeck(thousandths, price, off):
    quantity = Decimal(thousandths) / 1000
    exact = quantity * price
    amount = int(exact.to_integral_value('ROUND_HALF_UP')) + off
    is_half = exact % 1 == Decimal('0.5')
    is_in_range = 0 < amount <= 4_294_967_200
    try:
        new_item(quantity=quantity, price=price, amount=amount)
    except ReceiptError:
        assert off or is_half or not is_in_range
    else:
        assert not off
        assert not is_half


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'items': ()}, 'a line at least'),
        ({'items': (new_item(1), replace(new_item(1), code='2'))}, 'position of its own'),
        ({'items': (new_item(1), new_item(2, code='SKU-1'))}, 'code of its own'),
        ({'settlements': Settlements(cashless=999)}, 'sum up to 1000 kopecks, its payments to 999'),
        ({'settlements': Settlements()}, 'its payments to 0'),
        (
            {'items': (new_item(1), new_item(2, method=Method.CREDIT_PAYMENT, vat=Vat.NONE))},
            'one line only',
        ),
        (
            {
                'items': tuple(
                    new_item(n, quantity=Decimal(1), price=4_294_967_200, amount=4_294_967_200)
                    for n in (1, 2)
                )
            },
            'so large a sum',
        ),
        ({'ffd_version': FfdVersion.V1_05, 'items': (new_item(unit=''),)}, 'needs the unit'),
        (
            {'ffd_version': FfdVersion.V1_05, 'items': (new_item(subject=Subject.RESORT_FEE),)},
            'needs version 1.2|need version 1.2',
        ),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_receipt_that_would_be_refused_is_refused(values, reason):
    items = values.pop('items', (new_item(),))
    if items:
        values.setdefault('settlements', Settlements(cashless=1000 * len(items)))
    with pytest.raises(ReceiptError, match=reason):
        replace(new_receipt(), items=items, **values)


@pytest.mark.parametrize('value', [-1, 0.5, '1', True, 4_294_967_201])
def test_a_payment_that_is_no_sum_is_refused(value):
    with pytest.raises(ReceiptError, match='payments'):
        Settlements(cashless=value)


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'inn': '5027119067'}, 'taxpayer number'),
        ({'inn': ''}, 'taxpayer number'),
        ({'email': 'a' * 65 + '@b.ru'}, 'e-mail'),
        ({'email': ''}, 'e-mail'),
        ({'payment_address': 'https://магазин.рф'}, 'address of payment'),
        ({'payment_address': ''}, 'address of payment'),
        ({'payment_address': 'a' * 257}, 'address of payment'),
    ],
)
def test_a_seller_that_the_register_does_not_take_is_refused(values, reason):
    with pytest.raises(ReceiptError, match=reason):
        replace(SELLER, **values)


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'email': '', 'phone': ''}, 'e-mail or telephone'),
        ({'email': 'no address'}, 'e-mail'),
        ({'email': 'два@почта.рф'}, 'e-mail'),
        ({'email': 'a' * 60 + '@b.ru'}, 'e-mail'),
        ({'phone': '89001234567'}, 'telephone'),
        ({'phone': '+375291234567'}, 'telephone'),
        ({'name': 'ООО «Ромашка»'}, 'name'),
        ({'name': 'я' * 101}, 'name'),
        ({'inn': '7707083894'}, 'taxpayer number'),
    ],
)
def test_a_buyer_that_the_register_does_not_take_is_refused(values, reason):
    with pytest.raises(ReceiptError, match=reason):
        replace(BUYER, **values)


# === WORDS AND NUMBERS === #


@pytest.mark.parametrize(
    ('typed', 'phone'),
    [
        ('+7 (900) 123-45-67', '+79001234567'),
        ('8 900 123 45 67', '+79001234567'),
        ('89001234567', '+79001234567'),
        ('79001234567', '+79001234567'),
        ('900\u2011123\u201145\u201167', '+79001234567'),
        ('900 123 45 67', '+79001234567'),
        ('(812) 123-45-67', '+78121234567'),
        ('+7 701 123 45 67', '+77011234567'),
        ('7900123456', ''),
        ('8 (495) 123.45.67', '+74951234567'),
        ('+375 29 123-45-67', ''),
        ('+1 212 555 12 34', ''),
        ('12345', ''),
        ('8900123456', ''),
        ('890012345678', ''),
        ('тел. 89001234567', ''),
        ('89001234567 доб. 2', ''),
        ('٨٩٠٠١٢٣٤٥٦٧', ''),
        ('', ''),
        (None, ''),
    ],
)
def test_a_telephone_is_read_as_people_type_it(typed, phone):
    assert clean_phone(typed) == phone


@given(st.text(), st.integers(1, 128))
def test_any_name_becomes_one_that_a_line_can_have(text, limit):
    name = clean_name(text, limit)

    assert len(name) <= limit
    if name:
        assert new_item(name=name).name == name


def test_a_name_keeps_what_the_gateways_take():
    assert clean_name('Чай «Улун» 5 % + мёд №7 😀\n— 2 шт.') == 'Чай "Улун" 5 % + мёд №7 - 2 шт.'
    assert clean_name('раз два три', 9) == 'раз два'
    assert clean_name(None) == ''


@pytest.mark.parametrize(
    ('inn', 'is_valid'),
    [
        ('7707083893', True),
        ('7830002293', True),
        ('7700000070', True),
        ('500100732259', True),
        ('7707083892', False),
        ('500100732258', False),
        ('500100732239', False),
        ('770708389', False),
        ('77070838930', False),
        ('٧٧٠٧٠٨٣٨٩٣', False),
        ('', False),
    ],
)
def test_a_taxpayer_number_has_right_check_digits(inn, is_valid):
    assert is_inn(inn) is is_valid


@pytest.mark.parametrize(
    ('plain', 'calculated'),
    [
        (Vat.NONE, Vat.NONE),
        (Vat.ZERO, Vat.ZERO),
        (Vat.FIVE, Vat.FIVE_105),
        (Vat.SEVEN, Vat.SEVEN_107),
        (Vat.TEN, Vat.TEN_110),
        (Vat.TWENTY, Vat.TWENTY_120),
        (Vat.TWENTY_TWO, Vat.TWENTY_TWO_122),
    ],
)
def test_an_advance_has_the_calculated_rate(plain, calculated):
    assert plain.calculated is calculated.calculated is calculated
    assert calculated.plain is plain.plain is plain


@pytest.mark.parametrize(
    ('day', 'rates'),
    [
        (datetime.date(2024, 12, 31), {'none', '0', '10', '20'}),
        (datetime.date(2025, 12, 31), {'none', '0', '5', '7', '10', '20'}),
        (datetime.date(2026, 1, 1), {'none', '0', '5', '7', '10', '22'}),
    ],
)
def test_a_rate_is_in_force_by_the_law_of_the_day(day, rates):
    in_force = {vat.value for vat in Vat if vat.is_in_force(day)}

    assert {value for value in in_force if '/' not in value} == rates
    assert {value.split('/')[0] for value in in_force} == rates


def test_methods_and_tax_systems_have_the_numbers_of_the_format():
    assert [method.code for method in Method] == [1, 2, 3, 4, 5, 6, 7]
    assert [method.is_before_transfer for method in Method] == [True] * 3 + [False] * 4
    assert [system.code for system in TaxSystem] == [0, 1, 2, 4, 5]


TABLE_CODES = {
    'ecom_1_0_4': '0 1 - - 2 4 - - - 3 5 -',
    'ecom_1_0_7': '0 1 - - 2 6 - - - 4 7 -',
    'ecom_2026': '0 1 8 10 2 6 12 9 11 4 7 13',
    'rbs': '0 1 10 12 2 6 14 11 13 4 7 15',
}


@pytest.mark.parametrize('table', VAT_TABLES.values(), ids=VAT_TABLES)
def test_a_rate_has_the_code_of_its_table_or_none(table):
    codes = TABLE_CODES[table.code].split()
    for vat, code in zip(Vat, codes, strict=True):
        if code != '-':
            assert table.code_of(vat) == int(code)
            continue
        with pytest.raises(ReceiptError, match='no code for the VAT rate') as caught:
            table.code_of(vat)
        assert vat.value in str(caught.value)


def test_each_dialect_has_its_tables_the_newest_first():
    assert [table.code for table in vat_tables_of('rbs')] == ['rbs']
    ecom = vat_tables_of('ecom')
    assert [table.as_of for table in ecom] == sorted((t.as_of for t in ecom), reverse=True)
    assert len(ecom) == 3


# === ISSUED === #

ISSUED = IssuedReceipt(
    'a',
    receipt_type='sell',
    status=ReceiptStatus.DONE,
    issued_at='25.11.2026 10:09:45',
    total=215999,
    fn='9999078902013948',
    fd='783',
    fpd='1837776948',
)
QR = 't=20261125T1009&s=2159.99&fn=9999078902013948&i=783&fp=1837776948&n='


def test_the_text_of_the_qr_code():
    assert ISSUED.qr_text() == QR + '1'
    assert replace(ISSUED, receipt_type='sell_refund').qr_text() == QR + '2'
    assert replace(ISSUED, issued_at='2026-11-25T10:09:45').qr_text() == QR + '1'
    assert replace(ISSUED, receipt_type='').qr_text(kind=Kind.SELL_REFUND) == QR + '2'
    assert replace(ISSUED, total=21599900).qr_text(215999) == QR + '1'


@pytest.mark.parametrize('name', ['receipt_type', 'issued_at', 'fn', 'fd', 'fpd'])
def test_there_is_no_qr_code_as_long_as_something_is_missing(name):
    assert replace(ISSUED, **{name: ''}).qr_text() == ''
    assert replace(ISSUED, total=None).qr_text() == ''


def test_a_total_in_kopecks_is_told_from_one_in_roubles():
    assert ISSUED.total_of(215999) == 215999
    assert replace(ISSUED, total=21599900).total_of(215999) == 215999
    assert replace(ISSUED, total=215998).total_of(215999) == 215998
    assert replace(ISSUED, total=None).total_of(215999) is None


@pytest.mark.parametrize(
    ('status', 'code', 'kind', 'recommendation', 'holds'),
    [
        (0, '', '', None, ''),
        (1, '', '', None, ''),
        (2, '', '', None, ''),
        (3, '', '', None, 'done final'),
        (4, '1', 'timeout', 1, 'retry'),
        (4, '1', 'system', 1, 'failed final retry'),
        (4, '32', 'driver', 2, 'failed final retry correct'),
        (4, '', '', None, 'failed final retry'),
        (5, '1', 'timeout', 3, 'failed final retry correct'),
        (6, '', '', 2, 'failed final'),
    ],
)
def test_what_can_still_become_of_a_receipt(status, code, kind, recommendation, holds):
    receipt = IssuedReceipt(
        'a',
        status=ReceiptStatus(status),
        error_code=code,
        error_type=kind,
        recommendation=recommendation,
    )
    found = {
        'done': receipt.is_done,
        'failed': receipt.is_failed,
        'final': receipt.is_final,
        'retry': receipt.can_be_retried,
        'correct': receipt.can_be_corrected,
    }
    assert ' '.join(name for name, value in found.items() if value) == holds
