"""A copy of the database, and a second one at the same login: no money, no word to the bank."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from tests.gateway.vectors import ASYMMETRIC_CERTIFICATE as CERTIFICATE

from .common import CALLBACK_KEY
from .issued import receipt
from .test_callback import CallbackCase
from .test_mail import STAFF, MailCommon
from .test_pay_route import PayRouteCase
from .test_tokens import CardCase
from .test_topup_page import TopUpPageCommon
from .test_turns import TurnsCase

HOME = 'the-shop'
JOBS = ('ask_bank', 'ask_for_receipts', 'send_second_receipts', 'charge_cards', 'check_cards')
LOGGERS = ('callback', 'payer', 'questions')

[READ] = gateway.read_certificates(CERTIFICATE)
AFTER_ITS_END = (READ.expires + timedelta(days=1)).replace(tzinfo=None, hour=7)

#: Which moment each job goes by.
DUE = {
    'payment.transaction': ('sberbank_next_ask_at', 'sberbank_charge_at'),
    'payment.token': ('sberbank_check_at', 'sberbank_unbind_at'),
    'sberbank.receipt': ('next_ask_at', 'consider_at'),
}


class CopyMixin:
    """A shop that takes live money, until its database is copied."""

    def setUp(self):
        super().setUp()
        self.provider.state = 'enabled'
        self.provider.is_published = True
        self.enterContext(
            mute_logger(*(f'odoo.addons.payment_sberbank.controllers.{name}' for name in LOGGERS))
        )

    def become_copy(self):
        """Be what PostgreSQL makes of the shop's database under another name."""
        here = self.provider._sberbank_get_database()
        self.provider.sberbank_database = f'{here.partition(" ")[0]} {HOME}'
        self.assertTrue(self.provider._sberbank_is_in_copy(True))
        self.env.flush_all()


