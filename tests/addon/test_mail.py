"""The e-mails to staff: what they say, to whom, and that each is written once."""

from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.base.tests.common import MockSmtplibCase

from .common import CALLBACK_KEY, PASSWORD, USERNAME
from .ledger import LedgerCommon

STAFF = 'cashier@shop.example'


class MailCommon(LedgerCommon):
    def staff_mails(self):
        return self.mails_to(STAFF)

    def pay(self, tx, **values):
        payment = super().pay(tx, **values)
        self.write_remaining()
        return payment

    def write_remaining(self):
        """Do what the job does after it has booked."""
        self.env['payment.transaction']._sberbank_mail_remaining()

    def text_of(self, mail):
        return html2plaintext(mail.body_html)

    @contextmanager
    def broken_templates(self):
        """Let no template be rendered for the length of the block."""
        with (
            patch.object(
                self.env.registry['mail.template'], '_generate_template', side_effect=KeyError
            ),
            mute_logger('odoo.addons.payment_sberbank.models.payment_provider_mail'),
        ):
            yield

    @contextmanager
    def compiled_texts(self):
        """Give the texts that are compiled to be rendered during the block."""
        qweb = self.env.registry['ir.qweb']
        generate, texts = qweb._generate_code, []

        def spy(model, source):
            is_check = 'raise_on_forbidden_code_for_model' in model.env.context
            if isinstance(source, etree._Element) and not is_check:
                texts.append(source)
            return generate(model, source)

        with patch.object(qweb, '_generate_code', spy):
            yield texts

    def pay_twice(self):
        """Pay an invoice a second time, which needs attention."""
        invoice = self.create_invoice(1000)
        self.pay(self.create_tx(invoices=invoice))
        tx = self.create_tx(1000, invoices=invoice)
        self.pay(tx)
        return tx


