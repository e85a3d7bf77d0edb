"""What came to nothing is deleted in the end, and nothing else is."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.models import payment_transaction_discard as discard

from .common import SberbankCommon

LATER = timedelta(days=100)


class TestDiscard(SberbankCommon):
    def create_draft(self, **values):
        """Create a top-up that the bank has not been told of."""
        return self.create_tx(
            values.pop('amount', 100),
            provider_reference=False,
            sberbank_order_number=False,
            sberbank_form_url=False,
            sberbank_registered_at=False,
            **values,
        )

    def clean_up(self, after=LATER):
        """Run the clean-up after a while, when nobody asks the bank any more."""
        txs = self.env['payment.transaction']
        txs.search([('provider_id', '=', self.provider.id)]).sberbank_next_ask_at = False
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + after):
            return txs._gc_sberbank_discarded()

    def test_a_draft_that_the_bank_was_never_told_of(self):
        tx = self.create_draft()

        self.clean_up(timedelta(days=89))
        self.assertTrue(tx.exists())
        self.clean_up(timedelta(days=91))
        self.assertFalse(tx.exists())

    def test_an_order_that_the_bank_declined(self):
        tx = self.create_tx(100)
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        exchange = self.env['sberbank.exchange'].create({
            'transaction_id': tx.id,
            'time': fields.Datetime.now(),
            'direction': 'asked',
            'outcome': 'answered',
        })

        self.clean_up()

        self.assertFalse(tx.exists())
        self.assertFalse(exchange.exists())

    def test_what_tells_of_money_stays(self):
        status = gateway.OrderStatus
        histories = {
            'paid': [status.DEPOSITED],
            'held': [status.APPROVED],
            'held and released': [status.APPROVED, status.REVERSED],
            'released before we heard of it': [status.REVERSED],
            'declined after it was held': [status.APPROVED, status.DECLINED],
            'paid after all': [status.DECLINED, status.DEPOSITED],
            'registered': [status.REGISTERED],
        }
        for name, words in histories.items():
            with self.subTest(name):
                tx = self.create_tx(100)
                for word in words:
                    self.bank_says(tx, word)

                self.clean_up()

                self.assertTrue(tx.exists())
                self.assertFalse(tx.sberbank_discard_at)

    @mute_logger('odoo.addons.payment_sberbank.models.payment_transaction_confirmation')
    def test_what_needed_a_person_stays(self):
        tx = self.create_tx(100)
        self.bank_says(tx, gateway.OrderStatus.REGISTERED, amount=99)
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        other = self.create_tx(100)
        self.bank_says(other, gateway.OrderStatus.DECLINED)
        other._sberbank_need_attention('refunded', "Look at this.")

        self.clean_up()

        self.assertEqual((tx + other).exists(), tx + other)

    def test_what_the_bank_may_still_say_something_about_stays(self):
        tx = self.create_tx(100)
        self.bank_says(tx, gateway.OrderStatus.DECLINED)
        self.assertTrue(tx.sberbank_next_ask_at)
        self.env.flush_all()

        with freeze_time(fields.Datetime.now() + LATER):
            tx._gc_sberbank_discarded()

        self.assertTrue(tx.exists())
        self.assertTrue(tx.sberbank_discard_at)

    def test_an_order_whose_number_was_written_down_stays(self):
        tx = self.create_draft()
        tx.sberbank_order_number = 'N-1'

        self.clean_up()

        self.assertTrue(tx.exists())

    def test_what_was_begun_for_an_invoice_stays(self):
        invoice = self.create_invoice(100)
        draft = self.create_draft(amount=None, invoices=invoice)
        declined = self.create_tx(invoices=invoice)
        self.bank_says(declined, gateway.OrderStatus.DECLINED)

        self.clean_up()

        self.assertEqual((draft + declined).exists(), draft + declined)

    def test_what_another_app_refers_to_stays_and_holds_up_nobody(self):
        referred, tx = self.create_draft(), self.create_draft()
        self.env.cr.execute('CREATE TABLE neighbour (tx_id integer REFERENCES payment_transaction)')
        self.env.cr.execute('INSERT INTO neighbour VALUES (%s)', [referred.id])

        with mute_logger('odoo.sql_db'):
            self.clean_up()

        self.assertTrue(referred.exists())
        self.assertFalse(referred.sberbank_discard_at)
        self.assertFalse(tx.exists())

    def test_a_batch_at_a_time(self):
        self.patch(discard, 'GC_BATCH_SIZE', 3)
        txs = self.env['payment.transaction'].union(*[self.create_draft() for _i in range(5)])

        self.assertEqual(self.clean_up(), (3, True))
        self.assertEqual(len(txs.exists()), 2)
        self.assertEqual(self.clean_up(), (2, False))
        self.assertFalse(txs.exists())