class TestDatabase(CopyMixin, CardCase):
    def test_the_database_is_noted_where_live_money_is_taken_first(self):
        here = self.provider._sberbank_get_database()
        self.assertEqual(self.provider.sberbank_database, here)

        provider = self.provider.copy()
        self.assertFalse(provider.sberbank_database)
        self.enable(provider, state='test')
        self.assertFalse(provider.sberbank_database)
        provider.state = 'enabled'
        self.assertEqual(provider.sberbank_database, here)

    def test_a_provider_that_is_switched_in_a_copy_stays_where_it_was(self):
        self.become_copy()

        self.provider.state = 'test'
        self.provider.state = 'enabled'

        self.assertTrue(self.provider._sberbank_is_in_copy(True))

    def test_an_upgrade_notes_where_live_money_was_taken_before(self):
        """The column is new then, and Odoo has it filled."""
        providers = self.env['payment.provider'].search([])
        self.env.flush_all()
        self.env.cr.execute('UPDATE payment_provider SET sberbank_database = NULL')
        self.env.invalidate_all()
        self.assertFalse(self.provider._sberbank_is_in_copy(True))

        self.env.add_to_compute(providers._fields['sberbank_database'], providers)
        self.env.flush_all()

        self.assertEqual(
            providers.filtered('sberbank_database'),
            providers.filtered(lambda each: each.code == 'sberbank' and each.state == 'enabled'),
        )
        here = self.provider._sberbank_get_database()
        self.assertEqual(self.provider.sberbank_database, here)

    def test_a_copy_that_odoo_makes_is_one_too(self):
        self.assertFalse(self.provider._sberbank_is_in_copy(True))

        self.env['ir.config_parameter'].init(force=True)

        self.assertTrue(self.provider._sberbank_is_in_copy(True))

    def test_nobody_reads_or_writes_the_database_by_rpc(self):
        provider = self.provider.with_user(self.env.ref('base.user_admin'))

        with self.assertRaises(AccessError), mute_logger('odoo.orm.models'):
            provider.read(['sberbank_database'])
        with self.assertRaises(AccessError), mute_logger('odoo.orm.models'):
            provider.write({'sberbank_database': 'x'})

    def test_an_administrator_has_payments_taken_here(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        tx.sberbank_next_ask_at = fields.Datetime.now()
        self.become_copy()
        notice = self.provider.sberbank_copy_notice
        self.run_job('ir_cron_ask_bank')
        self.assertEqual(tx.state, 'draft')
        accountant = new_test_user(self.env, 'accountant', 'account.group_account_manager')

        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self.provider.with_user(accountant).action_sberbank_take_payments_here()
        with mute_logger('odoo.addons.payment_sberbank.models.payment_provider_database'):
            self.provider.action_sberbank_take_payments_here()
        self.run_job('ir_cron_ask_bank')

        self.assertIn(HOME, notice)
        self.assertFalse(self.provider.sberbank_copy_notice)
        self.assertEqual(tx.state, 'done')

    def test_monitoring_is_told(self):
        self.assertNotIn('copy', self.provider._sberbank_get_health()['warnings'])

        self.become_copy()

        self.assertIn('copy', self.provider._sberbank_get_health()['warnings'])


class TestBankIsLeftAlone(CopyMixin, CardCase):
    def assert_refused(self, call, error=UserError):
        """Make sure that staff are told where live payments are taken, and the bank nothing."""
        before = self.calls()
        with self.assertRaises(error) as caught:
            call()
        self.assertIn(HOME, str(caught.exception))
        self.assertEqual(self.calls(), before)

    def test_the_jobs_leave_what_is_due_to_the_database_that_takes_live_money(self):
        token = self.save_card()
        removed = self.create_token()
        removed.active = False
        charge = self.create_token_tx(token, 50, 'offline')
        charge._charge_with_token()
        paid = self.create_registered_tx(10)
        paid.sberbank_is_called_off = True
        due = fields.Datetime.now()
        paid.sberbank_next_ask_at = due
        token.sudo().sberbank_check_at = due
        row = self.create_receipt(paid, next_ask_at=due, consider_at=due)
        self.become_copy()
        before = self.calls()
        moments = self.read_moments(paid | charge, token | removed, row)

        for name in (*JOBS, 'remove_cards'):
            self.run_job(f'ir_cron_{name}')

        self.assertEqual(self.calls(), before)
        self.assertEqual(self.read_moments(paid | charge, token | removed, row), moments)

        self.provider.sberbank_database = self.provider._sberbank_get_database()
        for name in ('ask_bank', 'charge_cards', 'check_cards', 'remove_cards'):
            asked = len(self.calls())
            self.run_job(f'ir_cron_{name}')
            self.assertGreater(len(self.calls()), asked, name)

    def create_receipt(self, tx, **values):
        content = receipt()
        return self.env['sberbank.receipt'].create({
            'transaction_id': tx.id,
            'operation': 'payment',
            'key': 'payment',
            'kind': content.kind.value,
            'content': content.as_dict(),
            'amount': gateway.to_roubles(content.total),
            'state': 'waiting',
            **values,
        })

    def read_moments(self, *recordsets):
        return [
            records.sudo().mapped(name) for records in recordsets for name in DUE[records._name]
        ]

    def test_no_order_is_registered(self):
        tx = self.create_new_tx(10)
        self.become_copy()

        self.assert_refused(lambda: self.open_page(tx), gateway.WrongSettings)

        self.assertFalse(tx.sberbank_order_number)

    def test_no_money_goes_back(self):
        tx = self.buy(100, keep_card=False)
        tx._sberbank_book_by_hand()
        self.become_copy()
        before = self.calls()

        self.act(tx, 'action_refund', 10)

        refund = tx.child_transaction_ids
        self.assertEqual(refund.state, 'error')
        self.assertIn(HOME, refund.state_message)
        self.assertEqual(self.calls(), before)

    def test_a_hold_is_neither_taken_nor_released(self):
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        tx = self.create_registered_tx(100)
        self.bank.pay(tx.provider_reference)
        self.refresh(tx)
        self.assertEqual(tx.state, 'authorized')
        self.become_copy()

        for action in ('action_capture', 'action_void'):
            with self.subTest(action):
                self.assert_refused(lambda action=action: self.act(tx, action))
        self.assertEqual(tx.state, 'authorized')

    def test_no_saved_card_is_charged(self):
        tx = self.create_token_tx(self.save_card(), 50, 'offline')
        self.become_copy()

        self.assert_refused(tx._charge_with_token)

        self.assertFalse(tx.sberbank_charge_at)

    def test_staff_who_ask_are_told_why_not(self):
        tx = self.create_registered_tx(10)
        self.become_copy()
        before = self.calls()

        answers = [
            self.act(tx, 'action_sberbank_ask_bank'),
            self.act(tx, 'action_sberbank_call_off'),
            self.provider.action_sberbank_test_connection(),
        ]

        for answer in answers:
            self.assertIn(HOME, answer['params']['message'])
        self.assertEqual(self.calls(), before)

    def test_it_is_not_offered_and_the_report_says_why(self):
        report = {}
        arguments = (self.company.id, self.customer.id, 10)
        offered = self.provider._get_compatible_providers(*arguments)
        self.assertIn(self.provider, offered)
        self.become_copy()

        offered = self.provider._get_compatible_providers(*arguments, report=report)

        self.assertNotIn(self.provider, offered)
        self.assertIn(HOME, report['providers'][self.provider]['reason'])

    def test_test_money_is_taken_anywhere(self):
        self.become_copy()
        self.provider.state = 'test'
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        tx.sberbank_next_ask_at = fields.Datetime.now()

        self.run_job('ir_cron_ask_bank')

        self.assertFalse(self.provider.sberbank_copy_notice)
        self.assertEqual(tx.state, 'done')

    def test_live_money_is_left_alone_when_the_provider_is_switched_off_or_over(self):
        tx = self.create_registered_tx(10)
        self.become_copy()

        for state in ('test', 'disabled'):
            with self.subTest(state):
                self.provider.state = state
                self.assert_refused(tx._sberbank_refresh, gateway.WrongSettings)


class TestSilenceInCopy(CopyMixin, TurnsCase, MailCommon):
    """The staff and the payers are written to by the database that takes their payments."""

    def setUp(self):
        super().setUp()
        self.provider.write({'sberbank_staff_email': STAFF, 'sberbank_digest_day': False})
        self.provider.sberbank_ca_certificates = CERTIFICATE

    def run_jobs(self):
        """Run what writes e-mails, in the morning after the certificate's end."""
        with freeze_time(AFTER_ITS_END):
            self.env['payment.provider']._cron_sberbank_send_digests()
            self.env['payment.provider']._cron_sberbank_warn_of_certificates()
        self.run_job('ir_cron_book_payments')
        self.env.invalidate_all()

    def subjects(self):
        return sorted(mail.subject for mail in self.staff_mails())

    def test_none_of_its_jobs_writes_until_payments_are_taken_there(self):
        tx = self.create_paid(10)
        self.become_copy()
        tx._sberbank_need_attention('mismatch', "It is odd.")

        self.run_jobs()
        with self.as_worker() as env:
            tx.with_env(env)._cron_post_process()

        self.assertEqual(self.subjects(), [])
        self.assertFalse(tx.payment_id)
        self.assertFalse(tx.sberbank_turn_at)

        with mute_logger('odoo.addons.payment_sberbank.models.payment_provider_database'):
            self.provider.action_sberbank_take_payments_here()
        self.run_jobs()

        self.assertEqual(len(self.subjects()), 4)
        self.assertTrue(tx.payment_id)

    def test_what_is_booked_by_hand_is_not_told_either(self):
        tx = self.create_paid(10)
        self.become_copy()

        tx.action_sberbank_book_now()

        self.assertTrue(tx.payment_id)
        self.assertFalse(tx.sberbank_is_mailed)
        self.assertEqual(self.subjects(), [])

    def test_the_job_is_not_called_again_and_again_for_what_it_leaves_alone(self):
        job = self.env.ref('payment_sberbank.ir_cron_book_payments')
        tx = self.create_paid(10)
        tx.write({'sberbank_turn_at': fields.Datetime.now(), 'sberbank_turns': 1})
        self.become_copy()
        calls = self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)])

        self.run_job('ir_cron_book_payments')

        self.assertEqual(self.env['ir.cron.trigger'].search([('cron_id', '=', job.id)]), calls)

    def test_test_money_is_told_of(self):
        self.become_copy()
        self.provider.state = 'test'
        tx = self.create_paid(10)

        self.run_job('ir_cron_book_payments')

        self.assertTrue(tx.payment_id)
        [subject] = self.subjects()
        self.assertIn('[Test]', subject)


