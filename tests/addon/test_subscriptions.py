"""Accounts bound by SBP: saved by paying, charged without the payer, once, and removed."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from .test_tokens import CardCase

CHARGE = 'paymentOrderBySubscription'
IN_PROCESSING = -99


class AccountCase(CardCase):
    """A shop whose contract has SBP subscriptions, and what payers and jobs do there."""

    dialect = 'ecom'
    permissions = {'bindings': True, 'recurring': True, 'sbp': True}

    def setUp(self):
        super().setUp()
        self.provider.sberbank_binds_accounts = True
        self.sbp = self.env.ref('payment_sberbank.payment_method_sbp')

    def buy(self, amount=100, *, way='sbp', **values):
        """Pay by SBP, as somebody who has ticked the box that saves their payment details."""
        tx = self.create_registered_tx(
            amount, **{'tokenize': True, 'payment_method_id': self.sbp.id, **values}
        )
        self.bank.pay(tx.provider_reference, **({'method': way} if way else {}))
        self.refresh(tx)
        return tx

    def save_account(self, **values):
        token = self.buy(**values).token_id
        self.assertTrue(token)
        return token

    def bound(self):
        return self.bank.subscriptions(self.login)

    def again(self, tx):
        super().again(tx)
        self.env.invalidate_all()

    def params(self):
        """What each order has said of SBP, the oldest first."""
        return [call['parameters'].get('jsonParams') for call in self.calls('register')]


class TestSaving(AccountCase):
    def test_an_account_is_saved_once_when_the_payer_has_asked_for_it(self):
        tx = self.buy()

        self.refresh(tx)

        token = tx.token_id
        [account] = self.bound()
        self.assertEqual((tx.state, tx.tokenize), ('done', False))
        self.assertEqual(
            (token.provider_ref, token.sberbank_member_id),
            (account['subscriptionId'], account['memberId']),
        )
        self.assertEqual((token.partner_id, token.payment_method_id), (self.customer, self.sbp))
        self.assertEqual((token.payment_details, token.sberbank_is_live), (False, False))
        self.assertFalse(token.sberbank_check_at)
        self.assertEqual(self.env['payment.token'].search_count([('id', '>=', token.id)]), 1)
        self.assertEqual(
            self.params()[0],
            {
                'qrType': 'DYNAMIC_QR_SBP',
                'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT',
                'sbp.subscriptionPurpose': gateway.clean_purpose(
                    f'Payments to {self.company.name}'
                ),
            },
        )
        self.assertNotIn('clientId', self.calls('register')[0]['parameters'])

    def test_it_shows_its_bank_and_nothing_secret(self):
        token = self.save_account()

        self.assertRegex(token.display_name, r'\ASBP · Sberbank · \d\d/\d\d/\d{4}\Z')
        self.assertEqual(token._build_display_name(max_length=14), 'SBP · Sberbank')
        self.assertEqual(token._build_display_name(max_length=2), 'SB')
        token.sberbank_member_id = '100000000999'
        self.assertEqual(token._build_display_name(), 'SBP · bank 100000000999')
        self.env['res.lang']._activate_lang('ru_RU')
        self.assertRegex(token.with_context(lang='ru_RU')._build_display_name(), r'\AСБП · ')

    def test_the_binding_is_no_secret_that_anybody_can_read(self):
        tx = self.buy()

        written = json.dumps([
            *self.env['sberbank.exchange'].search([]).mapped('request'),
            *self.env['sberbank.exchange'].search([]).mapped('answer'),
            *self.env['mail.message'].search([('model', 'like', 'payment')]).mapped('body'),
        ])
        self.assertIn('subscriptionId', written)
        self.assertNotIn(tx.token_id.provider_ref, written)

    def test_nothing_is_bound_unasked(self):
        tx = self.buy(tokenize=False)

        self.assertEqual((tx.state, tx.token_id.id, self.bound()), ('done', False, []))
        self.assertEqual(self.params(), [None])

    def test_who_pays_by_card_after_all_has_nothing_saved(self):
        tx = self.buy(way=None)

        self.assertEqual((tx.state, tx.token_id.id, self.bound()), ('done', False, []))
        self.assertFalse(self.bank.bindings(self.login))

    def test_a_card_is_saved_as_before(self):
        tx = self.buy(way=None, payment_method_id=self.env.ref('payment.payment_method_card').id)

        self.assertEqual(tx.token_id.provider_ref, self.bank.bindings(self.login)[0]['bindingId'])
        self.assertFalse(tx.token_id.sberbank_member_id)

    def test_a_binding_that_is_told_of_later_is_saved_then(self):
        self.faults({
            'fault': 'missing_blocks',
            'value': ['attributes'],
            'method': 'getOrderStatusExtended',
            'times': 1,
        })
        tx = self.buy()
        self.assertEqual((tx.state, tx.token_id.id), ('done', False))

        self.refresh(tx)

        self.assertEqual(tx.token_id.provider_ref, self.bound()[0]['subscriptionId'])

    def test_a_contract_without_sbp_takes_the_money(self):
        self.set_up_merchant(permissions={})

        self.assertEqual((self.buy().state, self.bound()), ('done', []))

    def test_a_gateway_that_refuses_to_bind_takes_the_money_and_is_not_told_again(self):
        self.set_up_merchant(unknown_fields=['jsonParams'])

        first = self.buy()
        self.env.invalidate_all()
        self.buy()

        self.assertEqual((first.state, [bool(each) for each in self.params()]), (
            'done', [True, False, False],
        ))  # fmt: skip
        self.assertTrue(self.provider.sberbank_are_accounts_refused)
        self.assertFalse(self.provider.sberbank_are_cards_refused)
        self.provider.sberbank_binds_accounts = True
        self.assertFalse(self.provider.sberbank_are_accounts_refused)

    def test_another_order_binds_nothing_here(self):
        tx = self.create_registered_tx(100, tokenize=True, payment_method_id=self.sbp.id)
        account = gateway.Account('a' * 32, '100000000111')

        with mute_logger('odoo.addons.payment_sberbank.models.payment_transaction_confirmation'):
            self.bank_says(tx, amount=9999, account=account)

        self.assertEqual((tx.state, tx.token_id.id), ('error', False))

    def test_nobody_that_is_not_known_has_an_account_saved(self):
        public = self.env.ref('base.public_partner')

        tx = self.buy(partner_id=public.id)

        self.assertEqual((tx.state, tx.token_id.id, self.bound()), ('done', False, []))

    def test_the_payer_reads_what_for_in_their_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        self.provider.sberbank_account_purpose = 'Lessons'
        self.provider.with_context(lang='ru_RU').sberbank_account_purpose = '«Уроки»'
        self.customer.lang = 'ru_RU'

        self.buy()

        self.assertEqual(self.params()[0]['sbp.subscriptionPurpose'], '"Уроки"')


class TestSettings(AccountCase):
    def test_only_the_newer_gateway_is_said_to_save_accounts(self):
        for values in ({'sberbank_gateway': 'rbs'}, {'sberbank_custom_dialect': 'rbs'}):
            with self.subTest(values), self.assertRaises(ValidationError) as refusal:
                self.provider.write({'sberbank_username': 'shop-api', **values})
            self.assertIn('switch the saving of SBP accounts off', str(refusal.exception))

    def test_a_purpose_that_the_bank_could_not_take_is_refused(self):
        with self.assertRaises(ValidationError):
            self.provider.sberbank_account_purpose = '日本'

    def test_payers_are_offered_it_where_it_works(self):
        self.assertTrue(self.sbp.support_tokenization)
        self.assertTrue(self.sbp._sberbank_is_saved_by(self.provider))
        self.assertIn(self.sbp, self.find_methods())

        self.provider.sberbank_binds_accounts = False

        self.assertFalse(self.sbp._sberbank_is_saved_by(self.provider))
        self.assertNotIn(self.sbp, self.find_methods())
        self.assertIn(self.sbp, self.find_methods(force_tokenization=False))

    def find_methods(self, **options):
        return self.env['payment.method']._get_compatible_payment_methods(
            self.provider.ids,
            self.customer.id,
            **{'currency_id': self.roubles.id, 'force_tokenization': True, **options},
        )

    def test_a_copy_of_the_provider_promises_nothing(self):
        self.assertFalse(self.provider.copy().sberbank_binds_accounts)


class TestCharging(AccountCase):
    def setUp(self):
        super().setUp()
        self.token = self.save_account()

    def bank_answers(self, action_code):
        self.bank.set_subscription(self.token.provider_ref, action_code)

    def test_it_is_charged_once_and_booked(self):
        invoice = self.create_invoice(50)

        tx = self.charge(self.token, invoice_ids=[Command.set(invoice.ids)])
        self.again(tx)
        self.run_job('ir_cron_book_payments')

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertEqual(len(self.calls(CHARGE)), 1)
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        self.assertEqual(tx.payment_id.amount, 50)
        self.assertEqual(self.params()[-1], {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2B'})
        self.assertFalse(
            {'clientId', 'bindingId'} & self.calls('register')[-1]['parameters'].keys()
        )

    def test_nothing_is_asked_before_it_is_committed(self):
        tx = self.create_token_tx(self.token, 50, 'offline')
        before = len(self.calls())

        tx._charge_with_token()

        self.assertEqual((tx.state, len(self.calls())), ('pending', before))
        self.assertFalse(tx._sberbank_can_open_page())

    def test_who_is_there_has_it_charged_too_and_sees_no_page_of_the_bank(self):
        self.provider.sberbank_charges_without_payer = False  # They are there.
        tx = self.create_token_tx(self.token, 50, 'online_token')
        tx._charge_with_token()

        self.assertNotIn('sberbank_pay_url', tx._get_processing_values())
        self.assertFalse(tx._sberbank_can_open_page())
        self.assertIn('SBP account', tx.state_message)
        self.run_job('ir_cron_charge_cards')
        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_an_invoice_is_charged_once_however_often_its_payer_clicks(self):
        paid = {'invoice_ids': [Command.set(self.create_invoice(50).ids)]}
        first, second = (
            self.create_token_tx(self.token, 50, 'online_token', **paid) for _click in range(2)
        )
        first._charge_with_token()

        with self.assertRaises(UserError) as refusal:
            second._charge_with_token()

        self.assertIn('than is left to pay', str(refusal.exception))
        self.run_job('ir_cron_charge_cards')
        self.assertEqual((first.state, self.get_taken()), ('done', [10000, 5000]))

    def test_a_lost_answer_is_asked_about_and_the_charge_is_not_repeated(self):
        for fault in ('drop_response_after_commit', 'truncated', 'json_array'):
            with self.subTest(fault):
                before, charges = len(self.orders()), len(self.calls(CHARGE))
                self.faults({'fault': fault, 'method': CHARGE, 'times': 1})

                tx = self.charge(self.token)
                self.again(tx)

                self.assertEqual(tx.state, 'done')
                self.assertEqual(self.get_taken()[before:], [5000])
                self.assertEqual(len(self.calls(CHARGE)), charges + 1)

    def test_lost_answers_of_other_calls_charge_nothing_twice(self):
        for method in ('register', 'getOrderStatusExtended'):
            with self.subTest(method):
                before = len(self.orders())
                self.faults({'fault': 'drop_response_after_commit', 'method': method, 'times': 1})

                tx = self.charge(self.token)
                if tx.state != 'done':
                    self.again(tx)

                self.assertEqual((tx.state, self.get_taken()[before:].count(5000)), ('done', 1))

    def test_a_charge_of_which_the_bank_never_heard_fails_when_its_order_is_dead(self):
        self.faults({'fault': 'http503', 'method': CHARGE, 'times': 1})
        tx = self.charge(self.token)
        self.again(tx)
        self.assertEqual((tx.state, len(self.calls(CHARGE))), ('pending', 1))

        self.bank.expire(tx.provider_reference)
        self.again(tx)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertEqual((self.get_taken(), self.token.active), ([10000, 0], True))

    def test_what_certainly_did_not_get_there_is_sent_again(self):
        self.faults({'fault': 'http429', 'method': CHARGE, 'times': 1})
        tx = self.charge(self.token)
        self.assertEqual((tx.state, tx.sberbank_charge_sent_at), ('pending', False))

        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_sbp_takes_its_time(self):
        self.bank_answers(IN_PROCESSING)
        tx = self.charge(self.token)
        self.again(tx)
        self.assertEqual((tx.state, self.get_reasons(tx)), ('pending', []))

        self.bank.pay(tx.provider_reference, method='sbp')
        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertEqual(len(self.calls(CHARGE)), 1)

    def test_one_that_is_removed_while_sbp_is_at_it_may_still_be_charged(self):
        self.bank_answers(IN_PROCESSING)
        tx = self.charge(self.token)
        self.token.active = False
        self.again(tx)
        self.assertEqual(tx.state, 'pending')

        self.bank.pay(tx.provider_reference, method='sbp')
        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_one_that_is_removed_before_it_was_charged_is_not(self):
        tx = self.create_token_tx(self.token, 50, 'offline')
        tx._charge_with_token()
        self.token.active = False

        self.run_job('ir_cron_charge_cards')

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertFalse(self.calls(CHARGE))

    def test_declines_are_told_apart(self):
        for code, is_gone, words in (
            (116, False, 'again later'),
            (120, False, 'in person'),
            (239, True, 'another way'),
            (-5031, True, 'another way'),
        ):
            with self.subTest(code=code):
                self.token = self.save_account()
                before = sum(self.get_taken())
                self.bank_answers(code)

                tx = self.charge(self.token)
                self.again(tx)

                self.assertEqual(tx.state, 'cancel')
                self.assertIn(words, tx.state_message)
                self.assertNotIn(str(code), tx.state_message)
                self.assertEqual(self.get_reasons(tx), ['charge_failed'])
                self.assertIn(str(code), tx.sberbank_attention_ids.details)
                self.assertEqual((self.token.active, sum(self.get_taken())), (not is_gone, before))

    def test_one_that_was_ended_in_the_payers_bank_is_out_of_use_with_the_reason(self):
        self.bank.remove_subscription(self.token.provider_ref)

        tx = self.charge(self.token)

        self.assertEqual((tx.state, self.token.active), ('cancel', False))
        self.assertIn('-5031', self.token.sberbank_end_reason)
        self.assertFalse(self.token.sberbank_unbind_at)
        with self.assertRaises(UserError):
            self.token.active = True

    def test_a_contract_without_such_charges_says_so_to_staff(self):
        self.set_up_merchant(permissions={'sbp': True})

        tx = self.charge(self.token)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertTrue(self.token.active)
        self.assertEqual(sum(self.get_taken()), 10000)

    def test_a_shop_that_wants_no_charges_without_the_customer_makes_none(self):
        self.provider.sberbank_charges_without_payer = False

        tx = self.charge(self.token)

        self.assertEqual((tx.state, len(self.orders())), ('error', 1))

    def test_a_gateway_that_is_told_less_charges_all_the_same(self):
        self.set_up_merchant(unknown_fields=['email'])

        tx = self.charge(self.token)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_a_refused_question_is_no_refused_charge(self):
        self.faults({
            'fault': 'permission_denied',
            'method': 'getOrderStatusExtended',
            'times': 1,
        })
        tx = self.charge(self.token)
        self.assertEqual((tx.state, self.get_reasons(tx)), ('pending', []))

        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertEqual(len(self.calls(CHARGE)), 1)

    def test_an_accountant_registers_a_payment_with_it(self):
        invoice = self.create_invoice(50)
        line = self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        )
        wizard = (
            self
            .env['account.payment.register']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'payment_method_line_id': line.id, 'payment_token_id': self.token.id})
        )

        wizard.action_create_payments()
        tx = invoice.transaction_ids
        self.run_job('ir_cron_charge_cards')
        self.run_job('ir_cron_book_payments')

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_money_goes_back_though_the_account_was_removed(self):
        tx = self.charge(self.token)
        self.run_job('ir_cron_book_payments')
        self.token.active = False

        with self.as_worker() as env:
            tx.with_env(env).action_refund(30)

        self.assertEqual(tx.child_transaction_ids.state, 'done')


class TestWhose(AccountCase):
    def setUp(self):
        super().setUp()
        self.owner = self.create_portal_user('anna', self.customer)
        self.token = self.save_account_as(self.owner)

    def save_account_as(self, user):
        """Save an account by a payment that somebody has begun in the portal."""
        tx = self.create_new_tx(
            100, tokenize=True, payment_method_id=self.sbp.id, partner_id=self.customer.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE payment_transaction SET create_uid = %s WHERE id = %s', [user.id, tx.id]
        )
        self.env.invalidate_all()
        self.open_page(tx)
        self.bank.pay(tx.provider_reference, method='sbp')
        self.refresh(tx)
        return tx.token_id

    def available(self, partner, user):
        tokens = self.env['payment.token'].with_user(user).sudo()
        return tokens._get_available_tokens(self.provider.ids, partner.id)

    def test_its_owner_sees_it_and_strangers_do_not(self):
        stranger = self.create_portal_user('boris')

        self.assertEqual(self.token.sberbank_bound_by_id, self.customer)
        self.assertEqual(self.available(self.customer, self.owner), self.token)
        self.assertFalse(self.available(self.customer, stranger))
        self.assertFalse(self.available(stranger.partner_id, stranger))
        self.assertFalse(self.available(self.customer, self.env.ref('base.public_user')))
        with self.assertRaises(AccessError):
            self.create_token_tx(self.token, partner_id=stranger.partner_id.id)

    def test_colleagues_see_it_and_only_who_has_saved_it_pays_from_it(self):
        colleague = self.env['res.partner'].create({'name': 'Olga', 'parent_id': self.customer.id})
        colleague = self.create_portal_user('olga', colleague)

        self.assertFalse(self.available(self.customer, colleague))
        for user, is_let in ((self.owner, True), (colleague, False), (self.env.user, True)):
            with self.subTest(user.login):
                self.assertEqual(self.token._sberbank_belongs_to(user), is_let)
        with self.assertRaises(AccessError):
            self.create_token_tx(self.token.with_user(colleague)).with_user(
                colleague
            ).sudo()._check_sberbank_token()
        self.assertEqual(
            self
            .env['payment.token']
            .with_user(colleague)
            .sudo()
            ._get_available_tokens(None, colleague.partner_id.id, is_validation=True),
            self.token,
        )

    def test_one_that_was_saved_without_a_login_is_charged_by_staff_only(self):
        token = self.save_account_as(self.env.ref('base.public_user'))

        self.assertFalse(token.sberbank_bound_by_id)
        self.assertEqual(self.available(self.customer, self.owner), self.token)
        self.assertEqual(self.charge(token).state, 'done')

    def test_one_of_the_test_gateway_is_never_charged_live(self):
        waiting = self.create_token_tx(self.token, 10, 'offline')
        waiting._charge_with_token()
        self.provider.state = 'enabled'
        self.token.active = True  # The core has archived it.

        self.assertFalse(self.available(self.customer, self.env.user))
        with self.assertRaises(ValidationError):
            self.create_token_tx(self.token)
        self.run_job('ir_cron_charge_cards')
        self.assertEqual((waiting.state, self.get_taken()), ('cancel', [10000]))
        self.assertFalse(self.calls(CHARGE))

    def test_nobody_makes_one_up_or_learns_its_binding(self):
        admin = self.create_user('boss', 'base.group_system', 'account.group_account_invoice')

        for values in ({'sberbank_member_id': '100000000004'}, {'provider_ref': 'a' * 32}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.token.with_user(admin).write(values)

    def test_it_is_removed_in_the_portal_and_stays_removed(self):
        self.authenticate('anna', 'anna')
        self.env.cr.flush()

        page = self.url_open('/my/payment_method')
        self.make_jsonrpc_request('/payment/archive_token', {'token_id': self.token.id})
        self.run_job('ir_cron_remove_cards')

        self.assertIn('SBP · Sberbank', page.text)
        self.assertIn('o_sberbank_accounts', page.text)
        self.assertNotIn(self.token.provider_ref, page.text)
        self.env.invalidate_all()
        self.assertFalse(self.token.active or self.token.sberbank_unbind_at)
        self.assertIn("bank's app", self.token.sberbank_end_reason)
        self.assertFalse(self.calls('unbindCard'))
        with self.assertRaises(UserError):
            self.token.active = True

    def test_the_job_that_looks_for_cards_asks_nothing_of_accounts(self):
        self.token.create_date = fields.Datetime.now() - timedelta(days=2)

        self.run_job('ir_cron_check_cards')

        self.assertFalse(self.calls('getBindings'))
        self.assertTrue(self.token.active)
