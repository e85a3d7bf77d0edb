"""Cards on file: saved by paying, paid with, charged without the payer, removed on both sides."""

from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .bankside import BankCase

MODELS = 'odoo.addons.payment_sberbank.models'
CHARGE_LOGGER = f'{MODELS}.payment_transaction_charge'
ORDERING_LOGGER = f'{MODELS}.payment_transaction_ordering'
TOKEN_LOGGER = f'{MODELS}.payment_token'
ALL = {'bindings': True, 'recurring': True}


class CardCase(BankCase):
    """A shop whose contract has cards on file, and what payers and jobs do there."""

    permissions = ALL

    def set_up_merchant(self, **settings):
        super().set_up_merchant(**{'permissions': self.permissions, **settings})

    def setUp(self):
        super().setUp()
        self.provider.allow_tokenization = True
        self.enterContext(mute_logger(ORDERING_LOGGER, CHARGE_LOGGER, TOKEN_LOGGER))

    def refresh(self, tx):
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()

    def buy(self, amount=100, *, keep_card=True, **values):
        """Pay on the bank's page, as somebody who has ticked the box that saves the card."""
        tx = self.create_registered_tx(amount, **{'tokenize': True, **values})
        self.bank.pay(tx.provider_reference, keep_card=keep_card)
        self.refresh(tx)
        return tx

    def save_card(self, **values):
        token = self.buy(**values).token_id
        self.assertTrue(token)
        return token

    def create_token_tx(self, token, amount=50, operation='online_token', **values):
        return self.create_new_tx(
            amount,
            token_id=token.id,
            operation=operation,
            payment_method_id=token.payment_method_id.id,
            **{'partner_id': token.partner_id.id, **values},
        )

    def charge(self, token, amount=50, **values):
        """Ask for a charge as subscriptions do, and let the job make it."""
        tx = self.create_token_tx(token, amount, 'offline', **values)
        tx._charge_with_token()
        self.run_job('ir_cron_charge_cards')
        return tx

    def again(self, tx):
        """Let the job charge once more at once."""
        tx.sberbank_charge_at = fields.Datetime.now()
        self.run_job('ir_cron_charge_cards')

    def get_taken(self):
        return [order['depositedAmount'] for order in self.orders()]

    def get_reasons(self, tx):
        return tx.sberbank_attention_ids.filtered(lambda a: not a.is_solved).mapped('reason')

    @property
    def unbind(self):
        return 'unBindCard' if self.dialect == 'rbs' else 'unbindCard'


class SavingTests:
    def test_a_card_is_saved_once_when_the_payer_has_asked_for_it(self):
        tx = self.buy()

        self.refresh(tx)

        token = tx.token_id
        [binding] = self.bank.bindings(self.login)
        self.assertEqual((tx.state, tx.tokenize), ('done', False))
        self.assertEqual(token.provider_ref, binding['bindingId'])
        self.assertEqual(token.sberbank_client_id, binding['clientId'])
        self.assertEqual(
            token, self.env['payment.token'].search([('provider_ref', '=', token.provider_ref)])
        )
        self.assertEqual((token.partner_id, token.sberbank_is_live), (self.customer, False))
        self.assertRegex(token.display_name, r'^•••• 2424 · Mir · \d\d/\d\d$')

    def test_the_same_card_saved_again_is_one_token(self):
        self.assertEqual(self.buy().token_id, self.buy().token_id)

    def test_nothing_is_saved_unasked_and_the_bank_is_told_no_name(self):
        tx = self.buy(tokenize=False)

        self.assertFalse(tx.token_id or self.bank.bindings(self.login))
        self.assertNotIn('clientId', self.calls('register')[0]['parameters'])

    def test_nothing_is_saved_when_the_tick_was_taken_off_at_the_bank(self):
        self.assertEqual(
            (self.buy(keep_card=False).token_id.id, self.get_taken()), (False, [10000])
        )

    def test_a_hold_saves_the_card_too(self):
        self.provider.payment_method_ids = self.env.ref('payment.payment_method_card')
        self.provider.capture_manually = True

        tx = self.buy()

        self.assertEqual(tx.state, 'authorized')
        self.assertTrue(tx.token_id)

    def test_a_contract_without_cards_on_file_takes_the_money(self):
        self.set_up_merchant(permissions={})

        self.assertEqual((self.buy().state, len(self.bank.bindings(self.login))), ('done', 0))

    def test_a_gateway_that_refuses_the_name_takes_the_money_and_is_not_told_again(self):
        self.set_up_merchant(unknown_fields=['clientId'])

        first = self.buy()
        self.env.invalidate_all()
        self.buy()

        told = ['clientId' in call['parameters'] for call in self.calls('register')]
        self.assertEqual((first.state, told), ('done', [True, False, False]))
        self.assertTrue(self.provider.sberbank_are_cards_refused)
        self.provider.allow_tokenization = True
        self.assertFalse(self.provider.sberbank_are_cards_refused)

    def test_the_name_is_the_companys_and_means_nothing(self):
        company = self.env['res.partner'].create({'name': 'Roga', 'is_company': True})
        people = self.env['res.partner'].create([
            {'name': name, 'parent_id': company.id} for name in ('Ivan', 'Olga')
        ])
        name = self.provider._sberbank_get_client_id

        self.assertEqual(name(people[0]), name(people[1]))
        self.assertNotEqual(name(people[0]), name(self.customer))
        self.assertRegex(name(company), r'\A[0-9a-f]{64}\Z')
        self.assertIsNone(name(self.env.ref('base.public_partner')))


