"""A person at a web browser, as far as pages with links and forms go."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

TIMEOUT = 60


@dataclass(frozen=True)
class Page:
    """A page that was answered."""

    url: str
    document: html.HtmlElement

    def one(self, selector: str) -> html.HtmlElement:
        """Return the first element that the CSS `selector` matches.

        :raise LookupError: the page has no such element
        """
        for element in self.document.cssselect(selector):
            return element
        text = ' '.join(self.document.text_content().split())
        raise LookupError(f'{self.url} has no {selector}: {text[:400]}')


class Browser:
    """Cookies, links, forms. It runs no script."""

    def __init__(self):
        self._session = requests.Session()

    def open(self, url: str, *, method: str = 'GET', **content: Any) -> Page:
        """Go to an address.

        :param content: for :meth:`requests.Session.request`
        :raise requests.HTTPError: the answer is an error
        """
        response = self._session.request(method, url, timeout=TIMEOUT, **content)
        response.raise_for_status()
        return Page(response.url, html.fromstring(response.content))

    def follow(self, page: Page, selector: str) -> Page:
        """Follow the link that `selector` matches."""
        return self.open(urljoin(page.url, page.one(selector).get('href')))

    def submit(self, page: Page, form: html.FormElement, **fields: str) -> Page:
        """Fill in `fields` of a form of `page`, send it, and return the page that comes."""
        for name, value in fields.items():
            form.fields[name] = value
        url = urljoin(page.url, form.get('action') or page.url)
        content = {'params' if form.method == 'GET' else 'data': form.form_values()}
        return self.open(url, method=form.method, **content)

    def call(self, url: str, params: dict[str, Any]) -> Any:
        """Call a JSON-RPC route of Odoo as its pages do.

        :raise RuntimeError: Odoo answers with an error; the text is Odoo's
        """
        body = {'jsonrpc': '2.0', 'method': 'call', 'params': params}
        response = self._session.post(url, json=body, timeout=TIMEOUT)
        response.raise_for_status()
        answer = response.json()
        if 'error' in answer:
            raise RuntimeError(answer['error']['data']['message'])
        return answer['result']


def log_in(odoo_url: str, login: str, password: str) -> Browser:
    """Return a browser in which somebody has logged in to Odoo.

    :raise RuntimeError: Odoo does not accept the password
    """
    browser = Browser()
    page = browser.open(f'{odoo_url}/web/login')
    page = browser.submit(page, page.one('.oe_login_form'), login=login, password=password)
    if page.document.cssselect('.oe_login_form'):
        raise RuntimeError(f'Odoo does not let {login} in.')
    return browser
