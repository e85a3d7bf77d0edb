"""The receipt on its way to the bank: who gets it, what is written down, what stops a payment."""

import json

from lxml import html

from odoo.exceptions import ValidationError
from odoo.http import Request
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import const, gateway

from .receipts import INN, ReceiptsCommon, ReceiptsMixin
from .test_pay_route import PayRouteCase

PAYER_LOG = 'odoo.addons.payment_sberbank.controllers.payer'


class ReceiptPaymentCase(ReceiptsMixin, PayRouteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_register()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def set_up_merchant(self, **settings):
        """Open the account of a merchant who has a cash register."""
        super().set_up_merchant(fiscal=True, **settings)

    def told(self, method='register'):
        """Return what the bank was told at each registration."""
        return [call['parameters'] for call in self.calls(method)]

    def reasons(self, tx):
        self.env.invalidate_all()
        return [(attention.reason, attention.is_solved) for attention in tx.sberbank_attention_ids]


class TestReceiptOfAnOrder(ReceiptPaymentCase):
    def test_it_goes_with_the_order_and_is_written_down_before(self):
        tx = self.create_new_tx(invoices=self.issue_example())

        self.visit(tx)

        [told] = self.told()
        items = json.loads(told['orderBundle'])['cartItems']['items']
        self.assertEqual([item['itemAmount'] for item in items], [60000, 29999, 35000, 91000])
        [noted] = tx.sberbank_receipt_ids
        self.assertEqual((noted.operation, noted.kind, noted.amount), ('payment', 'sell', 2159.99))
        self.assertEqual(gateway.Receipt.from_dict(noted.content), tx._sberbank_get_receipt())

    def test_a_hold_has_it_too(self):
        self.provider.payment_method_ids -= self.env.ref('payment_sberbank.payment_method_sbp')
        self.provider.capture_manually = True
        self.visit(self.create_new_tx(invoices=self.issue_example()))

        [told] = self.told('registerPreAuth')
        self.assertIn('orderBundle', told)

    def test_without_receipts_nothing_is_sent_or_written_down(self):
        self.provider.sberbank_receipts = 'off'
        tx = self.create_new_tx(invoices=self.issue_example())

        self.visit(tx)

        [told] = self.told()
        self.assertNotIn('orderBundle', told)
        self.assertFalse(tx.sberbank_receipt_ids)

    @mute_logger(PAYER_LOG)
    def test_one_that_can_t_be_made_stops_the_payment_before_the_bank_is_asked(self):
        tax = self.create_tax(18)
        tx = self.create_new_tx(invoices=self.issue(self.line('Кружка', 1, 100, tax)))

        page = self.visit(tx)

        self.assertEqual(self.calls(), [])
        self.assertFalse(tx.sberbank_order_number)
        self.assertIn('Nothing was charged', page.text)
        self.assertNotIn(tax.name, page.text)
        self.assertEqual(self.reasons(tx), [('no_receipt', False)])
        self.assertIn(tax.name, tx.sberbank_attention_ids.details)
        self.assertIn('Кружка', tx.sberbank_attention_ids.details)

        tax.sberbank_vat = '22'

        self.assertEqual(self.visit(tx).headers['Location'], tx.sberbank_form_url)
        self.assertEqual(self.reasons(tx), [('no_receipt', True)])

    @mute_logger('odoo.addons.payment_sberbank.models.payment_transaction_ordering')
    def test_what_the_bank_takes_only_with_less_keeps_its_receipt(self):
        self.set_up_merchant(unknown_fields=['description'])
        tx = self.create_new_tx(invoices=self.issue_example())

        self.visit(tx)

        self.assertTrue(tx.sberbank_form_url)
        self.assertNotIn('description', self.told()[-1])
        self.assertTrue(all('orderBundle' in told for told in self.told()))

    @mute_logger(PAYER_LOG)
    def test_one_that_the_bank_refuses_stops_the_payment_and_is_made_anew(self):
        self.set_up_merchant(unknown_fields=['orderBundle'])
        tx = self.create_new_tx(invoices=self.issue_example())

        self.visit(tx)
        refused = self.reasons(tx), len(tx.sberbank_receipt_ids)
        self.set_up_merchant(unknown_fields=[])
        self.provider.sberbank_prepayment_subject = 'own'
        self.visit(tx)

        self.assertEqual(refused, ([('no_receipt', False)], 0))
        self.assertEqual(self.reasons(tx), [('no_receipt', True)])
        items = tx.sberbank_receipt_ids.content['items']
        self.assertEqual({item['subject'] for item in items}, {'service'})

    def test_a_lost_answer_is_asked_for_again_with_the_same_receipt(self):
        tx = self.create_new_tx(invoices=self.issue_example())
        receipt = tx._sberbank_get_receipt()
        tx.env['sberbank.receipt']._sberbank_note(tx, 'payment', receipt)
        tx.sberbank_order_number = 'N-LOST'
        self.provider.sberbank_prepayment_subject = 'own'

        self.visit(tx)

        self.assertEqual(gateway.Receipt.from_dict(tx.sberbank_receipt_ids.content), receipt)

    def test_money_is_booked_whatever_became_of_the_receipt(self):
        tx = self.create_tx(invoices=self.issue_example())
        tx.invoice_ids.invoice_line_ids.tax_ids.sberbank_vat = False

        self.assertTrue(self.pay(tx))


class TestContact(ReceiptPaymentCase):
    def setUp(self):
        super().setUp()
        self.guest = self.env['res.partner'].create({'name': 'Guest'})
        self.tx = self.create_new_tx(100, partner=self.guest)

    def tell(self, contact, tx=None, **changed):
        tx = tx or self.tx
        data = {
            'reference': tx.reference,
            'access_token': tx._sberbank_get_access_token(),
            'csrf_token': Request.csrf_token(self),
            'contact': contact,
            **changed,
        }
        response = self.url_open(const.CONTACT_ROUTE, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def test_who_has_neither_is_asked_before_the_bank_is(self):
        page = html.fromstring(self.visit(self.tx).text)

        form = page.xpath(f'//form[@action="{const.CONTACT_ROUTE}"]')
        self.assertEqual(len(form), 1)
        self.assertEqual(self.calls(), [])

    def test_what_they_enter_is_kept_and_leads_on(self):
        for contact, name, kept in (
            ('guest@home.example', 'email', 'guest@home.example'),
            ('8 (900) 123-45-67', 'phone', '+79001234567'),
        ):
            with self.subTest(contact=contact):
                tx = self.create_new_tx(100, partner=self.guest)

                response = self.tell(contact, tx)
                self.visit(tx)

                self.assertEqual(response.status_code, 303)
                self.assertEqual(tx[f'partner_{name}'], kept)
                [noted] = tx.sberbank_receipt_ids
                self.assertEqual(noted.content['buyer'][name], kept)

    def test_what_is_neither_is_refused_and_shown_again(self):
        for contact in ('', 'guest', '+375 29 123-45-67', f'{"x" * 40}@home.example', '"><b>@x'):
            with self.subTest(contact=contact):
                page = html.fromstring(self.tell(contact).text)

                self.assertEqual(page.get_element_by_id('o_sberbank_contact').get('value'), contact)
                self.assertTrue(page.xpath('//*[@role="alert"][normalize-space()]'))
                self.assertTrue(self.tx._sberbank_lacks_contact())

    def test_a_stranger_writes_nothing_into_the_customer_s_record(self):
        self.tell('stranger@home.example')

        self.assertFalse(self.guest.email)

    def test_the_partner_of_all_visitors_keeps_nothing(self):
        everybody = self.env.ref('base.public_user').partner_id
        everybody.email = False

        self.tell('stranger@home.example', self.create_new_tx(100, partner=everybody))

        self.assertFalse(everybody.email)

    def test_the_customer_keeps_what_they_entered(self):
        user = self.create_portal_user('guest', self.guest)
        self.guest.email = False
        self.authenticate('guest', 'guest')

        self.tell('guest@home.example')

        self.assertEqual(self.guest.email, 'guest@home.example')
        self.assertEqual(user.partner_id, self.guest)

    def test_it_takes_the_payment_s_own_token(self):
        self.assertEqual(self.tell('a@home.example', access_token='wrong').status_code, 404)
        self.assertFalse(self.tx.partner_email)

    def test_what_was_told_once_is_not_told_otherwise(self):
        self.tell('guest@home.example')
        self.tell('other@home.example')

        self.assertEqual(self.tx.partner_email, 'guest@home.example')

    def test_nobody_is_asked_where_no_receipt_is_sent(self):
        self.provider.sberbank_receipts = 'off'

        self.assertEqual(self.visit(self.tx).headers['Location'], self.tx.sberbank_form_url)


class TestBuyer(ReceiptsCommon):
    def buyer(self, **values):
        partner = self.env['res.partner'].create({'name': 'ООО «Ромашка»', **values})
        return self.begin(amount=100, partner=partner)._sberbank_get_buyer()

    def test_a_company_is_named_with_its_number(self):
        company = {'is_company': True, 'email': 'a@home.example'}
        named = {'email': 'a@home.example', 'name': 'ООО "Ромашка"', 'inn': INN}
        for vat in (INN, f'{INN}/770701001', f'RU{INN}'):
            with self.subTest(vat=vat):
                self.assertEqual(self.buyer(vat=vat, **company), named)

    def test_a_person_s_number_is_nobody_s_business(self):
        self.assertEqual(self.buyer(vat=INN, email='a@home.example'), {'email': 'a@home.example'})

    def test_a_wrong_number_is_left_out_with_a_warning(self):
        with self.assertLogs(
            'odoo.addons.payment_sberbank.models.payment_transaction_receipt_buyer', 'WARNING'
        ):
            buyer = self.buyer(vat='7707083894', is_company=True, phone='+7 900 123 45 67')

        self.assertEqual(buyer, {'phone': '+79001234567'})

    def test_a_long_email_is_left_for_a_telephone(self):
        contact = {'email': f'{"x" * 60}@home.example', 'phone': '8-900-123-45-67'}

        self.assertEqual(self.buyer(**contact), {'phone': '+79001234567'})

    def test_nobody_to_send_it_to_is_a_refusal(self):
        tx = self.begin(amount=100, partner=self.env['res.partner'].create({'name': 'Nobody'}))

        with self.assertRaisesRegex(ValidationError, 'e-mail or telephone'):
            tx._sberbank_get_receipt()


class TestPreview(ReceiptsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.create_user(
            'reader', 'base.group_user', 'account.group_account_invoice'
        )

    def preview(self, invoice):
        wizard = self.env['sberbank.receipt.preview'].with_user(self.accountant)
        return wizard.create({'invoice_id': invoice.id})

    def test_an_open_invoice_in_words_and_as_it_is_sent(self):
        preview = self.preview(self.issue_example())

        words = html.fromstring(preview.receipt).text_content()
        self.assertIn('Кружка', words)
        self.assertIn('full prepayment', words)
        self.assertIn('22/122 %', words)
        self.assertIn('2,159.99', words)
        sent = json.loads(preview.content)
        self.assertEqual(len(sent['orderBundle']['cartItems']['items']), 4)
        self.assertFalse(preview.warning_message)

    def test_what_stands_in_the_way_is_told(self):
        tax = self.create_tax(18)
        for invoice, reason in (
            (self.issue(self.line('Кружка', 1, 100, tax)), tax.name),
            (
                self.issue(
                    self.line('Кружка', 1, 100, self.vat22),
                    partner=self.env['res.partner'].create({'name': 'Nobody'}),
                ),
                'will be asked',
            ),
        ):
            with self.subTest(reason=reason):
                preview = self.preview(invoice)

                self.assertIn(reason, preview.warning_message)
                self.assertFalse(preview.content)

    def test_a_company_with_a_wrong_number_is_told_of(self):
        self.customer.write({'is_company': True, 'vat': '7707083894'})

        preview = self.preview(self.issue_example())

        self.assertIn('check digits', preview.warning_message)
        self.assertTrue(preview.content)

    def test_where_receipts_are_off_it_says_so(self):
        self.provider.sberbank_receipts = 'off'

        self.assertIn('No payment provider', self.preview(self.issue_example()).warning_message)