class PayingTests:
    def test_a_payer_pays_with_it_on_the_banks_page(self):
        token = self.save_card()
        tx = self.create_token_tx(token)
        tx._charge_with_token()
        values = tx._get_processing_values()
        self.open_page(tx)

        self.assertEqual(values['sberbank_pay_url'], tx._sberbank_get_pay_url())
        self.assertEqual(self.calls('register')[-1]['parameters']['bindingId'], token.provider_ref)
        self.assertFalse(self.calls('paymentOrderBinding'))
        self.assertEqual(tx.state, 'draft')

    def test_one_that_the_bank_has_no_more_is_out_of_use_and_another_card_pays(self):
        token = self.save_card()
        self.bank.remove_binding(token.provider_ref)
        tx = self.create_token_tx(token)

        self.open_page(tx)

        self.assertNotIn('bindingId', self.calls('register')[-1]['parameters'])
        self.assertFalse(token.active)
        self.assertIn('no more', token.sberbank_end_reason)
        self.assertFalse(token.sberbank_unbind_at)
        with self.assertRaises(UserError):
            token.active = True

    def test_money_goes_back_though_the_card_was_removed(self):
        tx = self.buy()
        self.run_job('ir_cron_book_payments')
        tx.token_id.active = False

        with self.as_worker() as env:
            tx.with_env(env).action_refund(30)

        self.assertEqual(tx.child_transaction_ids.state, 'done')


