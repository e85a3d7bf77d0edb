"""Beside the app for stock: codes of marked pieces are the serial numbers that were delivered."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.payment_sberbank import gateway

from tests.addon.test_receipts_closing import ClosingCase

CODES = ['0104600439931256215JgXJ5.T', '0104600439931256215JgXJ6.U', '0104600439931256215JgXJ7.V']


class TestMarks(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coat = cls.env['product.product'].create({
            'name': 'Пальто',
            'type': 'consu',
            'is_storable': True,
            'tracking': 'serial',
            'invoice_policy': 'order',
            'sberbank_subject': 'marked',
        })
        cls.pricelist = cls.env['product.pricelist'].create({
            'name': 'In roubles',
            'currency_id': cls.roubles.id,
        })
        cls.warehouse = cls.env['stock.warehouse'].search(
            [('company_id', '=', cls.company.id)], limit=1
        )
        cls.lots = cls.env['stock.lot'].create([
            {'name': code, 'product_id': cls.coat.id, 'company_id': cls.company.id}
            for code in CODES
        ])
        for lot in cls.lots:
            cls.env['stock.quant']._update_available_quantity(
                cls.coat, cls.warehouse.lot_stock_id, 1, lot_id=lot
            )

    def confirm_order(self, quantity):
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'pricelist_id': self.pricelist.id,
            'warehouse_id': self.warehouse.id,
            'order_line': [
                Command.create({
                    'product_id': self.coat.id,
                    'product_uom_qty': quantity,
                    'price_unit': 100,
                    'tax_ids': [Command.set(self.vat22.ids)],
                })
            ],
        })
        order.action_confirm()
        return order

    def deliver(self, order, *lots):
        picking = order.picking_ids.filtered(lambda picking: picking.state != 'done')
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create({
                'product_id': self.coat.id,
                'lot_id': lot.id,
                'quantity': 1,
                'picking_id': picking.id,
                'location_id': self.warehouse.lot_stock_id.id,
                'location_dest_id': picking.location_dest_id.id,
            })
            for lot in lots
        ]
        move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, 'done')
        return picking

    def take_back(self, picking, lot):
        wizard = self.env['stock.return.picking'].create({'picking_id': picking.id})
        wizard.product_return_moves.quantity = 1
        back = self.env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
        back.move_ids.move_line_ids.unlink()
        back.move_ids.move_line_ids = [
            Command.create({
                'product_id': self.coat.id,
                'lot_id': lot.id,
                'quantity': 1,
                'picking_id': back.id,
                'location_id': back.location_id.id,
                'location_dest_id': back.location_dest_id.id,
            })
        ]
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, 'done')

    def invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def marks(self, receipt):
        return [(item.name, int(item.quantity), item.mark) for item in receipt.items]

    def ask(self, invoice):
        return self.begin(invoices=invoice)._sberbank_get_receipt()

    def test_before_the_delivery_there_is_none(self):
        self.assertEqual(
            self.marks(self.ask(self.invoice(self.confirm_order(2)))), [('Пальто', 2, '')]
        )

    def test_each_delivered_piece_has_its_code(self):
        order = self.confirm_order(2)
        self.deliver(order, self.lots[2], self.lots[0])

        receipt = self.ask(self.invoice(order))

        self.assertEqual(self.marks(receipt), [('Пальто', 1, CODES[2]), ('Пальто', 1, CODES[0])])
        self.assertEqual({item.subject for item in receipt.items}, {gateway.Subject.MARKED})

    def test_the_second_receipt_has_the_codes(self):
        order = self.confirm_order(1)
        invoice = self.invoice(order)
        self.sell(invoice)
        self.assertFalse(self.close(invoice).content)

        self.deliver(order, self.lots[1])

        self.assertEqual(self.marks(self.read(self.close(invoice))), [('Пальто', 1, CODES[1])])

    def test_what_came_back_is_not_told(self):
        order = self.confirm_order(2)
        picking = self.deliver(order, self.lots[0], self.lots[1])
        self.take_back(picking, self.lots[0])
        order.order_line.product_uom_qty = 1

        self.assertEqual(self.marks(self.ask(self.invoice(order))), [('Пальто', 1, CODES[1])])

    def test_the_next_invoice_has_the_next_codes(self):
        order = self.confirm_order(3)
        self.deliver(order, *self.lots)
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 1
        first.action_post()

        second = self.invoice(order)

        self.assertEqual(self.marks(self.ask(first)), [('Пальто', 1, CODES[0])])
        self.assertEqual([mark for _name, _one, mark in self.marks(self.ask(second))], CODES[1:])

    def sell_delivered(self):
        """Let Anna have paid for three coats that were delivered."""
        order = self.confirm_order(3)
        picking = self.deliver(order, *self.lots)
        invoice = self.invoice(order)
        return picking, invoice, self.sell(invoice)

    def test_a_refund_of_what_came_back_tells_its_code(self):
        picking, invoice, tx = self.sell_delivered()
        self.take_back(picking, self.lots[1])
        self.credit(invoice, 'Пальто')

        receipt = self.give_back(tx, 100)

        self.assertEqual(self.marks(receipt), [('Пальто', 1, CODES[1])])

    def assert_left_to_accountant(self, tx, amount):
        self.assertIsNone(self.give_back(tx, amount))
        noted = tx.sberbank_receipt_ids.filtered(lambda receipt: receipt.operation == 'refund')
        self.assertEqual(noted.state, 'by_hand')
        self.assertIn('not known which marked pieces', noted.refusal)

    def test_a_refund_of_a_piece_that_did_not_come_back_is_left_to_the_accountant(self):
        _picking, invoice, tx = self.sell_delivered()
        self.credit(invoice, 'Пальто')

        self.assert_left_to_accountant(tx, 100)

    def test_a_refund_of_a_part_of_the_price_is_left_to_the_accountant(self):
        _picking, _invoice, tx = self.sell_delivered()

        self.assert_left_to_accountant(tx, 150)

    def test_a_refund_of_all_tells_all_codes(self):
        _picking, _invoice, tx = self.sell_delivered()

        receipt = self.give_back(tx, 300)

        self.assertEqual([mark for _name, _one, mark in self.marks(receipt)], CODES)

    def test_a_number_that_is_no_code_stops_the_payment_and_is_named(self):
        order = self.confirm_order(1)
        self.deliver(order, self.lots[0])
        invoice = self.invoice(order)
        self.lots[0].name = 'SN-1'

        with self.assertRaisesRegex(ValidationError, '«SN-1» is not the code of a marked piece'):
            self.ask(invoice)

    def test_a_second_receipt_is_made_anew_once_its_code_is_put_right(self):
        order = self.confirm_order(1)
        invoice = self.invoice(order)
        tx = self.sell(invoice)
        self.lots[0].name = 'SN-1'
        self.deliver(order, self.lots[0])
        closing = self.close(invoice)
        self.assertEqual((closing.state, closing.content), ('by_hand', False))
        self.assertIn('SN-1', closing.refusal)
        closing.action_make_anew()
        self.assertEqual(closing.state, 'by_hand')

        self.lots[0].name = CODES[0]
        closing.action_make_anew()

        self.assertEqual(self.marks(self.read(closing)), [('Пальто', 1, CODES[0])])
        self.assertFalse(tx.sberbank_needs_attention)
        with self.assertRaisesRegex(UserError, 'sent already'):
            closing.action_make_anew()

    def test_a_code_that_is_missing_stops_the_payment_and_is_named(self):
        order = self.confirm_order(2)
        self.deliver(order, self.lots[0], self.lots[1])
        invoice = self.invoice(order)
        order.order_line.move_ids.move_line_ids[:1].lot_id = False

        with self.assertRaisesRegex(ValidationError, 'Пальто": 1 of its marked pieces'):
            self.ask(invoice)

    def test_an_accountant_who_sees_no_deliveries_reads_the_preview(self):
        order = self.confirm_order(1)
        self.deliver(order, self.lots[0])
        reader = self.create_user('reader', 'base.group_user', 'account.group_account_invoice')

        preview = (
            self
            .env['sberbank.receipt.preview']
            .with_user(reader)
            .create({'invoice_id': self.invoice(order).id})
        )

        self.assertFalse(preview.warning_message)
        self.assertIn('markCode', json.dumps(json.loads(preview.content)))
