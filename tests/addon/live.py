"""A shop as in production: committed data, two worker processes, and a bank that calls back.

What it is for can't be seen in Odoo's own test cases, where everybody shares one cursor.
"""

import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

from dev.bank.process import BankProcess
from dev.env import waiting
from dev.odoo import database
from dev.odoo.back_office import ADMINISTRATOR, BackOffice
from dev.odoo.provider import STAFF_EMAIL, ready_provider
from dev.odoo.server import OdooServer, odoo_server
from dev.odoo.session import OdooError, Session

CALLBACK_KEY = 'callback-key-of-the-tests'
#: Written the same in JSON, where it is looked for; and not the same in an address.
PASSWORD = 'P@ssword%s of the live shop'
#: The address of those who are told of payments.
STAFF = STAFF_EMAIL
#: How the core's status page says that another worker is booking right now, and how its HTTP server
#: says that it refused a request.
_HARMLESS = re.compile(r'Exception: retry\s*\Z| werkzeug: .* code 4\d\d, message ')
#: Seconds within which everything that was started must be over.
PATIENCE = 60
#: Seconds between two looks.
PAUSE = 0.02


class LiveShop:
    """The shop. Records that its methods return are to be browsed in an `env` of one's own.

    :param server: The running Odoo.
    :param registry: The same database in this process, for workers that are threads.
    :param bank: The running bank.
    """

    def __init__(self, server: OdooServer, registry: Registry, bank: BankProcess):
        self.url = server.url
        self.log: Path = server.log
        self.bank = bank.control
        self._bank_url = bank.url
        self._registry = registry
        self._log_start = 0
        self.login = ''

    @contextmanager
    def env(self) -> Iterator[api.Environment]:
        """Give an environment with a cursor of its own, which is committed in the end."""
        with self._registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def open_account(self, *, signed: bool = True, dialect: str = 'rbs') -> None:
        """Make a new merchant at the bank the one of the provider, and forget older orders.

        :param signed: Whether notifications are signed.
        :param dialect: `rbs` or `ecom`, where none are.
        """
        self._log_start = self.log.stat().st_size
        self.login = f'P{secrets.randbelow(10**10):010}'
        signed = signed and dialect == 'rbs'
        signing = {'signing': 'symmetric', 'key': CALLBACK_KEY} if signed else {}
        self.bank.put_merchant(
            self.login, password=PASSWORD, dialect=dialect, name='Shop', callback=signing
        )
        self._forget_orders()
        with self.env() as env:
            env['ir.config_parameter'].set_param('web.base.url', self.url)
            provider = env.ref('payment_sberbank.payment_provider_sberbank')
            journal = env['account.journal'].search([('type', '=', 'bank')], limit=1)
            provider.write(
                ready_provider(
                    self._bank_url,
                    dialect=dialect,
                    login=self.login,
                    password=PASSWORD,
                    key=CALLBACK_KEY if signed else '',
                    journal_id=journal.id,
                    sberbank_binds_accounts=False,
                )
            )

    def _forget_orders(self) -> None:
        """Let the job ask no more about orders of the merchant before."""
        with self.env() as env:
            # The workers may be writing the same rows, many of them together.
            env.cr.execute('SET TRANSACTION ISOLATION LEVEL READ COMMITTED')
            env.cr.execute('LOCK TABLE payment_transaction IN EXCLUSIVE MODE')
            env.cr.execute('UPDATE payment_transaction SET sberbank_next_ask_at = NULL')

    def create_invoice(self, amount: float) -> int:
        """Issue an invoice to a new customer, and return its id."""
        with self.env() as env:
            partner = env['res.partner'].create({'name': f'Customer {secrets.token_hex(4)}'})
            invoice = env['account.move'].create({
                'move_type': 'out_invoice',
                'partner_id': partner.id,
                'currency_id': env.ref('base.RUB').id,
                'invoice_date': fields.Date.context_today(partner),
                'invoice_line_ids': [
                    Command.create({
                        'name': 'Lesson',
                        'quantity': 1,
                        'price_unit': amount,
                        'tax_ids': [],
                    })
                ],
            })
            invoice.action_post()
            return invoice.id

    def create_tx(self, invoice_id: int) -> int:
        """Begin to pay an invoice as the payment form does, and return the transaction's id."""
        with self.env() as env:
            invoice = env['account.move'].browse(invoice_id)
            return (
                env['payment.transaction']
                .create({
                    'provider_id': env.ref('payment_sberbank.payment_provider_sberbank').id,
                    'payment_method_id': env.ref('payment.payment_method_card').id,
                    'reference': f'LIVE-{secrets.token_hex(6)}',
                    'amount': invoice.amount_residual,
                    'currency_id': invoice.currency_id.id,
                    'partner_id': invoice.partner_id.id,
                    'operation': 'online_redirect',
                    'invoice_ids': [Command.set(invoice.ids)],
                })
                .id
            )

    def visit_pay_route(self, tx_id: int, session: requests.Session | None = None):
        """Visit the pay route as the payer's browser does, and return the response."""
        with self.env() as env:
            path = env['payment.transaction'].browse(tx_id)._sberbank_get_pay_url()
        return (session or requests).get(self.url + path, allow_redirects=False, timeout=PATIENCE)

    def come_back(self, tx_id: int, session: requests.Session | None = None):
        """Open the return address as the payer's browser does, and return the response."""
        with self.env() as env:
            address = env['payment.transaction'].browse(tx_id)._sberbank_get_return_url()
        return (session or requests).get(address, timeout=PATIENCE)

    def read_tx(self, tx_id: int, *names: str):
        """Return the values of a transaction as they are committed now."""
        with self.env() as env:
            [values] = env['payment.transaction'].browse(tx_id).read(names, load=None)
        return [values[name] for name in names] if len(names) > 1 else values[names[0]]

    def log_in(self) -> 'Staff':
        """Log in as the administrator over HTTP."""
        return Staff(Session(self.url).log_in(*ADMINISTRATOR))

    def get_errors(self) -> list[str]:
        """Return what Odoo's log tells of errors since the account was opened."""
        log = self.log.read_bytes()[self._log_start :].decode()
        entries = re.split(r'^(?=\d{4}-\d\d-\d\d )', log, flags=re.MULTILINE)
        return [entry for entry in entries if ' ERROR ' in entry and not _HARMLESS.search(entry)]


