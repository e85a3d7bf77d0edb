"""What the bank is told about an order: what is only convenient is no condition of taking money."""

from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.models import payment_transaction_ordering as ordering

from .bankside import BankCase

LOGGER = 'odoo.addons.payment_sberbank.models.payment_transaction_ordering'


class OrderingCase(BankCase):
    dialect = 'ecom'

    def register(self, **values):
        with mute_logger(LOGGER):
            return self.create_registered_tx(10, **values)

    def told(self):
        """Return what the bank was told at each registration."""
        return [call['parameters'] for call in self.calls('register')]


class TestLeavingOut(OrderingCase):
    def setUp(self):
        super().setUp()
        self.env['ir.config_parameter'].set_param('web.base.url', 'https://shop.example')

    def refuse(self, *fields):
        self.set_up_merchant(unknown_fields=list(fields))

    def test_a_gateway_that_takes_all_is_told_all(self):
        self.register()

        [told] = self.told()
        self.assertEqual(
            told['dynamicCallbackUrl'], 'https://shop.example/payment/sberbank/callback'
        )
        self.assertFalse(self.provider.sberbank_is_callback_refused)

    def test_an_address_that_is_refused_is_left_out_from_then_on(self):
        self.refuse('dynamicCallbackUrl')

        first = self.register()
        self.env.invalidate_all()
        second = self.register()

        self.assertTrue(first.sberbank_form_url and second.sberbank_form_url)
        self.assertEqual(
            ['dynamicCallbackUrl' in told for told in self.told()], [True, False, False]
        )
        self.assertTrue(self.provider.sberbank_is_callback_refused)
        self.assertEqual(len(self.orders()), 2)

    def test_it_is_remembered_for_that_gateway_only(self):
        self.refuse('dynamicCallbackUrl')
        self.register()
        self.env.invalidate_all()

        self.provider.sberbank_custom_url = 'https://bank.example/ecomm/gw/partner/api/v1/'

        self.assertFalse(self.provider.sberbank_is_callback_refused)
        self.assertTrue(self.provider._sberbank_get_order_callback_url(is_live=False))

    def test_an_address_that_is_being_mended_does_not_break_the_form(self):
        self.refuse('dynamicCallbackUrl')
        self.register()
        self.env.invalidate_all()

        for address in (False, '', 'no address', 'https://'):
            with self.subTest(address):
                draft = self.provider.new({'sberbank_custom_url': address}, origin=self.provider)

                self.assertFalse(draft.sberbank_is_callback_refused)

    def test_every_field_that_can_be_left_out_is(self):
        for field in ('description', 'email', 'language', 'sessionTimeoutSecs'):
            with self.subTest(field):
                self.refuse(field)

                tx = self.register()

                self.assertTrue(tx.sberbank_form_url)
                self.assertFalse(self.provider.sberbank_is_callback_refused)

    def test_several_at_once_are_left_out(self):
        self.refuse('dynamicCallbackUrl', 'email')

        self.assertTrue(self.register().sberbank_form_url)

    def test_what_must_be_told_is_not_left_out_and_the_first_refusal_is_told(self):
        self.refuse('returnUrl')

        with self.assertRaises(gateway.Refused) as caught, mute_logger(LOGGER):
            self.create_registered_tx(10)

        self.assertEqual(caught.exception.code, '5')
        self.assertEqual(len(self.orders()), 0)
        self.assertLessEqual(len(self.told()), len(ordering.FIELD_CODES))

    def test_other_refusals_are_asked_once(self):
        self.set_up_merchant(currencies=['840'])

        with self.assertRaises(gateway.Refused):
            self.create_registered_tx(10)

        self.assertEqual(len(self.told()), 1)


class TestOlderGateway(OrderingCase):
    dialect = 'rbs'

    def test_a_gateway_that_refuses_a_field_takes_the_order_without_it(self):
        self.env['ir.config_parameter'].set_param('web.base.url', 'https://shop.example')
        for field in ('dynamicCallbackUrl', 'email', 'description', 'sessionTimeoutSecs'):
            with self.subTest(field):
                self.set_up_merchant(unknown_fields=[field])

                self.assertTrue(self.register().sberbank_form_url)
