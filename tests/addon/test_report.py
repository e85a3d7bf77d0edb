"""The figures of online payments: they agree with the transactions, and are found by the day."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.tools import SQL, html2plaintext

from .common import SberbankCommon
from .ledger import LedgerCommon

MOSCOW = ZoneInfo('Europe/Moscow')
#: Here it is the 16th in Moscow already, and the 15th everywhere west of it.
NOW = '2026-09-15 22:30:00'
TODAY, YESTERDAY = date(2026, 9, 16), date(2026, 9, 15)
ENDED = {'state': 'cancel', 'sberbank_paid_at': False}


class ReportMixin:
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        self.provider.state = 'enabled'

    def create_ended_tx(self, amount, moscow='2026-09-16 00:10:00', *, minutes=2, **values):
        """Create a transaction that is at an end.

        :param str moscow: When the bank took the money, by the clock of Moscow.
        :param float minutes: How long the payer took.
        """
        moment = datetime.fromisoformat(moscow).replace(tzinfo=MOSCOW).astimezone(timezone.utc)
        moment = moment.replace(tzinfo=None)
        return self.create_tx(
            amount,
            **{
                'state': 'done',
                'last_state_change': moment,
                'sberbank_paid_at': moment,
                'sberbank_registered_at': moment - timedelta(minutes=minutes),
                **values,
            },
        )

    def create_refund(self, source, amount, *moscow, **values):
        return self.create_ended_tx(
            -amount,
            *moscow,
            **{
                'operation': 'refund',
                'source_transaction_id': source.id,
                'sberbank_order_number': False,
                'sberbank_registered_at': False,
                **values,
            },
        )

    def lines(self, *domain):
        return self.env['sberbank.report'].search([('company_id', '=', self.company.id), *domain])

    def cards(self):
        """Return the cards of the company, by their periods."""
        cards = self.env['sberbank.summary'].search([('company_id', '=', self.company.id)])
        return {card.period: card for card in cards}


class TestReport(ReportMixin, SberbankCommon):
    def test_the_sums_are_those_of_the_transactions(self):
        paid = self.create_ended_tx(100.10)
        refund = self.create_refund(paid, 30.05)

        lines = self.lines()

        self.assertEqual(lines.transaction_id, paid | refund)
        self.assertEqual(sorted(lines.mapped('remaining')), sorted([paid.amount, refund.amount]))
        self.assertEqual(sorted(lines.mapped('taken')), [0, 100.10])
        self.assertEqual(sorted(lines.mapped('returned')), [0, 30.05])
        self.assertEqual(sum(lines.mapped('payments')), 1)

    def test_what_is_not_at_an_end_is_left_out(self):
        known = self.create_ended_tx(30)
        self.create_ended_tx(20, state='pending')
        self.create_ended_tx(40, state='authorized')
        self.create_ended_tx(50, **ENDED, sberbank_registered_at=False)  # The bank never knew it.
        self.create_refund(known, 5, state='pending')
        self.create_refund(known, 6, state='cancel')

        self.assertEqual(self.lines().transaction_id, known)

    def test_test_money_is_left_out_also_when_it_is_refunded_later(self):
        self.provider.state = 'test'
        test = self.create_ended_tx(10)
        self.provider.state = 'enabled'
        refund = self.create_refund(test, 5)

        self.assertEqual((test.is_live, refund.is_live), (False, True))
        self.assertFalse(self.lines())

    def test_other_providers_are_left_out(self):
        other = self.env['payment.provider'].search([('code', '=', 'none')], limit=1)
        self.create_ended_tx(10, provider=other, sberbank_order_number=False)

        self.assertFalse(self.lines())

    def test_days_are_the_banks(self):
        of_today = self.create_ended_tx(1, '2026-09-16 00:00:00')
        of_yesterday = self.create_ended_tx(2, '2026-09-15 23:59:59')
        of_the_month = self.create_ended_tx(3, '2026-09-01 00:00:00')
        self.create_ended_tx(4, '2026-08-31 23:59:59')
        told_without_a_time = self.create_ended_tx(5, '2026-09-15 08:00:00', sberbank_paid_at=False)

        for period, txs in (
            ('today', of_today),
            ('yesterday', of_yesterday | told_without_a_time),
            ('month', of_today | of_yesterday | told_without_a_time | of_the_month),
        ):
            with self.subTest(period):
                found = self.lines(('period', '=', period))
                self.assertEqual(found.transaction_id, txs)
        for line in self.lines():
            self.assertEqual(line.day, line.transaction_id._sberbank_get_bank_day())

    def test_cards_of_all_brands_are_one_method(self):
        mir = (
            self
            .env['payment.method']
            .with_context(active_test=False)
            .search([('code', '=', 'mir')])
        )
        self.create_ended_tx(10, payment_method_id=mir.id)

        self.assertEqual(self.lines().payment_method_id.code, 'card')

    def test_the_time_to_pay_is_that_of_people(self):
        paid = self.create_ended_tx(10, minutes=1.5)
        self.create_ended_tx(10, minutes=0, operation='offline')

        known = self.lines(('minutes_to_pay', '!=', False))

        self.assertEqual(known.transaction_id, paid)
        self.assertEqual(known.minutes_to_pay, 1.5)
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        self.env.invalidate_all()
        self.assertFalse(self.lines(('minutes_to_pay', '!=', False)))

    def test_groups_agree_with_their_lines(self):
        self.create_ended_tx(10)
        self.create_ended_tx(20, '2026-09-15 12:00:00')
        self.create_ended_tx(99, **ENDED)

        groups = self.env['sberbank.report']._read_group(
            [('company_id', '=', self.company.id)],
            ['day:day'],
            ['taken:sum', 'payments:sum', 'success_rate:avg'],
            order='day:day',
        )

        self.assertEqual(groups, [(YESTERDAY, 20, 1, 1), (TODAY, 10, 1, 0.5)])

    def test_a_line_opens_its_transaction(self):
        tx = self.create_ended_tx(10)

        action = self.lines().action_open_transaction()

        self.assertEqual((action['res_model'], action['res_id']), (tx._name, tx.id))


class TestSummary(ReportMixin, LedgerCommon):
    def test_each_period_has_a_card_also_without_payments(self):
        cards = self.cards()

        self.assertEqual(list(cards), ['today', 'yesterday', 'month'])
        for card in cards.values():
            with self.subTest(card.period):
                self.assertEqual((card.taken, card.returned, card.payments), (0, 0, 0))
                self.assertFalse(card.breakdown)

    def test_a_provider_that_is_switched_off_has_cards_of_what_it_took(self):
        self.create_ended_tx(10, '2026-09-15 12:00:00')
        self.provider.state = 'disabled'

        self.assertEqual(list(self.cards()), ['yesterday', 'month'])

    def test_a_card_has_the_figures_of_its_days(self):
        paid = self.create_ended_tx(100, minutes=1)
        self.create_ended_tx(50, minutes=3)
        self.create_ended_tx(25, minutes=30)
        self.create_ended_tx(99, **ENDED)
        self.create_refund(paid, 40)
        self.create_ended_tx(1000, '2026-09-15 12:00:00')

        today, yesterday, month = self.cards().values()

        self.assertEqual((today.since, today.until), (TODAY, TODAY))
        self.assertEqual((today.taken, today.returned, today.remaining), (175, 40, 135))
        self.assertEqual((today.payments, today.orders, today.success_rate), (3, 4, 0.75))
        self.assertEqual(today.minutes_to_pay, 3)
        self.assertEqual((yesterday.taken, yesterday.returned), (1000, 0))
        self.assertEqual((month.taken, month.returned, month.payments), (1175, 40, 4))
        self.assertEqual(month.since, date(2026, 9, 1))

    def test_the_money_is_told_apart_by_method_and_cash_desk(self):
        sbp = self.env.ref('payment_sberbank.payment_method_sbp')
        self.pay(self.create_tx(1500))
        self.create_refund(self.create_ended_tx(70, payment_method_id=sbp.id), 30)
        self.create_ended_tx(99, **ENDED)

        text = ' '.join(html2plaintext(self.cards()['today'].breakdown).split())

        for told in (
            'Card (1)',
            '1,500.00',
            f'{sbp.name} (1)',
            f'{self.journal.name} (1)',
            'Not booked yet (1)',
            'of it returned',
        ):
            with self.subTest(told):
                self.assertIn(told, text)
        self.assertNotIn('99', text)

    def test_a_name_is_text(self):
        self.journal.name = '<b>Desk</b>'
        self.pay(self.create_tx(10))

        self.assertIn('&lt;b&gt;Desk', self.cards()['today'].breakdown)

    def test_the_card_opens_what_it_counts(self):
        tx = self.create_ended_tx(10)
        self.create_ended_tx(20, '2026-09-15 12:00:00')

        action = self.cards()['today'].action_open_report()

        self.assertEqual(self.env[action['res_model']].search(action['domain']).transaction_id, tx)

    def test_it_is_one_query(self):
        self.create_ended_tx(10)
        self.cards()  # What is the same each time is remembered.
        self.env.invalidate_all()

        with self.assertQueryCount(1):
            cards = self.env['sberbank.summary'].search_fetch([], ['taken', 'parts'])
            cards.mapped('taken')


class TestReportAtScale(ReportMixin, SberbankCommon):
    def setUp(self):
        super().setUp()
        model = self.create_ended_tx(10, '2020-01-01 12:00:00')
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO payment_transaction (
                       provider_id, payment_method_id, company_id, currency_id, reference, amount,
                       partner_id, operation, state, is_live, last_state_change
                )
                SELECT provider_id, payment_method_id, company_id, currency_id, 'OLD-' || number,
                       10, partner_id, operation, 'done', TRUE,
                       '2020-01-01'::timestamp + number * interval '1 minute'
                  FROM payment_transaction, generate_series(1, 20000) number
                 WHERE id = %s
                """,
                model.id,
            )
        )
        self.env.cr.execute('ANALYZE payment_transaction')

    def test_some_days_are_found_by_the_index(self):
        tx = self.create_ended_tx(10)
        self.env.flush_all()
        for model, domain in (
            ('sberbank.report', [('period', '=', 'month')]),
            ('sberbank.summary', []),
        ):
            with self.subTest(model):
                rows = self.env[model].with_context(allowed_company_ids=self.company.ids)
                query = rows._search([('company_id', '=', self.company.id), *domain]).select()
                self.env.cr.execute(SQL('EXPLAIN %s', query))
                plan = '\n'.join(line for (line,) in self.env.cr.fetchall())
                self.assertIn('sberbank_bank_day_idx', plan)
                self.assertNotIn('Seq Scan on payment_transaction', plan)
        self.assertEqual(self.lines(('period', '=', 'month')).transaction_id, tx)
