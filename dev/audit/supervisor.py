"""Starts Odoo again when its first process has ended, as a service manager does."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dev.env.processes import running_logged, stop
from dev.odoo.server import OdooServer


class Supervisor:
    """Keeps an Odoo alive.

    Odoo's first process ends when PostgreSQL is away at the moment when it replaces a worker.

    :param server: a running Odoo
    """

    def __init__(self, server: OdooServer):
        self._server = server
        self._process = server.process
        self._is_over = threading.Event()
        self.restarts = 0

    @property
    def process(self) -> subprocess.Popen:
        """Odoo's first process."""
        return self._process

    @contextmanager
    def watching(self) -> Iterator['Supervisor']:
        """Watch over Odoo for the length of the block; Odoo has ended after it."""
        thread = threading.Thread(target=self._watch, name='supervisor')
        thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            stop(self._process)
            thread.join()

    def _watch(self) -> None:
        self._process.wait()
        while not self._is_over.is_set():
            stop(self._process)  # its workers
            self.restarts += 1
            command = list(self._server.process.args)
            with running_logged(command, self._server.log) as self._process:
                self._process.wait()
