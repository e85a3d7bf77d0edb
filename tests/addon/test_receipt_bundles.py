"""Invoices and what the bank is told of them, in both dialects and both versions of the format."""

import json

from .bankside import BankCase
from .receipts import ReceiptsMixin

#: By dialect: the table of VAT, and the codes of 22/122, 10/110, none and 22.
CODES = {'rbs': ('rbs', (15, 4, 0, 14)), 'ecom': ('ecom_2026', (13, 4, 0, 12))}


class BundleCase(ReceiptsMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref('base.ru')

    def setUp(self):
        super().setUp()
        table, self.codes = CODES[self.dialect]
        self.open_register(sberbank_vat_table=table)

    def set_up_merchant(self, **settings):
        super().set_up_merchant(fiscal=True, **settings)

    def tell(self, version, invoices, amount=None, **settings):
        """Let the bank be told of a payment, and return the bundle; the bank takes it."""
        self.provider.write({'sberbank_ffd_version': version, **settings})
        tx = self.create_registered_tx(amount, invoices=invoices)
        method = 'register'
        call = self.calls(method)[-1]
        self.assertTrue(tx.sberbank_form_url)
        told = call['parameters']
        bundle = told['orderBundle']
        bundle = json.loads(bundle) if isinstance(bundle, str) else bundle
        self.assertEqual(bundle['ffdVersion'], version)
        return told, bundle

    def assert_told(self, bundle, rows):
        """Compare the items: name, price, quantity, sum and the bank's code of the rate."""
        self.assertEqual(
            [
                (
                    item['name'],
                    item['itemPrice'],
                    item['quantity']['value'],
                    item['itemAmount'],
                    item['tax']['taxType'],
                )
                for item in bundle['cartItems']['items']
            ],
            rows,
        )

    def test_the_same_invoices_in_each_version(self):
        example = self.issue_example()
        free = self.issue(self.line('Книга', 2, 100))
        advance22, advance10, without, plain22 = self.codes
        for version in ('1.05', '1.2'):
            with self.subTest(version=version, paid='in full'):
                _told, bundle = self.tell(version, example, sberbank_invoice_delivery='before')
                self.assert_told(
                    bundle,
                    [
                        ('Кружка', 30000, 2, 60000, advance22),
                        ('Кружка', 29999, 1, 29999, advance22),
                        ('Доставка', 35000, 1, 35000, advance22),
                        ('Книга', 45500, 2, 91000, advance10),
                    ],
                )
                self.assert_sign(bundle, version, 'full_prepayment', 1, 'payment', 10)
            with self.subTest(version=version, paid='in part'):
                _told, bundle = self.tell(version, example, 1000)
                self.assert_told(
                    bundle,
                    [
                        ('Предоплата: Кружка', 41666, 1, 41666, advance22),
                        ('Предоплата: Доставка', 16204, 1, 16204, advance22),
                        ('Предоплата: Книга', 42130, 1, 42130, advance10),
                    ],
                )
                self.assert_sign(bundle, version, 'prepayment', 2, 'payment', 10)
            with self.subTest(version=version, paid='at the transfer'):
                _told, bundle = self.tell(version, example, sberbank_invoice_delivery='at')
                self.assertEqual(bundle['cartItems']['items'][0]['tax']['taxType'], plain22)
                self.assert_sign(bundle, version, 'full_payment', 4, 'service', 4)
            with self.subTest(version=version, taxes='none'):
                _told, bundle = self.tell(version, free, sberbank_invoice_delivery='before')
                self.assert_told(bundle, [('Книга', 10000, 2, 20000, without)])
            with self.subTest(version=version, paid='an advance'):
                _told, bundle = self.tell(version, self.env['account.move'], 5000)
                self.assert_told(
                    bundle, [('Аванс: пополнение счёта', 500000, 1, 500000, advance22)]
                )
                self.assert_sign(bundle, version, 'advance', 3, 'payment', 10)


class TestRbsBundles(BundleCase, BankCase):
    def assert_sign(self, bundle, version, _method, method_code, _subject, subject_code):
        for item in bundle['cartItems']['items']:
            attributes = item['itemAttributes']['attributes']
            signs = {attribute['name']: attribute['value'] for attribute in attributes}
            self.assertEqual(
                signs, {'paymentMethod': str(method_code), 'paymentObject': str(subject_code)}
            )
            self.assertEqual(item['quantity']['measure'], 'шт' if version == '1.05' else '0')


class TestEcomBundles(BundleCase, BankCase):
    dialect = 'ecom'

    def assert_sign(self, bundle, version, method, _method_code, subject, subject_code):
        for item in bundle['cartItems']['items']:
            self.assertEqual(item['paymentMethod'], method)
            is_old = version == '1.05'
            self.assertEqual(item['paymentObject'], subject if is_old else str(subject_code))
            self.assertEqual(item.get('measurementUnit'), 'шт' if is_old else None)
        self.assertEqual(bundle['payments'], [{'type': 1, 'sum': bundle['total']}])
        self.assertEqual(bundle['company']['sno'], 'osn')
