"""Masking works on the structure, whatever is in it."""

import json
import time

import pytest
from gateway import mask
from gateway.masking import is_masked_pan
from hypothesis import given, settings
from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    'name',
    [
        'userName',
        'password',
        'token',
        'PASSWORD',
        'checksum',
        'pan',
        '$PAN',
        'cvc',
        '$CVC',
        'expiration',
        'cardHolderName',
        'cardholderName',
        'cavv',
        'xid',
        'bindingId',
        'clientId',
        'email',
        'phone',
        'ip',
        'payerData',
        'customerDetails',
    ],
)
@settings(max_examples=20)
@given(value=ANYTHING)
def test_a_secret_is_masked_wherever_it_is(name, value):
    structure = {'a': [{'b': {name: value}}], 'attributes': [{'name': name, 'value': value}]}

    masked = mask(structure)

    assert masked['a'][0]['b'][name] == '***'
    assert masked['attributes'][0] == {'name': name, 'value': '***'}


def test_what_is_no_secret_stays():
    structure = {
        'orderNumber': 'S00042-1',
        'amount': 123456,
        'currency': '643',
        'jsonParams': {'pdAgreement': 'true'},
        'attributes': [{'name': 'mdOrder', 'value': '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'}],
        'description': 'Счёт №5 "Ромашка" 100%',
        'nothing': None,
        'yes': True,
    }

    assert mask(structure) == structure


def test_the_original_is_left_alone():
    structure = {'password': 'secret', 'list': [{'token': 'secret'}]}

    mask(structure)

    assert structure == {'password': 'secret', 'list': [{'token': 'secret'}]}


@pytest.mark.parametrize(
    ('number', 'shown'),
    [
        ('220138*******0047', True),
        ('411111XXXXXX1111', True),
        ('220220**9050', True),
        ('4111111111111111', False),
        ('411111111111*111', False),
        ('4111 1111 1111 1111', False),
        ('', False),
        (4111111111111111, False),
        (None, False),
    ],
)
def test_a_card_number_is_shown_only_when_it_is_masked(number, shown):
    assert is_masked_pan(number) is shown
    for name in ('pan', 'maskedPan'):
        assert mask({name: number}) == {name: number if shown else '***'}


@given(ANYTHING)
def test_whatever_comes_can_be_stored_as_json(structure):
    text = json.dumps(mask(structure), ensure_ascii=False)

    assert '\\u0000' not in text
    text.encode('utf-8')


def test_what_no_store_takes_is_replaced():
    assert mask({'a': 'x\0y\ud800z\n'}) == {'a': 'x y z '}


def test_a_hostile_structure_is_cut():
    deep = 'end'
    for _level in range(500):
        deep = {'a': [deep]}
    wide = {'list': list(range(10_000)), 'text': 'x' * 100_000, **{str(i): i for i in range(1000)}}

    assert len(json.dumps(mask(deep))) < 500
    assert len(json.dumps(mask(wide))) < 10_000


def test_the_longest_secret_is_replaced_first():
    assert mask('a shop-api-password b', ['shop-api', 'shop-api-password']) == 'a *** b'


def test_a_secret_is_found_in_another_case():
    assert mask('SHOP-API', ['shop-api']) == '***'


@pytest.mark.parametrize(
    'echo',
    [
        '{secret}',
        "p\\'a\\\"s\\\\s/%&",
        'p\\u0027a\\u0022s\\u005cs\\u002f\\u0025\\u0026',
        'p%27a%22s%5Cs/%25%26',
        'p%27a%22s%5cs%2f%25%26',
        'p&#x27;a&quot;s\\s/%&amp;',
        'p&#039;a&#34;s&#92;s&#47;%&amp;',
        "p'a\\\"s\\\\s\\/%&",
    ],
)
def test_a_secret_is_found_in_every_usual_escape(echo):
    secret = 'p\'a"s\\s/%&'

    assert mask(f'<{echo.format(secret=secret)}>', [secret]) == '<***>'


def test_a_secret_of_backslashes_is_found():
    secret = '\\' * 30 + 'x'

    assert mask('\\' * 2000 + 'y', [secret]) == '\\' * 2000 + 'y'
    assert mask('\\' * 60 + 'x', [secret]) == '***'


