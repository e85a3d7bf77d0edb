"""Beside the app for sales: the second receipt waits for the delivery, and knows down payments."""

from odoo.fields import Command

from odoo.addons.payment_sberbank import gateway

from tests.addon.test_receipts_closing import ClosingCase


class TestClosingOfOrders(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls.env['product.product'].create({
            'name': 'Кружка',
            'type': 'consu',
            'invoice_policy': 'order',
        })
        cls.pricelist = cls.env['product.pricelist'].create({
            'name': 'In roubles',
            'currency_id': cls.roubles.id,
        })

    def confirm_order(self):
        """Let Anna order two mugs: 200 roubles."""
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'pricelist_id': self.pricelist.id,
            'order_line': [
                Command.create({
                    'product_id': self.mug.id,
                    'product_uom_qty': 2,
                    'price_unit': 100,
                    'tax_ids': [Command.set(self.vat22.ids)],
                })
            ],
        })
        order.action_confirm()
        return order

    def invoice(self, order, **how):
        """Post the next invoice of an order."""
        wizard = self.env['sale.advance.payment.inv'].create({
            'sale_order_ids': [Command.set(order.ids)],
            **how,
        })
        before = order.invoice_ids
        wizard.create_invoices()
        invoice = order.invoice_ids - before
        invoice.action_post()
        return invoice

    def deliver(self, order):
        order.order_line.filtered(lambda line: not line.is_downpayment).qty_delivered = 2

    def test_it_waits_for_the_delivery(self):
        order = self.confirm_order()
        invoice = self.invoice(order, advance_payment_method='delivered')
        self.sell(invoice)

        waiting = self.close(invoice)
        self.assertEqual((waiting.state, waiting.content), ('draft', False))
        self.assertTrue(waiting.consider_at)

        self.deliver(order)
        receipt = self.read(self.close(invoice))
        self.assertEqual(
            self.table(receipt),
            [('Кружка', 10000, '2', 20000, 'full_payment', 'commodity', '22')],
        )

    def test_a_down_payment_is_offset_when_all_is_handed_over(self):
        order = self.confirm_order()
        down_payment = self.invoice(order, advance_payment_method='percentage', amount=25)
        self.sell(down_payment)
        self.assertEqual(self.close(down_payment).state, 'not_needed')
        rest = self.invoice(order, advance_payment_method='delivered')
        self.assertEqual(rest.amount_total, 150)
        self.sell(rest)
        self.deliver(order)

        receipt = self.read(self.close(rest))

        self.assertEqual([row[:4] for row in self.table(receipt)], [('Кружка', 10000, '2', 20000)])
        self.assertEqual(receipt.settlements, gateway.Settlements(prepayment=20000))
