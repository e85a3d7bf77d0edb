"""What the tests of the addon may ask for beside Odoo's own test cases."""

import pytest

from .live import live_shop


@pytest.fixture(scope='package')
def shop(lasting_children):
    """A shop as in production, with workers that are processes."""
    with live_shop() as running:
        yield running
