"""Staff are told of certificates that end: once before, once when they have."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tools import html2plaintext

from odoo.addons.payment_sberbank import gateway

from tests.gateway.authority import Authority
from tests.gateway.vectors import ASYMMETRIC_CERTIFICATE as CERTIFICATE

from .test_mail import STAFF, MailCommon

JOB = 'ir_cron_warn_of_certificates'

[READ] = gateway.read_certificates(CERTIFICATE)
END = READ.expires.replace(tzinfo=None)


class TestCertificates(MailCommon):
    def setUp(self):
        super().setUp()
        self.provider.write({
            'sberbank_staff_email': STAFF,
            'sberbank_ca_certificates': f'{Authority("Later Root CA").pem}\n{CERTIFICATE}',
        })

    def run_at(self, moment):
        """Run the job at a moment, and return the e-mails that it has written."""
        before = self.staff_mails()
        with freeze_time(moment):
            self.env['payment.provider']._cron_sberbank_warn_of_certificates()
        return self.staff_mails() - before

    def test_each_is_announced_thirty_days_before_its_end_and_at_its_end_and_never_again(self):
        written = {
            days: self.run_at(END + timedelta(days=days)) for days in (-31, -29, -28, -1, 1, 2, 40)
        }

        self.assertEqual([days for days, mails in written.items() if mails], [-29, 1])
        before, after = self.text_of(written[-29]), self.text_of(written[1])
        for text in (before, after):
            self.assertIn(READ.subject, text)
            self.assertIn(str(END.date()), text)
            self.assertIn(self.provider.name, text)
            self.assertNotIn('Later Root CA', text)
        self.assertIn('valid until', before)
        self.assertIn('expired on', after)

    def test_a_second_one_is_announced_by_itself(self):
        later = Authority('Later Root CA').pem
        [read] = gateway.read_certificates(later)
        end = read.expires.replace(tzinfo=None)
        self.assertEqual(len(self.run_at(end - timedelta(days=31))), 1)
        self.provider.sberbank_ca_certificates = f'{later}\n{CERTIFICATE}'

        mail = self.run_at(end - timedelta(days=29))

        text = html2plaintext(mail.body_html)
        self.assertIn('Later Root CA', text)
        self.assertNotIn(READ.subject, text)

    def test_one_that_was_replaced_is_not_spoken_of(self):
        self.provider.sberbank_ca_certificates = Authority('Later Root CA').pem

        self.assertFalse(self.run_at(END + timedelta(days=1)))

    def test_nobody_is_told_while_there_is_no_address_and_later_they_are(self):
        self.provider.sberbank_staff_email = False
        self.assertFalse(self.run_at(END - timedelta(days=29)))

        self.provider.sberbank_staff_email = STAFF

        self.assertTrue(self.run_at(END - timedelta(days=28)))

    def test_a_provider_that_is_switched_off_is_left_alone(self):
        self.provider.state = 'disabled'

        self.assertFalse(self.run_at(END - timedelta(days=29)))

    def test_an_email_that_was_not_taken_is_written_anew(self):
        first = self.run_at(END - timedelta(days=29))
        first.state = 'exception'

        second = self.run_at(END - timedelta(days=28))

        self.assertFalse(first.exists())
        self.assertIn(READ.subject, self.text_of(second))

    def test_an_email_that_could_not_be_written_is_written_the_next_day(self):
        with self.broken_templates():
            self.assertFalse(self.run_at(END - timedelta(days=29)))

        self.assertTrue(self.run_at(END - timedelta(days=28)))

    def test_it_is_in_the_companys_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        self.company.partner_id.lang = 'ru_RU'

        mail = self.run_at(END - timedelta(days=29))

        self.assertIn(f'действует до {END.date()}', self.text_of(mail))

    def test_the_form_names_subject_fingerprint_and_end_of_each(self):
        lines = self.provider.sberbank_ca_summary.splitlines()

        self.assertEqual(len(lines), 2)
        self.assertIn('CN=Later Root CA', lines[0])
        for part in (READ.subject, READ.fingerprint, str(END.date())):
            self.assertIn(part, lines[1])

    def test_the_form_says_what_is_to_be_done_from_thirty_days_before(self):
        self.provider.is_published = True

        with freeze_time(END - timedelta(days=31)):
            self.assertFalse(self.provider.sberbank_todo)
        self.provider.invalidate_recordset()
        with freeze_time(END - timedelta(days=29)):
            self.assertIn(str(END.date()), self.provider.sberbank_todo)

    def test_the_form_says_of_one_that_has_expired_that_it_has(self):
        with freeze_time(END - timedelta(days=1)):
            self.assertIn('is valid until', self.provider.sberbank_todo)
        self.provider.invalidate_recordset()
        with freeze_time(END + timedelta(days=1)):
            self.assertIn('expired on', self.provider.sberbank_todo)

    def test_a_monitoring_tool_is_told_from_thirty_days_before(self):
        told = {}
        for days in (-31, -29, 1):
            with freeze_time(END + timedelta(days=days)):
                health = self.provider._sberbank_get_health()
            told[days] = 'certificate' in health['warnings'], health['certificate_time']

        day = 24 * 60 * 60
        self.assertEqual(told, {-31: (False, 31 * day), -29: (True, 29 * day), 1: (True, -day)})

    def test_the_job_is_the_schedulers(self):
        with self.assertRaises(AccessError):
            self.env['payment.provider'].with_user(
                self.env.ref('base.user_admin')
            )._cron_sberbank_warn_of_certificates()

    def test_the_job_runs_daily(self):
        job = self.env.ref(f'payment_sberbank.{JOB}')

        self.assertTrue(job.active)
        self.assertEqual((job.interval_number, job.interval_type), (1, 'days'))
        self.assertEqual(job.code, 'model._cron_sberbank_warn_of_certificates()')
