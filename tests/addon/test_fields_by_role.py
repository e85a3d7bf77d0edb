"""Who may write what, as a table: each field of ours that keeps a value, by role and by caller.

Whether something was written is seen at the record, not at the answer. A new field without a row
fails, and so does a row that names nothing any more.
"""

from contextlib import suppress
from functools import partial
from itertools import product

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from tests.gateway.vectors import ASYMMETRIC_CERTIFICATE

from . import surface
from .common import SberbankCommon
from .issued import issued, receipt
from .receipts import SETTINGS
from .roles import ADMINISTRATOR, DENIED, DONE, LEDGER, LOGIN, NOBODY, ROLES, RolesCase
from .test_provider import PUBLIC_KEY

MANAGERS = ADMINISTRATOR | {'manager'}

#: By model, then by who may write them.
FIELDS = {
    'account.tax': {
        frozenset({'manager'}): ['sberbank_vat'],
    },
    'product.category': {
        ADMINISTRATOR: ['sberbank_subject'],
    },
    'product.template': {
        ADMINISTRATOR: ['sberbank_subject'],
    },
    'uom.uom': {
        ADMINISTRATOR: ['sberbank_measure'],
    },
    'account.payment': {
        NOBODY: ['sberbank_account_id', 'sberbank_is_test', 'sberbank_payment_type_id'],
    },
    'payment.provider': {
        ADMINISTRATOR: [
            'code',
            'sberbank_account_id',
            'sberbank_account_purpose',
            'sberbank_accounts_refused_by',
            'sberbank_advance_vat',
            'sberbank_binds_accounts',
            'sberbank_ca_certificates',
            'sberbank_callback_certificate',
            'sberbank_callback_key',
            'sberbank_callback_refused_by',
            'sberbank_captures_in_parts',
            'sberbank_cards_refused_by',
            'sberbank_certificates_mail_id',
            'sberbank_charges_without_payer',
            'sberbank_credit_vat',
            'sberbank_custom_dialect',
            'sberbank_custom_url',
            'sberbank_digest',
            'sberbank_digest_day',
            'sberbank_ffd_version',
            'sberbank_gateway',
            'sberbank_health_token',
            'sberbank_hold_days',
            'sberbank_inn',
            'sberbank_invoice_delivery',
            'sberbank_late_method',
            'sberbank_page_hosts',
            'sberbank_password',
            'sberbank_payment_address',
            'sberbank_payment_type_id',
            'sberbank_prepayment_subject',
            'sberbank_receipt_count',
            'sberbank_receipt_email',
            'sberbank_receipt_subject',
            'sberbank_receipts',
            'sberbank_settle_debts',
            'sberbank_staff_email',
            'sberbank_tax_system',
            'sberbank_test_settles',
            'sberbank_token',
            'sberbank_told_certificates',
            'sberbank_topup_amounts',
            'sberbank_topup_enabled',
            'sberbank_topup_maximum',
            'sberbank_topup_minimum',
            'sberbank_topup_name',
            'sberbank_username',
            'sberbank_vat_table',
            'sberbank_verification_refused_by',
        ],
        NOBODY: ['sberbank_database'],
    },
    'payment.token': {
        NOBODY: [
            'sberbank_bound_by_id',
            'sberbank_check_at',
            'sberbank_client_id',
            'sberbank_end_reason',
            'sberbank_expiration',
            'sberbank_is_live',
            'sberbank_member_id',
            'sberbank_place',
            'sberbank_unbind_at',
        ],
    },
    'payment.transaction': {
        NOBODY: [
            'partner_id',
            'payment_id',
            'provider_reference',
            'sberbank_accepted_by_id',
            'sberbank_approval_code',
            'sberbank_attention_ids',
            'sberbank_captured_before',
            'sberbank_charge_at',
            'sberbank_charge_sent_at',
            'sberbank_credit_note_id',
            'sberbank_decline_reason',
            'sberbank_discard_at',
            'sberbank_exchange_ids',
            'sberbank_form_url',
            'sberbank_has_captures',
            'sberbank_invoice_count',
            'sberbank_is_called_off',
            'sberbank_is_mailed',
            'sberbank_is_topup',
            'sberbank_is_trial',
            'sberbank_mail_id',
            'sberbank_masked_pan',
            'sberbank_next_ask_at',
            'sberbank_notified_at',
            'sberbank_operation_ids',
            'sberbank_order_number',
            'sberbank_ordered_amount',
            'sberbank_orders_total',
            'sberbank_paid_at',
            'sberbank_part_sent_after',
            'sberbank_part_sent_at',
            'sberbank_part_to_take',
            'sberbank_payment_way',
            'sberbank_receipt_ids',
            'sberbank_reference_number',
            'sberbank_refund_decided_by_id',
            'sberbank_refund_sent',
            'sberbank_refund_sent_at',
            'sberbank_registered_at',
            'sberbank_returned_by',
            'sberbank_returned_by_hand',
            'sberbank_returned_elsewhere',
            'sberbank_silent_since',
            'sberbank_terminal',
            'sberbank_turn_at',
            'sberbank_turns',
            'sberbank_withdrawn_invoice_ids',
        ],
        LEDGER: ['invoice_ids'],  # Odoo's, and left to those who keep the books.
    },
    'sberbank.attention': {
        NOBODY: [
            'company_id',
            'details',
            'is_mailed',
            'is_solved',
            'mail_id',
            'partner_id',
            'reason',
            'transaction_id',
        ],
    },
    'sberbank.exchange': {
        NOBODY: [
            'answer',
            'direction',
            'duration',
            'error',
            'http_status',
            'method',
            'outcome',
            'provider_id',
            'request',
            'signature',
            'time',
            'transaction_id',
        ],
    },
    'sberbank.operation': {
        NOBODY: [
            'action_code',
            'amount',
            'approval_code',
            'date',
            'external_refund_id',
            'reference_number',
            'transaction_id',
            'type',
        ],
    },
    'sberbank.payment.type': {
        MANAGERS: ['active', 'booking', 'company_id', 'name', 'sequence'],
    },
    'sberbank.cancellation': {
        frozenset({'billing'}): ['invoice_id'],
    },
    'sberbank.refund': {
        frozenset({'billing'}): ['amount', 'credit_note_id', 'is_sent', 'transaction_ids'],
    },
    'sberbank.receipt': {
        NOBODY: [
            'amount',
            'asked_at',
            'company_id',
            'consider_at',
            'content',
            'invoice_id',
            'issued_ids',
            'key',
            'kind',
            'next_ask_at',
            'operation',
            'partner_id',
            'refusal',
            'retried_at',
            'retries',
            'state',
            'transaction_id',
            'undone',
        ],
    },
    'sberbank.receipt.issued': {
        NOBODY: [
            'amount',
            'bank_receipt_id',
            'can_be_corrected',
            'can_be_retried',
            'document_number',
            'error_code',
            'error_text',
            'fiscal_sign',
            'is_failed',
            'issued_at',
            'number',
            'operation_id',
            'operator_inn',
            'original_id',
            'qr_text',
            'receipt_id',
            'recommendation',
            'register_number',
            'shift',
            'status',
            'storage_number',
            'url',
        ],
    },
    'sberbank.receipt.preview': {
        frozenset({'billing'}): ['invoice_id', 'shop'],
    },
    'sberbank.report': {
        NOBODY: [
            'company_id',
            'currency_id',
            'day',
            'journal_id',
            'minutes_to_pay',
            'partner_id',
            'payment_method_id',
            'payments',
            'remaining',
            'returned',
            'success_rate',
            'taken',
            'transaction_id',
        ],
    },
    'sberbank.summary': {
        NOBODY: [
            'company_id',
            'currency_id',
            'minutes_to_pay',
            'orders',
            'parts',
            'payments',
            'period',
            'remaining',
            'returned',
            'since',
            'success_rate',
            'taken',
            'until',
        ],
    },
    'sberbank.tally': {
        NOBODY: ['count', 'ends_at', 'key'],
    },
    'sberbank.topup.link': {
        frozenset({'billing'}): ['amount', 'last_day', 'partner_id', 'shop'],
    },
}

