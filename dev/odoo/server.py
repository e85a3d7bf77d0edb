"""A running Odoo on a loopback port."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from dev.env.folders import REPOSITORY
from dev.env.processes import free_port, running_logged
from dev.env.progress import Problem
from dev.odoo.command import log_file, tail, write_config

#: With workers, Odoo starts itself once more: by a file, it can't by the name of a module.
EXECUTABLE = REPOSITORY / 'dev/odoo/bin/odoo'
#: Seconds that a server may take to answer its first request.
START_LIMIT = 120
#: A port may be taken between our look and Odoo's.
TRIES = 3


@dataclass(frozen=True)
class OdooServer:
    """Where a running Odoo answers, and where it logs."""

    url: str
    database: str
    process: subprocess.Popen
    log: Path


@contextmanager
def odoo_server(
    database: str,
    *,
    workers: int = 0,
    cron_threads: int = 1,
    port: int = 0,
    addons: Sequence[Path] = (REPOSITORY,),
    options: Mapping[str, str] | None = None,
    programs: Path | None = None,
) -> Iterator[OdooServer]:
    """Run Odoo on `database` for the length of the block.

    :param workers: worker processes; 0 for one process with threads
    :param cron_threads: threads (or processes, with `workers`) for scheduled jobs
    :param port: the port to listen on if it is free; 0 for any
    :param addons: the folders of the addons beside Odoo's own
    :param options: more options of Odoo's configuration file
    :param programs: where programs are that Odoo calls and the machine may lack
    :raise Problem: Odoo does not start; the text holds the end of its log
    """
    log = log_file(database)
    with ExitStack() as stack:
        for candidate in (free_port(port), *(free_port() for _ in range(TRIES - 1))):
            command = _command(
                database, candidate, workers, cron_threads, addons, options, programs
            )
            process = stack.enter_context(running_logged(command, log))
            server = OdooServer(f'http://127.0.0.1:{candidate}', database, process, log)
            if _answers(server):
                break
        else:
            raise Problem(f'Odoo does not start:\n{tail(log)}\n(all of it: {log})')
        yield server


def _command(
    database: str,
    port: int,
    workers: int,
    cron_threads: int,
    addons: Sequence[Path],
    options: Mapping[str, str] | None,
    programs: Path | None,
) -> list[str]:
    config = write_config(
        database,
        addons=addons,
        options={
            'gevent_port': str(free_port()),
            'http_port': str(port),
            'max_cron_threads': str(cron_threads),
            'workers': str(workers),
            **(options or {}),
            **({'bin_path': str(programs)} if programs else {}),
        },
    )
    return [sys.executable, str(EXECUTABLE), '-c', str(config)]


def _answers(server: OdooServer) -> bool:
    """Wait until the server answers; tell whether it does, or has ended before."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if is_healthy(server.url):
            return server.process.poll() is None
        try:
            server.process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False


def is_healthy(url: str) -> bool:
    """Tell whether Odoo answers, and its database too."""
    try:
        return requests.get(f'{url}/web/health?db_server_status=1', timeout=5).ok
    except requests.RequestException:
        return False
