"""The payer's way to the bank's page, and what they see when there is none."""

from datetime import timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import requests
from lxml import html

from odoo.tools import SQL

from odoo.addons.payment_sberbank import const, gateway

from .bankside import BankCase


class PayRouteCase(BankCase):
    def visit(self, tx, **changed):
        """Visit the pay route as the payment form does, without going on from there."""
        query = {'reference': tx.reference, 'access_token': tx._sberbank_get_access_token()}
        response = self.url_open(
            const.PAY_ROUTE, params={**query, **changed}, allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    def assert_to_status(self, response):
        self.assertIn(response.status_code, (302, 303))
        self.assertEqual(urlsplit(response.headers['Location']).path, '/payment/status')


class TestPayRoute(PayRouteCase):
    def test_it_leads_to_the_banks_page(self):
        tx = self.create_new_tx(10)

        response = self.visit(tx)

        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers['Location'], tx.sberbank_form_url)
        self.assertIn('10.00', requests.get(tx.sberbank_form_url, timeout=10).text)

    def test_it_leads_to_the_same_page_however_often_it_is_visited(self):
        tx = self.create_new_tx(10)

        pages = {self.visit(tx).headers['Location'] for _i in range(3)}

        self.assertEqual(pages, {tx.sberbank_form_url})
        self.assertEqual(len(self.orders()), 1)

    def test_the_form_of_the_payment_page_leads_there(self):
        tx = self.create_new_tx(10)

        form = html.fromstring(tx._get_processing_values()['redirect_form_html'])

        self.assertEqual(form.get('action'), const.PAY_ROUTE)
        self.assertEqual(form.get('method'), 'get')
        response = self.url_open(
            form.get('action'), params=dict(form.form_values()), allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(len(self.orders()), 1)

    def test_making_the_form_registers_nothing_at_the_bank(self):
        self.create_new_tx(10)._get_processing_values()

        self.assertEqual(self.calls(), [])

    def test_the_page_speaks_the_payers_language(self):
        tx = self.create_new_tx(10)
        self.opener.cookies['frontend_lang'] = 'ru_RU'

        localized = self.visit(tx).headers['Location']
        self.url_open(localized, allow_redirects=False)

        self.assertEqual(self.orders()[0]['register']['language'], 'ru')

    def test_it_shows_nothing_to_who_has_no_token(self):
        tx, other = self.create_new_tx(10), self.create_new_tx(20)
        for changed in (
            {'access_token': ''},
            {'access_token': 'wrong'},
            {'access_token': 'é'},
            {'access_token': other._sberbank_get_access_token()},
            {'reference': 'unknown'},
            {'reference': ''},
            {'reference': '\0'},
            {'reference': other.reference},
        ):
            with self.subTest(changed=changed):
                response = self.visit(tx, **changed)

                self.assertEqual(response.status_code, 404)
        self.assertEqual(self.calls(), [])

    def test_what_is_over_leads_to_the_status_page(self):
        for state in ('authorized', 'done', 'cancel', 'error'):
            with self.subTest(state=state):
                tx = self.create_registered_tx(10, state=state)

                self.assert_to_status(self.visit(tx))

    def test_an_order_that_is_paid_already_is_found_out(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        tx.sberbank_registered_at -= timedelta(seconds=const.SESSION_TIMEOUT_SECS)

        self.assert_to_status(self.visit(tx))
        self.assertEqual(tx.state, 'done')

    def test_an_order_whose_life_is_over_is_cancelled(self):
        tx = self.create_registered_tx(10)
        self.bank.expire(tx.provider_reference)
        tx.sberbank_registered_at -= timedelta(seconds=const.SESSION_TIMEOUT_SECS)

        self.assert_to_status(self.visit(tx))
        self.assertEqual(tx.state, 'cancel')
        self.assertIn('has run out', tx.state_message)

    def test_a_disabled_provider_takes_no_payment(self):
        tx = self.create_new_tx(10)
        self.provider.state = 'disabled'

        self.assert_to_status(self.visit(tx))
        self.assertEqual(self.orders(), [])

    def test_the_status_page_leads_back_to_the_bank(self):
        tx = self.create_new_tx(10)
        self.visit(tx)

        page = html.fromstring(self.url_open('/payment/status').content)

        [link] = page.xpath("//a[@name='o_sberbank_continue']")
        response = self.url_open(link.get('href'), allow_redirects=False)
        self.assertEqual(response.headers['Location'], tx.sberbank_form_url)


class TestNoPage(PayRouteCase):
    def test_a_payer_who_opens_it_without_end_is_told_to_wait(self):
        tx, other = self.create_new_tx(10), self.create_new_tx(10)
        self.faults({'fault': 'http503'})
        asked = {self.visit(tx).status_code for _i in range(20)}
        calls = len(self.calls())

        refused = self.visit(tx)
        self.faults()
        of_another = self.visit(other)

        self.assertEqual(asked, {200})
        self.assertEqual(refused.status_code, 429)
        page = html.fromstring(refused.content)
        self.assertIn('Please wait a few minutes', ' '.join(page.text_content().split()))
        self.assertTrue(page.xpath("//a[@name='o_sberbank_try_again']"))
        self.assertEqual(len(self.calls()), calls + 1)
        self.assertEqual(of_another.status_code, 303)

    def test_who_has_a_page_gets_there_however_often_they_come(self):
        tx = self.create_new_tx(10)

        self.assertEqual({self.visit(tx).status_code for _i in range(25)}, {303})

    def test_a_payer_whose_bank_is_down_may_try_again(self):
        for fault in ('http500', 'http503', 'http429', 'html200', 'drop_connection', 'truncated'):
            with self.subTest(fault=fault):
                tx = self.create_new_tx(10, landing_route='/my/invoices/1')
                self.faults({'fault': fault})

                response = self.visit(tx)

                page = html.fromstring(response.content)
                self.assertIn('Nothing was charged', page.text_content())
                self.assertTrue(page.xpath("//a[@href='/my/invoices/1']"))
                [again] = page.xpath("//a[contains(., 'Try again')]")
                self.assertEqual(tx.state, 'draft')

                self.faults()
                self.env['sberbank.tally'].search([]).ends_at = '2020-01-01'
                response = self.url_open(again.get('href'), allow_redirects=False)
                self.env.invalidate_all()
                self.assertEqual(response.headers['Location'], tx.sberbank_form_url)

    def test_a_bank_that_does_not_answer_is_given_up(self):
        self.patch(gateway, 'GatewayClient', partial(gateway.GatewayClient, read_timeout=0.3))
        tx = self.create_new_tx(10)
        self.faults({'fault': 'slow', 'seconds': 2})

        response = self.visit(tx)

        self.assertIn('Try again', response.text)
        self.assertEqual(tx.state, 'draft')

    def test_wrong_settings_are_nothing_to_try_again(self):
        tx = self.create_new_tx(10)
        for fault in ('must_change_password', 'http404', 'http403', 'foreign_form_url'):
            with self.subTest(fault=fault):
                self.faults({'fault': fault})

                response = self.visit(tx)

                self.assertIn('choose another way to pay', ' '.join(response.text.split()))
                self.assertNotIn('Try again', response.text)
                self.assertEqual(tx.state, 'draft')

    def test_settings_that_an_upgrade_has_spoilt_are_no_error_of_the_payers(self):
        txs = self.create_new_tx(10) + self.create_registered_tx(10)
        for field_name, value in (
            *(
                ('sberbank_custom_url', url)
                for url in (None, '', 'ftp://bank.example/', 'http://[', 'bank')
            ),
            *(
                (field_name, code)
                for field_name in ('sberbank_custom_dialect', 'sberbank_gateway')
                for code in (None, 'gone')
            ),
        ):
            self.env.cr.execute(
                SQL(
                    'UPDATE payment_provider SET %s = %s WHERE id = %s',
                    SQL.identifier(field_name),
                    value,
                    self.provider.id,
                )
            )
            self.provider.invalidate_recordset()
            for tx in txs:
                with self.subTest(setting=field_name, value=value, page=tx.sberbank_form_url):
                    response = self.visit(tx)

                    self.assertEqual(response.status_code, 200)
                    self.assertIn('choose another way to pay', ' '.join(response.text.split()))

    def test_the_payer_reads_nothing_of_the_banks_words_and_of_our_secrets(self):
        self.provider.sberbank_password = 'wrong%"password'
        tx = self.create_new_tx(10)

        response = self.visit(tx)

        for words in (self.login, 'wrong%', 'errorCode', 'Доступ', 'Access denied', 'pay.example'):
            with self.subTest(words=words):
                self.assertNotIn(words, response.text)

    def test_nobody_is_sent_to_a_page_that_is_not_the_banks(self):
        for form_url in (
            'https://pay.example.com/',
            '//pay.example.com/',
            'javascript:alert(1)',
            f'{self.bank_process.url}@pay.example.com/',
            'http://127.0.0.1:1/',
            f'{self.bank_process.url}\\@pay.example.com/',
        ):
            with self.subTest(form_url=form_url):
                tx = self.create_new_tx(10)
                self.faults({'fault': 'foreign_form_url', 'value': form_url})

                self.assertNotIn('Location', self.visit(tx).headers)

    def test_a_page_on_an_unknown_host_is_listed_and_the_order_not_registered_anew(self):
        tx = self.create_new_tx(10)
        self.faults({'fault': 'foreign_form_url', 'method': 'register'})

        for _click in range(3):
            self.assertIn('choose another way to pay', ' '.join(self.visit(tx).text.split()))

        self.assertEqual(len(self.orders()), 1)
        self.assertEqual(tx.state, 'draft')
        [attention] = tx.sberbank_attention_ids
        self.assertEqual(attention.reason, 'page_refused')
        self.assertIn('on pay.example.com', attention.details)

    def test_once_an_administrator_has_added_its_host_the_same_page_opens(self):
        tx = self.create_new_tx(10)
        self.faults({'fault': 'foreign_form_url', 'method': 'register'})
        self.visit(tx)
        self.provider.sberbank_page_hosts = 'Pay.Example.com, other.example'

        page = self.visit(tx).headers['Location']

        self.assertEqual(page, 'https://pay.example.com/payment?orderId=1')
        self.assertEqual(len(self.orders()), 1)
        self.assertTrue(tx.sberbank_attention_ids.is_solved)


class TestPaymentLink(PayRouteCase):
    """A part of an invoice, by the link that staff send."""

    def setUp(self):
        super().setUp()
        self.env['ir.config_parameter'].set_param('account_payment.enable_portal_payment', True)
        self.invoice = self.create_invoice(1000)
        wizard = (
            self
            .env['payment.link.wizard']
            .with_context(active_model='account.move', active_id=self.invoice.id)
            .create({'amount': 250.5})
        )
        self.link = wizard.link

    def pay_by_link(self):
        """Do what the payer's browser does from the link to the bank's page.

        :return: The transaction.
        :rtype: payment.transaction
        """
        page = html.fromstring(self.url_open(self.link).content)
        [form] = page.xpath("//form[@id='o_payment_form']")
        values = self.make_jsonrpc_request(
            form.get('data-transaction-route'),
            {
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'amount': float(form.get('data-invoice-next-amount-to-pay')),
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': form.get('data-landing-route'),
                'is_validation': False,
                'access_token': form.get('data-access-token'),
            },
        )
        redirect = html.fromstring(values['redirect_form_html'])
        response = self.url_open(
            redirect.get('action'), params=dict(redirect.form_values()), allow_redirects=False
        )
        self.env.invalidate_all()
        tx = self.env['payment.transaction'].search([('reference', '=', values['reference'])])
        self.assertEqual(response.headers['Location'], tx.sberbank_form_url)
        return tx

    def assert_part_is_paid(self, tx):
        self.bank.pay(tx.provider_reference)
        self.assertEqual(self.bank.order(tx.provider_reference)['depositedAmount'], 25050)

        response = self.url_open(tx._sberbank_get_return_url())
        self.env.invalidate_all()
        self.run_job('ir_cron_book_payments')

        self.assertEqual(urlsplit(response.url).path, '/payment/status')
        self.assertEqual(tx.state, 'done')
        self.assertEqual(tx.payment_id.amount, 250.5)
        self.assertEqual(self.invoice.amount_residual, 749.5)

    def test_a_payer_who_is_logged_out(self):
        self.assert_part_is_paid(self.pay_by_link())

    def test_the_customer_logged_in(self):
        self.create_portal_user('anna', self.customer)
        self.authenticate('anna', 'anna')

        tx = self.pay_by_link()

        self.assertEqual(tx.partner_id, self.customer)
        self.assert_part_is_paid(tx)

    def test_somebody_else_logged_in(self):
        self.create_portal_user('boris-the-payer')
        self.authenticate('boris-the-payer', 'boris-the-payer')

        self.assert_part_is_paid(self.pay_by_link())

    def test_the_amount_can_not_be_changed_in_the_link(self):
        parts = urlsplit(self.link)
        query = dict(parse_qsl(parts.query))
        for amount in ('0.01', '250.51', '-1'):
            with self.subTest(amount=amount):
                response = self.url_open(parts.path, params={**query, 'amount': amount})

                page = html.fromstring(response.content)
                self.assertFalse(page.xpath("//form[@id='o_payment_form']"))

    def test_two_tabs_pay_two_orders(self):
        first, second = self.pay_by_link(), self.pay_by_link()

        self.assertNotEqual(first.sberbank_order_number, second.sberbank_order_number)
        self.assertEqual(len(self.orders()), 2)
