"""What happens to the machine while customers pay."""

from collections.abc import Sequence

import psutil

from dev.audit.browser import TIMEOUT, is_healthy, wait_until
from dev.audit.clock import Clock
from dev.audit.plan import Incident
from dev.audit.supervisor import Supervisor
from dev.audit.witness import Witness
from dev.env.postgres import OwnServer

#: What a worker is for.
HTTP, JOBS = 'http', 'jobs'


class Machine:
    """The server under Odoo, as somebody sees it who breaks it.

    :param url: where Odoo answers
    :param supervisor: keeps Odoo alive, with its worker processes
    :param postgresql: the server that Odoo uses
    :param clock: lets time pass for Odoo's jobs
    :param witness: is told when something breaks
    """

    def __init__(
        self,
        url: str,
        supervisor: Supervisor,
        postgresql: OwnServer,
        clock: Clock,
        witness: Witness,
    ):
        self._url = url
        self._supervisor = supervisor
        self._postgresql = postgresql
        self._clock = clock
        self._witness = witness
        self.done: list[str] = []

    def suffer(self, incident: Incident) -> None:
        """Let an incident happen."""
        {
            'kill_worker': lambda: self._kill(HTTP, incident.draw),
            'kill_jobs': lambda: self._kill(JOBS, incident.draw),
            'restart_postgresql': self._restart_postgresql,
            'ask_all_now': self._clock.ask_all_now,
        }[incident.what]()
        self.done.append(incident.what)

    def _kill(self, kind: str, draw: float) -> None:
        with self._witness.incident():
            workers = self._workers(kind)
            if not workers:  # killed by someone else a moment ago
                return
            victim = workers[int(draw * len(workers))]
            victim.kill()
            # Odoo's first process starts another one.
            wait_until(lambda: not victim.is_running(), limit=TIMEOUT)

    def _restart_postgresql(self) -> None:
        with self._witness.incident():
            self._postgresql.crash_and_restart()
            # Odoo may have ended over it; it comes back.
            wait_until(lambda: is_healthy(self._url), limit=TIMEOUT)

    def _workers(self, kind: str) -> Sequence[psutil.Process]:
        """Return the workers of a kind, the oldest first.

        They are forks that look alike, but those for jobs are nice to the others.
        """
        found = []
        first = psutil.Process(self._supervisor.process.pid)
        for process in first.children():
            try:
                is_fork = process.cmdline() == first.cmdline()
                is_for_jobs = process.nice() > first.nice()
            except psutil.NoSuchProcess:
                continue
            if is_fork and is_for_jobs == (kind == JOBS):
                found.append(process)
        return sorted(found, key=psutil.Process.create_time)