class TestBookedMail(MailCommon):
    def test_it_tells_who_paid_how_much_for_what_and_where_it_went(self):
        self.provider.sberbank_account_id = self.article
        invoice = self.create_invoice(1234567.89)
        tx = self.create_tx(invoices=invoice)

        self.pay(tx)

        mail = self.staff_mails()
        text = self.text_of(mail)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, 'outgoing')
        self.assertIn('1,234,567.89', mail.subject)
        self.assertIn('Anna Customer', mail.subject)
        for expected in (
            '1,234,567.89',
            'Anna Customer',
            invoice.name,
            self.journal.name,
            'Income',
            'Lessons',
            tx.sberbank_order_number,
            tx.payment_id.name,
        ):
            with self.subTest(expected):
                self.assertIn(expected, text)

    def test_it_links_to_the_payment_and_to_the_customer(self):
        payment = self.pay(self.create_tx(100))

        body = self.staff_mails().body_html
        self.assertIn(f'model=account.payment&amp;res_id={payment.id}', body)
        self.assertIn(f'model=res.partner&amp;res_id={self.customer.id}', body)

    def test_it_goes_to_every_address(self):
        self.provider.sberbank_staff_email = f'{STAFF}, boss@shop.example'

        self.pay(self.create_tx(100))

        self.assertEqual(len(self.staff_mails()), 1)
        self.assertEqual(self.mails_to('boss@shop.example'), self.staff_mails())

    def test_without_an_address_none_is_written_later_either(self):
        self.provider.sberbank_staff_email = False
        tx = self.create_tx(100)

        self.pay(tx)
        self.provider.sberbank_staff_email = STAFF
        self.write_remaining()

        self.assertTrue(tx.payment_id)
        self.assertFalse(self.staff_mails())

    def test_whoever_pays_waits_for_no_e_mail(self):
        tx = self.create_tx(100)
        self.bank_says(tx)
        job = self.env.ref('payment_sberbank.ir_cron_book_payments')
        self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)]).unlink()

        with patch.object(self.env.registry['mail.template'], 'send_mail_batch') as write:
            tx._post_process()

        write.assert_not_called()
        self.assertTrue(tx.is_post_processed)
        self.assertFalse(tx.sberbank_is_mailed)
        self.assertTrue(self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)]))
        self.write_remaining()
        self.assertTrue(tx.sberbank_is_mailed)

    def test_what_is_finished_by_hand_after_days_is_told_as_well(self):
        for days in (2, 3, 5, 40):
            with self.subTest(days=days):
                tx = self.create_tx(100)
                self.bank_says(tx)
                tx.last_state_change = fields.Datetime.now() - timedelta(days=days)

                tx._sberbank_book_by_hand()
                self.write_remaining()

                self.assertTrue(tx.sberbank_is_mailed)
                self.assertEqual(tx.sberbank_mail_id.email_to, STAFF)

    def test_the_job_is_not_called_for_an_e_mail_that_nobody_wants(self):
        self.provider.sberbank_staff_email = False
        tx = self.create_tx(100)
        self.bank_says(tx)
        tx._sberbank_book_money()
        self.env['ir.cron.trigger'].search([]).unlink()

        tx._post_process()

        self.assertTrue(tx.sberbank_is_mailed)
        self.assertFalse(self.env['ir.cron.trigger'].search([]))

    def test_it_is_written_once(self):
        tx = self.create_tx(100)

        for _time in range(3):
            self.pay(tx)
            tx._sberbank_mail_booked()
            self.write_remaining()

        self.assertEqual(len(self.staff_mails()), 1)

    def test_its_text_is_compiled_once(self):
        self.pay(self.create_tx(invoices=self.create_invoice(1000)))

        with self.compiled_texts() as compiled:
            self.pay(self.create_tx(invoices=self.create_invoice(2000)))

        self.assertFalse(compiled)
        first, second = map(self.text_of, self.staff_mails().sorted('id'))
        self.assertIn('1,000.00', first)
        self.assertIn('2,000.00', second)

    def test_a_text_that_was_changed_is_the_next_ones(self):
        self.pay(self.create_tx(invoices=self.create_invoice(1000)))
        template = self.env.ref('payment_sberbank.mail_template_payment_booked')
        template.body_html = '<p>Paid: <t t-out="object.amount"/></p>'

        with self.compiled_texts() as compiled:
            self.pay(self.create_tx(invoices=self.create_invoice(2000)))

        self.assertEqual(len(compiled), 1)
        self.assertIn('Paid: 2000.0', self.text_of(self.staff_mails().sorted('id')[-1]))

    def test_a_text_is_examined_anew_for_an_author_who_may_not_write_everything(self):
        text = etree.fromstring('<div><p t-out="object.env.cr.dbname"/></div>')
        qweb = self.env['ir.qweb'].with_context(sberbank_mail=True)
        qweb._generate_code_uncached(text)

        restricted = qweb.with_context(raise_on_forbidden_code_for_model='payment.transaction')
        with self.assertRaises(PermissionError):
            restricted._generate_code_uncached(text)

    def test_it_is_queued_and_not_sent(self):
        sending = patch.object(self.env.registry['ir.mail_server'], 'send_email')

        with sending as send_email:
            self.pay(self.create_tx(100))

        send_email.assert_not_called()
        self.assertTrue(
            self.env['ir.cron.trigger'].search([
                ('cron_id', '=', self.env.ref('mail.ir_cron_mail_scheduler_action').id)
            ])
        )

    def test_it_is_in_the_companys_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        self.company.partner_id.lang = 'ru_RU'

        self.pay(self.create_tx(1234.5).with_context(lang='en_US'))

        self.assertIn('1\N{NO-BREAK SPACE}234,50', self.staff_mails().subject)

    def test_a_broken_template_stops_no_booking_and_is_tried_again(self):
        tx = self.create_tx(100)

        with self.broken_templates():
            self.pay(tx)
            written = self.staff_mails()
        self.write_remaining()

        self.assert_booked(tx)
        self.assertFalse(written)
        self.assertEqual(len(self.staff_mails()), 1)

    def test_a_payment_that_waits_is_not_announced_as_booked(self):
        self.journal.active = False
        tx = self.create_tx(100)

        self.pay(tx)
        subjects = self.staff_mails().mapped('subject')
        self.journal.active = True
        tx._post_process()

        self.assertEqual(len(subjects), 1)
        self.assertIn('needs attention', subjects[0])
        self.assertEqual(len(self.staff_mails()), 2)

    def test_a_refund_is_announced_as_one(self):
        tx = self.create_tx(100)
        self.pay(tx)
        before = self.staff_mails()
        refund = tx._create_child_transaction(40, is_refund=True)
        refund._set_done()

        refund._post_process()

        mail = self.staff_mails() - before
        self.assertIn('Refund', mail.subject)
        self.assertIn(tx.sberbank_order_number, self.text_of(mail))

    def test_the_customer_gets_none_of_it(self):
        self.pay_twice()

        self.assertFalse(self.mails_to(self.customer.email))

    def test_none_holds_a_secret(self):
        self.pay_twice()

        for mail in self.staff_mails():
            for secret in (PASSWORD, USERNAME, CALLBACK_KEY, 'access_token', self.customer.email):
                with self.subTest(mail=mail.subject, secret=secret):
                    self.assertNotIn(secret, mail.body_html)
                    self.assertNotIn(secret, mail.subject)

    def test_names_of_customers_are_no_markup(self):
        self.customer.name = '<script>alert(1)</script> & Sons'

        self.pay(self.create_tx(100))

        self.assertNotIn('<script', self.staff_mails().body_html)
        self.assertIn('& Sons', self.text_of(self.staff_mails()))


