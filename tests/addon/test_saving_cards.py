"""A customer saves a card without a payment, on Odoo's own page of payment methods."""

from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import const, gateway

from .bankside import BankCase

MODELS = 'odoo.addons.payment_sberbank.models'
CONTROLLERS = 'odoo.addons.payment_sberbank.controllers'
ALLOWED = {'bindings': True, 'verify': True}
PAGE = '/my/payment_method'
DECLINED = {'outcome': 'declined'}


class SavingCase(BankCase):
    """A customer who is logged in, at a shop whose contract verifies cards."""

    def set_up_merchant(self, **settings):
        super().set_up_merchant(**{'permissions': ALLOWED, **settings})

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(f'{MODELS}.payment_transaction_ordering'))
        self.provider.allow_tokenization = True
        self.card = self.env.ref('payment.payment_method_card')
        self.anna = self.create_portal_user('anna', self.customer)
        self.authenticate('anna', 'anna')

    def open_form(self):
        """Open the page of payment methods and return its form, or None if it has none to save."""
        self.env.flush_all()
        page = html.fromstring(self.url_open(PAGE).content)
        note = page.xpath("//p[@name='o_sberbank_save_card']")
        options = page.xpath("//input[@data-payment-option-type='payment_method']")
        self.assertEqual(len(note), len(options))
        return page.xpath("//form[@id='o_payment_form']")[0] if options else None

    def begin(self, **changed):
        """Press the button of the page, and return the transaction."""
        form = self.open_form()
        values = self.make_jsonrpc_request(
            form.get('data-transaction-route'), {**self.params(form), **changed}
        )
        self.env.invalidate_all()
        return self.env['payment.transaction'].search([('reference', '=', values['reference'])])

    def params(self, form):
        return {
            'provider_id': self.provider.id,
            'payment_method_id': self.card.id,
            'token_id': None,
            'amount': None,
            'currency_id': None,
            'partner_id': self.customer.id,
            'flow': 'redirect',
            'tokenization_requested': True,
            'landing_route': form.get('data-landing-route'),
            'is_validation': True,
            'access_token': form.get('data-access-token'),
            'reference_prefix': 'V',
        }

    def go_to_bank(self, tx):
        response = self.url_open(tx._sberbank_get_pay_url(), allow_redirects=False)
        self.env.invalidate_all()
        return response

    def save(self, **payment):
        """Save a card as far as the bank's page, where the payer does what is said."""
        tx = self.begin()
        self.go_to_bank(tx)
        self.bank.pay(tx.provider_reference, **payment)
        return tx

    def come_back(self, tx):
        response = self.url_open(tx._sberbank_get_return_url())
        self.env.invalidate_all()
        return response

    def poll(self):
        return self.make_jsonrpc_request('/payment/status/poll', {})

    def refresh(self, tx):
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()

    def create_verification(self, user=None, **values):
        return self.env['payment.transaction'].with_user(user or self.env.user).sudo().create({
            'provider_id': self.provider.id,
            'payment_method_id': self.card.id,
            'reference': f'V-{uuid4().hex}',
            'amount': 0,
            'currency_id': self.roubles.id,
            'partner_id': self.customer.id,
            'operation': 'validation',
            'tokenize': True,
            **values,
        })  # fmt: skip

    def assert_saved(self, tx):
        token = tx.token_id
        [binding] = self.bank.bindings(self.login)
        self.assertEqual((tx.state, tx.tokenize, tx.amount), ('done', False, 0))
        self.assertEqual(token.provider_ref, binding['bindingId'])
        self.assertEqual(token.partner_id, self.customer)
        self.assertEqual(
            token, self.env['payment.token'].search([('provider_ref', '=', token.provider_ref)])
        )

    def assert_nothing_besides(self, tx, mails):
        """Hold that there is no trace of money."""
        self.run_job('ir_cron_book_payments')
        with self.as_worker() as env:
            tx.with_env(env)._cron_post_process()
        self.assertTrue(tx.is_post_processed)
        self.assertFalse(
            tx.payment_id
            | self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)])
        )
        self.assertFalse(tx.sberbank_receipt_ids or tx.sberbank_attention_ids)
        self.assertFalse(tx.child_transaction_ids or tx.sberbank_operation_ids)
        self.assertFalse(tx.sberbank_is_topup or tx.sberbank_held_until)
        self.assertEqual(self.env['mail.mail'].search_count([]), mails)
        self.assertFalse(self.env['sberbank.report'].search([('transaction_id', '=', tx.id)]))
        self.assertEqual(self.provider.sberbank_paid_count, 0)
        self.assertEqual(self.provider._sberbank_count_unbooked()['count'], 0)
        self.assertEqual(self.bank.ledger(self.login)['totals']['net'], 0)


