"""A customer who pays, from the portal to the bank and back."""

from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import html

from dev.demo.shop import Customer
from dev.demo.web import Page, log_in


class Payer:
    """A customer with a browser, logged in to the shop's portal.

    :param odoo_url: where the shop is
    :param customer: who it is
    """

    def __init__(self, odoo_url: str, customer: Customer):
        self._odoo_url = odoo_url
        self._browser = log_in(odoo_url, customer.login, customer.password)

    def choose_sberbank(self, invoice_id: int) -> Page:
        """Open an invoice, choose Sberbank and return the bank's page that comes.

        :raise LookupError: the invoice can't be paid through Sberbank
        """
        invoice = self._browser.open(f'{self._odoo_url}/my/invoices/{invoice_id}')
        form = invoice.one('#o_payment_form')
        option = invoice.one('input[name=o_payment_radio][data-provider-code=sberbank]')
        url = urljoin(self._odoo_url, form.get('data-transaction-route'))
        processing = self._browser.call(url, _transaction(form, option))
        # As the payment form's script does: the form that leads to the provider is sent at once.
        redirect = html.fragment_fromstring(processing['redirect_form_html'], create_parent='div')
        return self._browser.submit(invoice, redirect.find('.//form'))

    def top_up(self, amount: str) -> Page:
        """Type in an amount to put on the account and return the bank's page that comes."""
        page = self._browser.open(f'{self._odoo_url}/my/top-up')
        return self._browser.submit(page, page.one('.o_sberbank_top_up_form'), amount=amount)

    def pay_by_card(self, page: Page, card: dict[str, str]) -> Page:
        """Type in a card, then the code if the issuer asks for one, and go back to the shop.

        :param card: `pan`, `expiry`, `cvc`, and `acs_code` if the issuer asks for one
        :return: the shop's page
        """
        fields = {name: card[name] for name in ('pan', 'expiry', 'cvc')}
        page = self._browser.submit(page, page.one('#card-form'), **fields)
        if card.get('acs_code'):
            page = self._browser.submit(page, page.one('form'), code=card['acs_code'])
        return self._browser.follow(page, '#return')


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
