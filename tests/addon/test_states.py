"""Which state follows from the bank's word, and that nothing else leads to one."""

from datetime import timedelta

from odoo import fields

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.models import payer_words

from .bankside import BankCase
from .common import SberbankCommon, SberbankHttpCommon

STATES = ('draft', 'pending', 'authorized', 'done', 'cancel', 'error')

#: By the bank's `orderStatus`: the state that follows from each of `STATES`.
FOLLOWING = {
    0: ('pending', 'pending', 'authorized', 'done', 'cancel', 'error'),
    1: ('authorized', 'authorized', 'authorized', 'done', 'authorized', 'authorized'),
    2: ('done', 'done', 'done', 'done', 'done', 'done'),
    3: ('cancel', 'cancel', 'cancel', 'done', 'cancel', 'cancel'),
    4: ('done', 'done', 'done', 'done', 'done', 'done'),
    5: ('pending', 'pending', 'authorized', 'done', 'cancel', 'error'),
    6: ('cancel', 'cancel', 'cancel', 'done', 'cancel', 'cancel'),
    7: ('pending', 'pending', 'authorized', 'done', 'cancel', 'error'),
    8: ('pending', 'pending', 'authorized', 'done', 'cancel', 'error'),
    9: ('pending', 'pending', 'authorized', 'done', 'cancel', 'error'),
}

#: What the bank may say that is not ours.
MISMATCHES = {
    'a kopeck less': {'amount': 999},
    'a kopeck more': {'amount': 1001},
    'roubles for kopecks': {'amount': 10},
    'another currency': {'currency': '840'},
    'another order number': {'order_number': 'another'},
    'another order id': {'order_id': '00000000-0000-0000-0000-000000000000'},
    'less debited': {'deposited_amount': 999},
}


class TestStates(SberbankCommon):
    def test_the_state_that_follows_from_each_state(self):
        for status, following in FOLLOWING.items():
            for before, after in zip(STATES, following, strict=True):
                with self.subTest(before=before, status=status):
                    tx = self.create_tx(10, state=before)

                    self.bank_says(tx, status)

                    self.assertEqual(tx.state, after)

    def test_the_same_word_again_changes_nothing(self):
        for status in FOLLOWING:
            with self.subTest(status=status):
                tx = self.create_tx(10)
                self.bank_says(tx, status)
                self.env.flush_all()
                before = tx.read(['state', 'state_message', 'last_state_change'])

                self.bank_says(tx, status)

                self.assertEqual(tx.read(['state', 'state_message', 'last_state_change']), before)

    def test_a_payment_that_failed_and_then_went_through_is_done(self):
        for first in (0, 5, 6):
            with self.subTest(first=first):
                tx = self.create_tx(10)
                self.bank_says(tx, first, action_code=116)
                self.bank_says(tx, gateway.OrderStatus.DEPOSITED)

                self.assertEqual(tx.state, 'done')

    def test_the_payer_is_told_calmly_why_nothing_came_of_it(self):
        words = {
            -2007: 'has run out',
            -2006: 'not confirmed',
            -2013: 'too often',
            12: 'limit',
            31: "can't be reached",
            43: 'another one',
            82: 'code of the card',
            107: 'did not allow',
            116: 'not enough money',
            71001: 'declined',
        }
        for action_code, word in words.items():
            with self.subTest(action_code=action_code):
                tx = self.create_tx(10)

                self.bank_says(
                    tx,
                    gateway.OrderStatus.DECLINED,
                    action_code=action_code,
                    action_code_description='<b>Счёт 40817 арестован</b>',
                )

                self.assertIn(word, tx.state_message)
                self.assertNotIn('40817', tx.state_message)
                self.assertIn('Nothing was charged', tx.state_message)
                self.assertIn(f'{action_code}: ', tx.sberbank_decline_reason)

    def test_a_payer_reads_it_in_their_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        self.customer.lang = 'ru_RU'
        tx = self.create_tx(10)

        self.bank_says(tx, gateway.OrderStatus.DECLINED, action_code=116)

        self.assertIn('недостаточно денег', tx.state_message)

    def test_each_sentence_for_payers_is_found_in_every_language_and_no_other_one_is(self):
        self.env['res.lang']._activate_lang('ru_RU')
        tx = self.create_tx(10)
        english, russian = tx.with_context(lang='en_US'), tx.with_context(lang='ru_RU')
        pairs = zip(
            payer_words.get_sentences(english.env).values(),
            payer_words.get_sentences(russian.env).values(),
            strict=True,
        )
        for pair in pairs:
            for told in pair:
                with self.subTest(told):
                    tx.state_message = told
                    self.assertEqual(english._sberbank_get_state_message(), pair[0])
                    self.assertEqual(russian._sberbank_get_state_message(), pair[1])
                    self.assertNotEqual(*pair)

        for told in (False, "The gateway's own word."):
            tx.state_message = told
            self.assertEqual(russian._sberbank_get_state_message(), told)

    def test_the_bank_tells_how_it_was_paid(self):
        methods = self.provider.payment_method_ids.with_context(active_test=False)
        methods.brand_ids.active = True
        for told, code in (
            ({'payment_system': 'MIR', 'payment_way': 'CARD'}, 'mir'),
            ({'payment_system': 'visa'}, 'visa'),
            ({'payment_way': 'SBP_C2B'}, 'sbp'),
            ({'payment_way': 'SBERPAY'}, 'sberpay'),
            ({'payment_system': 'Undefined'}, 'card'),
        ):
            with self.subTest(told=told):
                tx = self.create_tx(10)

                self.bank_says(tx, **told)

                self.assertEqual(tx.payment_method_id.code, code)


