"""What the register is told of captures, reversals and refunds: the lines that were sold."""

from odoo import fields
from odoo.exceptions import ValidationError

from odoo.addons.payment_sberbank import gateway

from .common import SberbankHttpCommon
from .issued import issued
from .receipts import ReceiptsMixin


class ReturnsCase(ReceiptsMixin, SberbankHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_register()

    def sell(self, invoices=None, amount=None, **values):
        """Let a payment be made, booked, and its receipt issued."""
        tx = self.create_tx(amount, invoices=invoices, **values)
        tx.partner_email = tx.partner_id.email
        self.ask_for(tx)
        self.pay(tx)
        self.issue_all(tx)
        return tx

    def ask_for(self, tx):
        """Write the receipt of the payment down, as the registration of the order does."""
        return self.env['sberbank.receipt']._sberbank_note(
            tx, 'payment', tx._sberbank_get_receipt()
        )

    def income(self, tx):
        """Return the receipt of the payment."""
        return tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'payment')

    def issue_all(self, tx):
        """Let the register have issued all receipts of the order."""
        tx.sberbank_receipt_ids._note_issued([
            issued(receipt, operation_id='')
            for receipt in tx.sberbank_receipt_ids
            if receipt.state not in ('done', 'draft')
        ])

    def begin_refund(self, tx, amount):
        return tx._create_child_transaction(amount, is_refund=True)

    def give_back(self, tx, amount):
        """Return what the register is told of a refund."""
        refund = self.begin_refund(tx, amount)
        receipt = tx._sberbank_get_operation_receipt('refund', gateway.to_kopecks(amount), refund)
        refund._set_done()
        tx.invalidate_recordset()
        return receipt

    def credit(self, invoice, *names):
        """Post a credit note of some lines of an invoice, a piece of each."""
        wizard = (
            self
            .env['account.move.reversal']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': invoice.journal_id.id, 'date': fields.Date.today()})
        )
        credit_note = self.env['account.move'].browse(wizard.reverse_moves()['res_id'])
        credit_note.invoice_line_ids.filtered(lambda line: line.name not in names).unlink()
        credit_note.invoice_line_ids.quantity = 1
        credit_note.action_post()
        return credit_note


class TestReturns(ReturnsCase):
    def test_a_refund_undoes_what_was_sold_to_the_kopeck(self):
        tx = self.sell(self.issue_example())

        receipt = self.give_back(tx, 1000)

        self.assertEqual(receipt.kind, gateway.Kind.SELL_REFUND)
        self.assertEqual(receipt.settlements.cashless, 100000)
        self.assertEqual(sum(item.amount for item in receipt.items), 100000)
        self.assertEqual(
            {row[4:] for row in self.table(receipt)},
            {('full_prepayment', 'payment', '22/122'), ('full_prepayment', 'payment', '10/110')},
        )
        rest = self.give_back(tx, 1159.99)
        both = [*receipt.items, *rest.items]
        for item in gateway.Receipt.from_dict(self.income(tx).content).items:
            with self.subTest(item=item.name):
                back = [other.amount for other in both if other.position == item.position]
                self.assertEqual(sum(back), item.amount)

    def test_it_is_written_down_before_the_bank_is_asked(self):
        tx = self.sell(self.issue_example())
        refund = self.begin_refund(tx, 100)
        tx._sberbank_get_operation_receipt('refund', 10000, refund)
        tx.invalidate_recordset()
        noted = tx.sberbank_receipt_ids[0]
        self.assertEqual((noted.key, noted.state), (f'refund:{refund.reference}', 'draft'))
        self.assertTrue(noted.next_ask_at)
        self.assertEqual(noted.amount, 100)

    def test_the_lines_are_those_of_the_credit_note(self):
        invoice = self.issue_example()
        tx = self.sell(invoice)
        self.credit(invoice, 'Книга')

        receipt = self.give_back(tx, 455)

        self.assertEqual(
            self.table(receipt),
            [('Книга', 45500, '1', 45500, 'full_prepayment', 'payment', '10/110')],
        )

    def test_more_than_is_left_is_refused_before_the_bank_is_asked(self):
        tx = self.sell(self.issue_example())
        self.give_back(tx, 2000)
        with self.assertRaisesRegex(ValidationError, "More would go back"):
            tx._sberbank_get_operation_receipt('refund', 16000, self.begin_refund(tx, 159.99))

    def test_a_payment_without_a_receipt_has_no_return(self):
        tx = self.create_tx(100)
        self.pay(tx)
        self.assertIsNone(self.give_back(tx, 50))
        self.assertFalse(tx.sberbank_receipt_ids)

    def test_an_old_rate_goes_back_as_it_was_sold(self):
        tx = self.sell(self.issue_example())
        sold = self.income(tx)
        content = sold.content
        for item in content['items']:
            item['vat'] = item['vat'].replace('22/122', '20/120')
        sold.content = {**content}

        receipt = self.give_back(tx, 2159.99)

        self.assertEqual({item.vat.value for item in receipt.items}, {'20/120', '10/110'})

    def test_what_has_no_receipt_yet_is_returned_by_hand(self):
        tx = self.create_tx(invoices=self.issue_example(), partner_email='a@customer.example')
        sold = self.ask_for(tx)
        self.pay(tx)
        sold._note_issued([issued(sold, gateway.ReceiptStatus.FAILED)])

        self.assertIsNone(self.give_back(tx, 100))
        sold.action_issued_by_hand()
        self.assertIsNone(self.give_back(tx, 50))

        back = tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'refund')
        self.assertEqual(back.mapped('state'), ['by_hand', 'by_hand'])
        self.assertIn('receipt_by_hand', tx.sberbank_attention_ids.mapped('reason'))

    def test_the_capture_of_a_hold_sends_the_lines_that_are_taken(self):
        tx = self.create_tx(invoices=self.issue_example(), partner_email='a@customer.example')
        held = self.ask_for(tx)
        self.bank_says(tx, gateway.OrderStatus.APPROVED)

        receipt = tx._sberbank_get_operation_receipt('capture', 215999)

        self.assertEqual(receipt.as_dict(), held.content)
        tx.invalidate_recordset()
        captured = tx.sberbank_receipt_ids - held
        self.assertEqual(captured.state, 'draft')
        self.bank_says(tx)
        self.assertEqual(captured.state, 'sent')

    def test_the_release_of_a_hold_undoes_its_receipt(self):
        tx = self.create_tx(invoices=self.issue_example(), partner_email='a@customer.example')
        held = self.ask_for(tx)
        self.bank_says(tx, gateway.OrderStatus.APPROVED)

        receipt = tx._sberbank_get_operation_receipt('reversal', 215999)

        self.assertEqual(receipt.kind, gateway.Kind.SELL_REFUND)
        self.assertEqual(receipt.items, gateway.Receipt.from_dict(held.content).items)
        tx.invalidate_recordset()
        self.bank_says(tx, gateway.OrderStatus.REVERSED)
        self.assertEqual((tx.sberbank_receipt_ids - held).state, 'sent')
