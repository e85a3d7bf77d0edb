"""A live shop for the browser tests: Odoo as a process, with its scheduled jobs, and the bank."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from dev.odoo import database
from dev.odoo.server import odoo_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dev.bank.process import BankProcess

    from .shop import VisitedShop


@pytest.fixture(scope='session')
def shop(bank: 'BankProcess', browser: 'Browser') -> Iterator['VisitedShop']:
    """A running Odoo with the addon, a Russian company, and contracts with the bank.

    What it sells and to whom, each test says for itself.
    """
    from .shop import VisitedShop

    with database.scratch('browser') as name, odoo_server(name) as server:
        yield VisitedShop(server, bank)


@pytest.fixture
def in_russian(shop: 'VisitedShop') -> Iterator[None]:
    """Let the administrator's pages be in Russian."""
    shop.speak_to_administrator('ru_RU')
    yield
    shop.speak_to_administrator('en_US')
