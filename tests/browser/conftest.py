"""A live shop for the browser tests: Odoo as a process, with its scheduled jobs, and the bank."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dev.odoo import database
from dev.odoo.server import odoo_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dev.bank.process import BankProcess

    from .shop import VisitedShop
    from .visitor import Visitor


#: Whether a test's own part has failed, by the time its fixtures end.
HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether the test has failed."""
    report = yield
    if report.when == 'call':
        item.stash[HAS_FAILED] = report.failed
    return report


@pytest.fixture(scope='session')
def shop(bank: 'BankProcess', browser: 'Browser') -> Iterator['VisitedShop']:
    """A running Odoo with the addon, a Russian company, and contracts with the bank.

    What it sells and to whom, each test says for itself.
    """
    from .shop import VisitedShop

    with database.scratch('browser') as name, odoo_server(name) as server:
        yield VisitedShop(server, bank)


@pytest.fixture
def visit(
    shop: 'VisitedShop', browser: 'Browser', screenshots: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., 'Visitor']]:
    """Return a function that lets somebody visit the shop; it takes their screen and locale.

    The test fails at its end when a page of the shop has reported an error.
    """
    from .visitor import DESKTOP, Album, Visitor

    album = Album(screenshots, request.node.name)
    visitors: list[Visitor] = []

    def come(*, screen: dict[str, Any] = DESKTOP, locale: str = 'en-US') -> Visitor:
        visitor = Visitor(browser, shop.url, screen=screen, locale=locale, album=album)
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        if request.node.stash.get(HAS_FAILED, False) and not visitor.page.is_closed():
            visitor.photograph_failure()
        visitor.close()
    errors = [error for visitor in visitors for error in visitor.errors]
    assert not errors, '\n'.join(errors)
