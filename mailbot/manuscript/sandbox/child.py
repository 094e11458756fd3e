"""The child's side of the sandbox: reads strangers' bytes under limits and answers with plain data.

One warm process serves many letters, which saves the start of an interpreter for each:

    parent --(request, pickled: we trust it)--> warm child --> closing frame (JSON: the parent trusts nobody)
                                                  |-- fork --> a process for one letter's files --(its own pipe)--> warm
                                                  `-- fork --> an office program, where one is needed

A letter's MIME structure is parsed in the warm process itself (pure Python). Its files are read in a process forked
for this letter alone, which is confined further (`sandbox.confine`) and has no way to the parent. A file that kills
that process, or takes too long, is told apart and left out in the next try: it costs itself only. Frames are four bytes
of length (big-endian) and JSON.
"""

from __future__ import annotations

import encodings
import errno
import gc
import importlib
import json
import math
import mmap
import os
import pickle
import pkgutil
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from mailbot import codec
from mailbot.languages import Language, load
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.files import At, Known, Wanted
from mailbot.manuscript.sandbox import confine, office
from mailbot.manuscript.sandbox.convert import converted, end_descendants, sweep
from mailbot.manuscript.sandbox.workfolder import WorkFolder
from mailbot.model import FileProblem, Letter, Reading

ROOM_FOR_MAPPINGS = 1 << 30
"""Address space above the memory limit: a large letter is mapped, which costs no memory of its own."""

DEATHS = 8
"""So many files of one letter may break the process that reads them; what comes behind the last is not opened."""

CONVERSIONS = 3
"""So many files of one letter are given to the office program."""

FOR_FILES = 0.8
"""The share of a letter's time that may go into its files, with all tries; the rest is for putting together."""

