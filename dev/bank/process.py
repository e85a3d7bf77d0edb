"""The stand-in bank as a child process, for the demo, the tests and the audit.

with BankProcess(time_scale=60) as bank:
    bank.control.put_merchant('shop-api', password='secret', dialect='rbs', name='Shop')
    …
    bank.control.pay(order_id)
    assert bank.control.ledger()['totals']['net'] == 12345
"""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import requests

_ROOT: Final = Path(__file__).resolve().parents[2]
_READY: Final = 'bank ready '
_START_TIMEOUT: Final = 30.0
_STOP_TIMEOUT: Final = 10.0
#: Wall seconds; longer than the bank itself waits for anything.
_CONTROL_TIMEOUT: Final = (5.0, 120.0)


class BankError(RuntimeError):
    """The bank does not run, or its control API said no."""


class BankProcess:
    """A stand-in bank of one's own, which ends with this process at the latest.

    :param float time_scale: bank seconds in one wall second.
    :param int port: 0 for a free one.
    :param dict merchants: settings by login; None for the two demo shops.
    :param tuple tls: PEM files of a certificate and its key, makes it https.
    :param callback_ca: PEM file of the authorities to trust when it calls shops.
    :param local_shops: whether it calls shops on this machine, also by plain http, which no bank
        does.
    :param log_path: file for its log; None sends it where this process's errors go.
    """

    def __init__(
        self,
        *,
        time_scale: float = 1.0,
        port: int = 0,
        merchants: Mapping[str, Mapping[str, Any]] | None = None,
        tls: tuple[str, str] | None = None,
        callback_ca: str | None = None,
        local_shops: bool = False,
        log_path: str | os.PathLike | None = None,
    ):
        self._options = ['--time-scale', str(time_scale), '--port', str(port), '--with-parent']
        self._merchants = merchants
        if tls:
            self._options += ['--tls-cert', tls[0], '--tls-key', tls[1]]
        if callback_ca:
            self._options += ['--callback-ca', callback_ca]
        if local_shops:
            self._options.append('--local-shops')
        self._trust: bool | str = tls[0] if tls else True
        self._log_path = log_path
        self._process: subprocess.Popen | None = None
        self.url = ''

    def __enter__(self) -> 'BankProcess':
        return self.start()

    def __exit__(self, *_exception):
        self.stop()

    def start(self) -> 'BankProcess':
        """Start the process and wait until it listens.

        :raise BankError: it ended, or did not listen in time.
        """
        with tempfile.TemporaryDirectory() as folder:
            options = [*self._options]
            if self._merchants is not None:
                path = Path(folder, 'merchants.json')
                path.write_text(json.dumps(self._merchants), 'utf-8')
                options += ['--merchants', str(path)]
            self._spawn(options)
            try:
                self.url = self._wait_until_ready()
            except BankError:
                self.stop()
                raise
        return self

    def stop(self):
        """End the process; harmless when it has ended."""
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._process = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def control(self) -> 'Control':
        """The control API."""
        return Control(self.url, self._trust)

    @property
    def rbs_url(self) -> str:
        """Base of the older gateway's methods."""
        return f'{self.url}/payment/rest/'

    @property
    def ecom_url(self) -> str:
        """Base of the newer gateway's methods."""
        return f'{self.url}/ecomm/gw/partner/api/v1/'

    def _spawn(self, options: Sequence[str]):
        log = Path(self._log_path).open('ab') if self._log_path else None  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                [sys.executable, '-m', 'dev.bank', *options],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        finally:
            if log:
                log.close()

    def _wait_until_ready(self) -> str:
        deadline = time.monotonic() + _START_TIMEOUT
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(deadline - time.monotonic()):
                raise BankError("The stand-in bank did not listen in time.")
        line = self._process.stdout.readline().decode()
        if not line.startswith(_READY):
            raise BankError("The stand-in bank ended instead of listening; see its log.")
        return line.removeprefix(_READY).strip()


