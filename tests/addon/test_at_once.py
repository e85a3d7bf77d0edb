"""Several workers at the same payments at the same time: real cursors, real commits."""

import json
from threading import Barrier, Thread
from unittest.mock import patch
from uuid import uuid4

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.payment_sberbank import const, gateway
from odoo.addons.payment_sberbank.gateway import client as gateway_client

from .common import ShopMixin

TRIES = 10

#: Not the address of the other tests, which count what it has got.
STAFF = 'cashier@at-once.example'


@tagged('post_install', '-at_install')
class TestAtOnce(ShopMixin, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cr = cls.registry.cursor()
        cls.addClassCleanup(cr.close)
        cls.env = api.Environment(cr, SUPERUSER_ID, {})
        company = cls.create_company(f'At once {uuid4()}')  # It stays: what is done is committed.
        cls.env = cls.env(context={'allowed_company_ids': company.ids})
        provider = cls.env.ref('payment_sberbank.payment_provider_sberbank')
        cls.open_shop(company, provider.copy({'company_id': company.id, 'name': company.name}))
        cls.provider.sberbank_staff_email = STAFF
        cr.commit()
        cls.addClassCleanup(cls.close_shop)

    @classmethod
    def close_shop(cls):
        """Delete what was committed, so that other tests find none of it."""
        cls.env.cr.rollback()
        cls.env.invalidate_all()
        in_company = [('company_id', '=', cls.company.id)]
        cls.env['mail.mail'].search([('email_to', '=', STAFF)]).unlink()
        payments = cls.env['account.payment'].search(in_company)
        payments.action_draft()
        payments.unlink()
        moves = cls.env['account.move'].search(in_company)
        moves.filtered(lambda move: move.state == 'posted').button_draft()
        moves.with_context(force_delete=True).unlink()
        cls.env['payment.transaction'].search(in_company).unlink()
        cls.provider.state = 'disabled'
        cls.provider.unlink()
        cls.company.active = False
        cls.env.cr.commit()

    def at_once(self, *works):
        """Let workers begin at the same time, and begin anew as Odoo does when they collide.

        :param callable works: One for each worker; it is given an environment.
        """
        self.env.cr.commit()
        barrier, failures = Barrier(len(works)), []

        def run(work):
            barrier.wait()
            for _try in range(TRIES):
                try:
                    with self.registry.cursor() as cr:
                        return work(api.Environment(cr, SUPERUSER_ID, {}))
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                    failure = error
                except Exception as error:
                    failures.append(error)
                    return None
            failures.append(failure)
            return None

        threads = [Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.env.cr.rollback()
        self.env.invalidate_all()
        self.assertFalse(failures)

    def post_process(self, tx):
        return lambda env: tx.with_env(env)._post_process()

    @staticmethod
    def job(env):
        env['payment.transaction']._cron_sberbank_book_payments()

    def mails_about(self, *txs):
        """Return how many e-mails name the transactions' orders."""
        mails = self.env['mail.mail'].search([('email_to', '=', STAFF)])
        return [sum(tx.sberbank_order_number in mail.body_html for mail in mails) for tx in txs]

    def registering(self):
        """Let a bank register whatever it is asked to."""

        def post(*_arguments, **_options):
            order_id = str(uuid4())
            page = f'http://127.0.0.1:9/payment/page.html?mdOrder={order_id}'
            return gateway_client.Reply(
                200, json.dumps({'orderId': order_id, 'formUrl': page}).encode()
            )

        return patch.object(gateway_client, 'post', side_effect=post)

    def payments_of(self, txs):
        return self.env['account.payment'].search([('payment_transaction_id', 'in', txs.ids)])

    def test_an_order_is_registered_once_by_all_who_open_its_page(self):
        tx = self.create_new_tx(100)
        pages = []

        with self.registering() as post:
            self.at_once(
                *[lambda env: pages.append(tx.with_env(env)._sberbank_open_page('en_US'))] * 4
            )

        post.assert_called_once()
        self.assertEqual(pages, [tx.sberbank_form_url] * 4)
        self.assertEqual(tx.sberbank_exchange_ids.mapped('method'), ['register'])

    def test_who_has_looked_before_another_registered_it_asks_nothing_and_begins_anew(self):
        tx = self.create_new_tx(100)
        self.env.cr.commit()

        with self.registering() as post, self.registry.cursor() as cr:
            late_tx = tx.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertFalse(late_tx.sberbank_order_number)
            self.at_once(lambda env: tx.with_env(env)._sberbank_open_page('en_US'))
            with self.assertRaises(SerializationFailure):
                late_tx._sberbank_open_page('en_US')
            page = late_tx._sberbank_open_page('en_US')

        post.assert_called_once()
        self.assertEqual(page, tx.sberbank_form_url)

    def test_who_has_looked_when_there_was_a_number_only_looks_anew(self):
        tx = self.create_new_tx(100)
        tx.sberbank_order_number = f'N-{uuid4().hex[:20]}'
        self.env.cr.commit()

        with self.registering() as post, self.registry.cursor() as cr:
            late_tx = tx.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertFalse(late_tx.sberbank_form_url)
            self.at_once(lambda env: tx.with_env(env)._sberbank_open_page('en_US'))
            page = late_tx._sberbank_open_page('en_US')

        post.assert_called_once()
        self.assertEqual(page, tx.sberbank_form_url)

    def test_who_has_looked_before_another_made_the_charge_makes_none(self):
        tx = self.create_new_tx(100, state='pending', sberbank_charge_at=fields.Datetime.now())
        self.env.cr.commit()

        with self.registering() as post, self.registry.cursor() as cr:
            late_tx = tx.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertTrue(late_tx.sberbank_charge_at)
            tx.sberbank_charge_at = False
            self.env.cr.commit()
            self.assertTrue(late_tx._sberbank_charge())

        post.assert_not_called()

    def test_who_waits_for_another_too_long_is_told_so(self):
        tx = self.create_new_tx(100)
        self.env.cr.commit()

        with (
            self.registering() as post,
            patch.object(const, 'BANK_PATIENCE_SECS', 0.1),
            tx._sberbank_registration_turn(),
            self.registry.cursor() as cr,
        ):
            waiting_tx = tx.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            with self.assertRaises(gateway.Unavailable):
                waiting_tx._sberbank_open_page('en_US')
            self.assertEqual(waiting_tx.reference, tx.reference)  # The payer is shown a page.

        post.assert_not_called()

    def test_what_was_asked_is_written_down_though_the_order_can_not_be(self):
        tx = self.create_new_tx(100)
        model = self.env.registry['payment.transaction']

        with (
            self.registering(),
            patch.object(model, '_sberbank_supersede_others', side_effect=RuntimeError),
            self.registry.cursor() as cr,
        ):
            self.env.cr.commit()
            with self.assertRaises(RuntimeError):
                tx.with_env(api.Environment(cr, SUPERUSER_ID, {}))._sberbank_open_page('en_US')
        self.env.cr.rollback()
        self.env.invalidate_all()

        self.assertTrue(tx.sberbank_order_number)
        self.assertFalse(tx.provider_reference)
        self.assertEqual(tx.sberbank_exchange_ids.mapped('outcome'), ['answered'])

    def test_a_payment_is_booked_once(self):
        invoice = self.create_invoice(1000)
        tx = self.create_tx(invoices=invoice)
        self.bank_says(tx)
        messages = len(invoice.message_ids)
        model = self.env.registry['payment.transaction']
        booking = patch.object(
            model, '_sberbank_make_entry', autospec=True, side_effect=model._sberbank_make_entry
        )

        with booking as book:
            self.at_once(*[self.post_process(tx)] * 4)

        book.assert_called_once()  # The others have waited, and not worked in vain.
        self.assertEqual(len(self.payments_of(tx)), 1)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertLessEqual(len(invoice.message_ids) - messages, 2)
        self.at_once(*[self.job] * 3)
        self.assertEqual(self.mails_about(tx), [1])

    def test_an_invoice_paid_in_two_tabs_is_settled_once(self):
        invoice = self.create_invoice(1000)
        txs = self.create_tx(invoices=invoice) + self.create_tx(1000, invoices=invoice)
        for tx in txs:
            self.bank_says(tx)

        self.at_once(*map(self.post_process, txs))

        self.assertEqual(sorted(self.payments_of(txs).mapped('is_reconciled')), [False, True])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(txs.sberbank_attention_ids.mapped('reason'), ['already_paid'])

    def test_two_top_ups_settle_a_debt_together(self):
        debt = self.create_invoice(1000)
        txs = self.create_tx(600) + self.create_tx(600)
        for tx in txs:
            self.bank_says(tx)

        self.at_once(*map(self.post_process, txs))

        money = [tx.payment_id._sberbank_get_money() for tx in txs]
        self.assertEqual(debt.amount_residual, 0)
        self.assertEqual(sum(line.amount_residual for line in money), -200)
        self.assertFalse(txs.sberbank_attention_ids)

    def test_two_jobs_book_each_payment_once(self):
        txs = self.env['payment.transaction']
        for _i in range(6):
            txs += self.create_tx(100, partner=self.customer.copy())
        for tx in txs:
            self.bank_says(tx)

        self.at_once(self.job, self.job, *map(self.post_process, txs[:2]))
        self.at_once(self.job)

        self.assertEqual(txs.mapped('is_post_processed'), [True] * 6)
        self.assertEqual(len(self.payments_of(txs)), 6)
        self.assertEqual(self.mails_about(*txs), [1] * 6)
        self.assertFalse(txs.sberbank_attention_ids)

    def test_a_payment_that_fails_neither_stops_nor_undoes_the_others(self):
        txs = self.env['payment.transaction']
        for _i in range(3):
            txs += self.create_tx(100, partner=self.customer.copy())
        for tx in txs:
            self.bank_says(tx)
        failing = txs[1].id
        model = self.env.registry['payment.transaction']
        finish = model._sberbank_finish

        def finish_unless_failing(tx):
            if tx.id == failing:
                raise RuntimeError("Something that nobody thought of.")
            finish(tx)

        with (
            patch.object(model, '_sberbank_finish', finish_unless_failing),
            self.assertLogs('odoo.addons.payment_sberbank', 'ERROR') as logs,
        ):
            self.at_once(self.job)
        finished = txs.mapped('is_post_processed')
        booked = txs.mapped('payment_id')
        txs[1].sberbank_turn_at = fields.Datetime.now()
        self.at_once(self.job)

        self.assertEqual(finished, [True, False, True])
        self.assertIn(txs[1].reference, logs.output[0])
        self.assertEqual(txs.mapped('is_post_processed'), [True, True, True])
        self.assertEqual(txs.mapped('payment_id'), booked)

    def test_a_mismatch_heard_of_from_all_sides_is_mailed_once(self):
        tx = self.create_tx(1000)
        order = self.order(tx, amount=99)

        self.at_once(*[lambda env: tx.with_env(env)._sberbank_apply(order)] * 4)

        self.assertEqual(tx.state, 'error')
        self.assertEqual(len(tx.sberbank_attention_ids), 1)
        self.assertEqual(self.mails_about(tx), [1])

    def test_an_amount_that_several_people_accept_is_booked_once(self):
        tx = self.create_tx(1000, partner=self.customer.copy())
        order = self.order(tx, deposited_amount=60000)
        self.at_once(lambda env: tx.with_env(env)._sberbank_apply(order))
        refused = []

        def accept(env):
            try:
                with tx.with_env(env)._sberbank_locked() as locked_tx:
                    locked_tx._sberbank_accept_amount(order, env.user)
            except UserError as error:
                refused.append(str(error))

        self.at_once(*[accept] * 3)
        self.at_once(*[self.job] * 2)

        self.assertEqual(len(refused), 2)
        self.assertEqual(self.payments_of(tx).mapped('amount'), [600])