@pytest.mark.parametrize('backslash', ['\\', '\\u005c', '%5C', '&#92;'])
@pytest.mark.parametrize('secret', ['\\pass', 'pa\\ss', '\\\\\\\\'])
def test_the_work_grows_with_the_backslashes_not_with_their_square(backslash, secret):
    def cost(count):
        """The seconds of this thread alone, whatever else the machine does."""
        text = backslash * count + 'pa'
        started = time.thread_time()
        mask(text, [secret])
        return time.thread_time() - started

    few, many = (min(cost(count) for _turn in range(5)) for count in (1000, 8000))

    assert many < 24 * few  # 64 times if it were the square.


@pytest.mark.parametrize('before', ['', '\\', 'C:\\', '%5C', 'a\\u005c&#92;'])
@pytest.mark.parametrize('secret', ['\\pass', '%5C\\pass', '&#92;\\pass\\', 'u005c\\pass'])
def test_backslashes_do_not_hide_a_secret(before, secret):
    assert 'pass' not in mask(f'{before}{secret}', [secret])
    assert 'pass' not in mask(f'{before}{json.dumps(json.dumps(secret))}', [secret])


def test_too_short_a_secret_does_not_garble_the_line():
    assert mask('register answered 0', ['0', 'e', '']) == 'register answered 0'


# === ADDRESSES === #

SECRET_QUERY = 'ref=S00042-1&access_token=0f1e2d3c'
MASKED_QUERY = 'ref=***&access_token=***'


@pytest.mark.parametrize('name', ['returnUrl', 'failUrl', 'dynamicCallbackUrl', 'formUrl', 'note'])
def test_an_address_keeps_only_the_names_of_its_parameters(name):
    structure = {name: f'https://shop.example/payment/sberbank/return?{SECRET_QUERY}'}

    assert mask(structure) == {name: f'https://shop.example/payment/sberbank/return?{MASKED_QUERY}'}


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('https://a.example/return', 'https://a.example/return'),
        ('HTTP://a.example:8069?a=b', 'HTTP://a.example:8069?a=***'),
        ('https://a.example/?bare', 'https://a.example/?***'),
        ('https://a.example/?a=b=c;d=e#f=g', 'https://a.example/?a=***;d=***#f=***'),
        ('https://a.example/?a=b c&d=e f', 'https://a.example/?a=***&d=***'),
        ('https://a.example/?a=https://b.example/?c=d', 'https://a.example/?a=***?c=***'),
        ('«https://a.example/?a=b» is wrong', '«https://a.example/?a=*** is wrong'),
        ('{"url": "https:\\/\\/a.example\\/?a=b"}', '{"url": "https:\\/\\/a.example\\/?a=***'),
        ('u=https%3A%2F%2Fa%2F%3Fa%3Db%26c%3Dd&x=1', 'u=https%3A%2F%2Fa%2F%3F***&x=1'),
        ('u=https%3A%2F%2Fa%2F&x=1', 'u=https%3A%2F%2Fa%2F&x=1'),
        ('Is it paid? No; a=b', 'Is it paid? No; a=b'),
    ],
)
def test_an_address_is_found_in_a_text(text, shown):
    assert mask({'errorMessage': text}) == {'errorMessage': shown}


@pytest.mark.parametrize('name', ['orderId', 'mdOrder'])
def test_the_bank_s_id_of_an_order_stays_in_the_address_of_its_page(name):
    order_id = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
    page = f'https://ecomtest.sberbank.ru/pp/pay_ru?{name}={order_id}'

    assert mask({'formUrl': page}) == {'formUrl': page}
    assert mask({'formUrl': f'{page}&t=1'}) == {'formUrl': f'{page}&t=***'}
    assert mask({'formUrl': f'{page}!'}) == {'formUrl': page.replace(order_id, '***')}


@given(st.text(st.characters(exclude_characters='&;#?', exclude_categories=['Cs']), min_size=1))
def test_no_value_of_a_parameter_survives(text):
    masked = mask({'url': f'https://a.example/?a=<{text}>'})

    assert masked == {'url': 'https://a.example/?a=***'}


def test_masking_twice_changes_nothing_more():
    masked = mask({'url': f'https://a.example/?{SECRET_QUERY}', 'orderId': '1'})

    assert mask(masked) == masked


def test_many_addresses_take_no_time():
    started = time.monotonic()

    mask({'a': 'http%3A%2F%2F' * 50_000, 'b': 'x http://' * 50_000, 'c': 'http://' * 50_000})

    assert time.monotonic() - started < 5
