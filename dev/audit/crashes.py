"""Crashes of the machine while customers pay: workers are killed, PostgreSQL restarts."""

from collections.abc import Sequence

import psutil

from dev.audit.jobs import Jobs
from dev.audit.plan import Incident
from dev.audit.supervisor import Supervisor
from dev.audit.witness import Witness
from dev.env.postgres import OwnServer
from dev.env.waiting import wait_until
from dev.odoo.server import is_healthy
from dev.odoo.session import TIMEOUT

#: What a worker is for.
FOR_HTTP, FOR_JOBS = 'http', 'jobs'


class Machine:
    """The server under Odoo, as somebody sees it who breaks it.

    :param url: where Odoo answers
    :param supervisor: keeps Odoo alive, with its worker processes
    :param postgresql: the server that Odoo uses
    :param jobs: Odoo's, which may be started at any time
    :param witness: is told when something breaks
    """

    def __init__(
        self,
        url: str,
        supervisor: Supervisor,
        postgresql: OwnServer,
        jobs: Jobs,
        witness: Witness,
    ):
        self._url = url
        self._supervisor = supervisor
        self._postgresql = postgresql
        self._jobs = jobs
        self._witness = witness
        self.done: list[str] = []

    def suffer(self, incident: Incident) -> None:
        """Let an incident happen."""
        {
            'kill_worker': lambda: self._kill(FOR_HTTP, incident.draw),
            'kill_jobs': lambda: self._kill(FOR_JOBS, incident.draw),
            'restart_postgresql': self._restart_postgresql,
            'ask_all_now': self._jobs.ask_all_now,
        }[incident.what]()
        self.done.append(incident.what)

    def kill_all_jobs(self) -> None:
        """Kill whatever runs Odoo's jobs now."""
        with self._witness.incident():
            victims = self._workers(FOR_JOBS)
            for victim in victims:
                victim.kill()
            wait_until(lambda: not any(one.is_running() for one in victims), limit=TIMEOUT)
        self.done.append('kill_job_at_charge')

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
            if is_fork and is_for_jobs == (kind == FOR_JOBS):
                found.append(process)
        return sorted(found, key=psutil.Process.create_time)