OUT_OF_MEMORY = "it ran out of memory"
_ANSWER_BYTES = 16 << 20
_KINDS = ("answer", "died", "memory", "full", "wanted", "broken")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Work:
    """What the child does: parse a letter, read its files, and what to load before the first of them is forked."""

    letter: Callable[[Path, Path, Language], Letter]
    manuscripts: Callable[[Letter, Path, Language, Known, At], Reading]
    preload: Callable[[Language], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the child: seconds (wall clock and CPU) for one request, bytes of memory, bytes of one written file.

    `file_seconds` and `file_memory` bound the process that reads a letter's files at each of them.
    """

    seconds: float
    memory: int
    file_bytes: int
    file_seconds: int
    file_memory: int


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do. `raw` is set for a letter to be parsed, `letter` for one whose files are to be read."""

    work: Path
    raw: Path | None = None
    letter: Letter | None = None
    id: int = 0


def main(arguments: list[str], work: Work | None = None) -> None:
    """Serve until the parent closes our input. `arguments`: parent's pid, language, and the numbers of `Limits`."""
    parent, language, seconds, *numbers = arguments
    _die_with(int(parent))
    limits = Limits(float(seconds), *(int(number) for number in numbers))
    requests, answers = _take_over_pipes()
    _limit(limits)
    server = _Server(work or real_work(), load(language), limits, requests, answers)
    sweep()
    confine.confine_child(local_sockets=server.office is not None)
    _fall_silent()
    server.serve()


def real_work() -> Work:
    """What the running program reads with."""
    from mailbot.letter.read import read_letter
    from mailbot.manuscript.read import preload, read_manuscripts

    return Work(read_letter, read_manuscripts, preload)


def _die_with(parent: int) -> None:
    """Be killed by the kernel as soon as the parent is gone, also when it is gone already; by nobody else before.

    A service manager sends SIGTERM to every process of a service: the parent then finishes the letter in hand.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    confine.die_with_parent(signal.SIGKILL)
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


def _fall_silent() -> None:
    """The parent listens to our complaints only until we have started."""
    for descriptor in (1, 2):
        os.dup2(0, descriptor)


def _limit(limits: Limits) -> None:
    confine.limit(resource.RLIMIT_CORE, 0)
    confine.limit(resource.RLIMIT_DATA, limits.memory)
    confine.limit(resource.RLIMIT_AS, limits.memory + ROOM_FOR_MAPPINGS)
    confine.limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    confine.limit(resource.RLIMIT_NOFILE, 64)


def _limit_cpu(seconds: float) -> None:
    """Allow this process so many CPU seconds from now on; the kernel ends it with SIGXCPU."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + 1 + math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _send(answers: int, frame: dict[str, object]) -> None:
    text = json.dumps(frame).encode("ascii")
    _write(answers, len(text).to_bytes(4, "big") + text)


def _write(descriptor: int, content: bytes) -> None:
    data = memoryview(content)
    while data:
        data = data[os.write(descriptor, data) :]


class _Memory:
    """How many bytes of memory this process holds."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def resident(self) -> int:
        return int(os.pread(self._statm, 200, 0).split()[1]) * resource.getpagesize()


class _Note:
    """Which file is being read, in memory that the warm process shares with the one that reads."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)

    def write(self, where: str) -> None:
        name = where.encode("utf-8", "replace")[:1000]
        self._shared[: len(name) + 2] = len(name).to_bytes(2, "big") + name

    def read(self) -> str:
        size = min(1000, int.from_bytes(self._shared[:2], "big"))
        return self._shared[2 : 2 + size].decode("utf-8", "replace")


class _Watch:
    """The `at` of a reading process: notes each file, and has the kernel end the process that stays at one too long.

    A file may be begun with more than once (to be opened, to be looked into, for its pictures): its seconds are for all
    of that together. Behind the file `last` nothing new is begun with.
    """

    def __init__(self, note: _Note, until: float, seconds: float, last: str) -> None:
        self._note, self._until, self._seconds, self._last = note, until, seconds, last
        self._left: dict[str, float] = {}
        self._now, self._since, self._over = "", 0.0, False

    def __call__(self, where: str) -> None:
        """Begin with a file; "" after the last one. Unreadable when the letter's time is used up."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        now = time.monotonic()
        if self._now:
            self._left[self._now] -= now - self._since
        self._note.write(where)
        self._now, self._since = "", now
        if not where:
            return
        left = self._until - now
        self._over = self._over or left <= 0
        if self._over and where not in self._left:
            raise Unreadable(FileProblem.TOO_LARGE, "time")
        self._over = self._over or where == self._last
        self._now = where
        own = self._left.setdefault(where, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, max(min(own, left / 2), 0.1))  # a second try needs time as well


@dataclass(frozen=True, slots=True)
class _End:
    """How a reading process ended: `kind` names what `text` is; `where` is the file that it was at.

    answer: the reading; died: why; memory: there was none left; full: the disk is; wanted: a file to be converted;
    broken: the installation lacks something, which is no file's fault. `signal` is the number of the one that killed
    it, 0 for none.
    """

    kind: str
    text: str
    where: str = ""
    signal: int = 0

    @property
    def spoilt_by(self) -> tuple[FileProblem, str] | None:
        """What is the matter with the file that it died of; None where it died of no file."""
        if not self.where or self.kind not in ("died", "memory"):
            return None
        if self.signal in (signal.SIGALRM, signal.SIGXCPU):
            return FileProblem.TOO_LARGE, "time"
        if self.kind == "memory" or self.signal == signal.SIGKILL:  # the kernel's own, when the machine has none left
            return FileProblem.TOO_LARGE, "memory"
        return FileProblem.DAMAGED, "crash"


@dataclass(slots=True)
class _Tries:
    """What the tries of one letter taught so far; `office`: whether there is an office program.

    `last` is the file behind which to stop, after too many that broke the process; "" for none.
    """

    office: bool
    spoilt: dict[str, tuple[FileProblem, str]] = field(default_factory=dict)
    converted: dict[str, str | None] = field(default_factory=dict)
    last: str = ""

    @property
    def may_convert(self) -> bool:
        return self.office and len(self.converted) < CONVERSIONS

    def known(self) -> Known:
        return Known(self.spoilt, self.converted, self.may_convert)


class _Server:
    def __init__(self, work: Work, language: Language, limits: Limits, requests: BinaryIO, answers: int) -> None:
        self._work = work
        self._language = language
        self._limits = limits
        self._requests = requests
        self._answers = answers
        self._memory = _Memory()
        self._note = _Note()
        self._preloaded = False
        self.office = office.find()

    def serve(self) -> None:
        confine.adopt_orphans()
        _send(self._answers, {"id": 0, "ready": True})
        while len(head := self._requests.read(4)) == 4:
            request: Request = pickle.loads(self._requests.read(int.from_bytes(head, "big")))
            _limit_cpu(self._limits.seconds)
            if request.letter is not None and request.letter.files:
                kind, text = self._guarded(partial(self._read_files, request, request.letter))
            else:
                kind, text = self._attempt(partial(self._without_files, request))
            kind = kind if kind in ("answer", "full") else "died"
            _send(self._answers, {"id": request.id, kind: text, "resident": self._memory.resident()})

    def _attempt(self, do: Callable[[], Letter | Reading]) -> tuple[str, str]:
        """Do it: what the text is, and the text. Never raises."""
        return self._guarded(lambda: ("answer", codec.dump(do())))

    def _guarded(self, do: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        """What came of it, or how it went wrong: what the text is, and the text."""
        try:
            return do()
        except MemoryError:
            return "memory", OUT_OF_MEMORY
        except Wanted as wanted:
            return "wanted", wanted.where
        except (ImportError, PermissionError) as fault:
            return "broken", f"{type(fault).__name__}: {fault}"[:300]
        except OSError as fault:
            if fault.errno in _NO_ROOM:
                return "full", str(fault.strerror)
            return "died", f"{type(fault).__name__}: {fault}"[:300]
        except Exception as fault:  # noqa: BLE001 - a stranger's bytes may break a reader in any way; the parent is told
            return "died", f"{type(fault).__name__}: {fault}"[:300]

    def _without_files(self, request: Request) -> Letter | Reading:
        if request.letter is not None:
            return self._work.manuscripts(request.letter, request.work, self._language, Known(), lambda where: None)
        if request.raw is None:
            raise ValueError("a request without a letter")
        return self._work.letter(request.raw, request.work, self._language)

    # --- the files of one letter

    def _read_files(self, request: Request, letter: Letter) -> tuple[str, str]:
        """Read them in processes of their own: as many as it takes to know which file spoils what."""
        self._preload()
        until = time.monotonic() + FOR_FILES * self._limits.seconds
        tries = _Tries(office=self.office is not None)
        with WorkFolder(request.work) as folder:
            while True:
                end = self._fork(letter, tries, folder, until)
                if end.kind == "wanted" and tries.may_convert and end.text not in tries.converted:
                    tries.converted[end.text] = self._convert(end.text, letter, folder, until)
                    continue
                good = folder.take_back(keep=end.kind == "answer")
                if _has_children():
                    return "died", "it left a process running"
                if end.kind == "answer" and not good:
                    return "died", "it left something else than files"
                spoilt = end.spoilt_by
                if spoilt is None or end.where in tries.spoilt or tries.last:
                    return end.kind, end.text
                tries.spoilt[end.where] = spoilt
                if len(tries.spoilt) >= DEATHS:
                    tries.last = end.where

    def _preload(self) -> None:
        if not self._preloaded:
            self._work.preload(self._language)
            if os.geteuid() == 0:
                _load_codecs()
            self._preloaded = True
            gc.freeze()  # a collection in the fork would copy all that both share

    def _convert(self, where: str, letter: Letter, folder: WorkFolder, until: float) -> str | None:
        """Have the office program make a .docx of a file; the name under which it lies in the folder, or None."""
        name = f"{PurePosixPath(where).name}.docx"
        suffix = next((PurePosixPath(file.name).suffix for file in letter.files if file.where == where), "")
        seconds = until - time.monotonic()
        try:
            if not self.office or seconds <= 0 or PurePosixPath(where).name != where:
                return None
            with converted(self.office, folder, where, suffix, seconds) as made:
                folder.take_back(keep=False)
                if made is None:
                    return None
                folder.add(name, made)
                return name
        except OSError as fault:
            if fault.errno in _NO_ROOM:
                raise
            return None  # what it made is no plain file, or its name is taken
        finally:
            folder.take_back(keep=False)
            end_descendants()

    def _fork(self, letter: Letter, tries: _Tries, folder: WorkFolder, until: float) -> _End:
        """Read the files in one process; how that ended."""
        self._note.write("")
        folder.lend()
        warm = os.getpid()
        source, sink = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(source)
                self._be_forked(letter, tries, folder, until, warm, sink)
            finally:
                os._exit(1)
        os.close(sink)
        try:
            said = _read_all(source)
        finally:
            os.close(source)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        where = self._note.read()
        if status < 0:
            return _End("died", _words_for(-status), where, -status)
        kind, _, text = said.decode("utf-8", "replace").partition("\n")
        if status != 0:
            return _End("died", f"it ended with status {status}", where)
        if kind not in _KINDS:
            return _End("answer", said[:20].decode("latin-1"), where)  # the parent sees that it is none
        return _End(kind, text, where)

    def _be_forked(self, letter: Letter, tries: _Tries, folder: WorkFolder, until: float, warm: int, sink: int) -> None:
        """The process that reads the files of one letter: it has nothing but the open folder and the pipe `sink`."""
        os.close(self._requests.fileno())
        os.close(self._answers)
        os.fchdir(folder.fd)
        os.close(folder.fd)
        confine.become_nobody()
        _die_with(warm)
        confine.limit(resource.RLIMIT_DATA, self._limits.file_memory)
        _limit_cpu(self._limits.seconds)
        watch, known = _Watch(self._note, until, self._limits.file_seconds, tries.last), tries.known()
        confine.confine_letter()
        kind, text = self._attempt(lambda: self._work.manuscripts(letter, Path(), self._language, known, watch))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(sink, f"{kind}\n{text}".encode("utf-8", "replace"))
        os._exit(0)


def _load_codecs() -> None:
    """Load what Python loads when a charset is first met: where Python lies below /root, `nobody` could not."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(ImportError):  # those of other systems
            importlib.import_module(f"encodings.{module.name}")


def _read_all(source: int) -> bytes:
    """All that comes out of a pipe, as far as an answer may go."""
    data = bytearray()
    while len(data) <= _ANSWER_BYTES and (piece := os.read(source, 1 << 16)):
        data += piece
    return bytes(data)


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
