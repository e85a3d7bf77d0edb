"""What goes and what stays when the addon is uninstalled."""

import sys
from collections.abc import Iterator

import pytest

from dev.env.postgres import connected
from dev.env.progress import Problem
from dev.odoo import command, database

from .test_upgrade import shop_of

#: Where something of the addon's might be left.
LEFTOVERS = (
    "SELECT * FROM information_schema.tables WHERE table_name LIKE '%sberbank%'",
    "SELECT * FROM information_schema.columns WHERE column_name LIKE '%sberbank%'",
    "SELECT * FROM ir_config_parameter WHERE key LIKE '%sberbank%'",
    "SELECT * FROM ir_cron WHERE cron_name LIKE 'Sberbank%'",
    "SELECT * FROM mail_template WHERE name::text LIKE '%Sberbank%'",
    "SELECT * FROM payment_method WHERE code IN ('mir', 'sbp', 'sberpay')",
    "SELECT * FROM account_payment_method WHERE code = 'sberbank'",
    "SELECT * FROM payment_provider WHERE code = 'sberbank'",
)


@pytest.fixture
def name() -> Iterator[str]:
    with database.scratch('uninstall') as name:
        yield name


def test_nothing_of_the_addon_stays(name):
    begin_a_payment(name)
    for query in LEFTOVERS:
        assert read(name, query), query

    uninstall(name)

    for query in LEFTOVERS:
        assert not read(name, query), query


def test_what_was_begun_stays_with_a_provider_that_is_switched_off(name):
    begin_a_payment(name)

    uninstall(name)

    assert read(
        name,
        """
        SELECT tx.state, tx.amount, provider.code, provider.state, provider.is_published
          FROM payment_transaction tx
          JOIN payment_provider provider ON provider.id = tx.provider_id
        """,
    ) == [('draft', 100, 'none', 'disabled', False)]


def test_installed_again_it_takes_payments_again(name):
    begin_a_payment(name)
    uninstall(name)

    options = ('-d', name, '-i', 'payment_sberbank', '--stop-after-init', '--no-http')
    command.run('server', *options, database=name)

    with shop_of(name) as shop:
        shop.open_shop(shop.company, shop.provider)
        assert shop.provider.code == 'sberbank'
        assert shop.pay(shop.create_tx(50)).amount == 50


def test_payments_in_the_ledger_keep_the_addon(name):
    begin_a_payment(name, is_paid=True)

    with pytest.raises(Problem, match='1 payments in the books .* set the payment provider'):
        uninstall(name)

    assert read(name, "SELECT state FROM ir_module_module WHERE name = 'payment_sberbank'") == [
        ('installed',)
    ]
    assert read(name, 'SELECT sberbank_username FROM payment_provider WHERE is_published')
    with shop_of(name) as shop:
        assert shop.pay(shop.create_tx(50)).amount == 50


def begin_a_payment(name: str, *, is_paid: bool = False) -> None:
    """Let a customer begin a payment, and perhaps pay it."""
    with shop_of(name) as shop:
        shop.open_shop(shop.company, shop.provider)
        tx = shop.create_tx(100)
        if is_paid:
            shop.pay(tx)
        shop.env.cr.commit()


def uninstall(name: str) -> None:
    """Uninstall the addon from a database, as its administrator does."""
    config = str(command.write_config(name))
    odoo = [sys.executable, '-m', 'odoo', 'module', 'uninstall', '-c', config, '-d', name]
    command.run_logged([*odoo, 'payment_sberbank'], command.log_file(name))


def read(name: str, query: str) -> list[tuple]:
    """Return what a database answers."""
    with connected(name) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
