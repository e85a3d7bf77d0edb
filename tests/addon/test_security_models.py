"""Nobody below the administrator gets at the secrets of the provider, whichever way is tried."""

import json
from itertools import product

import pytest

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from tests.gateway.vectors import ASYMMETRIC_CERTIFICATE

from .common import CALLBACK_KEY, PASSWORD, USERNAME, SberbankCommon, SberbankHttpCommon

TOKEN = 'token-of-the-tests'
CERTIFICATE_FIELD = 'sberbank_callback_certificate'
#: A merchant's own address of the gateway, and whom it trusts.
OWN_BANK = ('sberbank_custom_url', 'sberbank_ca_certificates')
SECRETS = {
    'sberbank_username': USERNAME,
    'sberbank_password': PASSWORD,
    'sberbank_token': TOKEN,
    'sberbank_callback_key': CALLBACK_KEY,
}

GROUPS = {
    'portal': 'base.group_portal',
    'employee': 'base.group_user',
    'readonly': 'account.group_account_readonly',
    'accountant': 'account.group_account_invoice',
    'manager': 'account.group_account_manager',
    'administrator': 'base.group_system',
}


class SecurityCommon(SberbankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.sberbank_token = TOKEN
        cls.users = {
            role: cls.create_user(role, group, password=role) for role, group in GROUPS.items()
        }
        cls.users['public'] = cls.env.ref('base.public_user')
        cls.below_administrator = [role for role in cls.users if role != 'administrator']


class TestSecrets(SecurityCommon):
    def assert_refused(self, look):
        """Check that a way to look at a secret is refused."""
        self.env.invalidate_all()  # Nothing is there that somebody else has read.
        with pytest.raises((UserError, ValueError)) as refusal:
            look()
        for secret in SECRETS.values():
            self.assertNotIn(secret, str(refusal.value))

    def test_no_role_below_the_administrator_reads_them(self):
        for role, field in product(self.below_administrator, SECRETS):
            with self.subTest(role=role, field=field):
                provider = self.provider.with_user(self.users[role])
                for look in self.get_ways_to_read(provider, field):
                    self.assert_refused(look)

    def test_the_administrator_reads_them(self):
        provider = self.provider.with_user(self.users['administrator'])

        self.assertEqual(provider.read(list(SECRETS))[0], {'id': provider.id, **SECRETS})

    def test_not_even_with_a_right_to_read_providers(self):
        self.env['ir.model.access'].create({
            'name': "Everybody reads providers",
            'perm_read': True,
            'model_id': self.env['ir.model']._get_id('payment.provider'),
            'group_id': self.env.ref('base.group_user').id,
        })
        for role, field in product(('employee', 'accountant', 'manager'), SECRETS):
            with self.subTest(role=role, field=field):
                provider = self.provider.with_user(self.users[role])
                self.assertNotIn(field, provider.fields_get())
                self.assertNotIn(field, provider.read()[0])
                for look in self.get_ways_to_read(provider, field):
                    self.assert_refused(look)

    @staticmethod
    def get_ways_to_read(provider, field):
        return (
            lambda: provider.read([field]),
            lambda: provider.mapped(field),
            lambda: provider.search([(field, '=like', 'P%')]),
            lambda: provider.search([], order=field),
            lambda: provider.export_data([field]),
            lambda: provider.web_read({field: {}}),
            lambda: provider.web_search_read([], {field: {}}),
            lambda: provider.formatted_read_group([], [field], ['__count']),
        )

    def test_they_are_not_found_out_by_way_of_a_transaction(self):
        tx = self.create_tx(100)
        for role, field in product(('accountant', 'manager'), SECRETS):
            with self.subTest(role=role, field=field):
                theirs = tx.with_user(self.users[role])
                theirs.read(['reference'])  # What is refused below is not the transaction.
                for look in self.get_ways_to_reach(theirs, field):
                    self.assert_refused(look)

    @staticmethod
    def get_ways_to_reach(tx, field):
        path = f'provider_id.{field}'
        return (
            lambda: tx.search([(path, '=like', '%')]),
            lambda: tx.search([('provider_id', 'any', [(field, '!=', False)])]),
            lambda: tx.search([], order=path),
            lambda: tx.mapped(path),
            lambda: tx.export_data([f'provider_id/{field}']),
            lambda: tx.web_read({'provider_id': {'fields': {field: {}}}}),
            lambda: tx.formatted_read_group([], [path], ['__count']),
        )

    def test_no_export_offers_them(self):
        provider = self.provider.with_user(self.users['administrator'])

        for field, description in provider.fields_get(SECRETS).items():
            with self.subTest(field):
                self.assertFalse(description['exportable'])

    def test_a_copy_of_a_provider_has_none(self):
        copy = self.provider.with_user(self.users['administrator']).copy()

        [values] = copy.sudo().read()
        for secret in SECRETS.values():
            self.assertNotIn(secret, values.values())

    def test_they_are_not_searched_by_name(self):
        providers = self.env['payment.provider'].with_user(self.users['administrator'])
        for secret in SECRETS.values():
            with self.subTest(secret):
                self.assertFalse(providers.name_search(secret))

    def test_the_emails_to_staff_are_changed_by_administrators_only(self):
        editor = self.create_user(
            'editor', 'account.group_account_manager', 'mail.group_mail_template_editor'
        )
        for name in ('payment_booked', 'attention', 'certificates', 'test'):
            with self.subTest(name):
                template = self.env.ref(f'payment_sberbank.mail_template_{name}')
                with self.assertRaises(AccessError):
                    template.with_user(editor).subject = 'Theirs'
                with self.assertRaises(AccessError):
                    template.with_user(editor).unlink()
                template.with_user(self.users['administrator']).subject = 'Ours'

    def test_other_emails_are_changed_as_ever(self):
        editor = self.create_user(
            'editor', 'account.group_account_manager', 'mail.group_mail_template_editor'
        )
        template = self.env.ref('account.mail_template_data_payment_receipt')

        template.with_user(editor).subject = 'Ours'

        self.assertEqual(template.subject, 'Ours')

    def test_an_email_of_ones_own_tells_no_secret(self):
        editor = self.create_user(
            'editor', 'account.group_account_manager', 'mail.group_mail_template_editor'
        )
        tx = self.create_tx(100)

        def send():
            self.env['mail.template'].with_user(editor).create({
                'name': 'Mine',
                'model_id': self.env['ir.model']._get_id('payment.transaction'),
                'subject': '{{ object.provider_id.sberbank_password }}',
            }).send_mail(tx.id)

        with mute_logger('odoo.addons.mail.models.mail_render_mixin'):
            self.assert_refused(send)


class TestNeutralization(SecurityCommon):
    def test_a_copy_of_the_database_holds_no_secret_and_takes_no_money(self):
        self.provider.sberbank_ca_certificates = ASYMMETRIC_CERTIFICATE
        other = self.create_company('Other company')
        second = self.provider.copy({'company_id': other.id})
        self.enable(
            second,
            journal_id=self
            .env['account.journal']
            .search([('type', '=', 'bank'), ('company_id', '=', other.id)], limit=1)
            .id,
            state='enabled',
        )
        self.env.flush_all()

        for query in get_neutralization_queries(['payment_sberbank']):
            self.env.cr.execute(query)
        self.env.invalidate_all()

        for provider in self.provider + second:
            self.assertEqual(provider.state, 'disabled')
            self.assertFalse(provider.is_published)
            for field in (*SECRETS, CERTIFICATE_FIELD, 'sberbank_staff_email', *OWN_BANK):
                with self.subTest(provider=provider.name, field=field):
                    self.assertFalse(provider[field])
        self.env.cr.execute('SELECT * FROM payment_provider')
        rows = json.dumps(self.env.cr.dictfetchall(), default=str)
        for secret in SECRETS.values():
            self.assertNotIn(json.dumps(secret)[1:-1], rows)

    def test_the_bank_can_not_be_asked_from_it(self):
        tx = self.create_tx(100)
        self.env.flush_all()

        for query in get_neutralization_queries(['payment_sberbank']):
            self.env.cr.execute(query)
        self.env.invalidate_all()

        with self.assertRaises(gateway.WrongSettings):
            tx._sberbank_ask()


class TestPages(SecurityCommon, SberbankHttpCommon):
    def assert_tells_no_secret(self, response):
        for secret in SECRETS.values():
            self.assertNotIn(secret, response.text)
            self.assertNotIn(json.dumps(secret)[1:-1], response.text)

    def rpc(self, model, method, *args, **kwargs):
        """Call a method as the web client does."""
        return self.url_open(
            f'/web/dataset/call_kw/{model}/{method}',
            data=json.dumps({
                'params': {
                    'model': model,
                    'method': method,
                    'args': args,
                    'kwargs': kwargs,
                }
            }),
            headers={'Content-Type': 'application/json'},
        )

    def test_no_page_of_a_customer_holds_one(self):
        partner = self.users['portal'].partner_id
        invoice = self.create_invoice(100, partner=partner)
        self.authenticate('portal', 'portal')
        for path in (
            '/my',
            '/my/invoices',
            f'/my/invoices/{invoice.id}',
            '/my/top-up',
            f'/payment/pay?amount=10&currency_id={self.roubles.id}',
        ):
            with self.subTest(path):
                response = self.url_open(path)
                self.assertEqual(response.status_code, 200)
                self.assert_tells_no_secret(response)

    def test_no_answer_to_an_accountant_holds_one(self):
        tx = self.create_tx(100)
        tx._sberbank_need_attention('mismatch', "It is odd.")
        self.authenticate('manager', 'manager')
        calls = (
            ('payment.transaction', 'read', [tx.id]),
            (
                'payment.transaction',
                'web_read',
                [tx.id],
                {
                    'provider_id': {'fields': {'display_name': {}}},
                    'sberbank_attention_ids': {'fields': {'details': {}, 'way_out': {}}},
                },
            ),
            ('payment.transaction', 'get_views', [[False, 'form'], [False, 'list']]),
            (
                'payment.transaction',
                'onchange',
                [tx.id],
                {},
                [],
                {
                    'provider_id': {'fields': {name: {} for name in SECRETS}},
                },
            ),
            ('payment.provider', 'read', [self.provider.id], list(SECRETS)),
            (
                'payment.provider',
                'onchange',
                [],
                {'id': self.provider.id},
                [],
                {name: {} for name in SECRETS},
            ),
            (
                'account.journal',
                'web_read',
                [self.journal.id],
                {
                    'inbound_payment_method_line_ids': {
                        'fields': {
                            'payment_provider_id': {'fields': {name: {} for name in SECRETS}},
                        }
                    },
                },
            ),
        )
        for model, method, *args in calls:
            with self.subTest(model=model, method=method):
                response = self.rpc(model, method, *args)
                self.assertEqual(response.status_code, 200)
                self.assert_tells_no_secret(response)

    def test_no_page_of_the_back_office_holds_one(self):
        self.authenticate('manager', 'manager')

        self.assert_tells_no_secret(self.url_open('/odoo/payment-transactions'))
