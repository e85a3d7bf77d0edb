"""A live web shop: Odoo with eCommerce beside the addon, with its scheduled jobs, and the bank."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from dev.odoo import database
from dev.odoo.server import odoo_server
from dev.testing import NEIGHBOURS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dev.bank.process import BankProcess

    from .web_shop import WebShop


@pytest.fixture(scope='session')
def shop(bank: 'BankProcess', browser: 'Browser') -> Iterator['WebShop']:
    """A running Odoo with eCommerce and the addon, that speaks Russian and English."""
    from .web_shop import WebShop

    with database.scratch('webshop', neighbours=NEIGHBOURS) as name, odoo_server(name) as server:
        yield WebShop(server, bank)
