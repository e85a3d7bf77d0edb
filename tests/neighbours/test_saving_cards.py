"""Beside `sale`: a card that is saved without a payment pays for no order, and tells of none."""

from uuid import uuid4

from odoo.exceptions import ValidationError
from odoo.fields import Command

from odoo.addons.payment_sberbank import gateway

from .test_sale import SaleCase


class TestSavingCards(SaleCase):
    def create_verification(self, **values):
        return self.create_tx(
            0, operation='validation', tokenize=True, sberbank_is_topup=False, **values
        )

    def test_it_is_for_no_order(self):
        order = self.create_order()

        with self.assertRaises(ValidationError):
            self.create_verification(sale_order_ids=[Command.set(order.ids)])

    def test_nothing_follows_from_it(self):
        self.invoice_automatically()
        self.provider.allow_tokenization = True
        tx = self.create_verification()
        entries = self.env['account.move'].search_count([])
        mails = self.env['mail.mail'].search_count([])

        self.bank_says(
            tx,
            gateway.OrderStatus.REVERSED,
            binding_id=str(uuid4()),
            client_id=self.provider._sberbank_get_client_id(self.customer),
            masked_pan='220220******2424',
        )
        tx._post_process()

        self.assertEqual((tx.state, tx.is_post_processed), ('done', True))
        self.assertTrue(tx.token_id)
        self.assertEqual(self.env['account.move'].search_count([]), entries)
        self.assertEqual(self.env['mail.mail'].search_count([]), mails)
