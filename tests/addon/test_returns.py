"""What goes back at the bank, by whomever: recorded once, booked, matched, and told."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.payment_sberbank import gateway

from .common import SberbankCommon
from .test_operations import OperationCase, PaidCase

STATUS = gateway.OrderStatus
STAFF = 'staff@shop.example'


class ReturnCase(PaidCase):
    """Money goes back in the bank's cabinet, in both dialects."""

    def look(self, times=1):
        """Ask the bank, and book what it says."""
        for _time in range(times):
            self.act(self.tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

    def get_returns(self):
        return self.tx.child_transaction_ids.sorted('id')

    def assert_agreed(self, *amounts):
        """Check that the refunds are of these sums, are booked, and come to what the bank says."""
        returns = self.get_returns()
        self.assertEqual(returns.mapped('amount'), [-amount for amount in amounts])
        self.assertEqual(set(returns.mapped('state')), {'done'})
        self.assertEqual(returns.mapped('payment_id.amount'), list(amounts))
        self.assertEqual(set(returns.mapped('payment_id.payment_type')), {'outbound'})
        self.assertEqual(returns.payment_id.journal_id, self.tx.payment_id.journal_id)
        self.assertEqual(self.get_refunded(), round(sum(amounts) * 100))
        self.assertFalse(self.tx.sberbank_needs_attention)

    def test_a_refund_in_the_cabinet_is_booked_by_itself(self):
        self.bank.refund(self.tx.provider_reference, 3000)

        self.look(times=3)

        self.assert_agreed(30)
        self.assertEqual(self.get_returns().sberbank_returned_by, 'refund')
        self.assertEqual(self.tx.sberbank_returned_elsewhere, 30)

    def test_refunds_in_several_parts_are_refunds_of_their_own(self):
        self.bank.refund(self.tx.provider_reference, 3000)
        self.bank.refund(self.tx.provider_reference, 2000)
        self.look()
        self.bank.refund(self.tx.provider_reference, 5050)

        self.look(times=2)

        self.assert_agreed(30, 20, 50.5)
        numbers = [
            one['reference_number']
            for one in self.bank.order(self.tx.provider_reference)['operations']
            if one['type'] == 'REFUND'
        ]
        self.assertEqual(self.get_returns().mapped('sberbank_reference_number'), numbers)

    def test_a_reversal_of_a_part_and_of_the_whole(self):
        for amount, taken in ((2000, 20), (None, 100.5)):
            with self.subTest(amount=amount):
                self.setUp()
                self.bank.reverse(self.tx.provider_reference, amount)

                self.look(times=2)

                self.assert_agreed(taken)
                self.assertEqual(self.get_returns().sberbank_returned_by, 'reversal')
                self.assertEqual(self.tx.state, 'done')

    def test_a_chargeback_of_which_the_bank_tells_no_sum_is_listed(self):
        self.bank.chargeback(self.tx.provider_reference, 1000)

        self.look(times=2)

        self.assertFalse(self.get_returns())
        self.assertEqual(self.tx.sberbank_attention_ids.mapped('reason'), ['charged_back'])

    def test_it_comes_beside_refunds_of_ours(self):
        self.refund(10)
        self.bank.refund(self.tx.provider_reference, 3000)
        self.look()
        self.refund(20)

        self.look()

        self.assert_agreed(10, 30, 20)

    def test_while_a_refund_of_ours_is_lost_it_is_not_counted_twice(self):
        self.faults({'fault': 'drop_response_after_commit', 'method': 'refund', 'times': 1})
        refund = self.refund(10)
        self.bank.refund(self.tx.provider_reference, 3000)
        self.assertEqual(refund.state, 'pending')

        self.look(times=2)

        self.assertEqual(refund.state, 'done')
        self.assert_agreed(10, 30)

    def test_while_a_refund_of_ours_waits_that_was_never_made_all_can_go_back(self):
        self.faults({'fault': 'drop_connection', 'method': 'refund', 'times': 1})
        self.refund(60)
        self.bank.refund(self.tx.provider_reference, 5000)

        self.look()

        self.assertEqual(self.get_returns().mapped('state'), ['pending', 'done'])
        self.assertEqual(self.get_returns().mapped('amount'), [-60, -50])

    def test_while_the_worker_that_refunds_has_written_nothing_yet_nothing_is_recorded(self):
        with self.assertRaises(RuntimeError), self.as_worker() as env:
            self.tx.with_env(env).action_refund(10)
            raise RuntimeError("could not serialize access")
        # It was committed by itself, which the tests' only cursor undoes, too.
        self.tx.sberbank_refund_sent_at = fields.Datetime.now()
        self.tx.sberbank_refund_sent = f'R-{self.tx.reference}'
        self.look()
        self.assertFalse(self.get_returns())

        self.refund(10)  # Odoo begins it anew.

        self.assertEqual(self.count('refund'), 1)
        self.look()
        self.assert_agreed(10)

    def test_what_a_dead_worker_had_returned_is_recorded_in_the_end(self):
        with self.assertRaises(RuntimeError), self.as_worker() as env:
            self.tx.with_env(env).action_refund(10)
            raise RuntimeError("killed")
        self.tx.sberbank_refund_sent_at = fields.Datetime.now() - timedelta(minutes=20)
        self.tx.sberbank_refund_sent = f'R-{self.tx.reference}'

        self.look(times=2)

        self.assert_agreed(10)

    def test_each_operation_is_kept_shown_and_found(self):
        self.refund(10)
        self.bank.refund(self.tx.provider_reference, 3000)
        self.look(times=2)

        told = self.bank.order(self.tx.provider_reference)['operations']
        kept = self.tx.sberbank_operation_ids
        self.assertEqual(kept.mapped('type'), ['AUTHORIZATION', 'REFUND', 'REFUND'])
        self.assertEqual(kept.mapped('amount'), [100.5, 10, 30])
        self.assertEqual(kept.mapped('reference_number'), [one['reference_number'] for one in told])
        self.assertEqual(
            kept[1].external_refund_id, self.get_returns()[0]._sberbank_get_refund_id()
        )
        for refund in self.get_returns():
            self.assertTrue(refund.sberbank_reference_number)
            self.assertTrue(refund.sberbank_approval_code)
            self.assertEqual(refund.sberbank_terminal, self.tx.sberbank_terminal)
            self.assertEqual(refund.sberbank_masked_pan, self.tx.sberbank_masked_pan)
            self.assertEqual(refund.sberbank_payment_way, 'CARD')
        found = self.env['payment.transaction'].search([
            ('sberbank_operation_ids.reference_number', '=', told[-1]['reference_number'])
        ])
        self.assertEqual(found, self.tx)

    def test_a_credit_note_is_settled_by_a_refund_in_the_cabinet(self):
        partner = self.env['res.partner'].create({'name': 'Boris'})
        invoice = self.create_invoice(100.5, partner=partner)
        self.tx = self.create_registered_tx(invoices=invoice)
        self.bank.pay(self.tx.provider_reference)
        self.look()
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        credit_note.action_post()

        self.bank.refund(self.tx.provider_reference, 3000)
        self.look()

        self.assert_agreed(30)
        self.assertEqual(credit_note.amount_residual, 70.5)
        self.assertFalse(self.get_returns().sberbank_needs_attention)

    def return_for_an_invoice(self, *amounts):
        """Return parts of a paid invoice in the cabinet; there is no credit note yet."""
        partner = self.env['res.partner'].create({'name': 'Boris'})
        invoice = self.create_invoice(100.5, partner=partner)
        self.tx = self.create_registered_tx(invoices=invoice)
        self.bank.pay(self.tx.provider_reference)
        self.look()
        for amount in amounts:
            self.bank.refund(self.tx.provider_reference, amount)
            self.look()
        return invoice

    def credit(self, invoice, amount):
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        line = credit_note.invoice_line_ids
        credit_note.invoice_line_ids = [Command.update(line.id, {'price_unit': amount})]
        credit_note.action_post()
        return credit_note

    def test_a_credit_note_that_comes_later_is_settled_by_itself(self):
        invoice = self.return_for_an_invoice(3000, 2000)
        self.assertTrue(all(one.sberbank_needs_attention for one in self.get_returns()))

        credit_note = self.credit(invoice, 20)

        self.assertEqual(credit_note.amount_residual, 0)
        first, second = self.get_returns()
        self.assertTrue(first.sberbank_needs_attention)
        self.assertFalse(second.sberbank_needs_attention)
        self.assertEqual(self.credit(invoice, 30).amount_residual, 0)
        self.assert_agreed(30, 20)
        self.assertEqual(self.credit(invoice, 30).amount_residual, 30)  # Each return is used once.

    def test_a_later_credit_note_is_settled_by_several_returns_together(self):
        invoice = self.return_for_an_invoice(3000, 2000)

        self.assertEqual(self.credit(invoice, 50).amount_residual, 0)

        self.assertFalse(any(one.sberbank_needs_attention for one in self.get_returns()))

    def test_a_later_credit_note_of_another_sum_is_left_alone(self):
        invoice = self.return_for_an_invoice(3000, 2000)

        self.assertEqual(self.credit(invoice, 40).amount_residual, 40)

        self.assertTrue(all(one.sberbank_needs_attention for one in self.get_returns()))

    def test_staff_are_told_once(self):
        self.provider.sberbank_staff_email = STAFF
        before = len(self.mails_to(STAFF))
        self.bank.refund(self.tx.provider_reference, 3000)

        self.look(times=3)

        mails = self.mails_to(STAFF)[: len(self.mails_to(STAFF)) - before]
        self.assertEqual(len(mails), 1)
        self.assertIn('Refund', mails.subject)
        self.assertIn("in the bank&#39;s cabinet", mails.body_html)


class TestReturnsByForm(ReturnCase, OperationCase):
    dialect = 'rbs'


class TestReturnsByJson(ReturnCase, OperationCase):
    dialect = 'ecom'


class TestWhatTheBankSays(SberbankCommon):
    """The bank's word as it is, whatever it looks like."""

    def setUp(self):
        super().setUp()
        self.tx = self.create_tx(100)
        self.pay(self.tx)

    def say(self, status, **values):
        self.bank_says(self.tx, status, **values)
        self.env.invalidate_all()

    def get_amounts(self):
        return self.tx.child_transaction_ids.sorted('id').mapped('amount')

    def get_reasons(self, tx=None):
        return (
            (tx or self.tx)
            .sberbank_attention_ids.filtered(lambda attention: not attention.is_solved)
            .mapped('reason')
        )

    def test_deposited_is_read_in_both_meanings(self):
        for deposited in (10000, 7000):
            with self.subTest(deposited=deposited):
                self.tx = self.create_tx(100)
                self.pay(self.tx)

                self.say(STATUS.REFUNDED, deposited_amount=deposited, refunded_amount=3000)

                self.assertEqual(self.get_amounts(), [-30])

    def test_an_answer_that_is_older_than_the_last_one_changes_nothing(self):
        self.say(STATUS.REFUNDED, refunded_amount=3000)
        for refunded in (1000, 3000):
            self.say(STATUS.REFUNDED, refunded_amount=refunded)
        self.say(STATUS.DEPOSITED)

        self.assertEqual(self.get_amounts(), [-30])

    def test_sums_that_mean_nothing_are_listed_and_not_booked(self):
        for status, values in (
            (STATUS.REFUNDED, {'refunded_amount': 10001}),
            (STATUS.REFUNDED, {'refunded_amount': 0}),
            (STATUS.REFUNDED, {'refunded_amount': 2000, 'deposited_amount': 10001}),
            (STATUS.REFUNDED, {'refunded_amount': 2000, 'deposited_amount': 5000}),
            (STATUS.REVERSED, {'deposited_amount': 5000}),
        ):
            with self.subTest(status=status, values=values):
                self.tx = self.create_tx(100)
                self.pay(self.tx)

                self.say(status, **values)

                self.assertEqual(self.get_amounts(), [])
                self.assertEqual(len(self.get_reasons()), 1)

    def test_a_reversal_and_a_refund_are_told_apart_by_the_operations(self):
        def operation(kind, amount):
            return gateway.Operation(type=kind, amount=amount, action_code=0)

        for reversed_, refunded, deposited in (
            (5000, 2000, 5000),  # Refunds don't lower what was deposited.
            (3000, 2000, 5000),  # They do.
        ):
            with self.subTest(reversed=reversed_):
                self.tx = self.create_tx(100)
                self.pay(self.tx)

                self.say(
                    STATUS.REFUNDED,
                    deposited_amount=deposited,
                    refunded_amount=refunded,
                    operations=(
                        operation('AUTHORIZATION', 10000),
                        operation('REVERSAL', reversed_),
                        operation('REFUND', refunded),
                    ),
                )

                self.assertEqual(self.get_amounts(), [-reversed_ / 100, -refunded / 100])
                self.assertEqual(
                    self.tx.child_transaction_ids.sorted('id').mapped('sberbank_returned_by'),
                    ['reversal', 'refund'],
                )

    def test_what_a_person_has_dealt_with_is_not_booked_once_more(self):
        self.say(STATUS.REFUNDED)
        self.assertEqual(self.get_reasons(), ['refunded'])
        self.tx.sberbank_attention_ids.action_solve()

        for _time in range(2):
            self.say(STATUS.REFUNDED, refunded_amount=3000)

        self.assertEqual(self.get_amounts(), [])
        self.assertEqual(self.get_reasons(), ['refunded'])
        self.assertIn('30.00', self.tx.sberbank_attention_summary)

    def test_what_the_bank_did_not_tell_at_first_is_recorded_when_it_does(self):
        self.say(STATUS.REFUNDED)

        self.say(STATUS.REFUNDED, refunded_amount=3000)

        self.assertEqual(self.get_amounts(), [-30])
        self.assertEqual(self.get_reasons(), [])

    def test_it_bears_the_bank_s_day(self):
        last_week = fields.Datetime.now() - timedelta(days=7)
        refund = gateway.Operation(
            type='REFUND', amount=3000, date=last_week.astimezone(), action_code=0
        )

        self.say(STATUS.REFUNDED, refunded_amount=3000, operations=(refund,))
        child = self.tx.child_transaction_ids
        child._sberbank_book_by_hand()

        self.assertEqual(child.payment_id.date, child._sberbank_get_bank_day())
        self.assertLess(child.payment_id.date, fields.Date.today() - timedelta(days=5))

    def test_it_is_not_booked_before_what_it_returns(self):
        self.tx = self.create_tx(100)
        self.say(STATUS.REFUNDED, refunded_amount=3000)
        child = self.tx.child_transaction_ids

        child._sberbank_book_by_hand()
        self.assertFalse(child.payment_id)
        self.assertEqual(self.get_reasons(child), ['not_bookable'])

        self.tx._sberbank_book_by_hand()
        child._sberbank_book_by_hand()
        self.assertEqual(child.payment_id.amount, 30)
        self.assertTrue(child.payment_id.is_reconciled)
        self.assertFalse(self.get_reasons(child))

    def test_a_chargeback_is_booked_and_told_as_one(self):
        for _time in range(2):
            self.say(STATUS.REFUNDED, refunded_amount=3000, has_chargeback=True)

        child = self.tx.child_transaction_ids
        self.assertEqual((child.amount, child.sberbank_returned_by), (-30, 'chargeback'))
        self.assertEqual(self.get_reasons(child), ['charged_back'])
        self.assertFalse(self.get_reasons())

    def test_a_chargeback_without_a_sum_is_listed(self):
        self.say(STATUS.DEPOSITED, has_chargeback=True)

        self.assertEqual(self.get_reasons(), ['charged_back'])
        self.assertEqual(self.get_amounts(), [])

        self.say(STATUS.REFUNDED, refunded_amount=10000, has_chargeback=True)

        self.assertEqual(self.get_reasons(), [])
        self.assertEqual(self.get_amounts(), [-100])


class TestWhereTheBankTellsNoSums(OperationCase):
    """A person looks into the bank's cabinet."""

    dialect = 'rbs'

    def set_up_merchant(self, **settings):
        super().set_up_merchant(profile='rbs-2019', **settings)

    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(100)
        self.bank.pay(self.tx.provider_reference)
        self.act(self.tx, '_sberbank_refresh')
        self.run_job('ir_cron_book_payments')

    def lose_refund(self, fault='drop_response_after_commit'):
        self.faults({'fault': fault, 'method': 'refund', 'times': 1})
        before = self.tx.child_transaction_ids
        self.act(self.tx, 'action_refund', 30)
        return self.tx.child_transaction_ids - before

    def test_a_refund_that_the_cabinet_shows_is_booked(self):
        refund = self.lose_refund()
        self.act(self.tx, '_sberbank_refresh')
        self.assertEqual(refund.state, 'pending')
        self.assertTrue(self.tx.sberbank_needs_attention)

        self.act(refund, 'action_sberbank_refund_made')
        self.run_job('ir_cron_book_payments')

        self.assertEqual((refund.state, refund.payment_id.amount), ('done', 30))
        self.assertTrue(refund.sberbank_refund_decided_by_id)
        self.assertFalse(self.tx.sberbank_needs_attention)
        self.assertIn('shows the refund', ' '.join(self.tx.payment_id.message_ids.mapped('body')))
        with self.assertRaisesRegex(UserError, 'nothing to decide'):
            self.act(refund, 'action_sberbank_refund_not_made')

    def test_one_that_it_does_not_show_can_be_made_anew(self):
        self.act(self.tx, 'action_refund', 10)
        refund = self.lose_refund('drop_connection')

        self.act(refund, 'action_sberbank_refund_not_made')

        self.assertEqual(refund.state, 'error')
        self.assertTrue(refund.sberbank_refund_decided_by_id)
        self.act(self.tx, 'action_refund', 90)
        self.assertEqual(self.bank.order(self.tx.provider_reference)['refundedAmount'], 10000)

    def test_nothing_is_decided_where_the_bank_can_tell(self):
        refund = self.lose_refund('drop_connection')  # The order is not refunded at all.

        with self.assertRaisesRegex(UserError, 'found out by itself'):
            self.act(refund, 'action_sberbank_refund_made')

        self.assertEqual(refund.state, 'pending')