class Control:
    """The control API of a bank that runs. Amounts are kopecks.

    :param str url: where the bank listens.
    :param verify: as in `requests`, for a bank behind https.
    """

    def __init__(self, url: str, verify: bool | str = True):
        self._base = f'{url}/control'
        self._verify = verify

    def health(self) -> dict[str, Any]:
        return self._call('GET', '/health')

    def cards(self) -> list[dict[str, Any]]:
        """The test cards."""
        return self._call('GET', '/cards')

    def put_merchant(self, login: str, **settings: Any) -> dict[str, Any]:
        """Create a shop or replace its settings: at least ``password``, ``dialect``, ``name``."""
        return self._call('PUT', f'/merchants/{login}', settings)

    def merchant(self, login: str) -> dict[str, Any]:
        return self._call('GET', f'/merchants/{login}')

    def faults(self, login: str, *faults: Mapping[str, Any]) -> dict[str, Any]:
        """Switch on these faults and no others; none at all switches everything off."""
        return self._call('PUT', f'/merchants/{login}/faults', list(faults))

    def add_faults(self, login: str, *faults: Mapping[str, Any]):
        """Switch on these faults as well."""
        self._call('POST', f'/merchants/{login}/faults', list(faults))

    def faults_left(self, login: str) -> dict[str, Any]:
        """``faults`` that are still on, and how often each kind has ``struck``."""
        return self._call('GET', f'/merchants/{login}/faults')

    def orders(self, login: str = '', order_number: str = '') -> list[dict[str, Any]]:
        return self._call('GET', '/orders', query={'login': login, 'orderNumber': order_number})

    def order(self, order_id: str) -> dict[str, Any]:
        return self._call('GET', f'/orders/{order_id}')

    def pay(self, order_id: str, **what: Any) -> dict[str, Any]:
        """Pay as a payer would.

        ``card`` or ``method``, ``outcome``, ``actionCode``, ``late``, ``keep_card``.
        """
        return self._call('POST', f'/orders/{order_id}/pay', what)

    def expire(self, order_id: str) -> dict[str, Any]:
        return self._call('POST', f'/orders/{order_id}/expire', {})

    def deposit(self, order_id: str, amount: int | None = None) -> dict[str, Any]:
        """Complete a hold in the bank's cabinet."""
        return self._call('POST', f'/orders/{order_id}/deposit', _amount(amount))

    def reverse(self, order_id: str, amount: int | None = None) -> dict[str, Any]:
        """Reverse in the bank's cabinet."""
        return self._call('POST', f'/orders/{order_id}/reverse', _amount(amount))

    def refund(self, order_id: str, amount: int) -> dict[str, Any]:
        """Refund in the bank's cabinet."""
        return self._call('POST', f'/orders/{order_id}/refund', {'amount': amount})

    def chargeback(self, order_id: str, amount: int | None = None) -> dict[str, Any]:
        """The payer's bank takes the money back, all that is left of it without an amount."""
        return self._call('POST', f'/orders/{order_id}/chargeback', _amount(amount))

    def bindings(self, login: str = '', client_id: str = '') -> list[dict[str, Any]]:
        """Cards on file."""
        query = {'login': login, 'clientId': client_id}
        return self._call(
            'GET', '/bindings', query={name: value for name, value in query.items() if value}
        )

    def set_binding(self, binding_id: str, **what: Any) -> dict[str, Any]:
        """What the issuer does: ``expiry`` (YYYYMM), ``actionCode`` of ``times`` charges, or
        ``challenge``. What is left out is left to the card."""
        return self._call('PUT', f'/bindings/{binding_id}', what)

    def remove_binding(self, binding_id: str, by: str = 'bank') -> dict[str, Any]:
        """End a binding, by the ``payer`` or the ``bank``."""
        return self._call('POST', f'/bindings/{binding_id}/remove', {'by': by})

    def subscriptions(self, login: str = '') -> list[dict[str, Any]]:
        """Accounts that were bound by SBP."""
        return self._call('GET', '/subscriptions', query={'login': login})

    def set_subscription(self, subscription_id: str, action_code: int) -> dict[str, Any]:
        """What its bank answers to charges: 0 pays, -99 leaves them in processing."""
        what = {'actionCode': action_code}
        return self._call('PUT', f'/subscriptions/{subscription_id}', what)

    def remove_subscription(self, subscription_id: str) -> dict[str, Any]:
        """End one, as the payer does in their bank's application."""
        return self._call('POST', f'/subscriptions/{subscription_id}/remove', {})

    def notify(self, order_id: str, operation: str, status: int = 1, **what: Any) -> dict[str, Any]:
        """Send a callback and return it after its first try."""
        body = {'operation': operation, 'status': status, **what}
        return self._call('POST', f'/orders/{order_id}/notify', body)

    def advance(self, seconds: float) -> dict[str, Any]:
        """Move bank time forward."""
        return self._call('POST', '/clock', {'advance': seconds})

    def wait_idle(self, timeout: float = 30.0) -> bool:
        """Wait until no request to a shop is under way; repeats that are due later don't count."""
        return self._call('POST', '/idle', {'timeout': timeout})['idle']

    def ledger(self, login: str = '') -> dict[str, Any]:
        return self._call('GET', '/ledger', query={'login': login})

    def receipts(self, login: str = '', order_number: str = '') -> list[dict[str, Any]]:
        """Receipts and what became of them, the oldest first."""
        return self._call('GET', '/receipts', query={'login': login, 'orderNumber': order_number})

    def requests(self, **query: str) -> list[dict[str, Any]]:
        """Calls that the gateway received, by ``login``, ``method`` and ``orderNumber``."""
        return self._call('GET', '/requests', query=query)

    def _call(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method,
                self._base + path,
                json=body,
                params=query,
                timeout=_CONTROL_TIMEOUT,
                verify=self._verify,
            )
        if response.status_code != 200:
            raise BankError(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json()


def _amount(amount: int | None) -> dict[str, int]:
    return {} if amount is None else {'amount': amount}
