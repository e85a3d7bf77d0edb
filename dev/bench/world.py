"""All that takes part: Odoo, its database, the bank, and shops with a contract there."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2

from dev.audit.checkout import Method
from dev.audit.shop import CALLBACK_ROUTE, PAYMENTS_PER_MINUTE
from dev.bank.process import BankProcess
from dev.bench.load import TOOK, Answer
from dev.bench.notifications import REDSYS_KEY
from dev.bench.size import Size
from dev.env import postgres
from dev.env.folders import REPOSITORY
from dev.odoo import command, database, source
from dev.odoo.back_office import ADMINISTRATOR, Account, BackOffice
from dev.odoo.provider import gateway_url, ready_provider
from dev.odoo.server import OdooServer, odoo_server
from dev.odoo.session import Session

ADDONS = Path(__file__).parent / 'addons'
PEER = ADDONS / 'bench_peer'
WORKERS = 2
BOOK, ASK = 'ir_cron_book_payments', 'ir_cron_ask_bank'
JOBS = (BOOK, ASK)
PASSWORD = 'password of the bench'
KEY = 'callback-key-of-the-bench'
SIGNED_GET = {
    'method': 'GET',
    'signing': 'symmetric',
    'key': KEY,
    'parameters': ['mdOrder', 'orderNumber', 'operation', 'status', 'amount'],
}


@dataclass(frozen=True)
class Shop:
    """A provider in Odoo, and its contract at the bank.

    :param login: at the bank; empty for the peer
    :param method: the payment method that leads to it
    :param bank: None for the peer, who is asked nothing
    """

    login: str
    dialect: str
    method: Method
    bank: BankProcess | None = None


class World:
    """A running Odoo beside a running bank.

    :param server: Odoo, on a database with the addon and what it is compared with
    :param size: how much is measured
    """

    def __init__(self, server: OdooServer, bank: BankProcess, size: Size):
        self.server = server
        self.bank = bank
        self.size = size
        self.staff = Session(server.url).log_in(*ADMINISTRATOR)
        self.back_office = BackOffice(self.staff)
        self._serial = 0

    # --- the database ---------------------------------------------------------------------------

    @cached_property
    def _connection(self) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(dbname=self.server.database)
        connection.autocommit = True
        return connection

    def execute(self, query: Any, values: Any = ()) -> list[tuple]:
        """Run a query by itself, and return its rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    # --- jobs -----------------------------------------------------------------------------------

    def let_jobs_run(self, *names: str) -> None:
        """Let these jobs of the addon run, and no other job of Odoo's; wait for one that does.

        They are due now, as on a server that has run for a while: it is no time since they ran.
        """
        self.execute(
            """
            UPDATE ir_cron
               SET nextcall = now() AT TIME ZONE 'UTC',
                   active = id IN (
                       SELECT res_id
                         FROM ir_model_data
                        WHERE module = 'payment_sberbank' AND name = ANY(%s)
                   )
            """,
            [list(names)],
        )

    # --- staff ----------------------------------------------------------------------------------

    def press(self, model: str, method: str, *args: Any, **kwargs: Any) -> Answer:
        """Do what a button or a view of the back office does, once, and return what it took."""
        params = {'model': model, 'method': method, 'args': args, 'kwargs': kwargs}
        began = time.monotonic()
        response = self.staff.send(
            f'/web/dataset/call_kw/{model}/{method}',
            method='POST',
            json={'jsonrpc': '2.0', 'method': 'call', 'params': params},
        )
        seconds = time.monotonic() - began
        assert 'error' not in response.json(), response.text
        took = tuple(map(int, response.headers[TOOK].split()))
        return Answer(response.status_code, began, seconds, response.content, took)

    # --- set-up ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Set up what every row needs."""
        self.back_office.freeze_address()
        # A few people pay here as often as a whole town.
        self.back_office.call('ir.config_parameter', 'set_param', PAYMENTS_PER_MINUTE, '1000000')
        self.let_jobs_run(ASK)

    @cached_property
    def signed_get(self) -> Shop:
        """A shop that is notified by signed GET requests, which the bench sends for the bank."""
        return self.open_shop('bench-get-api', is_notified=False)

    @cached_property
    def json(self) -> Shop:
        """A shop that is notified by JSON, which the bench sends for the bank."""
        return self.open_shop('P1234567890', dialect='ecom', is_notified=False)

    @cached_property
    def notified(self) -> Shop:
        """A shop that the bank notifies by itself."""
        return self.open_shop('bench-live-api')

    @cached_property
    def redsys(self) -> Shop:
        """The peer: a provider of Odoo's own."""
        provider_id = self.back_office.record('payment.payment_provider_redsys')
        values = {
            'redsys_merchant_code': '999008881',
            'redsys_merchant_terminal': '1',
            'redsys_secret_key': REDSYS_KEY,
            'journal_id': self.back_office.journal('bank'),
            'state': 'test',
            'is_published': True,
        }
        self.back_office.enable_provider(values, provider_id=provider_id)
        return Shop('', '', Method(provider_id, self._card))

    @cached_property
    def _card(self) -> int:
        card = [('code', '=', 'card'), ('active', 'in', (True, False))]
        (method,) = self.back_office.find('payment.method', card, ['name'])
        return method['id']

    def open_shop(
        self,
        login: str,
        *,
        dialect: str = 'rbs',
        is_notified: bool = True,
        bank: BankProcess | None = None,
        **values: Any,
    ) -> Shop:
        """Sign a contract, and set up a provider for it.

        :param login: at the bank
        :param is_notified: whether the bank sends its notifications
        :param bank: another bank than the usual one
        :param values: more values of the provider
        """
        bank = bank or self.bank
        callback = {'url': f'{self.server.url}{CALLBACK_ROUTE}'}
        bank.control.put_merchant(
            login,
            password=PASSWORD,
            dialect=dialect,
            name='Bench',
            callback={**callback, **(SIGNED_GET if dialect == 'rbs' else {})},
        )
        if not is_notified:
            bank.control.faults(login, {'fault': 'callback_never'})
        call = self.back_office.call
        (provider_id,) = call('payment.provider', 'copy', [self.back_office.provider()])
        card_only = {'payment_method_ids': [[6, 0, [self._card]]]}
        call('payment.provider', 'write', [provider_id], card_only)
        ready = ready_provider(
            gateway_url(bank, dialect),
            dialect=dialect,
            login=login,
            password=PASSWORD,
            key=KEY if dialect == 'rbs' else '',
            journal_id=self.back_office.journal('bank'),
            name=f'Bank, {login}',
            state='enabled',
            **values,
        )
        self.back_office.enable_provider(ready, provider_id=provider_id)
        return Shop(login, dialect, Method(provider_id, self._card), bank)

    def add_customer(self) -> 'Customer':
        """Let a customer in."""
        name = f'Customer {self.next_serial()}'
        login = f'{name.replace(" ", "").casefold()}@example.com'
        account = self.back_office.add_customer(name, login, PASSWORD, language='en_US')
        return Customer(account, Session(self.server.url).log_in(login, PASSWORD))

    def next_serial(self) -> int:
        """Return a number that nobody else gets."""
        self._serial += 1
        return self._serial


@dataclass(frozen=True)
class Customer:
    """Somebody with access to the portal, and their browser."""

    account: Account
    session: Session


@contextmanager
def world(size: Size) -> Iterator[World]:
    """Have all of it for the length of the block."""
    source.ensure()
    with (
        postgres.server(),
        database.scratch('bench', dependents=[PEER]) as name,
        BankProcess(local_shops=True, log_path=command.log_file('bank')) as bank,
        odoo_server(name, workers=WORKERS, addons=addons()) as server,
    ):
        opened = World(server, bank, size)
        opened.open()
        yield opened


def addons() -> Sequence[Path]:
    """Return the folders of the addons beside Odoo's own."""
    return [REPOSITORY, ADDONS]
