"""Removing what runs leave behind. Standard library only."""

import os
import shutil
import signal
from pathlib import Path

from dev.env.folders import BUILD, REPOSITORY, cache
from dev.env.locks import is_leased
from dev.env.progress import Problem

MADE_BY_TOOLS = (
    BUILD,
    REPOSITORY / 'dist',
    REPOSITORY / '.hypothesis',
    REPOSITORY / '.pytest_cache',
    REPOSITORY / '.ruff_cache',
)


def clean(*, everything: bool) -> None:
    """Remove what runs left in this clone.

    :param everything: also remove what all clones share: Odoo, Python packages, databases
    :raise Problem: `everything`, and another command is at work with it
    """
    if everything:
        _remove_cache()
    bytecode = (path for path in REPOSITORY.rglob('__pycache__') if path.is_dir())
    packaging = REPOSITORY.glob('*.egg-info')
    for folder in (*MADE_BY_TOOLS, *bytecode, *packaging):
        shutil.rmtree(folder, ignore_errors=True)


def _remove_cache() -> None:
    servers = list(cache().glob('postgresql*'))
    if any(is_leased(folder.name) for folder in servers):
        raise Problem('Another command is running: end it first.')
    for folder in servers:
        _stop_abandoned_server(folder)
    shutil.rmtree(cache())


def _stop_abandoned_server(folder: Path) -> None:
    """Stop a PostgreSQL that outlived a killed command."""
    pid_file = folder / 'postmaster.pid'
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    command = Path(f'/proc/{pid}/cmdline')
    if command.exists() and str(folder).encode() in command.read_bytes():
        os.kill(pid, signal.SIGQUIT)
