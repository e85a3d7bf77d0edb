"""The payer comes back from the bank: nothing in the address is believed."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from lxml import html

from odoo.addons.payment_sberbank import const

from .bankside import BankCase


class ReturnCase:
    """What holds in both dialects."""

    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(10)

    def come_back(self, address=None, **changed):
        """Open the return address as a browser does.

        :param changed: Parameters of it to change; None to leave one out.
        :return: The response of the page that the payer ends on.
        """
        parts = urlsplit(address or self.tx._sberbank_get_return_url())
        query = {**dict(parse_qsl(parts.query)), **changed}
        query = {name: value for name, value in query.items() if value is not None}
        response = self.url_open(f'{parts.path}?{urlencode(query, doseq=True)}')
        self.env.invalidate_all()
        return response

    def get_way_back(self, tx):
        """Return the address that the bank sends the payer back to."""
        response = requests.get(
            f'{self.bank_process.url}/pay/{tx.provider_reference}/return',
            allow_redirects=False,
            timeout=10,
        )
        return response.headers['Location']

    def poll_status(self):
        """Ask what came of the payment, as the page does on which the payer waits."""
        return self.make_jsonrpc_request('/payment/status/poll', {})

    def assert_shown(self, response, words):
        self.assertEqual(response.status_code, 200)
        self.assertEqual(urlsplit(response.url).path, '/payment/status')
        self.assertIn(words, ' '.join(html.fromstring(response.content).text_content().split()))

    def test_a_payer_who_paid_sees_that(self):
        self.bank.pay(self.tx.provider_reference)

        response = self.come_back(self.get_way_back(self.tx))

        self.assert_shown(response, 'Your payment has been processed')
        self.assertEqual(self.tx.state, 'done')

    def test_a_payer_who_did_not_pay_may_go_on(self):
        response = self.come_back()

        self.assert_shown(response, 'Continue the payment at the bank')
        self.assertEqual(self.tx.state, 'pending')

    def test_a_payer_who_was_declined_may_go_on(self):
        self.bank.pay(self.tx.provider_reference, outcome='declined')

        response = self.come_back(self.get_way_back(self.tx))

        self.assert_shown(response, 'Continue the payment at the bank')
        self.assertEqual(self.tx.state, 'pending')

    def test_a_payer_who_was_too_late_sees_that(self):
        self.bank.expire(self.tx.provider_reference)

        response = self.come_back()

        self.assert_shown(response, 'Nothing was charged')
        self.assertEqual(self.tx.state, 'cancel')

    def test_a_payer_who_may_not_go_on_is_told_why_and_led_to_what_is_to_be_paid(self):
        self.tx.landing_route = '/my/invoices/1'
        for state in ('cancel', 'error'):
            with self.subTest(state=state):
                self.tx.write({'state': state, 'state_message': "No money on the card."})
                self.come_back()

                page = self.url_open(self.poll_status()['landing_route'])

                document = html.fromstring(page.content)
                reason = "No money on the card." if state == 'cancel' else "Something does not"
                self.assertIn(reason, ' '.join(document.text_content().split()))
                self.assertEqual(
                    document.xpath('//a[text()="Try again"]/@href'), ['/my/invoices/1']
                )
                self.assertEqual(document.get('lang'), 'en-US')

    def test_whoever_looks_at_it_reads_the_reason_in_their_own_language(self):
        """The page may be opened by somebody else than the payer, or later."""
        self.env['res.lang']._activate_lang('ru_RU')
        words = {'ru_RU': 'Время на оплату истекло', 'en_US': 'time for the payment has run out'}
        self.bank.expire(self.tx.provider_reference)
        for payers in words:
            self.tx.partner_lang = payers
            self.tx.write({'state': 'pending', 'state_message': False})
            for visitors, expected in words.items():
                with self.subTest(payer=payers, visitor=visitors):
                    self.opener.cookies['frontend_lang'] = visitors

                    status_page = self.come_back()
                    result_page = self.url_open(self.poll_status()['landing_route'])

                    self.assertIn(words[payers], self.tx.state_message)
                    for page in (status_page, result_page):
                        self.assertIn(expected, ' '.join(page.text.split()))

    def test_the_banks_order_id_in_the_address_is_not_read(self):
        paid = self.create_registered_tx(10)
        self.bank.pay(paid.provider_reference)
        foreign = paid.provider_reference
        for order_id in (None, foreign, [foreign, foreign], ['', 'x'], '\0', 'é' * 300):
            with self.subTest(order_id=order_id):
                response = self.come_back(orderId=order_id, lang=['ru', 'en'])

                self.assert_shown(response, 'Continue the payment at the bank')
                self.assertEqual(self.tx.state, 'pending')
                self.assertEqual(paid.state, 'draft')

    def test_opening_the_address_pays_nothing(self):
        self.come_back(status='2', errorCode='0', paid='1', amount='1000', state='done')

        self.assertEqual(self.tx.state, 'pending')

    def test_a_bank_that_does_not_answer_is_not_the_payers_trouble(self):
        self.bank.pay(self.tx.provider_reference)
        for fault in ('http503', 'http429', 'html200', 'drop_connection', 'permission_denied'):
            with self.subTest(fault=fault):
                self.faults({'fault': fault})

                response = self.come_back()

                self.assertEqual(response.status_code, 200)
                self.assertEqual(urlsplit(response.url).path, '/payment/status')
                self.assertEqual(self.tx.state, 'draft')

    def test_a_reference_that_is_none_shows_an_ordinary_page(self):
        other = self.create_registered_tx(20)
        before = len(self.calls())
        for changed in (
            {'ref': None},
            {'ref': ''},
            {'ref': 'unknown'},
            {'ref': '\0'},
            {'ref': 'é'},
            {'access_token': None},
            {'access_token': 'wrong'},
            {'access_token': 'é'},
            {'access_token': '\0'},
            {'ref': other.sberbank_order_number},
            {'access_token': other._sberbank_get_access_token()},
            {'ref': '9' * 5000},
        ):
            with self.subTest(changed=changed):
                self.opener.cookies.clear()

                response = self.come_back(**changed)

                self.assertEqual(response.status_code, 200)
                self.assertNotIn(self.tx.reference, response.text)
                self.assertNotIn('o_sberbank_continue', response.text)
        self.assertEqual(len(self.calls()), before)

    def test_it_works_in_a_browser_of_somebody_else(self):
        self.create_portal_user('somebody-else')
        self.authenticate('somebody-else', 'somebody-else')
        self.bank.pay(self.tx.provider_reference)

        response = self.come_back()

        self.assert_shown(response, 'Your payment has been processed')
        self.assertEqual(self.tx.state, 'done')

    def test_coming_back_twice_changes_nothing(self):
        self.bank.pay(self.tx.provider_reference)
        for _visit in range(2):
            self.come_back()
            self.run_job('ir_cron_book_payments')

        self.assertEqual(
            self.env['account.payment'].search_count([('payment_transaction_id', '=', self.tx.id)]),
            1,
        )

    def test_the_address_holds_no_secret_and_leads_nowhere_else(self):
        address = self.tx._sberbank_get_return_url()

        for secret in (self.login, self.password, self.tx.provider_reference):
            self.assertNotIn(secret, address)
        response = self.url_open(
            f'{const.RETURN_ROUTE}?ref=x&redirect=https://pay.example.com/&next=//pay.example.com',
            allow_redirects=False,
        )
        self.assertEqual(urlsplit(response.headers['Location']).path, '/payment/status')
        self.assertIn(urlsplit(response.headers['Location']).hostname, (None, '127.0.0.1'))


class TestReturnByForm(ReturnCase, BankCase):
    dialect = 'rbs'

    def test_what_the_bank_adds_may_begin_with_another_question_mark(self):
        self.set_up_merchant(return_affix='second_question_mark')
        self.bank.pay(self.tx.provider_reference)

        address = self.get_way_back(self.tx)

        self.assertEqual(address.count('?'), 2)
        self.assert_shown(self.url_open(address), 'Your payment has been processed')

    def test_what_the_bank_adds_to_the_address_may_be_there_twice(self):
        self.set_up_merchant(return_affix='double')
        self.bank.pay(self.tx.provider_reference)

        address = self.get_way_back(self.tx)

        self.assertEqual(address.count('orderId='), 2)
        self.assert_shown(self.url_open(address), 'Your payment has been processed')


class TestReturnByJson(ReturnCase, BankCase):
    dialect = 'ecom'

    def test_the_bank_may_add_the_order_id(self):
        self.set_up_merchant(return_affix='append')
        self.bank.pay(self.tx.provider_reference)

        address = self.get_way_back(self.tx)

        self.assertEqual(address.count('orderId='), 1)
        self.assert_shown(self.url_open(address), 'Your payment has been processed')
