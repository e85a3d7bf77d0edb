"""The page where customers top up their account, as a browser without JavaScript sees it."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from lxml import html

from odoo.tests import tagged
from odoo.tools.urls import urljoin

from odoo.addons.payment_sberbank import gateway

from .common import SberbankHttpCommon


class TopUpPageCommon(SberbankHttpCommon):
    """A customer, Anna, who is logged in to the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.create_portal_user('anna-portal', cls.customer)

    def setUp(self):
        super().setUp()
        self.authenticate('anna-portal', 'anna-portal')

    def get(self, path, status=200):
        """Return the parsed page at a path."""
        response = self.url_open(path)
        self.assertEqual(response.status_code, status)
        return html.fromstring(response.text)

    def submit(self, page, **typed):
        """Send the form of a page the way a browser does, and return the response as it is."""
        [form] = page.xpath('//form[contains(@class, "o_sberbank_top_up_form")]')
        values = {**dict(form.form_values()), **typed}
        return self.url_open(
            urljoin(self.base_url(), form.action), data=values, allow_redirects=False
        )

    def pay(self, amount, path='/my/top-up', **typed):
        """Type an amount, and return the transaction that the bank's page would be about."""
        response = self.submit(self.get(path), amount=amount, **typed)
        self.assertEqual(response.status_code, 303, response.text)
        address = urlsplit(response.headers['Location'])
        self.assertEqual(address.path, '/payment/sberbank/pay')
        [reference] = parse_qs(address.query)['reference']
        return self.env['payment.transaction'].search([('reference', '=', reference)])

    def refuse(self, amount, path='/my/top-up', page=None, **typed):
        """Type an amount that is refused, and return what stands beside the field.

        Where there is a field, it keeps the value that was typed. Nothing is created.
        """
        page = self.get(path) if page is None else page
        before = self.count_transactions()
        response = self.submit(page, amount=amount, **typed)
        self.assertEqual(response.status_code, 200)
        answer = html.fromstring(response.text)
        [error] = answer.xpath('//*[@role="alert"][@id="o_sberbank_amount_error"]')
        for field in answer.xpath('//input[@name="amount"]'):
            self.assertEqual(field.get('value') or '', amount)
            self.assertEqual(field.get('aria-invalid'), 'true')
            self.assertIn('o_sberbank_amount_error', field.get('aria-describedby').split())
        self.assertEqual(self.count_transactions(), before)
        return self.text(error)

    def count_transactions(self):
        return self.env['payment.transaction'].search_count([])

    @staticmethod
    def text(element):
        return ' '.join(element.text_content().split())