class WhoseTests:
    def setUp(self):
        super().setUp()
        self.firm = self.env['res.partner'].create({'name': 'Roga', 'is_company': True})
        self.ivan, self.olga = self.env['res.partner'].create([
            {'name': name, 'parent_id': self.firm.id, 'email': f'{name}@roga.example'}
            for name in ('Ivan', 'Olga')
        ])
        self.token = self.save_card(partner=self.ivan)

    def available(self, partner, user):
        return (
            self
            .env['payment.token']
            .with_user(user)
            .sudo()
            ._get_available_tokens(self.provider.ids, partner.id)
        )

    def test_colleagues_see_and_use_it_and_strangers_do_not(self):
        colleague = self.create_portal_user('olga', self.olga)
        stranger = self.create_portal_user('boris')

        self.assertEqual(self.available(self.olga, colleague), self.token)
        self.assertFalse(self.available(stranger.partner_id, stranger))
        self.assertFalse(self.available(self.olga, stranger))
        self.assertFalse(self.available(self.olga, self.env.ref('base.public_user')))
        self.assertEqual(
            self
            .env['payment.token']
            .with_user(colleague)
            .sudo()
            ._get_available_tokens(None, self.olga.id, is_validation=True),
            self.token,
        )
        for user in (stranger, self.env.ref('base.public_user')):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.pay_as(user, self.olga)
        self.assertTrue(self.pay_as(colleague, self.olga))

    def pay_as(self, user, partner):
        return self.env['payment.transaction'].with_user(user).sudo().create({
            'provider_id': self.provider.id,
            'payment_method_id': self.token.payment_method_id.id,
            'reference': f'T-{uuid4().hex}',
            'amount': 10,
            'currency_id': self.roubles.id,
            'partner_id': partner.id,
            'token_id': self.token.id,
            'operation': 'online_token',
        })  # fmt: skip

    def test_it_pays_for_nobody_else_whoever_asks(self):
        with self.assertRaises(AccessError):
            self.create_token_tx(self.token, partner_id=self.customer.id)

    def test_it_is_never_charged_at_the_other_gateway(self):
        waiting = self.create_token_tx(self.token, 10, 'offline')
        waiting._charge_with_token()
        self.provider.state = 'enabled'
        self.token.active = True  # The core has archived it.

        self.assertFalse(self.token.sberbank_unbind_at)
        self.assertFalse(self.available(self.olga, self.env.user))
        with self.assertRaises(ValidationError):
            self.create_token_tx(self.token)
        self.run_job('ir_cron_charge_cards')
        self.assertEqual((waiting.state, self.get_taken()), ('cancel', [10000]))

    def test_an_administrator_makes_up_no_card_and_moves_none(self):
        admin = self.create_user('boss', 'base.group_system', 'account.group_account_invoice')
        token = self.token.with_user(admin)
        token.payment_details = '2425'  # What is Odoo's is left to them.

        for values in (
            {'provider_ref': str(uuid4())},
            {'partner_id': self.customer.id},
            {'sberbank_client_id': 'x'},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                token.write(values)
        with self.assertRaises(AccessError):
            token.create({
                'provider_id': self.provider.id,
                'payment_method_id': token.payment_method_id.id,
                'partner_id': self.customer.id,
                'provider_ref': str(uuid4()),
                'sberbank_place': token.sudo().sberbank_place,
            })
        with self.assertRaises(UserError):
            self.token.unlink()


class RemovingTests:
    def test_it_is_removed_at_the_bank_too(self):
        token = self.save_card()

        token.active = False
        self.run_job('ir_cron_remove_cards')

        self.assertEqual(self.bank.bindings(self.login)[0]['removed_by'], 'shop')
        self.assertFalse(token.sberbank_unbind_at)
        self.assertTrue(token.sberbank_end_reason)

    def test_a_silent_bank_is_asked_again(self):
        token = self.save_card()
        self.faults({'fault': 'html200', 'method': self.unbind, 'times': 1})
        token.active = False

        self.run_job('ir_cron_remove_cards')
        self.assertGreater(token.sberbank_unbind_at, fields.Datetime.now())
        token.sberbank_unbind_at = fields.Datetime.now()
        self.run_job('ir_cron_remove_cards')

        self.assertFalse(token.sberbank_unbind_at or self.bank.bindings(self.login)[0]['active'])

    def test_what_the_bank_has_removed_is_done(self):
        token = self.save_card()
        self.bank.remove_binding(token.provider_ref)
        token.active = False

        self.run_job('ir_cron_remove_cards')

        self.assertFalse(token.sberbank_unbind_at)

    def test_one_that_was_saved_again_meanwhile_stays(self):
        token = self.save_card()
        token.active = False
        again = self.save_card()

        self.run_job('ir_cron_remove_cards')

        self.assertTrue(again.active and again != token)
        self.assertTrue(self.bank.bindings(self.login)[0]['active'])

    def test_a_customer_removes_it_in_the_portal(self):
        token = self.save_card()
        self.create_portal_user('anna', self.customer)
        self.authenticate('anna', 'anna')
        self.env.cr.flush()

        page = self.url_open('/my/payment_method')
        self.make_jsonrpc_request('/payment/archive_token', {'token_id': token.id})

        self.assertIn('2424', page.text)
        self.env.invalidate_all()
        self.assertFalse(token.active)
        self.assertTrue(token.sberbank_unbind_at)


class CheckingTests:
    """What the bank does by itself."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(f'{TOKEN_LOGGER}_check'))
        self.token = self.save_card()
        self.let_time_pass()

    def let_time_pass(self):
        """Let it be the next day, for all cards."""
        tokens = self.env['payment.token'].search([('sberbank_place', '!=', False)])
        tokens.sberbank_check_at = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_token SET create_date = create_date - interval '1 day'"
            ' WHERE id = ANY(%s)',
            [tokens.ids],
        )
        self.env.invalidate_all()

    def check(self):
        before = len(self.calls('getBindings'))
        self.run_job('ir_cron_check_cards')
        self.env.invalidate_all()
        return len(self.calls('getBindings')) - before

    def test_what_the_bank_still_has_stays_and_is_looked_for_again(self):
        self.assertEqual(self.check(), 1)

        self.assertTrue(self.token.active)
        self.assertGreater(
            self.token.sberbank_check_at, fields.Datetime.now() + timedelta(hours=23)
        )
        self.assertEqual(self.check(), 0)

    def test_what_the_bank_removed_is_out_of_use_here(self):
        self.bank.remove_binding(self.token.provider_ref)

        self.check()

        self.assertFalse(self.token.active)
        self.assertEqual(
            (self.token.sberbank_end_reason, self.token.sberbank_unbind_at),
            ("The bank has the card on file no more.", False),
        )
        self.assertFalse(self.token.sberbank_check_at)

    def test_a_card_that_is_issued_anew_has_its_new_month(self):
        self.bank.set_binding(self.token.provider_ref, expiry='203511')

        self.check()

        self.assertEqual(self.token.sberbank_expiration, '203511')

    def test_the_bank_is_asked_once_about_all_cards_of_a_customer(self):
        other = self.token.copy({'provider_ref': str(uuid4())})
        other.write({
            name: self.token[name]
            for name in ('sberbank_place', 'sberbank_client_id', 'sberbank_is_live')
        })
        self.let_time_pass()

        self.assertEqual(self.check(), 1)

        self.assertEqual((self.token.active, other.active), (True, False))

    def test_a_bank_without_a_usable_answer_takes_no_card_away(self):
        for fault in ('html200', 'http500', 'json_array', 'permission_denied'):
            with self.subTest(fault=fault):
                self.let_time_pass()
                self.faults({'fault': fault, 'method': 'getBindings', 'times': 1})

                self.check()

                self.assertTrue(self.token.active)
                self.assertGreater(self.token.sberbank_check_at, fields.Datetime.now())

    def test_a_card_that_was_saved_just_now_is_not_missed(self):
        self.env.cr.execute('UPDATE payment_token SET create_date = now()')
        self.env.invalidate_all()
        self.bank.remove_binding(self.token.provider_ref)

        self.check()

        self.assertTrue(self.token.active)

    def test_what_is_on_file_elsewhere_is_not_asked_about(self):
        self.token.sberbank_place = 'https://other.example/'

        self.assertEqual(self.check(), 0)

        self.assertTrue(self.token.active)

    def test_what_was_removed_here_is_asked_about_no_more(self):
        self.token.active = False

        self.assertEqual(self.check(), 0)

        self.assertFalse(self.token.sberbank_check_at)


class ChargingTests:
    def setUp(self):
        super().setUp()
        self.token = self.save_card()

    def test_it_is_charged_once_and_booked(self):
        invoice = self.create_invoice(50)

        tx = self.charge(self.token, invoice_ids=[Command.set(invoice.ids)])
        self.again(tx)
        self.run_job('ir_cron_book_payments')

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertEqual(len(self.calls('paymentOrderBinding')), 1)
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        self.assertEqual(tx.payment_id.amount, 50)

    def test_nothing_is_asked_before_it_is_committed(self):
        tx = self.create_token_tx(self.token, 50, 'offline')
        before = len(self.calls())

        tx._charge_with_token()

        self.assertEqual((tx.state, len(self.calls())), ('pending', before))
        self.assertFalse(tx._sberbank_can_open_page())

    def test_lost_answers_charge_nothing_twice(self):
        for method in ('register', 'paymentOrderBinding', 'getOrderStatusExtended', 'getBindings'):
            with self.subTest(method):
                before = len(self.orders())
                self.faults({'fault': 'drop_response_after_commit', 'method': method, 'times': 1})

                tx = self.charge(self.token)
                if tx.state != 'done':
                    self.again(tx)

                self.assertEqual(tx.state, 'done')
                self.assertEqual(self.get_taken()[before:].count(5000), 1)

    def test_a_bank_that_is_down_is_asked_later(self):
        self.faults({'fault': 'http503', 'method': 'paymentOrderBinding', 'times': 1})

        tx = self.charge(self.token)
        self.assertEqual((tx.state, self.get_reasons(tx)), ('pending', []))
        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_one_that_is_removed_while_the_bank_is_down_is_not_charged(self):
        self.faults({'fault': 'http503', 'method': 'paymentOrderBinding', 'times': 1})
        tx = self.charge(self.token)
        self.token.active = False

        self.again(tx)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertEqual(self.get_taken(), [10000, 0])

    def test_the_same_money_is_not_charged_twice(self):
        invoice = self.create_invoice(50)
        values = {'invoice_ids': [Command.set(invoice.ids)]}
        self.charge(self.token, 20, **values)
        waiting = self.create_token_tx(self.token, 30, 'offline', **values)
        waiting._charge_with_token()

        with self.assertRaises(UserError):
            self.create_token_tx(self.token, 30, 'offline', **values)._charge_with_token()
        self.run_job('ir_cron_charge_cards')
        self.run_job('ir_cron_book_payments')
        with self.assertRaises(UserError):
            self.create_token_tx(self.token, 1, 'offline', **values)._charge_with_token()

        self.assertEqual(self.get_taken(), [10000, 2000, 3000])
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_what_is_paid_while_the_bank_is_down_is_not_charged(self):
        for method in ('register', 'paymentOrderBinding'):
            with self.subTest(method):
                before = sum(self.get_taken())
                invoice = self.create_invoice(50)
                self.faults({'fault': 'http503', 'method': method, 'times': 1})
                tx = self.charge(self.token, invoice_ids=[Command.set(invoice.ids)])
                self.pay_in_cash(invoice)

                self.again(tx)

                self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
                self.assertIn('Less is left to pay', tx.sberbank_attention_ids.details)
                self.assertEqual(sum(self.get_taken()), before)
                self.assertTrue(self.token.active)

    def pay_in_cash(self, invoice):
        cash = self.env['account.journal'].search([('type', '=', 'cash')], limit=1)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({'journal_id': cash.id}).action_create_payments()

    def test_an_invoice_that_was_withdrawn_is_not_charged(self):
        self.faults({'fault': 'http503', 'method': 'paymentOrderBinding', 'times': 1})
        invoice = self.create_invoice(50)
        tx = self.charge(self.token, invoice_ids=[Command.set(invoice.ids)])
        invoice.button_draft()

        self.again(tx)

        self.assertEqual((tx.state, self.get_taken()), ('cancel', [10000, 0]))

    def test_the_invoice_of_a_subscription_is_charged_before_it_is_posted(self):
        invoice = self.create_invoice(50, post=False)

        tx = self.charge(self.token, invoice_ids=[Command.set(invoice.ids)])

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))

    def test_what_never_got_to_the_bank_is_given_up_after_a_day(self):
        self.faults({'fault': 'http503'})
        tx = self.charge(self.token)
        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - timedelta(days=2), tx.id],
        )

        self.again(tx)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertFalse(tx.sberbank_charge_at)

    def test_declines_are_told_apart(self):
        for code, is_dead, words in (
            (116, False, 'again later'),
            (120, False, 'in person'),
            (43, True, 'another one'),
        ):
            for told in ('error', 'accepted'):
                with self.subTest(code=code, told=told):
                    self.set_up_merchant(declined_charge=told)
                    token = self.save_card()
                    before = sum(self.get_taken())
                    self.bank.set_binding(token.provider_ref, actionCode=code, times=1)

                    tx = self.charge(token)
                    self.again(tx)

                    self.assertEqual(tx.state, 'cancel')
                    self.assertIn(words, tx.state_message)
                    self.assertNotIn(str(code), tx.state_message)
                    self.assertEqual(self.get_reasons(tx), ['charge_failed'])
                    self.assertIn(str(code), tx.sberbank_attention_ids.details)
                    self.assertEqual((token.active, sum(self.get_taken())), (not is_dead, before))

    def test_staff_are_told_of_a_decline_that_was_heard_by_asking(self):
        self.bank.set_binding(self.token.provider_ref, actionCode=116)
        lost = 'drop_response_after_commit'
        self.faults(
            {'fault': lost, 'method': 'paymentOrderBinding', 'times': 1},
            {'fault': lost, 'method': 'getOrderStatusExtended'},  # However often it is put again.
        )
        tx = self.charge(self.token)
        self.assertEqual(tx.state, 'pending')
        self.faults()
        self.bank.expire(tx.provider_reference)
        self.refresh(tx)

        self.again(tx)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))

    def test_a_card_that_is_dead_is_out_of_use_though_the_worker_that_heard_of_it_died(self):
        self.bank.set_binding(self.token.provider_ref, actionCode=43)
        charges = self.env.registry['payment.transaction']
        with patch.object(charges, '_sberbank_fail_charge', return_value=None):
            tx = self.charge(self.token)
        self.assertEqual((tx.state, self.token.active), ('cancel', True))

        self.again(tx)

        self.assertEqual((self.get_reasons(tx), self.token.active), (['charge_failed'], False))

    def test_one_that_the_bank_has_no_more_is_out_of_use(self):
        self.bank.remove_binding(self.token.provider_ref, by='payer')

        tx = self.charge(self.token)

        self.assertEqual((tx.state, self.token.active), ('cancel', False))
        self.assertEqual(self.get_reasons(tx), ['charge_failed'])
        self.assertEqual(self.get_taken(), [10000])

    def test_a_contract_without_such_charges_says_so_to_staff(self):
        self.set_up_merchant(permissions={'bindings': True})

        tx = self.charge(self.token)

        self.assertEqual((tx.state, self.get_reasons(tx)), ('cancel', ['charge_failed']))
        self.assertTrue(self.token.active)
        self.assertEqual(sum(self.get_taken()), 10000)

    def test_a_shop_that_wants_no_such_charges_makes_none(self):
        self.provider.sberbank_charges_without_payer = False

        tx = self.charge(self.token)

        self.assertEqual((tx.state, len(self.orders())), ('error', 1))

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
        self.assertEqual(tx.state, 'pending')
        self.run_job('ir_cron_charge_cards')
        self.run_job('ir_cron_book_payments')

        self.assertEqual((tx.state, self.get_taken()), ('done', [10000, 5000]))
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        payments = self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)])
        self.assertEqual(sorted(payments.mapped('state')), ['canceled', tx.payment_id.state])


class TestSavingInTheOlderGateway(SavingTests, CardCase):
    dialect = 'rbs'


class TestSavingInTheNewerGateway(SavingTests, CardCase):
    dialect = 'ecom'


class TestPayingInTheOlderGateway(PayingTests, CardCase):
    dialect = 'rbs'


class TestPayingInTheNewerGateway(PayingTests, CardCase):
    dialect = 'ecom'


class TestWhose(WhoseTests, CardCase):
    dialect = 'rbs'


class TestRemovingInTheOlderGateway(RemovingTests, CardCase):
    dialect = 'rbs'


class TestRemovingInTheNewerGateway(RemovingTests, CardCase):
    dialect = 'ecom'


class TestCheckingInTheOlderGateway(CheckingTests, CardCase):
    dialect = 'rbs'


class TestCheckingInTheNewerGateway(CheckingTests, CardCase):
    dialect = 'ecom'


class TestChargingInTheOlderGateway(ChargingTests, CardCase):
    dialect = 'rbs'


class TestChargingInTheNewerGateway(ChargingTests, CardCase):
    dialect = 'ecom'
