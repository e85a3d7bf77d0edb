"""A person who reloads a page that does not come: a thin layer over the one web session."""

from string import digits
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from dev.audit.witness import Witness
from dev.env.waiting import wait_until
from dev.odoo.server import is_healthy
from dev.odoo.session import TIMEOUT, OdooError, Page, Session

#: How often a page is asked for before the person gives up.
TRIES = 6


class GaveUp(Exception):
    """The person could not go on, and left. No money has moved by that."""


class PatientSession(Session):
    """A session in which every request is made again if the server fails.

    :param odoo_url: where the shop is
    :param witness: who writes down the errors that people see
    """

    def __init__(self, odoo_url: str, witness: Witness):
        super().__init__(odoo_url)
        self._witness = witness

    def send(self, url: str, *, method: str = 'GET', **content: Any) -> requests.Response:
        """Send a request, again if the server fails.

        :raise GaveUp: the page does not come
        """
        url = urljoin(self.odoo_url, url)
        for _try in range(TRIES):
            try:
                response = super().send(url, method=method, **content)
            except requests.RequestException as error:
                self._wait_for_server(url, type(error).__name__)
                continue
            if not self._is_failure(response):
                return response
            self._wait_for_server(url, str(response.status_code))
        raise GaveUp(f'{method} {url}')

    def open(self, url: str, **content: Any) -> Page:
        """Open a page.

        :raise GaveUp: the page does not come
        """
        try:
            return super().open(url, **content)
        except requests.HTTPError as error:
            raise _disappointed(error) from error

    def call(self, route: str, params: dict[str, Any]) -> Any:
        """Call a JSON-RPC route.

        :raise GaveUp: no answer comes
        :raise OdooError: Odoo answers with an error
        """
        for _try in range(TRIES):
            try:
                return super().call(route, params)
            except requests.HTTPError as error:
                raise _disappointed(error) from error
            except OdooError as error:
                # Odoo has lost its database: that is no answer to what was asked.
                if not error.name.startswith('psycopg2.'):
                    raise
                failure = error
            self._wait_for_server(route, failure.name)
        raise failure

    def tab(self) -> 'PatientSession':
        """Return another tab of this browser, to be used at the same time."""
        tab = PatientSession(self.odoo_url, self._witness)
        tab._http.cookies.update(self._http.cookies)
        return tab

    def _is_failure(self, response: requests.Response) -> bool:
        # Without its database, Odoo knows no page.
        is_lost = response.status_code == 404 and self._witness.is_in_trouble
        return is_lost or response.status_code >= 500

    def _wait_for_server(self, url: str, answer: str) -> None:
        self._witness.saw(url, answer)
        wait_until(lambda: is_healthy(self.odoo_url), limit=TIMEOUT)


def _disappointed(error: requests.HTTPError) -> GaveUp:
    path = urlsplit(error.response.url).path.rstrip(digits)
    return GaveUp(f'{error.response.status_code} from {path}')