class SavingTests:
    def test_a_card_is_saved_and_seen(self):
        mails = self.env['mail.mail'].search_count([])
        tx = self.save()

        status_page = self.come_back(tx)

        self.assertEqual(urlsplit(status_page.url).path, '/payment/status')
        told = self.poll()
        self.env.invalidate_all()
        self.assertEqual((told['state'], urlsplit(told['landing_route']).path), ('done', PAGE))
        self.assertIn('2424', self.url_open(told['landing_route']).text)
        self.assert_saved(tx)
        self.assert_nothing_besides(tx, mails)

    def test_the_bank_is_told_of_no_money(self):
        self.go_to_bank(self.begin())

        [call] = self.calls('registerPreAuth')
        told = call['parameters']
        self.assertEqual((str(told['amount']), told['features']), ('0', 'VERIFY'))
        self.assertEqual(told['clientId'], self.provider._sberbank_get_client_id(self.customer))
        self.assertNotIn('orderBundle', told)
        self.assertFalse(self.calls('register'))

    def test_whoever_tells_of_it_and_however_often_it_is_one_card(self):
        tx = self.save()
        self.refresh(tx)
        token = tx.token_id

        tx.sberbank_next_ask_at = fields.Datetime.now()
        self.run_job('ir_cron_ask_bank')
        self.come_back(tx)

        self.assertEqual(tx.token_id, token)
        self.assert_saved(tx)

    def test_the_job_finds_out(self):
        tx = self.save()
        tx.sberbank_next_ask_at = fields.Datetime.now()

        self.run_job('ir_cron_ask_bank')

        self.assert_saved(tx)

    def test_a_notification_tells(self):
        tx = self.save()

        with self.allow_requests(all_requests=True):
            self.bank.notify(tx.provider_reference, 'reversed')
        self.env.invalidate_all()
        tx.sberbank_next_ask_at = fields.Datetime.now()
        self.run_job('ir_cron_ask_bank')

        self.assert_saved(tx)

    def test_a_gateway_that_leaves_it_held_is_the_same(self):
        self.set_up_merchant(keeps_verified=True)
        mails = self.env['mail.mail'].search_count([])
        tx = self.save()

        self.refresh(tx)

        self.assertEqual(self.bank.order(tx.provider_reference)['state'], 'HELD')
        self.assert_saved(tx)
        self.assert_nothing_besides(tx, mails)
        for action in (tx.action_capture, tx.action_void):
            with self.assertRaises(UserError):
                action()
        self.assertFalse(self.calls('deposit') or self.calls('reverse'))

    def test_a_contract_without_holds_saves_it_too(self):
        self.set_up_merchant(permissions={**ALLOWED, 'hold': False}, keeps_verified=True)
        tx = self.save()

        self.refresh(tx)

        self.assertEqual(self.bank.order(tx.provider_reference)['state'], 'DEPOSITED')
        self.assert_saved(tx)
        self.assertFalse(self.provider.sberbank_is_verification_refused)

    def test_the_card_pays_later(self):
        tx = self.save()
        self.refresh(tx)

        paying = self.create_registered_tx(
            50, token_id=tx.token_id.id, operation='online_token', partner_id=self.customer.id
        )

        told = self.calls('register')[-1]['parameters']
        self.assertEqual(
            (told['bindingId'], str(told['amount'])), (tx.token_id.provider_ref, '5000')
        )
        self.assertEqual(paying.state, 'draft')

    def test_a_card_that_was_saved_before_is_one(self):
        first, second = self.save(), self.save()
        for tx in (first, second):
            self.refresh(tx)

        self.assertEqual(first.token_id, second.token_id)
        self.assertEqual(second.state, 'done')


