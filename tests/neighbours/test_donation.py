"""Beside `website_payment`: donations of visitors whom nobody knows."""

from unittest.mock import patch

from lxml import html

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from tests.addon.bankside import BankCase
from tests.addon.test_turns import JOB, TurnsCase

DONOR = 'boris@donor.example'


class TestDonations(BankCase, TurnsCase, MockEmail):
    def donate(self, amount):
        """Fill in the form of a donation as a visitor does; return the transaction."""
        response = self.url_open(f'/donation/pay?amount={amount}')
        form = html.fromstring(response.content).cssselect('#o_payment_form')[0]
        country = self.env.ref('base.ru')
        values = self.make_jsonrpc_request(
            form.get('data-transaction-route'),
            {
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'amount': amount,
                'currency_id': int(form.get('data-currency-id')),
                'partner_id': int(form.get('data-partner-id')),
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': form.get('data-landing-route'),
                'access_token': form.get('data-access-token'),
                'partner_details': {
                    'name': 'Boris Donor',
                    'email': DONOR,
                    'country_id': country.id,
                },
                'donation_comment': 'For the chess club',
                'donation_recipient_email': 'club@shop.example',
            },
        )
        return self.env['payment.transaction'].search([('reference', '=', values['reference'])])

    def pay_at_bank(self, tx):
        """Pay on the bank's page and come back; the bank's word is known here then."""
        self.open_page(tx)
        self.bank.pay(tx.provider_reference)
        response = self.url_open(tx._sberbank_get_return_url())
        self.env.invalidate_all()
        return response

    def thanked(self):
        """Return to whom the donor's e-mail has gone out by SMTP."""
        return [mail['email_to'] for mail in self._mails if mail['email_to'] == [DONOR]]

    def neighbour_that_fails_afterwards(self):
        """Let another app wrap the post-processing, and fail when all others are done."""
        model = self.env.registry['payment.transaction']
        post_process = model._post_process

        def fail_afterwards(txs):
            post_process(txs)
            if txs:
                raise UserError("The neighbour's printer is out of paper.")

        return patch.object(model, '_post_process', fail_afterwards)

    def test_a_donation_is_booked_once_and_thanked_for_once(self):
        self.enterContext(self.mock_mail_gateway())
        tx = self.donate(150)
        page = self.pay_at_bank(tx)

        answer = self.make_jsonrpc_request('/payment/status/poll', {})
        self.env.invalidate_all()
        self.run_job(JOB)
        self.env['mail.mail'].process_email_queue()

        self.assertIn('Your payment has been processed', page.text)
        self.assertEqual(answer['state'], 'done')
        self.assertEqual(self.url_open(answer['landing_route']).status_code, 200)
        self.assertTrue(tx.is_post_processed)
        payment = self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)])
        self.assertEqual(payment, tx.payment_id)
        self.assertEqual(payment.amount, 150)
        self.assertEqual(self.open_reasons(tx), [])
        self.assertEqual(self.thanked(), [[DONOR]])

    def test_staff_read_whose_donation_it_is(self):
        tx = self.donate(150)
        self.pay_at_bank(tx)

        self.run_job(JOB)

        [mail] = self.mails_to('cashier@shop.example')
        self.assertIn('donation of Boris Donor, boris@donor.example', mail.body_html)

    def test_nobody_is_thanked_by_an_attempt_that_is_undone(self):
        self.enterContext(self.mock_mail_gateway())
        tx = self.donate(150)
        self.pay_at_bank(tx)

        with self.neighbour_that_fails_afterwards():
            for _run in range(3):
                self.run_job(JOB)
                self.let_time_pass(tx)
        before = self.thanked()
        reasons = self.open_reasons(tx)
        self.run_job(JOB)
        self.env['mail.mail'].process_email_queue()

        self.assertEqual(before, [])
        self.assertEqual(reasons, ['not_settled'])
        self.assertEqual(tx.payment_id.amount, 150)
        self.assertEqual(self.thanked(), [[DONOR]])
        self.assertFalse(self.open_reasons(tx))

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_nobody_is_thanked_by_the_cores_job_if_its_attempt_is_undone(self):
        self.enterContext(self.mock_mail_gateway())
        tx = self.donate(150)
        self.pay_at_bank(tx)

        with self.neighbour_that_fails_afterwards():
            for _run in range(3):
                with self.as_worker() as env:
                    tx.with_env(env)._cron_post_process()

        self.assertFalse(tx.is_post_processed)
        self.assertEqual(self.thanked(), [])
