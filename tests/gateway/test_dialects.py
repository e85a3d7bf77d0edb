"""How the two dialects write a call and read an answer."""

import contextlib
import json
from urllib.parse import parse_qsl

import pytest
from gateway import (
    DIALECTS,
    ECOM,
    RBS,
    Credentials,
    OrderNotFound,
    OrderNumberTaken,
    Refused,
    UnexpectedAnswer,
    WrongSettings,
    ascii_url,
)
from gateway.calls import Call
from hypothesis import given
from hypothesis import strategies as st

from .test_calls import new_order

TEXT = st.text(st.characters(exclude_categories=['Cs']))


def test_the_dialects_are_found_by_their_codes():
    assert DIALECTS == {'rbs': RBS, 'ecom': ECOM}


# === WRITING === #


@given(st.dictionaries(TEXT, TEXT))
def test_rbs_form_fields_survive_whatever_they_hold(fields):
    body, headers = RBS.encode(Call.REGISTER, fields)

    assert dict(parse_qsl(body.decode('ascii'), keep_blank_values=True)) == fields
    assert headers['Content-Type'].startswith('application/x-www-form-urlencoded')


@given(TEXT)
def test_ecom_json_fields_survive_whatever_they_hold(text):
    body, headers = ECOM.encode(Call.REGISTER, {'description': text, 'amount': 1})

    assert json.loads(body.decode('utf-8')) == {'description': text, 'amount': 1}
    assert headers['Content-Type'].startswith('application/json')


def test_ecom_refuses_to_write_a_field_that_the_bank_would_refuse():
    with pytest.raises(ValueError, match='pageView'):
        ECOM.encode(Call.REGISTER, {'pageView': 'MOBILE'})
    with pytest.raises(ValueError, match='externalRefundId'):
        ECOM.encode(Call.REFUND, {'externalRefundId': '1'})


@pytest.mark.parametrize(
    ('email', 'rbs', 'ecom'),
    [
        ('payer@example.com', True, True),
        ('a' * 40 + '@example.com', False, True),
        ('a' * 120 + '@example.com', False, False),
        ('плательщик@example.com', False, False),
        ('two words@example.com', False, False),
        ('', False, False),
        (None, False, False),
    ],
)
def test_an_email_that_the_bank_would_refuse_is_left_out(email, rbs, ecom):
    order = new_order(email=email)

    assert ('email' in RBS.order_fields(order)) is rbs
    assert ('email' in ECOM.order_fields(order)) is ecom


BANK = 'https://pay.example/payment/rest/'
CALLBACK = '/payment/sberbank/callback'


@pytest.mark.parametrize(
    'url',
    [
        'https://shop.example',
        'https://shop.example:443',
        'https://магазин.рф',
        'https://8.8.8.8',
    ],
)
def test_a_callback_address_that_the_bank_can_call_is_sent(dialect, url):
    assert dialect.callback_obstacle(url + CALLBACK, BANK) is None
    assert sent_callback(dialect, url + CALLBACK) == ascii_url(url + CALLBACK)


@pytest.mark.parametrize(
    ('url', 'reason'),
    [
        ('http://shop.example', 'begins with http://'),
        ('http://localhost:8069', 'begins with http://'),
        ('https://localhost', 'localhost is not a host on the internet'),
        ('https://127.0.0.1', '127.0.0.1 is not a host on the internet'),
        ('https://[::1]', 'not a host on the internet'),
        ('https://10.0.0.5', '10.0.0.5 is not a host on the internet'),
        ('https://192.168.1.2', 'not a host on the internet'),
        ('https://odoo', 'odoo is not a host on the internet'),
        ('https://shop.local', 'shop.local is not a host on the internet'),
        ('https://SHOP.Local.', 'not a host on the internet'),
        ('https://shop.example/' + 'a' * 512, 'more than 512'),
        ('shop.example', 'not an absolute'),
        ('https://мой магазин.рф', 'not a valid address'),
        ('https://', 'not a valid address'),
        ('https://[v1.a]', ''),
        ('', 'not an absolute'),
    ],
)
def test_a_callback_address_that_the_bank_can_not_call_is_left_out_for_a_reason(
    dialect, url, reason
):
    assert reason in dialect.callback_obstacle(url + CALLBACK, BANK)
    assert sent_callback(dialect, url + CALLBACK) is None


