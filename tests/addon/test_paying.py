"""What the bank is told about a payment, and what becomes of answers that are lost on the way."""

import re
from unittest.mock import patch

from odoo.addons.payment_sberbank import const, gateway
from odoo.addons.payment_sberbank.models import payment_transaction_registration as registration

from .bankside import BankCase


class RegisteringCase:
    """What holds in both dialects."""

    def test_the_bank_hears_what_is_paid_and_how_much(self):
        invoice = self.create_invoice(1500.5)
        tx = self.create_new_tx(invoices=invoice)

        form_url = self.open_page(tx)

        [order] = self.orders()
        sent = order['register']
        self.assertEqual(sent['orderNumber'], tx.sberbank_order_number)
        self.assertEqual(int(sent['amount']), 150050)
        self.assertEqual(sent['currency'], '643')
        self.assertEqual(sent['description'], f'{tx.sberbank_order_number} {invoice.name}')
        self.assertEqual(sent['language'], 'en')
        self.assertEqual(sent['email'], 'anna@customer.example')
        self.assertEqual(int(sent['sessionTimeoutSecs']), 1200)
        self.assertEqual(sent['returnUrl'], tx._sberbank_get_return_url())
        self.assertEqual(sent['dynamicCallbackUrl'], f'{self.base_url()}{const.CALLBACK_ROUTE}')
        self.assertEqual(tx.provider_reference, order['orderId'])
        self.assertIn(order['orderId'], form_url)
        self.assertEqual(tx.sberbank_form_url, form_url)

    def test_amounts_are_exact_kopecks(self):
        for roubles, kopecks in (
            (0.01, 1),
            (0.29, 29),
            (1.15, 115),
            (19.99, 1999),
            (100.5, 10050),
            (8.2, 820),
            (1234567.89, 123456789),
            (4503599627.37, 450359962737),
        ):
            with self.subTest(roubles=roubles):
                tx = self.create_registered_tx(roubles)

                self.assertEqual(self.bank.order(tx.provider_reference)['amount'], kopecks)

    def test_order_numbers_fit_the_bank_and_are_never_used_twice(self):
        invoices = sum((self.create_invoice(10) for _i in range(3)), self.env['account.move'])
        reference = self.env['payment.transaction']._compute_reference(
            'sberbank', prefix='-'.join(invoices.mapped('name'))
        )
        numbers = []
        for name in (f'Счёт/{reference}', reference, f'{reference}-1', 'Ж', '***'):
            tx = self.create_registered_tx(invoices=invoices, reference=name)
            numbers.append(tx.sberbank_order_number)

        self.assertGreater(len(reference), 32)
        for number in numbers:
            self.assertRegex(number, r'\A[A-Za-z0-9_-]{1,32}\Z')
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_the_description_is_cleaned_for_the_bank(self):
        tx = self.create_registered_tx(10, reference='INV«1»+50%\n—é')

        description = self.orders()[0]['register']['description']
        self.assertEqual(description, f'{tx.sberbank_order_number} Account top-up INV"1" 50 -e')

    def test_the_description_of_many_invoices_is_cut_between_two_names(self):
        invoices = sum((self.create_invoice(10) for _i in range(12)), self.env['account.move'])

        tx = self.create_registered_tx(invoices=invoices)

        description = self.orders()[0]['register']['description']
        number, *names = re.findall(r'[^, ]+', description)
        self.assertLessEqual(len(description), 99)
        self.assertEqual(number, tx.sberbank_order_number)
        self.assertLess(set(names), set(invoices.mapped('name')))

    def test_without_invoices_it_is_a_top_up(self):
        tx = self.create_registered_tx(10)

        description = self.orders()[0]['register']['description']
        self.assertEqual(description, f'{tx.sberbank_order_number} Account top-up {tx.reference}')

    def test_the_page_speaks_the_payers_language(self):
        for language, letters in (('ru_RU', 'ru'), ('en_GB', 'en'), ('de_DE', 'en'), (None, 'ru')):
            with self.subTest(language=language):
                tx = self.create_new_tx(10)
                self.open_page(tx, language)
                sent = self.bank.order(tx.provider_reference)['register']
                self.assertEqual(sent['language'], letters)

    def test_an_address_that_the_bank_would_not_take_is_left_out(self):
        for email in ('анна@customer.example', False, f'{"a" * 200}@customer.example'):
            with self.subTest(email=email):
                self.customer.email = email
                tx = self.create_registered_tx(10)
                self.assertNotIn('email', self.bank.order(tx.provider_reference)['register'])

    def test_a_hold_is_registered_where_payments_are_captured_by_hand(self):
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True

        self.create_registered_tx(10)

        self.assertTrue(self.orders()[0]['two_stage'])
        self.assertFalse(self.calls('register'))

    def test_the_log_leads_from_the_reference_to_the_order_and_back(self):
        tx = self.create_new_tx(10)

        with patch.object(registration, '_logger') as logger:
            self.open_page(tx)

        _text, *names = logger.info.call_args.args
        self.assertEqual(names, [tx.reference, tx.sberbank_order_number, tx.provider_reference])

    def test_the_order_is_registered_once_however_often_its_page_is_opened(self):
        tx = self.create_new_tx(10)

        pages = {self.open_page(tx) for _i in range(3)}

        self.assertEqual(len(pages), 1)
        self.assertEqual(len(self.calls()), 1)

    def test_a_lost_answer_is_recovered_with_the_same_order(self):
        self.create_registered_tx(10)  # Any page tells how the others are addressed.
        tx = self.create_new_tx(20)
        for fault in (
            {'fault': 'drop_response_after_commit'},
            {'fault': 'truncated'},
            {'fault': 'html200', 'after_commit': True},
            {'fault': 'http502', 'after_commit': True},
            {'fault': 'json_array'},
            {'fault': 'giant_answer'},
        ):
            with self.subTest(fault=fault['fault']):
                tx = self.create_new_tx(20)
                before = len(self.orders())
                self.faults({**fault, 'method': 'register', 'times': 1})

                form_url = self.open_page(tx)

                order = self.orders()[-1]
                self.assertEqual(len(self.orders()), before + 1)
                self.assertEqual(order['orderNumber'], tx.sberbank_order_number)
                self.assertEqual(order['orderId'], tx.provider_reference)
                self.assertIn(order['orderId'], form_url)

    def test_the_first_order_ever_is_withdrawn_when_its_answer_is_lost(self):
        tx = self.create_new_tx(20)
        self.faults({'fault': 'drop_response_after_commit', 'method': 'register', 'times': 1})

        self.open_page(tx)

        lost, registered = self.orders()
        self.assertEqual(lost['state'], 'DECLINED')
        self.assertEqual(registered['state'], 'REGISTERED')
        self.assertNotEqual(lost['orderNumber'], registered['orderNumber'])
        self.assertEqual(tx.sberbank_order_number, registered['orderNumber'])
        self.assertEqual(tx.provider_reference, registered['orderId'])

    def test_an_order_that_is_paid_before_its_answer_is_lost_is_not_registered_again(self):
        self.create_registered_tx(10)
        tx = self.create_new_tx(20)
        self.faults(
            {'fault': 'drop_response_after_commit', 'method': 'register', 'times': 1},
            {'fault': 'callback_before_register_response', 'value': 'paid', 'times': 1},
        )

        with self.assertRaisesRegex(gateway.Unavailable, 'being paid already'):
            self.open_page(tx)

        self.assertEqual(self.orders()[-1]['orderNumber'], tx.sberbank_order_number)
        self.assertEqual(len(self.orders()), 2)

    def test_a_taken_number_leads_to_the_next_one(self):
        first = self.create_registered_tx(10)
        self.bank.pay(first.provider_reference)
        number = first.sberbank_order_number
        first.sberbank_order_number = 'another'
        self.env.flush_all()
        tx = self.create_new_tx(20, sberbank_order_number=number)

        self.open_page(tx)

        self.assertNotEqual(tx.sberbank_order_number, number)
        self.assertNotEqual(tx.provider_reference, first.provider_reference)
        self.assertEqual(self.bank.order(tx.provider_reference)['amount'], 2000)

    def test_numbers_are_tried_a_bounded_number_of_times(self):
        self.patch(registration.secrets, 'choice', lambda alphabet: alphabet[0])
        first = self.create_registered_tx(10, reference='A B')
        first.sberbank_order_number = 'another'
        tx = self.create_new_tx(20, reference='A/B')

        with self.assertRaises(gateway.OrderNumberTaken):
            self.open_page(tx)

        self.assertEqual(len(self.calls('register')), 1 + const.MAX_ORDER_NUMBERS)
        self.assertEqual(len(self.orders()), 1)

    def test_a_slip_of_the_bank_about_one_page_is_corrected_by_the_usual_one(self):
        usual = self.create_registered_tx(10)
        self.faults({'fault': 'foreign_form_url', 'method': 'register'})

        tx = self.create_registered_tx(10)

        self.assertEqual(
            tx.sberbank_form_url,
            usual.sberbank_form_url.replace(usual.provider_reference, tx.provider_reference),
        )

    def test_nothing_is_registered_while_the_bank_is_down(self):
        for fault in ('http500', 'http503', 'http429', 'html200', 'empty200', 'drop_connection'):
            with self.subTest(fault=fault):
                tx = self.create_new_tx(10)
                self.faults({'fault': fault})

                with self.assertRaises(gateway.Unavailable):
                    self.open_page(tx)

                self.assertEqual(tx.state, 'draft')
                self.assertFalse(tx.provider_reference)
                self.assertFalse(self.orders())

    def test_what_only_an_administrator_can_mend_is_told_apart(self):
        for fault in ('http403', 'http404', 'redirect'):
            with self.subTest(fault=fault):
                self.faults({'fault': fault})

                with self.assertRaises(gateway.WrongSettings):
                    self.open_page(self.create_new_tx(10))
        for fault in ('must_change_password', 'permission_denied'):
            with self.subTest(fault=fault):
                self.faults({'fault': fault})

                with self.assertRaises(gateway.Refused):
                    self.open_page(self.create_new_tx(10))

    def test_a_payment_goes_on_when_the_bank_is_back(self):
        tx = self.create_new_tx(10)
        self.faults({'fault': 'http503', 'times': 2})
        with self.assertRaises(gateway.Unavailable):
            self.open_page(tx)
        self.faults()

        self.open_page(tx)

        self.assertEqual(len(self.orders()), 1)
        self.assertEqual(self.orders()[0]['orderNumber'], tx.sberbank_order_number)


class TestPayingByForm(RegisteringCase, BankCase):
    dialect = 'rbs'

    def test_a_token_takes_the_place_of_name_and_password(self):
        self.set_up_merchant(token='token-%s"' + self.login)
        self.provider.write({
            'sberbank_token': 'token-%s"' + self.login,
            'sberbank_username': False,
            'sberbank_password': False,
        })

        self.create_registered_tx(10)

        self.assertNotIn('userName', self.orders()[0]['register'])


class TestPayingByJson(RegisteringCase, BankCase):
    dialect = 'ecom'
