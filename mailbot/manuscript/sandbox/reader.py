"""The parent's side of the sandbox: starts the reading child, hands it letters, believes nothing it says unchecked.

See `sandbox.child` for what happens on the other side. The child and all it forks are one process group, which is
killed as a whole when it hangs, dies, breaks a limit or the protocol; the next request starts a new one.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pickle
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from mailbot import codec
from mailbot.errors import ReaderDied, StorageFull, Transient
from mailbot.languages import load
from mailbot.manuscript.sandbox.child import Request
from mailbot.manuscript.sandbox.fileless import LARGEST, is_fileless
from mailbot.model import File, FileProblem, Letter, Reading

MIB = 1 << 20
START_SECONDS = 30.0
ANSWER_BYTES = 16 * MIB
REQUESTS_PER_CHILD = 1000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_BOOT = """import importlib, sys
sys.path[:] = sys.argv[1].split("\\n")
importlib.import_module(sys.argv[2]).main(sys.argv[3:])"""

Answer = TypeVar("Answer", Letter, Reading)


class ChildReader:
    """`ports.Reader` in a child process with limits.

    `seconds` bounds one request by the wall clock, `memory` the child's memory in bytes, `file_bytes` one file that it
    writes; `file_seconds` and `file_memory` bound the process for a letter's files at each of them. `module` is the
    child's entry (tests hand in one that misbehaves); it has a `main(arguments)`.

    A letter that plainly has no file is read in this process; no child is started for it.

    All methods raise ReaderDied when the child died, hung or broke a limit on this letter, StorageFull when it could
    not write, Transient when it cannot be started at all. One thread asks; another one
    may `close`.
    """

    def __init__(
        self,
        *,
        language: str,
        seconds: float = 60,
        memory: int = 512 * MIB,
        file_bytes: int = 256 * MIB,
        file_seconds: int = 10,
        file_memory: int = 300 * 10**6,
        module: str = "mailbot.manuscript.sandbox.child",
    ) -> None:
        self._language = language
        self._seconds = seconds
        self._memory = memory
        self._file_bytes = file_bytes
        self._for_a_file = (file_seconds, min(file_memory, memory))
        self._module = module
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._requests = 0
        self._open: deque[Request] = deque()  # sent, and not answered yet
        self._asking = threading.RLock()

    def expect(self, raw: Path, work: Path) -> None:
        """Let the child begin with a letter that will be asked for next; what goes wrong is said then."""
        with self._asking, contextlib.suppress(OSError):
            if self._requests < REQUESTS_PER_CHILD and not is_fileless(raw):
                try:
                    self._request(Request(work=work.absolute(), raw=raw.absolute()))
                except (Transient, ReaderDied):
                    self.close()

    def letter(self, raw: Path, work: Path) -> Letter:
        """Parse the letter and take its files out into `work`."""
        if (here := self._letter_here(raw, work)) is not None:
            return here
        letter = self._ask(Letter, raw=raw.absolute(), work=work.absolute())
        _check_files(letter.files, work)
        return letter

    def manuscripts(self, letter: Letter, work: Path) -> Reading:
        """Read the manuscripts among the letter's files and in its text."""
        if (here := self._reading_here(letter, work)) is not None:
            return here
        reading = self._ask(Reading, letter=letter, work=work.absolute())
        _check_reading(reading, letter, work)
        return reading

    # --- letters without files (`mailbot.manuscript.sandbox.fileless`)

    def _letter_here(self, raw: Path, work: Path) -> Letter | None:
        """The letter, read in this process; None where the child has to read it."""
        try:
            if not is_fileless(raw):
                return None
            from mailbot.letter.read import read_letter

            return _plain(Letter, read_letter(raw, work, load(self._language)))
        except OSError as fault:
            if fault.errno in _NO_ROOM:
                raise StorageFull(f"the letter's files cannot be written: {fault.strerror}") from fault
            return None
        except Exception:  # noqa: BLE001 - what breaks a reader is tried again where that costs nothing: in the child
            return None

    def _reading_here(self, letter: Letter, work: Path) -> Reading | None:
        """What is to be read in the text of a letter without files; None where the child has to do it."""
        if letter.files or len(letter.text) > LARGEST:
            return None
        try:
            from mailbot.manuscript.read import read_manuscripts

            return _plain(Reading, read_manuscripts(letter, work, load(self._language)))
        except Exception:  # noqa: BLE001 - as above
            return None

    def close(self) -> None:
        """End the child; harmless when there is none. A request of another thread then ends with ReaderDied."""
        child = self._child
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):  # the whole group is gone already
            os.killpg(child.pid, signal.SIGKILL)
        if self._asking.acquire(blocking=False):  # else the thread that asks sees the end, and tidies up itself
            try:
                self._tidy_up(child)
            finally:
                self._asking.release()

    def _tidy_up(self, child: subprocess.Popen[bytes]) -> None:
        self._child = None
        self._open.clear()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        child.wait()

    # --- requests

    def _ask(self, kind: type[Answer], *, work: Path, raw: Path | None = None, letter: Letter | None = None) -> Answer:
        with self._asking:
            try:
                if self._open and (self._open[0].raw, self._open[0].letter, self._open[0].work) != (raw, letter, work):
                    self.close()  # another letter was expected: its answer or death must not count for this one
                request = self._open[0] if self._open else self._request(Request(work=work, raw=raw, letter=letter))
                answer, resident = self._answer_to(request)
                result = _load(kind, answer)
            except BaseException:  # whatever went wrong, also a Ctrl-C: this child is never asked again
                self.close()
                raise
            self._open.popleft()
            if (self._requests >= REQUESTS_PER_CHILD and not self._open) or resident > self._memory // 2:
                self.close()
            return result

    def _request(self, request: Request) -> Request:
        """Send a request. The child takes them in order, so that its death is always the oldest one's."""
        child = self._running_child()
        self._requests += 1
        request = replace(request, id=self._requests)
        self._open.append(request)
        try:
            _send(child, pickle.dumps(request), time.monotonic() + self._seconds)
        except BrokenPipeError:
            pass  # it just died: found when the answer is waited for
        except TimeoutError:
            raise ReaderDied(f"the reader hung: it took no request within {self._seconds:g} s") from None
        return request

    def _answer_to(self, request: Request) -> tuple[str, int]:
        """Collect a request's frames up to the closing one: the answer, and the child's memory in bytes."""
        child = self._child
        assert child is not None
        deadline = time.monotonic() + self._seconds
        frames: dict[str, object] = {}
        try:
            while not isinstance(frames.get("resident"), int):
                frame = _receive(child, deadline)
                if frame.get("id") == request.id:  # else a leftover of an earlier letter
                    frames |= frame
        except TimeoutError:
            raise ReaderDied(f"the reader hung: no answer within {self._seconds:g} s") from None
        except EOFError:
            raise ReaderDied(f"the reader died: {_end_of(child)}") from None
        if full := frames.get("full"):
            raise StorageFull(f"the reader cannot write: {str(full)[:300]}")
        if died := frames.get("died"):
            raise ReaderDied(f"the reader died: {str(died)[:300]}")
        answer, resident = frames.get("answer"), frames["resident"]
        if not isinstance(answer, str) or not isinstance(resident, int):
            raise ReaderDied("the reader broke the protocol: no answer")
        return answer, resident

    # --- the child

    def _running_child(self) -> subprocess.Popen[bytes]:
        """The warm child; a new one when there is none, or when it died between two letters."""
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            self._requests, self._ready = 0, False
            self._child = self._start()
        if not self._ready:
            self._greet(self._child)
        return self._child

    def _greet(self, child: subprocess.Popen[bytes]) -> None:
        try:
            ready = _receive(child, time.monotonic() + START_SECONDS)
        except (TimeoutError, EOFError):
            end = _end_of(child)
            said = _complaint_of(child)
            self.close()
            raise Transient(f"the reading child does not start: {end}{said}") from None
        if ready != {"id": 0, "ready": True}:
            self.close()
            raise Transient("the reading child does not start: it says something else")
        self._ready = True
        if child.stderr is not None:
            child.stderr.close()  # it says nothing more there

    def _start(self) -> subprocess.Popen[bytes]:
        limits = (self._seconds, self._memory, self._file_bytes, *self._for_a_file)
        arguments = [str(os.getpid()), self._language, *map(str, limits)]
        python = [sys.executable, "-I", "-X", "utf8", "-c", _BOOT]
        child = subprocess.Popen(
            [*python, "\n".join(map(os.path.abspath, sys.path)), self._module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            close_fds=True,
            start_new_session=True,
        )
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
        return child


def _send(child: subprocess.Popen[bytes], request: bytes, deadline: float) -> None:
    assert child.stdin is not None
    descriptor = child.stdin.fileno()
    data = memoryview(len(request).to_bytes(4, "big") + request)
    while data:
        _await(descriptor, select.POLLOUT, deadline)
        data = data[os.write(descriptor, data) :]


def _receive(child: subprocess.Popen[bytes], deadline: float) -> dict[str, object]:
    """One frame; TimeoutError, EOFError, ReaderDied when it is too large or no JSON object."""
    size = int.from_bytes(_read(child, 4, deadline), "big")
    if size > ANSWER_BYTES:
        raise ReaderDied(f"the reader broke the protocol: an answer of {size} bytes")
    try:
        frame = json.loads(_read(child, size, deadline))
    except (ValueError, RecursionError):
        raise ReaderDied("the reader broke the protocol: an answer that is no JSON") from None
    if not isinstance(frame, dict):
        raise ReaderDied("the reader broke the protocol: an answer of the wrong shape")
    return frame


def _read(child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    assert child.stdout is not None
    descriptor = child.stdout.fileno()
    data = bytearray()
    while len(data) < size:
        _await(descriptor, select.POLLIN, deadline)
        piece = os.read(descriptor, min(size - len(data), MIB))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _await(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _end_of(child: subprocess.Popen[bytes]) -> str:
    """How a child that closed its pipes ended, in words."""
    try:
        code = child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "it closed its pipes"
    if -code == signal.SIGXCPU:
        return "it used up its CPU time"
    return f"it was killed by {signal.Signals(-code).name}" if code < 0 else f"it ended with status {code}"


def _complaint_of(child: subprocess.Popen[bytes]) -> str:
    """The last lines of what a child wrote that does not start: a traceback ends with its reason."""
    assert child.stderr is not None
    said = (child.stderr.read(64 * 1024) or b"").decode("utf-8", "replace")  # it does not block
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f" ({' / '.join(lines[-3:])[-500:]})" if lines else ""


# --- what is believed of an answer


def _load(kind: type[Answer], text: str) -> Answer:
    try:
        return codec.load(kind, text)
    except ValueError as fault:
        raise ReaderDied(f"the reader broke the protocol: an answer of the wrong shape ({str(fault)[:200]})") from None


def _plain(kind: type[Answer], found: Answer) -> Answer:
    """The same plain data that an answer of the child would be."""
    return codec.load(kind, codec.dump(found))


def _check_files(files: tuple[File, ...], work: Path) -> None:
    """Each file lies in the work folder, under a plain name, with the size that is claimed; else ReaderDied."""
    for file in files:
        if not file.where:
            continue
        if file.where in (".", "..") or "/" in file.where or "\0" in file.where:
            raise ReaderDied("the reader broke the protocol: a file that lies elsewhere")
        try:
            found = (work / file.where).lstat()
        except OSError:
            raise ReaderDied("the reader broke the protocol: a file that is not there") from None
        if not stat.S_ISREG(found.st_mode) or found.st_size != file.bytes:
            raise ReaderDied("the reader broke the protocol: a file that is not as it was said to be")


def _check_reading(reading: Reading, letter: Letter, work: Path) -> None:
    """The letter's files are all there, as they were, and what points to one of them or to an article hits."""
    _check_files(reading.files, work)
    for before, after in zip(letter.files, reading.files, strict=False):
        kept = before.problem is not FileProblem.INFECTED or after.problem is FileProblem.INFECTED
        if _identity(before) != _identity(after) or not kept:
            raise ReaderDied("the reader broke the protocol: it changed a file of the letter")
    articles, files = len(reading.manuscripts), len(reading.files)
    good = (
        files >= len(letter.files)
        and all(file.submission is None or 0 <= file.submission < articles for file in reading.files)
        and all(manuscript.file is None or 0 <= manuscript.file < files for manuscript in reading.manuscripts)
    )
    if not good:
        raise ReaderDied("the reader broke the protocol: its answer does not fit the letter")


def _identity(file: File) -> tuple[str, str, str, int]:
    return file.name, file.where, file.sha256, file.bytes
