"""What staff have the bank do with money, once and not twice, whatever is lost on the way."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .bankside import BankCase

#: The bank has not acted, and the answer does not say so.
LOST_BEFORE = ('drop_connection', 'http500', 'http503', 'html200', 'empty200')
#: The bank has acted, and the answer does not say so.
LOST_AFTER = (
    {'fault': 'drop_response_after_commit'},
    {'fault': 'truncated'},
    {'fault': 'http502', 'after_commit': True},
    {'fault': 'html200', 'after_commit': True},
)


class OperationCase(BankCase):
    def count(self, method):
        return len(self.calls(method))


class HoldCase:
    """Holds are captured or released, in both dialects."""

    def setUp(self):
        super().setUp()
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        self.tx = self.create_held_tx()

    def create_held_tx(self, **values):
        tx = self.create_registered_tx(100.5, **values)
        self.bank.pay(tx.provider_reference)
        self.act(tx, '_sberbank_refresh')
        self.assertEqual(tx.state, 'authorized')
        return tx

    def get_order(self, tx=None):
        return self.bank.order((tx or self.tx).provider_reference)

    def test_a_captured_hold_is_a_payment(self):
        self.act(self.tx, 'action_capture')
        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.get_order()['depositedAmount'], 10050)
        self.assertEqual(self.tx.state, 'done')
        self.assertEqual(self.tx.payment_id.amount, 100.5)

    def test_of_a_hold_that_is_taken_in_part_the_rest_is_released(self):
        invoice = self.create_invoice(100.5)
        tx = self.create_held_tx(invoices=invoice)

        self.act(tx, 'action_capture', amount_to_capture=60.25)
        self.run_job('ir_cron_book_payments')

        order = self.get_order(tx)
        self.assertEqual((order['depositedAmount'], order['state']), (6025, 'DEPOSITED'))
        self.assertEqual((tx.state, tx.amount), ('done', 60.25))
        self.assertEqual(tx.sberbank_ordered_amount, 100.5)
        self.assertEqual(tx.payment_id.amount, 60.25)
        self.assertEqual(invoice.amount_residual, 40.25)
        self.assertFalse(tx.sberbank_attention_ids)
        self.assertEqual((self.count('deposit'), self.count('reverse')), (1, 0))
        self.assertTrue(
            any(
                '40.25' in str(line.body) or '60.25' in str(line.body)
                for line in invoice.message_ids
            )
        )
        # What the bank says later is compared with what was taken.
        self.act(tx, '_sberbank_refresh')
        self.assertFalse(tx.sberbank_attention_ids)

    def test_a_part_whose_answer_is_lost_is_known_all_the_same(self):
        for fault in LOST_AFTER:
            with self.subTest(fault=fault):
                tx = self.create_held_tx()
                self.faults({**fault, 'method': 'deposit', 'times': 1})

                self.act(tx, 'action_capture', amount_to_capture=60.25)

                self.assertEqual((tx.state, tx.amount), ('done', 60.25))

    def test_a_part_that_did_not_reach_the_bank_may_be_another_one_later(self):
        for fault in LOST_BEFORE:
            with self.subTest(fault=fault):
                tx = self.create_held_tx()
                self.faults({'fault': fault, 'method': 'deposit', 'times': 1})
                with self.assertRaisesRegex(UserError, 'not known yet'):
                    self.act(tx, 'action_capture', amount_to_capture=60.25)
                self.assertEqual((tx.state, tx.amount), ('authorized', 100.5))

                self.act(tx, 'action_capture', amount_to_capture=70)

                self.assertEqual((tx.state, tx.amount), ('done', 70))
                self.assertEqual(self.get_order(tx)['depositedAmount'], 7000)

    def test_the_part_that_was_asked_for_is_followed_and_any_other_is_a_persons_decision(self):
        for taken, state, amount, reasons in (
            (6025, 'done', 60.25, []),
            (6000, 'error', 100.5, ['mismatch']),
        ):
            with self.subTest(taken=taken):
                tx = self.create_held_tx()
                tx.sberbank_part_to_take = 6025
                self.bank.deposit(tx.provider_reference, taken)

                self.act(tx, '_sberbank_refresh')

                self.assertEqual((tx.state, tx.amount), (state, amount))
                self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), reasons)

    def test_a_part_is_taken_only_if_the_rest_may_be_released(self):
        with self.assertRaisesRegex(UserError, 'voided'):
            self.act(
                self.tx, 'action_capture', amount_to_capture=60.25, void_remaining_amount=False
            )
        self.assertFalse(self.calls('deposit'))

    def test_no_more_than_is_held_and_no_half_kopeck_is_taken(self):
        for amount in (100.51, 0.001, -1, 0, 60.255):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.act(self.tx, '_capture', amount)
        self.assertFalse(self.calls('deposit'))

    def test_a_part_is_not_released(self):
        with self.assertRaisesRegex(UserError, 'as a whole'):
            self.act(self.tx, '_void', 40)
        self.assertFalse(self.calls('reverse'))

    def test_staff_see_until_when_money_is_held(self):
        self.provider.sberbank_hold_days = 7

        begin = self.tx.sberbank_registered_at.date()
        self.assertEqual(self.tx.sberbank_held_until, begin + timedelta(days=7))
        with freeze_time(fields.Datetime.now() + timedelta(days=5, hours=23)):
            self.act(self.tx, '_sberbank_refresh')
            self.assertFalse(self.tx.sberbank_attention_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=6, hours=1)):
            self.act(self.tx, '_sberbank_refresh')
            self.assertEqual(self.tx.sberbank_attention_ids.mapped('reason'), ['hold_waiting'])

    def warn_of_end(self):
        """Let staff be told that the hold is about to end."""
        self.provider.sberbank_hold_days = 7
        with freeze_time(fields.Datetime.now() + timedelta(days=6, hours=1)):
            self.act(self.tx, '_sberbank_refresh')
        self.assertEqual(self.open_reasons(), ['hold_waiting'])

    def open_reasons(self):
        attentions = self.tx.sberbank_attention_ids
        return attentions.filtered(lambda one: not one.is_solved).mapped('reason')

    def test_a_hold_that_the_bank_ends_is_told_once_whether_or_not_staff_were_warned(self):
        for is_warned in (True, False):
            with self.subTest(is_warned=is_warned):
                self.tx = self.create_held_tx()
                if is_warned:
                    self.warn_of_end()
                self.bank.reverse(self.tx.provider_reference)

                with freeze_time(fields.Datetime.now() + timedelta(days=2)):
                    self.act(self.tx, '_sberbank_refresh')
                    self.act(self.tx, '_sberbank_refresh')

                self.assertEqual((self.tx.state, self.open_reasons()), ('cancel', ['hold_lost']))
                self.assertIn('100.50', self.tx.sberbank_attention_ids[0].details)

    def test_what_is_released_here_is_not_lost(self):
        self.warn_of_end()

        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.act(self.tx, 'action_void')
            self.act(self.tx, '_sberbank_refresh')

        self.assertEqual((self.tx.state, self.open_reasons()), ('cancel', []))

    def test_what_is_captured_after_a_warning_is_not_lost(self):
        self.warn_of_end()

        self.act(self.tx, 'action_capture')

        self.assertEqual((self.tx.state, self.open_reasons()), ('done', []))

    def test_what_is_released_in_the_cabinet_on_the_same_day_is_not_lost(self):
        self.bank.reverse(self.tx.provider_reference)

        self.act(self.tx, '_sberbank_refresh')

        self.assertEqual((self.tx.state, self.open_reasons()), ('cancel', []))

    def test_no_hold_lasts_no_time_or_for_ever(self):
        for days in (0, -1, 31):
            with self.subTest(days=days), self.assertRaisesRegex(ValidationError, 'Ask the bank'):
                self.provider.sberbank_hold_days = days

    def test_a_released_hold_is_cancelled(self):
        self.act(self.tx, 'action_void')

        self.assertEqual(self.get_order()['state'], 'REVERSED')
        self.assertEqual(self.tx.state, 'cancel')
        self.assertIn('released', self.tx.state_message)

    def test_a_hold_that_the_bank_ended_already_is_only_noted(self):
        for end, action, state in (
            ('deposit', 'action_capture', 'done'),
            ('reverse', 'action_void', 'cancel'),
        ):
            with self.subTest(end=end, action=action):
                tx = self.create_held_tx()
                getattr(self.bank, end)(tx.provider_reference)

                self.act(tx, action)

                self.assertEqual(tx.state, state)
        self.assertEqual(self.count('deposit') + self.count('reverse'), 0)

    def test_staff_are_told_when_the_hold_had_ended_the_other_way(self):
        for end, act, state, reason in (
            ('deposit', '_void', 'done', 'taken already'),
            ('reverse', '_capture', 'cancel', 'not taken'),
        ):
            with self.subTest(end=end, act=act):
                tx = self.create_held_tx()
                getattr(self.bank, end)(tx.provider_reference)

                # What a refusal of a test undoes, it must not undo here.
                with self.as_worker() as env, self.assertRaisesRegex(UserError, reason):
                    getattr(tx.with_env(env), act)()

                tx.invalidate_recordset()
                self.assertEqual(tx.state, state)
        self.assertEqual(self.count('deposit') + self.count('reverse'), 0)

    def test_an_answer_that_is_lost_after_the_bank_acted_does_no_harm(self):
        for method, action, state in (
            ('deposit', 'action_capture', 'done'),
            ('reverse', 'action_void', 'cancel'),
        ):
            for fault in LOST_AFTER:
                with self.subTest(method=method, fault=fault):
                    tx = self.create_held_tx()
                    before = self.count(method)
                    self.faults({**fault, 'method': method, 'times': 1})

                    self.act(tx, action)

                    self.assertEqual(tx.state, state)
                    self.assertEqual(self.count(method), before + 1)

    def test_a_click_that_did_not_reach_the_bank_is_repeated_with_effect(self):
        for method, action, state in (
            ('deposit', 'action_capture', 'done'),
            ('reverse', 'action_void', 'cancel'),
        ):
            for fault in LOST_BEFORE:
                with self.subTest(method=method, fault=fault):
                    tx = self.create_held_tx()
                    self.faults({'fault': fault, 'method': method, 'times': 1})
                    with self.assertRaisesRegex(UserError, 'not known yet'):
                        self.act(tx, action)
                    self.assertEqual(tx.state, 'authorized')

                    self.act(tx, action)

                    self.assertEqual(tx.state, state)

    def test_a_refusal_is_told_to_staff_and_changes_nothing(self):
        self.faults({'fault': 'permission_denied', 'method': 'deposit'})

        with self.assertRaisesRegex(UserError, 'The bank refused'):
            self.act(self.tx, 'action_capture')

        self.assertEqual(self.tx.state, 'authorized')
        self.assertEqual(self.get_order()['state'], 'HELD')

    def test_that_the_job_has_to_look_is_written_down_in_case_the_worker_dies(self):
        next_asks, parts = [], []

        def die(tx, _client):
            tx.invalidate_recordset()
            next_asks.append(tx.sberbank_next_ask_at)
            parts.append(tx.sberbank_part_to_take)
            raise SystemExit

        for method, action in (('deposit', 'action_capture'), ('reverse', 'action_void')):
            tx = self.create_held_tx()
            with (
                patch.object(self.env.registry['payment.transaction'], '_sberbank_refresh', die),
                self.assertRaises(SystemExit),
            ):
                self.act(tx, action)
            self.assertEqual(self.count(method), 1)

        self.assertEqual(len(next_asks), 2)
        self.assertEqual(parts, [10050, 0])
        self.assertLessEqual(max(next_asks), fields.Datetime.now() + timedelta(minutes=2))

    def test_a_hold_whose_amount_was_changed_is_not_completed(self):
        self.env.cr.execute('UPDATE payment_transaction SET amount = 1 WHERE id = %s', [self.tx.id])
        self.env.invalidate_all()

        model = self.env.registry['payment.transaction']

        # It is written in a cursor of its own, which the refusal of a test undoes all the same.
        with (
            patch.object(model, '_sberbank_set_mismatch', autospec=True) as set_mismatch,
            self.assertRaisesRegex(UserError, '100.50'),
        ):
            self.act(self.tx, '_capture')

        set_mismatch.assert_called_once()
        self.assertFalse(self.calls('deposit'))
        self.assertEqual(self.get_order()['state'], 'HELD')

    def test_a_disabled_provider_does_nothing(self):
        self.provider.state = 'disabled'

        for action in ('action_capture', 'action_void'):
            with self.subTest(action=action), self.assertRaisesRegex(UserError, 'is disabled'):
                self.act(self.tx, action)
        self.assertEqual(self.get_order()['state'], 'HELD')


class PaidCase:
    """A payment of 100.50 that is booked."""

    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(100.5)
        self.bank.pay(self.tx.provider_reference)
        self.act(self.tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

    def refund(self, amount=None):
        """Refund by the button.

        :return: The refund.
        :rtype: payment.transaction
        """
        before = self.tx.child_transaction_ids
        self.act(self.tx, 'action_refund', amount)
        return self.tx.child_transaction_ids - before

    def get_refunded(self):
        """Return the kopecks that the bank has given back, by refunds and by a reversal."""
        order = self.bank.order(self.tx.provider_reference)
        return order['refundedAmount'] + order['reversedAmount']

    def assert_booked_back(self, amount):
        self.run_job('ir_cron_book_payments')
        refunds = self.tx.child_transaction_ids.filtered(lambda tx: tx.state == 'done')
        self.assertEqual(sum(refunds.payment_id.mapped('amount')), amount)
        self.assertEqual(self.get_refunded(), round(amount * 100))


class RefundCase(PaidCase):
    """Money is given back, in both dialects."""

    def test_the_whole_payment_is_reversed_on_its_day(self):
        refund = self.refund()

        self.assertEqual(refund.state, 'done')
        self.assertEqual(refund.amount, -100.5)
        self.assertEqual(self.tx.state, 'done')
        self.assertEqual((self.count('reverse'), self.count('refund')), (1, 0))
        self.assertEqual(self.bank.order(self.tx.provider_reference)['state'], 'REVERSED')
        self.assert_booked_back(100.5)
        self.act(self.tx, '_sberbank_refresh')
        self.assertEqual(self.tx.child_transaction_ids, refund)
        self.assertFalse(self.tx.sberbank_attention_ids)

    def test_the_whole_payment_is_refunded_a_day_later(self):
        self.tx.sberbank_paid_at -= timedelta(days=2)

        self.assertEqual(self.refund().state, 'done')

        self.assertEqual((self.count('reverse'), self.count('refund')), (0, 1))
        self.assert_booked_back(100.5)

    def test_the_whole_payment_is_refunded_where_the_bank_does_not_reverse_it(self):
        self.faults({'fault': 'permission_denied', 'method': 'reverse'})

        self.assertEqual(self.refund().state, 'done')

        self.assertEqual((self.count('reverse'), self.count('refund')), (1, 1))
        self.assert_booked_back(100.5)

    def test_a_reversal_whose_answer_is_lost_is_found_out(self):
        self.faults({'fault': 'drop_response_after_commit', 'method': 'reverse', 'times': 1})

        refund = self.refund()
        self.assertEqual(refund.state, 'pending')
        with self.assertRaisesRegex(ValidationError, '0.00'):
            self.refund()
        self.act(self.tx, '_sberbank_refresh')

        self.assertEqual(refund.state, 'done')
        self.assertEqual((self.count('reverse'), self.count('refund')), (1, 0))
        self.assert_booked_back(100.5)

    def test_what_is_left_of_a_payment_is_never_reversed(self):
        self.assertEqual(self.refund(30).state, 'done')

        self.assertEqual(self.refund(70.5).state, 'done')

        self.assertEqual(self.count('reverse'), 0)
        self.assert_booked_back(100.5)

    def test_parts_of_it_one_after_another(self):
        for amount in (10.5, 10.5, 0.29, 79.21):
            self.assertEqual(self.refund(amount).state, 'done')

        self.assert_booked_back(100.5)

    def test_more_than_was_taken_is_refused(self):
        self.refund(100)

        with self.assertRaisesRegex(ValidationError, '0.50'):
            self.refund(0.51)

        self.assert_booked_back(100)

    def test_a_refund_that_is_refused_on_the_day_of_the_payment_says_when_it_is_not(self):
        for amount, words in ((100.5, 'refused to reverse'), (10, 'a part of a payment')):
            with self.subTest(amount=amount):
                self.faults(
                    {'fault': 'permission_denied', 'method': 'refund', 'times': 1},
                    {'fault': 'permission_denied', 'method': 'reverse', 'times': 1},
                )

                message = self.refund(amount).state_message

                self.assertIn('The bank refused refund: ', message)
                self.assertIn(words, message)
                self.assertIn('tomorrow', message)

    def test_a_day_later_it_says_no_such_thing(self):
        self.tx.sberbank_paid_at -= timedelta(days=2)
        self.faults({'fault': 'permission_denied', 'method': 'refund', 'times': 1})

        self.assertNotIn('tomorrow', self.refund().state_message)

    def test_a_refusal_can_be_followed_by_a_refund(self):
        self.faults({'fault': 'permission_denied', 'method': 'refund', 'times': 1})
        self.assertEqual(self.refund(10).state, 'error')

        self.assertEqual(self.refund(10).state, 'done')
        self.assert_booked_back(10)

    def test_an_answer_that_is_lost_after_the_bank_acted_is_found_out(self):
        total = 0
        for fault in LOST_AFTER:
            with self.subTest(fault=fault):
                self.faults({**fault, 'method': 'refund', 'times': 1})

                refund = self.refund(10)
                self.assertEqual(refund.state, 'pending')
                refund.source_transaction_id.sberbank_next_ask_at = fields.Datetime.now()
                self.run_job('ir_cron_ask_bank')

                total += 10
                self.assertEqual(refund.state, 'done')
                self.assert_booked_back(total)

    def test_a_refund_that_never_reached_the_bank_is_given_up_in_the_end(self):
        self.faults({'fault': 'drop_connection', 'method': 'refund', 'times': 1})
        refund = self.refund(10)
        self.run_job('ir_cron_ask_bank')
        self.assertEqual(refund.state, 'pending')

        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - timedelta(hours=2), refund.id],
        )
        self.tx.sberbank_next_ask_at = fields.Datetime.now()
        self.run_job('ir_cron_ask_bank')

        self.assertEqual(refund.state, 'error')
        self.assertEqual(self.refund(10).state, 'done')
        self.assert_booked_back(10)

    def test_a_bank_that_is_down_gives_nothing_back(self):
        self.faults({'fault': 'http503'})

        refund = self.refund(10)

        self.assertEqual(refund.state, 'error')
        self.assertEqual(self.count('refund'), 0)
        self.assertEqual(self.get_refunded(), 0)

    def test_a_bank_that_asks_for_patience_gives_nothing_back(self):
        self.faults({'fault': 'http429', 'method': 'refund'})

        self.assertEqual(self.refund(10).state, 'error')
        self.assertEqual(self.get_refunded(), 0)

    def test_a_click_that_is_run_again_gives_back_once(self):
        """Odoo runs a request again when its database transaction could not be committed."""
        with self.assertRaises(RuntimeError), self.as_worker() as env:
            self.tx.with_env(env).action_refund(10)
            raise RuntimeError("could not serialize access")
        self.assertFalse(self.tx.child_transaction_ids)
        # It was committed by itself, which the tests' only cursor undoes, too.
        self.tx.sberbank_refund_sent = f'R-{self.tx.reference}'

        refund = self.refund(10)

        self.assertEqual(refund.state, 'done')
        self.assertEqual(self.count('refund'), 1)
        self.assert_booked_back(10)

    def test_what_went_back_in_the_cabinet_is_not_taken_for_a_refund_that_was_never_sent(self):
        self.bank.refund(self.tx.provider_reference, 1500)

        recorded, refused = self.refund(10).sorted('state')

        self.assertEqual((recorded.state, recorded.amount), ('done', -15))
        self.assertEqual((refused.state, refused.amount), ('error', -10))
        self.assertIn('returned at the bank meanwhile', refused.state_message)
        self.assertEqual(self.count('refund'), 0)

        again = self.refund(10)

        self.assertEqual(again.state, 'done')
        self.assertEqual(self.count('refund'), 1)
        self.assertEqual(self.get_refunded(), 2500)

    def test_a_refund_in_the_banks_cabinet_does_not_disturb_ours(self):
        self.bank.refund(self.tx.provider_reference, 500)
        self.act(self.tx, '_sberbank_refresh')

        refund = self.refund(20)

        self.assertEqual(refund.state, 'done')
        self.assertEqual(self.get_refunded(), 2500)


class TestHoldsByForm(HoldCase, OperationCase):
    dialect = 'rbs'


class TestHoldsByJson(HoldCase, OperationCase):
    dialect = 'ecom'


class TestRefundsByForm(RefundCase, OperationCase):
    dialect = 'rbs'


class TestRefundsByJson(RefundCase, OperationCase):
    dialect = 'ecom'


class TestAskingByHand(OperationCase):
    def ask(self, txs):
        """Press the button "Ask the bank" and return what it says."""
        return self.act(txs, 'action_sberbank_ask_bank')['params']['message']

    def test_it_says_what_came_of_it(self):
        paid, waiting, unreachable = (self.create_registered_tx(10) for _i in range(3))
        self.bank.pay(paid.provider_reference)
        self.faults({'fault': 'http503', 'order': unreachable.sberbank_order_number})

        lines = self.ask(paid + waiting + unreachable).splitlines()

        self.assertIn(f'{paid.reference}: "Draft" became "Confirmed".', lines)
        self.assertIn(f'{waiting.reference}: "Draft" became "Pending".', lines)
        self.assertTrue(any(unreachable.reference in line for line in lines))
        self.assertEqual(unreachable.state, 'draft')
        self.assertIn('nothing new', self.ask(paid))

    def test_it_leaves_other_transactions_alone(self):
        tx = self.create_new_tx(10)

        with self.assertRaisesRegex(UserError, 'None of these transactions'):
            self.ask(tx)

    def test_it_asks_about_a_bounded_number(self):
        tx = self.create_registered_tx(10)
        txs = tx + sum((self.create_tx(10) for _i in range(50)), tx.browse())

        with self.assertRaisesRegex(UserError, 'at most'):
            self.ask(txs)
        self.assertEqual(self.calls('getOrderStatusExtended'), [])
