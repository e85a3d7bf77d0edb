"""Notifications: what is let in, and whose signature is right."""

import hashlib
import hmac
import json
from urllib.parse import quote_plus, urlencode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from gateway import (
    ChecksumMismatch,
    MalformedNotification,
    load_public_key,
    read_notification,
    verify_checksum,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from . import vectors

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
OTHER_ID = '06cf5599-3f17-7c86-bdbc-bd7d00a8b38b'
KEY = vectors.COMPUTED_KEY
MINIMAL = vectors.COMPUTED[0][0]

TEXT = st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\0'), max_size=20)
NAMES = st.text(
    st.characters(exclude_categories=['Cs'], exclude_characters='\0;'), min_size=1, max_size=12
).filter(lambda name: name not in {*MINIMAL, 'orderId', 'checksum', 'sign_alias'})
EXTRAS = st.dictionaries(NAMES, TEXT, max_size=8)


def by_get(parameters):
    query = urlencode(parameters).encode()
    return read_notification(method='GET', query_string=query, content_type=None, body=b'')


def by_form(parameters):
    return read_notification(
        method='POST',
        query_string=b'',
        content_type='application/x-www-form-urlencoded; charset=UTF-8',
        body=urlencode(parameters).encode(),
    )


def by_json(content, query_string=b''):
    return read_notification(
        method='POST',
        query_string=query_string,
        content_type='application/json;charset=utf-8',
        body=content if isinstance(content, bytes) else json.dumps(content).encode(),
    )


def canonical(parameters):
    return ''.join(f'{name};{value};' for name, value in sorted(parameters.items())).encode()


def signed(parameters, key=KEY):
    """Sign as the bank does, independently of the code under test."""
    checksum = hmac.new(key.encode(), canonical(parameters), hashlib.sha256).hexdigest().upper()
    return {**parameters, 'checksum': checksum}


@pytest.fixture(scope='module')
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope='module')
def public_key_pem(private_key):
    return (
        private_key
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


# === READING === #


@pytest.mark.parametrize('read', [by_get, by_form, by_json])
def test_the_same_notification_comes_in_three_ways(read):
    notification = read({**MINIMAL, 'checksum': 'AB', 'sign_alias': 'key 1', 'empty': ''})

    assert notification.parameters == (
        ('mdOrder', ORDER_ID),
        ('orderNumber', 'S00042-1'),
        ('operation', 'deposited'),
        ('status', '1'),
        ('checksum', 'AB'),
        ('sign_alias', 'key 1'),
        ('empty', ''),
    )
    assert notification.order_id == ORDER_ID
    assert notification.order_number == 'S00042-1'
    assert (notification.operation, notification.status) == ('deposited', '1')
    assert notification.checksum == 'AB'


def test_the_newer_gateway_sends_numbers_and_nested_values():
    notification = by_json(
        b'{"mdOrder": "%s", "orderNumber": "S00042-1", "operation": "deposited", "status": 1, '
        b'"rate": 1.50, "big": 12345678901234567890, "yes": true, "none": null, '
        b'"additionalParams": {"mdOrder": "x", "phone": "7"}, "list": ["orderNumber"]}'
        % ORDER_ID.encode()
    )

    assert notification.status == '1'
    assert dict(notification.parameters) == {
        **MINIMAL,
        'rate': '1.50',
        'big': '12345678901234567890',
        'yes': 'true',
        'none': '',
    }


@pytest.mark.parametrize(
    ('parameters', 'order_id', 'order_number'),
    [
        ({'mdOrder': ORDER_ID}, ORDER_ID, None),
        ({'orderId': ORDER_ID}, ORDER_ID, None),
        ({'orderNumber': 'S00042-1'}, None, 'S00042-1'),
        ({'mdOrder': ORDER_ID, 'orderId': ORDER_ID}, ORDER_ID, None),
        ({'mdOrder': ORDER_ID, 'mdorder': OTHER_ID}, ORDER_ID, None),
        ({'orderNumber': 'Заказ №5/ёж: 100%'}, None, 'Заказ №5/ёж: 100%'),
    ],
)
def test_one_name_of_the_order_is_enough(parameters, order_id, order_number):
    notification = by_get(parameters)

    assert (notification.order_id, notification.order_number) == (order_id, order_number)
    assert notification.operation is notification.status is notification.checksum is None


def test_a_form_is_decoded_as_forms_are():
    notification = read_notification(
        method='get',
        query_string=b'orderNumber=1&a=1+2%2B3%20%D0%96&b=%zz&c&d=x=y&A=%26',
        content_type='application/json',
        body=b'ignored',
    )

    assert dict(notification.parameters) == {
        'orderNumber': '1',
        'a': '1 2+3 Ж',
        'b': '%zz',
        'c': '',
        'd': 'x=y',
        'A': '&',
    }


def test_the_query_of_a_post_is_not_the_bank_s():
    notification = by_json({'orderNumber': 'S00042-1'}, query_string=b'orderNumber=2&db=x')

    assert notification.parameters == (('orderNumber', 'S00042-1'),)


@pytest.mark.parametrize(
    'changes',
    [
        {'mdOrder': ''},
        {'mdOrder': ORDER_ID.upper()},
        {'mdOrder': ORDER_ID + 'a'},
        {'mdOrder': ORDER_ID[:-1]},
        {'mdOrder': ORDER_ID[:-1] + '\n'},
        {'mdOrder': ORDER_ID[:-1] + ';'},
        {'orderId': OTHER_ID},
        {'orderId': 'x'},
        {'orderNumber': ''},
        {'orderNumber': 'a' * 37},
        {'orderNumber': '2003;status;1'},
        {'orderNumber': 'a\nb'},
        {'orderNumber': '٣'},
        {'operation': ''},
        {'operation': 'deposited;status;1'},
        {'operation': 'a' * 33},
        {'operation': 'depo sited'},
        {'status': ''},
        {'status': '2'},
        {'status': '01'},
        {'status': 'true'},
        {'status': '1\n'},
        {'status': '１'},
        {'extra': 'a\0b'},
        {'na;me': 'a'},
        {'': 'a'},
    ],
    ids=repr,
)
@pytest.mark.parametrize('read', [by_get, by_form, by_json])
def test_what_the_bank_would_not_send_is_refused(read, changes):
    with pytest.raises(MalformedNotification):
        read({**MINIMAL, **changes})


@pytest.mark.parametrize(
    ('method', 'content_type', 'query', 'body'),
    [
        ('GET', None, b'', b''),
        ('GET', None, b'operation=deposited&status=1', b''),
        ('GET', None, b'orderNumber=1&orderNumber=1', b''),
        ('GET', None, b'orderNumber=1&a=1&a=2', b''),
        ('GET', None, b'orderNumber=1&a=%ff', b''),
        ('GET', None, b'orderNumber=1&a=\xff', b''),
        ('GET', None, b'orderNumber=1&' + b'a' * 16 * 1024, b''),
        ('GET', None, b'&'.join(b'a%d=1' % i for i in range(101)) + b'&orderNumber=1', b''),
        ('HEAD', None, b'orderNumber=1', b''),
        ('PUT', 'application/json', b'', b'{"orderNumber":"1"}'),
        ('POST', None, b'orderNumber=1', b''),
        ('POST', None, b'', b'orderNumber=1'),
        ('POST', 'text/plain', b'', b'orderNumber=1'),
        ('POST', 'multipart/form-data; boundary=x', b'', b'orderNumber=1'),
        ('POST', 'application/x-www-form-urlencoded', b'orderNumber=1', b''),
        ('POST', 'application/json', b'orderNumber=1', b''),
        ('POST', 'application/json', b'', b'orderNumber=1'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1"'),
        ('POST', 'application/json', b'', b'["orderNumber"]'),
        ('POST', 'application/json', b'', b'[["orderNumber","1"]]'),
        ('POST', 'application/json', b'', b'"orderNumber"'),
        ('POST', 'application/json', b'', b'null'),
        ('POST', 'application/json', b'', b'{}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","orderNumber":"1"}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","a":1,"a":2}'),
        ('POST', 'application/json', b'', b'{"orderNumber":["1"]}'),
        ('POST', 'application/json', b'', b'{"additionalParams":{"orderNumber":"1"}}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","a":NaN}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","a":"\\ud800"}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","a":"\\u0000"}'),
        ('POST', 'application/json', b'', b'{"orderNumber":"\xff"}'),
        ('POST', 'application/json', b'', '{"orderNumber":"1"}'.encode('utf-16')),
        ('POST', 'application/json', b'', b'[' * 16_000),
        ('POST', 'application/json', b'', b'{"a":' * 3_000),
        ('POST', 'application/json', b'', b'{"orderNumber":"1","a":"' + b'x' * 16_384 + b'"}'),
        (
            'POST',
            'application/json',
            b'',
            json.dumps({'orderNumber': '1', **{f'a{i}': i for i in range(100)}}).encode(),
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_notification_is_refused(method, content_type, query, body):
    with pytest.raises(MalformedNotification):
        read_notification(method=method, query_string=query, content_type=content_type, body=body)


@given(
    st.sampled_from(['GET', 'POST', 'HEAD', '']),
    st.binary(),
    st.sampled_from([None, '', 'application/json', 'application/x-www-form-urlencoded', ';', 'é']),
    st.binary() | st.text().map(str.encode),
)
def test_nothing_breaks_the_reader(method, query, content_type, body):
    try:
        notification = read_notification(
            method=method, query_string=query, content_type=content_type, body=body
        )
    except MalformedNotification:
        return
    assert notification.order_id or notification.order_number


@given(EXTRAS)
def test_all_three_ways_decode_to_the_same(extras):
    parameters = {**MINIMAL, **extras}

    assert dict(by_get(parameters).parameters) == parameters
    assert by_get(parameters) == by_form(parameters) == by_json(parameters)


# === SYMMETRIC CHECKSUM === #


def test_the_vendor_s_symmetric_sample():
    notification = by_get({**vectors.SYMMETRIC_PARAMETERS, 'checksum': vectors.SYMMETRIC_CHECKSUM})

    verify_checksum(notification, key=vectors.SYMMETRIC_KEY)


@pytest.mark.parametrize(('parameters', 'checksum'), vectors.COMPUTED)
@pytest.mark.parametrize('read', [by_get, by_form, by_json])
def test_computed_checksums(read, parameters, checksum):
    verify_checksum(read({**parameters, 'checksum': checksum}), key=KEY)
    verify_checksum(read({'checksum': checksum.lower(), **parameters}), key=KEY)


@given(EXTRAS, TEXT.filter(str.strip), st.randoms())
def test_whatever_the_bank_signs_is_right_in_any_order(extras, key, random):
    parameters = list(signed({**MINIMAL, **extras}, key).items())
    random.shuffle(parameters)

    verify_checksum(by_get(dict(parameters)), key=key)


@given(EXTRAS, st.data())
def test_whatever_is_changed_makes_the_checksum_wrong(extras, data):
    parameters = signed({**MINIMAL, **extras})
    name = data.draw(st.sampled_from(sorted({'orderNumber', *extras})))
    change = data.draw(st.sampled_from(['value', 'removal', 'addition', 'key', 'checksum']))
    key = KEY
    if change == 'value':
        parameters[name] = parameters[name].swapcase() + '7'
    elif change == 'removal':
        del parameters[name]
    elif change == 'addition':
        added = data.draw(NAMES)
        assume(added not in parameters)
        parameters[added] = data.draw(TEXT)
    elif change == 'key':
        key += ' '
    else:
        digit = data.draw(st.integers(0, 63))
        old = parameters['checksum']
        parameters['checksum'] = (
            old[:digit] + ('0' if old[digit] != '0' else '1') + old[digit + 1 :]
        )
    notification = by_get(parameters)

    with pytest.raises(ChecksumMismatch):
        verify_checksum(notification, key=key)


def test_names_are_sorted_by_ascii_and_not_by_letter():
    # `Z` comes before `a`, and `mdOrder` before `mdorder`.
    parameters = {**MINIMAL, 'mdorder': 'x', 'Zeta': '1', 'alpha': '2', 'refnum': '', 'refNum': '3'}
    message = (
        f'Zeta;1;alpha;2;mdOrder;{ORDER_ID};mdorder;x;operation;deposited;'
        'orderNumber;S00042-1;refNum;3;refnum;;status;1;'
    )
    checksum = hmac.new(KEY.encode(), message.encode(), hashlib.sha256).hexdigest()

    verify_checksum(by_get({**parameters, 'checksum': checksum}), key=KEY)


def test_a_date_with_spaces_and_colons_is_signed_as_it_came():
    parameters = {**MINIMAL, 'callbackCreationDate': 'Mon Jan 31 21:46:52 UTC 2022'}

    verify_checksum(by_get(signed(parameters)), key=KEY)


def test_sign_alias_is_left_out_of_what_is_signed_or_not():
    parameters = {**MINIMAL, 'sign_alias': 'SHA-256 with RSA'}

    verify_checksum(by_get({**signed(MINIMAL), 'sign_alias': 'SHA-256 with RSA'}), key=KEY)
    verify_checksum(by_get(signed(parameters)), key=KEY)


@pytest.mark.parametrize('key', ['', ' ', None])
def test_an_empty_key_is_no_key(key):
    notification = by_get({**MINIMAL, 'checksum': vectors.EMPTY_KEY_CHECKSUM})

    with pytest.raises(ChecksumMismatch, match='no key'):
        verify_checksum(notification, key=key)


@pytest.mark.parametrize(
    'checksum', ['', 'A', 'XY', 'не число', '0x' + 'A' * 62, 'AB ' * 21 + 'A', 'AB' * 31, '٠' * 64]
)
def test_a_checksum_that_is_none_is_refused(checksum, public_key_pem):
    notification = by_get({**MINIMAL, 'checksum': checksum})

    with pytest.raises(ChecksumMismatch):
        verify_checksum(notification, key=KEY, public_key_pem=public_key_pem)


def test_a_missing_checksum_is_refused():
    with pytest.raises(ChecksumMismatch, match='missing'):
        verify_checksum(by_get(MINIMAL), key=KEY)


def test_a_right_checksum_can_not_be_carried_to_another_order():
    """The signed string does not tell values from names: `2003;status;1` would fit as a number."""
    forged = {
        'mdOrder': vectors.SYMMETRIC_PARAMETERS['mdOrder'],
        'operation': 'approved',
        'orderNumber': '2003;status;1',
    }
    assert canonical(forged) == canonical(vectors.SYMMETRIC_PARAMETERS)

    with pytest.raises(MalformedNotification):
        by_get({**forged, 'checksum': vectors.SYMMETRIC_CHECKSUM})


def readings(tokens):
    """Cut a signed string into names and values in every possible way."""
    if not tokens:
        yield {}
    for length in range(2, len(tokens) + 1):
        for name_length in range(1, length):
            name, value = ';'.join(tokens[:name_length]), ';'.join(tokens[name_length:length])
            for rest in readings(tokens[length:]):
                yield {name: value, **rest}


def test_no_reading_of_a_signed_string_gives_another_order():
    tokens = canonical(MINIMAL).decode().rstrip(';').split(';')
    fitting = [reading for reading in readings(tokens) if canonical(reading) == canonical(MINIMAL)]
    assert len(fitting) > 30

    for reading in fitting:
        try:
            notification = by_get({**reading, 'checksum': vectors.COMPUTED[0][1]})
        except MalformedNotification:
            continue
        verify_checksum(notification, key=KEY)
        assert notification.order_id in (ORDER_ID, None)
        assert notification.order_number in ('S00042-1', None)
        assert notification.operation in ('deposited', None)


# === ASYMMETRIC CHECKSUM === #


def test_the_vendor_s_asymmetric_sample_with_an_expired_certificate():
    notification = by_get({
        **vectors.ASYMMETRIC_PARAMETERS,
        'checksum': vectors.ASYMMETRIC_CHECKSUM,
    })

    verify_checksum(notification, public_key_pem=vectors.ASYMMETRIC_CERTIFICATE)


def test_a_changed_amount_makes_the_signature_wrong():
    notification = by_get({
        **vectors.ASYMMETRIC_PARAMETERS,
        'amount': '35000098',
        'checksum': vectors.ASYMMETRIC_CHECKSUM,
    })

    with pytest.raises(ChecksumMismatch, match='wrong'):
        verify_checksum(notification, public_key_pem=vectors.ASYMMETRIC_CERTIFICATE)


@given(extras=EXTRAS)
def test_what_the_private_key_signs_is_right(private_key, public_key_pem, extras):
    parameters = {**MINIMAL, **extras}
    signature = private_key.sign(canonical(parameters), padding.PKCS1v15(), hashes.SHA512())
    notification = by_get({**parameters, 'sign_alias': 'any', 'checksum': signature.hex()})

    verify_checksum(notification, key=KEY, public_key_pem=public_key_pem)


@pytest.mark.parametrize('digest', [hashes.SHA1, hashes.SHA256, hashes.SHA384])
def test_the_digest_is_never_taken_from_the_notification(private_key, public_key_pem, digest):
    signature = private_key.sign(canonical(MINIMAL), padding.PKCS1v15(), digest())
    notification = by_get({
        **MINIMAL,
        'sign_alias': f'{digest.name} with RSA',
        'checksum': signature.hex(),
    })

    with pytest.raises(ChecksumMismatch, match='wrong'):
        verify_checksum(notification, public_key_pem=public_key_pem)


def test_a_mode_that_is_not_configured_is_refused(private_key, public_key_pem):
    symmetric = by_get(signed(MINIMAL))
    signature = private_key.sign(canonical(MINIMAL), padding.PKCS1v15(), hashes.SHA512())
    asymmetric = by_get({**MINIMAL, 'checksum': signature.hex()})

    with pytest.raises(ChecksumMismatch, match='no key'):
        verify_checksum(symmetric, public_key_pem=public_key_pem)
    with pytest.raises(ChecksumMismatch, match='no certificate'):
        verify_checksum(asymmetric, key=KEY)
    with pytest.raises(ChecksumMismatch):
        verify_checksum(symmetric)


def test_the_public_key_is_no_symmetric_key(public_key_pem):
    """The old confusion of the two modes: an HMAC under the public key, which everybody has."""
    notification = by_get(signed(MINIMAL, public_key_pem))

    with pytest.raises(ChecksumMismatch):
        verify_checksum(notification, public_key_pem=public_key_pem)
    with pytest.raises(ChecksumMismatch):
        verify_checksum(notification, key=KEY, public_key_pem=public_key_pem)


def test_reasons_hold_no_secret(public_key_pem):
    notification = by_get(signed(MINIMAL, 'another key'))

    with pytest.raises(ChecksumMismatch) as caught:
        verify_checksum(notification, key=KEY, public_key_pem=public_key_pem)
    assert KEY not in str(caught.value)
    assert notification.checksum not in str(caught.value)


# === KEYS === #


def test_a_certificate_and_a_public_key_are_read(public_key_pem):
    assert load_public_key(vectors.ASYMMETRIC_CERTIFICATE).key_size == 1024
    assert load_public_key(f'\n  {public_key_pem}\n').key_size == 2048


@pytest.mark.parametrize(
    'pem',
    [
        '',
        'key',
        'ключ',
        '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
        '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
        vectors.ASYMMETRIC_CERTIFICATE[:-40],
    ],
)
def test_what_is_no_key_is_refused_with_a_reason(pem):
    with pytest.raises(ValueError, match='neither a certificate nor a public key'):
        load_public_key(pem)


def test_a_private_key_is_refused_with_a_reason(private_key):
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()

    with pytest.raises(ValueError, match='private key'):
        load_public_key(pem)


def test_a_key_of_another_kind_is_refused_with_a_reason():
    pem = (
        ec
        .generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )

    with pytest.raises(ValueError, match='RSA'):
        load_public_key(pem)


def test_an_asymmetric_checksum_in_a_form_survives_encoding(private_key, public_key_pem):
    parameters = {**MINIMAL, 'orderDescription': 'Счёт №5 + 100% & "ёж"'}
    signature = private_key.sign(canonical(parameters), padding.PKCS1v15(), hashes.SHA512())
    query = '&'.join(f'{name}={quote_plus(value)}' for name, value in parameters.items())

    notification = read_notification(
        method='GET',
        query_string=f'{query}&checksum={signature.hex()}'.encode(),
        content_type=None,
        body=b'',
    )
    verify_checksum(notification, public_key_pem=public_key_pem)
