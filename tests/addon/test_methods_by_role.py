"""Who may call what over RPC, as a table: each method of ours, and those of Odoo's that lead to it.

A new method without a row fails, and so does a row that names nothing any more.
"""

from typing import NamedTuple

from odoo.tools import mute_logger

from . import surface
from .common import SberbankCommon
from .issued import receipt
from .roles import (
    ADMINISTRATOR,
    DENIED,
    DONE,
    LEDGER,
    LEDGERS,
    NOBODY,
    ROLES,
    STAFF,
    RolesCase,
    answer_to,
)


class Door(NamedTuple):
    """A method as it is called: on which record, with what, and who is let through."""

    on: str
    allowed: frozenset
    args: tuple = ()
    #: What comes of it for those who are let through.
    outcome: str = DONE


#: What we define or override. Each is called where it has something to do: who is refused there is
#: refused for who they are.
OURS = {
    'account.move': {
        'action_sberbank_cancel': Door('draft invoice', LEDGER),
        'action_sberbank_refund_online': Door('invoice of the held one', LEDGER),
        'button_cancel': Door('draft invoice', LEDGER),
    },
    'account.payment': {
        'create': Door('new payment', LEDGERS),
        'write': Door('payment', LEDGER, ({'memo': 'seen'},)),
    },
    'ir.module.module': {
        # Payments in the books keep the app.
        'button_uninstall': Door('this app', ADMINISTRATOR, outcome='UserError'),
    },
    'mail.mail': {
        'send': Door('e-mail', ADMINISTRATOR),
    },
    'payment.capture.wizard': {
        'action_capture': Door('capture window', frozenset({'billing'})),
    },
    'payment.provider': {
        'action_sberbank_check_trial': Door('provider', ADMINISTRATOR),
        'action_sberbank_keep_roubles': Door('provider', ADMINISTRATOR),
        'action_sberbank_make_trial': Door('provider', ADMINISTRATOR),
        'action_sberbank_send_test_email': Door('provider', ADMINISTRATOR),
        'action_sberbank_renew_health_token': Door('provider', ADMINISTRATOR),
        'action_sberbank_take_payments_here': Door('provider', ADMINISTRATOR),
        'action_sberbank_test_connection': Door('provider', ADMINISTRATOR),
        'copy_data': Door('provider', ADMINISTRATOR),
        'create': Door('new provider', ADMINISTRATOR),
        'write': Door('provider', ADMINISTRATOR, ({'allow_tokenization': True},)),
    },
    'payment.token': {
        'create': Door('new token', NOBODY),
        'write': Door('token', NOBODY, ({'payment_details': '1234'},)),
    },
    'payment.transaction': {
        'action_capture': Door('held', STAFF),
        'action_sberbank_accept_amount': Door('different', STAFF),
        'action_sberbank_ask_bank': Door('pending', STAFF),
        'action_sberbank_book_now': Door('paid', STAFF),
        'action_sberbank_call_off': Door('pending', STAFF),
        'action_sberbank_open_attentions': Door('different', STAFF),
        'action_sberbank_refund_made': Door('lost refund', STAFF),
        'action_sberbank_refund_not_made': Door('lost refund', STAFF),
        'create': Door('new transaction', ADMINISTRATOR),
        'write': Door('pending', STAFF, ({'partner_name': 'Anna'},)),
    },
    'sberbank.attention': {
        'action_accept_amount': Door('attention', STAFF),
        'action_ask_bank': Door('attention', STAFF),
        'action_book_now': Door('attention of a paid one', STAFF),
        'action_open_customer': Door('attention', STAFF),
        'action_open_payment': Door('attention', STAFF),
        'action_open_receipts': Door('attention', STAFF),
        'action_open_transaction': Door('attention', STAFF),
        'action_solve': Door('attention', STAFF),
    },
    'sberbank.cancellation': {
        'action_cancel_invoice': Door('cancellation window', frozenset({'billing'})),
    },
    'sberbank.report': {
        'action_open_transaction': Door('line of the report', STAFF),
    },
    'sberbank.summary': {
        'action_open_report': Door('card of today', STAFF),
    },
    'sberbank.refund': {
        'action_refund': Door('refund window', frozenset({'billing'})),
    },
    'sberbank.receipt': {
        'action_ask_bank': Door('receipt', STAFF),
        # The older gateway has no such calls; the newer one is asked in test_receipts_at_bank.
        'action_correct_and_send': Door('receipt', STAFF, outcome='UserError'),
        'action_issued_by_hand': Door('receipt', STAFF),
        'action_make_anew': Door('receipt', STAFF, outcome='UserError'),
        'action_send': Door('receipt', STAFF, outcome='UserError'),
        'action_send_again': Door('receipt', STAFF, outcome='UserError'),
    },
}

