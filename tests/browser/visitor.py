"""Somebody at a web browser of their own."""

import itertools
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, WebError

from dev.odoo.back_office import Account
from dev.odoo.login_form import log_in

DESKTOP: dict[str, Any] = {'viewport': {'width': 1280, 'height': 900}}
PHONE: dict[str, Any] = {
    'viewport': {'width': 390, 'height': 844},
    'device_scale_factor': 2,
    'is_mobile': True,
    'has_touch': True,
}
#: Milliseconds. The first page of a fresh database has its scripts and styles built.
PATIENCE = 45_000
#: Says that a video filter is missing, which Debian leaves out of Odoo.
MISSING_IN_DEBIAN = 'selfie_segmentation'
#: How far the widest thing on a page sticks out of the window.
OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

#: Tells of each click, before anything comes of it.
TELL_CLICKS = """
    addEventListener('pointerdown', (event) => event.isTrusted && tellClick(), true);
"""


class Album:
    """Where the pictures of one test go, in their order.

    :param folder: the folder of all pictures
    :param test_name: the test
    """

    def __init__(self, folder: Path, test_name: str):
        self._folder = folder
        self._title = re.sub(r'[^\w-]+', '-', test_name.removeprefix('test_')).strip('-')
        self._numbers = itertools.count(1)

    def next_path(self, name: str) -> Path:
        """Return the path for the next picture, of the page `name`."""
        return self._folder / f'{self._title}-{next(self._numbers):02}-{name}.png'


class Visitor:
    """A person with a browser window, its cookies, and a camera.

    :param browser: the program
    :param shop_url: where the shop is
    :param screen: `DESKTOP` or `PHONE`
    :param locale: the language of the browser, for example `ru-RU`
    :param album: where the pictures go
    """

    def __init__(
        self, browser: Browser, shop_url: str, *, screen: dict[str, Any], locale: str, album: Album
    ):
        self.shop_url = shop_url
        #: What went wrong in the shop's pages, for the end of the test.
        self.errors: list[str] = []
        self._album = album
        self._context = browser.new_context(**screen, locale=locale, timezone_id='Europe/Moscow')
        self._context.set_default_timeout(PATIENCE)
        self._context.on('console', self._hear)
        self._context.on('weberror', self._note)
        self.page: Page = self._context.new_page()
        #: How often the mouse was clicked, if that is counted.
        self.clicks = 0

    def count_clicks(self) -> None:
        """Count clicks from the next page on. Fields are gone to by the Tab key."""
        self._context.expose_function('tellClick', self._click)
        self._context.add_init_script(TELL_CLICKS)

    def close(self) -> None:
        """Leave, and throw the cookies away."""
        self._context.close()

    def open(self, address: str) -> None:
        """Go to a path in the shop, or to a whole address."""
        self.page.goto(address if '://' in address else f'{self.shop_url}{address}')

    def log_in(self, account: Account) -> None:
        """Log in where the shop asks for it, and be where one wanted to go."""
        log_in(self.page, account)

    def allow_clipboard(self) -> None:
        """Let the shop's pages use the clipboard."""
        self._context.grant_permissions(['clipboard-read', 'clipboard-write'], origin=self.shop_url)

    def photograph(self, name: str) -> None:
        """Keep a picture of the page, and see that nothing of it sticks out of the window."""
        path = self._take_picture(name)
        overflow = self.page.evaluate(OVERFLOW)
        assert overflow <= 0, f'{name}: {overflow} pixels stick out of the window, see {path}'

    def photograph_failure(self) -> None:
        """Keep a picture of where the test has failed."""
        self._take_picture('FAILED')

    def _take_picture(self, name: str) -> Path:
        path = self._album.next_path(name)
        self.page.screenshot(path=path, full_page=True, animations='disabled')
        return path

    def _click(self) -> None:
        self.clicks += 1

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location['url']
        if message.type != 'error' or not self._is_shop(url) or MISSING_IN_DEBIAN in message.text:
            return
        self.errors.append(f'{url}: {message.text}')

    def _note(self, error: WebError) -> None:
        page = error.page
        if page is None or self._is_shop(page.url):
            self.errors.append(str(error.error))

    def _is_shop(self, url: str) -> bool:
        return urlsplit(url).netloc in ('', urlsplit(self.shop_url).netloc)
