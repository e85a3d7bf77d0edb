"""What stands in the receipt of an invoice, by its lines and by what is true at that moment."""

from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command

from .receipts import ReceiptsCommon

MUG = ('Кружка', 30000, '2', 60000), ('Кружка', 29999, '1', 29999)
DELIVERY = ('Доставка', 35000, '1', 35000)
BOOK = ('Книга', 45500, '2', 91000)


class TestInvoices(ReceiptsCommon):
    def receipt(self, invoices, amount=None):
        return self.begin(invoices, amount)._sberbank_get_receipt()

    def lines(self, invoices, amount=None):
        return [row[:4] for row in self.table(self.receipt(invoices, amount))]

    def signs(self, invoices, amount=None):
        return {row[4:] for row in self.table(self.receipt(invoices, amount))}

    def test_paid_in_full_before_the_transfer(self):
        receipt = self.receipt(self.issue_example())

        self.assertEqual([row[:4] for row in self.table(receipt)], [*MUG, DELIVERY, BOOK])
        self.assertEqual(
            [row[4:] for row in self.table(receipt)],
            [('full_prepayment', 'payment', '22/122')] * 3
            + [('full_prepayment', 'payment', '10/110')],
        )
        self.assertEqual(receipt.total, 215999)
        self.assertEqual(receipt.settlements.cashless, 215999)
        self.assertEqual(receipt.buyer.email, 'anna@customer.example')
        self.assertEqual(receipt.ffd_version.value, '1.2')
        self.assertEqual(receipt.seller.inn, '7707083893')

    def test_each_setting_of_the_transfer_has_its_signs(self):
        invoice = self.issue_example()
        for settings, signs in (
            (
                {'sberbank_prepayment_subject': 'own'},
                {
                    ('full_prepayment', 'service', '22/122'),
                    ('full_prepayment', 'service', '10/110'),
                },
            ),
            (
                {'sberbank_receipt_count': 'one'},
                {('full_payment', 'service', '22'), ('full_payment', 'service', '10')},
            ),
            (
                {'sberbank_receipt_count': 'two', 'sberbank_invoice_delivery': 'at'},
                {('full_payment', 'service', '22'), ('full_payment', 'service', '10')},
            ),
            (
                {'sberbank_invoice_delivery': 'after', 'sberbank_late_method': 'credit_payment'},
                {('credit_payment', 'payment', 'none')},
            ),
        ):
            with self.subTest(settings=settings):
                self.provider.write(settings)

                self.assertEqual(self.signs(invoice), signs)

    def test_a_part_is_a_prepayment_of_every_line(self):
        self.assertEqual(
            self.lines(self.issue_example(), 1000),
            [
                ('Предоплата: Кружка', 41666, '1', 41666),
                ('Предоплата: Доставка', 16204, '1', 16204),
                ('Предоплата: Книга', 42130, '1', 42130),
            ],
        )

    def test_the_rest_of_an_invoice_is_a_prepayment_too(self):
        invoice = self.issue_example()
        self.pay(self.create_tx(1000, invoices=invoice))

        self.assertEqual([row[3] for row in self.lines(invoice)], [48333, 18796, 48870])
        self.assertEqual({sign[0] for sign in self.signs(invoice)}, {'prepayment'})

    def test_a_discount_of_its_own_line_is_borne_by_its_rate(self):
        invoice = self.issue(
            self.line('Кружка', 3, 333.33, self.vat22, discount=10),
            self.line('Доставка', 1, 350, self.vat22),
            self.line('Книга', 2, 455, self.vat10),
            self.line('Скидка', 1, -100, self.vat22),
        )

        self.assertEqual(
            self.lines(invoice),
            [
                ('Кружка', 27600, '2', 55200),
                ('Кружка', 27599, '1', 27599),
                ('Доставка', 32200, '1', 32200),
                BOOK,
            ],
        )

    def test_taxes_on_top(self):
        over22, over10 = (self.create_tx_over(rate) for rate in (22, 10))
        kilo = self.env.ref('uom.product_uom_kgm')
        nuts = self.env['product.product'].create({'name': 'Орехи', 'uom_id': kilo.id})
        invoice = self.issue(
            self.line('Стул', 3, 100, over22),
            self.line('Гвоздь', 7, 14.29, over22),
            self.line('Орехи', 1.5, 199.90, over10, product_id=nuts.id, product_uom_id=kilo.id),
        )

        self.assertEqual(
            self.lines(invoice),
            [
                ('Стул', 12200, '3', 36600),
                ('Гвоздь', 1744, '3', 5232),
                ('Гвоздь', 1743, '4', 6972),
                (f'Орехи, 1,5 {kilo.with_context(lang="ru_RU").name}', 32984, '1', 32984),
            ],
        )

    def create_tx_over(self, rate):
        return self.create_tax(rate, included=False)

    def test_sections_notes_and_what_is_free_are_left_out(self):
        invoice = self.issue(
            {'name': 'Раздел', 'display_type': 'line_section'},
            self.line('Кружка', 1, 100, self.vat22),
            {'name': 'Заметка', 'display_type': 'line_note'},
            self.line('Открытка', 1, 0, self.vat22),
        )

        self.assertEqual(self.lines(invoice), [('Кружка', 10000, '1', 10000)])

    def test_a_cash_rounding_is_in_the_lines(self):
        rounding = self.env['account.cash.rounding'].create({
            'name': 'Roubles',
            'rounding': 1,
            'rounding_method': 'DOWN',
            'strategy': 'add_invoice_line',
            'profit_account_id': self.article.id,
            'loss_account_id': self.article.id,
        })
        invoice = self.issue(
            self.line('Кружка', 1, 100.55, self.vat22),
            self.line('Книга', 1, 50.44, self.vat10),
            invoice_cash_rounding_id=rounding.id,
        )

        self.assertEqual(invoice.amount_total, 150)
        self.assertEqual(sum(row[3] for row in self.lines(invoice)), 15000)
        self.assertEqual({sign[0] for sign in self.signs(invoice)}, {'full_prepayment'})

    def test_several_invoices_and_money_that_is_too_much(self):
        first = self.issue(self.line('Кружка', 1, 100, self.vat22))
        second = self.issue(self.line('Книга', 1, 50, self.vat10))

        self.assertEqual(
            [
                (row[0], row[3], row[4], row[6])
                for row in self.table(self.receipt(first + second, 160))
            ],
            [
                ('Кружка', 10000, 'full_prepayment', '22/122'),
                ('Книга', 5000, 'full_prepayment', '10/110'),
                ('Аванс: пополнение счёта', 1000, 'advance', '22/122'),
            ],
        )

    def test_a_discount_for_early_payment_is_the_whole(self):
        term = self.env['account.payment.term'].create({
            'name': '2 % in 7 days',
            'early_discount': True,
            'discount_percentage': 2,
            'discount_days': 7,
            'line_ids': [Command.create({'value': 'percent', 'value_amount': 100, 'nb_days': 30})],
        })
        invoice = self.issue(
            self.line('Кружка', 1, 1000, self.vat22), invoice_payment_term_id=term.id
        )

        self.assertEqual(self.lines(invoice, 980), [('Кружка', 98000, '1', 98000)])
        self.assertEqual({sign[0] for sign in self.signs(invoice, 980)}, {'full_prepayment'})

    def test_a_delivery_date_tells_when_it_is_handed_over(self):
        for days, method in ((-1, 'full_payment'), (1, 'full_prepayment')):
            with self.subTest(days=days):
                invoice = self.issue_example(delivery_date=self.today + timedelta(days=days))

                self.assertEqual({sign[0] for sign in self.signs(invoice)}, {method})

    def test_a_top_up_is_one_advance(self):
        self.assertEqual(
            self.table(self.begin(amount=5000)._sberbank_get_receipt()),
            [
                (
                    'Аванс: пополнение счёта',
                    500000,
                    '1',
                    500000,
                    'advance',
                    'payment',
                    '22/122',
                )
            ],
        )

    def test_subjects_come_from_the_product_its_category_or_its_type(self):
        self.provider.sberbank_prepayment_subject = 'own'
        works = self.env['product.category'].create({'name': 'W', 'sberbank_subject': 'job'})
        below = self.env['product.category'].create({'name': 'B', 'parent_id': works.id})
        products = self.env['product.product'].create([
            {'name': 'P1', 'sberbank_subject': 'excise', 'categ_id': below.id},
            {'name': 'P2', 'categ_id': below.id},
            {'name': 'P3', 'type': 'service', 'categ_id': False},
            {'name': 'P4', 'type': 'consu', 'categ_id': False},
        ])
        invoice = self.issue(
            *(self.line(p.name, 1, 100, self.vat22, product_id=p.id) for p in products),
            self.line('Без товара', 1, 100, self.vat22),
        )

        self.assertEqual(
            [row[5] for row in self.table(self.receipt(invoice))],
            ['excise', 'job', 'service', 'commodity', 'service'],
        )

    def test_units_have_their_code_or_are_named(self):
        units = self.env['uom.uom'].create({'name': 'Mat', 'sberbank_measure': '32'})
        rows = [
            (self.env.ref('uom.product_uom_hour'), 71),
            (self.env.ref('uom.product_uom_unit'), 0),
            (self.env.ref('uom.product_uom_dozen'), 255),
            (units, 32),
        ]
        for unit, code in rows:
            with self.subTest(unit=unit.name):
                invoice = self.issue(self.line('Вещь', 2, 100, self.vat22, product_uom_id=unit.id))

                [item] = self.receipt(invoice).items
                self.assertEqual((item.measure, item.quantity), (code, 2))
                self.assertTrue(item.unit)

    def test_off_is_off(self):
        self.provider.sberbank_receipts = 'off'

        self.assertIsNone(self.receipt(self.issue_example()))


