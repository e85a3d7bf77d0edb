"""A payer is sent to the bank's page and nowhere else."""

import pytest
from gateway import page_url_for, payment_page_allowed

HOSTS = frozenset({'payecom.ru', 'epay.sberbank.ru'})
API = 'https://epay.sberbank.ru/ecomm/gw/partner/api/v1/'
ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
OTHER_ID = '06cf5599-3f17-7c86-bdbc-bd7d00a8b38b'


@pytest.mark.parametrize(
    'url',
    [
        f'https://payecom.ru/pay_ru?orderId={ORDER_ID}',
        f'https://payecom.ru:443/pay_ru?orderId={ORDER_ID}',
        f'HTTPS://PAYECOM.RU/pay_ru?orderId={ORDER_ID}',
        'https://epay.sberbank.ru/',
    ],
)
def test_the_bank_s_page_is_allowed(url):
    assert payment_page_allowed(url, HOSTS, base_url=API)


@pytest.mark.parametrize(
    'url',
    [
        'http://payecom.ru/pay_ru',
        'https://payecom.ru:8443/pay_ru',
        'https://payecom.ru:0/',
        'https://evil.example/pay_ru',
        'https://payecom.ru.evil.example/',
        'https://evilpayecom.ru/',
        'https://payecom.ru./',
        'https://user@payecom.ru/',
        'https://user:pass@payecom.ru/',
        'https://evil.example\\@payecom.ru/',
        'https://payecom.ru\\.evil.example/',
        'https://evil.example#@payecom.ru/',
        'https://evil.example?@payecom.ru/',
        'https://payecom.ru@evil.example/',
        'https://payecom.ru\t/pay_ru',
        'https://payecom.ru/\r\nSet-Cookie: a=b',
        ' https://payecom.ru/',
        'https://pаyecom.ru/',  # with a Cyrillic letter
        '//payecom.ru/',
        'payecom.ru/pay_ru',
        'javascript:alert(1)//payecom.ru/',
        'data:text/html,payecom.ru',
        'https:///payecom.ru/',
        'https://[payecom.ru/',
        'https://payecom.ru:port/',
        'https://',
        '',
    ],
)
def test_any_other_page_is_not(url):
    assert not payment_page_allowed(url, HOSTS, base_url=API)


@pytest.mark.parametrize(
    ('url', 'allowed'),
    [
        ('http://127.0.0.1:8000/pp/pay_ru?orderId=1', True),
        ('http://127.0.0.1:8001/pp/pay_ru?orderId=1', False),
        ('http://localhost:8000/pp/pay_ru?orderId=1', False),
        ('https://127.0.0.1:8000/pp/pay_ru?orderId=1', False),
        ('https://payecom.ru/pay_ru', False),
    ],
)
def test_a_gateway_on_this_machine_shows_its_own_page(url, allowed):
    base_url = 'http://127.0.0.1:8000/ecomm/gw/partner/api/v1/'

    assert payment_page_allowed(url, HOSTS, base_url=base_url) is allowed


def test_no_page_on_this_machine_is_allowed_for_a_gateway_elsewhere():
    assert not payment_page_allowed('http://127.0.0.1:8000/', HOSTS, base_url=API)


@pytest.mark.parametrize(
    'template',
    [
        'https://payecom.ru/pay_ru?orderId={}',
        'https://securepayments.sberbank.ru/payment/merchants/shop/payment_ru.html?mdOrder={}',
    ],
)
def test_a_lost_page_is_found_by_the_example_of_another(template):
    assert page_url_for(template.format(ORDER_ID), ORDER_ID, OTHER_ID) == template.format(OTHER_ID)


@pytest.mark.parametrize('template_id', ['', OTHER_ID])
def test_an_example_without_its_own_order_teaches_nothing(template_id):
    assert page_url_for(f'https://payecom.ru/?orderId={ORDER_ID}', template_id, OTHER_ID) is None
