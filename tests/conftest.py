"""What the tests of every folder may ask for: the bank, visitors, a place for their pictures."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from dev.env.folders import BUILD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dev.bank.process import BankProcess

    from .browser.shop import VisitedShop
    from .browser.visitor import Visitor

CHROMIUM_ARGUMENTS = (
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
)


#: Whether a test's own part has failed, by the time its fixtures end.
HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Let no file of tests pass for green while none of its tests is found."""
    report = yield
    if isinstance(collector, pytest.Module) and report.passed and not report.result:
        report.outcome = 'failed'
        report.longrepr = f'{collector.nodeid} holds no test that pytest finds.'
    return report


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
def lasting_children() -> Iterator[None]:
    """Let child processes live on; Odoo's test cases would end them all after each class."""
    with mock.patch('psutil.Process.children', return_value=[]):
        yield


@pytest.fixture(scope='session')
def bank(lasting_children) -> Iterator['BankProcess']:
    """The stand-in bank, running as a process of its own."""
    from dev.bank.process import BankProcess

    with BankProcess(local_shops=True) as process:
        yield process


@pytest.fixture(scope='session')
def browser(lasting_children) -> Iterator['Browser']:
    """A Chromium under Playwright; without one the test is skipped, or fails where CI is set."""
    if not (path := os.environ.get('CHROMIUM')):
        _without_browser('Chromium is missing: install it, or name one in CHROMIUM.')
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope='session')
def screenshots() -> Path:
    """The folder for pictures of pages; they are looked at, not compared."""
    folder = BUILD / 'screenshots'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visit(
    shop: 'VisitedShop', browser: 'Browser', screenshots: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., 'Visitor']]:
    """Return a function that lets somebody visit the shop; it takes their screen and locale.

    The test fails at its end when a page of the shop has reported an error.
    """
    from .browser.visitor import DESKTOP, Album, Visitor

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


def _without_browser(reason: str) -> None:
    if os.environ.get('CI'):
        pytest.fail(reason)
    pytest.skip(reason)
