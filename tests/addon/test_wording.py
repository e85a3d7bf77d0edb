"""Staff read in their own language what went wrong between the bank and us."""

from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import gateway
from odoo.addons.payment_sberbank.wording import translate

from .bankside import BankCase


class TestWording(BankCase):
    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(10)
        self.company.partner_id.lang = 'ru_RU'

    @mute_logger('odoo.addons.payment_sberbank.gateway.client')
    def ask(self, *faults):
        """Ask the bank by the button.

        :return: What the person is told, and what is kept of the exchange.
        :rtype: tuple[str, str]
        """
        self.faults(*faults)
        with self.as_worker() as env:
            tx = self.tx.with_env(env).with_context(lang='ru_RU')
            told = tx.action_sberbank_ask_bank()['params']['message']
        self.env.invalidate_all()
        return told, self.tx.sberbank_exchange_ids[0].error

    def test_an_answer_that_did_not_come(self):
        told, kept = self.ask({'fault': 'http500'})

        self.assertIn('не работает (HTTP 500)', told)
        self.assertIn('не работает (HTTP 500)', kept)

    def test_a_refusal_with_advice(self):
        self.provider.sberbank_password = 'of somebody else'

        told, kept = self.ask()

        self.assertIn('Банк отклонил getOrderStatusExtended', told)
        self.assertIn('Проверьте имя пользователя и пароль', kept)
        self.assertNotRegex(kept, 'refused|Check')

    def test_wrong_settings(self):
        self.provider.write({'state': 'disabled', 'sberbank_password': False})

        told = self.tx.with_context(lang='ru_RU').action_sberbank_ask_bank()['params']['message']

        self.assertIn('Введите имя пользователя и пароль, выданные банком, либо токен.', told)

    def test_what_the_bank_itself_says_stays_as_it_is(self):
        self.assertEqual(translate("Order not found", 'ru_RU'), "Order not found")
        refusal = gateway.Sentence("It said %(message)s", message="Order not found")
        self.assertEqual(translate(refusal, False), "It said Order not found")
