"""The administrator sets the provider up, as the bank's instructions say."""

import time

import pytest

from dev.env.waiting import wait_until

from .pages import open_in_portal
from .provider_form import ProviderForm
from .shop import BOOKING_LIMIT, CALLBACK_KEY, PASSWORD
from .visitor import PHONE

#: As high as the form is long, so that pictures show all of it.
HIGH_DESKTOP = {'viewport': {'width': 1366, 'height': 2000}}

#: From the login to a test payment that is booked, by a mouse and the keyboard.
MOST_CLICKS, MOST_SECONDS = 25, 600

NO_PASSWORD = {'en_US': 'password is wrong', 'ru_RU': 'пароль неверны'}


@pytest.fixture
def open_form(shop, visit):
    """Return a function that opens the provider's form, as it is after the installation."""
    shop.forget_provider()

    def open_form(language: str) -> ProviderForm:
        shop.speak_to_administrator(language)
        visitor = visit(screen=HIGH_DESKTOP, locale=language.replace('_', '-'))
        visitor.allow_clipboard()
        visitor.count_clicks()
        visitor.open('/odoo')
        visitor.log_in(shop.administrator)
        return ProviderForm.find(visitor, shop.provider('name', language=language)['name'])

    yield open_form
    shop.speak_to_administrator('en_US')


@pytest.mark.parametrize('language', ['ru_RU', 'en_US'])
def test_administrator_sets_the_provider_up_and_pays_a_rouble(shop, visit, open_form, language):
    form = open_form(language)
    form.visitor.photograph('empty')
    begin = time.monotonic()

    form.tick('state', 'test')
    form.choose('sberbank_gateway', shop.label('sberbank_gateway', 'custom', language))
    form.type('sberbank_custom_url', shop.gateway_url('rbs'))
    form.type('sberbank_username', shop.login_at_bank('rbs'))
    form.type('sberbank_password', PASSWORD)
    form.type('sberbank_callback_key', CALLBACK_KEY)
    form.look_up('journal_id', shop.journal_name('cash', language))
    form.visitor.photograph('filled-in')
    before_detour = form.visitor.clicks
    form.type('sberbank_password', PASSWORD[:-1])
    form.save()
    shop.open_contract('rbs', url=f'{shop.url}/payment/sberbank/callback')
    assert NO_PASSWORD[language] in form.press('action_sberbank_test_connection')
    detour = form.visitor.clicks - before_detour
    form.type('sberbank_password', PASSWORD)
    form.save()
    assert '127.0.0.1' in form.press('action_sberbank_test_connection')
    form.publish()
    form.visitor.photograph('published')
    callback_url = form.copy('sberbank_callback_url')

    assert callback_url == f'{shop.url}/payment/sberbank/callback'
    provider = shop.provider(
        'state', 'is_published', 'sberbank_username', 'sberbank_password', 'journal_id'
    )
    assert provider['state'] == 'test'
    assert provider['is_published']
    assert provider['sberbank_username'] == shop.login_at_bank('rbs')
    assert provider['sberbank_password'] == PASSWORD
    assert provider['journal_id'][0] == shop.back_office.journal('cash')

    # The check that everyone makes.
    bank_page = form.make_test_payment()
    order_id = bank_page.order_id
    bank_page.pay_by_card()
    form.come_back()

    shop.bank.control.wait_idle()
    callback = shop.bank.control.order(order_id)['callbacks'][0]
    assert callback['url'].startswith(callback_url)
    assert callback['outcome'] == 'delivered'
    assert wait_until(lambda: form.walked() == [True] * 5, limit=BOOKING_LIMIT)
    assert 'TEST-' in form.press('action_sberbank_check_trial')
    form.visitor.photograph('walked')
    assert 12 < form.visitor.clicks - detour <= MOST_CLICKS
    assert time.monotonic() - begin < MOST_SECONDS

    # And what a customer does.
    customer = shop.regular(language)
    invoice = shop.sell(customer, 100)
    payer = visit(screen=PHONE, locale=language.replace('_', '-'))
    invoice_page = open_in_portal(payer, customer, invoice)
    bank_page = invoice_page.go_to_bank()
    bank_page.pay_by_card()

    invoice_page.wait_until_paid()
    assert shop.booked(invoice) == [100]


def test_what_is_missing_is_pointed_out(shop, open_form):
    form = open_form('ru_RU')
    form.tick('state', 'test')
    form.clear('journal_id')

    assert form.save_incomplete() == {'sberbank_username', 'sberbank_password', 'journal_id'}

    assert shop.provider('state')['state'] == 'disabled'

    form.type('sberbank_username', 'shop-api')
    form.type('sberbank_password', PASSWORD)
    form.look_up('journal_id', shop.journal_name('bank', 'ru_RU'))
    form.save()

    assert shop.provider('state')['state'] == 'test'


@pytest.mark.parametrize('language', ['ru_RU', 'en_US'])
def test_wrong_input_is_refused_with_the_reason(shop, open_form, language):
    form = open_form(language)
    form.tick('state', 'test')
    form.type('sberbank_username', 'shop-api')
    form.type('sberbank_password', 'Ёжик-2026')
    form.choose('sberbank_gateway', shop.label('sberbank_gateway', 'custom', language))

    form.type('sberbank_custom_url', 'http://bank.example/payment/rest/')
    assert 'https://' in form.save_in_vain()
    form.type('sberbank_custom_url', 'https://bank.example/payment/rest/')

    form.turn_to('sberbank_special')
    form.type('sberbank_callback_certificate', 'not a certificate')
    assert 'BEGIN' in form.save_in_vain()
    form.type('sberbank_callback_certificate', '')
    form.visitor.photograph('special-cases')
    form.turn_to('sberbank')

    form.type('sberbank_staff_email', 'cashier.example')
    assert 'cashier.example' in form.save_in_vain()
    form.type('sberbank_staff_email', 'cashier@bank.example')

    form.choose('sberbank_gateway', shop.label('sberbank_gateway', 'ecom', language))
    password_reason = form.save_in_vain()
    assert 'Ёжик' not in password_reason
    provider = shop.provider('state', 'sberbank_username')
    assert (provider['state'], provider['sberbank_username']) == ('disabled', False)

    form.type('sberbank_password', 'Password1')
    form.save()

    assert shop.provider('state')['state'] == 'test'
