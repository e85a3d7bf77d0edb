"""What becomes of a receipt, by what the register says of it and by the time that goes by."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from odoo.addons.payment_sberbank import gateway

from .common import SberbankCommon
from .issued import issued, receipt

DONE, FAILED = gateway.ReceiptStatus.DONE, gateway.ReceiptStatus.FAILED
WAITING = gateway.ReceiptStatus.WAITING


class TestReceiptStatus(SberbankCommon):
    def setUp(self):
        super().setUp()
        self.tx = self.create_tx(100)
        self.asked = self.note('payment')

    def note(self, operation, kind=gateway.Kind.SELL, **values):
        return self.env['sberbank.receipt']._sberbank_note(
            self.tx, operation, receipt(kind=kind), **values
        )

    def told(self, *answers):
        strangers = self.tx.sberbank_receipt_ids._note_issued(answers)
        self.tx._sberbank_watch_receipts()
        return strangers

    def after(self, **age):
        return freeze_time(fields.Datetime.now() + timedelta(**age))

    def reasons(self):
        return self.tx.sberbank_attention_ids.filtered(lambda row: not row.is_solved).mapped(
            'reason'
        )

    def test_it_is_asked_about_no_sooner_than_the_bank_wants(self):
        self.assertFalse(self.asked.next_ask_at)
        now = fields.Datetime.now()
        self.bank_says(self.tx)
        self.assertEqual(self.asked.state, 'sent')
        self.assertGreaterEqual(self.asked.next_ask_at, now + timedelta(minutes=6))

    def test_one_that_nobody_pays_is_never_asked_about(self):
        self.bank_says(self.tx, gateway.OrderStatus.DECLINED)
        self.told()
        self.assertEqual(self.asked.state, 'draft')
        self.assertFalse(self.asked.next_ask_at)

    def test_what_the_register_has_issued_is_kept_in_its_own_digits(self):
        self.bank_says(self.tx)
        self.told(issued(self.asked))
        self.assertEqual(self.asked.state, 'done')
        self.assertFalse(self.asked.next_ask_at)
        row = self.asked.issued_ids
        self.assertEqual(row.issued_at, '26.11.2026 10:09:31')
        self.assertEqual(row.amount, 100)
        self.assertEqual(
            row.qr_text, 't=20261126T1009&s=100.00&fn=9999078900004312&i=133&fp=1590376137&n=1'
        )

    def test_it_grows_delayed_and_late_and_staff_are_told(self):
        self.bank_says(self.tx)
        for age, state in (
            ({'minutes': 7}, 'waiting'),
            ({'minutes': 16}, 'delayed'),
            ({'hours': 25}, 'late'),
        ):
            with self.after(**age):
                self.told()
                self.assertEqual(self.asked.state, state)
        self.assertEqual(self.reasons(), ['receipt_late'])
        self.told(issued(self.asked))
        self.assertEqual(self.reasons(), [])

    def test_it_is_given_up_in_the_end(self):
        self.bank_says(self.tx)
        with self.after(days=11):
            self.told()
            self.assertFalse(self.asked.next_ask_at)

    def test_a_failure_is_told_with_the_register_s_reason_and_the_bank_s_advice(self):
        self.bank_says(self.tx)
        self.told(issued(self.asked, FAILED))
        self.assertEqual(self.asked.state, 'failed')
        self.assertIn('Смена истекла', self.tx.sberbank_attention_ids.details)
        self.assertIn('Send again', self.tx.sberbank_attention_ids.details)

    def test_what_the_bank_repeats_by_itself_is_no_failure(self):
        self.bank_says(self.tx)
        self.told(issued(self.asked, FAILED, error_code='1', error_type='timeout'))
        self.assertEqual(self.asked.state, 'waiting')

    def test_one_that_was_sent_anew_takes_the_place_of_the_failed_one(self):
        self.bank_says(self.tx)
        failed = issued(self.asked, FAILED)
        self.told(failed)
        self.told(failed, issued(self.asked, original_id=failed.receipt_id, operation_id=''))
        self.assertEqual(self.asked.state, 'done')
        self.assertFalse(self.asked.problem)

    def test_a_split_receipt_is_done_when_all_of_its_parts_are(self):
        self.bank_says(self.tx)
        first = issued(self.asked, total=6000)
        self.told(first)
        self.assertEqual(self.asked.state, 'waiting')
        second = issued(self.asked, WAITING)
        self.told(first, second)
        self.assertEqual(len(self.asked.issued_ids), 2)
        self.assertEqual(self.asked.state, 'waiting')
        self.told(first, issued(self.asked, total=4000, receipt_id=second.receipt_id))
        self.assertEqual(self.asked.state, 'done')

    def test_income_and_its_return_are_told_apart_without_their_names(self):
        """The older gateway tells neither the operation nor the kind."""
        self.bank_says(self.tx)
        nameless = {'operation_id': '', 'receipt_type': ''}
        first, second = issued(self.asked, **nameless), issued(self.asked, **nameless)
        self.told(first)
        back = self.note('refund', gateway.Kind.SELL_REFUND, key='refund:R-1')
        back._was_asked_for()
        self.told(first, second)
        self.assertEqual(self.asked.issued_ids.bank_receipt_id, first.receipt_id)
        self.assertEqual(back.issued_ids.bank_receipt_id, second.receipt_id)
        self.assertEqual(back.state, 'done')

    def test_what_was_asked_for_comes_before_what_is_issued_by_hand_of_the_same_sum(self):
        self.bank_says(self.tx)
        first = issued(self.asked)
        self.told(first)
        for state in ('by_hand', 'elsewhere', 'not_needed'):
            for total in (10000, None):
                with self.subTest(state=state, total=total):
                    settled = self.note('closing', key=f'closing:{state}:{total}:settled')
                    settled.state = state
                    asked = self.note('closing', key=f'closing:{state}:{total}:asked')
                    asked._was_asked_for()
                    asked.state = 'unknown'  # The answer was lost.

                    self.told(first, issued(asked, operation_id='', total=total))

                    self.assertFalse(settled.issued_ids)
                    self.assertEqual(settled.state, state)
                    self.assertEqual(asked.state, 'done')
        self.assertNotIn('receipt_unknown', self.reasons())

    def test_what_is_issued_by_hand_in_the_cabinet_is_kept_with_what_was_left_to_that(self):
        self.bank_says(self.tx)
        first = issued(self.asked)
        left = self.note('closing', key='closing:1')
        left.state = 'by_hand'

        strangers = self.told(first, issued(left, operation_id=''))

        self.assertFalse(strangers)
        self.assertEqual(left.issued_ids.amount, left.amount)

    def test_a_receipt_that_nobody_asked_for_is_told(self):
        self.bank_says(self.tx)
        first = issued(self.asked)
        self.assertEqual(self.told(first), [])
        second = issued(self.asked)
        self.assertEqual(self.told(first, second), [second])

    def test_a_receipt_is_written_down_once_for_an_operation(self):
        self.assertEqual(self.note('payment'), self.asked)
        self.bank_says(self.tx)
        content = self.asked.content
        again = self.env['sberbank.receipt']._sberbank_note(
            self.tx, 'payment', receipt((('Other', 1, 10000, gateway.Vat.NONE),))
        )
        self.assertEqual(again.content, content)

    def test_the_receipt_of_a_refused_refund_is_not_needed(self):
        self.bank_says(self.tx)
        back = self.note('refund', gateway.Kind.SELL_REFUND, key='refund:R-1')
        back.next_ask_at = fields.Datetime.now()
        self.told()
        self.assertEqual(back.state, 'not_needed')

    def test_the_receipt_of_a_refund_without_answer_is_unknown(self):
        self.bank_says(self.tx)
        back = self.note('refund', gateway.Kind.SELL_REFUND, key='refund:R-1')
        back.next_ask_at = fields.Datetime.now()
        self.create_tx(
            -100,
            operation='refund',
            source_transaction_id=self.tx.id,
            reference='R-1',
            state='pending',
        )
        self.told()
        self.assertEqual(back.state, 'unknown')
        self.assertEqual(self.reasons(), ['receipt_unknown'])

    def test_a_hold_that_prints_at_one_step_needs_no_receipt_of_the_other(self):
        self.bank_says(self.tx, gateway.OrderStatus.APPROVED)
        self.told(issued(self.asked, operation_type='PREAUTHORIZATION'))
        captured = self.note('capture')
        self.bank_says(self.tx)
        self.assertEqual(captured.state, 'sent')
        with self.after(minutes=16):
            self.told()
        self.assertEqual(captured.state, 'not_needed')
        self.assertEqual(self.reasons(), [])

    def test_a_hold_is_never_late(self):
        self.bank_says(self.tx, gateway.OrderStatus.APPROVED)
        with self.after(days=2):
            self.told()
        self.assertEqual(self.asked.state, 'waiting')
