"""No secret stays where it should not: when a database is neutralized or copied for that."""

import secrets
import sys
from collections.abc import Iterator

import pytest
from psycopg2 import sql

from dev.env.postgres import connected
from dev.odoo import command, database
from tests.gateway.vectors import ASYMMETRIC_CERTIFICATE

from .test_uninstall import uninstall
from .test_upgrade import shop_of

#: What a merchant of one's own has. In JSON, where it is looked for, it is written the same.
OWN = {
    'sberbank_username': 'own-login-api',
    'sberbank_password': 'own-password',
    'sberbank_token': 'own-token',
    'sberbank_callback_key': 'own-callback-key',
    'sberbank_custom_url': 'https://own-gateway.example/payment/rest/',
    'sberbank_page_hosts': 'own-pages.example',
    'sberbank_staff_email': 'own-cashier@shop.example',
}
CERTIFICATES = ('sberbank_ca_certificates', 'sberbank_callback_certificate')


@pytest.fixture
def name() -> Iterator[str]:
    with database.scratch('secrets') as name:
        with shop_of(name) as shop:
            shop.open_shop(shop.company, shop.provider)
            shop.provider.write({**OWN, **dict.fromkeys(CERTIFICATES, ASYMMETRIC_CERTIFICATE)})
            shop.create_tx(100)
            shop.env.cr.commit()
        assert find_secrets(name) == {*OWN, 'certificate'}
        yield name


def test_a_neutralized_database_holds_none(name):
    command.run('neutralize', '-d', name, database=name)

    assert not find_secrets(name)
    assert_reaches_nobody(name)


def test_nor_does_a_neutralized_copy(name):
    copy = f'{name}_{secrets.token_hex(2)}'
    config = str(command.write_config(name))
    odoo = [sys.executable, '-m', 'odoo', 'db', '-c', config, 'duplicate', '--neutralize']
    try:
        command.run_logged([*odoo, name, copy], command.log_file(name))

        assert not find_secrets(copy)
        assert_reaches_nobody(copy)
    finally:
        database.drop(copy)


def test_nor_does_one_without_the_addon(name):
    uninstall(name)

    assert not find_secrets(name)


def find_secrets(name: str) -> set[str]:
    """Return the names of the secrets that stand anywhere in a database."""
    texts = {**OWN, 'certificate': ASYMMETRIC_CERTIFICATE.splitlines()[1]}
    with connected(name) as conn, conn.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = set()
        for [table] in cursor.fetchall():
            query = sql.SQL('SELECT to_jsonb(line)::text FROM {} line')
            cursor.execute(query.format(sql.Identifier(table)))
            content = '\n'.join(line for [line] in cursor.fetchall())
            found |= {secret for secret, text in texts.items() if text in content}
    return found


def assert_reaches_nobody(name: str) -> None:
    """Check that the provider is switched off, with the settings of a new one."""
    with shop_of(name) as shop:
        provider = shop.provider
        assert (provider.state, provider.is_published) == ('disabled', False)
        assert (provider.sberbank_gateway, provider.sberbank_custom_dialect) == ('rbs', 'rbs')
        assert not any(provider[field] for field in (*OWN, *CERTIFICATES))
