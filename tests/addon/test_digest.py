"""The reminder of each morning: what it says, that it comes once, and that it is silent at best."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .test_mail import STAFF, MailCommon

#: Ten o'clock in Moscow.
MORNING = fields.Datetime.to_datetime('2026-09-15 07:00:00')


class TestDigest(MailCommon):
    def setUp(self):
        super().setUp()
        self.provider.sberbank_staff_email = STAFF
        self.provider.sberbank_digest_day = False

    def remind(self, moment=MORNING):
        """Run the job, and return the reminders that it wrote."""
        before = self.staff_mails()
        with freeze_time(moment):
            self.env['payment.provider']._cron_sberbank_send_digests()
        return self.staff_mails() - before

    def list_something(self, reason='mismatch'):
        with freeze_time(MORNING - timedelta(days=2)):
            tx = self.create_tx(10)
            tx._sberbank_need_attention(reason, "It is odd.")
        return tx.sberbank_attention_ids

    def test_it_is_silent_when_all_is_well(self):
        with freeze_time(MORNING):
            self.create_tx(10, state='pending', sberbank_next_ask_at=MORNING)
            self.create_tx(20, state='done', last_state_change=MORNING - timedelta(minutes=5))

        self.assertFalse(self.remind())
        self.assertEqual(self.provider.sberbank_digest_day, MORNING.date())

    def test_it_tells_what_is_on_the_list(self):
        for reason in ('mismatch', 'mismatch', 'unclear'):
            self.list_something(reason)
        self.list_something('given_up').action_solve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sberbank_attention SET create_date = '2026-09-13 07:00' WHERE reason = %s",
            ['mismatch'],
        )
        self.env.invalidate_all()

        [mail] = self.remind()

        text = ' '.join(self.text_of(mail).split())
        labels = {one.reason: one._get_reason_label() for one in self.attentions()}
        self.assertIn(f"{labels['mismatch']} *2* 9/13/26, 10:00", text)
        self.assertIn(f"{labels['unclear']} *1*", text)
        self.assertNotIn(labels['given_up'], text)
        self.assertIn('/odoo/online-payments-needing-attention', mail.body_html)
        self.assertIn(self.provider.name, mail.subject)

    def attentions(self):
        return self.env['sberbank.attention'].search([])

    def test_it_tells_what_is_not_booked_and_what_is_under_way(self):
        with freeze_time(MORNING):
            self.create_tx(20, state='done', last_state_change=MORNING - timedelta(hours=1))
            under_way = self.create_tx(10, state='pending', sberbank_next_ask_at=MORNING)
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s WHERE id = %s',
            [MORNING - timedelta(hours=5), under_way.id],
        )
        self.env.invalidate_all()

        [mail] = self.remind()

        text = self.text_of(mail)
        self.assertIn('not booked', text)
        self.assertIn('9:00', text)
        self.assertIn('oldest since 9/15/26, 5:00', text)

    def test_it_comes_once_a_day_in_the_morning(self):
        self.list_something()

        self.assertFalse(self.remind(MORNING.replace(hour=5)))  # Eight in Moscow.
        self.assertEqual(len(self.remind()), 1)
        self.assertFalse(self.remind(MORNING + timedelta(hours=1)))
        self.assertFalse(self.remind(MORNING.replace(hour=21, minute=30)))  # The next day's night.
        self.assertEqual(len(self.remind(MORNING + timedelta(days=1))), 1)

    def test_each_provider_has_its_own(self):
        other = self.provider.copy({'name': 'Another', 'sberbank_staff_email': f'other.{STAFF}'})
        self.list_something()

        [mail] = self.remind()

        self.assertEqual(mail.email_to, STAFF)
        self.assertFalse(self.mails_to(other.sberbank_staff_email))

    def test_whoever_wants_none_gets_none(self):
        self.list_something()
        for values in ({'sberbank_digest': False}, {'sberbank_staff_email': False}):
            with self.subTest(values):
                self.provider.write({'sberbank_digest': True, 'sberbank_staff_email': STAFF})
                self.provider.write(values)
                self.assertFalse(self.remind())

    def test_one_that_could_not_be_written_is_tried_again(self):
        self.list_something()
        with self.broken_templates():
            self.assertFalse(self.remind())
        self.assertFalse(self.provider.sberbank_digest_day)

        self.assertEqual(len(self.remind(MORNING + timedelta(hours=1))), 1)