class TestNotificationInCopy(CopyMixin, CallbackCase):
    def test_it_is_answered_like_one_for_another_shop(self):
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY)
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        self.become_copy()
        before = self.calls()

        self.assertEqual(self.notify(tx), 200)
        self.assertEqual(self.get(**self.get_names(tx)), 200)

        self.assertEqual(tx.state, 'draft')
        self.assertFalse(tx.sberbank_notified_at)
        self.assertEqual(self.calls(), before)


class TestPayerInCopy(CopyMixin, PayRouteCase):
    def test_an_old_link_leads_to_a_calm_page(self):
        registered = self.create_registered_tx(10)
        new = self.create_new_tx(10)
        self.become_copy()
        before = self.calls()

        for tx in (registered, new):
            response = self.visit(tx)
            self.assertEqual(response.status_code, 200)
            self.assertIn("Nothing was charged", response.text)
            self.assertNotIn(HOME, response.text)
        self.assertEqual(self.calls(), before)

    def test_two_databases_on_one_login_use_different_order_numbers(self):
        """The same payment, in a database and its copy, is two orders at the bank."""
        tx = self.create_registered_tx(10)
        number = tx.sberbank_order_number
        tx.write({
            'sberbank_order_number': False,
            'provider_reference': False,
            'sberbank_form_url': False,
            'sberbank_registered_at': False,
        })

        self.open_page(tx)

        self.assertNotEqual(tx.sberbank_order_number, number)
        self.assertEqual(
            [order['orderNumber'] for order in self.orders()], [number, tx.sberbank_order_number]
        )


