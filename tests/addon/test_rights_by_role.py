"""Who may do what with whose records, and who sees which menu, as tables.

A new model or menu without a row fails, and so does a row that names nothing any more.
"""

from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tools import mute_logger

from . import surface
from .common import SberbankCommon
from .issued import issued, receipt
from .roles import ADMINISTRATOR, LEDGERS, NOBODY, OUTSIDE, ROLES, RolesCase, answer_to

EVERYWHERE = LEDGERS | ADMINISTRATOR
MANAGERS = frozenset({'manager', 'manager elsewhere'})

#: By model: who reads, writes, creates and deletes.
RIGHTS = {
    'payment.provider': (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    'payment.transaction': (EVERYWHERE, EVERYWHERE, EVERYWHERE, ADMINISTRATOR),
    'sberbank.attention': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.cancellation': (LEDGERS, LEDGERS, LEDGERS, NOBODY),
    'sberbank.exchange': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.operation': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.payment.type': (EVERYWHERE | {'auditor'}, *[MANAGERS | ADMINISTRATOR] * 3),
    'sberbank.receipt': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.receipt.issued': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.receipt.preview': (LEDGERS, LEDGERS, LEDGERS, NOBODY),
    'sberbank.refund': (LEDGERS, LEDGERS, LEDGERS, NOBODY),
    'sberbank.report': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.summary': (EVERYWHERE, NOBODY, NOBODY, NOBODY),
    'sberbank.tally': (ADMINISTRATOR, NOBODY, NOBODY, NOBODY),
    'sberbank.topup.link': (LEDGERS, LEDGERS, LEDGERS, NOBODY),
}
OPERATIONS = ('read', 'write', 'create', 'unlink')
ODOOS_MODELS = {'payment.provider', 'payment.transaction'}

#: Who sees them in the app for invoicing. Administrators who keep no books see no such app.
MENUS = {
    'menu_sberbank_attention': LEDGERS,
    'menu_sberbank_exchange': MANAGERS,
    'menu_sberbank_payment_analysis': LEDGERS | {'auditor'},
    'menu_sberbank_payment_type': MANAGERS,
    'menu_sberbank_receipt': LEDGERS,
    'menu_sberbank_report': LEDGERS,
    'menu_sberbank_summary': LEDGERS,
}

#: What the windows that we open show.
WINDOWS = {
    'action_sberbank_attention': 'sberbank.attention',
    'action_sberbank_cancellation': 'sberbank.cancellation',
    'action_sberbank_exchange': 'sberbank.exchange',
    'action_sberbank_payment_analysis': 'account.payment',
    'action_sberbank_payment_type': 'sberbank.payment.type',
    'action_sberbank_receipt': 'sberbank.receipt',
    'action_sberbank_receipt_preview': 'sberbank.receipt.preview',
    'action_sberbank_refund': 'sberbank.refund',
    'action_sberbank_report': 'sberbank.report',
    'action_sberbank_summary': 'sberbank.summary',
    'action_sberbank_topup_link': 'sberbank.topup.link',
}


class TestTheTable(SberbankCommon):
    def test_each_model_has_a_row_and_each_row_a_model(self):
        self.assertEqual(set(surface.own_models(self.registry)), RIGHTS.keys() - ODOOS_MODELS)

    def test_each_menu_has_a_row_and_each_row_a_menu(self):
        self.assertEqual(dict(surface.menus(self.env)).keys(), MENUS.keys())

    def test_each_window_has_a_row_and_each_row_a_window(self):
        self.assertEqual(dict(surface.actions(self.env)), WINDOWS)

    def test_each_button_opens_a_window_of_the_table(self):
        for kind, model, name in surface.buttons(self.env):
            if kind == 'action':
                with self.subTest(model=model, button=name):
                    window = self.env['ir.actions.act_window'].browse(int(name))
                    self.assertIn(window.res_model, {*WINDOWS.values(), 'account.journal'})


class TestRights(RolesCase):
    def setUp(self):
        super().setUp()
        tx = self.create_tx(100)
        tx._sberbank_need_attention('mismatch', "It is odd.")
        live = self.create_tx(100, state='done')
        live.is_live = True
        cards = self.env['sberbank.summary'].search([('company_id', '=', self.company.id)])
        self.records = {
            'sberbank.attention': tx.sberbank_attention_ids,
            'sberbank.exchange': self.create_exchange(tx),
            'sberbank.operation': self.env['sberbank.operation'].create({
                'transaction_id': tx.id,
                'type': 'REFUND',
            }),
            'sberbank.payment.type': self.type_income.copy({'company_id': self.company.id}),
            'sberbank.receipt': (asked := self.create_asked_receipt(tx)),
            'sberbank.receipt.issued': asked.issued_ids,
            'sberbank.report': self.env['sberbank.report'].browse(live.id),
            'sberbank.summary': cards[:1],
            'payment.transaction': tx,
        }

    def create_asked_receipt(self, tx):
        asked = self.env['sberbank.receipt']._sberbank_note(tx, 'payment', receipt())
        asked._was_asked_for()
        asked._note_issued([issued(asked)])
        return asked

    def create_exchange(self, tx):
        return self.env['sberbank.exchange'].create({
            'transaction_id': tx.id,
            'time': '2026-01-01',
            'direction': 'asked',
            'outcome': 'answered',
        })

    def test_each_role_may_do_what_the_table_says(self):
        for model, rights in RIGHTS.items():
            for operation, allowed in zip(OPERATIONS, rights, strict=True):
                with self.subTest(model=model, operation=operation):
                    self.assertEqual(
                        {
                            role
                            for role, user in self.users.items()
                            if self.env[model].with_user(user).has_access(operation)
                        },
                        allowed,
                    )

    @mute_logger('odoo.http')
    def test_over_rpc_it_is_the_same_for_records_of_this_company(self):
        for role in ROLES:
            self.become(role)
            for model, records in self.records.items():
                reads, _writes, _creates, _deletes = RIGHTS[model]
                with self.subTest(role=role, model=model):
                    self.assertEqual(
                        self.call(model, 'read', records.ids, ['display_name']),
                        answer_to(role, reads - {'manager elsewhere'}),
                    )

    def test_each_menu_is_seen_by_whom_the_table_says(self):
        for menu, menu_id in surface.menus(self.env):
            with self.subTest(menu):
                self.assertEqual(
                    {
                        role
                        for role, user in self.users.items()
                        if role not in OUTSIDE  # They see no back office.
                        and menu_id in self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
                    },
                    MENUS[menu],
                )

    def test_records_of_other_companies_are_not_seen(self):
        for model, records in self.records.items():
            with self.subTest(model):
                theirs = records.with_user(self.users['manager elsewhere'])
                self.assertFalse(theirs.search([('id', 'in', records.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read(['display_name'])

    def test_records_of_ones_own_company_are_seen(self):
        for model, records in {**self.records, 'sberbank.payment.type': self.type_income}.items():
            with self.subTest(model):
                theirs = records.with_user(self.users['billing'])
                self.assertEqual(theirs.search([('id', 'in', records.ids)]), records)
                theirs.read()

    def test_whoever_sees_a_payment_can_open_it(self):
        payment = self.pay(self.create_tx(100))
        for role in ('auditor', 'billing', 'accountant', 'manager'):
            with self.subTest(role):
                Form(payment.with_user(self.users[role]))

    def test_what_a_wizard_offers_is_told_to_those_who_may_use_it(self):
        """Anybody may ask what a field holds by default, and what may be chosen."""
        offered = {
            role
            for role, user in self.users.items()
            if self.env['sberbank.topup.link'].with_user(user).default_get(['shop'])['shop']
            or self.env['sberbank.topup.link'].with_user(user)._get_shops()
        }

        self.assertEqual(offered, LEDGERS - {'manager elsewhere'})

    @mute_logger('odoo.http')
    def test_the_secrets_are_told_to_administrators_only(self):
        for role in ROLES:
            self.become(role)
            for name in self.provider._get_reset_values():
                with self.subTest(role=role, field=name):
                    self.assertEqual(
                        self.call('payment.provider', 'read', self.provider.ids, [name]),
                        answer_to(role, ADMINISTRATOR),
                    )