class TestMismatches(SberbankCommon):
    def get_attention(self, tx):
        return tx.sberbank_attention_ids.filtered(
            lambda attention: attention.reason == 'mismatch' and not attention.is_solved
        )

    def test_it_is_an_error_that_stays_one_however_often_it_comes(self):
        for name, told in MISMATCHES.items():
            for before in ('draft', 'pending', 'authorized', 'cancel', 'error'):
                with self.subTest(mismatch=name, before=before):
                    tx = self.create_tx(10, state=before)

                    for _delivery in range(3):
                        self.bank_says(tx, **told)

                        self.assertEqual(tx.state, 'error')
                        self.assertTrue(self.get_attention(tx))
                    tx._post_process()
                    self.assertFalse(tx.payment_id)

    def test_a_done_payment_stays_done_and_staff_are_told(self):
        for name, told in MISMATCHES.items():
            if 'deposited_amount' in told:
                continue  # Part of the payment was reversed: see below.
            with self.subTest(mismatch=name):
                tx = self.create_tx(10)
                payment = self.pay(tx)

                self.bank_says(tx, **told)

                self.assertEqual(tx.state, 'done')
                self.assertEqual(tx.payment_id, payment)
                self.assertTrue(self.get_attention(tx))

    def test_the_right_answer_ends_the_error(self):
        for name, told in MISMATCHES.items():
            with self.subTest(mismatch=name):
                tx = self.create_tx(10)
                self.bank_says(tx, **told)
                self.bank_says(tx, **told)

                self.bank_says(tx)

                self.assertEqual(tx.state, 'done')
                self.assertFalse(self.get_attention(tx))

    def test_the_right_answer_takes_it_from_the_list_whatever_the_state(self):
        for before, status in (
            ('pending', gateway.OrderStatus.DECLINED),
            ('done', gateway.OrderStatus.DEPOSITED),
        ):
            with self.subTest(before=before):
                tx = self.create_tx(10, state=before)
                self.bank_says(tx, currency='840')
                self.assertTrue(self.get_attention(tx))

                self.bank_says(tx, status)

                self.assertFalse(self.get_attention(tx))

    def test_an_order_that_died_unpaid_ends_with_its_reason_whatever_was_said_before(self):
        tx = self.create_tx(10)
        self.bank_says(tx, currency='840')

        self.bank_says(tx, gateway.OrderStatus.DECLINED, action_code=-2007)

        self.assertEqual(tx.state, 'cancel')
        self.assertIn('has run out', tx.state_message)
        self.assertFalse(self.get_attention(tx))

    def test_staff_read_what_differs_and_the_payer_does_not(self):
        tx = self.create_tx(10)

        self.bank_says(tx, amount=999, currency='840')

        details = self.get_attention(tx).details
        for word in ('10.00', '9.99', '643', '840'):
            self.assertIn(word, details)
            self.assertNotIn(word, tx.state_message)

    def test_a_mismatch_of_an_order_that_is_not_paid_is_one_too(self):
        tx = self.create_tx(10)

        self.bank_says(tx, gateway.OrderStatus.REGISTERED, amount=999)

        self.assertEqual(tx.state, 'error')


