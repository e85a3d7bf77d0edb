"""Nobody begins payments without end, and nobody's flood is in another's way.

The workers are processes, as in production: what one of them has counted, the others know.
"""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from odoo.fields import Command

from odoo.addons.payment.utils import generate_access_token

from dev.odoo.session import Session

from .live import PATIENCE, at_once, wait_until

#: How many payments may be begun for one customer in a minute, and what that is set by.
LIMIT = 10
PARAMETER = 'payment_sberbank.payments_per_minute'


@pytest.fixture(autouse=True)
def _own_account(shop):
    shop.open_account()
    shop.bank.faults(shop.login, {'fault': 'callback_never'})
    with shop.env() as env:
        env['sberbank.tally'].search([]).unlink()
        provider = env.ref('payment_sberbank.payment_provider_sberbank')
        provider.sberbank_topup_enabled = True


class Customer:
    """A customer of the shop, with a browser of their own.

    :param LiveShop shop: The shop.
    """

    def __init__(self, shop):
        self._shop = shop
        self.browser = Session(shop.url)
        with shop.env() as env:
            partner = env['res.partner'].create({'name': 'Customer', 'lang': 'en_US'})
            provider = env.ref('payment_sberbank.payment_provider_sberbank')
            self.partner_id = partner.id
            self.link = provider._sberbank_get_topup_link(partner, 10000)

    def log_in(self):
        """Log in to the portal, and return what is topped up with then."""
        login = secrets.token_hex(8)
        with self._shop.env() as env:
            env['res.users'].with_context(no_reset_password=True).create({
                'login': login,
                'password': login,
                'partner_id': self.partner_id,
                'group_ids': [Command.set(env.ref('base.group_portal').ids)],
            })
        self.browser.log_in(login, login)
        return self

    def open_form(self, address):
        """Open the form of a top-up.

        :return: Sends it, and returns the response.
        :rtype: callable
        """
        page = self.browser.open(address)
        form = page.one('form.o_sberbank_top_up_form')
        values = {**dict(form.form_values()), 'amount': '100'}
        return lambda: self.browser.send(form.get('action'), method='POST', data=values)

    def goes_to_the_bank(self, response):
        """Follow a response, and tell whether it leads to the bank's page."""
        page = self.browser.send(response.headers['Location'])
        return page.status_code == 303 and '/pay' in page.headers['Location']

    def count_transactions(self):
        with self._shop.env() as env:
            return env['payment.transaction'].search_count([('partner_id', '=', self.partner_id)])


def begin_payment(shop, partner_id, **values):
    """Begin a payment as the core's payment form does.

    :return: What the browser would submit, to go to the bank.
    :rtype: dict
    """
    with shop.env() as env:
        currency_id = env.ref('base.RUB').id
        token = generate_access_token(partner_id, 7.0, currency_id, env=env)
        values = {
            'provider_id': env.ref('payment_sberbank.payment_provider_sberbank').id,
            'payment_method_id': env.ref('payment.payment_method_card').id,
            'token_id': None,
            'amount': 7.0,
            'currency_id': currency_id,
            'partner_id': partner_id,
            'access_token': token,
            'flow': 'redirect',
            'tokenization_requested': False,
            'landing_route': '/payment/confirmation',
            **values,
        }
    return lambda browser: browser.call('/payment/transaction', values)


def all_at_once(actions):
    """Do everything, as much of it at a time as a server with two workers lets queue up.

    :param list actions: What to do.
    :return: The results.
    :rtype: list
    """
    with ThreadPoolExecutor(max_workers=12) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(each) for each in actions]]


def test_a_link_is_not_good_for_payments_without_end(shop):
    stranger = Customer(shop)
    send = stranger.open_form(stranger.link)

    responses = [response for _round in range(5) for response in at_once([send] * 6)]

    assert Counter(response.status_code for response in responses) == {303: LIMIT, 429: 20}
    assert stranger.count_transactions() == LIMIT
    for response in responses:
        if response.status_code == 429:
            assert 'Nothing was charged. Please wait a few minutes and try again.' in response.text
            assert 'o_sberbank_top_up_form' in response.text