#: Odoo's methods that lead into an override of ours, or to our secrets.
ODOOS = {
    'account.move': {
        'payment_action_capture': Door('invoice of the held one', LEDGER),
        'payment_action_void': Door('invoice to be released', LEDGER),
    },
    'payment.provider': {
        'action_reset_credentials': Door('provider', ADMINISTRATOR),
        'action_toggle_is_published': Door('provider', ADMINISTRATOR),
        'copy': Door('provider', ADMINISTRATOR),
    },
    'payment.transaction': {
        'action_post_process': Door('paid', STAFF),
        'action_refund': Door('booked', STAFF, (1,)),
        'action_void': Door('to be released', STAFF),
        'copy': Door('pending', NOBODY, ({'reference': 'A copy'},)),
    },
}

#: What there is nothing to do about, and what comes of it for those who are let through.
IN_VAIN = {
    ('payment.provider', 'action_sberbank_check_trial', 'none'): 'UserError',
    ('payment.provider', 'action_sberbank_make_trial', 'none'): 'UserError',
    ('payment.provider', 'action_sberbank_send_test_email', 'none'): 'UserError',
    ('payment.provider', 'action_sberbank_test_connection', 'none'): 'UserError',
    ('payment.transaction', 'action_capture', 'none'): 'UserError',
    ('payment.transaction', 'action_capture', 'pending'): 'UserError',
    ('payment.transaction', 'action_capture', 'booked'): 'UserError',
    ('payment.transaction', 'action_refund', 'pending'): 'ValidationError',
    ('payment.transaction', 'action_refund', 'held'): 'ValidationError',
    ('payment.transaction', 'action_void', 'pending'): 'ValidationError',
    ('payment.transaction', 'action_void', 'booked'): 'ValidationError',
    ('payment.transaction', 'action_sberbank_accept_amount', 'none'): 'UserError',
    ('payment.transaction', 'action_sberbank_accept_amount', 'many'): 'UserError',
    ('payment.transaction', 'action_sberbank_accept_amount', 'pending'): 'UserError',
    ('payment.transaction', 'action_sberbank_accept_amount', 'booked'): 'UserError',
    ('payment.transaction', 'action_sberbank_accept_amount', 'of another provider'): 'UserError',
    ('payment.transaction', 'action_sberbank_ask_bank', 'none'): 'UserError',
    ('payment.transaction', 'action_sberbank_ask_bank', 'of another provider'): 'UserError',
    ('payment.transaction', 'action_sberbank_book_now', 'none'): 'UserError',
    ('payment.transaction', 'action_sberbank_call_off', 'none'): 'UserError',
    ('payment.transaction', 'action_sberbank_call_off', 'booked'): 'UserError',
    ('payment.transaction', 'action_sberbank_call_off', 'of another provider'): 'UserError',
    ('payment.transaction', 'action_sberbank_book_now', 'pending'): 'UserError',
    ('payment.transaction', 'action_sberbank_book_now', 'of another provider'): 'UserError',
    ('payment.transaction', 'action_sberbank_refund_made', 'none'): 'UserError',
    ('payment.transaction', 'action_sberbank_refund_made', 'many'): 'UserError',
    ('payment.transaction', 'action_sberbank_refund_made', 'booked'): 'UserError',
    ('payment.transaction', 'action_sberbank_refund_not_made', 'of another provider'): 'UserError',
    ('payment.transaction', 'unlink', 'pending'): 'UserError',
    ('payment.transaction', 'unlink', 'booked'): 'UserError',
    ('sberbank.attention', 'action_accept_amount', 'none'): 'UserError',
    ('sberbank.attention', 'action_ask_bank', 'none'): 'UserError',
    ('sberbank.attention', 'action_book_now', 'none'): 'UserError',
}