class TestMoneyThatGoesBack(SberbankCommon):
    def assert_returned(self, tx, amount, way):
        """The money is a refund of its own, and nothing is left for a person to find out."""
        [refund] = tx.child_transaction_ids
        self.assertEqual(
            (refund.amount, refund.state, refund.sberbank_returned_by), (-amount, 'done', way)
        )
        self.assertEqual(tx.state, 'done')
        self.assertFalse(tx.sberbank_needs_attention)

    def test_a_reversed_payment_stays_done(self):
        tx = self.create_tx(10)
        payment = self.pay(tx)

        self.bank_says(tx, gateway.OrderStatus.REVERSED, deposited_amount=0)

        self.assert_returned(tx, 10, 'reversal')
        self.assertEqual(tx.payment_id, payment)

    def test_what_is_left_after_refunds_is_not_taken_for_a_reversal(self):
        """`depositedAmount` less what was refunded, as some installations tell it."""
        tx = self.create_tx(1000)

        self.bank_says(
            tx, gateway.OrderStatus.REFUNDED, deposited_amount=70_000, refunded_amount=30_000
        )

        self.assert_returned(tx, 300, 'refund')

    def test_a_part_that_was_reversed(self):
        tx = self.create_tx(10)
        self.pay(tx)

        self.bank_says(tx, deposited_amount=600)

        self.assert_returned(tx, 4, 'reversal')

    def test_a_refund_in_the_banks_cabinet(self):
        tx = self.create_tx(10)
        self.pay(tx)

        self.bank_says(tx, gateway.OrderStatus.REFUNDED, refunded_amount=250)

        self.assert_returned(tx, 2.5, 'refund')

    def test_a_payment_that_was_refunded_before_we_heard_of_it_is_booked(self):
        tx = self.create_tx(10)

        payment = self.pay(tx, status=gateway.OrderStatus.REFUNDED, refunded_amount=1000)

        self.assertEqual(payment.amount, 10)
        self.assert_returned(tx, 10, 'refund')


class TestBookingIsTriggered(SberbankHttpCommon):
    def get_triggers(self):
        return self.env['ir.cron.trigger'].search_count([
            ('cron_id', '=', self.env.ref('payment_sberbank.ir_cron_book_payments').id),
            ('call_at', '<=', fields.Datetime.now() + timedelta(seconds=1)),
        ])

    def test_the_job_is_called_at_once_when_the_bank_confirms(self):
        tx = self.create_tx(10)
        before = self.get_triggers()

        self.bank_says(tx)

        self.assertEqual(self.get_triggers(), before + 1)

    def test_no_other_word_of_the_bank_calls_it(self):
        before = self.get_triggers()

        for status in set(FOLLOWING) - {2, 4}:
            self.bank_says(self.create_tx(10), status)
        self.bank_says(self.create_tx(10), amount=1)

        self.assertEqual(self.get_triggers(), before)

    def test_the_job_books_for_none_one_and_three_invoices(self):
        for count in (0, 1, 3):
            with self.subTest(invoices=count):
                invoices = sum(
                    (self.create_invoice(100.1) for _i in range(count)), self.env['account.move']
                )
                tx = self.create_tx(100.1 * max(count, 1), invoices=invoices)
                self.bank_says(tx)

                self.run_job('ir_cron_book_payments')

                self.assertTrue(tx.is_post_processed)
                self.assertEqual(tx.payment_id.amount, tx.amount)
                self.assertEqual(sum(invoices.mapped('amount_residual')), 0)

    def test_the_job_books_nothing_that_the_bank_has_not_confirmed(self):
        txs = [self.create_tx(10, state=state) for state in STATES if state != 'done']

        self.run_job('ir_cron_book_payments')

        self.assertFalse(any(tx.payment_id for tx in txs))

    def test_running_it_again_books_nothing_again(self):
        tx = self.create_tx(invoices=self.create_invoice(10))
        self.bank_says(tx)
        self.run_job('ir_cron_book_payments')
        payments = self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)])

        self.bank_says(tx)
        self.run_job('ir_cron_book_payments')
        tx._post_process()

        self.assertEqual(len(payments), 1)
        self.assertEqual(
            self.env['account.payment'].search([('payment_transaction_id', '=', tx.id)]), payments
        )

    def test_a_payment_of_another_company_goes_into_its_own_books(self):
        other = self.create_company('ООО «Василёк»')
        journal = self.env['account.journal'].search(
            [('type', '=', 'bank'), ('company_id', '=', other.id)], limit=1
        )
        provider = self.provider.copy({'company_id': other.id})
        self.enable(provider, journal_id=journal.id)
        tx = self.create_tx(10, provider=provider)
        self.env.user.company_ids -= other

        self.env.flush_all()
        tx._sberbank_apply(self.order(tx))
        self.env.invalidate_all()
        self.run_job('ir_cron_book_payments')

        self.assertEqual(tx.payment_id.company_id, other)
        self.assertEqual(tx.payment_id.journal_id, journal)
        self.assertEqual(tx.payment_id.move_id.company_id, other)


