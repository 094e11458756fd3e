"""One worker a ledger, between real processes."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbot.edges.ledger.lock import WorkerLock
from mailbot.errors import StorageFull, WorkerBusy

HOLD = """
import subprocess, sys
from pathlib import Path
from mailbot.edges.ledger.lock import WorkerLock
WorkerLock(Path(sys.argv[1])).acquire()
child = subprocess.Popen(["sleep", "60"], close_fds=False)
print(child.pid, flush=True)
sys.stdin.read()
"""


@contextmanager
def _holder(ledger: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds the lock and has a child."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        yield process, child
    finally:
        os.kill(child, signal.SIGKILL)
        process.kill()
        process.communicate()


def test_a_second_worker_is_told_who_holds_the_ledger(tmp_path: Path) -> None:
    """Process, host and since when; also when the holder is stopped."""
    lock = WorkerLock(tmp_path / "mailbot.db")
    with _holder(tmp_path / "mailbot.db") as (process, _):
        said = rf"process {process.pid} on {socket.gethostname()} since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d"
        with pytest.raises(WorkerBusy, match=said):
            lock.acquire()
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(WorkerBusy, match=said):
            lock.acquire()


def test_death_frees_the_lock_and_children_do_not_keep_it(tmp_path: Path) -> None:
    """A worker that was killed holds nothing back, though its child lives on."""
    lock = WorkerLock(tmp_path / "mailbot.db")
    with _holder(tmp_path / "mailbot.db") as (process, child):
        process.kill()
        process.wait()
        os.kill(child, 0)  # it lives
        lock.acquire()
        lock.release()


def test_a_lock_is_released_and_taken_again(tmp_path: Path) -> None:
    """Release lets the next worker in; releasing twice is harmless."""
    one, two = WorkerLock(tmp_path / "mailbot.db"), WorkerLock(tmp_path / "mailbot.db")
    one.acquire()
    with pytest.raises(WorkerBusy, match=str(os.getpid())):
        two.acquire()
    one.release()
    one.release()
    two.acquire()
    two.release()


def test_ledgers_have_a_lock_each(tmp_path: Path) -> None:
    """Workers of two ledgers in one folder do not hinder each other."""
    one, two = WorkerLock(tmp_path / "a.db"), WorkerLock(tmp_path / "b.db")
    one.acquire()
    two.acquire()
    one.release()
    two.release()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """What cannot be written is StorageFull, as everywhere."""
    with pytest.raises(StorageFull, match="cannot be written"):
        WorkerLock(tmp_path / "none" / "mailbot.db").acquire()


def test_looking_says_who_works(tmp_path: Path) -> None:
    """Nobody, the holder, nobody again; without taking the lock away from anybody."""
    lock, looking = WorkerLock(tmp_path / "mailbot.db"), WorkerLock(tmp_path / "mailbot.db")
    assert looking.holder() is None
    lock.acquire()
    assert str(os.getpid()) in str(looking.holder())
    lock.release()
    assert looking.holder() is None


def test_somebody_looking_does_not_keep_a_worker_out(tmp_path: Path) -> None:
    """`status` shares the lock for the moment of its look; a worker that starts just then waits for it."""
    lock = WorkerLock(tmp_path / "mailbot.db")
    with (tmp_path / "mailbot.db.worker").open("w") as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        timer = threading.Timer(0.1, fcntl.flock, [look, fcntl.LOCK_UN])
        timer.start()
        lock.acquire()
        timer.join()
    lock.release()
