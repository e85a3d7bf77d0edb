"""Beside `website` and `website_payment`: no request decides where the bank sends payers and word.

`website_payment` takes the provider's address from the request's host.
"""

import re

from odoo.fields import Command

from odoo.addons.payment_sberbank import const

from tests.addon.bankside import BankCase

FORGED = 'evil.example'
BASE_URL = 'https://base.example'


class AddressCase(BankCase):
    def setUp(self):
        super().setUp()
        self.env['ir.config_parameter'].set_param('web.base.url', BASE_URL)
        self.website = self.env['website'].search([('company_id', '=', self.company.id)], limit=1)
        self.website.domain = False
        self.other_website = self.env['website'].create({
            'name': 'Second shop',
            'company_id': self.company.id,
            'domain': 'https://second.example',
        })

    def open_pay_link(self, host, tx=None):
        """Open a pay link with a host of one's own, and return what the bank was told."""
        tx = tx or self.create_new_tx(100)
        response = self.url_open(
            tx._sberbank_get_pay_url(), headers={'Host': host}, allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        return self.bank.order(tx.provider_reference)['register']

    def assert_told(self, sent, *, way_back, callback):
        """Check which addresses of this system the bank was told."""
        self.assertEqual(sent['returnUrl'].partition(const.RETURN_ROUTE)[0], way_back)
        self.assertEqual(sent['dynamicCallbackUrl'], f'{callback}{const.CALLBACK_ROUTE}')


class TestToldToTheBank(AddressCase):
    def test_a_forged_host_is_told_to_nobody(self):
        for host in (FORGED, f'{FORGED}:443', f'base.example.{FORGED}', 'base.example@x'):
            with self.subTest(host=host):
                sent = self.open_pay_link(host)

                self.assert_told(sent, way_back=BASE_URL, callback=BASE_URL)

    def test_a_proxy_that_ends_tls_and_passes_the_host_alone_changes_nothing(self):
        sent = self.open_pay_link('base.example')

        self.assert_told(sent, way_back=BASE_URL, callback=BASE_URL)

    def test_the_domain_of_the_companys_website_goes_before(self):
        self.website.domain = 'https://first.example'

        for host in ('first.example', FORGED):
            with self.subTest(host=host):
                sent = self.open_pay_link(host)

                self.assert_told(
                    sent, way_back='https://first.example', callback='https://first.example'
                )

    def test_a_payer_comes_back_to_the_website_that_they_came_by(self):
        self.website.domain = 'https://first.example'

        for host, way_back in (
            ('second.example', 'https://second.example'),
            ('SECOND.example:8443', 'https://second.example'),
            ('base.example', BASE_URL),
        ):
            with self.subTest(host=host):
                sent = self.open_pay_link(host)

                self.assert_told(sent, way_back=way_back, callback='https://first.example')

    def test_a_website_of_cyrillic_letters_is_known_by_its_host(self):
        self.other_website.domain = 'https://магазин.рф'

        sent = self.open_pay_link('xn--80aairftm.xn--p1ai')

        self.assert_told(sent, way_back='https://xn--80aairftm.xn--p1ai', callback=BASE_URL)

    def test_the_website_of_what_is_paid_is_where_a_payer_from_nowhere_comes_back_to(self):
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'website_id': self.other_website.id,
        })
        invoice = self.create_invoice(100)
        invoice.website_id = self.other_website
        for tx in (
            self.create_new_tx(
                100, sale_order_ids=[Command.set(order.ids)], sberbank_is_topup=False
            ),
            self.create_new_tx(invoices=invoice),
        ):
            sent = self.open_pay_link(FORGED, tx)

            self.assert_told(sent, way_back='https://second.example', callback=BASE_URL)

    def test_the_website_of_the_provider_goes_before_the_companys(self):
        self.website.domain = 'https://first.example'
        self.provider.website_id = self.other_website

        sent = self.open_pay_link(FORGED)

        self.assert_told(sent, way_back='https://second.example', callback='https://second.example')

    def test_whoever_opens_the_link_first_does_not_fix_the_way_back(self):
        tx = self.create_new_tx(100)
        sent = self.open_pay_link(FORGED, tx)

        response = self.url_open(
            tx._sberbank_get_pay_url(), headers={'Host': 'base.example'}, allow_redirects=False
        )

        self.assertEqual(response.headers['Location'], tx.sberbank_form_url)
        self.assert_told(sent, way_back=BASE_URL, callback=BASE_URL)


class TestShownToStaff(AddressCase):
    def setUp(self):
        super().setUp()
        self.authenticate('admin', 'admin')
        self.opener.cookies.set('session_id', self.session.sid)  # For whatever host.

    def read(self, model, ids, method, *args):
        """Call a method as the web client does, by way of a host that nobody has configured."""
        answer = self.url_open(
            '/web/dataset/call_kw',
            json={'params': {'model': model, 'method': method, 'args': [ids, *args], 'kwargs': {}}},
            headers={'Host': FORGED},
        ).json()
        self.assertNotIn('error', answer)
        return answer['result']

    def test_the_address_to_hand_to_the_bank(self):
        fields = [
            'sberbank_callback_url', 'sberbank_callback_request', 'sberbank_callback_obstacle'
        ]  # fmt: skip

        [shown] = self.read('payment.provider', self.provider.ids, 'read', fields)

        self.assertEqual(shown['sberbank_callback_url'], f'{BASE_URL}{const.CALLBACK_ROUTE}')
        self.assertIn(BASE_URL, shown['sberbank_callback_request'])
        self.assertFalse(shown['sberbank_callback_obstacle'])

    def test_a_link_for_a_customer(self):
        administrator = self.env.ref('base.user_admin')
        wizard = (
            self
            .env['sberbank.topup.link']
            .with_user(administrator)
            .create({'partner_id': self.customer.id})
        )

        [shown] = self.read(wizard._name, wizard.ids, 'read', ['link'])

        self.assertTrue(re.match(f'{BASE_URL}/', shown['link']), shown['link'])
