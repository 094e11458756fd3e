"""The child's side of the sandbox: reads strangers' bytes under limits and answers with plain data.

One warm process serves many letters, which saves the start of an interpreter for each:

    parent --(request, pickled: we trust it)--> warm child --> closing frame (JSON: the parent trusts nobody)
                                                  `-- fork --> a process for one letter's files: answer frame

A letter's MIME structure is parsed in the warm process itself (pure Python). Its files are read in a process forked
for this letter alone, so that a parser broken by one file cannot touch the next letter. The closing frame, written by
the warm process, has the answer in it or says how that process ended. Frames are four bytes of length (big-endian) and
JSON.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailbot import codec
from mailbot.languages import Language, load
from mailbot.model import Letter, Reading

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36
ROOM_FOR_MAPPINGS = 1 << 30
"""Address space above the memory limit: a large letter is mapped, which costs no memory of its own."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the child does: parse a letter, read its files, and what to load before the first of them is forked."""

    letter: Callable[[Path, Path, Language], Letter]
    manuscripts: Callable[[Letter, Path, Language], Reading]
    preload: Callable[[Language], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the child: CPU seconds for one request, bytes of memory, bytes of one written file."""

    seconds: int
    memory: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do. `raw` is set for a letter to be parsed, `letter` for one whose files are to be read."""

    work: Path
    raw: Path | None = None
    letter: Letter | None = None
    id: int = 0


def main(arguments: list[str], work: Work | None = None) -> None:
    """Serve until the parent closes our input. `arguments`: parent's pid, language, and the numbers of `Limits`."""
    parent, language, *numbers = arguments
    _die_with(int(parent))
    limits = Limits(*(int(number) for number in numbers))
    requests, answers = _take_over_pipes()
    _limit(limits)
    _Server(work or real_work(), load(language), limits, answers).serve(requests)


def real_work() -> Work:
    """What the running program reads with."""
    from mailbot.letter.read import read_letter
    from mailbot.manuscript.read import preload, read_manuscripts

    return Work(read_letter, read_manuscripts, preload)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _die_with(parent: int) -> None:
    """Be killed by the kernel as soon as the parent is gone, also when it is gone already; by nobody else before.

    A service manager sends SIGTERM to every process of a service: the parent then finishes the letter in hand.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _take_over_pipes() -> tuple[BinaryIO, int]:
    """The pipes that we got as standard input and output; nothing that a library prints may get into them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return requests, answers


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for what, bound in (
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_AS, limits.memory + ROOM_FOR_MAPPINGS),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            bound = min(bound, hard)
        resource.setrlimit(what, (bound, bound))


def _limit_cpu(seconds: int) -> None:
    """Allow this process so many CPU seconds from now on; the kernel ends it with SIGXCPU."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _send(answers: int, frame: dict[str, object]) -> None:
    text = json.dumps(frame).encode("ascii")
    data = memoryview(len(text).to_bytes(4, "big") + text)
    while data:
        data = data[os.write(answers, data) :]


class _Memory:
    """How many bytes of memory this process holds."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def resident(self) -> int:
        return int(os.pread(self._statm, 200, 0).split()[1]) * resource.getpagesize()


class _Server:
    def __init__(self, work: Work, language: Language, limits: Limits, answers: int) -> None:
        self._work = work
        self._language = language
        self._limits = limits
        self._answers = answers
        self._memory = _Memory()
        self._preloaded = False

    def serve(self, requests: BinaryIO) -> None:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a reading process leaves behind becomes our child
        _send(self._answers, {"id": 0, "ready": True})
        while len(head := requests.read(4)) == 4:
            request: Request = pickle.loads(requests.read(int.from_bytes(head, "big")))
            _limit_cpu(self._limits.seconds)
            forked = request.letter is not None and bool(request.letter.files)
            closing = self._fork(request) if forked else self._answer(request)
            _send(self._answers, {"id": request.id, **closing, "resident": self._memory.resident()})

    def _answer(self, request: Request) -> dict[str, object]:
        """Do it; what the frame says: the answer, or how it went wrong."""
        try:
            return {"answer": codec.dump(self._do(request))}
        except MemoryError:
            return {"died": "it ran out of memory"}
        except OSError as fault:
            if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                return {"full": str(fault.strerror)}
            return {"died": f"{type(fault).__name__}: {fault}"}
        except Exception as fault:  # noqa: BLE001 - a stranger's bytes may break a reader in any way; the parent is told
            return {"died": f"{type(fault).__name__}: {fault}"[:300]}

    def _do(self, request: Request) -> Letter | Reading:
        if request.letter is not None:
            return self._work.manuscripts(request.letter, request.work, self._language)
        if request.raw is None:
            raise ValueError("a request without a letter")
        return self._work.letter(request.raw, request.work, self._language)

    def _fork(self, request: Request) -> dict[str, object]:
        """Answer in a process of its own; how it ended when it did not end well."""
        if not self._preloaded:
            self._work.preload(self._language)
            self._preloaded = True
            gc.freeze()  # a collection in the fork would copy all that both share
        warm = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_forked(request, warm)
        _, status = os.waitpid(pid, 0)
        if _has_children():
            return {"died": "it left a process running"}
        if os.WIFSIGNALED(status):
            return {"died": _words_for(os.WTERMSIG(status))}
        return {} if status == 0 else {"died": f"it ended with status {os.waitstatus_to_exitcode(status)}"}

    def _be_forked(self, request: Request, warm: int) -> None:
        try:
            _die_with(warm)
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # no processes of its own (root is not held by it)
            _limit_cpu(self._limits.seconds)
            _send(self._answers, {"id": request.id, **self._answer(request)})
            os._exit(0)
        finally:
            os._exit(1)


def _has_children() -> bool:
    """Whether a living process is left; dead ones are buried on the way."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _words_for(number: int) -> str:
    if number == signal.SIGXCPU:
        return "it used up its CPU time"
    return f"it was killed by {signal.Signals(number).name}"


if __name__ == "__main__":
    main(sys.argv[1:])
