"""Whoever knows Odoo, but not this app, comes from the list of apps to a booked test payment."""

import time

import pytest
from playwright.sync_api import expect

from dev.env.waiting import wait_until
from dev.odoo import database
from dev.odoo.server import odoo_server

from .provider_form import ProviderForm
from .shop import BOOKING_LIMIT, CALLBACK_KEY, PASSWORD, VisitedShop
from .visitor import Visitor

#: From the login to the booked payment, by a mouse and the keyboard.
MOST_CLICKS, MOST_SECONDS = 25, 600
#: Milliseconds in which Odoo installs the app, and accounting before it.
INSTALLATION = 120_000
#: What somebody looks for.
SEARCHED = {'ru_RU': 'сбер', 'en_US': 'sber'}


@pytest.fixture(params=['ru_RU', 'en_US'])
def language(request):
    """The language of a new database, and of its administrator."""
    return request.param


@pytest.fixture
def shop(bank, browser, language):
    """A new Odoo of a Russian company, without any app."""
    with database.new('apps', language) as name, odoo_server(name) as server:
        yield VisitedShop(server, bank)


def install(visitor: Visitor, searched: str) -> None:
    """Find the app in the list that one sees after the login, and install it."""
    page = visitor.page
    page.locator('.o_kanban_record').first.wait_for()
    page.locator('.o_searchview_input').press_sequentially(searched)
    page.keyboard.press('Enter')
    app = page.locator('.o_kanban_record:not(.o_kanban_ghost)')
    expect(app).to_have_count(1)
    visitor.photograph('found')
    app.locator('button[name=button_immediate_install]').click()
    page.wait_for_url(lambda url: not url.endswith('/apps'), timeout=INSTALLATION)
    visitor.photograph('installed')


def test_from_the_list_of_apps_to_a_booked_payment(shop, visit, language):
    visitor = visit(screen={'viewport': {'width': 1366, 'height': 2000}}, locale=language[:2])
    visitor.count_clicks()
    visitor.open('/odoo')
    begin = time.monotonic()
    visitor.log_in(shop.administrator)
    install(visitor, SEARCHED[language])
    form = ProviderForm.find(visitor, shop.provider('name', language=language)['name'])
    visitor.photograph('empty')

    form.press('action_sberbank_keep_roubles')
    form.tick('state', 'test')
    form.choose('sberbank_gateway', shop.label('sberbank_gateway', 'custom', language))
    form.type('sberbank_custom_url', shop.gateway_url('rbs'))
    form.type('sberbank_username', shop.login_at_bank('rbs'))
    form.type('sberbank_password', PASSWORD)
    form.type('sberbank_callback_key', CALLBACK_KEY)
    form.look_up('journal_id', shop.journal_name('bank', language))
    form.save()
    shop.open_contract('rbs', url=f'{shop.url}/payment/sberbank/callback')
    assert '127.0.0.1' in form.press('action_sberbank_test_connection')
    form.publish()
    bank_page = form.make_test_payment()
    bank_page.pay_by_card()
    form.come_back()

    assert wait_until(lambda: form.walked() == [True] * 5, limit=BOOKING_LIMIT)
    assert 'TEST-' in form.press('action_sberbank_check_trial')
    visitor.photograph('walked')
    assert visitor.clicks <= MOST_CLICKS
    assert time.monotonic() - begin < MOST_SECONDS
    [payment] = shop.back_office.find('account.payment', [], ['amount', 'currency_id', 'state'])
    assert payment['amount'] == 1
    assert payment['currency_id'][1] == 'RUB'
    [company] = shop.back_office.find('res.company', [], ['currency_id'])
    assert company['currency_id'][1] == 'RUB'
