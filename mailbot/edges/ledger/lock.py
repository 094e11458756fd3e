"""One worker a ledger: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from mailbot.errors import StorageFull, WorkerBusy


class WorkerLock:
    """An flock on `<ledger>.worker`, a file beside the ledger that says who holds it.

    The file stays when the lock is released: removing it would let two workers lock two files of one name. The
    descriptor is closed on exec (PEP 446), so no child program keeps the lock.
    """

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(f"{ledger.name}.worker")
        self._file: int | None = None

    def acquire(self, at: datetime | None = None) -> None:
        """Become the worker of this ledger; WorkerBusy, which names the holder, when there is one already."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageFull(f"{self._path} cannot be written: {error.strerror}") from error
        if not _lock(file):
            said = _said(file)
            os.close(file)
            raise WorkerBusy(f"another worker holds this ledger: {said}")
        since = (at or datetime.now(UTC)).astimezone().isoformat(sep=" ", timespec="seconds")
        os.truncate(file, 0)
        os.pwrite(file, f"process {os.getpid()} on {socket.gethostname()} since {since}\n".encode(), 0)
        self._file = file

    def holder(self) -> str | None:
        """Who works on this ledger, in words; None when nobody does."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _said(file)
        finally:
            os.close(file)
        return None

    def release(self) -> None:
        """Let another worker take over; harmless when the lock is not held."""
        if self._file is not None:
            os.truncate(self._file, 0)
            os.close(self._file)
            self._file = None


def _lock(file: int) -> bool:
    """Whether the lock could be had. It is asked for a few times: `holder` has it for a moment while it looks."""
    for pause in (0.05, 0.1, 0.2, 0.0):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
        else:
            return True
    return False


def _said(file: int) -> str:
    return os.pread(file, 500, 0).decode("utf-8", "replace").strip() or "one that has not said who it is"
