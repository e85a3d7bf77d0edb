"""A hold that is taken in several parts: each is booked once, and the rest stays held."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError

from odoo.addons.payment_sberbank import gateway

from .test_operations import LOST_AFTER, LOST_BEFORE, OperationCase
from .test_receipts_at_bank import ReceiptsAtBank


class CaptureCase(OperationCase):
    """A shop whose contract lets holds of 100.50 be taken in parts."""

    def setUp(self):
        super().setUp()
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.write({'capture_manually': True, 'sberbank_captures_in_parts': True})

    def set_up_merchant(self, **settings):
        permissions = {'multi_completion': self.dialect == 'rbs'}
        super().set_up_merchant(**{'permissions': permissions, **settings})

    def create_held_tx(self, **values):
        tx = self.create_registered_tx(100.5, **values)
        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')
        self.assertEqual(tx.state, 'authorized')
        return tx

    def capture(self, tx, amount, *, void=False):
        self.act(tx, 'action_capture', amount_to_capture=amount, void_remaining_amount=void)
        tx.invalidate_recordset()

    def refuse(self, reason, tx, action, *args, **values):
        """Press a button that refuses, and keep what was committed by then, as the server does."""
        with self.as_worker() as env, self.assertRaisesRegex(UserError, reason):
            answer = getattr(tx.with_env(env).with_context(tx.env.context), action)(*args)
            wizard = env['payment.capture.wizard'].with_context(answer['context'])
            wizard.create(values).action_capture()
        tx.invalidate_recordset()

    def get_parts(self, tx):
        """Return the sums of the parts of a hold that are recorded, the oldest first."""
        tx.invalidate_recordset()
        return tx._sberbank_get_captures().sorted('id').mapped('amount')

    def get_order(self, tx):
        return self.bank.order(tx.provider_reference)

    def book(self):
        self.run_job('ir_cron_book_payments')

    def get_booked(self, tx):
        """Return the sums of the payments in the ledger, by the part."""
        payments = tx._sberbank_get_captures().sorted('id').payment_id
        self.assertFalse(tx.payment_id)
        self.assertEqual(set(payments.move_id.mapped('state')) - {'posted'}, set())
        return payments.mapped('amount')


class TestCaptures(CaptureCase):
    def test_what_a_window_has_shown_is_known_only_if_it_is_a_number(self):
        tx = self.create_held_tx()
        self.capture(tx, 30)

        for context, known in (
            ({str(tx.id): 1000}, 1000),
            ({str(tx.id): '1000'}, 3000),
            ({str(tx.id): None}, 3000),
            ({}, 3000),
            ('1000', 3000),
        ):
            with self.subTest(context=context):
                told = tx.with_context(sberbank_captured=context)
                self.assertEqual(told._sberbank_recall_captured(), known)

    def test_a_hold_is_taken_part_by_part(self):
        invoice = self.create_invoice(100.5)
        tx = self.create_held_tx(invoices=invoice)

        self.capture(tx, 40)
        self.book()

        self.assertEqual(tx.state, 'authorized')
        self.assertEqual(self.get_order(tx)['depositedAmount'], 4000)
        self.assertEqual(self.get_booked(tx), [40])
        self.assertEqual(invoice.amount_residual, 60.5)

        self.capture(tx, 20.25)
        self.capture(tx, 40.25)
        self.book()

        self.assertEqual((tx.state, tx.amount), ('done', 100.5))
        self.assertEqual(self.get_order(tx)['state'], 'DEPOSITED')
        self.assertEqual(self.get_booked(tx), [40, 20.25, 40.25])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertTrue(tx.is_post_processed)
        self.assertFalse((tx | tx.child_transaction_ids).sberbank_attention_ids)
        self.assertEqual(self.count('deposit'), 3)

    def test_after_a_part_the_rest_is_voided(self):
        invoice = self.create_invoice(100.5)
        tx = self.create_held_tx(invoices=invoice)
        self.capture(tx, 40)

        self.act(tx, 'action_void')
        self.book()

        tx.invalidate_recordset()
        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertEqual(tx.sberbank_ordered_amount, 100.5)
        self.assertEqual(self.get_booked(tx), [40])
        self.assertEqual(invoice.amount_residual, 60.5)
        order = self.get_order(tx)
        self.assertEqual((order['state'], order['depositedAmount']), ('DEPOSITED', 4000))
        # What the bank says later is compared with what was taken.
        self.act(tx, '_sberbank_refresh')
        self.assertFalse((tx | tx.child_transaction_ids).sberbank_attention_ids)

    def test_a_part_is_taken_and_the_rest_voided_by_one_click(self):
        tx = self.create_held_tx()

        self.capture(tx, 40, void=True)

        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual((self.count('deposit'), self.count('reverse')), (1, 1))

    def test_all_of_a_hold_is_taken_at_once_without_a_part(self):
        tx = self.create_held_tx()

        self.act(tx, 'action_capture')
        self.book()

        tx.invalidate_recordset()
        self.assertEqual(tx.state, 'done')
        self.assertFalse(tx.child_transaction_ids)
        self.assertEqual(tx.payment_id.amount, 100.5)

    def test_a_hold_is_released_as_a_whole(self):
        tx = self.create_held_tx()

        self.act(tx, 'action_void')

        tx.invalidate_recordset()
        self.assertEqual(tx.state, 'cancel')

    def test_a_top_up_is_booked_part_by_part(self):
        self.provider.write({
            'sberbank_payment_type_id': self.type_direct.id,
            'sberbank_account_id': self.article.id,
        })
        tx = self.create_held_tx()

        self.capture(tx, 40)
        self.capture(tx, 60.5)
        self.book()

        self.assertEqual(self.get_booked(tx), [40, 60.5])
        receipts = tx._sberbank_get_captures().invoice_ids
        self.assertEqual(sorted(receipts.mapped('amount_total')), [40, 60.5])

    def test_no_more_than_is_left_is_taken(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)

        with self.assertRaises(UserError):
            self.capture(tx, 60.51)
        for amount in (60.51, 0, -1, 0.001):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.act(tx, '_capture', amount)

        self.assertEqual(self.count('deposit'), 1)
        self.assertEqual(self.get_parts(tx), [40])

    def test_without_the_permission_a_part_is_refused_before_the_bank_is_asked(self):
        self.provider.sberbank_captures_in_parts = False
        tx = self.create_held_tx()

        with self.assertRaisesRegex(UserError, 'voided'):
            self.capture(tx, 40)

        self.assertFalse(self.calls('deposit'))

    def test_a_contract_that_does_not_allow_it_after_all_leaves_the_books_right(self):
        self.set_up_merchant(permissions={'multi_completion': False})
        tx = self.create_held_tx()

        self.capture(tx, 40)
        self.book()

        tx.invalidate_recordset()
        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertEqual(tx.payment_id.amount, 40)
        self.assertFalse(tx.child_transaction_ids)
        self.assertFalse(tx.sberbank_attention_ids)

    def test_a_contract_that_does_not_allow_it_releases_the_rest_as_it_was_asked_to(self):
        self.set_up_merchant(permissions={'multi_completion': False})
        tx = self.create_held_tx()

        self.capture(tx, 40, void=True)

        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertEqual(self.count('reverse'), 0)

    def test_a_refusal_takes_nothing_and_another_part_may_be_sent_at_once(self):
        tx = self.create_held_tx()
        self.faults({'fault': 'permission_denied', 'method': 'deposit', 'times': 1})
        self.refuse('The bank refused', tx, 'action_capture', amount_to_capture=40)
        self.assertEqual(self.get_parts(tx), [])

        self.capture(tx, 30)

        self.assertEqual(self.get_parts(tx), [30])


class TestLostAnswers(CaptureCase):
    def test_a_part_whose_answer_is_lost_is_known_all_the_same(self):
        for fault in LOST_AFTER:
            with self.subTest(fault=fault):
                tx = self.create_held_tx()
                self.capture(tx, 30)
                before = self.count('deposit')
                self.faults({**fault, 'method': 'deposit', 'times': 1})

                self.capture(tx, 40)

                self.assertEqual(self.get_parts(tx), [30, 40])
                self.assertEqual(self.count('deposit'), before + 1)

    def test_a_part_is_found_later_if_the_bank_fell_silent(self):
        tx = self.create_held_tx()

        def fall_silent(*_args, **_options):
            raise gateway.Unavailable('Silence.', may_have_reached=True)

        model = self.env.registry['payment.transaction']
        with patch.object(model, '_sberbank_refresh', fall_silent):
            self.refuse('not known yet', tx, 'action_capture', amount_to_capture=40)
        self.assertEqual(self.get_order(tx)['depositedAmount'], 4000)
        self.assertEqual(self.get_parts(tx), [])

        # The same click again finds it, and takes nothing more.
        self.capture(tx, 40)
        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual(self.count('deposit'), 1)

    def test_the_job_finds_a_part_whose_answer_nobody_has_heard(self):
        tx = self.create_held_tx()

        def fall_silent(*_args, **_options):
            raise gateway.Unavailable('Silence.', may_have_reached=True)

        model = self.env.registry['payment.transaction']
        with patch.object(model, '_sberbank_refresh', fall_silent):
            self.refuse('not known yet', tx, 'action_capture', amount_to_capture=40)
        self.assertLessEqual(tx.sberbank_next_ask_at, fields.Datetime.now() + timedelta(minutes=2))

        with freeze_time(fields.Datetime.now() + timedelta(minutes=3)):
            self.run_job('ir_cron_ask_bank')
        self.book()

        self.assertEqual(self.get_booked(tx), [40])
        self.assertEqual((tx.state, tx.sberbank_part_sent_at), ('authorized', False))

    def test_while_it_is_not_known_what_came_of_a_part_no_other_is_sent(self):
        for fault in LOST_BEFORE:
            with self.subTest(fault=fault):
                tx = self.create_held_tx()
                self.faults({'fault': fault, 'method': 'deposit', 'times': 1})
                self.refuse('not known yet', tx, 'action_capture', amount_to_capture=40)
                before = self.count('deposit')

                for act, values in (
                    ('action_capture', {'amount_to_capture': 40}),
                    ('action_capture', {}),
                    ('action_void', {}),
                ):
                    self.refuse('Try again after', tx, act, **values)
                self.assertEqual((self.count('deposit'), self.count('reverse')), (before, 0))

                with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
                    self.capture(tx, 40)
                self.assertEqual(self.get_parts(tx), [40])

    def test_a_release_whose_answer_is_lost_is_known_all_the_same(self):
        for fault in LOST_AFTER:
            with self.subTest(fault=fault):
                tx = self.create_held_tx()
                self.capture(tx, 40)
                before = self.count('reverse')
                self.faults({**fault, 'method': 'reverse', 'times': 1})

                self.act(tx, 'action_void')

                tx.invalidate_recordset()
                self.assertEqual((tx.state, tx.amount), ('done', 40))
                self.assertEqual(self.count('reverse'), before + 1)

    def test_an_answer_that_was_under_way_for_long_changes_nothing(self):
        tx = self.create_held_tx()
        orders = []
        for amount in (30, 40):
            with self.as_worker() as env:
                orders.append(tx.with_env(env)._sberbank_ask())
            self.capture(tx, amount)

        for order in orders:
            with self.as_worker() as env:
                tx.with_env(env)._sberbank_apply(order)

        self.assertEqual(self.get_parts(tx), [30, 40])
        self.assertEqual(tx.state, 'authorized')
        self.assertFalse(tx.sberbank_attention_ids)


class TestClicks(CaptureCase):
    def test_the_same_click_twice_takes_one_part(self):
        tx = self.create_held_tx()
        with self.as_worker() as env:
            context = tx.with_env(env).action_capture()['context']
            wizard = env['payment.capture.wizard'].with_context(context)
            wizard_id = wizard.create({'amount_to_capture': 40}).id
        for _click in range(2):
            with self.as_worker() as env:
                wizard = env['payment.capture.wizard'].with_context(context).browse(wizard_id)
                wizard.action_capture()

        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual(self.count('deposit'), 1)

    def test_a_window_that_was_opened_before_somebody_took_a_part_takes_nothing(self):
        tx = self.create_held_tx()
        with self.as_worker() as env:
            context = tx.with_env(env).action_capture()['context']
        self.capture(tx, 40)

        with self.as_worker() as env, self.assertRaisesRegex(UserError, 'taken meanwhile'):
            wizard = env['payment.capture.wizard'].with_context(context)
            wizard.create({'amount_to_capture': 30}).action_capture()

        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual(self.count('deposit'), 1)

    def test_of_two_workers_at_once_one_takes_a_part(self):
        tx = self.create_held_tx()
        deposit, refusals = gateway.GatewayClient.deposit, []

        def meet(client, *args, **options):
            for act, values in (('_capture', [30]), ('_capture', [40]), ('_void', [])):
                with self.assertRaisesRegex(UserError, 'not known yet') as caught:
                    self.act(tx, act, *values)
                refusals.append(caught.exception)
            return deposit(client, *args, **options)

        with patch.object(gateway.GatewayClient, 'deposit', meet):
            self.capture(tx, 40)

        self.assertEqual(len(refusals), 3)
        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual((self.count('deposit'), self.count('reverse')), (1, 0))


class TestTheBanksCabinet(CaptureCase):
    def test_a_part_that_was_taken_in_the_cabinet_is_booked_and_noticed_by_the_next_click(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        self.bank.deposit(tx.provider_reference, 1025)

        self.refuse('taken meanwhile', tx, 'action_capture', amount_to_capture=20)
        self.book()

        self.assertEqual(self.get_booked(tx), [40, 10.25])
        self.assertEqual(self.count('deposit'), 1)

    def test_what_the_cabinet_takes_first_is_followed(self):
        tx = self.create_held_tx()
        self.bank.deposit(tx.provider_reference, 1025)

        self.act(tx, '_sberbank_refresh')
        self.act(tx, '_sberbank_refresh')

        self.assertEqual(self.get_parts(tx), [10.25])
        self.assertEqual(tx.state, 'authorized')

    def test_what_the_cabinet_takes_is_a_persons_decision_where_holds_are_taken_once(self):
        self.provider.sberbank_captures_in_parts = False
        tx = self.create_held_tx()
        self.bank.deposit(tx.provider_reference, 1025)

        self.act(tx, '_sberbank_refresh')

        self.assertEqual(self.get_parts(tx), [])
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['mismatch'])

    def test_the_cabinet_takes_the_rest(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        self.bank.deposit(tx.provider_reference)

        self.act(tx, '_sberbank_refresh')

        self.assertEqual(self.get_parts(tx), [40, 60.5])
        self.assertEqual((tx.state, tx.amount), ('done', 100.5))

    def test_a_hold_that_was_first_heard_of_after_a_part_of_it_was_taken(self):
        tx = self.create_registered_tx(100.5)
        self.bank.pay(tx.provider_reference)
        self.bank.deposit(tx.provider_reference, 4000)

        self.act(tx, '_sberbank_refresh')

        self.assertEqual(self.get_parts(tx), [40])
        self.assertEqual(tx.state, 'authorized')

    def test_a_setting_that_was_switched_off_ends_no_hold_that_was_begun(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        self.provider.sberbank_captures_in_parts = False

        with self.assertRaisesRegex(UserError, 'voided'):
            self.capture(tx, 20)
        self.act(tx, 'action_capture')

        self.assertEqual(self.get_parts(tx), [40, 60.5])
        self.assertEqual(tx.state, 'done')

    def test_the_rest_is_let_go_by_the_card_s_bank(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        self.bank.reverse(tx.provider_reference)

        self.act(tx, '_sberbank_refresh')
        self.book()

        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertEqual(self.get_booked(tx), [40])
        self.assertFalse(tx.sberbank_attention_ids)

    def test_staff_are_told_of_what_is_left_of_a_hold_that_is_about_to_end(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        with freeze_time(fields.Datetime.now() + timedelta(days=4, hours=1)):
            self.act(tx, '_sberbank_refresh')

        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['hold_waiting'])
        self.assertIn('60.50', tx.sberbank_attention_ids.details)

    def test_a_bank_that_tells_no_sums_is_asked_for_no_part(self):
        self.set_up_merchant(missing_blocks=['paymentAmountInfo'])
        tx = self.create_held_tx()

        self.refuse('does not tell how much', tx, 'action_capture', amount_to_capture=40)

        self.assertFalse(self.calls('deposit'))
        self.assertEqual(tx.state, 'authorized')

    def test_a_bank_that_tells_no_sums_any_more_is_not_followed_until_it_does(self):
        tx = self.create_held_tx()
        self.capture(tx, 40)
        self.bank.deposit(tx.provider_reference)
        self.set_up_merchant(missing_blocks=['paymentAmountInfo'])

        self.act(tx, '_sberbank_refresh')
        self.assertEqual(tx.state, 'error')
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['mismatch'])
        self.assertEqual(self.get_parts(tx), [40])

        self.set_up_merchant()
        self.act(tx, '_sberbank_refresh')
        self.assertEqual((tx.state, self.get_parts(tx)), ('done', [40, 60.5]))
        self.assertFalse(tx.sberbank_needs_attention)

    def test_sums_that_can_be_meant_in_two_ways_are_a_persons_decision(self):
        tx = self.create_held_tx()
        self.capture(tx, 60)
        with self.as_worker() as env:
            status = int(gateway.OrderStatus.REFUNDED)
            said = self.order(tx, status, amount=10050, deposited_amount=8000, refunded_amount=2050)
            tx.with_env(env)._sberbank_apply(said)

        self.assertEqual(self.get_parts(tx), [60])
        self.assertEqual(tx.state, 'error')
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['mismatch'])


class TestRefundsOfParts(CaptureCase):
    def take(self, *amounts, **values):
        tx = self.create_held_tx(**values)
        for amount in amounts:
            self.capture(tx, amount)
        self.book()
        return tx

    def refund(self, capture, amount):
        """Refund by Odoo's own dialog of the payment."""
        with self.as_worker() as env:
            env['payment.refund.wizard'].create({
                'payment_id': capture.payment_id.id,
                'amount_to_refund': amount,
            }).action_refund()
        capture.invalidate_recordset()
        return capture.child_transaction_ids.sorted('id')[-1:]

    def test_each_part_is_refunded_by_itself(self):
        tx = self.take(40, 60.5)
        first, second = tx._sberbank_get_captures().sorted('id')

        refund = self.refund(second, 60)
        self.book()
        other = self.refund(first, 40)
        self.book()

        self.assertEqual((refund | other).mapped('state'), ['done', 'done'])
        self.assertEqual(self.get_order(tx)['refundedAmount'], 10000)
        self.assertEqual((refund | other).payment_id.mapped('amount'), [60, 40])
        self.assertEqual(first.payment_id.amount_available_for_refund, 0)
        self.assertEqual(second.payment_id.amount_available_for_refund, 0.5)
        self.assertEqual((refund | other).payment_id.source_payment_id, (first | second).payment_id)
        self.act(tx, '_sberbank_refresh')
        self.assertEqual(len(tx._sberbank_get_returns()), 2)
        self.assertFalse(tx.sberbank_attention_ids)

    def test_no_more_than_a_part_is_refunded_of_it(self):
        tx = self.take(40, 60.5)
        first = tx._sberbank_get_captures().sorted('id')[0]

        with self.assertRaises(ValidationError):
            self.refund(first, 40.01)
        with self.assertRaisesRegex(ValidationError, '40.00'):
            self.act(first, 'action_refund', 40.01)
        with self.assertRaisesRegex(ValidationError, 'payments of the parts'):
            self.act(tx, 'action_refund', 40)

        self.assertFalse(self.calls('refund'))

    def test_nothing_is_refunded_while_the_rest_is_held(self):
        tx = self.take(40)

        with self.assertRaisesRegex(ValidationError, 'still held'):
            self.refund(tx._sberbank_get_captures(), 10)

        self.assertFalse(self.calls('refund'))

    def test_the_only_part_of_a_hold_goes_back_as_a_whole(self):
        tx = self.take(40)
        self.act(tx, 'action_void')
        tx.invalidate_recordset()

        refund = self.refund(tx._sberbank_get_captures(), 40)

        self.assertEqual(refund.state, 'done')
        self.act(tx, '_sberbank_refresh')
        self.assertEqual(tx._sberbank_get_returns(), refund)

    def test_a_refund_whose_answer_is_lost_is_made_once(self):
        for fault in LOST_AFTER:
            with self.subTest(fault=fault):
                tx = self.take(40, 60.5)
                first, second = tx._sberbank_get_captures().sorted('id')
                self.faults({**fault, 'method': 'refund', 'times': 1})

                refund = self.refund(first, 15)
                self.assertEqual(refund.state, 'pending')
                self.act(tx, '_sberbank_refresh')
                self.book()
                self.refund(second, 15)

                self.assertEqual(refund.state, 'done')
                self.assertEqual(refund.payment_id.amount, 15)
                self.assertEqual(self.get_order(tx)['refundedAmount'], 3000)

    def test_two_refunds_of_one_order_at_once_have_the_same_name(self):
        tx = self.take(40, 60.5)

        references = {
            capture._create_child_transaction(1, is_refund=True).reference
            for capture in tx._sberbank_get_captures()
        }

        self.assertEqual(references, {f'R-{tx.reference}', f'R-{tx.reference}-1'})

    def test_what_the_cabinet_returns_is_recorded_at_the_parts(self):
        tx = self.take(40, 60.5)
        first, second = tx._sberbank_get_captures().sorted('id')
        self.bank.refund(tx.provider_reference, 6050)
        self.act(tx, '_sberbank_refresh')
        self.bank.refund(tx.provider_reference, 3000)
        self.act(tx, '_sberbank_refresh')
        self.act(tx, '_sberbank_refresh')
        self.book()

        returned = {
            capture: sum(capture.child_transaction_ids.payment_id.mapped('amount'))
            for capture in (first, second)
        }
        self.assertEqual(returned, {first: 30, second: 60.5})
        self.assertEqual(first.payment_id.amount_available_for_refund, 10)

    def test_what_the_cabinet_returns_may_be_more_than_a_part(self):
        tx = self.take(40, 60.5)
        self.bank.refund(tx.provider_reference, 9000)

        self.act(tx, '_sberbank_refresh')

        self.assertEqual(tx._sberbank_get_refunded_amount(), 9000)
        self.assertEqual(sorted(tx._sberbank_get_returns().mapped('amount')), [-50, -40])

    def test_the_window_of_an_invoice_refunds_its_parts(self):
        invoice = self.create_invoice(100.5)
        tx = self.take(40, 60.5, invoices=invoice)

        payments = invoice._sberbank_get_online_payments()

        self.assertEqual(payments, tx._sberbank_get_captures())
        self.assertTrue(invoice.sberbank_can_refund)

    def test_figures_count_each_part_and_the_order_once(self):
        tx = self.take(40, 60.5)
        txs = tx | tx._sberbank_get_captures()
        txs.is_live = True  # Test money is left out.
        lines = self.env['sberbank.report'].search([('transaction_id', 'in', txs.ids)])

        self.assertEqual(sum(lines.mapped('taken')), 100.5)
        self.assertEqual(sum(lines.mapped('remaining')), 100.5)
        self.assertEqual(sum(lines.mapped('payments')), 2)
        self.assertEqual(len(lines.filtered('success_rate')), 1)


