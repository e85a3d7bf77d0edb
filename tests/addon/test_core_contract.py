"""What this addon leans on in Odoo without being promised it: overrides, calls, fields.

An override of a method that Odoo has renamed is silent: it is never called. Here it is named. When
one of these tests fails after a change of the addon, the table is what has to follow; when it fails
on another version of Odoo, it is the addon.
"""

import inspect
import pkgutil
from pathlib import Path
from unittest.mock import call

from odoo.tests import TransactionCase, tagged

from odoo.addons import account, account_payment, base, mail, payment

from . import contract

#: The files of a module of Odoo's that call methods; the jobs do so in data.
SOURCES = ('models/*.py', 'controllers/*.py', 'wizards/*.py', 'wizard/*.py', 'data/*cron*.xml')

#: The methods of Odoo's models that the addon overrides, with all of their parameters.
OVERRIDES = {
    'account.move': {
        '_is_eligible_for_early_payment_discount': '(currency, reference_date)',
        '_post': '(soft=True)',
        'button_cancel': '()',
    },
    'account.move.line': {
        '_reconcile_post_hook': '(data)',
    },
    'account.payment': {
        'create': '(vals_list)',
        'write': '(vals)',
    },
    'account.payment.method': {
        '_get_payment_method_information': '()',
    },
    **{
        f'ir.actions.{kind}': {'_get_bindings': '(model_name)'}
        for kind in (
            'act_url',
            'act_window',
            'act_window_close',
            'actions',
            'client',
            'report',
            'server',
        )
    },
    'ir.cron': {
        '_process_job': '(cron_cr, job)',
    },
    'ir.module.module': {
        'button_uninstall': '()',
    },
    'ir.qweb': {
        '_generate_code_uncached': '(template)',
    },
    'mail.mail': {
        'send': '(auto_commit=False, raise_exception=False, post_send_callback=None)',
    },
    'payment.capture.wizard': {
        'action_capture': '()',
    },
    'payment.method': {
        '_get_compatible_payment_methods': (
            '(provider_ids, partner_id, currency_id=None, force_tokenization=False, '
            'is_express_checkout=False, report=None, **kwargs)'
        ),
    },
    'payment.provider': {
        '_archive_linked_tokens': '()',
        '_check_required_if_provider': '()',
        '_compute_feature_support_fields': '()',
        '_get_compatible_providers': (
            '(company_id, partner_id, amount, currency_id=None, force_tokenization=False, '
            'is_express_checkout=False, is_validation=False, report=None, **kwargs)'
        ),
        '_get_default_payment_method_codes': '()',
        '_get_reset_values': '()',
        '_get_supported_currencies': '()',
        'copy_data': '(default=None)',
        'create': '(vals_list)',
        'write': '(vals)',
    },
    'payment.token': {
        '_build_display_name': '(*args, max_length=34, should_pad=True, **kwargs)',
        '_get_available_tokens': '(providers_ids, partner_id, is_validation=False, **kwargs)',
        '_handle_archiving': '()',
        'create': '(vals_list)',
        'write': '(vals)',
    },
    'payment.transaction': {
        '_apply_updates': '(payment_data)',
        '_capture': '(amount_to_capture=None)',
        '_create_child_transaction': '(amount, is_refund=False, **custom_create_values)',
        '_compute_reference': "(provider_code, prefix=None, separator='-', **kwargs)",
        '_create_payment': '(**extra_create_values)',
        '_cron_post_process': '()',
        '_extract_amount_data': '(payment_data)',
        '_extract_token_values': '(payment_data)',
        '_get_last': '()',
        '_get_specific_create_values': '(provider_code, values)',
        '_get_specific_processing_values': '(processing_values)',
        '_get_specific_rendering_values': '(processing_values)',
        '_post_process': '()',
        '_refund': '(amount_to_refund=None)',
        '_search_by_reference': '(provider_code, payment_data)',
        '_send_payment_request': '()',
        '_send_refund_request': '()',
        '_tokenize': '(payment_data)',
        '_void': '(amount_to_void=None)',
        'action_capture': '()',
        'create': '(vals_list)',
        'write': '(vals)',
    },
}

#: The same of Odoo's controllers.
CONTROLLER_OVERRIDES = {
    '_create_transaction': (
        '(provider_id, payment_method_id, token_id, amount, currency_id, partner_id, flow, '
        'tokenization_requested, landing_route, reference_prefix=None, is_validation=False, '
        'custom_create_values=None, **kwargs)'
    ),
    '_cast_as_float': '(str_value)',
    'home': '(**kw)',
    'payment_method': '(**kwargs)',
    'payment_transaction': '(amount, currency_id, partner_id, access_token, **kwargs)',
    'poll_status': '(**_kwargs)',
}

