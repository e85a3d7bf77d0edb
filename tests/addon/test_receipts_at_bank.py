"""Receipts with a bank: asked for, followed, returned, sent again and sent once."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from .bankside import BankCase
from .receipts import ReceiptsMixin

DELAY = 60
HOUR = 3600
OURS = 'odoo.addons.payment_sberbank.models'


class ReceiptsAtBank(ReceiptsMixin, BankCase):
    """A shop whose merchant at the bank has a cash register."""

    vat_table = None
    ffd_version = '1.2'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_register()

    def set_up_merchant(self, **settings):
        register = {'delay': DELAY, **settings.pop('cash_register', {})}
        super().set_up_merchant(fiscal=True, cash_register=register, **settings)

    def get_access(self):
        return {
            **super().get_access(),
            'sberbank_custom_url': self.bank_process.ecom_url
            if self.dialect == 'ecom'
            else self.bank_process.rbs_url,
            'sberbank_vat_table': self.vat_table,
            'sberbank_ffd_version': self.ffd_version,
        }

    def buy(self, invoice=None, amount=None, *, book=True):
        """Let a customer pay, and hear of it."""
        tx = self.create_new_tx(amount, invoices=invoice, partner_email='anna@customer.example')
        self.open_page(tx)
        self.bank.pay(tx.provider_reference)
        self.hear_of(tx)
        if book:
            with self.as_worker() as env:
                tx.with_env(env)._sberbank_book_by_hand()
        return tx

    def hold(self, invoice):
        """Let a customer's money be held."""
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        return self.buy(invoice, book=False)

    def hear_of(self, tx):
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()

    def ask(self, tx, wait=DELAY):
        """Let the job ask about receipts of the order, as if it were time."""
        self.bank.advance(wait)
        tx.invalidate_recordset()
        expected = tx.sberbank_receipt_ids.filtered('next_ask_at')
        expected.next_ask_at = fields.Datetime.now() - timedelta(seconds=1)
        self.run_job('ir_cron_ask_for_receipts')

    def close(self, invoice):
        """Let the job look whether the second receipt of an invoice is due."""
        closing = self.find_closing(invoice)
        closing.filtered('consider_at').consider_at = fields.Datetime.now() - timedelta(seconds=1)
        self.run_job('ir_cron_send_second_receipts')
        return self.find_closing(invoice)

    def find_closing(self, invoice):
        return self.env['sberbank.receipt'].search([
            ('operation', '=', 'closing'),
            ('invoice_id', '=', invoice.id),
        ])

    def of(self, tx, operation):
        return tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == operation)

    def grow_old(self, receipt, **age):
        """Let time go by at the bank and here."""
        age = timedelta(**age)
        for name in ('asked_at', 'retried_at'):
            if receipt[name]:
                receipt[name] -= age
        self.bank.advance(age.total_seconds())

    def printed(self, tx):
        """Return what the bank's register knows of the order, the oldest first."""
        return self.bank.receipts(self.login, tx.sberbank_order_number)

    def books(self):
        totals = self.bank.ledger(self.login)['totals']
        return {name: totals[f'receipt_{name}'] for name in ('income', 'return', 'offset')}


class PaymentsCase:
    def test_what_the_register_prints_is_on_the_payment(self):
        tx = self.buy(self.issue_example())
        self.assertEqual(self.of(tx, 'payment').state, 'sent')

        self.ask(tx)

        receipt = self.of(tx, 'payment')
        self.assertEqual((receipt.state, receipt.next_ask_at), ('done', False))
        [known] = self.printed(tx)
        row = receipt.issued_ids
        self.assertEqual(row.qr_text, known['qr'])
        self.assertEqual(row.amount, 2159.99)
        self.assertTrue(row.storage_number and row.document_number and row.fiscal_sign)
        self.assertEqual(tx.payment_id.sberbank_issued_receipt_ids, row)
        self.assertIn(row.fiscal_sign, tx._sberbank_describe_receipts())
        self.assertEqual(self.books(), {'income': 215999, 'return': 0, 'offset': 0})

    def test_it_is_asked_about_in_its_time_only(self):
        self.buy(self.issue_example())
        before = len(self.calls())

        self.run_job('ir_cron_ask_for_receipts')

        self.assertEqual(len(self.calls()), before)

    def test_a_refund_prints_the_return_of_what_was_sold(self):
        tx = self.buy(self.issue_example())
        self.ask(tx)
        tx.payment_id.invalidate_recordset()

        tx._refund(amount_to_refund=1000)
        self.ask(tx)

        back = self.of(tx, 'refund')
        self.assertEqual((back.state, back.kind), ('done', 'sell_refund'))
        self.assertEqual(back.issued_ids.amount, 1000)
        self.assertEqual(self.of(tx, 'payment').issued_ids.amount, 2159.99)
        self.assertEqual(self.books(), {'income': 215999, 'return': 100000, 'offset': 0})

    def test_the_capture_of_a_hold_prints_what_is_taken(self):
        tx = self.hold(self.issue_example())
        self.assertEqual(tx.state, 'authorized')

        tx._capture()
        self.ask(tx)
        for receipt in tx.sberbank_receipt_ids:
            self.grow_old(receipt, minutes=20)
        self.ask(tx)

        # The older gateway does not tell which of the two steps its one receipt is of.
        self.assertEqual(set(tx.sberbank_receipt_ids.mapped('state')), {'done', 'not_needed'})
        self.assertEqual(self.books(), {'income': 215999, 'return': 0, 'offset': 0})
        self.assertFalse(tx.sberbank_needs_attention)

    def test_the_release_of_a_hold_needs_none(self):
        tx = self.hold(self.issue_example())

        tx._void()
        tx.invalidate_recordset()
        for receipt in tx.sberbank_receipt_ids:
            self.grow_old(receipt, minutes=20)
        self.ask(tx)

        self.assertEqual(set(tx.sberbank_receipt_ids.mapped('state')), {'not_needed'})
        self.assertEqual(self.printed(tx), [])
        self.assertFalse(tx.sberbank_needs_attention)

    @mute_logger(f'{OURS}.payment_transaction_receipts')
    def test_a_silent_bank_makes_it_late_all_the_same(self):
        tx = self.buy(self.issue_example())
        self.faults({'fault': 'http503'})
        self.grow_old(self.of(tx, 'payment'), hours=25)

        self.ask(tx)

        self.assertEqual(self.of(tx, 'payment').state, 'late')
        self.assertIn('receipt_late', tx.sberbank_attention_ids.mapped('reason'))