class NotSavedTests:
    def test_a_decline_is_told_calmly(self):
        tx = self.save(**DECLINED)
        self.refresh(tx)
        self.assertEqual(tx.state, 'pending')
        for _attempt in range(2):
            self.bank.pay(tx.provider_reference, **DECLINED)

        self.come_back(tx)

        told = self.poll()
        page = self.url_open(told['landing_route'])
        self.assertEqual((tx.state, told['state']), ('cancel', 'cancel'))
        self.assertIn('The card was not saved', page.text)
        self.assertIn('did not accept the card', page.text)
        self.assertIn(PAGE, page.text)
        self.assertNotIn('-2013', page.text)
        self.assertFalse(tx.token_id or tx.sberbank_attention_ids)
        self.assertTrue(tx.sberbank_discard_at)

    def test_one_that_is_left_runs_out(self):
        tx = self.begin()
        self.go_to_bank(tx)
        self.bank.expire(tx.provider_reference)

        self.refresh(tx)

        self.assertEqual(tx.state, 'cancel')
        self.assertIn('has run out', tx.state_message)
        self.assertTrue(tx.sberbank_discard_at)

    def test_a_tick_that_was_taken_off_saves_nothing(self):
        tx = self.save(keep_card=False)

        self.refresh(tx)

        self.assertEqual((tx.state, tx.token_id.id), ('cancel', False))
        self.assertIn('does not keep it', tx.state_message)

    def test_what_the_bank_tells_later_is_followed(self):
        tx = self.save(keep_card=False)
        self.refresh(tx)

        self.bank_says(
            tx,
            gateway.OrderStatus.REVERSED,
            binding_id=str(uuid4()),
            client_id=self.provider._sberbank_get_client_id(self.customer),
            masked_pan='220220******2424',
        )

        self.assertEqual((tx.state, bool(tx.token_id)), ('done', True))

    def test_another_amount_is_for_staff(self):
        tx = self.begin()
        self.go_to_bank(tx)
        for answer in ({'amount': 100}, {'deposited_amount': 100}):
            with self.subTest(answer):
                with mute_logger(f'{MODELS}.payment_transaction_confirmation'):
                    self.bank_says(tx, **{'binding_id': str(uuid4()), **answer})

                self.assertEqual((tx.state, tx.token_id.id), ('error', False))
                [attention] = tx.sberbank_attention_ids
                self.assertEqual((attention.reason, attention.is_solved), ('mismatch', False))

    def test_money_that_was_taken_after_all_is_for_staff(self):
        tx = self.save()
        self.refresh(tx)

        with mute_logger(f'{MODELS}.payment_transaction_confirmation'):
            self.bank_says(tx, deposited_amount=100)

        self.assertEqual((tx.state, tx.sberbank_attention_ids.reason), ('done', 'mismatch'))

    def test_such_an_amount_is_not_accepted(self):
        tx = self.begin()
        self.go_to_bank(tx)
        with mute_logger(f'{MODELS}.payment_transaction_confirmation'):
            self.bank_says(tx, amount=100)
        taken = self.order(tx, amount=100, deposited_amount=100)

        asked = patch.object(type(tx), '_sberbank_ask', return_value=taken)
        with asked, self.assertRaises(UserError):
            self.act(tx, 'action_sberbank_accept_amount')

        self.assertEqual((tx.state, tx.amount), ('error', 0))

    def test_a_bank_that_is_silent_is_nobodys_concern(self):
        tx = self.begin()
        self.go_to_bank(tx)
        tx.sberbank_silent_since = fields.Datetime.subtract(fields.Datetime.now(), days=1)

        tx._sberbank_note_silence(gateway.Unavailable('', may_have_reached=True))
        tx._sberbank_give_up()

        self.assertFalse(tx.sberbank_attention_ids)


class RefusedTests:
    def assert_not_offered(self):
        self.env.invalidate_all()
        self.assertTrue(self.provider.sberbank_is_verification_refused)
        self.assertIsNone(self.open_form())

    def test_a_contract_without_it_is_remembered_and_staff_are_told_once(self):
        first, second = self.begin(), self.begin()
        self.set_up_merchant(permissions={'bindings': True})

        with mute_logger(f'{CONTROLLERS}.payer'):
            pages = [self.go_to_bank(tx).text for tx in (first, second)]

        self.assertEqual(
            [tx.sberbank_attention_ids.mapped('reason') for tx in (first, second)],
            [['cards_refused'], []],
        )
        for page in pages:
            self.assertIn('The card can&#39;t be saved right now', page.replace("'", '&#39;'))
            self.assertIn('when you pay by it', page)
        self.assert_not_offered()

    def test_they_are_saved_by_paying_as_before(self):
        self.test_a_contract_without_it_is_remembered_and_staff_are_told_once()

        tx = self.create_registered_tx(10, tokenize=True)
        self.bank.pay(tx.provider_reference)
        self.refresh(tx)

        self.assertTrue(tx.token_id)

    def test_it_is_tried_anew_when_the_saving_is_switched_on_anew(self):
        self.test_a_contract_without_it_is_remembered_and_staff_are_told_once()
        self.set_up_merchant()

        self.provider.allow_tokenization = True

        tx = self.save()
        self.refresh(tx)
        self.assert_saved(tx)

    def test_a_login_that_is_not_let_in_is_another_matter(self):
        tx = self.begin()
        self.set_up_merchant(must_change_password=True)

        with mute_logger(f'{CONTROLLERS}.payer'):
            self.go_to_bank(tx)

        self.assertFalse(self.provider.sberbank_is_verification_refused)
        self.assertFalse(tx.sberbank_attention_ids)
        self.assertIsNotNone(self.open_form())

    def test_without_notifications_it_is_registered_all_the_same(self):
        self.set_up_merchant(unknown_fields=['dynamicCallbackUrl'])
        tx = self.save()

        self.refresh(tx)

        self.assert_saved(tx)


