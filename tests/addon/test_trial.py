"""The rouble that walks the whole way: how far it got, what is to be done, and what came last."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.payment_sberbank import gateway

from .common import CALLBACK_KEY, SberbankCommon
from .test_callback import CallbackCase
from .test_exchange import notification

PAGE, PAID, NOTIFIED, CHECKSUM, BOOKED = range(5)


class TestSteps(SberbankCommon):
    """Each step with what is said of it, whatever came before."""

    def setUp(self):
        super().setUp()
        self.provider.state = 'test'
        self.env['ir.config_parameter'].set_param('web.base.url', 'https://shop.example')

    def create_trial(self, **values):
        return self.create_tx(1, sberbank_is_trial=True, **values)

    def step(self, tx, number):
        return tx._sberbank_list_trial_steps()[number]

    def assert_missing(self, tx, number, *words):
        is_done, sentence = self.step(tx, number)
        self.assertFalse(is_done, sentence)
        for word in words:
            self.assertIn(word, sentence)

    def assert_done(self, tx, number, *words):
        is_done, sentence = self.step(tx, number)
        self.assertTrue(is_done, sentence)
        for word in words:
            self.assertIn(word, sentence)

    def test_a_page_that_was_not_opened(self):
        tx = self.create_trial(sberbank_form_url=False)

        self.assert_missing(tx, PAGE, 'Test Connection')
        tx.sberbank_form_url = 'http://127.0.0.1:9/payment/page.html'
        self.assert_done(tx, PAGE)

    def test_what_is_said_of_the_payment_by_its_state(self):
        for state, card in (('test', 'test card'), ('enabled', 'real card')):
            self.provider.state = state
            tx = self.create_trial()
            self.assert_missing(tx, PAID, card, 'Check Again')
        for state, words in (('cancel', 'declined'), ('error', 'needs attention')):
            tx.state = state
            self.assert_missing(tx, PAID, words)
        for state in ('authorized', 'done'):
            tx.state = state
            self.assert_done(tx, PAID)

    def test_a_notification_that_has_not_come(self):
        tx = self.create_trial()
        self.assert_missing(tx, NOTIFIED, 'within minutes of the payment')

        tx.state = 'done'
        self.assert_missing(tx, NOTIFIED, 'cabinet', 'firewall')
        self.provider.write({'sberbank_custom_dialect': 'ecom', 'sberbank_password': 'Password1'})
        is_done, sentence = self.step(tx, NOTIFIED)
        self.assertFalse(is_done)
        self.assertIn('firewall', sentence)
        self.assertNotIn('cabinet', sentence)

    def test_a_gateway_that_takes_no_address_has_to_be_told_it(self):
        tx = self.create_trial(state='done')
        self.provider.sberbank_callback_refused_by = self.provider._sberbank_get_gateway_url(False)
        self.provider.invalidate_recordset()

        self.assertTrue(self.provider.sberbank_is_callback_refused)
        self.assert_missing(tx, NOTIFIED, "bank's support")

    def test_an_address_that_can_not_be_called(self):
        self.provider.write({
            'sberbank_gateway': 'rbs',
            'sberbank_username': 'shop-api',
        })
        self.env['ir.config_parameter'].set_param('web.base.url', 'http://localhost:8069')
        self.provider.invalidate_recordset()
        self.assertTrue(self.provider.sberbank_callback_obstacle)

        self.assert_missing(self.create_trial(state='done'), NOTIFIED, "can't call")

    def test_how_the_notification_was_verified(self):
        tx = self.create_trial()
        self.assert_missing(tx, CHECKSUM, 'when the notification comes')

        tell(tx, 'forged', checksum='AB' * 32)
        self.assert_done(tx, NOTIFIED)
        self.assert_missing(tx, CHECKSUM, 'wrong', 'callback key')

        tell(tx, checksum='AB' * 32)
        self.assert_done(tx, CHECKSUM, 'callback key')
        # A forged one does not hide the bank's.
        tell(tx, 'forged', checksum='AB' * 32)
        self.assert_done(tx, CHECKSUM, 'callback key')

        tell(tx, checksum='AB' * 256)
        self.assert_done(tx, CHECKSUM, 'certificate')

    def test_what_is_not_signed(self):
        self.provider.sberbank_callback_key = False
        tx = self.create_trial()
        tell(tx)

        self.assert_missing(tx, CHECKSUM, 'not checked', 'cabinet')
        self.provider.write({'sberbank_custom_dialect': 'ecom', 'sberbank_password': 'Password1'})
        self.assert_done(tx, CHECKSUM, 'signs nothing')

    def test_what_is_no_longer_on_record(self):
        tx = self.create_trial(sberbank_notified_at=fields.Datetime.now())

        self.assert_done(tx, NOTIFIED)
        self.assert_missing(tx, CHECKSUM, 'no longer known')

    def test_booked_or_not(self):
        tx = self.create_trial()
        self.assert_missing(tx, BOOKED, 'once it is paid')
        tx.state = 'authorized'
        self.assert_missing(tx, BOOKED, 'held')
        tx.state = 'draft'

        self.bank_says(tx)
        self.assert_missing(tx, BOOKED, 'within a minute or two')
        payment = self.pay(tx)

        self.assert_done(tx, BOOKED, payment.name)


class TestLatest(SberbankCommon):
    def tell(self, tx, outcome='applied', **parameters):
        tell(tx, outcome, **parameters)
        self.provider.invalidate_recordset()
        return self.provider.sberbank_last_notification

    def test_when_the_last_notification_came_and_how_it_was_verified(self):
        self.assertIn('None', self.provider.sberbank_last_notification)
        tx = self.create_tx(100)

        self.assertIn('callback key', self.tell(tx, checksum='AB' * 32))
        self.assertIn('certificate', self.tell(tx, checksum='AB' * 256))
        self.assertIn('Wrong', self.tell(tx, 'forged', checksum='AB' * 32))
        self.provider.sberbank_callback_key = False
        self.assertIn('Not checked', self.tell(tx))

    def test_those_of_others_are_not_its(self):
        other = self.provider.copy({'name': 'Another'})
        self.enable(other)

        self.tell(self.create_tx(100, provider=other), checksum='AB' * 32)

        self.assertIn('None', self.provider.sberbank_last_notification)
        self.assertIn('callback key', other.sberbank_last_notification)

    def test_what_was_asked_is_no_notification(self):
        tx = self.create_tx(100)
        self.env['sberbank.exchange'].create({
            'transaction_id': tx.id,
            'time': fields.Datetime.now(),
            'direction': 'asked',
            'outcome': 'answered',
        })

        self.assertIn('None', self.provider.sberbank_last_notification)

    def test_the_latest_ones_are_found_by_an_index(self):
        self.env.flush_all()
        self.env.cr.execute('SET LOCAL enable_seqscan = off')
        for records, index in (
            (self.env['sberbank.exchange'], '_latest_notification_idx'),
            (self.env['payment.transaction'], '_sberbank_trial_idx'),
        ):
            domain = [('provider_id', '=', self.provider.id)]
            if 'sberbank_is_trial' in records:
                domain.append(('sberbank_is_trial', '=', True))
            query = records._search(domain, order='id desc', limit=1)
            [plan] = self.env.execute_query(_explain(query.select()))[0]
            self.assertIn(index, str(plan))
            self.assertNotIn("'Sort'", str(plan))

    def test_the_latest_of_this_stage_is_shown(self):
        self.provider.state = 'enabled'
        live = self.create_tx(1, sberbank_is_trial=True)
        self.create_tx(1)
        self.assertEqual(self.provider.sberbank_trial_id, live)
        self.assertEqual(len(self.provider.sberbank_trial_steps.splitlines()), 5)

        self.provider.state = 'test'
        self.assertFalse(self.provider.sberbank_trial_id)
        self.assertFalse(self.provider.sberbank_trial_steps)
        latest = self.create_tx(1, sberbank_is_trial=True)
        self.provider.invalidate_recordset()
        self.assertEqual(self.provider.sberbank_trial_id, latest)

    def test_other_providers_have_nothing_of_it(self):
        demo = self.env.ref('payment.payment_provider_demo')

        self.assertFalse(demo.sberbank_trial_id)
        self.assertFalse(demo.sberbank_last_notification)


class TestButton(CallbackCase):
    def make(self):
        """Press the button, and follow where it leads as a browser does.

        :return: The transaction, and where the bank's page is.
        :rtype: tuple[payment.transaction, str]
        """
        action = self.provider.action_sberbank_make_trial()
        self.assertEqual((action['type'], action['target']), ('ir.actions.act_url', 'new'))
        tx = self.provider._sberbank_find_trial()
        self.env.flush_all()
        response = self.url_open(action['url'], allow_redirects=False)
        self.env.invalidate_all()
        return tx, response.headers.get('Location')

    def is_done(self):
        self.provider.invalidate_recordset()
        steps = self.provider.sberbank_trial_steps.splitlines()
        return [step[0] == '\N{CHECK MARK}' for step in steps]

    def test_a_rouble_walks_the_whole_way(self):
        self.set_up_callback(signing='symmetric', key=CALLBACK_KEY)
        tx, page = self.make()

        self.assertEqual(page, tx.sberbank_form_url)
        self.assertEqual((tx.amount, tx.currency_id), (1, self.roubles))
        self.assertEqual(tx.partner_id, self.company.partner_id)
        self.assertTrue(tx.sberbank_is_topup)
        self.assertEqual(self.is_done(), [True, False, False, False, False])

        self.bank.pay(tx.provider_reference)
        self.assertEqual(self.notify(tx), 200)
        self.assertEqual(self.is_done(), [True, True, True, True, False])

        self.run_job('ir_cron_book_payments')
        self.assertEqual(self.is_done(), [True, True, True, True, True])
        self.assertEqual(gateway.to_kopecks(tx.payment_id.amount), 100)

    def test_check_again_asks_the_bank_once(self):
        tx, _page = self.make()
        self.bank.pay(tx.provider_reference)
        before = len(self.calls('getOrderStatusExtended'))

        with self.as_worker() as env:
            self.provider.with_env(env).action_sberbank_check_trial()

        self.assertEqual(len(self.calls('getOrderStatusExtended')), before + 1)
        self.assertEqual(tx.state, 'done')
        self.assertEqual(self.is_done(), [True, True, False, False, False])

    def test_what_never_reached_the_bank_is_only_looked_at_again(self):
        self.provider.action_sberbank_make_trial()
        before = len(self.calls())

        action = self.provider.action_sberbank_check_trial()

        self.assertEqual(action['tag'], 'soft_reload')
        self.assertEqual(len(self.calls()), before)

    def test_limits_of_topups_are_for_customers(self):
        self.provider.sberbank_topup_minimum = 500

        tx, page = self.make()

        self.assertTrue(page)
        self.assertEqual(tx.amount, 1)

    def test_each_press_begins_another_one(self):
        first, _page = self.make()
        second, _page = self.make()

        self.assertNotEqual(first, second)
        self.assertNotEqual(first.reference, second.reference)

    def test_what_comes_to_nothing_is_deleted_in_the_end(self):
        self.provider.action_sberbank_make_trial()

        due = self.provider._sberbank_find_trial().sberbank_discard_at
        self.assertGreater(due, fields.Datetime.now() + timedelta(days=80))

    def test_it_is_marked_with_the_stage(self):
        for state, is_live in (('test', False), ('enabled', True)):
            self.provider.state = state
            self.provider.action_sberbank_make_trial()
            self.assertEqual(self.provider._sberbank_find_trial().is_live, is_live)

    def test_nobody_could_pay(self):
        for values, words in (
            ({'state': 'disabled'}, 'Test Mode'),
            ({'sberbank_password': False, 'state': 'disabled'}, 'Test Mode'),
        ):
            self.provider.write(values)
            with self.assertRaisesRegex(UserError, words):
                self.provider.action_sberbank_make_trial()
        self.enable(self.provider, **self.get_access())
        self.provider.payment_method_ids.active = False
        with self.assertRaisesRegex(UserError, 'payment method'):
            self.provider.action_sberbank_make_trial()

    def test_only_one_of_ours_is_tried(self):
        for providers in (
            self.env['payment.provider'],
            self.env.ref('payment.payment_provider_demo'),
        ):
            with self.assertRaises(UserError):
                providers.action_sberbank_make_trial()
            with self.assertRaises(UserError):
                providers.action_sberbank_check_trial()

    def test_only_administrators_make_it_and_nobody_marks_one(self):
        manager = self.create_user('manager', 'account.group_account_manager')
        administrator = self.create_user('administrator', 'base.group_system')
        provider = self.provider.with_user(manager)
        for action in ('action_sberbank_make_trial', 'action_sberbank_check_trial'):
            with self.assertRaises(AccessError):
                getattr(provider, action)()

        provider = self.provider.with_user(administrator)
        provider.action_sberbank_make_trial()

        self.assertEqual(len(provider.sberbank_trial_steps.splitlines()), 5)
        self.assertTrue(provider.sberbank_trial_id.display_name)
        with self.assertRaises(AccessError):
            self.tx.with_user(administrator).sberbank_is_trial = True


def tell(tx, outcome='applied', **parameters):
    """Have a notification of a transaction's order on record."""
    tx.env['sberbank.exchange']._record_notification(
        tx,
        notification(mdOrder=tx.provider_reference, operation='deposited', **parameters),
        outcome,
        http_status=200,
    )


def _explain(query):
    return type(query)('EXPLAIN (FORMAT JSON) %s', query)