#: The code of our scheduled jobs: what does the work has a name that nobody can call.
JOBS = {
    'ir_cron_ask_bank': 'model._cron_sberbank_ask_bank()',
    'ir_cron_ask_for_receipts': 'model._cron_sberbank_ask_for_receipts()',
    'ir_cron_book_payments': 'model._cron_sberbank_book_payments()',
    'ir_cron_send_digests': 'model._cron_sberbank_send_digests()',
    'ir_cron_send_second_receipts': 'model._cron_sberbank_send_second_receipts()',
    'ir_cron_charge_cards': 'model._cron_sberbank_charge_cards()',
    'ir_cron_check_cards': 'model._cron_sberbank_check_cards()',
    'ir_cron_remove_cards': 'model._cron_sberbank_remove_cards()',
    'ir_cron_warn_of_certificates': 'model._cron_sberbank_warn_of_certificates()',
}


class TestTheTable(SberbankCommon):
    maxDiff = None

    def test_each_public_method_has_a_row_and_each_row_a_method(self):
        public = {
            (model, method)
            for model, method in surface.methods(self.registry)
            if surface.is_public(method)
        }

        self.assertEqual(public, {(model, name) for model, doors in OURS.items() for name in doors})
        for model, doors in ODOOS.items():
            for name in doors:
                with self.subTest(model=model, method=name):
                    self.assertTrue(callable(getattr(self.registry[model], name)))

    def test_each_button_presses_a_method_of_the_table(self):
        pressed = {
            (model, name) for kind, model, name in surface.buttons(self.env) if kind == 'object'
        }

        known = {
            (model, name) for table in (OURS, ODOOS) for model in table for name in table[model]
        }
        self.assertTrue(pressed)
        self.assertLessEqual(pressed, known)

    def test_each_job_has_a_row_and_each_row_a_job(self):
        self.assertEqual(dict(surface.jobs(self.env)), JOBS)