#: Fields of Odoo's that follow what the bank says, or that our order was registered with.
TIED = [
    'amount',
    'company_id',
    'currency_id',
    'is_live',
    'is_post_processed',
    'last_state_change',
    'operation',
    'payment_method_id',
    'provider_id',
    'reference',
    'source_transaction_id',
    'state',
    'state_message',
    'token_id',
    'tokenize',
]

FIELDS_BY_MODEL = {
    model: {name: allowed for allowed, names in rows.items() for name in names}
    for model, rows in FIELDS.items()
}


def write_by_form(record, name, value):
    """Save a form in which a field was changed."""
    record.web_save({name: value}, {})


def write_by_rpc(record, name, value):
    """Write a field."""
    record.write({name: value})


def write_by_import(record, name, value):
    """Import a file of one line; what is wrong with it is answered, not raised."""
    record.load(*prepare_import(record, name, value))


def write_by_server_action(record, name, value):
    """Run an action of an administrator's that writes what it is given."""
    action = (
        record
        .env['ir.actions.server']
        .sudo()
        .search([
            ('name', '=', WRITING),
            ('model_name', '=', record._name),
        ])
    )
    action.with_user(record.env.user).with_context(
        active_model=record._name, active_ids=record.ids, values={name: value}
    ).run()


CALLERS = (write_by_form, write_by_rpc, write_by_import, write_by_server_action)
WRITING = "Write what you are given"