#: The fields of Odoo's that the addon defines once more, with their types.
REDEFINED_FIELDS = {
    'payment.provider': {'code': 'selection'},
    'payment.transaction': {
        'invoice_ids': 'many2many',
        'partner_id': 'many2one',
        'payment_id': 'many2one',
        'provider_reference': 'char',
    },
}

#: Where the private methods of Odoo that the addon calls are found, and the names of the parameters
#: that it gives by their position.
PRIVATE_METHODS = {
    '_check_company_domain': ('payment.provider', ('companies',)),
    '_cast_as_int': ('odoo.addons.payment.controllers.portal:PaymentPortal', ('str_value',)),
    '_commit_progress': ('ir.cron', ('processed',)),
    '_convert': ('res.currency', ('from_amount', 'to_currency', 'company', 'date')),
    '_description_selection': ('odoo.fields:Selection', ('env',)),
    '_ensure_provider_is_not_disabled': ('payment.transaction', ()),
    '_for_xml_id': ('ir.actions.act_window', ('full_xml_id',)),
    '_get_installments_data': ('account.move.line', ()),
    '_get_invoice_counterpart_amls_for_early_payment_discount': (
        'account.move',
        ('aml_values_list', 'open_balance'),
    ),
    '_get_from_code': ('payment.method', ('code',)),
    '_get_monitored_transaction': (
        'odoo.addons.payment.controllers.post_processing:PaymentPostProcessing',
        (),
    ),
    '_get_records_action': ('payment.transaction', ()),
    '_is_internal': ('res.users', ()),
    '_is_public': ('res.users', ()),
    '_log_message_on_linked_documents': ('payment.transaction', ('message',)),
    '_notifydb': ('ir.cron', ()),
    '_process': ('payment.transaction', ('provider_code', 'payment_data')),
    '_render_lang': ('mail.template', ('res_ids',)),
    '_reconcile_plan': ('account.move.line', ('reconciliation_plan',)),
    '_read_group': ('payment.transaction', ('domain', 'groupby', 'aggregates')),
    '_set_authorized': ('payment.transaction', ()),
    '_set_canceled': ('payment.transaction', ()),
    '_set_done': ('payment.transaction', ()),
    '_set_error': ('payment.transaction', ('state_message',)),
    '_set_pending': ('payment.transaction', ()),
    '_trigger': ('ir.cron', ('at',)),
    '_xmlid_to_res_id': ('ir.model.data', ('xmlid',)),
}

#: Public, but of a kind that changes: how the addon calls them. A position holds its name.
PUBLIC_FUNCTIONS = {
    'odoo.addons.payment:reset_payment_provider': call('env', 'code'),
    'odoo.addons.payment:setup_provider': call('env', 'code'),
    'odoo.addons.payment.controllers.post_processing:PaymentPostProcessing.monitor_transaction': (
        call('transaction')
    ),
    'odoo.addons.payment.utils:add_to_report': call(
        'report', 'records', available=False, reason=''
    ),
    'odoo.addons.payment.utils:generate_access_token': call(env=None),
    'odoo.addons.payment.utils:generate_idempotency_key': call('tx', scope='refund'),
    'odoo.addons.payment.utils:singularize_reference_prefix': call(prefix='TOPUP'),
    'odoo.addons.payment.utils:to_major_currency_units': call('minor_amount', 'currency'),
    'odoo.addons.payment.utils:to_minor_currency_units': call('major_amount', 'currency'),
    'odoo.addons.portal.controllers.portal:pager': call(url='', total=0, page=1, step=20),
    'odoo.tools.mail:email_normalize': call('text'),
    'odoo.tools.misc:get_lang': call('env'),
    'odoo.tools.misc:hmac': call('env', 'scope', 'message'),
}

#: The same of models.
PUBLIC_METHODS = {
    'account.move': {
        'action_post': call(),
        'is_sale_document': call(include_receipts=True),
    },
    'account.move.line': {'reconcile': call()},
    'mail.mail': {'send': call(raise_exception=True)},
    'mail.template': {'send_mail_batch': call('res_ids')},
    'payment.transaction': {'try_lock_for_update': call(allow_referencing=True)},
    'res.company': {'get_base_url': call()},
    'res.currency': {'format': call('amount')},
}