def test_strangers_with_a_link_do_not_shut_the_customer_out(shop):
    customer = Customer(shop)
    flood = customer.open_form(customer.link)
    for _round in range(3):
        at_once([flood] * 5)
    assert flood().status_code == 429
    customer.log_in()

    response = customer.open_form('/my/top-up')()

    assert response.status_code == 303
    assert customer.goes_to_the_bank(response)


def test_a_customer_who_tries_five_cards_gets_to_the_bank_each_time(shop):
    customer = Customer(shop).log_in()

    for _card in range(5):
        response = customer.open_form('/my/top-up')()
        assert customer.goes_to_the_bank(response)

    assert len(shop.bank.orders(login=shop.login)) == 5


def test_sixty_customers_behind_one_address_are_let_in(shop):
    customers = [Customer(shop) for _i in range(60)]
    sends = [customer.open_form(customer.link) for customer in customers]

    responses = all_at_once(sends)

    assert Counter(response.status_code for response in responses) == {303: 60}


def test_sixty_who_are_no_customers_behind_one_address_are_let_in(shop):
    with shop.env() as env:
        nobody_id = env.ref('base.public_user').partner_id.id
    begin = begin_payment(shop, nobody_id)

    answers = all_at_once([lambda: begin(Session(shop.url))] * 60)

    assert len({answer['reference'] for answer in answers}) == 60


@pytest.mark.parametrize(
    ('parameter', 'limit'), [('3', 3), ('', LIMIT), ('0', LIMIT), ('many', LIMIT)]
)
def test_an_administrator_may_set_the_limit(shop, parameter, limit):
    customer, staff = Customer(shop), shop.log_in()
    send = customer.open_form(customer.link)
    set_limit = partial(staff.press, 'ir.config_parameter', 'set_param', PARAMETER)
    set_limit(parameter)
    try:
        statuses = Counter(send().status_code for _i in range(LIMIT + 1))
    finally:
        set_limit(str(LIMIT))

    assert statuses == {303: limit, 429: LIMIT + 1 - limit}


def test_staff_are_not_limited(shop):
    customer = Customer(shop)
    customer.browser.log_in('admin', 'admin')
    send = customer.open_form(customer.link)

    assert {send().status_code for _i in range(LIMIT + 2)} == {303}


def test_the_banks_own_word_is_heard_whatever_strangers_do(shop):
    tx_id = shop.create_tx(shop.create_invoice(10))
    shop.visit_pay_route(tx_id)
    order_id, number = shop.read_tx(tx_id, 'provider_reference', 'sberbank_order_number')
    for _round in range(10):
        at_once([lambda: shop.come_back(tx_id)] * 6)
    forged = Session(shop.url).send(
        f'/payment/sberbank/callback?mdOrder={order_id}&orderNumber={number}'
        '&operation=deposited&status=1&checksum=00'
    )
    shop.bank.faults(shop.login)

    shop.bank.pay(order_id)
    shop.bank.wait_idle()

    [delivery] = shop.bank.order(order_id)['callbacks'][-1:]
    assert [attempt['answer'] for attempt in delivery['tries']] == [200]
    assert forged.status_code == 403
    wait_until(lambda: shop.read_tx(tx_id, 'state') == 'done')


@pytest.mark.parametrize('round_number', range(3))
def test_four_clicks_on_top_up_at_once_all_get_their_page(shop, round_number):
    customer = Customer(shop).log_in()
    send = customer.open_form('/my/top-up')

    responses = at_once([send] * 4)

    assert {response.status_code for response in responses} == {303}
    assert all(customer.goes_to_the_bank(response) for response in responses)
    assert not shop.get_errors()


@pytest.mark.parametrize('prefix', [None, 'S00042'])
def test_four_payments_begun_at_once_by_the_cores_form_all_get_their_page(shop, prefix):
    customer = Customer(shop)
    begin = begin_payment(shop, customer.partner_id, reference_prefix=prefix)
    customer.browser.open('/web/login')

    answers = at_once([lambda: begin(customer.browser)] * 4)

    assert len({answer['reference'] for answer in answers}) == 4
    assert customer.count_transactions() == 4
    assert not shop.get_errors()