class TestMethodsByRole(RolesCase):
    def setUp(self):
        super().setUp()
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        invoice = self.create_invoice(100.5)
        pending = self.create_registered_tx(10)
        paid = self.refresh(self.create_paid_tx(20))
        booked = self.refresh(self.create_paid_tx(30))
        payment = self.book(booked)
        lost_refund = self.lose_refund()
        self.provider.capture_manually = True
        held = self.refresh(self.create_paid_tx(invoices=invoice))
        to_be_released = self.refresh(self.create_paid_tx(invoices=self.create_invoice(60)))
        different = self.create_paid_tx(50)
        self.bank.deposit(different.provider_reference, 4000)
        self.refresh(different)
        paid._sberbank_need_attention('not_settled', "It is odd.")
        live = self.create_tx(10, state='done')
        live.is_live = True
        cards = self.env['sberbank.summary'].search([('company_id', '=', self.company.id)])
        failed = self.env['sberbank.receipt']._sberbank_note(booked, 'payment', receipt())
        failed.state = 'failed'
        self.records = {
            'draft invoice': (draft := self.create_invoice(70, post=False)),
            'cancellation window': self.open_cancellation_window(draft),
            'capture window': self.open_capture_window(held),
            'lost refund': lost_refund,
            'refund window': self.open_refund_window(booked),
            'pending': pending,
            'paid': paid,
            'booked': booked,
            'payment': payment,
            'held': held,
            'invoice of the held one': invoice,
            'to be released': to_be_released,
            'invoice to be released': to_be_released.invoice_ids,
            'different': different,
            'e-mail': self.env['mail.mail'].create({'subject': 'Seen', 'email_to': 'a@b.example'}),
            'attention': different.sberbank_attention_ids,
            'attention of a paid one': paid.sberbank_attention_ids,
            'receipt': failed,
            'line of the report': self.env['sberbank.report'].browse(live.id),
            'card of today': cards[:1],
            'provider': self.provider,
            'this app': self.env.ref('base.module_payment_sberbank'),
            'token': self.create_token(),
            'none': pending.browse(),
            'many': pending | different,
            'of another provider': self.create_foreign_tx(),
        }
        self.new_values = {
            'new token': {
                'provider_id': self.provider.id,
                'payment_method_id': pending.payment_method_id.id,
                'partner_id': self.customer.id,
                'provider_ref': 'another',
            },
            'new provider': {
                'name': 'Another',
            },
            'new payment': {
                'amount': 1,
                'partner_id': self.customer.id,
            },
            'new transaction': {
                'provider_id': self.provider.id,
                'payment_method_id': pending.payment_method_id.id,
                'amount': 1,
                'currency_id': self.roubles.id,
                'partner_id': self.customer.id,
            },
        }
        self.assertEqual([held.state, different.state, paid.state], ['authorized', 'error', 'done'])

    def create_paid_tx(self, amount=None, **values):
        tx = self.create_registered_tx(amount, **values)
        self.bank.pay(tx.provider_reference)
        return tx

    def lose_refund(self):
        """Create a refund of which the bank tells neither that it was made nor that it was not."""
        tx = self.refresh(self.create_paid_tx(40))
        self.book(tx)
        number = tx.sberbank_order_number
        self.faults(
            {'fault': 'drop_response_after_commit', 'method': 'refund', 'order': number},
            {'fault': 'missing_blocks', 'order': number},
        )
        with self.as_worker() as env:
            tx.with_env(env).action_refund(30)
        return tx.child_transaction_ids

    def open_refund_window(self, tx):
        """Have a user open the window for refunds; it is nobody else's."""
        window = self.env['sberbank.refund'].with_user(self.users['billing'])
        return window.create({'transaction_ids': tx.ids, 'amount': 1})

    def open_cancellation_window(self, invoice):
        """Have a user be asked whether an invoice is to be cancelled; it is nobody else's."""
        window = self.env['sberbank.cancellation'].with_user(self.users['billing'])
        return window.create({'invoice_id': invoice.id})

    def create_foreign_tx(self):
        other = self.env['payment.provider'].search(
            [('code', '=', 'none'), ('company_id', '=', self.company.id)], limit=1
        )
        return self.create_tx(
            10,
            provider=other,
            state='done',
            **dict.fromkeys(('sberbank_order_number', 'sberbank_form_url', 'sberbank_is_topup')),
        )

    def refresh(self, tx):
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_refresh()
        return tx

    def book(self, tx):
        with self.as_worker() as env:
            tx.with_env(env)._sberbank_book_by_hand()
        return tx.payment_id

    def call_door(self, model, name, door, **kwargs):
        on = self.new_values.get(door.on) or self.records[door.on].ids
        with self.undone():
            return self.call(model, name, on, *door.args, **kwargs)

    def each_door(self):
        for table in (OURS, ODOOS):
            for model, doors in table.items():
                for name, door in doors.items():
                    yield model, name, door

    @mute_logger('odoo.http')
    def test_each_method_by_each_role(self):
        for role in ROLES:
            self.become(role)
            for model, name, door in self.each_door():
                with self.subTest(role=role, model=model, method=name):
                    answer = answer_to(role, door.allowed)
                    self.assertEqual(
                        self.call_door(model, name, door),
                        door.outcome if answer == DONE else answer,
                    )

    @mute_logger('odoo.http')
    def test_another_company_in_the_context_lets_nobody_in(self):
        self.become('manager elsewhere')
        context = {'allowed_company_ids': self.company.ids}
        for model, name, door in self.each_door():
            with self.subTest(model=model, method=name):
                self.assertEqual(self.call_door(model, name, door, context=context), DENIED)

    @mute_logger('odoo.http')
    def test_what_there_is_nothing_to_do_about_is_refused_with_a_reason(self):
        """Not even to those who may do all of it."""
        self.become('administrator')
        for (model, name, on), outcome in IN_VAIN.items():
            with self.subTest(model=model, method=name, on=on):
                self.assertEqual(self.call(model, name, self.records[on].ids), outcome)

    @mute_logger('odoo.http')
    def test_wizards_by_role(self):
        held, payment = self.records['held'], self.records['payment']
        for role in ROLES:
            self.become(role)
            for model, values, button, allowed in (
                ('payment.capture.wizard', {'transaction_ids': held.ids}, 'action_capture', STAFF),
                ('payment.refund.wizard', {'payment_id': payment.id}, 'action_refund', LEDGER),
                ('sberbank.topup.link', {'partner_id': self.customer.id}, 'read', LEDGERS),
            ):
                with self.subTest(role=role, wizard=model), self.undone():
                    self.assertEqual(
                        self.use_wizard(model, values, button), answer_to(role, allowed)
                    )

    def open_capture_window(self, tx):
        """Have a user open the window in which holds are taken; it is nobody else's."""
        window = self.env['payment.capture.wizard'].with_user(self.users['billing'])
        return window.create({'transaction_ids': tx.ids})

    def use_wizard(self, model, values, button):
        """Fill in a wizard and press its button, as far as one is let.

        :return: `DONE`, or the name of the error.
        """
        if (outcome := self.call(model, 'create', values)) != DONE:
            return outcome
        return self.call(model, button, self.env[model].search([], order='id desc', limit=1).ids)