def prepare_import(record, name, value):
    """Return the columns and the lines of a file that changes a field."""
    if record._fields[name].relational:
        name = f'{name}/.id'
        # A many2one has an id, an x2many the command to have these ids.
        value = value if isinstance(value, int) else next(iter(value[0][2]), False)
    return ['.id', name], [[str(record.id), value and str(value)]]


class TestTheTable(SberbankCommon):
    maxDiff = None

    def test_each_field_that_keeps_a_value_has_a_row_and_each_row_a_field(self):
        found = {}
        for model, name in surface.writable_fields(self.registry):
            found.setdefault(model, set()).add(name)

        self.assertEqual(found, {model: set(rows) for model, rows in FIELDS_BY_MODEL.items()})
        self.assertLessEqual(set(TIED), self.registry['payment.transaction']._fields.keys())


class TestFieldsByRole(RolesCase):
    def setUp(self):
        super().setUp()
        invoice = self.create_invoice(100)
        tx = self.create_tx(invoices=invoice)
        payment = self.pay(tx)
        tx._sberbank_need_attention('mismatch', "It is odd.")
        live = self.create_tx(10, state='done')
        live.is_live = True
        cards = self.env['sberbank.summary'].search([('company_id', '=', self.company.id)])
        other_article = self.create_account('Other lessons', 'income')
        self.provider.sberbank_account_id = self.article
        self.provider.write(SETTINGS)
        preview = self.env['sberbank.receipt.preview'].with_user(self.users['billing'])
        preview = preview.create({'invoice_id': invoice.id})
        self.provider.sberbank_receipts = 'off'  # What is not used is not compared.
        product = self.env['product.product'].create({'name': 'Lesson'})
        self.records = {
            'account.tax': self.env['account.tax'].search([], limit=1),
            'product.category': self.env['product.category'].create({'name': 'Lessons'}),
            'product.template': product.product_tmpl_id,
            'sberbank.receipt.preview': preview,
            'uom.uom': self.env.ref('uom.product_uom_hour'),
            'account.payment': payment,
            'payment.provider': self.provider,
            'payment.token': self.create_token(),
            'payment.transaction': tx,
            'sberbank.attention': tx.sberbank_attention_ids,
            'sberbank.exchange': self.env['sberbank.exchange'].create({
                'transaction_id': tx.id,
                'time': '2026-01-01',
                'direction': 'asked',
                'outcome': 'answered',
            }),
            'sberbank.operation': self.env['sberbank.operation'].create({
                'transaction_id': tx.id,
                'type': 'REFUND',
            }),
            'sberbank.refund': self
            .env['sberbank.refund']
            .with_user(self.users['billing'])
            .create({'transaction_ids': tx.ids}),
            'sberbank.cancellation': self
            .env['sberbank.cancellation']
            .with_user(self.users['billing'])
            .create({'invoice_id': invoice.id}),
            'sberbank.payment.type': self.type_income.copy({'company_id': self.company.id}),
            'sberbank.receipt': (asked := self.create_asked_receipt(tx)),
            'sberbank.receipt.issued': asked.issued_ids,
            'sberbank.report': self.env['sberbank.report'].browse(live.id),
            'sberbank.summary': cards[:1],
            'sberbank.tally': self.env['sberbank.tally'].create({
                'key': 'somebody',
                'ends_at': '2030-01-01',
                'count': 1,
            }),
            'sberbank.topup.link': self
            .env['sberbank.topup.link']
            .with_user(self.users['billing'])
            .create({'partner_id': self.customer.id}),
        }
        #: Those on which a field may have any value.
        self.other_records = {
            'sberbank_binds_accounts': self.provider.copy({'sberbank_gateway': 'ecom'}),
        }
        for model in self.records:
            self.env['ir.actions.server'].create({
                'name': WRITING,
                'model_id': self.env['ir.model']._get_id(model),
                'state': 'code',
                'code': "records.write(env.context['values'])",
            })
        #: Values that are not just any others of their type.
        self.values = {
            'sberbank_account_id': other_article.id,
            'sberbank_ca_certificates': ASYMMETRIC_CERTIFICATE,
            'sberbank_callback_certificate': PUBLIC_KEY,
            'sberbank_custom_url': 'https://bank.example/payment/rest/',
            'sberbank_digest_day': '2030-01-01',
            'sberbank_page_hosts': 'pay.bank.example',
            'sberbank_payment_type_id': self.type_direct.id,
            'sberbank_staff_email': 'others@shop.example',
            'sberbank_topup_amounts': '7',
            'sberbank_topup_maximum': 9000,
            'code': 'none',
            'shop': False,
        }

    def create_asked_receipt(self, tx):
        asked = self.env['sberbank.receipt']._sberbank_note(tx, 'payment', receipt())
        asked._was_asked_for()
        asked._note_issued([issued(asked)])
        return asked

    def another_value(self, record, name):
        """Return a value that a field may have and has not."""
        if name in self.values:
            return self.values[name]
        field, value = record._fields[name], record[name]
        if field.type == 'boolean':
            return not value
        if field.type in ('integer', 'float', 'monetary'):
            return (value or 0) + 1
        if field.type == 'datetime':
            return '2020-02-02 02:02:02'
        if field.type == 'selection':
            return next(key for key in field.get_values(self.env) if key != value)
        if field.relational:
            other = self.env[field.comodel_name].search([('id', 'not in', value.ids)], limit=1)
            return other.id if field.type == 'many2one' else [(6, 0, other.ids)]
        if record._fields[name].type == 'date':
            return '2031-01-01'
        return 'another'

    def is_written(self, record, name, write):
        """Let somebody write another value into a field, and tell whether it is kept.

        :param callable write: Takes the value.
        """
        value = self.another_value(record, name)
        before = record.read([name])
        with self.undone():
            with suppress(AccessError):
                write(value)
                self.env.flush_all()
            self.env.invalidate_all()
            return record.read([name]) != before

    def find_writers(self, record, name, write):
        """Return the roles that can write a field by one of the callers."""
        return {
            role
            for role, user in self.users.items()
            if self.is_written(
                record, name, lambda value, user=user: write(record.with_user(user), name, value)
            )
        }

    def test_each_field_by_each_role_and_caller(self):
        for model, fields in FIELDS_BY_MODEL.items():
            for (name, allowed), write in product(fields.items(), CALLERS):
                with self.subTest(model=model, field=name, caller=write.__name__):
                    record = self.other_records.get(name, self.records[model])
                    writers = self.find_writers(record, name, write)
                    self.assertEqual(writers, allowed)

    def test_what_the_bank_has_the_say_about_by_each_role_and_caller(self):
        for name, write in product(TIED, CALLERS):
            with self.subTest(field=name, caller=write.__name__):
                tx = self.records['payment.transaction']
                self.assertEqual(self.find_writers(tx, name, write), NOBODY)

    @mute_logger('odoo.http')
    def test_over_rpc_it_is_the_same(self):
        """One field of each row of the table, in a session of each role."""
        for role in ROLES:
            self.become(role)
            for model, rows in FIELDS.items():
                for allowed, (name, *_others) in rows.items():
                    for method in ('web_save', 'write', 'load'):
                        with self.subTest(role=role, model=model, field=name, method=method):
                            self.assertEqual(
                                self.is_written(
                                    self.records[model],
                                    name,
                                    partial(self.write_over_rpc, model, name, method),
                                ),
                                role in allowed,
                            )

    def write_over_rpc(self, model, name, method, value):
        record = self.records[model]
        arguments = {
            'load': prepare_import(record, name, value),
            'web_save': (record.ids, {name: value}, {}),
            'write': (record.ids, {name: value}),
        }
        self.assertIn(self.call(model, method, *arguments[method]), (DONE, DENIED, LOGIN))
