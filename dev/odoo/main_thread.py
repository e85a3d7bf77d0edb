"""A plugin of pytest for Odoo's own tests: what Odoo's runner tells the thread that runs them."""

import threading
from typing import Any

import pytest


@pytest.fixture(scope='session', autouse=True)
def _thread_knows_its_database(load_registry: Any) -> None:
    """Name the database where tests look for it that stand for a request."""
    from odoo.tools import config

    threading.current_thread().dbname = config['db_name'][0]
