"""The gateways' addresses, and which addresses an administrator may enter."""

import pytest
from gateway import (
    DIALECTS,
    ECOM,
    GATEWAYS,
    RBS,
    ascii_url,
    base_url_of,
    is_loopback,
    payment_page_allowed,
)


def test_test_and_live_are_different_hosts_and_speak_the_documented_dialect():
    found = {
        code: (preset.dialect, preset.url(live=False), preset.url(live=True))
        for code, preset in GATEWAYS.items()
    }

    ecom_path = '/ecomm/gw/partner/api/v1/'
    assert found == {
        'rbs': (
            RBS,
            'https://3dsec.sberbank.ru/payment/rest/',
            'https://securepayments.sberbank.ru/payment/rest/',
        ),
        'ecom': (
            ECOM,
            'https://ecomtest.sberbank.ru' + ecom_path,
            'https://epay.sberbank.ru' + ecom_path,
        ),
        'ecom_earlier': (
            ECOM,
            'https://ecomtest.sberbank.ru' + ecom_path,
            'https://ecommerce.sberbank.ru' + ecom_path,
        ),
        'yookassa': (
            RBS,
            'https://3dsec-payments.yookassa.ru/payment/rest/',
            'https://3dsec-payments.yookassa.ru/payment/rest/',
        ),
    }


@pytest.mark.parametrize('choices', [GATEWAYS, DIALECTS], ids=['gateways', 'dialects'])
def test_an_administrator_can_tell_one_choice_from_another(choices):
    names = {choice.name for choice in choices.values()}

    assert len(names) == len(choices)
    assert all(names)


@pytest.mark.parametrize('live', [False, True])
@pytest.mark.parametrize('preset', GATEWAYS.values(), ids=GATEWAYS.keys())
def test_a_preset_is_an_address_that_may_be_called(preset, live):
    assert base_url_of(preset.url(live=live), preset.dialect) == preset.url(live=live)


@pytest.mark.parametrize(
    ('code', 'live', 'page'),
    [
        ('rbs', True, 'https://securepayments.sberbank.ru/payment/merchants/shop/payment_ru.html'),
        ('rbs', False, 'https://3dsec.sberbank.ru/payment/merchants/shop/payment_ru.html'),
        ('ecom', True, 'https://payecom.ru/pay_ru?orderId=1'),
        ('ecom', False, 'https://ecomtest.sberbank.ru/pp/pay_ru?orderId=1'),
        ('ecom', False, 'https://sbox.payecom.ru/pay_ru?orderId=1'),
        ('ecom_earlier', True, 'https://payecom.ru/pay_ru?orderId=1'),
    ],
)
def test_the_known_payment_pages_are_allowed_in_their_own_state_only(code, live, page):
    preset = GATEWAYS[code]

    for state in (False, True):
        allowed = payment_page_allowed(
            page, preset.page_hosts(live=state), base_url=preset.url(live=state)
        )
        assert allowed is (state is live)


@pytest.mark.parametrize(
    ('address', 'base_url'),
    [
        ('https://pay.example/payment/rest/', 'https://pay.example/payment/rest/'),
        (' https://pay.example/payment/rest ', 'https://pay.example/payment/rest/'),
        ('https://pay.example', 'https://pay.example/payment/rest/'),
        ('https://pay.example:8443/', 'https://pay.example:8443/payment/rest/'),
        ('https://pay.example/sbercredit', 'https://pay.example/sbercredit/'),
        ('HTTPS://pay.example/', 'https://pay.example/payment/rest/'),
        ('http://127.0.0.1:8000', 'http://127.0.0.1:8000/payment/rest/'),
        ('http://localhost:8000/', 'http://localhost:8000/payment/rest/'),
        ('http://[::1]:8000/', 'http://[::1]:8000/payment/rest/'),
    ],
)
def test_an_address_is_completed(address, base_url):
    assert base_url_of(address, RBS) == base_url


def test_an_address_without_a_path_gets_the_one_of_its_dialect():
    assert base_url_of('https://pay.example', ECOM) == (
        'https://pay.example/ecomm/gw/partner/api/v1/'
    )


@pytest.mark.parametrize(
    ('address', 'reason'),
    [
        ('http://pay.example/payment/rest/', 'only for this very machine'),
        ('http://10.0.0.5/', 'only for this very machine'),
        ('http://127.0.0.1.evil.example/', 'only for this very machine'),
        ('http://localhost.evil.example/', 'only for this very machine'),
        ('http://0.0.0.0/', 'only for this very machine'),
        ('https://user:secret@pay.example/', 'user name or a password'),
        ('https://user@pay.example/', 'user name or a password'),
        ('https://pay.example/?db=1', 'query or a fragment'),
        ('https://pay.example/#top', 'query or a fragment'),
        ('ftp://pay.example/', 'begin with https'),
        ('pay.example/payment/rest', 'begin with https'),
        ('https://', 'begin with https'),
        ('', 'ASCII'),
        ('https://pay.example/пла', 'ASCII'),
        ('https://pay.example/a b', 'ASCII'),
        ('https://pay.example\\@evil.example/', 'ASCII'),
        ('https://pay.example:port/', 'address is not valid'),
        ('https://pay.example:99999/', 'address is not valid'),
        ('https://[::1/', 'address is not valid'),
    ],
)
def test_an_address_that_must_not_be_called_is_refused_with_a_reason(address, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        base_url_of(address, RBS)
    assert 'secret' not in str(caught.value)


@pytest.mark.parametrize(
    ('host', 'expected'),
    [
        ('localhost', True),
        ('LOCALHOST', True),
        ('127.0.0.1', True),
        ('127.9.9.9', True),
        ('::1', True),
        ('localhost.example', False),
        ('10.0.0.1', False),
        ('0.0.0.0', False),  # noqa: S104 - nothing is bound to it
        ('', False),
    ],
)
def test_this_very_machine_is_told_from_others(host, expected):
    assert is_loopback(host) is expected


def test_an_ascii_address_is_left_alone():
    url = 'https://shop.example/return?ref=A-1&access_token=a%2Bb'

    assert ascii_url(url) == url
