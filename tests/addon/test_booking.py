from .common import SberbankCommon


class TestBooking(SberbankCommon):
    def test_a_payment_settles_its_invoice(self):
        invoice = self.create_invoice(1500.5)

        payment = self.pay(self.create_tx(invoices=invoice))

        self.assertEqual(payment.amount, 1500.5)
        self.assertEqual(payment.journal_id, self.journal)
        self.assertEqual(invoice.amount_residual, 0)
