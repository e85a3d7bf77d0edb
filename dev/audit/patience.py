"""A person at a web browser who reloads a page that does not come."""

import time
from collections.abc import Callable
from string import digits
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html

from dev.audit.witness import Witness

#: Seconds to wait for an answer; longer than Odoo waits for the bank.
TIMEOUT = 60
#: How often a page is asked for before the person gives up.
TRIES = 6
#: Seconds between two looks at something that is waited for.
LOOK_EVERY = 0.2


class GaveUp(Exception):
    """The person could not go on, and left. No money has moved by that."""


class Browser:
    """Cookies and pages of one person.

    :param odoo_url: where the shop is
    :param witness: who writes down the errors that people see
    """

    def __init__(self, odoo_url: str, witness: Witness):
        self.odoo_url = odoo_url
        self._witness = witness
        self._session = requests.Session()
        self._session.trust_env = False

    def open(
        self, url: str, *, method: str = 'GET', follow: bool = False, **content: Any
    ) -> requests.Response:
        """Ask for a page, again if the server fails.

        :param follow: whether to go where the answer leads, as long as that is in the shop
        :raise GaveUp: the page does not come
        """
        url = urljoin(self.odoo_url, url)
        for _try in range(TRIES):
            try:
                response = self._session.request(
                    method, url, timeout=TIMEOUT, allow_redirects=False, **content
                )
            except requests.RequestException as error:
                self._witness.saw(url, type(error).__name__)
            else:
                if not self._is_failure(response):
                    onwards = urljoin(url, response.headers.get('Location', ''))
                    if follow and response.is_redirect and onwards.startswith(self.odoo_url):
                        return self.open(onwards, follow=True)
                    return response
                self._witness.saw(url, str(response.status_code))
            wait_until(lambda: is_healthy(self.odoo_url), limit=TIMEOUT)
        raise GaveUp(f'{method} {url}')

    def page(self, url: str) -> html.HtmlElement:
        """Ask for a page and read it.

        :raise GaveUp: the page does not come
        """
        response = self.open(url, follow=True)
        if response.status_code != 200:
            raise GaveUp(f'{response.status_code} from {urlsplit(url).path.rstrip(digits)}')
        return html.fromstring(response.content, base_url=url)

    def call(self, route: str, params: dict[str, Any]) -> Any:
        """Call a JSON-RPC route as a page's script does.

        :raise GaveUp: no answer comes
        :raise OdooError: Odoo answers with an error
        """
        body = {'jsonrpc': '2.0', 'method': 'call', 'params': params}
        for _try in range(TRIES):
            response = self.open(route, method='POST', json=body)
            if response.status_code != 200:
                raise GaveUp(f'{response.status_code} from {route.rstrip(digits)}')
            answer = response.json()
            if 'error' not in answer:
                return answer.get('result')
            error = OdooError(answer['error']['data'])
            if not error.is_failure:
                raise error
            self._witness.saw(route, error.name)
            wait_until(lambda: is_healthy(self.odoo_url), limit=TIMEOUT)
        raise error

    def log_in(self, login: str, password: str, database: str) -> None:
        """Log in to Odoo."""
        self.call(
            '/web/session/authenticate',
            {'db': database, 'login': login, 'password': password},
        )

    def tab(self) -> 'Browser':
        """Return another tab of this browser, to be used at the same time."""
        tab = Browser(self.odoo_url, self._witness)
        tab._session.cookies.update(self._session.cookies)
        return tab

    def _is_failure(self, response: requests.Response) -> bool:
        # Without its database, Odoo knows no page.
        is_lost = response.status_code == 404 and self._witness.is_in_trouble
        return is_lost or response.status_code >= 500


class OdooError(Exception):
    """What Odoo answers instead of a result."""

    def __init__(self, data: dict[str, Any]):
        super().__init__(data['message'] or data['name'])
        self.name: str = data['name']

    @property
    def is_failure(self) -> bool:
        """Whether it is no answer to what was asked: Odoo has lost its database."""
        return self.name.startswith('psycopg2.')


def is_healthy(odoo_url: str) -> bool:
    """Tell whether Odoo answers, and its database too."""
    try:
        return requests.get(f'{odoo_url}/web/health?db_server_status=1', timeout=TIMEOUT).ok
    except requests.RequestException:
        return False


def wait_until(
    condition: Callable[[], bool], *, limit: float, look_every: float = LOOK_EVERY
) -> bool:
    """Wait for a condition and tell whether it came true.

    :param limit: seconds to wait at most
    :param look_every: seconds between two looks
    """
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(look_every)
    return True
