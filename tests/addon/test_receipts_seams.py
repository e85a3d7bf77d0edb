"""Receipts where they meet the rest: reversals, parts of holds, cabinets, orders called off."""

from odoo import fields
from odoo.fields import Command

from odoo.addons.payment_sberbank import gateway

from .test_receipts_at_bank import DELAY, ReceiptsAtBank


class SeamsCase:
    """The same in both dialects."""

    def look(self, tx):
        """Ask the bank about the order, book what it says, and ask about its receipts."""
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()
        self.run_job('ir_cron_book_payments')
        tx.invalidate_recordset()

    def reasons(self, tx):
        tx.invalidate_recordset()
        open_ones = tx.sberbank_attention_ids.filtered(lambda one: not one.is_solved)
        return open_ones.mapped('reason')

    def kinds(self, tx):
        return [(one['kind'], one['total']) for one in self.printed(tx)]

    # === SAME-DAY REFUNDS === #

    def test_what_is_reversed_on_its_day_has_its_return_and_no_stranger(self):
        tx = self.buy(self.issue_example())
        self.ask(tx)

        tx._refund(amount_to_refund=2159.99)
        self.ask(tx)

        self.assertEqual(self.bank.order(tx.provider_reference)['state'], 'REVERSED')
        self.assertEqual(self.of(tx, 'refund').state, 'done')
        self.assertEqual(self.books(), {'income': 215999, 'return': 215999, 'offset': 0})
        self.assertEqual(self.reasons(tx), [])

    def test_where_no_reversal_is_made_the_refund_has_the_one_return(self):
        self.set_up_merchant(permissions={'reverse': False})
        tx = self.buy(self.issue_example())
        self.ask(tx)

        tx._refund(amount_to_refund=2159.99)
        self.ask(tx)

        self.assertEqual(self.bank.order(tx.provider_reference)['refundedAmount'], 215999)
        self.assertEqual(self.of(tx, 'refund').mapped('state'), ['done'])
        self.assertEqual(self.kinds(tx), [('sell', 215999), ('sell_refund', 215999)])
        self.assertEqual(self.reasons(tx), [])

    # === HOLDS IN PART === #

    def test_of_a_hold_that_is_taken_in_part_the_lines_come_to_the_part(self):
        tx = self.hold(self.issue_example())

        tx._capture(amount_to_capture=1000.01)
        for _time in range(2):
            self.ask(tx)
            for receipt in tx.sberbank_receipt_ids:
                self.grow_old(receipt, minutes=20)
        self.ask(tx)

        [printed] = self.printed(tx)
        self.assertEqual((printed['kind'], printed['total']), ('sell', 100001))
        self.assertEqual(sum(line['amount'] for line in printed['items']), 100001)
        self.assertEqual(tx.amount, 1000.01)
        content = gateway.Receipt.from_dict(self.of(tx, 'capture').content)
        self.assertEqual({item.method for item in content.items}, {gateway.Method.PREPAYMENT})
        for _time in range(
            2
        ):  # What needs no receipt still needs none when the bank is asked again.
            self.assertEqual(self.of(tx, 'payment').state, 'not_needed')
            self.assertEqual(self.of(tx, 'capture').state, 'done')
            self.look(tx)
            tx.sberbank_receipt_ids.invalidate_recordset()
        self.assertEqual(self.reasons(tx), [])

    # === CREDIT NOTES === #

    def test_money_back_from_the_credit_note_has_the_credit_note_s_lines(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        lines = credit_note.invoice_line_ids
        lines.filtered(lambda line: line.name != 'Книга').unlink()
        credit_note.invoice_line_ids = [Command.update(lines.exists().id, {'quantity': 1})]
        credit_note.action_post()

        action = credit_note.action_sberbank_refund_online()
        window = self.env[action['res_model']].with_context(action['context']).create({})
        window.action_refund()
        self.ask(tx)

        [_sold, back] = self.printed(tx)
        self.assertEqual(
            [(line['name'], line['amount']) for line in back['items']], [('Книга', 45500)]
        )

    # === THE BANK'S CABINET === #

    def test_a_return_in_the_cabinet_is_left_to_the_accountant_once(self):
        tx = self.buy(self.issue_example())
        self.ask(tx)
        self.bank.refund(tx.provider_reference, 45500)

        for _time in range(2):
            self.look(tx)
            self.ask(tx)

        owed = self.of(tx, 'refund')
        self.assertEqual((owed.state, owed.amount), ('by_hand', 455))
        self.assertEqual(self.reasons(tx), ['receipt_by_hand'])
        self.assertEqual(self.kinds(tx), [('sell', 215999)])
        self.assertFalse(owed.next_ask_at)
        self.assertEqual(sum(line.left for line in self.of(tx, 'payment')._get_sold()), 170499)

        owed.action_issued_by_hand()

        self.assertEqual(self.reasons(tx), [])


class TestSeamsByForm(SeamsCase, ReceiptsAtBank):
    dialect = 'rbs'
    vat_table = 'rbs'


class TestSeamsByJson(SeamsCase, ReceiptsAtBank):
    dialect = 'ecom'
    vat_table = 'ecom_2026'

    def test_a_return_in_the_cabinet_of_what_has_no_receipt_owes_none(self):
        self.provider.sberbank_receipts = 'off'
        tx = self.buy(self.issue_example())
        self.bank.refund(tx.provider_reference, 45500)

        self.look(tx)

        self.assertFalse(tx.sberbank_receipt_ids)
        self.assertEqual(self.reasons(tx), [])

    def test_what_a_dead_worker_had_returned_keeps_its_receipt(self):
        tx = self.buy(self.issue_example())
        self.ask(tx)
        refund = tx._create_child_transaction(455, is_refund=True)
        tx._sberbank_get_operation_receipt('refund', 45500, refund)
        refund.unlink()
        self.bank.refund(tx.provider_reference, 45500)

        self.look(tx)

        [back] = self.of(tx, 'refund')
        self.assertEqual(back.state, 'draft')
        self.assertTrue(back._is_of(tx.child_transaction_ids))
        self.assertEqual(self.reasons(tx), [])

    # === ORDERS CALLED OFF, MANY AT ONCE === #

    def test_what_was_printed_at_the_hold_and_not_taken_is_told(self):
        self.set_up_merchant(cash_register={'hold': 'at_hold'})
        tx = self.hold(self.issue_example())

        tx._capture(amount_to_capture=1000)
        for _time in range(2):
            self.ask(tx)
            for receipt in tx.sberbank_receipt_ids:
                self.grow_old(receipt, minutes=20)
        self.ask(tx)

        self.assertEqual(self.kinds(tx), [('sell', 215999)])
        self.assertEqual(self.of(tx, 'capture').state, 'by_hand')
        self.assertIn('159.99', self.of(tx, 'capture').problem.replace(',', ''))
        self.assertEqual(self.reasons(tx), ['receipt_by_hand'])

    def test_an_order_that_was_called_off_prints_nothing(self):
        tx = self.create_registered_tx(
            invoices=self.issue_example(), partner_email='anna@customer.example'
        )
        self.act(tx, 'action_sberbank_call_off')

        self.ask(tx)

        self.assertEqual(tx.state, 'cancel')
        self.assertEqual(self.printed(tx), [])
        self.assertEqual(self.reasons(tx), [])
        self.assertFalse(tx.sberbank_receipt_ids.filtered('next_ask_at'))

    def test_what_was_paid_before_it_is_called_off_has_its_receipt(self):
        tx = self.create_registered_tx(
            invoices=self.issue_example(), partner_email='anna@customer.example'
        )
        self.bank.pay(tx.provider_reference)
        self.act(tx, 'action_sberbank_call_off')

        self.ask(tx)

        self.assertEqual(tx.state, 'done')
        self.assertEqual(self.of(tx, 'payment').state, 'done')

    def test_many_are_asked_about_booked_and_printed_together(self):
        txs = self.env['payment.transaction']
        for _customer in range(3):
            tx = self.create_registered_tx(
                invoices=self.issue_example(), partner_email='anna@customer.example'
            )
            self.bank.pay(tx.provider_reference)
            txs |= tx
        txs.sberbank_next_ask_at = fields.Datetime.now()

        self.run_job('ir_cron_ask_bank')
        self.run_job('ir_cron_book_payments')
        self.bank.advance(DELAY)
        self.env.invalidate_all()
        self.assertEqual(self.of(txs, 'payment').mapped('state'), ['sent'] * 3)
        for tx in txs:
            self.ask(tx, wait=0)

        self.assertEqual(len(txs.payment_id), 3)
        self.assertEqual(self.of(txs, 'payment').mapped('state'), ['done'] * 3)
        self.assertEqual([len(tx.payment_id.sberbank_issued_receipt_ids) for tx in txs], [1, 1, 1])
        self.assertEqual(self.books()['income'], 3 * 215999)
