"""Beside other apps: receipts of orders, of invoices made of them, and of donations."""

from odoo.fields import Command

from odoo.addons.payment_sberbank.receipts import Transfer

from tests.addon.receipts import ReceiptsCommon, ReceiptsMixin

from .test_pos import PosCase


class TestReceiptsOfOrders(ReceiptsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env['product.product'].create([
            {'name': name, 'type': kind, 'invoice_policy': 'order', 'list_price': 100}
            for name, kind in (('Кружка', 'consu'), ('Доставка', 'service'))
        ])
        cls.pricelist = cls.env['product.pricelist'].create({
            'name': 'In roubles',
            'currency_id': cls.roubles.id,
        })

    def order(self, *lines, products=None, **values):
        """Create an order of the products: quantity, price and, if any, discount of each."""
        return self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'pricelist_id': self.pricelist.id,
            'order_line': [
                Command.create({
                    'product_id': product.id,
                    'product_uom_qty': quantity,
                    'price_unit': price,
                    'discount': sum(discount),
                    'tax_ids': [Command.set(self.vat22.ids)],
                })
                for product, (quantity, price, *discount) in zip(
                    products or self.products, lines, strict=True
                )
            ],
            **values,
        })

    def receipt(self, order, amount=None):
        tx = self.begin(
            amount=amount or order.amount_total,
            sale_order_ids=[Command.set(order.ids)],
            sberbank_is_topup=False,
        )
        return self.table(tx._sberbank_get_receipt())

    def short(self, rows):
        return [(row[0], row[3], row[4]) for row in rows]

    def test_a_quotation_is_paid_in_full_or_in_part_beforehand(self):
        order = self.order((3, 333.33, 10), (1, 350))

        self.assertEqual(
            self.short(self.receipt(order)),
            [
                ('Кружка', 60000, 'full_prepayment'),
                ('Кружка', 29999, 'full_prepayment'),
                ('Доставка', 35000, 'full_prepayment'),
            ],
        )
        self.assertEqual(
            self.short(self.receipt(order, 125)),
            [
                ('Предоплата: Кружка', 9000, 'prepayment'),
                ('Предоплата: Доставка', 3500, 'prepayment'),
            ],
        )

    def test_what_was_delivered_is_paid_after_it(self):
        order = self.order((2, 100), (1, 50))
        order.action_confirm()
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = order._create_invoices()
        invoice.action_post()

        self.assertEqual(invoice._sberbank_get_transfer(self.provider), Transfer.BEFORE_PAYMENT)
        rows = self.table(self.begin(invoice)._sberbank_get_receipt())
        self.assertEqual({(row[4], row[6]) for row in rows}, {('full_payment', '22')})
        self.assertEqual([row[5] for row in rows], ['commodity', 'service'])

    def test_services_go_by_the_setting_until_they_are_counted_as_delivered(self):
        self.provider.sberbank_invoice_delivery = 'at'
        services = self.order((1, 100), products=self.products[1:])
        goods = self.order((1, 100), products=self.products[:1])

        self.assertEqual(self.receipt(services)[0][4], 'full_payment')
        self.assertEqual(self.receipt(goods)[0][4], 'full_prepayment')

    def test_a_deducted_down_payment_is_no_discount(self):
        order = self.order((2, 100), (1, 50))
        order.action_confirm()
        down_payment = self.invoice_by_wizard(order, advance_payment_method='percentage', amount=40)
        final = self.invoice_by_wizard(order, advance_payment_method='delivered')

        asked = self.table(self.begin(down_payment)._sberbank_get_receipt())
        rest = self.table(self.begin(final)._sberbank_get_receipt())

        self.assertEqual({row[4] for row in asked}, {'prepayment'})
        self.assertEqual(sum(row[3] for row in asked), 10000)
        self.assertEqual(
            self.short(rest),
            [
                ('Предоплата: Кружка', 12000, 'prepayment'),
                ('Предоплата: Доставка', 3000, 'prepayment'),
            ],
        )

    def invoice_by_wizard(self, order, **values):
        wizard = self.env['sale.advance.payment.inv'].with_context(
            active_model='sale.order', active_ids=order.ids
        )
        wizard.create(values).create_invoices()
        invoice = order.invoice_ids.sorted('id')[-1]
        invoice.action_post()
        return invoice

    def test_a_discount_on_the_order_is_borne_by_its_lines(self):
        order = self.order((2, 100), (1, 100))
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id,
            'discount_type': 'amount',
            'discount_amount': 30,
        }).action_apply_discount()

        rows = self.short(self.receipt(order))

        self.assertEqual(sum(row[1] for row in rows), round(order.amount_total * 100))
        self.assertEqual({row[0] for row in rows}, {'Кружка', 'Доставка'})


class TestReceiptsOfPosOrders(ReceiptsMixin, PosCase):
    def test_what_is_bought_at_the_counter_is_handed_over_at_once(self):
        self.open_register()
        order = self.create_order(100)

        tx = self.begin(amount=100, pos_order_id=order.id, sberbank_is_topup=False)

        [row] = self.table(tx._sberbank_get_receipt())
        self.assertEqual(row, ('Chess set', 10000, '1', 10000, 'full_payment', 'commodity', 'none'))


class TestDonations(ReceiptsCommon):
    def test_a_donation_buys_nothing(self):
        self.assertIsNone(
            self.begin(
                amount=100, is_donation=True, sberbank_is_topup=False
            )._sberbank_get_receipt()
        )
