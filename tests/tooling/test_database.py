"""Every run has a database of its own."""

from dev.env.postgres import connected
from dev.odoo import command, database


def secrets(name):
    with connected(name) as conn, conn.cursor() as cursor:
        cursor.execute(
            'SELECT key, value FROM ir_config_parameter WHERE key IN %s', [database.SECRETS]
        )
        return dict(cursor.fetchall())


def test_two_databases_have_no_secret_in_common():
    with database.scratch('one') as one, database.scratch('two') as other:
        assert set(secrets(one)) == set(secrets(other)) == set(database.SECRETS)
        assert not set(secrets(one).values()) & set(secrets(other).values())


def test_a_database_is_gone_with_its_attachments_after_the_block():
    with database.scratch('short', with_addon=False) as name:
        assert any(command.filestore(name).iterdir())

    with connected() as conn, conn.cursor() as cursor:
        cursor.execute('SELECT 1 FROM pg_database WHERE datname = %s', [name])
        assert not cursor.fetchone()
    assert not command.filestore(name).exists()