class TestRefusedQuestions(BankCase):
    def test_a_refused_question_changes_no_state(self):
        self.faults({'fault': 'permission_denied'})
        for before in STATES:
            with self.subTest(before=before):
                tx = self.create_tx(10, state=before)

                with self.assertRaises(gateway.Refused), self.as_worker() as env:
                    tx.with_env(env)._sberbank_refresh()

                self.assertEqual(tx.state, before)
                self.assertFalse(tx.sberbank_attention_ids)

    def test_an_answer_about_no_order_in_particular_changes_no_state(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        for blocks in (['amount'], ['orderNumber', 'attributes'], ['amount', 'currency']):
            with self.subTest(missing=blocks):
                self.faults({'fault': 'missing_blocks', 'value': blocks})

                with self.assertRaises(gateway.UnexpectedAnswer), self.as_worker() as env:
                    tx.with_env(env)._sberbank_refresh()

                self.assertEqual(tx.state, 'draft')

    def test_an_answer_without_its_optional_blocks_is_believed(self):
        tx = self.create_registered_tx(10)
        self.bank.pay(tx.provider_reference)
        self.faults({'fault': 'missing_blocks'})

        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()

        self.assertEqual(tx.state, 'done')

    def test_what_the_bank_gets_wrong_about_a_paid_order_is_never_done(self):
        for fault in ('wrong_amount', 'wrong_currency', 'wrong_order_number', 'wrong_order_id'):
            with self.subTest(fault=fault):
                self.faults()
                tx = self.create_registered_tx(10)
                self.bank.pay(tx.provider_reference)
                self.faults({'fault': fault})

                for _delivery in range(2):
                    with self.as_worker() as env:
                        tx.with_env(env)._sberbank_refresh()

                    self.assertEqual(tx.state, 'error')


class TestLessThanOrdered(SberbankCommon):
    def get_details(self, ordered, **told):
        """Let the bank say what it took, and return what staff read of it."""
        tx = self.create_tx(ordered)

        self.bank_says(tx, **told)

        self.assertEqual(tx.state, 'error')
        return tx.sberbank_attention_ids.details.replace('\N{NO-BREAK SPACE}', ' ')

    def test_a_credit_is_told_as_what_it_is(self):
        details = self.get_details(
            5000, amount=475_000, deposited_amount=475_000, payment_way='IPOS'
        )

        self.assertIn('5,000.00', details)
        self.assertIn('4,750.00', details)
        self.assertIn('took a credit at the bank', details)
        self.assertIn('the other 250.00', details)

    def test_bonus_points_are_told_as_what_they_are(self):
        details = self.get_details(
            199, approved_amount=12_200, deposited_amount=12_200, has_bonuses=True
        )

        self.assertIn('122.00', details)
        self.assertIn('the other 77.00', details)
        self.assertIn('bonus points', details)

    def test_what_can_not_be_explained_is_not(self):
        details = self.get_details(199, deposited_amount=12_200)

        self.assertNotIn('the other', details)


class TestBesideTheState(SberbankCommon):
    def test_the_card_and_the_reason_of_a_decline_are_kept_for_staff(self):
        tx = self.create_tx(100)

        self.bank_says(
            tx,
            gateway.OrderStatus.REGISTERED,
            action_code=116,
            action_code_description='Недостаточно средств',
            masked_pan='220000**0004',
        )

        self.assertEqual(tx.sberbank_masked_pan, '220000**0004')
        self.assertEqual(tx.sberbank_decline_reason, '116: Недостаточно средств')
        self.assertNotIn('116', tx.state_message or '')

    def test_what_the_register_of_the_bank_names_is_kept_and_never_forgotten(self):
        tx = self.create_tx(100)
        told = {
            'reference_number': '932801425999',
            'approval_code': '123456',
            'terminal_id': '10000001',
            'payment_way': 'CARD',
        }

        self.bank_says(tx, **told)
        self.bank_says(tx)

        self.assertEqual(tx.sberbank_reference_number, '932801425999')
        self.assertEqual(tx.sberbank_approval_code, '123456')
        self.assertEqual(tx.sberbank_terminal, '10000001')
        self.assertEqual(tx.sberbank_payment_way, 'CARD')
        self.assertIn(tx, tx.search([('sberbank_reference_number', 'ilike', '932801425999')]))

    def test_a_paid_order_has_no_reason_any_more(self):
        tx = self.create_tx(100)
        self.bank_says(tx, gateway.OrderStatus.REGISTERED, action_code=116)
        self.assertEqual(tx.sberbank_decline_reason, '116: ?')

        self.bank_says(tx, action_code=0)

        self.assertFalse(tx.sberbank_decline_reason)