def test_the_older_gateway_calls_one_port_only():
    url = 'https://shop.example:8443' + CALLBACK

    assert RBS.callback_obstacle(url, BANK) == (
        'The address names port 8443, and this gateway calls port 443 only.'
    )
    assert sent_callback(RBS, url) is None
    assert sent_callback(ECOM, url) == url


@pytest.mark.parametrize('here', ['http://127.0.0.1:8090/', 'https://localhost/payment/rest/'])
@pytest.mark.parametrize('url', ['http://localhost:8069', 'http://127.0.0.1:8069', 'https://[::1]'])
def test_only_a_gateway_on_this_machine_is_told_an_address_on_it(dialect, here, url):
    order = new_order(callback_url=url + CALLBACK)

    assert dialect.order_fields(order, here)['dynamicCallbackUrl'] == url + CALLBACK
    for elsewhere in (BANK, 'https://localhost.example/', 'https://[v1.a', ''):
        assert 'dynamicCallbackUrl' not in dialect.order_fields(order, elsewhere)


def test_a_gateway_on_this_machine_is_told_no_address_elsewhere_that_no_bank_calls(dialect):
    order = new_order(callback_url='http://odoo.local:8069' + CALLBACK)

    assert 'dynamicCallbackUrl' not in dialect.order_fields(order, 'http://127.0.0.1:8090/')


def test_no_callback_address_is_no_field(dialect):
    assert 'dynamicCallbackUrl' not in dialect.order_fields(new_order(callback_url=None), BANK)


def sent_callback(dialect, url):
    return dialect.order_fields(new_order(callback_url=url), BANK).get('dynamicCallbackUrl')


def test_addresses_are_sent_in_ascii(dialect):
    fields = dialect.order_fields(
        new_order(
            return_url='https://магазин.рф/возврат?ref=1&t=a%2Fb',
        )
    )

    assert fields['returnUrl'] == (
        'https://xn--80aairftm.xn--p1ai/%D0%B2%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82?ref=1&t=a%2Fb'
    )


@pytest.mark.parametrize(
    'url',
    [
        '',
        '/payment/return',
        'ftp://shop.example/',
        'javascript:alert(1)',
        'https://',
        'https://shop.example:99999/',
        'https://мой магазин.рф/',
        'https://магазин:пароль@магазин.рф/',
        f"https://{'я' * 70}.рф/",
    ],
)
def test_an_address_that_nobody_could_come_back_to_is_a_matter_of_settings(dialect, url):
    with pytest.raises(WrongSettings, match='could not come back') as caught:
        dialect.order_fields(new_order(return_url=f'{url}?t=0f1e2d'))

    assert not caught.value.may_have_reached
    assert 'пароль' not in caught.value.detail
    assert '0f1e2d' not in caught.value.detail


@given(
    text=st.text(),
    host=st.text(min_size=1),
    option=st.sampled_from(['return_url', 'callback_url']),
)
def test_no_text_of_a_payer_or_a_shop_breaks_a_call(text, host, option):
    for dialect in (RBS, ECOM):
        order = new_order(**{
            'description': text,
            'email': text,
            option: f'https://{host}/{text}?ref={text}',
        })
        with contextlib.suppress(WrongSettings):
            dialect.encode(Call.REGISTER, dialect.order_fields(order))


def test_a_return_address_is_as_long_as_the_dialect_allows():
    order = new_order(return_url='https://shop.example/' + 'a' * 600)

    with pytest.raises(WrongSettings, match='621 characters'):
        RBS.order_fields(order)
    assert ECOM.order_fields(order)['returnUrl'] == order.return_url