class TestWhoMaySave(SavingCase):
    def setUp(self):
        super().setUp()
        self.boris = self.create_portal_user('boris')

    def test_the_page_offers_it_where_cards_are_saved(self):
        self.assertIsNotNone(self.open_form())

        self.provider.allow_tokenization = False

        self.assertIsNone(self.open_form())

    def test_receipts_and_limits_of_top_ups_are_no_matter(self):
        self.provider.sberbank_topup_minimum = '100'

        self.assertEqual(self.begin().amount, 0)

    def test_nobody_saves_a_card_for_somebody_else(self):
        public = self.env.ref('base.public_user')
        staff = self.create_user('olga', 'base.group_user', 'account.group_account_invoice')
        for user in (self.boris, public, staff):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.create_verification(user)
        with self.assertRaises(AccessError):
            self.create_verification(public, partner_id=public.partner_id.id)
        own = self.create_verification(self.anna)
        with self.assertRaises(AccessError):
            own.with_user(staff).sudo().partner_id = self.boris.partner_id

    def test_it_is_for_nothing_and_makes_a_card(self):
        invoice = self.create_invoice(10)
        token = self.create_token()
        for values in (
            {'amount': 10},
            {'tokenize': False},
            {'token_id': token.id},
            {'invoice_ids': [Command.set(invoice.ids)]},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.create_verification(self.anna, **values)

    def test_the_route_of_an_invoice_makes_none(self):
        invoice = self.create_invoice(250)
        params = {
            **self.params(self.open_form()),
            'amount': 250.0,
            'access_token': invoice._portal_ensure_token(),
        }
        for name in ('currency_id', 'partner_id', 'reference_prefix'):
            params.pop(name)

        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(f'/invoice/transaction/{invoice.id}', params)

    def test_the_link_to_the_banks_page_is_for_nobody_else(self):
        tx = self.begin()
        self.logout()

        self.assertEqual(self.go_to_bank(tx).status_code, 404)
        self.authenticate('boris', 'boris')
        self.assertEqual(self.go_to_bank(tx).status_code, 404)

        self.assertFalse(self.calls('registerPreAuth'))
        self.authenticate('anna', 'anna')
        self.assertEqual(self.go_to_bank(tx).status_code, 303)

    def test_the_way_back_works_in_another_browser(self):
        tx = self.save()
        self.logout()

        self.come_back(tx)

        self.assert_saved(tx)

    def test_a_colleague_sees_it_and_the_history_of_payments_does_not(self):
        tx = self.save()
        self.refresh(tx)
        domain = tx._sberbank_get_history_domain(self.customer, self.company)

        self.assertFalse(tx.search(domain))
        self.assertFalse(tx._sberbank_filter_refundable())

    def test_what_was_never_begun_is_deleted_in_the_end(self):
        tx = self.begin()
        tx.sberbank_discard_at = fields.Datetime.now()

        self.env['payment.transaction']._gc_sberbank_discarded()

        self.assertFalse(tx.exists())

    def test_the_status_page_leads_on_to_the_bank(self):
        tx = self.begin()
        self.go_to_bank(tx)

        page = self.come_back(tx)

        self.assertIn('have not entered your card yet', page.text)
        self.assertIn(const.PAY_ROUTE, page.text)


class TestSavingInTheOlderGateway(SavingTests, SavingCase):
    dialect = 'rbs'


class TestOnlyCards(SavingCase):
    """Accounts are saved by paying by SBP, and in no other way."""

    dialect = 'ecom'

    def setUp(self):
        super().setUp()
        self.provider.sberbank_binds_accounts = True
        self.sbp = self.env.ref('payment_sberbank.payment_method_sbp')

    def test_the_page_offers_no_accounts(self):
        self.assertTrue(self.sbp.support_tokenization)
        form = self.open_form()

        self.assertEqual(
            form.xpath(
                "//input[@data-payment-option-type='payment_method']/@data-payment-method-code"
            ),
            ['card'],
        )

    def test_no_account_is_saved_in_place_of_a_card(self):
        with self.assertRaises(ValidationError):
            self.create_verification(payment_method_id=self.sbp.id)


class TestSavingInTheNewerGateway(SavingTests, SavingCase):
    dialect = 'ecom'


class TestNotSavedInTheOlderGateway(NotSavedTests, SavingCase):
    dialect = 'rbs'


class TestNotSavedInTheNewerGateway(NotSavedTests, SavingCase):
    dialect = 'ecom'


class TestRefusedInTheOlderGateway(RefusedTests, SavingCase):
    dialect = 'rbs'


class TestRefusedInTheNewerGateway(RefusedTests, SavingCase):
    dialect = 'ecom'
