"""The shop's pages with a payment form, as a browser uses them."""

from dataclasses import dataclass
from typing import Any

import requests
from lxml import html

from dev.audit.patience import GaveUp
from dev.odoo.session import Session


@dataclass(frozen=True)
class Method:
    """A payment method of a provider, by their ids in Odoo."""

    provider_id: int
    id: int


def open_form(session: Session, url: str) -> html.HtmlElement:
    """Open a page and return its payment form.

    :raise GaveUp: the page has none
    """
    found = session.open(url).document.cssselect('#o_payment_form')
    if not found:
        raise GaveUp(f'{"/".join(url.split("/")[:3])}: nothing to pay')
    return found[0]


def choose(session: Session, form: html.HtmlElement, method: Method) -> str:
    """Choose a payment method of a form, and return where that leads.

    :raise GaveUp: the method is not there
    :raise OdooError: Odoo answers with an error
    """
    option = f'input[name=o_payment_radio][data-provider-id="{method.provider_id}"]'
    if not form.cssselect(option):
        raise GaveUp('the provider is not offered')
    return post(session, form, method)


def post(
    session: Session, form: html.HtmlElement, method: Method, *, keep_card: bool = False
) -> str:
    """Do what the form's script does for a method, offered or not, and return where that leads.

    :param keep_card: whether the box is ticked that saves the card

    :raise OdooError: Odoo answers with an error
    """
    return address_of(begin(session, form, method, keep_card=keep_card))


def begin(
    session: Session, form: html.HtmlElement, method: Method, *, keep_card: bool = False
) -> html.FormElement:
    """Begin a payment by a method, offered or not, and return the form that leads to its provider.

    :raise OdooError: Odoo answers with an error
    """
    shown = form.attrib
    values = session.call(
        shown['data-transaction-route'],
        {
            'provider_id': method.provider_id,
            'payment_method_id': method.id,
            'token_id': None,
            'amount': float(shown['data-amount']),
            'flow': 'redirect',
            'tokenization_requested': keep_card,
            'landing_route': shown['data-landing-route'],
            'is_validation': False,
            **_document(shown),
        },
    )
    return html.fragment_fromstring(values['redirect_form_html'])


def _document(form: Any) -> dict[str, Any]:
    """Return what the form's script sends to show which invoices may be paid."""
    if form['data-transaction-route'] == '/invoice/transaction/overdue':
        return {'payment_reference': form.get('data-reference-prefix') or ''}
    return {'access_token': form.get('data-access-token')}


def address_of(form: html.FormElement) -> str:
    """Return where a form of ours leads that is sent by GET."""
    request = requests.Request('GET', form.action, params=form.form_values())
    # A relative address: `requests` prepares absolute ones only.
    request.url = f'http://localhost{form.action}'
    return request.prepare().path_url
