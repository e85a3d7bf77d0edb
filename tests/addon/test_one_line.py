"""What others have named ends where its line ends: in an e-mail's headers, in the log, at the bank.

And nobody counts as told whom no e-mail has reached.
"""

from email import message_from_string
from smtplib import SMTPDataError
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.base.tests.common import MockSmtplibCase
from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.log import get_logger

from ..nasty import ESCAPES, FORGED_LINE, STORABLE
from .bankside import BankCase
from .test_mail import STAFF, MailCommon

MAIL_LOGGER = 'odoo.addons.mail.models.mail_mail'


class TestHeaders(MailCommon, MockSmtplibCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_servers()

    def send_all(self):
        """Send what is in the queue to the staff, and return it as it was sent."""
        with self.mock_smtplib_connection():
            self.staff_mails().send()
        return self.emails

    def test_a_name_with_line_breaks_stops_no_mail_and_adds_no_header(self):
        for kind, name in STORABLE.items():
            with self.subTest(kind):
                self.customer.name = self.company.name = name
                before = self.staff_mails()

                self.pay(self.create_tx(100))
                mail = self.staff_mails() - before

                self.assertIn('100.00', mail.subject)
                for header in ('subject', 'email_from', 'email_to', 'reply_to'):
                    text = (mail[header] or '').replace('\N{NO-BREAK SPACE}', ' ')
                    self.assertTrue(text.isprintable(), f'{header}: {text!r}')
                mail.unlink()

    def test_the_mail_of_such_a_payment_is_sent(self):
        self.customer.name = self.company.name = STORABLE['header']
        self.pay(self.create_tx(100))

        [sent] = self.send_all()

        self.assertEqual(sent['smtp_to_list'], [STAFF])
        headers = message_from_string(sent['message'])
        self.assertEqual(headers['To'], STAFF)
        self.assertIsNone(headers['Bcc'])

    def test_the_test_mail_of_such_a_company_is_sent(self):
        self.company.name = self.provider.name = STORABLE['header']

        with self.mock_smtplib_connection():
            self.provider.action_sberbank_send_test_email()

        self.assertEqual(len(self.emails), 1)

    def test_the_mail_about_attention_of_such_a_customer_is_sent(self):
        self.customer.name = self.company.name = STORABLE['header']
        tx = self.create_tx(100, reference=STORABLE['header'])
        tx._sberbank_need_attention('mismatch', STORABLE['header'])

        self.assertEqual(len(self.send_all()), 1)

    def test_a_refund_is_a_minus_and_a_number_in_the_subject(self):
        tx = self.create_tx(100)
        self.pay(tx)
        before = self.staff_mails()
        refund = tx._create_child_transaction(40, is_refund=True)
        refund._set_done()

        refund._post_process()

        self.assertIn('-40.00', (self.staff_mails() - before).subject)


class TestNotSent(MailCommon, MockSmtplibCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_servers()

    def fail_to_send(self):
        """Let the mail server refuse what is in the queue."""
        refusal = SMTPDataError(554, b'Rejected')
        with (
            self.mock_smtplib_connection(),
            patch.object(self.testing_smtp_session, 'send_message', side_effect=refusal),
            mute_logger(MAIL_LOGGER, 'odoo.addons.base.models.ir_mail_server'),
        ):
            self.staff_mails().send()

    def send_again(self):
        with self.mock_smtplib_connection():
            self.staff_mails().send()

    def test_a_mail_that_the_server_refuses_does_not_count_as_sent(self):
        tx = self.create_tx(100)
        self.pay(tx)
        self.fail_to_send()
        self.assertTrue(tx.sberbank_is_mailed)
        self.assertEqual(tx.sberbank_mail_id.state, 'exception')

        self.env['payment.transaction']._sberbank_unmark_failed_mails()

        self.assertFalse(tx.sberbank_is_mailed)

    def test_it_is_written_anew_in_the_place_of_the_one_that_failed(self):
        tx = self.create_tx(100)
        self.pay(tx)
        for _hour in range(3):
            self.fail_to_send()
            self.write_remaining()

        self.assertEqual(self.staff_mails().mapped('state'), ['outgoing'])
        self.send_again()
        self.write_remaining()

        self.assertEqual(len(self.emails), 1)
        self.assertTrue(tx.sberbank_is_mailed)
        self.assertNotIn('outgoing', self.staff_mails().mapped('state'))

    def test_so_is_the_one_about_attention(self):
        tx = self.create_tx(100)
        tx._sberbank_need_attention('mismatch', "It is odd.")
        attention = tx.sberbank_attention_ids
        self.fail_to_send()

        self.env['payment.transaction']._sberbank_unmark_failed_mails()
        self.assertFalse(attention.is_mailed)
        self.write_remaining()

        self.assertTrue(attention.is_mailed)
        self.send_again()
        self.assertEqual(len(self.emails), 1)

    def test_what_is_in_the_queue_is_not_written_twice(self):
        self.pay(self.create_tx(100))

        for _hour in range(3):
            self.write_remaining()

        self.assertEqual(len(self.staff_mails()), 1)

    def test_the_failed_mail_of_another_app_is_left_alone(self):
        tx = self.create_tx(100)
        self.pay(tx)
        other = self.env['mail.mail'].create({
            'model': tx._name,
            'res_id': tx.id,
            'email_to': 'anna@neighbour.test',
            'state': 'exception',
        })

        self.write_remaining()

        self.assertTrue(tx.sberbank_is_mailed)
        self.assertTrue(other.exists())
        self.assertEqual(len(self.staff_mails()), 1)


class TestLog(BankCase):
    def forge(self, **values):
        return self.create_new_tx(100, reference=f'Anna\n{FORGED_LINE}{ESCAPES}', **values)

    def assert_one_line(self, logged):
        self.assertTrue(logged.records)
        for record in logged.records:
            message = record.getMessage().replace('\N{NO-BREAK SPACE}', ' ')
            self.assertTrue(message.isprintable(), repr(message))
            self.assertNotIn('\x1b', message)

    def test_a_reference_forges_no_line_wherever_the_bank_can_not_be_asked(self):
        tx = self.forge()
        self.faults({'fault': 'http503'})
        with (
            self.assertLogs('odoo.addons.payment_sberbank', 'WARNING') as logged,
            mute_logger('odoo.addons.payment_sberbank.gateway.client'),
        ):
            response = self.url_open(tx._sberbank_get_pay_url(), allow_redirects=False)

        self.assertEqual(response.status_code, 200)
        self.assertTrue(any('No payment page' in line for line in logged.output))
        self.assert_one_line(logged)

    def test_a_reference_forges_no_line_when_its_order_differs(self):
        tx = self.create_tx(100, reference=f'Anna\n{FORGED_LINE}{ESCAPES}')

        with self.assertLogs('odoo.addons.payment_sberbank', 'ERROR') as logged:
            self.bank_says(tx, amount=1)

        self.assert_one_line(logged)

    def test_the_bank_gets_neither_line_breaks_nor_escapes(self):
        tx = self.forge()

        self.open_page(tx)

        [order] = self.orders()
        for field in ('orderNumber', 'description'):
            sent = order['register'][field]
            self.assertTrue(sent.isprintable(), sent)

    def test_a_logger_cleans_its_values_and_keeps_numbers(self):
        logger = get_logger('odoo.addons.payment_sberbank.tests')

        with self.assertLogs(logger.logger, 'WARNING') as logged:
            logger.warning("%s took %.1f s and %d: %s", 'a\r\nb\x1b\0', 1.25, 7, 'x' * 10_000)

        [message] = [record.getMessage() for record in logged.records]
        self.assertTrue(message.startswith('a  b   took 1.2 s and 7: xxx'))
        self.assertLess(len(message), 2200)


class TestReferences(BankCase):
    def test_what_a_browser_wishes_a_reference_to_begin_with_becomes_one_short_line(self):
        compute = self.env['payment.transaction']._compute_reference
        for prefix in (*STORABLE.values(), 'Anna\0', 'Anna\ud800', 'x' * 100_000, ['a'], 7):
            with self.subTest(ascii(prefix)[:40]):
                reference = compute('sberbank', prefix=prefix)

                self.assertTrue(reference.isprintable())
                self.assertLess(len(reference), 140)

    def test_a_usual_prefix_stays_as_it_is(self):
        compute = self.env['payment.transaction']._compute_reference

        self.assertEqual(compute('sberbank', prefix='INV/2026/00001'), 'INV/2026/00001')
        self.assertIn(gateway.printable('INV'), compute('none', prefix='INV'))
