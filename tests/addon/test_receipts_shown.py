"""Who sees what the register has issued, and where."""

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.models import receipt_words

from .issued import issued
from .test_receipts_returns import ReturnsCase

FISCAL_SIGN = '1590376137'


class TestReceiptsShown(ReturnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_portal_user('anna-portal', cls.customer)
        cls.create_portal_user('other-portal')

    def test_the_customer_sees_the_receipt_and_nobody_else_does(self):
        invoice = self.issue_example()
        tx = self.sell(invoice)
        pages = (f'/my/invoices/{invoice.id}', tx._sberbank_get_result_url())
        for login, sees in (('anna-portal', True), ('other-portal', False), (None, False)):
            self.authenticate(login, login)
            for page in pages:
                with self.subTest(login=login, page=page.partition('?')[0]):
                    text = self.url_open(page).text
                    self.assertEqual(FISCAL_SIGN in text, sees)
                    self.assertEqual('data:image/png' in text, sees)
                    self.assertEqual(
                        f'https://ofd.example/rec/9999078900004312/133/{FISCAL_SIGN}"' in text, sees
                    )

    def test_what_failed_is_no_business_of_the_customer(self):
        tx = self.create_tx(invoices=self.issue_example(), partner_email='a@customer.example')
        asked = self.ask_for(tx)
        self.pay(tx)
        asked._note_issued([issued(asked, gateway.ReceiptStatus.FAILED)])
        self.authenticate('anna-portal', 'anna-portal')

        text = self.url_open(f'/my/invoices/{tx.invoice_ids.id}').text

        self.assertNotIn('Смена истекла', text)
        self.assertNotIn('o_sberbank_receipts', text)

    def test_staff_read_what_the_register_was_told_in_words(self):
        receipt = self.income(self.sell(self.issue_example()))

        book = receipt.content_text.splitlines()[-1]

        self.assertIn('Книга: 2 × ', book)
        self.assertIn('full prepayment, payment, 10/110 %', book)

    def test_every_sign_of_a_receipt_has_its_words(self):
        self.assertEqual(set(receipt_words.get_methods(self.env)), set(gateway.Method))
        self.assertEqual(set(receipt_words.get_rates(self.env)), set(gateway.Vat))

    def test_the_e_mail_to_staff_has_the_receipt(self):
        tx = self.create_tx(invoices=self.issue_example(), partner_email='a@customer.example')
        asked = self.ask_for(tx)
        self.bank_says(tx)
        asked._note_issued([issued(asked)])
        self.provider.sberbank_staff_email = 'receipts@shop.example'

        tx._sberbank_book_by_hand()

        [mail] = self.mails_to('receipts@shop.example')
        self.assertIn(f'FPD {FISCAL_SIGN}', mail.body_html)

    def test_the_payment_of_a_refund_has_the_receipt_of_the_return(self):
        tx = self.sell(self.issue_example())
        self.give_back(tx, 455)
        refund = tx.child_transaction_ids
        back = tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'refund')
        back._was_asked_for()
        self.issue_all(tx)

        refund._sberbank_book_by_hand()

        self.assertEqual(refund.payment_id.sberbank_issued_receipt_ids, back.issued_ids)
        self.assertTrue(back.issued_ids.qr_image)
        self.assertIn('&n=2', back.issued_ids.qr_text)
