"""Odoo's private names are imported in one place, and the addon loads without any of them."""

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from unittest import TestCase, mock

import psycopg2

from odoo.addons.payment_sberbank import core

ADDON = Path(core.__file__).parent

#: What every addon imports from. Anything else of Odoo's belongs into `core.py`.
PUBLIC_MODULES = {
    'odoo',
    'odoo.addons.payment',
    'odoo.addons.payment.controllers.portal',
    'odoo.addons.payment.controllers.post_processing',
    'odoo.addons.payment.utils',
    'odoo.addons.portal.controllers.portal',
    'odoo.exceptions',
    'odoo.fields',
    'odoo.http',
    'odoo.tools',
    'odoo.tools.image',
    'odoo.tools.mail',
    'odoo.tools.misc',
}

#: Where `core.py` finds each name today.
PRIVATE_NAMES = {
    'PG_CONCURRENCY_EXCEPTIONS_TO_RETRY': 'odoo.service.model',
    'get_translation': 'odoo.tools.translate',
    'LRU': 'odoo.tools.lru',
    'urljoin': 'odoo.tools.urls',
    'MailDeliveryException': 'odoo.addons.base.models.ir_mail_server',
}


def core_without(*names):
    """Return `core.py` as it is in an Odoo that has moved these names."""
    # An empty module in place of the real one: nothing can be imported from it.
    moved = {PRIVATE_NAMES[name]: ModuleType(PRIVATE_NAMES[name]) for name in names}
    spec = importlib.util.spec_from_file_location('core_without', core.__file__)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, moved):
        spec.loader.exec_module(module)
    return module


def imports_of(path):
    """Return what a file imports from Odoo: pairs of the module and the name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, '') for alias in node.names)


class TestCoreNames(TestCase):
    def test_private_names_are_imported_in_one_place(self):
        elsewhere = {
            f'{path.relative_to(ADDON)}: {module}'
            for path in ADDON.rglob('*.py')
            if path != ADDON / 'core.py'
            for module, _name in imports_of(path)
            if module.split('.')[0] == 'odoo' and module not in PUBLIC_MODULES
        }

        self.assertFalse(elsewhere)

    def test_the_table_names_every_private_name(self):
        imported = {
            name: module
            for module, name in imports_of(ADDON / 'core.py')
            if module.split('.')[0] == 'odoo'
        }

        self.assertEqual(imported, PRIVATE_NAMES)

    def test_odoo_has_every_private_name_today(self):
        for name, module in PRIVATE_NAMES.items():
            with self.subTest(name=name):
                self.assertIs(getattr(core, name), getattr(sys.modules[module], name))

    def test_without_odoos_list_the_same_failures_are_tried_again(self):
        errors = core_without('PG_CONCURRENCY_EXCEPTIONS_TO_RETRY')

        self.assertEqual(
            set(errors.PG_CONCURRENCY_EXCEPTIONS_TO_RETRY),
            set(core.PG_CONCURRENCY_EXCEPTIONS_TO_RETRY),
        )
        self.assertIn(
            psycopg2.errors.SerializationFailure, errors.PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
        )

    def test_without_odoos_translations_sentences_are_in_english(self):
        get_translation = core_without('get_translation').get_translation

        for values, sentence, expected in (
            ({'name': 'Anna'}, "%(name)s has paid.", "Anna has paid."),
            ({}, "100% is paid.", "100% is paid."),
        ):
            with self.subTest(sentence=sentence):
                self.assertEqual(
                    get_translation('payment_sberbank', 'ru_RU', sentence, values), expected
                )

    def test_without_odoos_mapping_old_keys_are_forgotten_all_the_same(self):
        for module in (core, core_without('LRU')):
            lru = module.LRU(2)
            for key in ('first', 'second', 'first', 'third'):
                lru[key] = key

            self.assertEqual(set(lru), {'first', 'third'})
            self.assertEqual(lru.get('second', 'forgotten'), 'forgotten')

    def test_without_odoos_way_addresses_are_joined_alike(self):
        for module in (core, core_without('urljoin')):
            for base in (
                'https://shop.example',
                'https://shop.example/',
                'https://shop.example/?a=1#b',
            ):
                with self.subTest(base=base):
                    self.assertEqual(
                        module.urljoin(base, '/my/top-up'), 'https://shop.example/my/top-up'
                    )
            self.assertEqual(
                module.urljoin('https://shop.example/odoo', '/my'), 'https://shop.example/odoo/my'
            )

    def test_without_odoos_exception_a_failed_email_is_still_told(self):
        self.assertTrue(
            issubclass(
                core.MailDeliveryException,
                core_without('MailDeliveryException').MailDeliveryException,
            )
        )

    def test_the_addon_loads_without_any_of_them(self):
        module = core_without(*PRIVATE_NAMES)

        for name in PRIVATE_NAMES:
            self.assertIsNot(getattr(module, name), getattr(core, name))
