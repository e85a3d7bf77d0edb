"""Carts for receipts: each rule of the documents as a case that is taken and one that is not."""

import copy
import json

import pytest
import yaml

from dev.bank.cart_checks import has_check_digits
from dev.bank.editions import EDITIONS
from dev.bank.process import BankProcess
from dev.bank.profiles import PROFILES
from tests.openapi import find_openapi

from .carts import ITEM_1_2, RBS_ITEM, ecom_bundle, ecom_order, item_of, rbs_items, rbs_order
from .merchant import Merchant, add_merchant

MARK = {'gs1m': 'MDEwNDYwNTg2NTQ4NzE2MjIxbj1ZR3lJbUhV'}


@pytest.fixture(scope='module')
def shop(bank: BankProcess) -> Merchant:
    merchant = add_merchant(bank, 'ecom', 900)
    merchant.configure(fiscal=True)
    return merchant


@pytest.fixture(scope='module')
def older(bank: BankProcess) -> Merchant:
    merchant = add_merchant(bank, 'rbs', 900)
    merchant.configure(fiscal=True)
    return merchant


def code_for(shop: Merchant, bundle, **values) -> str:
    return shop.register(**{**ecom_order(bundle), **values})['errorCode']


def spoilt(bundle: dict, path: str, value) -> dict:
    """The bundle with another value at a path; None takes it out."""
    bundle = copy.deepcopy(bundle)
    *steps, last = path.split('.')
    place = bundle
    for step in steps:
        place = place[int(step) if step.isdecimal() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return bundle


@pytest.mark.parametrize('version', ['1.05', '1.2'])
def test_a_right_cart_is_taken(shop: Merchant, version: str):
    assert code_for(shop, ecom_bundle(version=version)) == '0'
    assert code_for(shop, ecom_bundle(version=version), email=None, phone='+79001234567') == '0'


ITEM = 'cartItems.items.0.'
LONG = 'я' * 129


@pytest.mark.parametrize(
    ('path', 'value', 'code'),
    [
        # Missing, in a cart that is to be printed.
        ('ffdVersion', None, '4'),
        ('receiptType', None, '4'),
        ('company', None, '4'),
        ('payments', None, '4'),
        ('total', None, '4'),
        (ITEM + 'paymentMethod', None, '4'),
        (ITEM + 'paymentObject', None, '4'),
        (ITEM + 'tax', None, '4'),
        ('cartItems', None, '5'),
        (ITEM + 'positionId', None, '5'),
        (ITEM + 'itemCode', None, '5'),
        (ITEM + 'name', None, '5'),
        (ITEM + 'quantity', None, '5'),
        (ITEM + 'itemPrice', None, '5'),
        (ITEM + 'itemAmount', None, '5'),
        (ITEM + 'quantity.measure', None, '5'),
        ('company.email', None, '5'),
        ('company.sno', None, '5'),
        ('company.inn', None, '5'),
        ('company.paymentAddress', None, '5'),
        # Types.
        ('ffdVersion', 1.2, '5'),
        ('total', '10000', '5'),
        (ITEM + 'positionId', 1, '5'),
        (ITEM + 'itemPrice', 25000.0, '5'),
        (ITEM + 'quantity.value', '0.4', '5'),
        (ITEM + 'quantity.measure', 11, '5'),
        (ITEM + 'tax.taxType', '4', '5'),
        (ITEM + 'paymentObject', 10, '5'),
        ('payments', {'type': 1, 'sum': 10000}, '5'),
        # Values.
        ('ffdVersion', '1.1', '5'),
        ('receiptType', 'sell_refund', '5'),
        ('receiptType', 'buy', '5'),
        ('receiptType', 'SELL', '0'),
        ('company.sno', 'envd', '5'),
        ('company.sno', 'patent', '0'),
        ('company.inn', '502711906', '5'),
        ('company.paymentAddress', 'https://магазин.рф', '5'),
        ('company.email', 'a' * 65, '5'),
        (ITEM + 'name', LONG, '5'),
        (ITEM + 'name', LONG[1:], '0'),
        (ITEM + 'name', 'Чай «Улун»', '5'),
        (ITEM + 'name', 'Чай 😀', '5'),
        (ITEM + 'name', '', '5'),
        (ITEM + 'itemCode', 'я' * 101, '5'),
        (ITEM + 'positionId', '1' * 13, '5'),
        (ITEM + 'positionId', 'a', '5'),
        (ITEM + 'quantity.value', 0.4004, '5'),
        (ITEM + 'quantity.value', 0, '5'),
        (ITEM + 'quantity.value', 100000, '5'),
        (ITEM + 'quantity.measure', '1', '5'),
        (ITEM + 'quantity.measure', '255', '0'),
        (ITEM + 'paymentMethod', 'postpayment', '5'),
        (ITEM + 'paymentMethod', 'credit_payment', '0'),
        (ITEM + 'paymentObject', '6', '5'),
        (ITEM + 'paymentObject', 'payment', '5'),
        (ITEM + 'paymentObject', '32', '0'),
        (ITEM + 'measurementUnit', 'кг', '5'),
        (ITEM + 'markCode', MARK, '0'),
        (ITEM + 'markCode', {}, '5'),
        (ITEM + 'markCode', {**MARK, 'ean8': '12345678'}, '5'),
        (ITEM + 'nomenclatureCode', '00 00 00 01 00 21 FA 41', '5'),
        (ITEM + 'colour', 'red', '5'),
        ('colour', 'red', '5'),
        ('payments', [], '5'),
        ('payments', [{'type': 5, 'sum': 10000}], '5'),
        ('payments', [{'type': 1, 'sum': 4000}, {'type': 2, 'sum': 6000}], '0'),
        ('customerDetails', {'fullName': 'ООО "Ромашка"', 'inn': '7707083893'}, '0'),
        ('customerDetails', {'fullName': 'я' * 101}, '5'),
        ('customerDetails', {'email': 'a@b.ru'}, '5'),
        ('ismOptional', True, '0'),
        # Sums.
        ('total', 9999, '8'),
        ('payments', [{'type': 1, 'sum': 9999}], '8'),
        (ITEM + 'itemAmount', 10001, '8'),
        (ITEM + 'itemPrice', 24998, '8'),
        (ITEM + 'itemPrice', 0, '8'),
        (ITEM + 'itemCurrency', '840', '8'),
        (ITEM + 'itemCurrency', '643', '0'),
    ],
)
def test_each_rule_of_version_1_2(shop: Merchant, path: str, value, code: str):
    bundle = spoilt(ecom_bundle(), path, value)

    assert shop.register(**ecom_order(bundle, amount=10000))['errorCode'] == code, shop.reason()


@pytest.mark.parametrize(
    ('path', 'value', 'code'),
    [
        (ITEM + 'quantity.measure', '11', '5'),
        (ITEM + 'measurementUnit', 'к' * 17, '5'),
        (ITEM + 'measurementUnit', None, '0'),
        (ITEM + 'paymentObject', '10', '5'),
        (ITEM + 'paymentObject', 'non-operating_gain', '0'),
        (ITEM + 'paymentObject', 'goods', '5'),
        (ITEM + 'markCode', MARK, '5'),
        (ITEM + 'nomenclatureCode', '00 00 00 01 00 21 FA 41', '0'),
    ],
)
def test_each_rule_of_version_1_05(shop: Merchant, path: str, value, code: str):
    bundle = spoilt(ecom_bundle(version='1.05'), path, value)

    assert code_for(shop, bundle) == code, shop.reason()


@pytest.mark.parametrize(
    ('values', 'code'),
    [
        ({'email': None}, '4'),
        ({'email': None, 'phone': '+79001234567'}, '0'),
        ({'phone': '89001234567'}, '9'),
        ({'phone': '+375291234567'}, '9'),
        ({'email': 'nobody'}, '5'),
        ({'amount': 10001}, '8'),
        ({'taxSystem': 0}, '5'),
    ],
)
def test_what_a_receipt_asks_of_the_order(shop: Merchant, values: dict, code: str):
    assert code_for(shop, ecom_bundle(), **values) == code, shop.reason()


@pytest.mark.parametrize('name', ['positionId', 'itemCode'])
def test_positions_and_codes_come_once(shop: Merchant, name: str):
    second = {'positionId': '2', 'itemCode': '125'}
    assert code_for(shop, ecom_bundle(item_of('1.2'), item_of('1.2', **second))) == '0'

    second[name] = ITEM_1_2[name]

    assert code_for(shop, ecom_bundle(item_of('1.2'), item_of('1.2', **second))) == '8'


def test_half_a_kopeck_is_rounded_up(shop: Merchant):
    for amount, code in ((32984, '0'), (32983, '8')):
        item = item_of('1.2', itemPrice=21989, itemAmount=amount)
        item['quantity']['value'] = 1.5
        assert code_for(shop, ecom_bundle(item)) == code


RATES = {
    'ecom-1.0.4': {0, 1, 2, 3, 4, 5},
    'ecom-1.0.7': {0, 1, 2, 4, 6, 7},
    'ecom-2026': {0, 1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13},
    'rbs-2019': set(range(8)),
    'rbs-2026': {*range(8), *range(10, 16)},
}


@pytest.mark.parametrize('edition', [name for name in EDITIONS if name.startswith('ecom')])
def test_each_edition_of_the_newer_gateway_has_its_own_rates_and_names(
    ecom: Merchant, edition: str
):
    ecom.configure(fiscal=True, cash_register={'edition': edition})

    taken = {
        code
        for code in range(16)
        if code_for(ecom, ecom_bundle(item_of('1.2', tax={'taxType': code}))) == '0'
    }
    assert taken == RATES[edition]
    long = code_for(ecom, ecom_bundle(item_of('1.2', name=LONG[1:])))
    assert long == ('0' if edition == 'ecom-2026' else '5')


@pytest.mark.parametrize('edition', [name for name in EDITIONS if name.startswith('rbs')])
def test_each_edition_of_the_older_gateway_has_its_own_rates(rbs: Merchant, edition: str):
    rbs.configure(fiscal=True, cash_register={'edition': edition})

    taken = {
        code
        for code in range(17)
        if 'orderId' in rbs.register(**rbs_order({**RBS_ITEM, 'tax': {'taxType': code}}))
    }
    assert taken == RATES[edition]


def test_the_same_code_is_another_rate_in_another_edition(bank: BankProcess):
    told = {}
    for number, edition in enumerate(('ecom-1.0.4', 'ecom-1.0.7')):
        merchant = add_merchant(bank, 'ecom', 910 + number)
        merchant.configure(fiscal=True, cash_register={'edition': edition, 'delay': 0})
        merchant.paid(**ecom_order())
        [receipt] = bank.control.receipts(merchant.login)
        told[edition] = receipt['items'][0]['rate']
    assert told == {'ecom-1.0.4': '20', 'ecom-1.0.7': '10/110'}


def test_profiles_name_their_editions():
    editions = {
        name: profile.get('cash_register', {}).get('edition') for name, profile in PROFILES.items()
    }
    assert editions == {
        'ecom-1.0.4': 'ecom-1.0.4',
        'ecom-1.0.7': 'ecom-1.0.7',
        'ecom-2026': None,
        'rbs-2019': 'rbs-2019',
        'rbs-2026': None,
        'white-label': None,
    }


def test_the_banks_own_examples_are_taken(ecom: Merchant):
    paths = yaml.safe_load(find_openapi().read_text('utf-8'))['paths']
    ecom.configure(fiscal=True, profile='ecom-1.0.7')

    for method in ('register', 'registerPreAuth'):
        answer = ecom.register(method, **example_of(paths, method))
        assert answer['errorCode'] == '0', ecom.reason()


def example_of(paths: dict, method: str) -> dict:
    [path] = [path for path in paths if path.endswith(f'/{method}.do')]
    content = paths[path]['post']['requestBody']['content']['application/json']
    example = dict(content['examples']['fiscalization']['value'])
    own = ('userName', 'password', 'orderNumber')
    return {name: value for name, value in example.items() if name not in own}


# === THE OLDER GATEWAY === #


def test_a_right_cart_of_the_older_gateway_is_taken(older: Merchant):
    in_1_2 = {**RBS_ITEM, 'quantity': {'value': 0.4, 'measure': '11'}}
    for order in (
        rbs_order(),
        rbs_order(bundle={'ffdVersion': 'v1_05'}),
        rbs_order(in_1_2, bundle={'ffdVersion': '1.2'}),
        rbs_order(bundle={'customerDetails': {'phone': '79001234567'}}),
        rbs_order(bundle={'customerDetails': {}}, email='customer@testmail.ru'),
        rbs_order({**RBS_ITEM, 'itemPrice': 25000, 'whatever': {'a': []}}),
        rbs_order(bundle={'unknown': [1]}),
    ):
        assert 'orderId' in older.register(**order), older.reason()


@pytest.mark.parametrize(
    ('item', 'code'),
    [
        ({'positionId': ''}, '4'),
        ({'name': ''}, '4'),
        ({'itemCode': None}, '4'),
        ({'tax': {}}, '4'),
        ({'quantity': 1}, '5'),
        ({'quantity': {'value': 0.4}}, '5'),
        ({'quantity': {'value': 'x', 'measure': 'кг'}}, '5'),
        ({'quantity': {'value': 0.4, 'measure': 'к' * 21}}, '5'),
        ({'quantity': {'value': 0.4001, 'measure': 'кг'}}, '5'),
        ({'name': 'я' * 101}, '5'),
        ({'tax': {'taxType': 8}}, '5'),
        ({'tax': {'taxType': '4'}}, '0'),
        ({'tax': 4}, '5'),
        ({'itemPrice': 24000}, '8'),
        ({'itemAttributes': {'attributes': [{'name': 'paymentMethod', 'value': 8}]}}, '5'),
        ({'itemAttributes': {'attributes': [{'name': 'paymentObject', 'value': 6}]}}, '5'),
        ({'itemAttributes': {'attributes': 'x'}}, '5'),
        ({'itemAttributes': {'attributes': [{'name': ['x'], 'value': 6}]}}, '0'),
        ({'itemAttributes': {}}, '0'),
    ],
)
def test_each_rule_of_a_line_of_the_older_gateway(older: Merchant, item: dict, code: str):
    answer = older.register(**rbs_order({**RBS_ITEM, **item}))

    assert answer.get('errorCode', '0') == code, older.reason()


@pytest.mark.parametrize(
    ('values', 'code'),
    [
        ({'taxSystem': 6}, '5'),
        ({'taxSystem': 'x'}, '5'),
        ({'taxSystem': 5}, '0'),
        ({'bundle': {'ffdVersion': '1.1'}}, '5'),
        ({'bundle': {'ffdVersion': []}}, '5'),
        ({'bundle': {'ffdVersion': '1.2'}}, '5'),
        ({'bundle': {'customerDetails': {}}}, '4'),
        ({'bundle': {'customerDetails': []}}, '4'),
        ({'bundle': {'customerDetails': {'email': 'a' * 40 + '@b.ru'}}}, '5'),
        ({'bundle': {'customerDetails': {'email': 5}}}, '5'),
        ({'bundle': {'customerDetails': {'phone': '123'}}}, '5'),
        ({'amount': 9999}, '8'),
    ],
)
def test_each_rule_of_an_order_of_the_older_gateway(older: Merchant, values: dict, code: str):
    assert older.register(**rbs_order(**values)).get('errorCode', '0') == code, older.reason()


def test_without_a_cash_register_a_cart_of_the_older_gateway_prints_nothing(rbs: Merchant):
    order = rbs_order(bundle={'ffdVersion': None})
    bundle = json.loads(order['orderBundle'])
    del bundle['ffdVersion']
    rbs.paid(**{**order, 'orderBundle': json.dumps(bundle)})
    rbs.control.advance(3600)

    assert rbs.control.receipts(rbs.login) == []
    assert rbs.register(**rbs_order())['errorCode'] == '5'


def test_operations_of_the_older_gateway_name_their_lines(rbs: Merchant):
    rbs.configure(fiscal=True)
    order_id = rbs.paid(**rbs_order())
    half = {**RBS_ITEM, 'quantity': {'value': 0.2, 'measure': 'кг'}, 'itemAmount': 5000}

    def refund(items, amount=5000):
        return rbs.code('refund', orderId=order_id, amount=amount, refundItems=json.dumps(items))

    assert refund(rbs_items()) == '8'
    assert refund({'items': []}) == '8'
    assert refund({'items': ['x']}) == '8'
    assert refund({}) == '8'
    assert refund(rbs_items(half)) == '0'


@pytest.mark.parametrize(
    ('inn', 'is_right'),
    [
        ('7707083893', True),
        ('5027119066', True),
        ('500100732259', True),
        ('7707083894', False),
        ('500100732249', False),
        ('77070838', False),
    ],
)
def test_check_digits(inn: str, is_right: bool):
    assert has_check_digits(inn) is is_right
