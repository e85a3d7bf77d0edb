"""A browser window of somebody, and a camera before it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from dev.env.folders import BUILD
from dev.odoo.back_office import Account
from dev.odoo.login_form import log_in
from dev.screenshots import album

SCREENS: dict[str, dict[str, Any]] = {
    'desktop': {'viewport': {'width': 1280, 'height': 860}},
    'phone': {
        'viewport': {'width': 390, 'height': 844},
        'device_scale_factor': 1.5,
        'is_mobile': True,
        'has_touch': True,
    },
}
#: Milliseconds. The first page of a fresh database has its scripts and styles built.
PATIENCE = 60_000
#: What is another one at each run, and tells nothing: the day, and the ports of this machine.
#: Everything else stands on the picture as it stands on the screen.
STEADY = r"""([shop, bank]) => {
    const rules = [
        [/\b\d{2}\.\d{2}\.20\d{2}\b/g, '15.09.2026'],
        [/\b\d{2}\/\d{2}\/20\d{2}\b/g, '09/15/2026'],
        [/\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}\b/g, 'Sep 15'],
        [/\b\d{1,2} (янв|февр|мар|апр|мая|июн|июл|авг|сент|окт|нояб|дек)[а-я]*\.?/g, '15 сент.'],
        [/\b\d{1,2}:\d{2}:\d{2}\b/g, '12:30:00'],
        [/(?<![:\d])\d{1,2}:\d{2}(?= ?[AP]M| ?$)/g, '12:30'],
        [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
         '5f1c7a52-9d0b-7a63-8f2e-41b6c0d8e9a7'],
        [new RegExp(shop, 'g'), 'https://shop.romashka.example'],
        [new RegExp(bank, 'g'), 'https://bank.example'],
        [/\b127\.0\.0\.1\b/g, 'bank.example'],
    ];
    const steady = text => rules.reduce((result, rule) => result.replace(...rule), text);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = steady(walker.currentNode.data);
        if (text !== walker.currentNode.data) walker.currentNode.data = text;
    }
    for (const field of document.querySelectorAll('input, textarea')) {
        const text = steady(field.value);
        if (text !== field.value) field.value = text;
    }
}"""
FONTS = 'document.fonts.ready.then(() => true)'


class Camera:
    """Somebody's browser window.

    :param browser: the program
    :param shop_url: where the shop is
    :param bank_url: where the bank is
    :param language: `en` or `ru`
    :param screen: a key of `SCREENS`
    :param folder: where the pictures go
    """

    def __init__(
        self,
        browser: Browser,
        *,
        shop_url: str,
        bank_url: str,
        language: str,
        screen: str,
        folder: Path,
    ):
        self._shop_url = shop_url
        self._hosts = [shop_url, bank_url]
        self._language = language
        self.screen = screen
        self._folder = folder
        locale = {'en': 'en-US', 'ru': 'ru-RU'}[language]
        self._context = browser.new_context(
            **SCREENS[screen], locale=locale, timezone_id='Europe/Moscow'
        )
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()

    def __enter__(self) -> 'Camera':
        return self

    def __exit__(self, exception: type[BaseException] | None, *_details):
        if exception:
            BUILD.mkdir(exist_ok=True)
            self.page.screenshot(path=BUILD / f'screenshots-{self._language}-failed.png')
        self._context.close()

    def open(self, path: str) -> None:
        """Go to a page of the shop."""
        self.page.goto(f'{self._shop_url}{path}')

    def log_in(self, account: Account) -> None:
        """Log in where the shop asks for it, and be where one wanted to go."""
        log_in(self.page, account)

    def one(self, selector: str) -> Locator:
        """Return the first element that is to be seen, once there is one."""
        element = self.page.locator(f'{selector} >> visible=true').first
        element.wait_for()
        return element

    def size(self, *, height: int, width: int = 0) -> None:
        """Make the window of a desk as high, and as wide, as what is to be seen."""
        if self.screen == 'desktop':
            width = width or SCREENS['desktop']['viewport']['width']
            self.page.set_viewport_size({'width': width, 'height': height})

    def take(self, subject: str) -> None:
        """Take a picture of what is in the window."""
        for frame in self.page.frames:
            frame.wait_for_load_state()
            frame.evaluate(FONTS)
            frame.evaluate(STEADY, self._hosts)
        picture = self.page.screenshot(animations='disabled', caret='hide')
        name = album.file_name(self._language, self.screen, subject)
        album.save(picture, self._folder / name)
