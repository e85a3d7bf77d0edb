"""What the wizard refuses, the method refuses too: a billing user at the RPC interface."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from .bankside import BankCase
from .common import SberbankCommon, SberbankHttpCommon

BILLING = ('base.group_user', 'account.group_account_invoice')


class BillingCase(SberbankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls.create_user('billing', *BILLING)
        cls.administrator = cls.create_user('administrator', *BILLING, 'base.group_system')

    def prepare_tx(self, **values):
        """Return the values of a transaction as somebody would make it up.

        Odoo lets administrators alone: others may not read which provider it is of.
        """
        return {
            'provider_id': self.provider.id,
            'payment_method_id': self.env.ref('payment.payment_method_card').id,
            'amount': 100,
            'currency_id': self.roubles.id,
            'partner_id': self.customer.id,
            'operation': 'offline',
            **values,
        }


class TestRefundsByRpc(BillingCase):
    def test_only_what_is_left_can_be_returned_whoever_asks(self):
        tx = self.create_tx(77)
        self.pay(tx)
        before = self.env['payment.transaction'].search_count([])

        amounts = (-1_000_000, -100, -0.001, 0, 0.001, 0.004, 77.01, 1_000_000)
        for amount in (*amounts, float('nan'), float('inf'), '5', [5], {}):
            with self.subTest(amount=amount), self.assertRaises(ValidationError):
                tx.with_user(self.billing).action_refund(amount_to_refund=amount)

        self.assertEqual(self.env['payment.transaction'].search_count([]), before)

    def test_what_was_returned_is_not_left(self):
        tx = self.create_tx(100)
        self.pay(tx)
        tx._create_child_transaction(60, is_refund=True)._set_done()

        with self.assertRaisesRegex(ValidationError, '40.00'):
            tx.with_user(self.billing).action_refund(amount_to_refund=40.01)

    def test_no_refund_is_made_up(self):
        tx = self.create_tx(77)
        self.pay(tx)

        for amount, source, error in (
            (-78, tx, ValidationError),
            (5, tx, ValidationError),
            (0, tx, ValidationError),
            (-5, tx.browse(), ValidationError),
            (-5, tx, AccessError),
        ):
            values = self.prepare_tx(
                amount=amount,
                operation='refund',
                source_transaction_id=source.id,
                payment_method_id=tx.payment_method_id.id,
            )
            for user in (self.billing, self.administrator):
                with (
                    self.subTest(amount=amount, source=source, user=user.login),
                    self.assertRaises(error if user == self.administrator else AccessError),
                ):
                    self.create_as(user, values)
        self.assertFalse(tx.child_transaction_ids)

    def create_as(self, user, values):
        self.env.invalidate_all()  # What somebody else has read is not there.
        return self.env['payment.transaction'].with_user(user).create(values)


class TestTiesByRpc(BillingCase):
    def test_nobody_changes_what_ties_a_transaction_to_its_order(self):
        paid, draft = self.create_tx(100), self.create_tx(100)
        self.pay(paid)

        for values in (
            {'sberbank_order_number': 'N-1'},
            {'provider_reference': paid.provider_reference},
            {'sberbank_form_url': 'https://evil.example/'},
            {'state': 'done'},
            {'amount': 1},
            {'currency_id': self.env.ref('base.USD').id},
            {'is_live': True},
            {'provider_id': self.env['payment.provider'].search([], limit=1).id},
            {'sberbank_is_topup': True},
            {'sberbank_turn_at': '2026-01-01'},
            {'is_post_processed': True},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                draft.with_user(self.billing).write(values)

    def test_a_context_is_no_key(self):
        draft = self.create_tx(100)

        for context in (
            {'sberbank_booking': True},
            {'sberbank_topup': True},
            {'install_mode': True},
        ):
            with self.subTest(context), self.assertRaises(AccessError):
                draft.with_user(self.billing).with_context(**context).write({'state': 'done'})

    def test_no_transaction_is_made_up_with_a_history(self):
        administrator = self.env['payment.transaction'].with_user(self.administrator)
        paid = self.create_tx(100)

        for claim in (
            {'state': 'done'},
            {'provider_reference': 'x'},
            {'is_post_processed': True},
            {'source_transaction_id': paid.id},
            {'sberbank_order_number': 'N-2'},
            {'sberbank_is_topup': True},
        ):
            by_context = {f'default_{name}': value for name, value in claim.items()}
            with self.subTest(claim), self.assertRaises(AccessError):
                administrator.create(self.prepare_tx(**claim))
            with self.subTest(by_context), self.assertRaises(AccessError):
                administrator.with_context(**by_context).create(self.prepare_tx())
        with self.assertRaises(AccessError):
            administrator.with_context(sberbank_topup=True).create(self.prepare_tx())
        self.assertEqual(administrator.create(self.prepare_tx()).state, 'draft')

    def test_what_another_provider_was_paid_becomes_no_payment_of_the_bank(self):
        other = self.env['payment.provider'].search([('code', '=', 'none')], limit=1)
        foreign = self.env['payment.transaction'].create(
            self.prepare_tx(provider_id=other.id, state='done')
        )

        for values in (
            {'provider_id': self.provider.id},
            {'sberbank_order_number': 'N-1'},
            {'sberbank_turn_at': '2026-01-01'},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                foreign.with_user(self.administrator).write(values)
        foreign.with_user(self.administrator).state_message = 'Theirs'

    def test_what_the_bank_knows_of_is_deleted_by_nobody(self):
        ordered = self.create_tx(100)
        never_ordered = self.create_tx(100, sberbank_order_number=False)

        with self.assertRaisesRegex(UserError, 'The bank knows'):
            ordered.with_user(self.administrator).unlink()
        never_ordered.with_user(self.administrator).unlink()

        self.assertTrue(ordered.exists())

    @mute_logger('odoo.sql_db')
    def test_one_order_of_the_bank_is_one_transaction(self):
        paid, other = self.create_tx(100), self.create_tx(100)

        with self.assertRaises(Exception) as caught:
            other.provider_reference = paid.provider_reference
            other.flush_recordset()

        self.assertIn('sberbank_order_id_uniq', str(caught.exception))

    def test_what_is_not_ours_stays_as_odoo_has_it(self):
        tx = self.create_tx(100)

        tx.with_user(self.billing).write({'partner_name': 'Anna'})

        self.assertEqual(tx.partner_name, 'Anna')

    def test_no_hold_is_ended_where_there_is_none(self):
        for state in ('draft', 'pending', 'done', 'cancel', 'error'):
            tx = self.create_tx(100, state=state)
            for method in ('_capture', '_void'):
                with (
                    self.subTest(state=state, method=method),
                    self.assertRaisesRegex(UserError, 'holds no money'),
                ):
                    getattr(tx, method)()

    def test_no_more_than_is_held_is_taken(self):
        tx = self.create_tx(100, state='authorized')
        for amount in (-1, 0, 100.01, 101):
            with self.subTest(amount=amount), self.assertRaisesRegex(UserError, 'Take no more'):
                tx._capture(amount)

    def test_nobody_tags_a_payment(self):
        tags = {'sberbank_account_id': self.article.id}
        payments = self.env['account.payment'].with_user(self.billing)
        values = {'amount': 1, 'partner_id': self.customer.id}

        with self.assertRaises(AccessError):
            payments.create({**values, **tags})
        with self.assertRaises(AccessError):
            payments.with_context(default_sberbank_account_id=self.article.id).create(values)
        self.assertFalse(payments.create(values).sberbank_account_id)

    def test_a_link_for_no_number_of_roubles_is_none(self):
        for amount in (float('inf'), -float('inf'), float('nan'), 1e15, -5):
            with self.subTest(amount):
                wizard = self.env['sberbank.topup.link'].new({
                    'partner_id': self.customer.id,
                    'amount': amount,
                })
                self.assertTrue(wizard.warning_message)
                self.assertFalse(wizard.link)


class TestPages(BankCase):
    def test_a_page_of_another_gateway_is_opened_for_nobody(self):
        tx = self.create_registered_tx(100)
        tx.sberbank_form_url = 'https://evil.example/payment'

        with self.assertRaises(gateway.WrongSettings):
            self.open_page(tx)

    def test_no_order_is_registered_at_the_other_gateway(self):
        tx = self.create_new_tx(100)
        tx.is_live = True

        with self.assertRaises(gateway.WrongSettings):
            self.open_page(tx)

        self.assertFalse(self.calls('register'))


class TestWhatTheBankLeavesOut(SberbankCommon):
    def test_an_unknown_refund_is_not_none(self):
        tx = self.create_tx(100)

        self.bank_says(tx, gateway.OrderStatus.REFUNDED)

        self.assertEqual(tx.state, 'done')
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['refunded'])
        self.assertIn('does not say how much', tx.sberbank_attention_ids.details)

    def test_an_unknown_refund_may_be_the_one_that_was_just_sent(self):
        tx = self.create_tx(100)
        self.bank_says(tx)
        tx.sberbank_refund_sent_at = fields.Datetime.now()

        self.bank_says(tx, gateway.OrderStatus.REFUNDED)
        self.assertFalse(tx.sberbank_attention_ids)

        tx.sberbank_refund_sent_at -= timedelta(days=1)
        self.bank_says(tx, gateway.OrderStatus.REFUNDED)
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['refunded'])


class TestWhatIsOffered(SberbankHttpCommon):
    @mute_logger('odoo.http')
    def test_a_customer_uses_no_provider_that_is_not_published(self):
        self.provider.is_published = False
        invoice = self.create_invoice(250)

        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f'/invoice/transaction/{invoice.id}',
                {
                    'access_token': invoice._portal_ensure_token(),
                    'provider_id': self.provider.id,
                    'payment_method_id': self.env.ref('payment.payment_method_card').id,
                    'token_id': None,
                    'amount': 250,
                    'flow': 'redirect',
                    'tokenization_requested': False,
                    'landing_route': '/my',
                },
            )

        self.assertFalse(invoice.transaction_ids)