class Staff:
    """A member of staff at the web client, as far as buttons go."""

    def __init__(self, session: Session):
        self._back_office = BackOffice(session)

    def press(self, model: str, button: str, ids: list[int], *args, **options):
        """Press a button, and return what it answers or the error that it shows.

        :param options: More arguments of the method, and the `context`.
        """
        try:
            return self._back_office.call(model, button, ids, *args, **options)
        except OdooError as error:
            return error


def at_once(actions: Iterable[Callable[[], object]]) -> list[object]:
    """Do everything at the same moment, each in a thread of its own; return the results."""
    actions = list(actions)
    start = threading.Barrier(len(actions))

    def run(action):
        start.wait(PATIENCE)
        return action()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, each) for each in actions]]


@contextmanager
def live_shop(*, workers: int = 2, options: Mapping[str, str] | None = None) -> Iterator[LiveShop]:
    """Run a shop on a database of its own, and its bank.

    :param workers: Worker processes; 0 for one process with threads.
    :param options: More options of Odoo's configuration file.
    """
    with database.scratch('live') as name, BankProcess(local_shops=True) as bank:
        registry = _open_registry(name)
        try:
            with odoo_server(name, workers=workers, cron_threads=1, options=options) as server:
                yield LiveShop(server, registry, bank)
        finally:
            Registry.delete(name)


def _open_registry(name: str) -> Registry:
    """Open a second database in this process, without running the tests of its modules."""
    enabled = config['test_enable']
    config['test_enable'] = False
    try:
        return Registry(name)
    finally:
        config['test_enable'] = enabled


@contextmanager
def paused(shop, job):
    """Keep the running Odoo from doing a job."""
    _switch(shop, job, active=False)
    try:
        yield
    finally:
        _switch(shop, job, active=True)


def _switch(shop, job, *, active):
    """Switch a job on or off, as soon as it is not at work."""

    def is_switched():
        with suppress(UserError), shop.env() as env:
            env.ref(f'payment_sberbank.{job}').active = active
            return True
        return False

    wait_until(is_switched)


def wait_until_booked(shop, tx_id):
    """Wait until a payment is booked, what it was for is settled, and staff are told.

    The core's job finishes drafts, too, for which there is nothing to do.

    :raise AssertionError: If it does not come to that in time.
    """
    names = ('state', 'is_post_processed', 'sberbank_is_mailed')
    wait_until(lambda: shop.read_tx(tx_id, *names) == ['done', True, True])


def wait_until(condition):
    """Wait for what the running Odoo does by itself.

    :raise AssertionError: If it does not do it in time.
    """
    assert waiting.wait_until(condition, limit=PATIENCE, look_every=PAUSE)