class TestAttentionMail(MailCommon):
    def attention_mails(self):
        return self.staff_mails().filtered(lambda mail: 'needs attention' in mail.subject)

    def test_it_tells_the_reason_and_what_to_do_and_where(self):
        tx = self.pay_twice()

        mail, attention = self.attention_mails(), tx.sberbank_attention_ids
        text = self.text_of(mail)
        self.assertEqual(len(mail), 1)
        self.assertIn('It was paid already', text)
        self.assertIn(attention.details, text)
        self.assertIn(attention.way_out, text)
        self.assertIn(f'/odoo/online-payments-needing-attention/{attention.id}', mail.body_html)

    def test_it_is_written_once_while_the_reason_is_on_the_list(self):
        tx = self.create_tx(100)

        for details in ("It is odd.", "It is odd.", "It is odder."):
            tx._sberbank_need_attention('mismatch', details)

        self.assertEqual(len(self.attention_mails()), 1)

    def test_it_is_written_again_when_the_reason_comes_back(self):
        tx = self.create_tx(100)
        tx._sberbank_need_attention('mismatch', "It is odd.")
        tx.sberbank_attention_ids.action_solve()

        tx._sberbank_need_attention('mismatch', "It is odd again.")

        self.assertEqual(len(self.attention_mails()), 2)

    def test_a_broken_template_loses_no_reason_and_is_tried_again(self):
        tx = self.create_tx(100)

        with self.broken_templates():
            tx._sberbank_need_attention('mismatch', "It is odd.")
            reasons, written = self.attentions(tx), self.attention_mails()
        for _time in range(2):
            self.write_remaining()

        self.assertEqual(reasons, ['mismatch'])
        self.assertFalse(written)
        self.assertEqual(len(self.attention_mails()), 1)


class TestTestMail(MailCommon, MockSmtplibCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_servers()

    def test_it_is_sent_at_once(self):
        with self.mock_smtplib_connection():
            action = self.provider.action_sberbank_send_test_email()

        self.assertEqual(len(self.emails), 1)
        self.assertEqual(self.emails[0]['smtp_to_list'], [STAFF])
        self.assertIn('This is a test', self.emails[0]['message'])
        self.assertIn(STAFF, action['params']['message'])

    def test_a_mail_server_that_does_not_answer_is_reported(self):
        self.env['ir.mail_server'].search([]).write({'smtp_host': '127.0.0.1', 'smtp_port': 9})

        with (
            patch.object(self.env.registry['ir.mail_server'], '_disable_send', lambda _self: False),
            self.assertRaisesRegex(UserError, 'Connection refused'),
        ):
            self.provider.action_sberbank_send_test_email()

    def test_a_mail_server_that_refuses_the_address_is_reported(self):
        refusal = SMTPRecipientsRefused({STAFF: (550, b'No such user')})

        with (
            self.mock_smtplib_connection(),
            patch.object(self.testing_smtp_session, 'send_message', side_effect=refusal),
            mute_logger(
                'odoo.addons.base.models.ir_mail_server', 'odoo.addons.mail.models.mail_mail'
            ),
            self.assertRaisesRegex(UserError, 'No such user'),
        ):
            self.provider.action_sberbank_send_test_email()

    def test_without_an_address_it_says_so(self):
        self.provider.sberbank_staff_email = False

        with self.assertRaisesRegex(UserError, 'Enter the e-mail address'):
            self.provider.action_sberbank_send_test_email()
