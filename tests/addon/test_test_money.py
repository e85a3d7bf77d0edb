"""Test money: marked wherever it is seen, and kept from real debts beside a live provider."""

from datetime import timedelta

from odoo import fields

from .ledger import LedgerCommon


class TestMoneyOfTheTestGateway(LedgerCommon):
    def setUp(self):
        super().setUp()
        self.provider.state = 'test'

    def take_real_money(self):
        """Let another provider of the database be live."""
        live = self.provider.copy({'name': 'Sberbank, live'})
        self.enable(live, state='enabled')
        return live

    def test_alone_it_settles_what_it_is_for_and_is_marked(self):
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)

        payment = self.pay(tx)

        self.assertEqual(invoice.amount_residual, 0)
        self.assertTrue(payment.sberbank_is_test)
        [mail] = self.mails_to('cashier@shop.example')
        self.assertTrue(mail.subject.startswith('[Test] '))
        self.assertIn('test money, no real payment', mail.body_html)

    def test_real_money_is_not_marked(self):
        self.provider.state = 'enabled'
        tx = self.create_tx(100)

        payment = self.pay(tx)

        self.assertFalse(payment.sberbank_is_test)
        [mail] = self.mails_to('cashier@shop.example')
        self.assertFalse(mail.subject.startswith('[Test]'))
        self.assertNotIn('test money', mail.body_html)

    def test_beside_a_live_provider_it_settles_no_invoice(self):
        self.take_real_money()
        invoice = self.create_invoice(250_000)
        tx = self.create_tx(invoices=invoice)

        payment = self.pay(tx)

        self.assertEqual(invoice.amount_residual, 250_000)
        self.assertTrue(payment.sberbank_is_test)
        self.assertEqual(self.open_credit(tx), 250_000)
        self.assertEqual(self.attentions(tx), ['not_settled'])
        self.assertIn('This is test money', tx.sberbank_attention_ids.details)
        self.assertFalse(tx.sberbank_attention_ids.is_live)
        [mail] = self.mails_to('cashier@shop.example')
        self.assertTrue(mail.subject.startswith('[Test] '))

    def test_beside_a_live_provider_it_settles_neither_older_nor_later_debts(self):
        self.take_real_money()
        older = self.create_invoice(100, due=self.day(-10))
        tx = self.create_tx(300)

        self.pay(tx)
        later = self.create_invoice(100)

        self.assertEqual((older + later).mapped('amount_residual'), [100, 100])
        self.assertEqual(self.open_credit(tx), 300)

    def test_trying_again_settles_nothing_either(self):
        self.take_real_money()
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        self.pay(tx)

        tx._sberbank_book_by_hand()

        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(len(self.mails_to('cashier@shop.example')), 1)

    def test_a_draft_that_it_was_paid_for_stays_a_draft(self):
        self.take_real_money()
        draft = self.create_invoice(100, post=False)
        tx = self.create_tx(invoices=draft)

        self.pay(tx)

        self.assertEqual(draft.state, 'draft')
        self.assertEqual(self.open_credit(tx), 100)

    def test_it_settles_all_the_same_once_an_administrator_says_so(self):
        self.take_real_money()
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        self.pay(tx)
        self.provider.sberbank_test_settles = True

        tx._sberbank_book_by_hand()

        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self.attentions(tx))

    def test_paid_in_test_mode_and_booked_after_going_live_it_settles_nothing(self):
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        self.bank_says(tx)
        self.provider.state = 'enabled'

        tx._sberbank_book_by_hand()

        self.assertEqual(invoice.amount_residual, 100)
        self.assertTrue(tx.payment_id.sberbank_is_test)

    def test_a_wire_transfer_is_no_live_provider(self):
        self.env['payment.provider'].create({
            'name': 'Wire transfer',
            'code': 'none',
            'state': 'enabled',
        })
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        self.assertEqual(invoice.amount_residual, 0)

    def test_a_refund_of_it_is_marked_and_takes_its_credit(self):
        self.take_real_money()
        tx = self.create_tx(100)
        self.pay(tx)
        self.provider.state = 'enabled'
        refund = tx._create_child_transaction(100, is_refund=True)
        refund._set_done()

        refund._sberbank_book_by_hand()

        self.assertTrue(refund.payment_id.sberbank_is_test)
        self.assertEqual(self.open_credit(tx), 0)

    def test_an_early_payment_discount_is_not_granted_for_it(self):
        self.take_real_money()
        invoice = self.create_invoice(100, due=fields.Date.today() + timedelta(days=30))
        tx = self.create_tx(98, invoices=invoice)

        self.pay(tx)

        self.assertEqual(invoice.amount_residual, 100)
