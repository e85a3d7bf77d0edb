"""A database of the version before goes on with its settings, payments and links after `-u`."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from psycopg2 import sql
from psycopg2.extras import RealDictCursor

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from odoo.addons.payment_sberbank import gateway

from dev.env.folders import REPOSITORY
from dev.env.postgres import connected
from dev.odoo import command, database
from dev.odoo.server import odoo_server

from ..addon.common import ShopMixin

#: The commit that version 19.0.1.0.0 ended with.
OLD_VERSION = 'ba44b91380adc6c210d1a9a5dac6c27284ec690c'

#: What a shop would miss, and by which rows it is ours.
TABLES = {
    'payment_provider': "code = 'sberbank'",
    'payment_transaction': 'true',
    'account_payment': 'true',
    'account_move': 'true',
    'account_move_line': 'true',
    'account_partial_reconcile': 'true',
    'account_invoice_transaction_rel': 'true',
    'sberbank_withdrawn_invoice_rel': 'true',
    'sberbank_attention': 'true',
    'sberbank_exchange': 'true',
    'sberbank_payment_type': 'true',
    'payment_method_payment_provider_rel': 'true',
    'mail_mail': 'true',
    'mail_template': "subject::text LIKE '%Lessons%'",
    'ir_config_parameter': "key = 'payment_sberbank.exchange_days'",
    # There are more of them now.
    'ir_cron': """
        cron_name IN (
            'Sberbank: book confirmed payments', 'Sberbank: ask the bank about unfinished orders'
        )
    """,
}

#: What an old column is called now.
RENAMED = {
    ('payment_provider', 'sberbank_notification_email'): 'sberbank_staff_email',
    ('sberbank_attention', 'is_notified'): 'is_mailed',
}

#: Changed by every upgrade, or by the names above.
UNSTABLE = {
    'write_date',
    'write_uid',
    'email_to',
    'nextcall',
    'lastcall',
}


@dataclass
class Upgraded:
    """A database that was upgraded, what was in it, and what was given out of it.

    :param name: The database.
    :param facts: What the old version gave out: ids of transactions, and addresses.
    :param before: The rows of all tables before the upgrade.
    :param after: The same right after it.
    :param log: What Odoo logged meanwhile.
    """

    name: str
    facts: dict[str, Any]
    before: dict[str, list[dict]]
    after: dict[str, list[dict]]
    log: str


class UpgradedShop(ShopMixin):
    """The shop as the present version finds it."""

    @classmethod
    def find(cls, env: api.Environment) -> 'UpgradedShop':
        cls.env = env
        cls.company = env.ref('base.main_company')
        cls.roubles = env.ref('base.RUB')
        cls.provider = env.ref('payment_sberbank.payment_provider_sberbank')
        cls.customer = env['res.partner'].create({'name': 'New Customer'})
        return cls()


@pytest.fixture(scope='module')
def old_repository(tmp_path_factory) -> Path:
    """The repository as the version before left it."""
    folder = tmp_path_factory.mktemp('old')
    archive = subprocess.run(
        ['git', '-C', REPOSITORY, 'archive', OLD_VERSION, 'payment_sberbank', 'tests'],
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip(f'The old version is not in this clone: {archive.stderr.decode().strip()}')
    subprocess.run(['tar', '-x', '-C', folder], input=archive.stdout, check=True)
    return folder


@pytest.fixture(scope='module')
def upgraded(old_repository, tmp_path_factory) -> Iterator[Upgraded]:
    facts = tmp_path_factory.mktemp('facts') / 'facts.json'
    with database.scratch('upgrade', with_addon=False) as name:
        install_old_version(name, old_repository, facts)
        before = read_tables(name)
        log = tmp_path_factory.mktemp('log') / 'upgrade.log'
        upgrade(name, log)
        yield Upgraded(
            name, json.loads(facts.read_text()), before, read_tables(name), log.read_text()
        )


def install_old_version(name: str, repository: Path, facts: Path) -> None:
    """Install the old addon into a database, and let its shop work for a while."""
    config = str(command.write_config(name, addons=[repository]))
    log = command.log_file(name)
    odoo = [sys.executable, '-m', 'odoo', 'server', '-c', config, '-d', name]
    command.run_logged([*odoo, '-i', 'payment_sberbank', '--stop-after-init', '--no-http'], log)
    script = str(Path(__file__).with_name('old_shop.py'))
    path = f'PYTHONPATH={repository}'
    command.run_logged(['env', path, sys.executable, script, config, str(facts)], log)


def upgrade(name: str, log: Path) -> None:
    """Upgrade a database to the present version, as its administrator does."""
    options = ('-d', name, '-u', 'payment_sberbank', '--stop-after-init', '--no-http')
    command.run('server', *options, database=name, log=log)


def read_tables(name: str) -> dict[str, list[dict]]:
    """Return the rows of all tables that a shop would miss, without what changes by itself."""
    with connected(name) as conn, conn.cursor(cursor_factory=RealDictCursor) as cursor:
        tables = {}
        for table, condition in TABLES.items():
            cursor.execute(
                sql.SQL('SELECT * FROM {} WHERE {}').format(
                    sql.Identifier(table), sql.SQL(condition)
                )
            )
            tables[table] = [
                {key: value for key, value in row.items() if key not in UNSTABLE}
                for row in cursor.fetchall()
            ]
    return tables


def in_order(rows: list[dict]) -> list[dict]:
    """Return rows in an order that does not depend on the columns that one version has more."""
    return sorted(rows, key=lambda row: row.get('id') or tuple(map(str, row.values())))


@contextmanager
def shop_of(name: str) -> Iterator[UpgradedShop]:
    """Give the shop to the block, and undo afterwards what was done in it."""
    enabled, config['test_enable'] = config['test_enable'], False  # Only ours are to be run.
    try:
        registry = Registry(name)
        with registry.cursor() as cr:
            try:
                yield UpgradedShop.find(api.Environment(cr, SUPERUSER_ID, {}))
            finally:
                cr.rollback()
    finally:
        config['test_enable'] = enabled
        Registry.delete(name)


@pytest.fixture
def shop(upgraded) -> Iterator[UpgradedShop]:
    with shop_of(upgraded.name) as shop:
        # Its payments are tests, and beside the live provider they would settle nothing.
        shop.provider.sberbank_test_settles = True
        yield shop


@pytest.fixture
def old(shop, upgraded) -> Callable[[str], Any]:
    """Return a function that gives a transaction of the old version by its name in the script."""
    return lambda name: shop.env['payment.transaction'].browse(upgraded.facts[name])


def test_the_upgrade_goes_without_a_complaint(upgraded):
    complaints = re.findall(r'^.* (?:ERROR|CRITICAL|WARNING) .*sberbank.*$', upgraded.log, re.M)

    assert 'Module payment_sberbank loaded' in upgraded.log
    assert not complaints


@pytest.mark.parametrize('table', TABLES)
def test_nothing_is_lost(upgraded, table):
    before, after = in_order(upgraded.before[table]), in_order(upgraded.after[table])

    assert before, 'Nothing was there that could be lost.'
    assert len(after) == len(before)
    for old_row, new_row in zip(before, after, strict=True):
        expected = {RENAMED.get((table, name), name): value for name, value in old_row.items()}
        assert {name: new_row.get(name) for name in expected} == expected


def test_addresses_that_were_given_out_still_open(upgraded):
    with odoo_server(upgraded.name, cron_threads=0) as server:
        link, result = (
            server.url + urlsplit(upgraded.facts[name])._replace(scheme='', netloc='').geturl()
            for name in ('link', 'result')
        )
        page = requests.get(link, timeout=60)
        assert page.status_code == 200
        assert '1,500.50' in page.text
        assert requests.get(result, timeout=60).status_code == 200
        for address in (link, result):
            forged = re.sub('access_token=.', 'access_token=-', address)
            assert requests.get(forged, timeout=60).status_code == 404


def test_a_new_payment_is_booked_as_the_settings_say(shop):
    invoice = shop.create_invoice(123.45)
    tx = shop.create_tx(invoices=invoice)

    payment = shop.pay(tx)

    assert (payment.amount, invoice.amount_residual) == (123.45, 0)
    assert payment.journal_id.type == 'cash'
    assert payment.sberbank_payment_type_id.name == 'Membership'
    assert payment.sberbank_account_id.name == 'Lessons'
    assert not tx.sberbank_needs_attention
    [mail] = shop.mails_to('boss@shop.example').filtered(lambda mail: tx.reference in mail.subject)
    assert mail.email_to == 'cashier@shop.example, boss@shop.example'


def test_payments_that_were_under_way_go_on(shop, old):
    for name in ('topup_pending', 'topup_wrong', 'held'):
        shop.bank_says(old(name))
    old('topup_unbooked')._post_process()

    for name, amount in (
        ('topup_pending', 70),
        ('topup_wrong', 80),
        ('topup_unbooked', 90),
        ('held', 400),
    ):
        tx = old(name)
        tx._post_process()
        assert (tx.state, tx.payment_id.amount) == ('done', amount), name
        assert not tx.sberbank_needs_attention, name


def test_what_needs_a_person_is_still_told_to_staff(shop, old):
    before = shop.mails_to('boss@shop.example')

    shop.bank_says(old('topup'), amount=1)

    assert old('topup').sberbank_needs_attention
    [mail] = shop.mails_to('boss@shop.example') - before
    assert old('topup').reference in mail.body_html


def test_the_test_email_still_knows_its_addresses(shop):
    template = shop.env.ref('payment_sberbank.mail_template_test')

    mail = shop.env['mail.mail'].browse(template.send_mail(shop.provider.id))

    assert mail.email_to == 'cashier@shop.example, boss@shop.example'


def test_an_old_topup_settles_a_new_invoice_and_a_second_payment_does_not(shop, old):
    of_topup = shop.create_invoice(300, partner=old('topup').partner_id)
    of_customer_who_paid_twice = shop.create_invoice(50, partner=old('paid').partner_id)

    assert of_topup.amount_residual == 0
    assert of_customer_who_paid_twice.amount_residual == 50


def test_an_old_payment_can_be_refunded_further(shop, old):
    source = old('paid')
    refund = source._create_child_transaction(60, is_refund=True)
    refund._set_done()
    refund._post_process()

    assert refund.payment_id.amount == 60
    assert source._sberbank_get_refunded_amount() == 10_000


def test_what_was_returned_and_recorded_by_hand_is_not_recorded_once_more(shop, old):
    status = gateway.OrderStatus
    for _time in range(2):
        shop.bank_says(old('returned'), status.REFUNDED, refunded_amount=10_000)

    assert not old('returned').child_transaction_ids
    assert not old('returned').sberbank_needs_attention


def test_what_is_returned_of_an_old_payment_is_recorded_by_itself(shop, old):
    shop.bank_says(old('topup'), gateway.OrderStatus.REFUNDED, refunded_amount=1000)

    [refund] = old('topup').child_transaction_ids
    assert (refund.amount, refund.state) == (-10, 'done')
    assert not refund.sberbank_credit_note_id
    assert not old('topup').sberbank_operation_ids


def test_old_topups_are_marked_as_such(shop, old):
    marked = {
        name: old(name).sberbank_is_topup
        for name in (
            'topup',
            'topup_pending',
            'topup_wrong',
            'topup_unbooked',
            'topup_article',
            'paid',
            'held',
        )
    }
    assert marked == {name: name.startswith('topup') for name in marked}


def test_live_payments_are_taken_where_they_were(shop):
    live = (
        shop
        .env['payment.provider']
        .search([('code', '=', 'sberbank')])
        .filtered(lambda provider: provider.state == 'enabled')
    )
    assert live.name == 'Live Shop'
    assert not live._sberbank_is_in_copy(True)
    assert live.sberbank_database == live._sberbank_get_database()


def test_whose_the_old_notifications_were_is_known(shop, old):
    exchanges = old('topup').sberbank_exchange_ids.sorted('id')

    told = [(exchange.provider_id, exchange.signature) for exchange in exchanges]
    nobody = shop.provider.browse()
    assert told == [(nobody, False), (shop.provider, False), (shop.provider, 'wrong')]


@pytest.mark.parametrize('column', ['sberbank_gateway', 'sberbank_custom_dialect'])
def test_other_providers_need_no_values_in_our_fields(shop, column):
    shop.env.cr.execute(
        """
        SELECT is_nullable
          FROM information_schema.columns
         WHERE (table_name, column_name) = ('payment_provider', %s)
        """,
        [column],
    )
    assert shop.env.cr.fetchone() == ('YES',)


def test_a_second_upgrade_changes_nothing(upgraded, tmp_path):
    before = read_tables(upgraded.name)

    upgrade(upgraded.name, tmp_path / 'again.log')

    after = read_tables(upgraded.name)
    assert {table: in_order(rows) for table, rows in after.items()} == {
        table: in_order(rows) for table, rows in before.items()
    }
