"""What a command starts ends with it, and what it held is free again."""

import signal
import socket
import subprocess
import sys
import uuid

import psutil
import pytest

from dev.env.folders import REPOSITORY
from dev.env.locks import is_leased, lease
from dev.env.processes import free_port, running, stop

#: Seconds that a process may take to end.
PATIENCE = 10

STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print(child.pid, flush=True)
child.wait()
"""
PARENT = """
import sys
from dev.env.processes import running
with running([sys.executable, '-c', 'import time; time.sleep(600)']) as child:
    print(child.pid, flush=True)
    child.wait()
"""
HOLDER = """
import sys, time
from dev.env.locks import lease
with lease(sys.argv[1]):
    print('held', flush=True)
    time.sleep(600)
"""


@pytest.fixture
def start():
    processes = []

    def _start(code, *arguments):
        process = subprocess.Popen(
            [sys.executable, '-c', code, *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process, process.stdout.readline().strip()

    yield _start
    for process in processes:
        stop(process)
        process.stdout.close()


def has_ended(pid):
    try:
        process = psutil.Process(int(pid))
        return process.status() == psutil.STATUS_ZOMBIE or process.wait(PATIENCE) is None
    except psutil.NoSuchProcess:
        return True


def test_a_child_ends_with_a_parent_that_is_told_to(start):
    parent, child = start(PARENT)

    parent.send_signal(signal.SIGINT)

    assert parent.wait(PATIENCE) != 0
    assert has_ended(child)


def test_a_child_ends_with_a_parent_that_is_killed(start):
    parent, child = start(PARENT)

    parent.kill()

    assert has_ended(child)


def test_a_child_that_does_not_listen_is_killed_with_its_own_children(start):
    process, grandchild = start(STUBBORN)

    stop(process, patience=0.2)

    assert process.returncode == -signal.SIGKILL
    assert has_ended(grandchild)


def test_a_failing_block_ends_its_child():
    sleeper = [sys.executable, '-c', 'import time; time.sleep(600)']

    with pytest.raises(RuntimeError), running(sleeper) as child:
        raise RuntimeError

    assert child.returncode == -signal.SIGTERM


def test_a_lease_is_seen_while_its_holder_lives(start):
    name = f'test-{uuid.uuid4()}'

    holder, _held = start(HOLDER, name)
    assert is_leased(name)
    holder.kill()
    holder.wait(PATIENCE)

    assert not is_leased(name)
    with lease(name):
        assert is_leased(name)
    assert not is_leased(name)


def test_a_taken_port_is_not_offered():
    with socket.create_server(('127.0.0.1', 0)) as server:
        taken = server.getsockname()[1]

        assert free_port(preferred=taken) != taken


def test_a_free_port_that_is_preferred_is_offered():
    port = free_port()

    assert free_port(preferred=port) == port