class TestTaxes(ReceiptsCommon):
    def rate(self, taxes, **values):
        invoice = self.issue(self.line('Кружка', 1, 100, taxes), **values)
        [item] = self.begin(invoice)._sberbank_get_receipt().items
        return item.vat.value

    def test_each_kind_of_tax(self):
        group = self.create_tax(
            0,
            amount_type='group',
            children_tax_ids=[
                Command.link(self.create_tax(10, included=False).id),
                Command.link(self.create_tax(3, included=False, amount_type='fixed').id),
            ],
        )
        foreign = self.create_tax(10, sberbank_vat='10')
        for taxes, rate in (
            (self.env['account.tax'], 'none'),
            (self.vat22, '22/122'),
            (self.create_tax(5), '5/105'),
            (self.create_tax(7, included=False), '7/107'),
            (self.create_tax(18.0328, amount_type='division'), '22/122'),
            (group, '10/110'),
            (self.create_tax(0, sberbank_vat='none'), 'none'),
            (self.create_tax(0, sberbank_vat='0'), '0'),
            (foreign, '10/110'),
            (self.vat22 + self.create_tax(1, sberbank_vat='not_vat'), '22/122'),
        ):
            with self.subTest(taxes=taxes.mapped('name')):
                self.assertEqual(self.rate(taxes), rate)

    def test_what_can_t_be_told_is_refused_with_the_line_and_the_tax(self):
        for taxes, reason in (
            (self.create_tax(0), 'can\'t be told'),
            (self.create_tax(19), 'can\'t be told'),
            (self.create_tax(18), 'can\'t be told'),
            (self.vat22 + self.vat10, 'several rates'),
        ):
            with self.subTest(taxes=taxes.mapped('name')):
                with self.assertRaisesRegex(ValidationError, reason) as refusal:
                    self.rate(taxes)
                self.assertIn('Кружка', str(refusal.exception))
                self.assertIn(taxes[0].name, str(refusal.exception))

    def test_a_tax_of_another_country_says_nothing(self):
        tax = self.create_tax(7)
        tax.country_id = self.env.ref('base.de')

        with self.assertRaisesRegex(ValidationError, "can't be told"):
            tax._sberbank_read_vat()

    def test_a_rate_of_2025_is_refused_unless_it_was_delivered_then(self):
        vat20 = self.create_tax(20)
        with self.assertRaisesRegex(ValidationError, 'НДС 20 %'):
            self.rate(vat20)

        self.assertEqual(self.rate(vat20, delivery_date=date(2025, 12, 31)), '20')
        with self.assertRaises(ValidationError):
            self.rate(vat20, delivery_date=date(2026, 1, 1))

    def test_a_rate_without_a_code_is_refused(self):
        self.provider.write({
            'sberbank_custom_dialect': 'ecom',
            'sberbank_vat_table': 'ecom_1_0_7',
            'sberbank_advance_vat': '10',
        })

        self.assertEqual(self.rate(self.vat10), '10/110')
        with self.assertRaisesRegex(ValidationError, 'no code') as refusal:
            self.rate(self.vat22)
        self.assertIn('Кружка', str(refusal.exception))
        self.assertIn('НДС 22 %', str(refusal.exception))