class TestTopUpInCopy(CopyMixin, TopUpPageCommon):
    def test_nothing_is_offered(self):
        link = self.provider._sberbank_get_topup_link(self.customer, 10000)
        path = '/' + link.split('/', 3)[3]
        [form] = self.get(path).xpath('//form[contains(@class, "o_sberbank_top_up_form")]')
        self.assertTrue(form is not None)
        values = dict(form.form_values())
        self.become_copy()
        before = self.env['payment.transaction'].search_count([])

        page = self.get(path)
        self.assertFalse(page.xpath('//form[contains(@class, "o_sberbank_top_up_form")]'))
        answer = html.fromstring(self.url_open(path, data=values).text)
        self.assertIn("not available at the moment", self.text(answer))
        self.assertFalse(self.get('/my').xpath('//a[@href="/my/top-up"]'))

        self.assertEqual(self.env['payment.transaction'].search_count([]), before)

    def test_a_payment_that_a_browser_asks_for_is_not_begun(self):
        invoice = self.create_invoice(100, partner=self.customer)
        self.become_copy()

        answer = self.make_jsonrpc_request_raw(invoice)

        self.assertIn("not available at the moment", answer)
        self.assertFalse(invoice.transaction_ids)

    def make_jsonrpc_request_raw(self, invoice):
        """Ask for a payment of the invoice as the core's form does, and return the answer."""
        params = {
            'provider_id': self.provider.id,
            'payment_method_id': self.provider.payment_method_ids[:1].id,
            'token_id': None,
            'amount': invoice.amount_residual,
            'flow': 'redirect',
            'tokenization_requested': False,
            'landing_route': '/my',
            'access_token': invoice._portal_ensure_token(),
        }
        with mute_logger('odoo.http'):
            response = self.url_open(f'/invoice/transaction/{invoice.id}', json={'params': params})
        return response.text