def test_a_description_is_cleaned_and_an_empty_one_is_left_out(dialect):
    assert dialect.order_fields(new_order(description='«Курс» 100%'))['description'] == '"Курс" 100'
    assert 'description' not in dialect.order_fields(new_order(description='日本'))


# === CREDENTIALS === #


@pytest.mark.parametrize(
    'credentials',
    [
        Credentials('shop-api', 'pass'),
        Credentials('P0123456789', 'пароль'),
        Credentials(token='abc'),
    ],
)
def test_rbs_takes_a_login_or_a_token(credentials):
    RBS.check_credentials(credentials)


@pytest.mark.parametrize(
    'credentials', [Credentials(), Credentials('shop-api'), Credentials(password='pass')]
)
def test_rbs_refuses_half_a_login(credentials):
    with pytest.raises(ValueError, match='user name and the password'):
        RBS.check_credentials(credentials)


@pytest.mark.parametrize(
    ('credentials', 'reason'),
    [
        (Credentials('shop-api', 'пароль'), 'password'),
        (Credentials('shop-api', 'a' * 37), 'password'),
        (Credentials('shop-api', ''), 'password'),
        (Credentials('магазин', 'pass'), 'user name'),
        (Credentials(None, 'pass'), 'user name'),
        (Credentials('shop-api', 'pass', token='abc'), 'token'),
    ],
)
def test_ecom_refuses_credentials_that_it_can_not_carry(credentials, reason):
    with pytest.raises(ValueError, match=reason):
        ECOM.check_credentials(credentials)


def test_a_token_takes_the_place_of_the_login():
    assert RBS.authentication(Credentials('shop-api', 'pass', token='abc')) == {'token': 'abc'}


# === READING === #


