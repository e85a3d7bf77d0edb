"""What it takes to ask the bank over https, as it is always asked; the other rows do it plainly."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dev.bench import client_alone, load
from dev.bench.figures import Figure, at_most
from dev.bench.meters import cpu_of
from dev.bench.notifications import by_get
from dev.bench.orders import Order, Payments
from dev.bench.rounds import Rounds
from dev.bench.tls import Front, front
from dev.bench.world import ASK, PASSWORD, Shop, World
from dev.env.folders import ADDON
from dev.odoo.provider import gateway_url

#: The handshakes of both workers, and of the first questions, come before the clock is started.
WARM_UP = 12


def measure(world: World) -> Iterator[Figure]:
    """Ask with the client alone, then in Odoo, in turn over https and plainly."""
    world.let_jobs_run(ASK)
    with (
        tempfile.TemporaryDirectory() as folder,
        front(world.bank.url, Path(folder)) as secure,
    ):
        asking = _Asking(world, secure)
        took = _ask_alone(asking.shop, asking.orders[0], secure)
        yield Figure(
            'CPU of one question over https, the client alone',
            took['as it is'],
            'ms',
            took['kept'],
            'a kept session',
            at_most(3),
        )
        rounds = Rounds(
            {
                'https': partial(asking.cpu_of_notification, is_secure=True),
                'plain': partial(asking.cpu_of_notification, is_secure=False),
            },
            world.size.rounds,
        )
        asking.put_away()
        yield Figure(
            'what https adds to the CPU of a first delivery',
            1000 * (rounds.median('https', float) - rounds.median('plain', float)),
            'ms',
            goal=at_most(3),
            note=f'{asking.handshakes} handshakes for {asking.questions} notifications',
        )


def _ask_alone(shop: Shop, order: Order, secure: Front) -> dict[str, float]:
    """Return the milliseconds that a question takes, by how it is asked."""
    where = {
        'url': gateway_url(shop.bank, shop.dialect).replace(shop.bank.url, secure.url),
        'login': shop.login,
        'password': PASSWORD,
        'authority': str(secure.authority),
        'number': order.number,
    }
    done = subprocess.run(
        [sys.executable, client_alone.__file__],
        env={**os.environ, 'PYTHONPATH': str(ADDON)},
        input=json.dumps(where),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


class _Asking:
    """Payments that are notified over and over, each time for the first time.

    :param secure: what stands before the bank, for https
    """

    def __init__(self, world: World, secure: Front):
        self._world = world
        self._secure = secure
        self.shop = world.open_shop('bench-https-api', is_notified=False)
        self._payments = Payments(world, self.shop)
        self.orders = self._payments.register(WARM_UP + world.size.requests // 3)
        self._notifications = list(map(by_get, self._payments.pay(self.orders)))
        self._ids: list[int] = []
        #: Notifications while the bank was asked over https, and the handshakes that it took.
        self.questions = self.handshakes = 0

    def cpu_of_notification(self, *, is_secure: bool) -> float:
        """Return how many seconds of Odoo's processors a first delivery takes."""
        plain = gateway_url(self.shop.bank, self.shop.dialect)
        values = {
            'sberbank_custom_url': (
                plain.replace(self.shop.bank.url, self._secure.url) if is_secure else plain
            ),
            'sberbank_ca_certificates': self._secure.authority.read_text(),
        }
        provider_id = self.shop.method.provider_id
        self._world.back_office.call('payment.provider', 'write', [provider_id], values)
        self.put_away()
        self._ids = self._payments.put(self.orders)
        self._send(self._notifications[:WARM_UP])
        before = self._secure.handshakes
        with cpu_of(self._world.server.process.pid) as meter:
            self._send(self._notifications[WARM_UP:])
        if is_secure:
            self.handshakes += self._secure.handshakes - before
            self.questions += len(self._notifications) - WARM_UP
        return meter.seconds / (len(self._notifications) - WARM_UP)

    def put_away(self) -> None:
        """Leave nothing behind that a job would book."""
        self._payments.put_away(self._ids)

    def _send(self, notifications: list[load.Request]) -> None:
        volley = load.send_all(self._world.server.url, notifications)
        # On a busy machine some are put off.
        assert set(volley.statuses) <= {200, 503}, f'Notifications are answered {volley.statuses}.'
