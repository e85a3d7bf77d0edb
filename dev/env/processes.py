"""Child processes that end with the command that started them, however it ends."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dev.env.folders import REPOSITORY

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def end_on_signals() -> None:
    """Turn the signals that end a process into SystemExit, so that every `finally` runs."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))


@contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen]:
    """Run `command` for the length of the block.

    It gets a session of its own, so that Ctrl-C reaches us alone and we end it in good order;
    when we are killed without a chance to do so, the kernel ends it.

    :param options: for :class:`subprocess.Popen`
    """
    parent = os.getpid()
    process = subprocess.Popen(
        command, start_new_session=True, preexec_fn=lambda: _die_with(parent), **options
    )
    try:
        yield process
    finally:
        stop(process)


@contextmanager
def running_logged(command: list[str], log: Path) -> Iterator[subprocess.Popen]:
    """Run `command` in the repository for the length of the block, its output appended to `log`."""
    with log.open('ab') as output:
        options = {'stdin': subprocess.DEVNULL, 'stdout': output, 'stderr': output}
        with running(command, cwd=REPOSITORY, **options) as process:
            yield process


def run_in_foreground(command: list[str], **options: Any) -> int:
    """Run `command`, which sees Ctrl-C as we do, and return its exit status.

    :param options: for :class:`subprocess.Popen`
    """
    parent = os.getpid()
    process = subprocess.Popen(command, preexec_fn=lambda: _die_with(parent), **options)
    try:
        while True:
            # After Ctrl-C it tidies up: let it.
            with suppress(KeyboardInterrupt):
                return process.wait()
    finally:
        stop(process)


def stop(process: subprocess.Popen, *, patience: float = 15) -> None:
    """Ask `process` to end, then end it and its children by force.

    :param patience: seconds to wait in between
    """
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port(preferred: int = 0) -> int:
    """Return a port of the loopback interface that nobody listens on now.

    :param preferred: the port to return if it is free
    """
    with socket.socket() as probe:
        try:
            probe.bind(('127.0.0.1', preferred))
        except OSError:
            probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _die_with(parent: int) -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
