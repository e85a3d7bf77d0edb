"""What Odoo's own payment code does when it is left alone, and what is done about it here.

Each test says in its first line what the core would do.
"""

import logging
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from odoo.addons.payment_sberbank import gateway

from .bankside import BankCase
from .common import CALLBACK_KEY


class TestCoreTraps(BankCase):
    def setUp(self):
        super().setUp()
        self.set_up_merchant(callback={'signing': 'symmetric', 'key': CALLBACK_KEY})

    def notify(self, tx, operation='deposited'):
        """Have the bank send a notification.

        :return: The HTTP status that it got.
        :rtype: int
        """
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            delivery = self.bank.notify(tx.provider_reference, operation)
        self.env.invalidate_all()
        return delivery['tries'][0]['answer']

    def get_open_reasons(self, tx):
        return set(tx.sberbank_attention_ids.filtered(lambda a: not a.is_solved).mapped('reason'))

    def test_a_wrong_amount_that_is_delivered_again_is_still_wrong(self):
        """The core skips its check in the state that the first wrong delivery led to."""
        for fault in ('wrong_amount', 'wrong_currency', 'wrong_order_number'):
            with self.subTest(fault=fault):
                self.faults()
                tx = self.create_registered_tx(10)
                self.bank.pay(tx.provider_reference)
                self.faults({'fault': fault})

                for _delivery in range(3):
                    self.assertEqual(self.notify(tx), 200)
                    self.assertEqual(tx.state, 'error')
                self.run_job('ir_cron_book_payments')

                self.assertFalse(tx.payment_id)
                self.assertEqual(self.get_open_reasons(tx), {'mismatch'})

                self.faults()
                self.notify(tx)
                self.run_job('ir_cron_book_payments')

                self.assertEqual(tx.payment_id.amount, 10)
                self.assertFalse(self.get_open_reasons(tx))

    def test_money_that_comes_after_a_cancellation_is_booked(self):
        """The core drops a success that arrives after `cancel`."""
        invoice = self.create_invoice(10)
        tx = self.create_registered_tx(invoices=invoice)
        self.bank.expire(tx.provider_reference)
        self.notify(tx, 'declinedByTimeout')
        self.assertEqual(tx.state, 'cancel')

        self.bank.pay(tx.provider_reference, late=True)
        self.notify(tx)
        self.run_job('ir_cron_book_payments')

        self.assertEqual(tx.state, 'done')
        self.assertEqual(invoice.amount_residual, 0)

    def test_a_reversal_after_the_payment_stays_visible(self):
        """The core refuses a cancellation after `done` without a word."""
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        self.notify(tx)
        self.run_job('ir_cron_book_payments')

        self.bank.reverse(tx.provider_reference)
        self.notify(tx, 'reversed')

        self.run_job('ir_cron_book_payments')

        self.assertEqual(tx.state, 'done')
        self.assertEqual(tx.child_transaction_ids.sberbank_returned_by, 'reversal')
        self.assertEqual(tx.child_transaction_ids.payment_id.amount, 10)

    def test_a_long_cyrillic_reference_does_not_reach_the_bank(self):
        """The core's references grow with the invoices and lose what is not ASCII."""
        invoices = sum((self.create_invoice(10) for _i in range(3)), self.env['account.move'])
        reference = self.env['payment.transaction']._compute_reference(
            'sberbank', prefix=f'Счёт-{"-".join(invoices.mapped("name"))}'
        )

        tx = self.create_registered_tx(invoices=invoices, reference=reference)

        self.assertGreater(len(reference), 32)
        self.assertRegex(self.orders()[0]['orderNumber'], r'\A[A-Za-z0-9_-]{1,32}\Z')
        self.assertEqual(tx.sberbank_order_number, self.orders()[0]['orderNumber'])

    def test_no_line_of_the_log_holds_a_secret(self):
        """The core's masking fails when a password has a quote in it."""
        for password in ("it's", 'say "it"', 'a%sb%(c)d', 'a&b=c+d', '{"a": 1}\\n', 'пароль№1'):
            with self.subTest(password=password):
                password = f'secret {password} of the shop'
                self.set_up_merchant(password=password)
                self.provider.sberbank_password = password
                with self.logged() as lines:
                    tx = self.create_registered_tx(10)
                    self.bank.pay(tx.provider_reference)
                    self.notify(tx)
                    for fault in ('http500', 'html200', 'permission_denied', 'drop_connection'):
                        self.faults({'fault': fault})
                        with self.assertRaises(gateway.GatewayError):
                            self.open_page(self.create_new_tx(10))
                    self.faults()

                log = '\n'.join(lines)
                self.assertTrue(lines)
                exchange = str(tx.sberbank_exchange_ids.mapped(lambda e: (e.request, e.answer)))
                escaped = repr(password)[1:-1], quote(password), quote_plus(password)
                for secret in (password, *escaped):
                    self.assertNotIn(secret, log)
                    self.assertNotIn(secret, exchange)
                self.assertNotIn(self.login, exchange)

    def test_a_cash_desk_that_makes_no_entries_is_waited_for(self):
        """The core makes a payment without an entry, and there is nothing to settle with."""
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        line = self.provider._sberbank_get_payment_method_line()
        account = line.payment_account_id
        line.payment_account_id = False

        self.notify(tx)
        self.run_job('ir_cron_book_payments')
        self.assertEqual(tx.state, 'done')
        self.assertFalse(tx.payment_id)
        self.assertEqual(self.get_open_reasons(tx), {'not_bookable'})

        line.payment_account_id = account
        self.run_job('ir_cron_book_payments')
        self.assertEqual(tx.payment_id.amount, 10)
        self.assertTrue(tx.payment_id.move_id)
        self.assertFalse(self.get_open_reasons(tx))

    def test_the_public_user_may_belong_to_another_company(self):
        """The core works in the company of whoever's request it is."""
        other = self.create_company('ООО «Василёк»')
        public = self.env.ref('base.public_user')
        public.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        invoice = self.create_invoice(10)
        tx = self.create_registered_tx(invoices=invoice)
        self.bank.pay(tx.provider_reference)

        self.assertEqual(self.notify(tx), 200)
        response = self.url_open(tx._sberbank_get_return_url())
        self.env.invalidate_all()
        self.make_jsonrpc_request('/payment/status/poll', {})
        self.env.invalidate_all()

        self.assertEqual(response.status_code, 200)
        self.assertEqual(tx.payment_id.company_id, self.company)
        self.assertEqual(tx.payment_id.journal_id, self.journal)
        self.assertEqual(invoice.amount_residual, 0)

    def test_beginning_a_payment_again_asks_the_bank_for_nothing(self):
        """The core runs a whole request again when its database transaction failed."""
        tx = self.create_new_tx(10)

        for _attempt in range(2):
            tx._get_processing_values()

        self.assertFalse(self.calls())

    @contextmanager
    def logged(self):
        """Collect what is logged, and what the network's libraries would tell of at most."""
        self.env.flush_all()  # Settings are written in queries, which are not meant here.
        lines = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(
            f'{record.getMessage()} {record.exc_text or record.exc_info or ""}'
        )
        wanted = {
            'odoo': logging.INFO,
            'odoo.addons.payment_sberbank': logging.DEBUG,
            'urllib3': logging.DEBUG,
            'requests': logging.DEBUG,
        }
        loggers = [logging.getLogger(name) for name in wanted]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(wanted[logger.name])
        try:
            yield lines
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.removeHandler(handler)
                logger.setLevel(level)
