"""Which address of ours the bank is told, and what an administrator reads where it can't be."""

from odoo.addons.payment_sberbank import const

from .bankside import BankCase
from .common import SberbankCommon


def set_base_url(env, url):
    env['ir.config_parameter'].set_param('web.base.url', url)


class TestCallbackAddress(SberbankCommon):
    def obstacle(self, url, **settings):
        """Return what the provider's form says against the address of this system."""
        self.provider.write({'sberbank_gateway': 'rbs', **settings})
        set_base_url(self.env, url)
        self.provider.invalidate_recordset()
        return self.provider.sberbank_callback_obstacle

    def test_an_administrator_reads_why_the_bank_can_not_call(self):
        for url, reason in (
            ('http://shop.example', 'begins with http://'),
            ('http://localhost:8069', 'begins with http://'),
            ('https://localhost', 'localhost is not a host on the internet'),
            ('https://192.168.1.2', '192.168.1.2 is not a host on the internet'),
            ('https://odoo.local', 'odoo.local is not a host on the internet'),
            ('https://shop.example:8443', 'port 8443'),
            ('shop.example', 'not an absolute'),
        ):
            with self.subTest(url=url):
                self.assertIn(reason, self.obstacle(url))

    def test_nothing_is_said_against_an_address_that_the_bank_can_call(self):
        self.assertFalse(self.obstacle('https://shop.example'))
        self.assertFalse(self.obstacle('https://shop.example:8443', sberbank_gateway='ecom'))

    def test_only_a_gateway_on_this_machine_calls_this_machine(self):
        here = {'sberbank_gateway': 'custom', 'sberbank_custom_url': 'http://127.0.0.1:9/'}
        elsewhere = {**here, 'sberbank_custom_url': 'https://bank.example/'}

        self.assertFalse(self.obstacle('http://localhost:8069', **here))
        self.assertTrue(self.obstacle('http://localhost:8069', **elsewhere))
        self.assertTrue(self.obstacle('http://localhost:8069', sberbank_gateway='rbs'))

    def test_the_reason_is_in_the_administrators_language(self):
        self.obstacle('shop.example')

        russian = self.provider.with_context(lang='ru_RU')

        self.assertRegex(russian.sberbank_callback_obstacle, '[А-Яа-я]')

    def test_the_address_is_shown_as_the_bank_is_told_it(self):
        self.obstacle('https://магазин.рф')

        self.assertEqual(
            self.provider.sberbank_callback_url,
            f'https://xn--80aairftm.xn--p1ai{const.CALLBACK_ROUTE}',
        )

    def test_the_form_of_another_provider_says_nothing(self):
        set_base_url(self.env, 'http://shop.example')
        other = self.env['payment.provider'].new({'code': 'none'})

        self.assertFalse(other.sberbank_callback_obstacle)


class TestToldToTheBank(BankCase):
    def register(self, url):
        """Register an order while this system is at an address, and return what the bank heard."""
        set_base_url(self.env, url)
        tx = self.create_registered_tx(100)
        return self.bank.order(tx.provider_reference)['register']

    def test_an_address_that_the_form_warns_of_keeps_nobody_from_paying(self):
        for url in ('https://shop.example:8443', 'http://shop.example', 'https://odoo.local'):
            with self.subTest(url=url):
                sent = self.register(url)

                self.assertNotIn('dynamicCallbackUrl', sent)
                self.assertEqual(sent['returnUrl'].partition(const.RETURN_ROUTE)[0], url)
                self.assertTrue(self.provider.sberbank_callback_obstacle)

    def test_an_address_that_the_form_does_not_warn_of_is_told(self):
        for url in ('https://shop.example', self.base_url()):
            with self.subTest(url=url):
                sent = self.register(url)

                self.assertEqual(sent['dynamicCallbackUrl'], f'{url}{const.CALLBACK_ROUTE}')
                self.assertFalse(self.provider.sberbank_callback_obstacle)