@pytest.mark.parametrize(
    'body',
    [
        b'',
        b'  \n',
        b'<html><body>Maintenance</body></html>',
        b'{"errorCode":"0","orderId":"3ff6962a',
        b'[{"errorCode":"0"}]',
        b'"0"',
        b'0',
        b'null',
        b'{"errorCode":"0"} trailing',
        b'{"errorCode":NaN}',
        '{"errorMessage":"Нет"}'.encode('cp1251'),
        b'[' * 100_000,
        b'{"errorCode": 0, "errorCode": 5}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a":' * 100_000,
        b'{"errorCode":' + b'9' * 10_000 + b'}',
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_that_is_no_json_object_is_no_answer(dialect, body):
    with pytest.raises(UnexpectedAnswer) as caught:
        dialect.decode(body)
    assert caught.value.may_have_reached


def test_a_byte_order_mark_is_no_obstacle(dialect):
    assert dialect.decode(b'\xef\xbb\xbf{"errorCode":"0"}') == {'errorCode': '0'}


@pytest.mark.parametrize('code', ['0', 0, ' 0 ', '00'])
def test_code_zero_is_a_success(dialect, code):
    dialect.check(Call.REFUND, {'errorCode': code})


@pytest.mark.parametrize(
    'answer',
    [
        {'errorCode': '7', 'errorMessage': 'Системная ошибка'},
        {'errorCode': 7, 'errorMessage': 'Системная ошибка'},
        {'ErrorCode': '7', 'ErrorMessage': 'Системная ошибка'},
        {'errorCode': '0', 'ErrorCode': 7, 'ErrorMessage': 'Системная ошибка'},
        {'success': False, 'error': {'code': '7', 'message': 'Системная ошибка'}},
        {'errorCode': '0', 'success': False, 'error': {'code': 7, 'message': 'Системная ошибка'}},
        {'errorCode': '7', 'errorMessage': 'Системная ошибка', 'orderStatus': 2},
    ],
    ids=repr,
)
def test_a_refusal_is_found_wherever_the_gateway_puts_it(dialect, answer):
    with pytest.raises(Refused) as caught:
        dialect.check(Call.GET_ORDER_STATUS_EXTENDED, answer)

    assert (caught.value.code, caught.value.message) == ('7', 'Системная ошибка')
    assert 'getOrderStatusExtended' in caught.value.detail


@pytest.mark.parametrize(
    'answer',
    [
        {'errorCode': 'E'},
        {'errorCode': True},
        {'errorCode': 0.0},
        {'errorCode': ''},
        {'errorCode': {}},
        {'success': False},
        {'success': False, 'error': {'message': '?'}},
    ],
    ids=repr,
)
def test_an_error_code_that_can_not_be_read_is_no_answer(dialect, answer):
    with pytest.raises(UnexpectedAnswer):
        dialect.check(Call.REFUND, answer)


@pytest.mark.parametrize('message', [None, 5, ['text']])
def test_a_message_that_is_no_text_is_no_obstacle(dialect, message):
    with pytest.raises(Refused) as caught:
        dialect.check(Call.REFUND, {'errorCode': '7', 'errorMessage': message})
    assert caught.value.message == ''


@pytest.mark.parametrize(
    ('call', 'answer', 'rbs_succeeds'),
    [
        (Call.REGISTER, {'orderId': 'a', 'formUrl': 'b'}, True),
        (Call.REGISTER, {'orderId': 'a', 'formUrl': 'b', 'errorCode': None}, True),
        (Call.REGISTER_PRE_AUTH, {'orderId': 'a', 'formUrl': 'b'}, True),
        (Call.REGISTER, {'orderId': 'a'}, False),
        (Call.GET_ORDER_STATUS_EXTENDED, {'orderStatus': 0}, True),
        (Call.GET_ORDER_STATUS_EXTENDED, {'orderNumber': '1'}, False),
        (Call.DEPOSIT, {}, False),
        (Call.REVERSE, {}, False),
        (Call.REFUND, {}, False),
        (Call.DECLINE, {}, False),
    ],
)
def test_without_a_code_only_rbs_succeeds_and_only_where_the_answer_shows_it(
    call, answer, rbs_succeeds
):
    if rbs_succeeds:
        RBS.check(call, answer)
    else:
        with pytest.raises(UnexpectedAnswer):
            RBS.check(call, answer)
    with pytest.raises(UnexpectedAnswer):
        ECOM.check(call, answer)


@pytest.mark.parametrize('call', [Call.REGISTER, Call.REGISTER_PRE_AUTH])
def test_a_taken_order_number_is_told_apart(dialect, call):
    with pytest.raises(OrderNumberTaken):
        dialect.check(call, {'errorCode': '1', 'errorMessage': 'Заказ с таким номером обработан'})


def test_code_one_of_another_call_is_no_taken_order_number(dialect):
    with pytest.raises(Refused) as caught:
        dialect.check(Call.GET_ORDER_STATUS_EXTENDED, {'errorCode': '1'})
    assert type(caught.value) is Refused


def test_an_unknown_order_is_told_apart(dialect):
    with pytest.raises(OrderNotFound) as caught:
        dialect.check(Call.GET_ORDER_STATUS_EXTENDED, {'errorCode': 6})
    assert caught.value.may_mean_not_found


@pytest.mark.parametrize(
    ('asked', 'call', 'may_mean_not_found'),
    [
        (ECOM, Call.GET_ORDER_STATUS_EXTENDED, True),
        (ECOM, Call.REFUND, False),
        (RBS, Call.GET_ORDER_STATUS_EXTENDED, False),
    ],
)
def test_code_five_is_ambiguous_in_the_status_of_ecom_only(asked, call, may_mean_not_found):
    with pytest.raises(Refused) as caught:
        asked.check(call, {'errorCode': '5', 'errorMessage': 'Доступ запрещён'})

    assert type(caught.value) is Refused
    assert caught.value.may_mean_not_found is may_mean_not_found
    assert 'test or live' in caught.value.detail
