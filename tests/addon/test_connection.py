"""The button that tries the connection, and what is said to be still missing."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.payment_sberbank import gateway

from .bankside import BankCase
from .common import CALLBACK_KEY


class TestConnection(BankCase):
    def try_connection(self, **values):
        if values:
            self.provider.write(values)
        params = self.provider.action_sberbank_test_connection()['params']
        return params['type'], params['message']

    def test_a_login_that_is_let_in(self):
        kind, message = self.try_connection()

        self.assertEqual(kind, 'success')
        self.assertIn('127.0.0.1', message)

    def test_a_wrong_password_is_named_as_such(self):
        kind, message = self.try_connection(sberbank_password='another')

        self.assertEqual(kind, 'danger')
        self.assertIn('password is wrong', message)

    def test_the_other_protocol_is_proposed(self):
        other = 'ecom' if self.dialect == 'rbs' else 'rbs'
        origin = self.bank_process.url.split('/', 3)

        kind, message = self.try_connection(
            sberbank_custom_url='/'.join(origin[:3]), sberbank_custom_dialect=other
        )

        self.assertEqual(kind, 'danger')
        self.assertIn(gateway.DIALECTS[self.dialect].name, message)

    def test_a_login_of_the_other_stage_is_recognized(self):
        nowhere = f'{self.bank_process.url.split("/payment")[0]}/nothing/here/'
        home = self.bank_process.url
        for state, urls, words in (
            ('enabled', {'test_url': home, 'live_url': nowhere}, 'Test Mode'),
            ('test', {'test_url': nowhere, 'live_url': home}, 'production gateway'),
        ):
            preset = gateway.Preset(
                name='Moved',
                dialect=gateway.DIALECTS[self.dialect],
                test_page_hosts=frozenset(),
                live_page_hosts=frozenset(),
                **urls,
            )
            with self.subTest(state=state), patch.dict(gateway.GATEWAYS, {'rbs': preset}):
                self.provider.write({'sberbank_gateway': 'rbs', 'state': state})
                kind, message = self.try_connection()
                self.assertEqual(kind, 'danger')
                self.assertIn(words, message)

    def test_only_one_of_ours_is_tried(self):
        with self.assertRaises(UserError):
            self.env['payment.provider'].action_sberbank_test_connection()
        with self.assertRaises(UserError):
            self.env.ref('payment.payment_provider_demo').action_sberbank_test_connection()

    def test_only_administrators_try_it(self):
        accountant = new_test_user(self.env, 'accountant', groups='account.group_account_manager')
        with self.assertRaises(AccessError):
            self.provider.with_user(accountant).action_sberbank_test_connection()


class TestConnectionInJson(TestConnection):
    dialect = 'ecom'


class TestToDo(BankCase):
    def test_nothing_is_left_to_do(self):
        self.provider.is_published = True

        self.assertFalse(self.provider.sberbank_todo)

    def test_what_is_missing_is_said_in_the_order_of_the_form(self):
        self.provider.write({
            'state': 'disabled',
            'sberbank_password': False,
            'journal_id': False,
            'sberbank_callback_key': False,
        })

        steps = self.provider.sberbank_todo.splitlines()

        self.assertEqual(len(steps), 4)
        for step, words in zip(
            steps, ('password', 'cash desk', 'callback key', 'Test Mode'), strict=True
        ):
            self.assertIn(words, step)

    def test_a_signature_is_asked_for_only_where_there_is_one(self):
        self.provider.write({
            'sberbank_callback_key': False,
            'sberbank_custom_dialect': 'ecom',
            'sberbank_password': 'Password1',
            'is_published': True,
        })
        self.assertFalse(self.provider.sberbank_todo)

        self.provider.sberbank_custom_dialect = 'rbs'
        self.assertIn('callback key', self.provider.sberbank_todo)

        self.provider.sberbank_callback_key = CALLBACK_KEY
        self.assertFalse(self.provider.sberbank_todo)

    def test_a_provider_that_nobody_sees_is_told(self):
        self.provider.is_published = False

        self.assertIn('Publish', self.provider.sberbank_todo)

    def test_a_cash_desk_in_another_currency_is_told(self):
        dollar = self.env.ref('base.USD')
        dollar.active = True
        self.provider.is_published = True
        self.provider.journal_id.currency_id = self.roubles
        self.assertFalse(self.provider.sberbank_todo)

        self.provider.journal_id.currency_id = dollar
        self.env.invalidate_all()

        self.assertIn(f'{self.provider.journal_id.name}" is in USD', self.provider.sberbank_todo)

    def test_without_a_chart_of_accounts_there_is_no_cash_desk_to_choose(self):
        company = self.env['res.company'].create({
            'name': 'Without a chart',
            'currency_id': self.roubles.id,
        })
        provider = self.provider.copy({'company_id': company.id})

        self.assertIn('chart of accounts first', provider.sberbank_todo)

    def test_other_providers_have_nothing_of_it(self):
        self.assertFalse(self.env.ref('payment.payment_provider_demo').sberbank_todo)
