"""Odoo's own command line, run to its end on one database."""

import secrets
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from dev.env.folders import BUILD, REPOSITORY, cache
from dev.env.processes import running_logged
from dev.env.progress import Problem

#: Lines of Odoo's log that are shown when it fails.
SHOWN_LINES = 40


def run(command: str, *arguments: str, database: str, log: Path | None = None) -> None:
    """Run `odoo COMMAND` and wait for it.

    :param database: the database that the command works on
    :param log: where Odoo's log goes; by default a file under `build/logs`
    :raise Problem: it failed; the text holds the end of its log
    """
    config = write_config(database)
    run_logged(
        [sys.executable, '-m', 'odoo', command, '-c', str(config), *arguments],
        log or log_file(database),
    )


def run_logged(command: list[str], log: Path) -> None:
    """Run any `command` in the repository, its output appended to the file `log`.

    :raise Problem: it failed; the text holds the end of its output
    """
    with log.open('a') as output:
        output.write(f'$ {" ".join(command)}\n')
    with running_logged(command, log) as process:
        status = process.wait()
    if status:
        raise Problem(f'{" ".join(command)} failed:\n{tail(log)}\n(all of it: {log})')


def write_config(
    database: str,
    *,
    addons: Sequence[Path] = (REPOSITORY,),
    options: dict[str, str] | None = None,
) -> Path:
    """Write Odoo's configuration file for work on `database` alone, and return its path.

    PostgreSQL's address is not in it: Odoo takes libpq's environment variables.

    :param addons: the folders of the addons beside Odoo's own
    :param options: more options, or other values
    """
    values = {
        'admin_passwd': secrets.token_urlsafe(),
        'data_dir': str(_data_folder()),
        'db_maxconn': '16',
        'db_name': database,
        'dbfilter': f'^{database}$',
        'http_interface': '127.0.0.1',
        'list_db': 'False',
    }
    if addons:
        values['addons_path'] = ','.join(map(str, addons))
    values.update(options or {})
    lines = ['[options]', *(f'{name} = {value}' for name, value in values.items())]
    path = BUILD / 'config' / f'{database}.conf'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text('\n'.join(lines) + '\n')
    return path


def log_file(name: str) -> Path:
    """Return the path of the log `name` of this clone's runs."""
    path = BUILD / 'logs' / f'{name}.log'
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def filestore(database: str) -> Path:
    """Return the folder of the attachments of `database`."""
    return _data_folder() / 'filestore' / database


def tail(log: Path) -> str:
    """Return the last lines of the file `log`."""
    with log.open(errors='replace') as lines:
        return ''.join(deque(lines, SHOWN_LINES)).rstrip()


def _data_folder() -> Path:
    return cache() / 'odoo-data'