@tagged('post_install', '-at_install')
class TestTopUpPage(TopUpPageCommon):
    # === THE CARD ===

    def test_the_card_tells_what_is_owed_and_what_is_there(self):
        self.create_invoice(1500)
        self.create_invoice(200, move_type='out_refund')
        card = self.get('/my').xpath('//a[@href="/my/top-up"]')[0]
        self.assertIn('On your account: 200.00', self.text(card))
        self.assertIn('To pay: 1,500.00', self.text(card))

    def test_there_is_no_card_when_no_top_up_is_offered(self):
        for name, values in {
            'switched off': {'sberbank_topup_enabled': False},
            'not published': {'is_published': False},
            'disabled': {'state': 'disabled', 'is_published': False},
        }.items():
            with self.subTest(name):
                self.provider.write({
                    'sberbank_topup_enabled': True,
                    'state': 'test',
                    'is_published': True,
                    **values,
                })
                self.assertFalse(self.get('/my').xpath('//a[@href="/my/top-up"]'))

    # === PAYING ===

    def test_a_typed_amount_leads_to_the_bank(self):
        for typed, amount in {
            '1': 1,
            '0.01': 0.01,
            '0,01': 0.01,
            '1 234 567,89': 1234567.89,
            '1500 ₽': 1500,
        }.items():
            with self.subTest(typed):
                tx = self.pay(typed)
                self.assertEqual(tx.amount, amount)
                self.assertEqual(tx.currency_id, self.roubles)
                self.assertEqual(tx.partner_id, self.customer)
                self.assertEqual(tx.provider_id, self.provider)
                self.assertEqual(tx.operation, 'online_redirect')
                self.assertEqual(tx.payment_method_code, 'card')
                self.assertEqual(tx.state, 'draft')
                self.assertFalse(tx.invoice_ids)

    def test_customers_who_pay_in_the_same_second_get_references_of_their_own(self):
        tx = self.pay('10')

        self.assertRegex(tx.reference, rf'^TOPUP-{self.customer.id}-\d{{14}}$')

    def test_the_offered_amounts_fill_the_field_without_javascript(self):
        links = self.get('/my/top-up').xpath('//a[contains(@class, "o_sberbank_suggestion")]')
        self.assertEqual(
            [self.text(link) for link in links],
            [self.roubles.format(amount).replace('\u00a0', ' ') for amount in (1000, 3000, 5000)],
        )
        page = self.get('/my/top-up' + links[1].get('href'))
        [field] = page.xpath('//input[@name="amount"]')
        self.assertEqual(field.get('value'), '3000.00')

    def test_the_form_can_name_neither_payer_nor_currency(self):
        stranger = self.env['res.partner'].create({'name': 'Stranger'})
        tx = self.pay('100', partner_id=stranger.id, currency_id=1, provider_id=1, company_id=99)
        self.assertEqual(tx.partner_id, self.customer)
        self.assertEqual(tx.currency_id, self.roubles)
        self.assertEqual(tx.provider_id, self.provider)

    def test_a_contact_pays_onto_the_account_of_the_company(self):
        firm = self.env['res.partner'].create({'name': 'Firm', 'is_company': True})
        clerk = self.env['res.partner'].create({'name': 'Clerk', 'parent_id': firm.id})
        self.create_portal_user('clerk', clerk)
        invoice = self.create_invoice(100, partner=firm)
        self.authenticate('clerk', 'clerk')
        self.assertIn(invoice.name, self.text(self.get('/my/top-up')))
        tx = self.pay('150')
        self.bank_says(tx)
        tx._post_process()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertIn('On your account: 50.00', self.text(self.get('/my/top-up')))

    # === REFUSALS ===

    def test_what_is_no_amount_is_refused_beside_the_field(self):
        for typed in ('', 'abc', '1,234', '12.345', '-5', '1e3', '1 23', '<b>1</b>'):
            with self.subTest(typed):
                self.assertIn('Enter an amount in figures', self.refuse(typed))

    def test_other_currencies_are_refused(self):
        for typed in ('$100', '100 EUR'):
            with self.subTest(typed):
                self.assertEqual(self.refuse(typed), "Only roubles can be paid here.")

    def test_too_little_is_refused(self):
        self.provider.write({'sberbank_topup_minimum': 500})
        self.assertIn('The smallest amount is 500.00', self.refuse('499,99'))
        self.assertEqual(self.pay('500').amount, 500)

    def test_nothing_is_too_little_even_without_a_limit(self):
        self.assertIn('The smallest amount is 0.01', self.refuse('0'))

    def test_too_much_is_refused(self):
        self.provider.write({'sberbank_topup_maximum': 5000})
        self.assertIn('The largest amount is 5,000.00', self.refuse('5000,01'))
        self.assertEqual(self.pay('5000').amount, 5000)

    def test_a_file_in_the_place_of_the_amount_is_no_amount(self):
        [form] = self.get('/my/top-up').xpath('//form[contains(@class, "o_sberbank_top_up_form")]')
        values = {name: value for name, value in form.form_values() if name != 'amount'}

        response = self.url_open('/my/top-up', data=values, files={'amount': ('a.txt', b'100')})

        self.assertEqual(response.status_code, 200)
        self.assertIn('Enter an amount in figures', response.text)

    def test_more_than_the_bank_can_take_is_refused(self):
        self.assertIn('The largest amount is', self.refuse('9' * 30))

    def test_limits_that_changed_meanwhile_hold(self):
        page = self.get('/my/top-up')
        self.provider.write({'sberbank_topup_amounts': False, 'sberbank_topup_maximum': 10})
        self.assertIn('The largest amount is 10.00', self.refuse('1000', page=page))

    def test_a_provider_that_was_switched_off_meanwhile_takes_nothing(self):
        page = self.get('/my/top-up')
        for values in (
            {'sberbank_topup_enabled': False},
            {'is_published': False},
            {'state': 'disabled', 'is_published': False},
        ):
            with self.subTest(values):
                self.provider.write(values)
                self.assertIn('not available', self.refuse('1000', page=page))

    def test_roubles_that_were_archived_meanwhile_are_not_taken(self):
        page = self.get('/my/top-up')
        self.provider.available_currency_ids = self.env.ref('base.EUR')
        self.assertIn('not available', self.refuse('1000', page=page))

    def test_without_a_provider_the_page_still_shows_the_account(self):
        self.provider.sberbank_topup_enabled = False
        page = self.get('/my/top-up')
        self.assertIn('not available at the moment', self.text(page))
        self.assertFalse(page.xpath('//input[@name="amount"]'))

    def test_a_forged_form_is_refused(self):
        before = self.count_transactions()
        for token in ({}, {'csrf_token': 'forged'}):
            with self.subTest(token):
                response = self.url_open('/my/top-up', data={'amount': '100', **token})
                self.assertEqual(response.status_code, 400)
        self.assertEqual(self.count_transactions(), before)

    def test_an_address_does_not_pay(self):
        before = self.count_transactions()
        self.get('/my/top-up?amount=100')
        self.assertEqual(self.count_transactions(), before)

    def test_who_is_not_logged_in_is_asked_to(self):
        self.authenticate(None, None)
        response = self.url_open('/my/top-up', allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn('/web/login', response.headers['Location'])

    # === WHAT IS SHOWN ===

    def test_the_debts_stand_in_the_order_in_which_they_are_settled(self):
        later = self.create_invoice(300, due=date(2026, 9, 1))
        sooner = self.create_invoice(100, due=date(2026, 1, 1))
        items = self.get('/my/top-up').xpath('//ol[contains(@class, "o_sberbank_debts")]/li')
        self.assertEqual(
            [(self.text(item.find('.//a')), item.get('data-kopecks')) for item in items],
            [(sooner.name, '10000'), (later.name, '30000')],
        )

    def test_the_shown_debts_are_those_that_the_payment_settles(self):
        first, second = self.create_invoice(100), self.create_invoice(200)
        shown = self.get('/my/top-up').xpath('//ol[contains(@class, "o_sberbank_debts")]//a')
        tx = self.pay('300')
        self.bank_says(tx)
        tx._post_process()
        settled = [move.name for move, _amount in tx._sberbank_get_settled()]
        self.assertEqual([self.text(link) for link in shown], settled)
        self.assertEqual({first.name, second.name}, set(settled))

    def test_no_debts_are_shown_when_they_are_not_settled(self):
        self.create_invoice(100)
        for values in (
            {'sberbank_settle_debts': False},
            {
                'sberbank_payment_type_id': self.type_direct.id,
                'sberbank_account_id': self.article.id,
            },
        ):
            with self.subTest(values):
                self.provider.write(values)
                page = self.get('/my/top-up')
                self.assertFalse(page.xpath('//ol[contains(@class, "o_sberbank_debts")]'))

    def test_the_text_for_the_payer_keeps_its_lines_and_no_script(self):
        self.provider.pre_msg = '<p>First<br>Second</p><p>Third</p><script>alert(1)</script>'
        [text] = self.get('/my/top-up').xpath('//div[contains(@class, "o_sberbank_payer_text")]')
        markup = html.tostring(text, encoding='unicode')
        self.assertIn('First<br>Second</p><p>Third', re.sub(r'\s*data-[\w-]+="[^"]*"', '', markup))
        self.assertNotIn('script', markup)

    def test_what_was_typed_is_never_markup(self):
        response = self.submit(self.get('/my/top-up'), amount='"><script>alert(1)</script>')
        self.assertNotIn('<script>alert(1)', response.text)

    def test_nobody_sees_the_account_of_another(self):
        # Given another customer with debts, credits and payments
        stranger = self.env['res.partner'].create({'name': 'Zinaida Stranger'})
        debt = self.create_invoice(7777, partner=stranger)
        tx = self.create_tx(5555, partner=stranger)
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        # When Anna looks at all that there is
        pages = [self.url_open(path).text for path in ('/my', '/my/top-up', '/my/top-up/page/2')]
        # Then nothing of it is there
        for page in pages:
            for secret in (debt.name, '7,777', '5,555', tx.reference, stranger.name):
                self.assertNotIn(secret, page)

    def test_past_payments_stand_newest_first_in_pages(self):
        txs = [self.create_tx(amount) for amount in range(1, 23)]
        for tx in txs:
            self.bank_says(tx)
        rows = self.get('/my/top-up').xpath('//table//tbody/tr')
        self.assertEqual(len(rows), 20)
        self.assertIn('22.00', self.text(rows[0]))
        self.assertIn('Paid', self.text(rows[0]))
        rows = self.get('/my/top-up/page/2').xpath('//table//tbody/tr')
        self.assertEqual(len(rows), 2)
        self.assertIn('1.00', self.text(rows[1]))

    def test_past_payments_tell_what_became_of_them(self):
        invoice = self.create_invoice(50)
        self.bank_says(self.create_tx(invoices=invoice))
        self.bank_says(self.create_tx(60), gateway.OrderStatus.DECLINED)
        self.bank_says(self.create_tx(70), gateway.OrderStatus.ACS_STARTED)
        self.create_tx(80)  # Never got anywhere.
        rows = [self.text(row) for row in self.get('/my/top-up').xpath('//table//tbody/tr')]
        self.assertEqual(len(rows), 3)
        self.assertIn('In progress', rows[0])
        self.assertIn('Not paid', rows[1])
        self.assertIn(invoice.name, rows[2])

    def test_past_payments_of_every_state_can_be_opened(self):
        for status in ('DEPOSITED', 'DECLINED', 'ACS_STARTED', 'APPROVED'):
            self.bank_says(self.create_tx(60), gateway.OrderStatus[status])
        self.bank_says(self.create_tx(60), amount=1)
        links = self.get('/my/top-up').xpath('//table//tbody//a')
        self.assertEqual(len(links), 5)
        for link in links:
            self.assertIn('60.00', self.text(self.get(link.get('href'))))

    def test_the_page_is_there_in_each_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        for path, language in {'/my/top-up': 'en-US', '/ru/my/top-up': 'ru-RU'}.items():
            with self.subTest(path):
                self.assertEqual(self.get(path).get('lang'), language)
                self.assertEqual(self.pay('1 234,50', path=path).amount, 1234.5)

    # === SEVERAL SHOPS ===

    def test_each_shop_has_its_own_page_and_cash_desk(self):
        self.provider.sequence = 1
        second = self.provider.copy({'name': 'Second shop', 'sequence': 2})
        self.enable(
            second,
            journal_id=self.cash_journal.id,
            sberbank_username='second-api',
            sberbank_topup_amounts='250',
            pre_msg='<p>Second text</p>',
        )
        page = self.get('/my/top-up')
        [link] = [
            link
            for link in page.xpath('//nav//a[contains(@href, "shop=")]')
            if self.text(link) == 'Second shop'
        ]
        self.assertNotIn('Second text', self.text(page))
        second_page = self.get(link.get('href'))
        self.assertIn('Second text', self.text(second_page))
        self.assertEqual(self.pay('10').provider_id, self.provider)
        self.assertEqual(self.pay('10', path=link.get('href')).provider_id, second)

    def test_a_shop_of_another_company_can_not_be_chosen(self):
        company = self.create_company('Other company')
        foreign = self.provider.copy({'name': 'Foreign', 'company_id': company.id})
        self.assertIn('not available', self.refuse('10', shop=foreign.id))
        self.assertIn('not available', self.refuse('10', shop='1; drop'))

    # === AFTER THE PAYMENT ===

    def test_the_result_tells_what_was_settled_and_the_new_balance(self):
        invoice = self.create_invoice(100)
        tx = self.pay('130')
        self.bank_says(tx)
        tx._post_process()
        page = self.text(self.get(tx.landing_route))
        for part in (
            'The payment was received',
            '130.00',
            invoice.name,
            '100.00',
            'On your account: 30.00',
            'To pay: 0.00',
            'Back to your account',
        ):
            self.assertIn(part, page)

    def test_the_result_of_a_payment_that_came_to_nothing_offers_another_try(self):
        tx = self.pay('130')
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        page = self.get(tx.landing_route)
        self.assertIn('The payment was not made', self.text(page))
        self.assertIn('Nothing was charged', self.text(page))
        [again] = [link for link in page.xpath('//a') if self.text(link) == 'Try again']
        [field] = self.get(again.get('href')).xpath('//input[@name="amount"]')
        self.assertEqual(field.get('value'), '130.00')

    def test_the_result_shows_another_user_the_payment_and_not_the_account(self):
        invoice = self.create_invoice(100)
        tx = self.pay('130')
        self.bank_says(tx)
        tx._post_process()
        self.create_portal_user('stranger')
        for login in ('stranger', None):
            with self.subTest(login):
                self.authenticate(login, login)
                page = self.text(self.get(tx.landing_route))
                self.assertIn('130.00', page)
                self.assertNotIn(invoice.name, page)
                self.assertNotIn('On your account', page)

    def test_a_result_needs_its_token(self):
        tx, other = self.pay('130'), self.pay('130')
        for path in (
            '/top-up/result',
            f'/top-up/result?reference={tx.reference}',
            f'/top-up/result?reference={tx.reference}&access_token=x',
            f'/top-up/result?reference={tx.reference}&access_token=%D1%8F',
            '/top-up/result?reference=%00&access_token=x',
            tx.landing_route.replace(tx.reference, other.reference),
        ):
            with self.subTest(path):
                self.get(path, status=404)


@tagged('post_install', '-at_install')
class TestTopUpLink(TopUpPageCommon):
    """A link that an accountant sent; whoever opens it is not logged in."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def link(self, amount=None, provider=None):
        address = urlsplit(
            (provider or self.provider)._sberbank_get_topup_link(self.customer, amount)
        )
        return f'{address.path}?{address.query}'

    def test_a_link_with_an_amount_fixes_it(self):
        page = self.get(self.link(150050))
        self.assertIn('1,500.50', self.text(page))
        self.assertFalse(page.xpath('//input[@name="amount"]'))
        tx = self.pay('1', path=self.link(150050))
        self.assertEqual(tx.amount, 1500.5)
        self.assertEqual(tx.partner_id, self.customer)

    def test_a_link_without_an_amount_lets_the_payer_choose(self):
        self.assertEqual(self.pay('12,34', path=self.link()).amount, 12.34)
        self.assertIn('Enter an amount', self.refuse('much', path=self.link()))

    def test_the_offered_amounts_keep_the_link(self):
        page = self.get(self.link())
        suggestion = page.xpath('//a[contains(@class, "o_sberbank_suggestion")]')[0].get('href')
        page = self.get(self.link().partition('?')[0] + suggestion)
        self.assertEqual(page.xpath('//input[@name="amount"]')[0].get('value'), '1000.00')

    def test_a_link_shows_nothing_of_the_account(self):
        debt = self.create_invoice(7777)
        self.bank_says(self.create_tx(5555))
        page = self.url_open(self.link(100)).text
        self.assertIn(self.company.name, page)
        for secret in (debt.name, '7,777', '5,555', self.customer.name, self.customer.email):
            self.assertNotIn(secret, page)

    def test_a_link_pays_onto_its_customer_whoever_is_logged_in(self):
        self.create_portal_user('stranger')
        self.authenticate('stranger', 'stranger')
        self.assertEqual(self.pay('10', path=self.link()).partner_id, self.customer)

    def test_a_link_that_was_changed_anywhere_opens_nothing(self):
        second = self.provider.copy({'name': 'Second shop'})
        self.enable(second, sberbank_username='second-api')
        stranger = self.env['res.partner'].create({'name': 'Stranger'})
        fixed, free = self.link(150050), self.link()
        token = re.compile(r'access_token=\w+')
        changed = {
            'another customer': fixed.replace(f'/{self.customer.id}?', f'/{stranger.id}?'),
            'nobody': fixed.replace(f'/{self.customer.id}?', '/999999999?'),
            'another amount': fixed.replace('1500.50', '1.00'),
            'the same amount written otherwise': fixed.replace('1500.50', '1500.5'),
            'no amount': fixed.replace('amount=1500.50&', ''),
            'an empty amount': fixed.replace('1500.50', ''),
            'an amount where none was': f'{free}&amount=1.00',
            'an amount in front': free.replace('?', '?amount=1.00&'),
            'another shop': fixed.replace(f'shop={self.provider.id}', f'shop={second.id}'),
            'no shop': re.sub(r'shop=\d+&', '', fixed),
            'a shop of letters': re.sub(r'shop=\d+', 'shop=x', fixed),
            'a huge shop': re.sub(r'shop=\d+', f'shop={10**30}', fixed),
            'no token': token.sub('', fixed),
            'an empty token': token.sub('access_token=', fixed),
            'a token of other letters': token.sub('access_token=%D1%8F', fixed),
            'the token of another link': token.sub(token.search(free).group(), fixed),
            'a cut token': fixed[:-1],
        }
        page = self.get(fixed)
        for name, path in changed.items():
            with self.subTest(name):
                self.get(path, status=404)
                values = dict(page.xpath('//form[@method="post"]')[0].form_values())
                before = self.count_transactions()
                self.assertEqual(self.url_open(path, data=values).status_code, 404)
                self.assertEqual(self.count_transactions(), before)

    def test_the_form_of_a_link_can_not_change_what_it_fixes(self):
        stranger = self.env['res.partner'].create({'name': 'Stranger'})
        tx = self.pay(
            '1',
            path=self.link(150050),
            partner_id=stranger.id,
            shop='0',
            access_token='x',
        )
        self.assertEqual((tx.amount, tx.partner_id), (1500.5, self.customer))

    def test_a_forged_form_is_refused(self):
        response = self.url_open(self.link(100), data={'amount': '1', 'csrf_token': 'forged'})
        self.assertEqual(response.status_code, 400)

    def test_a_link_of_an_archived_customer_says_whom_to_ask(self):
        link = self.link()
        self.user.active = False
        self.customer.active = False
        self.assert_tells_whom_to_ask(link)

    def test_a_link_is_in_use_until_the_end_of_its_last_day_in_moscow(self):
        link = self.provider._sberbank_get_topup_link(self.customer, None, date(2026, 11, 25))
        other_day = link.replace('2026-11-25', '2027-11-25')
        no_day = link.replace('until=2026-11-25&', '')
        with freeze_time('2026-11-25 20:59:59'):
            page = self.get(link)
            suggestion = page.xpath('//a[contains(@class, "o_sberbank_suggestion")]')[0].get('href')
            self.assertEqual(self.pay('12', path=link).amount, 12)
            self.get(other_day, status=404)
            self.get(no_day, status=404)
        with freeze_time('2026-11-25 21:00:00'):
            self.assert_tells_whom_to_ask(link)
            self.assert_tells_whom_to_ask(link.partition('?')[0] + suggestion)
            self.get(no_day, status=404)

    def test_a_link_of_a_customer_that_was_merged_says_whom_to_ask(self):
        former = self.env['res.partner'].create({'name': 'Anna C.'})
        link = self.provider._sberbank_get_topup_link(former, 10000)
        self.env['base.partner.merge.automatic.wizard']._merge(
            (former + self.customer).ids, self.customer
        )
        self.assert_tells_whom_to_ask(link)

    def assert_tells_whom_to_ask(self, link):
        self.company.phone = '+7 495 123-45-67'
        before = self.count_transactions()
        page = self.text(self.get(link, status=410))
        self.assertIn('no longer in use', page)
        self.assertIn(self.company.name, page)
        self.assertIn('123-45-67', page)
        self.assertNotIn('Anna', page)
        self.assertEqual(self.url_open(link, data={'amount': '1'}).status_code, 400)  # No form.
        self.assertEqual(self.count_transactions(), before)

    def test_a_link_of_a_shop_that_was_switched_off_takes_nothing(self):
        link = self.link(100)
        page = self.get(link)
        self.provider.sberbank_topup_enabled = False
        self.assertIn('not available at the moment', self.text(self.get(link)))
        self.assertIn('not available', self.refuse('1.00', page=page))

    def test_the_limits_of_today_hold_for_a_link_of_yesterday(self):
        link = self.link(100)
        self.provider.sberbank_topup_minimum = 500
        self.assertIn('The smallest amount is 500.00', self.refuse('1.00', path=link))

    def test_a_payer_by_link_sees_the_result_and_may_try_again(self):
        tx = self.pay('130', path=self.link())
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        page = self.get(tx.landing_route)
        self.assertIn('130.00', self.text(page))
        [again] = [link for link in page.xpath('//a') if self.text(link) == 'Try again']
        address = urlsplit(again.get('href'))
        self.assertEqual(self.pay('', path=f'{address.path}?{address.query}').amount, 130)
