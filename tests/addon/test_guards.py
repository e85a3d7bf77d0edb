"""What nobody can make of a payment: not from a browser, nor by a part of the money."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway

from .common import SberbankCommon, SberbankHttpCommon

CONFIRMATION = 'odoo.addons.payment_sberbank.models.payment_transaction_confirmation'


class TestWhatCanBePaid(SberbankCommon):
    def test_only_roubles(self):
        dollars = self.env.ref('base.USD')

        with self.assertRaisesRegex(ValidationError, 'Only roubles'):
            self.create_tx(100, currency_id=dollars.id)

    def test_only_amounts_that_the_bank_takes(self):
        for amount in (-500, 0, 0.001, 10_000_000_000):
            with self.subTest(amount=amount), self.assertRaisesRegex(ValidationError, 'amount'):
                self.create_tx(amount)

    def test_only_invoices_of_the_own_company(self):
        other = self.create_company('Other shop')
        invoice = self.create_invoice(100, company_id=other.id)

        with self.assertRaisesRegex(ValidationError, 'another company'):
            self.create_tx(invoices=invoice)

    def test_no_way_to_another_site_whoever_writes_it(self):
        tx = self.create_tx(100)

        tx.landing_route = 'https://evil.example'

        self.assertEqual(tx.landing_route, '/my')

    def test_no_refund_before_the_payment_is_booked(self):
        tx = self.create_tx(100)
        self.bank_says(tx)

        refund = tx._refund(amount_to_refund=10)

        self.assertEqual(refund.state, 'error')
        self.assertIn('not booked yet', refund.state_message)


class TestThroughTheBrowser(SberbankHttpCommon):
    def pay_invoice(self, invoice, **values):
        return self.make_jsonrpc_request(
            f'/invoice/transaction/{invoice.id}',
            {
                'access_token': invoice._portal_ensure_token(),
                'provider_id': self.provider.id,
                'payment_method_id': self.env.ref('payment.payment_method_card').id,
                'token_id': None,
                'amount': invoice.amount_residual,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': '/my/invoices',
                **values,
            },
        )

    @mute_logger('odoo.http')
    def test_a_browser_chooses_neither_sign_nor_currency(self):
        roubles = self.create_invoice(500)
        dollars = self.create_invoice(500, currency_id=self.env.ref('base.USD').id)
        for invoice, amount in ((roubles, -500), (roubles, 0), (dollars, 500)):
            with self.subTest(invoice=invoice, amount=amount), self.assertRaises(JsonRpcException):
                self.pay_invoice(invoice, amount=amount)

        self.assertFalse((roubles | dollars).transaction_ids)

    def test_a_browser_leads_nobody_elsewhere(self):
        invoice = self.create_invoice(500)
        for route in (
            'https://evil.example',
            '//evil.example',
            '/\\evil.example',
            'javascript:alert(1)',
            ' javascript:alert(1)',
            '/my\nx',
            'evil',
        ):
            with self.subTest(route=route):
                self.pay_invoice(invoice, landing_route=route)
                self.assertEqual(invoice.transaction_ids.sorted('id')[-1].landing_route, '/my')

    def test_a_way_back_within_the_system_is_kept(self):
        invoice = self.create_invoice(500)
        route = '/my/invoices/1?access_token=x-1&y=%2F#portal_pay'

        self.pay_invoice(invoice, landing_route=route)

        self.assertEqual(invoice.transaction_ids.landing_route, route)


class TestAPartOfTheMoney(SberbankCommon):
    @mute_logger(CONFIRMATION)
    def test_a_part_never_passes_for_the_whole(self):
        part = {'deposited_amount': 60000}
        refunded = {**part, 'refunded_amount': 10000}
        for words in (
            [(gateway.OrderStatus.DEPOSITED, part), (gateway.OrderStatus.REFUNDED, refunded)],
            [(gateway.OrderStatus.REFUNDED, refunded)],
            [(gateway.OrderStatus.DEPOSITED, {'deposited_amount': 0})],
        ):
            with self.subTest(words=words):
                tx = self.create_tx(1000)
                for status, values in words:
                    self.bank_says(tx, status, **values)

                self.assertEqual(tx.state, 'error')
                self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['mismatch'])

    def test_a_reversed_order_is_no_mismatch(self):
        tx = self.create_tx(1000)

        self.bank_says(tx, gateway.OrderStatus.REVERSED, deposited_amount=0)

        self.assertEqual(tx.state, 'cancel')


class TestRefundsUnderWay(SberbankCommon):
    def test_our_own_refund_alarms_nobody_while_it_is_under_way(self):
        tx = self.create_tx(1000)
        self.pay(tx)
        tx.sberbank_refund_sent_at = fields.Datetime.now()

        self.bank_says(tx, gateway.OrderStatus.REFUNDED, refunded_amount=10000)

        self.assertFalse(tx.sberbank_attention_ids)
        self.assertFalse(tx.child_transaction_ids)
        self.assertLess(tx.sberbank_next_ask_at, fields.Datetime.now() + timedelta(minutes=10))

    def test_a_refund_whose_worker_died_is_recorded_in_the_end(self):
        tx = self.create_tx(1000)
        self.pay(tx)
        tx.sberbank_refund_sent_at = fields.Datetime.now() - timedelta(minutes=20)

        self.bank_says(tx, gateway.OrderStatus.REFUNDED, refunded_amount=10000)

        self.assertEqual(tx.child_transaction_ids.mapped('amount'), [-100])


class TestHolds(SberbankCommon):
    def test_staff_hear_of_a_hold_before_it_is_lost_and_until_it_ends(self):
        self.env.ref('payment_sberbank.payment_method_sbp').active = False
        self.provider.capture_manually = True
        tx = self.create_tx(1000)
        self.bank_says(tx, gateway.OrderStatus.APPROVED)
        self.assertFalse(tx.sberbank_attention_ids)

        self.env.cr.execute(
            'UPDATE payment_transaction SET create_date = %s, sberbank_registered_at = NULL'
            ' WHERE id = %s',
            [fields.Datetime.now() - timedelta(days=5), tx.id],
        )
        tx.invalidate_recordset(['create_date', 'sberbank_registered_at'])
        self.bank_says(tx, gateway.OrderStatus.APPROVED)
        self.assertEqual(tx.sberbank_attention_ids.mapped('reason'), ['hold_waiting'])

        self.bank_says(tx)
        self.assertTrue(tx.sberbank_attention_ids.is_solved)


class TestLanguages(SberbankHttpCommon):
    def test_the_payer_is_told_in_the_payers_language(self):
        self.customer.lang = 'ru_RU'
        tx = self.create_tx(1000)

        with self.as_worker() as env:
            tx.with_env(env)._sberbank_apply(self.order(tx, gateway.OrderStatus.DECLINED))

        self.assertEqual(tx.state_message, 'Банк отклонил платёж. Деньги не списаны.')

    @mute_logger(CONFIRMATION)
    def test_staff_are_told_in_the_companys_language_whoever_asked(self):
        tx = self.create_tx(1000)
        self.company.partner_id.lang = 'ru_RU'

        for lang in ('en_US', 'ru_RU', 'en_US'):
            with self.as_worker() as env:
                there = tx.with_env(env).with_context(lang=lang)
                there._sberbank_apply(self.order(tx, amount=1))
                there.sberbank_attention_ids.action_solve()

        self.assertIn('сумма: у нас 1\u00a0000,00', tx.sberbank_attention_ids.details)
        self.assertTrue(tx.sberbank_attention_ids.is_solved)
        self.assertEqual(len(self.mails_to('cashier@shop.example')), 1)