class TestCapturesByJson(CaptureCase):
    dialect = 'ecom'

    def test_the_newer_gateway_takes_a_hold_once_whatever_the_setting_says(self):
        tx = self.create_held_tx()

        with self.assertRaisesRegex(UserError, 'voided'):
            self.capture(tx, 40)
        self.assertFalse(self.calls('deposit'))

        self.capture(tx, 40, void=True)
        self.assertEqual((tx.state, tx.amount), ('done', 40))
        self.assertFalse(tx.child_transaction_ids)


class TestReceiptsOfParts(ReceiptsAtBank):
    """Each part has a receipt of its own; together they come to the lines of the hold."""

    dialect = 'rbs'
    vat_table = 'rbs'

    def set_up_merchant(self, **settings):
        super().set_up_merchant(permissions={'multi_completion': True}, **settings)

    def take(self, *amounts):
        self.provider.sberbank_captures_in_parts = True
        tx = self.hold(self.issue_example())
        for amount in amounts:
            self.act(tx, 'action_capture', amount_to_capture=amount, void_remaining_amount=False)
        self.run_job('ir_cron_book_payments')
        tx.invalidate_recordset()
        return tx

    def settle(self, tx):
        """Let the register print, and let so much time pass that nothing more is expected."""
        self.ask(tx)
        for receipt in tx.sberbank_receipt_ids:
            self.grow_old(receipt, minutes=20)
        self.ask(tx)

    def get_captures(self, tx):
        return tx.sberbank_receipt_ids.filtered(
            lambda receipt: receipt.operation == 'capture'
        ).sorted('id')

    def test_the_receipts_of_the_parts_come_to_the_lines_of_the_hold(self):
        tx = self.take(1000, 700.01, 459.98)
        self.settle(tx)

        receipts = self.get_captures(tx)
        self.assertEqual(receipts.mapped('amount'), [1000, 700.01, 459.98])
        self.assertEqual(set(receipts.mapped('state')), {'done'})
        held = gateway.Receipt.from_dict(self.of(tx, 'payment').content)
        sums = Counter()
        for receipt in receipts:
            for item in gateway.Receipt.from_dict(receipt.content).items:
                sums[item.position] += item.amount
        self.assertEqual(sums, {item.position: item.amount for item in held.items})
        self.assertEqual(self.of(tx, 'payment').state, 'not_needed')
        self.assertEqual(self.books(), {'income': 215999, 'return': 0, 'offset': 0})
        self.assertFalse(tx.sberbank_needs_attention)

    def test_of_a_rest_that_is_released_nothing_is_printed(self):
        tx = self.take(1000)
        self.act(tx, 'action_void')
        self.settle(tx)

        self.assertEqual(self.books(), {'income': 100000, 'return': 0, 'offset': 0})
        self.assertEqual(self.get_captures(tx).mapped('state'), ['done'])
        self.assertFalse(tx.sberbank_needs_attention)

    def test_a_part_and_its_refund_show_their_own_receipts(self):
        tx = self.take(1000, 1159.99)
        self.settle(tx)
        first, second = tx._sberbank_get_captures().sorted('id')

        self.act(second, 'action_refund', 159.99)
        self.run_job('ir_cron_book_payments')
        self.settle(tx)

        second.invalidate_recordset()
        refund = second.child_transaction_ids
        self.assertEqual(self.books(), {'income': 215999, 'return': 15999, 'offset': 0})
        receipts = self.get_captures(tx)
        for part, receipt in zip(first | second, receipts, strict=True):
            self.assertEqual(part.payment_id.sberbank_issued_receipt_ids, receipt.issued_ids)
        back = self.of(tx, 'refund')
        self.assertEqual(refund.payment_id.sberbank_issued_receipt_ids, back.issued_ids)
        self.assertEqual({line[0] for line in back.undone}, {receipts[1].id})
        self.assertFalse(tx.sberbank_needs_attention)

    def test_where_the_hold_was_printed_the_return_of_the_rest_is_left_to_the_accountant(self):
        self.set_up_merchant(cash_register={'hold': 'at_hold'})
        tx = self.take(1000, 159.99)
        self.settle(tx)
        self.assertFalse(tx.sberbank_needs_attention)

        self.act(tx, 'action_void')
        self.settle(tx)

        self.assertEqual(self.books(), {'income': 215999, 'return': 0, 'offset': 0})
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['receipt_by_hand'])
        self.assertIn('1,000.00', tx.sberbank_attention_ids.details)