class TestPaymentsByForm(PaymentsCase, ReceiptsAtBank):
    dialect = 'rbs'
    vat_table = 'rbs'

    def test_the_older_gateway_leaves_the_second_receipt_to_the_accountant(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)

        self.assertEqual(self.close(invoice).state, 'by_hand')
        self.assertIn('receipt_by_hand', tx.sberbank_attention_ids.mapped('reason'))


class TestPaymentsByJson(PaymentsCase, ReceiptsAtBank):
    dialect = 'ecom'
    vat_table = 'ecom_2026'
    ffd_version = '1.05'

    def test_a_long_receipt_is_split_and_done_when_all_of_it_is(self):
        self.set_up_merchant(cash_register={'max_items': 3})
        tx = self.buy(self.issue_example())

        self.ask(tx)

        self.assertEqual(len(self.of(tx, 'payment').issued_ids), 2)
        self.assertEqual(self.of(tx, 'payment').state, 'done')

    # === WHAT FAILS === #

    def test_what_failed_is_sent_again_after_fifteen_hours_only(self):
        self.faults({'fault': 'receipt_exhausted', 'times': 1})
        tx = self.buy(self.issue_example())
        self.ask(tx)
        receipt = self.of(tx, 'payment')
        self.assertEqual(receipt.state, 'failed')
        self.assertIn('receipt_failed', tx.sberbank_attention_ids.mapped('reason'))
        with self.assertRaisesRegex(UserError, "goes on trying"):
            receipt.action_send_again()
        self.assertEqual(self.calls('retryReceipt'), [])

        self.grow_old(receipt, hours=16)
        self.ask(tx)
        self.assertEqual(len(self.calls('retryReceipt')), 1)
        self.ask(tx)

        self.assertEqual(receipt.state, 'done')
        self.assertFalse(tx.sberbank_needs_attention)
        self.assertEqual(self.books()['income'], 215999)

    def test_what_the_register_refuses_is_corrected_and_sent(self):
        self.faults({'fault': 'receipt_failed', 'times': 1, 'value': {'recommendation': 2}})
        tx = self.buy(self.issue_example())
        self.ask(tx)
        receipt = self.of(tx, 'payment')
        self.assertTrue(receipt.can_be_corrected)
        tx.partner_email = 'other@customer.example'

        receipt.action_correct_and_send()
        self.ask(tx)

        receipt.invalidate_recordset()
        self.assertEqual(receipt.state, 'done')
        self.assertEqual(receipt.content['buyer']['email'], 'other@customer.example')
        self.assertEqual(self.books()['income'], 215999)

    # === SECOND RECEIPTS === #

    def test_the_second_receipt_is_printed_once(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)

        closing = self.close(invoice)
        self.assertEqual(closing.state, 'sent')
        invoice._sberbank_consider_closing()
        self.close(invoice)
        self.ask(tx)

        self.assertEqual(closing.state, 'done')
        self.assertEqual(len(self.calls('doReceipt')), 1)
        self.assertEqual(self.books(), {'income': 215999, 'return': 0, 'offset': 215999})

    def test_a_lost_answer_is_looked_up_and_never_repeated(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)
        self.faults({'fault': 'drop_response_after_commit', 'method': 'doReceipt', 'times': 1})

        closing = self.close(invoice)
        self.assertEqual(closing.state, 'unknown')
        self.assertIn('receipt_unknown', tx.sberbank_attention_ids.mapped('reason'))
        self.close(invoice)
        self.ask(tx)

        self.assertEqual(closing.state, 'done')
        self.assertFalse(tx.sberbank_needs_attention)
        self.assertEqual(len(self.calls('doReceipt')), 1)

    def test_a_bank_that_was_not_reached_gets_it_later(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)
        self.faults({'fault': 'http429', 'method': 'doReceipt', 'times': 1})

        self.assertEqual(self.close(invoice).state, 'draft')

        self.assertEqual(self.close(invoice).state, 'sent')
        self.assertEqual(len(self.printed(tx)), 2)

    def test_books_that_were_handed_over_go_back_as_sold(self):
        invoice = self.issue_example()
        tx = self.buy(invoice)
        self.ask(tx)
        self.close(invoice)
        self.ask(tx)

        tx._refund(amount_to_refund=2159.99)
        self.ask(tx)

        back = gateway.Receipt.from_dict(self.of(tx, 'refund').content)
        self.assertEqual({item.method.value for item in back.items}, {'full_payment'})
        self.assertEqual(self.of(tx, 'refund').state, 'done')
