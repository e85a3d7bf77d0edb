"""A rouble that Odoo rounds otherwise than to the kopeck: what is charged is what was asked for."""

from odoo.exceptions import ValidationError

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.wording import display_amount

from .common import SberbankCommon

TENTH_OF_A_KOPECK, FIVE_KOPECKS, ROUBLE = 0.001, 0.05, 1


class TestOddRoubles(SberbankCommon):
    def round_to(self, rounding):
        """Let Odoo round the rouble so from now on, as a database may have it since long."""
        self.env.cr.execute(
            'UPDATE res_currency SET rounding = %s WHERE id = %s', [rounding, self.roubles.id]
        )
        self.env.invalidate_all()
        self.env['res.currency'].search([])._compute_decimal_places()

    def test_a_few_kopecks_less_are_a_mismatch_however_amounts_are_shown(self):
        self.round_to(ROUBLE)
        tx = self.create_tx(10)
        self.assertEqual(self.roubles.format(9.98), self.roubles.format(10))

        self.bank_says(tx, amount=998)

        self.assertEqual(tx.state, 'error')
        told = tx.sberbank_attention_ids.details
        self.assertIn('10.00', told)
        self.assertIn('9.98', told)

    def test_a_debited_amount_is_compared_to_the_kopeck(self):
        self.round_to(FIVE_KOPECKS)
        tx = self.create_tx(10)

        self.bank_says(tx, deposited_amount=999)

        self.assertEqual(tx.state, 'error')

    def test_a_part_of_a_kopeck_is_refused_and_never_cut_off(self):
        self.round_to(TENTH_OF_A_KOPECK)

        with self.assertRaisesRegex(ValidationError, '200.765 roubles are no whole number'):
            self.create_tx(200.765)

        self.assertEqual(self.create_tx(200.76)._sberbank_get_amount(), 20076)

    def test_what_is_typed_is_charged_or_refused(self):
        for rounding, typed, charged in (
            (TENTH_OF_A_KOPECK, '10,50', 1050),
            (FIVE_KOPECKS, '10,50', 1050),
            (FIVE_KOPECKS, '10,52', None),
            (ROUBLE, '10', 1000),
            (ROUBLE, '10,50', None),
        ):
            with self.subTest(rounding=rounding, typed=typed):
                self.round_to(rounding)
                if charged:
                    self.assertEqual(self.provider._sberbank_read_topup_amount(typed), charged)
                    continue
                with self.assertRaisesRegex(ValidationError, "can't be paid here to the kopeck"):
                    self.provider._sberbank_read_topup_amount(typed)

    def test_limits_hold_to_the_kopeck(self):
        self.round_to(TENTH_OF_A_KOPECK)
        self.provider.sberbank_topup_amounts = False

        self.provider.maximum_amount = 99.999
        self.assertEqual(self.provider._sberbank_get_topup_limits(), (1, 9999))
        with self.assertRaisesRegex(ValidationError, 'whole kopecks'):
            self.provider.sberbank_topup_minimum = 0.015

    def test_amounts_are_shown_with_their_kopecks(self):
        for rounding in (TENTH_OF_A_KOPECK, FIVE_KOPECKS, ROUBLE):
            self.round_to(rounding)
            self.assertIn('1,234.56', display_amount(self.env, gateway.to_kopecks(1234.56)))
