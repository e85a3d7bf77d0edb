"""A person's web session at Odoo: cookies, pages, forms, and the calls that a page's script makes.

The demo, the audit and the tests all use this one. It runs no script.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

#: Seconds to wait for an answer; longer than Odoo waits for the bank.
TIMEOUT = 60
MOST_REDIRECTIONS = 10
#: Where each method's fields go.
CONTENT = {'GET': 'params', 'POST': 'data'}


class OdooError(Exception):
    """What Odoo answers instead of a result.

    :param data: the error as Odoo describes it
    """

    def __init__(self, data: dict[str, Any]):
        super().__init__(data['message'] or data['name'])
        self.name: str = data['name']


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


class Session:
    """The cookies of one person.

    :param odoo_url: where Odoo is; addresses may be given relative to it
    """

    def __init__(self, odoo_url: str):
        self.odoo_url = odoo_url
        self._http = requests.Session()
        self._http.trust_env = False

    def log_in(self, login: str, password: str) -> 'Session':
        """Log in to Odoo, and return the session.

        :raise PermissionError: Odoo does not accept the password
        """
        form = self.open('/web/login').one('.oe_login_form')
        form.fields.update(login=login, password=password)
        if not self.send('/web/login', method='POST', data=form.form_values()).is_redirect:
            raise PermissionError(f'Odoo does not let {login} in.')
        return self

    def send(self, url: str, *, method: str = 'GET', **content: Any) -> requests.Response:
        """Send one request and return the answer, whatever it is.

        :param content: for :meth:`requests.Session.request`
        """
        url = urljoin(self.odoo_url, url)
        return self._http.request(method, url, timeout=TIMEOUT, allow_redirects=False, **content)

    def visit(self, url: str, *, abroad: bool = True, **content: Any) -> requests.Response:
        """Go where an address leads in the end, and return the last answer.

        :param abroad: whether redirections are followed out of Odoo, for example to the bank
        :param content: for :meth:`send`
        """
        response = self.send(url, **content)
        for _redirection in range(MOST_REDIRECTIONS):
            onwards = urljoin(response.url, response.headers.get('Location', ''))
            if not response.is_redirect or not (abroad or onwards.startswith(self.odoo_url)):
                return response
            response = self.send(onwards)
        raise requests.TooManyRedirects(url)

    def open(self, url: str, **content: Any) -> Page:
        """Open a page.

        :param content: for :meth:`send`
        :raise requests.HTTPError: the answer is an error
        """
        response = self.visit(url, **content)
        response.raise_for_status()
        return Page(response.url, html.fromstring(response.content))

    def follow(self, page: Page, selector: str) -> Page:
        """Follow the link that `selector` matches."""
        return self.open(urljoin(page.url, page.one(selector).get('href')))

    def submit(self, page: Page, form: html.FormElement, **fields: str) -> Page:
        """Fill in `fields` of a form of `page`, send it, and return the page that comes."""
        form.fields.update(fields)
        url = urljoin(page.url, form.get('action') or page.url)
        return self.open(url, method=form.method, **{CONTENT[form.method]: form.form_values()})

    def call(self, route: str, params: dict[str, Any]) -> Any:
        """Call a JSON-RPC route.

        :raise OdooError: Odoo answers with an error
        """
        body = {'jsonrpc': '2.0', 'method': 'call', 'params': params}
        response = self.send(route, method='POST', json=body)
        response.raise_for_status()
        answer = response.json()
        if 'error' in answer:
            raise OdooError(answer['error']['data'])
        return answer.get('result')