class TestWhatIsNobodyElses(RolesCase):
    @mute_logger('odoo.http')
    def test_what_does_the_work_is_nobodys_to_call(self):
        self.become('administrator')
        for model, method in surface.methods(self.registry):
            if not surface.is_public(method):
                with self.subTest(model=model, method=method):
                    self.assertEqual(self.call(model, method, []), DENIED)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_actions')
    def test_a_job_is_the_schedulers_alone(self):
        """Odoo itself lets anybody who is logged in run the code of a job, by its server action."""
        tx = self.create_tx(10, sberbank_next_ask_at='2026-01-01')
        for role in ROLES:
            self.become(role)
            for name in JOBS:
                with self.subTest(role=role, job=name):
                    job = self.env.ref(f'payment_sberbank.{name}')
                    self.assertEqual(
                        self.call('ir.actions.server', 'run', job.ir_actions_server_id.ids),
                        answer_to(role, NOBODY),
                    )
                    self.assertEqual(
                        self.call('ir.cron', 'write', job.ids, {'user_id': self.users[role].id}),
                        answer_to(role, ADMINISTRATOR),
                    )
        self.assertEqual(str(tx.sberbank_next_ask_at), '2026-01-01 00:00:00')

    @mute_logger('odoo.http')
    def test_a_wizard_is_seen_by_who_made_it(self):
        self.become('billing')
        self.call('sberbank.topup.link', 'create', {'partner_id': self.customer.id})
        wizard = self.env['sberbank.topup.link'].search([])
        self.become('manager')

        self.assertEqual(self.call('sberbank.topup.link', 'read', wizard.ids), DENIED)
        self.assertFalse(wizard.with_user(self.users['manager']).search([]))
