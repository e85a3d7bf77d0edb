"""A whole payment while the server logs all that it can: no secret is in the log or the database.

With this logging, Odoo itself would write down what an administrator types into a form. So the
provider is set up before, as it is when somebody looks for a fault.
"""

import html
import json
from urllib.parse import quote, quote_plus

import pytest

from odoo.tools import SQL

from .live import CALLBACK_KEY, PASSWORD, live_shop, wait_until_booked

#: All loggers, into the server's log and into the database; but the one that would wait for ever to
#: log into the database what it does there.
EVERYTHING = {
    'log_handler': ':DEBUG,odoo.sql_db:WARNING',
    'log_db': '%d',
    'log_db_level': 'debug',
}

#: Tables that hold the secrets because they are there to hold them.
KEEPERS = {'payment_provider'}


@pytest.fixture(scope='module')
def paid_shop(lasting_children):
    with live_shop(options=EVERYTHING) as shop:
        shop.open_account()
        tx_id = shop.create_tx(shop.create_invoice(150))
        shop.visit_pay_route(tx_id)
        order_id = shop.read_tx(tx_id, 'provider_reference')
        shop.bank.pay(order_id)
        shop.come_back(tx_id)
        wait_until_booked(shop, tx_id)
        staff = shop.log_in()
        staff.press('payment.transaction', 'action_sberbank_ask_bank', [tx_id])
        staff.press('payment.transaction', 'action_refund', [tx_id], 50)
        changed = {'password': 'changed at the bank', 'dialect': 'rbs', 'name': 'Shop'}
        shop.bank.put_merchant(shop.login, **changed)
        staff.press('payment.transaction', 'action_sberbank_ask_bank', [tx_id])
        yield shop


def spellings(secret):
    """Return how a text may be written: as it is, in JSON, in an address, in HTML, in Python."""
    plain = (secret, json.dumps(secret)[1:-1], quote(secret), quote_plus(secret))
    return {*plain, html.escape(secret), repr(secret)[1:-1]}


def test_the_log_holds_no_secret(paid_shop):
    log = paid_shop.log.read_text()

    assert ' DEBUG ' in log
    assert 'getOrderStatusExtended' in log
    for secret in (PASSWORD, CALLBACK_KEY):
        for spelling in spellings(secret):
            assert spelling not in log


def test_the_database_holds_the_secrets_in_their_fields_alone(paid_shop):
    with paid_shop.env() as env:
        env.cr.execute("SELECT count(*) FROM ir_logging WHERE level = 'DEBUG'")
        assert env.cr.fetchone()[0]
        for secret in (PASSWORD, CALLBACK_KEY):
            holders = {
                table for spelling in spellings(secret) for table in find_tables(env.cr, spelling)
            }
            assert holders == KEEPERS


def find_tables(cr, text):
    """Yield the tables in which a text stands anywhere."""
    cr.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    for [table] in cr.fetchall():
        cr.execute(
            SQL(
                'SELECT EXISTS (SELECT FROM %s line WHERE strpos(to_jsonb(line)::text, %s) > 0)',
                SQL.identifier(table),
                text,
            )
        )
        if cr.fetchone()[0]:
            yield table
