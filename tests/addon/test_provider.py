"""The settings: what is refused when they are saved, what follows from them, what leaves them."""

from pathlib import Path

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

import odoo.addons.payment_sberbank as addon
from odoo.addons.payment_sberbank import const, gateway

from .common import SberbankCommon

SECRETS = (
    'sberbank_username',
    'sberbank_password',
    'sberbank_token',
    'sberbank_callback_key',
    'sberbank_callback_certificate',
)

# The bank's own examples of keys are public; this one was made for the tests and thrown away.
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKx1c7RR7R/drnBSQ/zfx1vQLHUbFLh1
AQQQ5R8DZUXd36efNK79vukFhN9HFoHZiUvOjm0c+pVE6K+EdE/twuUCAwEAAQ==
-----END PUBLIC KEY-----"""


class TestSaving(SberbankCommon):
    def assert_refused(self, words, **values):
        with self.assertRaisesRegex(ValidationError, words):
            self.provider.write(values)

    def test_an_address_that_is_none_is_refused(self):
        for address, words in {
            'bank.example/payment/rest/': 'https://',
            'ftp://bank.example/': 'https://',
            'https://': 'name a host',
            'https://a b/': 'no spaces',
            'https://bank.example/?token=1': 'question mark',
            'https://user:secret@bank.example/': 'user name',
        }.items():
            with self.subTest(address=address):
                self.assert_refused(words, sberbank_custom_url=address)

    def test_plain_http_is_refused_but_for_this_very_machine(self):
        for address in (
            'http://bank.example/',
            'http://127.0.0.1.bank.example/',
            'http://10.0.0.1/',
            'http://localhost.bank.example/',
        ):
            with self.subTest(address=address):
                self.assert_refused('Plain http', sberbank_custom_url=address)
        for address in ('http://127.0.0.1:8080/', 'http://localhost/', 'http://[::1]:1/'):
            with self.subTest(address=address):
                self.provider.sberbank_custom_url = address

    def test_another_address_must_be_given(self):
        self.assert_refused('Enter the address of the gateway', sberbank_custom_url=False)

    def test_a_certificate_that_is_none_is_refused(self):
        for pem in ('garbage', PUBLIC_KEY[:-40], PUBLIC_KEY.replace('PUBLIC', 'PRIVATE')):
            with self.subTest(pem=pem[:30]):
                self.assert_refused('callback certificate', sberbank_callback_certificate=pem)
        self.provider.sberbank_callback_certificate = PUBLIC_KEY

    def test_root_certificates_that_are_none_are_refused(self):
        self.assert_refused('root certificates', sberbank_ca_certificates=PUBLIC_KEY)

    def test_a_password_that_was_typed_on_a_russian_keyboard_is_refused_where_json_is_spoken(self):
        self.provider.sberbank_password = 'пароль'  # The older gateway takes it.

        self.assert_refused('Latin letters', sberbank_custom_dialect='ecom')

    def test_a_token_is_refused_where_json_is_spoken(self):
        self.provider.sberbank_token = 'a-token'

        self.assert_refused('takes no token', sberbank_gateway='ecom')

    def test_it_is_not_switched_on_without_credentials(self):
        for missing in ('sberbank_username', 'sberbank_password'):
            with self.subTest(missing=missing):
                self.assert_refused('user name and the password', **{missing: False})

    def test_a_token_takes_the_place_of_name_and_password(self):
        self.provider.write({
            'sberbank_token': 'a-token',
            'sberbank_username': False,
            'sberbank_password': False,
        })

        self.assertEqual(self.provider.state, 'test')

    def test_a_provider_that_is_off_may_lack_everything(self):
        self.provider.state = 'disabled'

        self.provider.write({**dict.fromkeys(SECRETS), 'sberbank_custom_url': False})

        self.assertFalse(self.provider.sberbank_username)

    def test_it_is_not_switched_on_without_a_journal(self):
        self.provider.write({'state': 'disabled', 'journal_id': False})
        self.env['account.journal'].search([('type', '=', 'bank')]).active = False

        self.assert_refused('no cash desk', state='enabled')

    def test_its_journal_is_not_taken_away_while_it_is_on(self):
        with self.assertRaises(UserError):
            self.provider.journal_id = False

        self.assertEqual(self.provider.journal_id, self.journal)

    def test_it_is_not_switched_on_where_payments_would_make_no_journal_entry(self):
        for journal in (self.journal, self.cash_journal):
            with self.subTest(journal=journal.type):
                self.provider.write({'state': 'disabled', 'journal_id': journal.id})
                self.provider._sberbank_get_payment_method_line().payment_account_id = False

                self.assert_refused('no outstanding account', state='enabled')


class TestWhatFollows(SberbankCommon):
    def test_an_order_stays_with_the_gateway_where_it_was_registered(self):
        for code, preset in gateway.GATEWAYS.items():
            self.provider.sberbank_gateway = code
            for is_live, url, hosts in (
                (False, preset.test_url, preset.test_page_hosts),
                (True, preset.live_url, preset.live_page_hosts),
            ):
                self.provider.state = 'enabled' if is_live else 'test'
                tx = self.create_tx(10)
                for later in ('disabled', 'test', 'enabled'):
                    with self.subTest(gateway=code, is_live=is_live, later=later):
                        self.provider.state = later
                        self.assertEqual(tx._sberbank_get_client().base_url, url)
                        self.assertEqual(self.provider._sberbank_get_page_hosts(tx.is_live), hosts)

    def test_an_administrator_names_hosts_and_no_addresses(self):
        for hosts in ('https://pay.bank.example', 'pay.bank.example/x', 'localhost', 'a b.example'):
            with self.subTest(hosts), self.assertRaisesRegex(ValidationError, 'name of a host'):
                self.provider.sberbank_page_hosts = hosts

    def test_a_typed_address_without_a_path_is_completed(self):
        for dialect, path in (('rbs', 'payment/rest'), ('ecom', 'ecomm/gw/partner/api/v1')):
            with self.subTest(dialect=dialect):
                self.provider.write({
                    'sberbank_custom_url': 'https://bank.example',
                    'sberbank_custom_dialect': dialect,
                })
                self.assertEqual(
                    self.provider._sberbank_get_gateway_url(is_live=False),
                    f'https://bank.example/{path}/',
                )

    def test_roubles_are_active_and_the_only_currency(self):
        self.assertTrue(self.roubles.active)
        self.assertEqual(self.provider.available_currency_ids, self.roubles)

    def test_it_is_offered_for_roubles_only(self):
        dollars = self.env.ref('base.USD')
        find = self.env['payment.provider']._get_compatible_providers

        self.assertIn(
            self.provider,
            find(self.company.id, self.customer.id, 10, currency_id=self.roubles.id),
        )
        self.assertNotIn(
            self.provider, find(self.company.id, self.customer.id, 10, currency_id=dollars.id)
        )

    def test_a_cash_journal_is_offered(self):
        with Form(self.provider) as form:
            form.journal_id = self.cash_journal
        form_view = self.env['payment.provider'].get_view(view_type='form')['arch']

        self.assertEqual(self.provider.journal_id, self.cash_journal)
        self.assertIn("('type', 'in', ('bank', 'cash'))", form_view)

    def test_money_goes_into_the_cash_journal(self):
        self.provider.journal_id = self.cash_journal
        invoice = self.create_invoice(100)

        payment = self.pay(self.create_tx(invoices=invoice))

        self.assertEqual(payment.journal_id, self.cash_journal)
        self.assertTrue(payment.move_id.line_ids)
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_switching_it_on_switches_the_payment_methods_on(self):
        methods = (
            self
            .env['payment.method']
            .with_context(active_test=False)
            .search([('code', 'in', tuple(const.DEFAULT_PAYMENT_METHOD_CODES))])
        )
        self.provider.state = 'disabled'
        methods.active = False

        self.provider.state = 'test'

        self.assertEqual(set(methods.mapped('code')), const.DEFAULT_PAYMENT_METHOD_CODES)
        self.assertTrue(all(methods.mapped('active')))

    def test_every_payment_method_of_ours_has_a_picture(self):
        for name in ('mir', 'sbp', 'sberpay'):
            with self.subTest(method=name):
                method = self.env.ref(f'payment_sberbank.payment_method_{name}')
                self.assertTrue(method.image_payment_form)

    def test_refunds_and_captures_in_part_are_supported(self):
        self.assertEqual(self.provider.support_refund, 'partial')
        self.assertEqual(self.provider.support_manual_capture, 'partial')


class TestWhatLeaves(SberbankCommon):
    def test_a_copy_carries_neither_secrets_nor_the_journal(self):
        self.provider.write({'sberbank_callback_certificate': PUBLIC_KEY})

        copy = self.provider.copy()

        for name in (*SECRETS, 'sberbank_custom_url', 'sberbank_staff_email', 'journal_id'):
            with self.subTest(field=name):
                self.assertFalse(copy[name])
        self.assertEqual(copy.state, 'disabled')

    def test_resetting_the_credentials_leaves_none(self):
        self.provider.write({'sberbank_callback_certificate': PUBLIC_KEY})

        self.provider.action_reset_credentials()

        for name in SECRETS:
            with self.subTest(field=name):
                self.assertFalse(self.provider[name])
        self.assertEqual(self.provider.state, 'disabled')

    def test_neutralizing_leaves_no_secret_and_no_live_provider(self):
        self.provider.write({'sberbank_callback_certificate': PUBLIC_KEY, 'state': 'enabled'})
        self.env.flush_all()

        self.env.cr.execute(Path(addon.__path__[0], 'data/neutralize.sql').read_text())
        self.env.invalidate_all()

        for name in (*SECRETS, 'sberbank_staff_email', 'is_published'):
            with self.subTest(field=name):
                self.assertFalse(self.provider[name])
        self.assertEqual(self.provider.state, 'disabled')

    def test_it_is_uninstalled_without_payments(self):
        addon.uninstall_hook(self.env)

        self.assertEqual(self.provider.code, 'none')
        self.assertEqual(self.provider.state, 'disabled')
        self.assertFalse(
            self.env['account.payment.method'].search([('code', '=', const.PROVIDER_CODE)])
        )

    def test_it_is_not_uninstalled_when_payments_would_lose_their_method(self):
        self.pay(self.create_tx(100))

        with self.assertRaisesRegex(UserError, 'payments using this payment method'):
            addon.uninstall_hook(self.env)

        self.assertEqual(self.provider.code, const.PROVIDER_CODE)


class TestOtherProviders(SberbankCommon):
    def test_what_is_ours_alone_is_required_of_nobody_else(self):
        names = ('sberbank_gateway', 'sberbank_custom_dialect')

        other = self.env['payment.provider'].create({
            'name': 'Other',
            'code': 'none',
            **dict.fromkeys(names, False),
        })

        self.assertEqual([other[name] for name in names], [False, False])
        self.assertFalse(other.sberbank_speaks_json)

    def test_ours_needs_a_gateway_also_while_it_is_off(self):
        self.provider.state = 'disabled'

        for values in (
            {'sberbank_gateway': False},
            {'sberbank_gateway': 'custom', 'sberbank_custom_dialect': False},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, 'Choose the gateway'),
            ):
                self.provider.write(values)

    def test_a_gateway_that_is_not_chosen_yet_breaks_no_form(self):
        provider = self.env['payment.provider'].new({'code': 'sberbank', 'sberbank_gateway': False})

        self.assertFalse(provider.sberbank_speaks_json)
        self.assertTrue(provider.sberbank_callback_request)

    def test_a_copy_goes_into_the_same_cash_desk(self):
        copy = self.provider.copy()

        self.enable(copy)

        self.assertNotEqual(copy.name, self.provider.name)
        self.assertEqual(copy.journal_id, self.provider.journal_id)
