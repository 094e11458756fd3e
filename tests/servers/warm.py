"""A process that has mailbot imported and forks a worker for each run: what is saved is a second of imports a run."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


class WarmStart:
    """Runs `tests.stories.killable`, one run at a time, each in a process and a session of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.killable", "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._told = b""

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        """Fork a worker whose output goes to the end of the log; its pid, which is its process group's, too."""
        order = {"arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return self._next(60)

    def wait(self, seconds: float) -> int:
        """The worker's exit code (negative: the signal); TimeoutError when it still runs."""
        return self._next(seconds)

    def _next(self, seconds: float) -> int:
        """The number on the next line that comes."""
        assert self._process.stdout is not None
        deadline, descriptor = time.monotonic() + seconds, self._process.stdout.fileno()
        while b"\n" not in self._told:
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            piece = os.read(descriptor, 1000)
            assert piece, "the process that forks workers has ended"
            self._told += piece
        line, _, self._told = self._told.partition(b"\n")
        return int(line)


@cache
def warm_start() -> WarmStart:
    """The one of this test process; it ends with it, because its orders end."""
    return WarmStart()


def serve(replies: int) -> list[str]:
    """In the process that forks: take orders until they end. Comes back in each forked worker, with its arguments."""
    assert threading.active_count() == 1, "what is forked must have one thread"
    for line in sys.stdin:
        order = json.loads(line)
        worker = os.fork()
        if not worker:
            _become(order, replies)
            return list(order["arguments"])
        code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        with contextlib.suppress(BrokenPipeError):  # the tests were ended
            os.write(replies, f"{code}\n".encode())
    sys.exit()


def _become(order: dict[str, str | list[str] | dict[str, str]], replies: int) -> None:
    """A worker as if it had been started by itself."""
    os.setsid()
    os.write(replies, f"{os.getpid()}\n".encode())
    os.close(replies)
    assert isinstance(order["environment"], dict)
    os.environ.clear()
    os.environ.update(order["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor, stands_for in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, stands_for)
    os.close(nothing)
    os.close(log)
