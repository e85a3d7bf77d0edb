"""The pictures of the addon's description: real screens of a real Odoo, and of nothing else."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dev.bank.process import BankProcess
from dev.env import chromium, postgres
from dev.env.progress import Problem, say, step
from dev.odoo import command, database, source
from dev.odoo.server import odoo_server
from dev.screenshots import album, story
from dev.screenshots.shop import PicturedShop
from dev.screenshots.words import WORDS, Words

CHROMIUM_ARGUMENTS = ('--no-sandbox', '--disable-gpu', '--font-render-hinting=none')


def run(_arguments: list[str]) -> int:
    """Take all pictures anew; the committed ones are replaced once each of them is there."""
    source.ensure()
    with tempfile.TemporaryDirectory() as folder:
        with postgres.server(), _chromium() as browser:
            for words in WORDS:
                with step(f'pictures: {words.language}'):
                    _take(browser, words, Path(folder))
        album.replace(Path(folder))
    say(f'{len(album.names())} pictures, {album.size() // 1024} KiB: {album.FOLDER}')
    return 0


def _take(browser: Browser, words: Words, folder: Path) -> None:
    """Let everything happen in one language, in a database that knows nothing of the other."""
    with (
        database.scratch('screenshots') as name,
        BankProcess(local_shops=True, log_path=command.log_file('screenshots-bank')) as bank,
        odoo_server(name) as server,
    ):
        story.tell(browser, PicturedShop(server, bank, words), folder)


@contextmanager
def _chromium() -> Iterator[Browser]:
    if not (path := chromium.ensure()):
        raise Problem('There are no pictures without Chromium.')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()
