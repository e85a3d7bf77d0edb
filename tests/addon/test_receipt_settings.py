"""The page "Receipts" of a provider: refused when it is saved, with what to do about it."""

from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import SberbankCommon
from .receipts import ADDRESS, INN, SELLER_EMAIL, SETTINGS

#: A wrong value, and what the refusal speaks of.
WRONG = [
    ('sberbank_inn', '7707083894', 'check digits'),
    ('sberbank_inn', False, 'INN'),
    ('sberbank_receipt_email', 'shop', 'e-mail in receipts'),
    ('sberbank_receipt_email', f'{"x" * 60}@shop.example', 'e-mail in receipts'),
    ('sberbank_payment_address', 'https://магазин.рф', 'xn--'),
    ('sberbank_payment_address', False, 'address of payment'),
    ('sberbank_payment_address', f'https://shop.example/{"x" * 256}', 'at most 256'),
    ('sberbank_ffd_version', False, 'Version of the Format'),
    ('sberbank_tax_system', False, 'Tax System'),
    ('sberbank_vat_table', False, 'Table of VAT'),
    ('sberbank_vat_table', 'ecom_2026', 'belongs to another gateway'),
    ('sberbank_advance_vat', False, 'VAT of a Top-Up'),
    ('sberbank_topup_name', '🎄', 'top-up is called'),
    ('sberbank_receipt_count', False, 'Second Receipts'),
]


class TestReceiptSettings(SberbankCommon):
    def test_receipts_are_off_at_first(self):
        provider = self.env['payment.provider'].create({'name': 'New', 'code': 'sberbank'})

        self.assertEqual(provider.sberbank_receipts, 'off')

    def test_the_page_filled_in_is_saved(self):
        self.provider.write(SETTINGS)

        self.assertEqual(self.provider._sberbank_get_seller().inn, INN)

    def test_each_mistake_is_refused_with_what_to_do(self):
        self.provider.write(SETTINGS)
        for name, value, reason in WRONG:
            with (
                self.subTest(field=name, value=value),
                self.assertRaisesRegex(ValidationError, reason),
                self.env.cr.savepoint(),
            ):
                self.provider.write({name: value})

    def test_what_is_off_may_be_half_filled_in(self):
        self.provider.write({'sberbank_inn': '12', 'sberbank_vat_table': 'ecom_2026'})

        self.assertEqual(self.provider.sberbank_receipts, 'off')

    def test_a_table_without_the_rate_of_a_top_up_is_refused(self):
        ecom = {**SETTINGS, 'sberbank_custom_dialect': 'ecom', 'sberbank_vat_table': 'ecom_1_0_7'}

        with self.assertRaisesRegex(ValidationError, 'has no 22 %'):
            self.provider.write(ecom)

    def test_another_gateway_needs_another_table(self):
        self.provider.write(SETTINGS)

        with self.assertRaisesRegex(ValidationError, 'belongs to another gateway'):
            self.provider.write({'sberbank_custom_dialect': 'ecom'})

    def test_what_is_known_is_proposed(self):
        self.env['ir.config_parameter'].set_param('web.base.url', 'https://магазин.рф')
        self.company.write({'vat': INN, 'email': SELLER_EMAIL})

        with Form(self.provider) as form:
            form.sberbank_receipts = 'register'
            self.assertEqual(form.sberbank_payment_address, 'https://xn--80aairftm.xn--p1ai')
            self.assertEqual(form.sberbank_inn, INN)
            self.assertEqual(form.sberbank_receipt_email, SELLER_EMAIL)
            self.assertEqual(form.sberbank_vat_table, 'rbs')
            form.sberbank_payment_address = ADDRESS
            form.sberbank_ffd_version = '1.05'
            form.sberbank_tax_system = 'osn'
            form.sberbank_advance_vat = '22'

        self.assertEqual(self.provider.sberbank_receipts, 'register')

    def test_a_copy_sends_no_receipts(self):
        self.provider.write(SETTINGS)

        self.assertEqual(self.provider.copy().sberbank_receipts, 'off')
