"""A customer who pays, from the portal to the bank and back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import html

from dev.demo.shop import DemoCustomer
from dev.odoo.session import Page, Session

#: The card among the payment form's options.
CARD = 'input[data-provider-code=sberbank][data-payment-method-code=card]'


class Payer:
    """A customer, logged in to the shop's portal.

    :param odoo_url: where the shop is
    :param customer: who it is
    """

    def __init__(self, odoo_url: str, customer: DemoCustomer):
        self._session = Session(odoo_url).log_in(customer.login, customer.password)

    def choose_sberbank(self, invoice_id: int) -> Page:
        """Open an invoice, choose Sberbank and return the bank's page that comes.

        :raise LookupError: the invoice can't be paid through Sberbank
        """
        return self.go_to_bank(self._session.open(f'/my/invoices/{invoice_id}'))

    def go_to_bank(self, page: Page) -> Page:
        """Choose Sberbank's card on a page that has a payment form; return the bank's page.

        :raise LookupError: it can't be paid through Sberbank
        """
        form = page.one('#o_payment_form')
        option = page.one(CARD)
        route = form.get('data-transaction-route')
        processing = self._session.call(route, _transaction(form, option))
        # As the payment form's script does: the form that leads to the provider is sent at once.
        redirect = html.fragment_fromstring(processing['redirect_form_html'], create_parent='div')
        return self._session.submit(page, redirect.find('.//form'))

    def top_up(self, amount: str) -> Page:
        """Type in an amount to put on the account and return the bank's page that comes."""
        page = self._session.open('/my/top-up')
        return self._session.submit(page, page.one('.o_sberbank_top_up_form'), amount=amount)

    def pay_by_card(self, page: Page, card: dict[str, str]) -> Page:
        """Type in a card, then the code if the issuer asks for one, and go back to the shop.

        :param card: `pan`, `expiry`, `cvc`, and `acs_code` if the issuer asks for one
        :return: the shop's page
        """
        page = self.type_card(page, card)
        if card.get('acs_code'):
            page = self._session.submit(page, page.one('form'), code=card['acs_code'])
        return self._session.follow(page, '#return')

    def type_card(self, page: Page, card: dict[str, str]) -> Page:
        """Type in a card and return the bank's page that comes."""
        fields = {name: card[name] for name in ('pan', 'expiry', 'cvc')}
        return self._session.submit(page, page.one('#card-form'), **fields)


def order_id(page: Page) -> str:
    """Return the bank's id of the order that a payment page is for."""
    (found,) = parse_qs(urlsplit(page.url).query)['mdOrder']
    return found


def _transaction(form: html.FormElement, option: html.InputElement) -> dict[str, Any]:
    """Return what the payment form sends to Odoo when its button is pressed."""
    return {
        'provider_id': int(option.get('data-provider-id')),
        'payment_method_id': int(option.get('data-payment-option-id')),
        'token_id': None,
        'amount': float(form.get('data-amount')),
        'flow': 'redirect',
        'tokenization_requested': False,
        'landing_route': form.get('data-landing-route'),
        'is_validation': False,
        'access_token': form.get('data-access-token'),
    }