@tagged('post_install', '-at_install')
class TestCoreContract(TransactionCase):
    maxDiff = None

    def test_every_override_is_in_the_table_with_the_cores_parameters(self):
        """Methods that we define and Odoo defines too, in the registry as it is."""
        found = {}
        for name, model in self.registry.models.items():
            for method, (_ours, theirs) in contract.find_overrides(model).items():
                signature = contract.signature_of(vars(theirs)[method])
                found.setdefault(name, {})[method] = signature

        self.assertEqual(found, OVERRIDES)

    def test_every_override_of_a_controller_is_in_the_table(self):
        found = {
            method: contract.signature_of(vars(theirs)[method])
            for controller in contract.controllers()
            for method, (_ours, theirs) in contract.find_overrides(controller).items()
        }

        self.assertEqual(found, CONTROLLER_OVERRIDES)

    def test_overrides_take_what_the_core_takes(self):
        """The core's callers know the core's parameters, by their names and their order."""
        for name, methods in OVERRIDES.items():
            overrides = contract.find_overrides(self.registry[name])
            for method, signature in methods.items():
                with self.subTest(model=name, method=method):
                    ours, _theirs = overrides[method]
                    for cls in ours:
                        self.assertEqual(contract.signature_of(vars(cls)[method]), signature)

    def test_the_core_still_calls_what_is_overridden(self):
        """A hook that is there but that nobody calls any more is as dead as a renamed one."""
        source = '\n'.join(
            path.read_text()
            for module in (account, account_payment, base, mail, payment)
            for files in SOURCES
            for path in Path(module.__path__[0]).glob(files)
        )
        hooks = {method for methods in OVERRIDES.values() for method in methods}
        for hook in sorted(hooks - {'create', 'write'}):
            with self.subTest(hook=hook):
                # Called, or handed on to be called.
                self.assertRegex(source, rf"(?<!super\(\))\.{hook}[()]|compute='{hook}'")

    def test_redefined_fields_are_the_cores_and_of_its_types(self):
        found = {
            name: redefined
            for name, model in self.registry.models.items()
            if (redefined := contract.find_redefined_fields(model))
        }

        self.assertEqual(found, REDEFINED_FIELDS)

    def test_private_methods_take_what_they_are_given(self):
        """Every call of a private method that the addon's source holds, with its arguments."""
        called = set()
        for name, positions, keywords, place in contract.private_calls():
            called.add(name)
            with self.subTest(method=name, place=place):
                owner, parameters = PRIVATE_METHODS[name]
                self.assertLessEqual(positions, len(parameters))
                self.assert_takes(
                    getattr(self.find(owner), name),
                    call(*parameters[:positions], **dict.fromkeys(keywords)),
                )

        self.assertEqual(called, set(PRIVATE_METHODS))

    def test_public_functions_take_what_they_are_given(self):
        for name, arguments in PUBLIC_FUNCTIONS.items():
            with self.subTest(function=name):
                self.assert_takes(pkgutil.resolve_name(name), arguments, is_method=False)

    def test_public_methods_take_what_they_are_given(self):
        for model, methods in PUBLIC_METHODS.items():
            for method, arguments in methods.items():
                with self.subTest(model=model, method=method):
                    self.assert_takes(getattr(self.registry[model], method), arguments)

    def test_states_are_set_as_the_bank_says(self):
        """What the core allows by itself is less than what the bank may say."""
        for name in ('_set_authorized', '_set_canceled', '_set_done', '_set_error'):
            parameters = inspect.signature(getattr(self.registry['payment.transaction'], name))
            with self.subTest(method=name):
                self.assertEqual(parameters.parameters['extra_allowed_states'].default, ())

    def find(self, owner):
        """Return the class that a table names: a model's, or another one by its place."""
        return pkgutil.resolve_name(owner) if ':' in owner else self.registry[owner]

    def assert_takes(self, function, arguments, *, is_method=True):
        """Let a call fit a function's parameters, each position the one of that name."""
        signature = inspect.signature(function)
        # A class's or static method has no `self` in its signature.
        is_bound = not is_method or next(iter(signature.parameters), None) not in ('self', 'model')
        given = arguments.args if is_bound else ('self', *arguments.args)
        try:
            bound = signature.bind(*given, **arguments.kwargs)
        except TypeError as error:
            self.fail(f'{function.__qualname__}{signature}: {error}')
        for name in arguments.args:
            self.assertEqual(bound.arguments.get(name), name, f'{function.__qualname__}{signature}')
