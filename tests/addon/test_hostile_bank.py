"""A bank that leaves things out, contradicts itself, or sends nonsense: what the models make of it.

Its answers come over real HTTP. How an answer is read, with every pair of fields left out, is in
`tests/gateway/test_hostile_bank.py`.
"""

import json
from contextlib import suppress
from itertools import combinations

import pytest

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import const, gateway

from ..gateway.answers import AMOUNTS, DECISIVE, answer_in, is_there, places, without
from ..gateway.server import Answer, ScriptedServer
from ..nasty import ESCAPES, FORGED_LINE, LIVE_MARKUP, TEXTS
from .bankside import BankCase

AMOUNT = 1234.5
CLIENT_LOGGER = 'odoo.addons.payment_sberbank.gateway.client'

#: Which state of a transaction an order's state may lead to, and from which on.
LEADS_TO = {1: 'authorized', 2: 'done', 3: 'cancel', 4: 'done', 6: 'cancel'}


class HostileBankCase(BankCase):
    """A bank that answers whatever a test tells it to, in the provider's dialect."""

    @pytest.fixture(autouse=True)
    def _open_hostile_bank(self, _open_bank):
        with ScriptedServer() as self.server:
            yield

    def setUp(self):
        super().setUp()
        self.provider.sberbank_custom_url = self.server.url
        muted = mute_logger(CLIENT_LOGGER)
        muted.__enter__()
        self.addCleanup(muted.__exit__, None, None, None)

    def switch(self, dialect):
        self.dialect = dialect
        self.set_up_merchant()
        self.provider.write({**self.get_access(), 'sberbank_custom_url': self.server.url})

    def answer(self, tx, state, **changes):
        """Return what the bank tells of the order; a change to None takes a field out."""
        whole = answer_in(
            state,
            self.dialect,
            order_id=tx.provider_reference or 'a' * 8,
            order_number=tx.sberbank_order_number,
            amount=gateway.to_kopecks(tx.amount),
        )
        changed = {**whole, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def script(self, *answers):
        """Let the bank give these answers, and the last of them from then on."""
        bodies = [
            answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            for answer in answers
        ]
        *first, self.server.answer = [Answer(body=body) for body in bodies]
        self.server.answers = first

    def hear(self, tx, *answers):
        """Ask the bank about the order and apply what it says."""
        self.script(*answers)
        with suppress(gateway.GatewayError), self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()

    def reasons(self, tx):
        return set(
            tx.sberbank_attention_ids.filtered(lambda one: not one.is_solved).mapped('reason')
        )


class TestLeftOut(HostileBankCase):
    def assert_only_what_was_said(self, tx, state, left):
        """The property: a state that the bank has said, of this very order and its amount."""
        names = [('orderNumber',), ('attributes', 'mdOrder'), ('mdOrder',), ('orderId',)]
        is_usable = (
            is_there(left, ('errorCode',) if self.dialect == 'ecom' else ('orderStatus',))
            and is_there(left, ('orderStatus',))
            and is_there(left, ('amount',))
            and any(is_there(left, name) for name in names)
        )
        expected = LEADS_TO.get(state, 'pending')
        amounts = 'paymentAmountInfo'
        if not is_usable:
            expected = 'draft'
        elif state == 8 and is_there(left, (amounts, 'depositedAmount')):
            expected = 'error'  # A part of the money was taken.
        self.assertEqual(tx.state, expected)
        if not is_usable:
            self.assertFalse(self.reasons(tx))
        elif state == 4:
            is_told = is_there(left, ('paymentAmountInfo', 'refundedAmount'))
            self.assertEqual(self.reasons(tx), set() if is_told else {'refunded'})
            self.assertEqual(tx.child_transaction_ids.mapped('amount'), [-123.45] * is_told)
        elif state == 8:
            self.assertTrue(self.reasons(tx))
        else:
            self.assertFalse(self.reasons(tx))

    def check(self, state, *taken_out):
        tx = self.create_tx(AMOUNT)
        left = without(self.answer(tx, state), *taken_out)

        self.hear(tx, left)

        with self.subTest(dialect=self.dialect, state=state, left_out=taken_out):
            self.assert_only_what_was_said(tx, state, left)

    def test_each_field_and_each_block_in_each_state(self):
        for dialect in gateway.DIALECTS:
            self.switch(dialect)
            for state in AMOUNTS:
                for place in places(answer_in(state, dialect)):
                    self.check(state, place)

    def test_pairs_of_what_decides_about_money(self):
        for state in (1, 2, 4, 6):
            for pair in combinations([*DECISIVE, ('mdOrder',)], 2):
                self.check(state, *pair)

    def test_the_order_s_names_one_of_which_is_enough(self):
        ids = [('attributes',), ('mdOrder',), ('orderId',)]
        for taken_out, state in (
            (ids, 'done'),
            ([('orderNumber',)], 'done'),
            ([('currency',)], 'done'),
            ([('orderNumber',), ('currency',)], 'done'),
            ([*ids, ('currency',)], 'done'),
            ([*ids, ('orderNumber',)], 'draft'),
        ):
            tx = self.create_tx(AMOUNT)

            self.hear(tx, without(self.answer(tx, 2), *taken_out))

            with self.subTest(left_out=taken_out):
                self.assertEqual(tx.state, state)

    def test_an_order_whose_id_is_not_known_is_believed_by_its_number_only(self):
        ids = [('attributes',), ('mdOrder',), ('orderId',)]
        for taken_out, state in ((ids, 'done'), ([('orderNumber',)], 'draft'), ([], 'done')):
            tx = self.create_tx(AMOUNT, provider_reference=False)

            self.hear(tx, without(self.answer(tx, 2), *taken_out))

            with self.subTest(left_out=taken_out):
                self.assertEqual(tx.state, state)

    def test_money_of_an_order_without_id_is_moved_in_the_cabinet(self):
        ids = [('attributes',), ('mdOrder',), ('orderId',)]
        for state, method in ((1, '_capture'), (1, '_void'), (2, '_refund')):
            tx = self.create_tx(AMOUNT, provider_reference=False)
            answer = without(self.answer(tx, state), *ids)
            self.hear(tx, answer)
            tx._sberbank_book_by_hand()

            with self.subTest(method), self.assertRaisesRegex(UserError, "the bank's cabinet"):
                getattr(tx, method)()

        self.assertFalse([one for one in self.server.received if 'Status' not in one.path])


class TestContradictions(HostileBankCase):
    def assert_needs_a_person(self, tx, answer, reason='mismatch', state='error'):
        for _delivery in range(2):
            self.hear(tx, answer)

            self.assertEqual(tx.state, state)
            self.assertIn(reason, self.reasons(tx))
        self.assertFalse(tx.payment_id)

    def test_amounts_that_contradict_the_state(self):
        for state, amounts in (
            (0, {'depositedAmount': 1}),
            (1, {'depositedAmount': 123450}),
            (1, {'approvedAmount': 123449}),
            (1, {'approvedAmount': 0}),
            (2, {'depositedAmount': 0}),
            (2, {'depositedAmount': 123449}),
            (2, {'depositedAmount': 123451}),
            (3, {'depositedAmount': 123450}),
            (4, {'depositedAmount': 0, 'refundedAmount': 123449}),
            (5, {'depositedAmount': 123450}),
            (6, {'depositedAmount': 123450}),
            (7, {'depositedAmount': 123450}),
            (8, {'depositedAmount': 100}),
            (9, {'depositedAmount': 123450}),
        ):
            with self.subTest(state=state, amounts=amounts):
                tx = self.create_tx(AMOUNT)
                torn = self.answer(tx, 0, orderStatus=state, paymentAmountInfo=amounts)

                self.assert_needs_a_person(tx, torn)

    def test_what_differs_from_ours(self):
        for changes in (
            {'amount': 123449},
            {'amount': 0},
            {'currency': '840'},
            {'currency': 978},
            {'orderNumber': 'OTHER'},
            {'orderNumber': 'OTHER', 'currency': None},
            {'attributes': [{'name': 'mdOrder', 'value': 'b' * 8}]},
            {'attributes': [{'name': 'mdOrder', 'value': 'b' * 8}], 'orderNumber': None},
        ):
            with self.subTest(changes=changes):
                tx = self.create_tx(AMOUNT)

                self.assert_needs_a_person(tx, self.answer(tx, 2, **changes))

    def test_a_refund_of_nothing_or_of_too_much(self):
        for amounts in ({}, {'refundedAmount': 0}, {'refundedAmount': 10**11}):
            with self.subTest(amounts=amounts):
                tx = self.create_tx(AMOUNT)

                self.hear(tx, self.answer(tx, 4, paymentAmountInfo=amounts))

                self.assertEqual(tx.state, 'done')
                self.assertEqual(self.reasons(tx), {'refunded'})
                self.assertFalse(tx.child_transaction_ids)

    def test_states_that_nothing_follows_from(self):
        for state in (8, 9, 42, 99):
            with self.subTest(state=state):
                tx = self.create_tx(AMOUNT)
                unclear = self.answer(tx, 0, orderStatus=state, paymentAmountInfo=None)

                self.assert_needs_a_person(tx, unclear, 'unclear', 'pending')
                self.hear(tx, self.answer(tx, 2))

                self.assertEqual(tx.state, 'done')
                self.assertFalse(self.reasons(tx))

    def test_what_is_paid_here_stays_so_whatever_the_bank_forgets(self):
        tx = self.create_tx(AMOUNT)
        self.hear(tx, self.answer(tx, 2))

        for state in (*AMOUNTS, 9):
            for amounts in ({}, None, {'depositedAmount': 0}, {'refundedAmount': 1}):
                self.hear(
                    tx, self.answer(tx, min(state, 8), orderStatus=state, paymentAmountInfo=amounts)
                )

                with self.subTest(state=state, amounts=amounts):
                    self.assertEqual(tx.state, 'done')

        self.assertTrue(self.reasons(tx))

    def test_a_state_beside_an_error(self):
        for changes in (
            {'errorCode': '5'},
            {'errorCode': 6},
            {'errorCode': None, 'ErrorCode': '7'},
            {'ErrorCode': '7'},
            {'success': False},
            {'success': 'false', 'error': 'x'},
            {'errorCode': 'OK'},
            {'errorCode': []},
        ):
            with self.subTest(changes=changes):
                tx = self.create_tx(AMOUNT)

                self.hear(tx, self.answer(tx, 2, **changes))

                self.assertEqual(tx.state, 'draft')

    def test_bodies_that_are_no_answer(self):
        for body in (
            b'',
            b'null',
            b'[]',
            b'<html>2</html>',
            b'{"errorCode":"0","orderStatus":0,"orderStatus":2}',
            b'{"errorCode":"0","orderStatus":2',
            b'{"orderStatus":2,"amount":' + b'9' * 5000 + b'}',
        ):
            with self.subTest(body=body[:40]):
                tx = self.create_tx(AMOUNT)

                self.hear(tx, body)

                self.assertEqual(tx.state, 'draft')


class TestMovingMoney(HostileBankCase):
    #: Answers that say both that it was done and that it was not.
    TORN = (
        {'success': False, 'error': {'code': '0'}},
        {'errorCode': 0, 'error': 'Операция отклонена.', 'processingErrorType': 'CLIENT_ERROR'},
        {'errorCode': '0', 'success': False},
        {'errorCode': '7', 'success': True},
    )

    def create_booked(self):
        tx = self.create_tx(AMOUNT)
        self.hear(tx, self.answer(tx, 2))
        tx._sberbank_book_by_hand()
        self.env.invalidate_all()
        return tx

    def test_a_torn_answer_to_a_refund_is_found_out_about(self):
        for torn in self.TORN:
            with self.subTest(answer=torn):
                tx = self.create_booked()
                self.script(self.answer(tx, 2), torn)

                refund = tx._refund(amount_to_refund=100)
                self.assertEqual(refund.state, 'pending')

                refunded = {'depositedAmount': 123450, 'refundedAmount': 10000}
                self.hear(tx, self.answer(tx, 4, paymentAmountInfo=refunded))
                self.assertEqual(refund.state, 'done')

    def test_a_torn_answer_to_a_refund_that_was_not_made_is_no_refund(self):
        tx = self.create_booked()
        self.script(self.answer(tx, 2), self.TORN[0])
        refund = tx._refund(amount_to_refund=100)

        for amounts in (None, {}, {'refundedAmount': 0}, {'refundedAmount': 9999}):
            self.hear(tx, self.answer(tx, 2, paymentAmountInfo=amounts))

            self.assertEqual(refund.state, 'pending')

    def test_a_torn_answer_ends_no_hold(self):
        for torn in self.TORN:
            for method in ('_capture', '_void'):
                with self.subTest(answer=torn, method=method):
                    tx = self.create_tx(AMOUNT)
                    held = self.answer(tx, 1)
                    self.hear(tx, held)
                    self.script(held, torn, held)

                    with suppress(UserError):
                        getattr(tx, method)()
                        self.fail("It counts as done.")

                    self.assertEqual(tx.state, 'authorized')

    def test_after_a_torn_answer_the_order_s_state_decides(self):
        for method, after, state in (('_capture', 2, 'done'), ('_void', 3, 'cancel')):
            with self.subTest(method):
                tx = self.create_tx(AMOUNT)
                held = self.answer(tx, 1)
                self.hear(tx, held)
                self.script(held, self.TORN[1], self.answer(tx, after))

                getattr(tx, method)()

                self.env.invalidate_all()
                self.assertEqual(tx.state, state)


class TestTexts(HostileBankCase):
    def texts_everywhere(self, tx, text, state=0):
        text = text[:40_000]  # More than 1 MiB in all is no answer.
        return self.answer(
            tx,
            state,
            actionCode=116,
            actionCodeDescription=text,
            errorMessage=text,
            terminalId=text,
            email=text,
            cardAuthInfo={
                'cardholderName': text,
                'cardHolderName': text,
                'paymentSystem': text,
                'paymentWay': text,
                'maskedPan': text,
                'pan': text,
                'approvalCode': text,
            },
            payerData={'email': text, 'phone': text},
            bankInfo={'bankName': text},
            **{text: text},
        )

    def make_due(self, tx):
        """Let an hour and more have passed since the transaction was made."""
        tx.sberbank_next_ask_at = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '2 hours'"
            ' WHERE id = %s',
            [tx.id],
        )
        self.env.invalidate_all()

    def stored_texts(self, records):
        """Return the texts that are kept of records, by the fields' names."""
        names = [
            name
            for name, field in records._fields.items()
            if field.type in ('char', 'text', 'html') and field.store
        ]
        return [
            (name, text)
            for values in records.sudo().read(names, load=None)
            for name, text in values.items()
            if isinstance(text, str)
        ]

    def assert_harmless(self, records):
        for name, text in self.stored_texts(records):
            is_plain = all(
                letter.isprintable() or letter in '\n\N{NO-BREAK SPACE}' for letter in text
            )
            self.assertTrue(is_plain, f'{name}: {text[:200]!r}')
            self.assertLess(len(text), 20_000, name)
            self.assertFalse(
                any(line.startswith(FORGED_LINE) for line in text.splitlines()), f'{name}: {text!r}'
            )

    def assert_page_harmless(self, response):
        self.assertLess(response.status_code, 500)
        for live in (*LIVE_MARKUP, ESCAPES, '\N{RIGHT-TO-LEFT OVERRIDE}', 'x' * 5000):
            self.assertNotIn(live, response.text)

    def test_of_an_order_in_every_place(self):
        for kind, text in TEXTS.items():
            with self.subTest(kind):
                invoice = self.create_invoice(AMOUNT)
                tx = self.create_tx(invoices=invoice)

                self.hear(tx, self.texts_everywhere(tx, text))
                self.assertEqual(tx.state, 'pending')
                self.assert_harmless(tx)
                self.hear(tx, self.texts_everywhere(tx, text, state=6))
                self.assertEqual(tx.state, 'cancel')
                self.hear(tx, self.texts_everywhere(tx, text, state=2))
                self.assertEqual(tx.state, 'done')
                tx._sberbank_book_by_hand()

                self.assertEqual(invoice.amount_residual, 0)
                for records in (
                    tx,
                    tx.sberbank_exchange_ids,
                    tx.payment_id,
                    self.mails_to(self.provider.sberbank_staff_email),
                ):
                    self.assert_harmless(records)
                for message in (invoice | tx.payment_id.move_id).message_ids:
                    for live in (*LIVE_MARKUP, text[:40]):
                        self.assertNotIn(live, message.body)

    def test_of_a_refusal_on_the_list_and_in_the_e_mail(self):
        for kind, text in TEXTS.items():
            with self.subTest(kind):
                tx = self.create_tx(AMOUNT)
                self.make_due(tx)
                self.script({'errorCode': '7', 'errorMessage': text, text: text})
                before = self.mails_to('cashier@shop.example')

                with mute_logger('odoo.addons.payment_sberbank'):
                    self.run_job('ir_cron_ask_bank')

                self.assertEqual(self.reasons(tx), {'not_answered'})
                mails = self.mails_to('cashier@shop.example') - before
                self.assertEqual(len(mails), 1)
                for records in (tx, tx.sberbank_attention_ids, tx.sberbank_exchange_ids, mails):
                    self.assert_harmless(records)
                for live in LIVE_MARKUP:
                    self.assertNotIn(live, mails.body_html)

    def test_of_a_refusal_at_the_screen_of_staff(self):
        for kind, text in TEXTS.items():
            with self.subTest(kind):
                tx = self.create_tx(AMOUNT)
                self.script({'errorCode': '7', 'errorMessage': text})

                toast = tx.action_sberbank_ask_bank()['params']['message']

                self.assertTrue(toast.replace('\n', '').isprintable(), repr(toast))
                self.assertLess(len(toast), 5000)

    def test_of_a_registration_on_the_payers_pages(self):
        for kind, text in TEXTS.items():
            for answer in (
                {'errorCode': '5', 'errorMessage': text},
                {'errorCode': '0', 'orderId': text, 'formUrl': text},
                {'errorCode': '0', 'orderId': 'a' * 8, 'formUrl': text},
                {'errorCode': '0', 'orderId': 'a' * 8, 'formUrl': f'{self.server.url}{text}'},
                {'errorCode': '0', 'orderId': 'a' * 8, 'formUrl': f'javascript:{text}'},
                {'errorCode': '0', 'orderId': 'a' * 8, 'formUrl': f'//evil.example/{text}'},
            ):
                with self.subTest(kind, answer=str(answer)[:60]):
                    tx = self.create_new_tx(AMOUNT)
                    self.script(answer)

                    with mute_logger('odoo.addons.payment_sberbank.controllers.payer'):
                        page = self.url_open(tx._sberbank_get_pay_url(), allow_redirects=False)
                        status = self.url_open('/payment/status')
                        result = self.url_open(tx._sberbank_get_result_url())
                    self.env.invalidate_all()

                    for response in (page, status, result):
                        self.assert_page_harmless(response)
                        self.assertNotIn('evil.example', response.text)
                    target = page.headers.get('Location', self.server.url)
                    self.assertTrue(target.startswith(self.server.url[:20]), target)
                    self.assert_harmless(tx | tx.search([('id', '=', tx.id)]))

    def test_of_a_decline_on_the_payers_pages(self):
        for kind, text in TEXTS.items():
            with self.subTest(kind):
                tx = self.create_tx(AMOUNT)
                self.script(self.texts_everywhere(tx, text, state=6))

                self.url_open(tx._sberbank_get_return_url(), allow_redirects=False)
                self.env.invalidate_all()
                self.assertEqual(tx.state, 'cancel')
                status = self.url_open('/payment/status')
                result = self.url_open(tx._sberbank_get_result_url())

                for response in (status, result):
                    self.assertEqual(response.status_code, 200)
                    self.assert_page_harmless(response)
                    self.assertNotIn(text[:30], response.text)

    def test_of_a_notification(self):
        tx = self.create_tx(AMOUNT)
        self.script(self.answer(tx, 0))
        for kind, text in TEXTS.items():
            if kind == 'surrogate':
                continue  # No address can hold one.
            for name in ('operation', 'status', 'checksum', 'sign_alias', 'amount', 'x'):
                with self.subTest(kind, parameter=name):
                    response = self.url_open(
                        const.CALLBACK_ROUTE,
                        data={
                            'mdOrder': tx.provider_reference,
                            'orderNumber': tx.sberbank_order_number,
                            name: text,
                        },
                    )

                    self.assertIn(response.status_code, (400, 403, 413))
        self.env.invalidate_all()
        self.assertEqual(tx.state, 'draft')
        self.assert_harmless(tx.sberbank_exchange_ids)
