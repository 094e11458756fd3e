"""A reading child whose readers do what the letter's subject says: what a hostile file could make them do."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from mailbot.languages import Language
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.files import At, Known, Wanted
from mailbot.manuscript.sandbox import child
from mailbot.model import File, Letter, Manuscript, Reading

SEVERAL = ("second:", "every:", "second of30:", "every of30:")
"""How the subjects of letters with several files begin."""
RTF = rb"{\rtf1\ansi \u19968?\u20010?\u23383?}"


def read_letter(raw: Path, work: Path, language: Language) -> Letter:
    """The subject is the whole file; one file is taken out, unless the letter is poisoned itself."""
    subject = raw.read_text()
    if subject.startswith("letter:"):
        misbehave(subject.removeprefix("letter:"), work)
    names = tuple(map(str, range(1, 31 if "of30:" in subject else 4 if subject.startswith(SEVERAL) else 2)))
    for name in names:
        (work / name).write_bytes(b"bytes" if subject != "second:office" else RTF)
    files = tuple(
        File(name="稿.docx", media_type="", bytes=(work / name).stat().st_size, sha256="0", where=name)
        for name in names
    )
    return Letter(subject=subject, files=files)


def read_manuscripts(letter: Letter, work: Path, language: Language, known: Known, at: At) -> Reading:
    """Misbehave as told; answers who did it as the title."""
    if letter.subject == "elsewhere":
        return Reading(
            files=(*letter.files, File(name="x", media_type="", bytes=1, sha256="", where="../x")), manuscripts=()
        )
    if letter.subject == "renamed":
        return Reading(files=(), manuscripts=())
    if letter.subject.startswith(SEVERAL):
        return read_one_by_one(letter, work, known, at)
    misbehave(letter.subject, work)
    return Reading(files=letter.files, manuscripts=(Manuscript(source="稿.docx", file=0, title=str(os.getpid())),))


def read_one_by_one(letter: Letter, work: Path, known: Known, at: At) -> Reading:
    """Each file is an article; at the second one something bad happens, and it says so when it comes to an end."""
    found = []
    for index, file in enumerate(letter.files):
        problem, detail = known.spoilt.get(file.where, (None, ""))
        title = None
        try:
            at(file.where)
        except Unreadable as fault:
            problem, detail = fault.problem, fault.detail
        if problem is None:
            if file.where == "2" and letter.subject == "second:office":
                title = converted(work, known)
                found.append(Manuscript(source=file.name, file=index, title=title))
                continue
            which, _, how = letter.subject.partition(":")
            title = misbehave(how, work) if which.startswith("every") or file.where == "2" else "read"
        found.append(Manuscript(source=file.name, file=index, title=title, problem=problem, detail=detail))
    at("")
    return Reading(files=letter.files, manuscripts=tuple(found))


def converted(work: Path, known: Known) -> str:
    """What an office program made of the second file."""
    if not known.office:
        return "there is no office program"
    if "2" not in known.converted:
        (work / "new").write_bytes(b"made before the office program was asked for")
        raise Wanted("2")
    name = known.converted["2"]
    if name is None:
        return "it could not"
    with zipfile.ZipFile(work / name) as package:
        return str("一个字" in package.read("word/document.xml").decode())


def attempts(work: Path) -> dict[str, Callable[[], object]]:
    """What a hostile file may try; each is refused with an error."""
    return {
        "socket": lambda: socket.socket(socket.AF_INET),
        "new socket": lambda: socket.socket(socket.AF_INET6),
        "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW),
        "kernel socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "ring": lambda: call("syscall", 425, 8, ctypes.addressof(ctypes.create_string_buffer(120))),
        "local socket": lambda: socket.socket(socket.AF_UNIX),
        "socketpair": socket.socketpair,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "subprocess": lambda: subprocess.run(["/bin/true"], check=True),
        "setsid": os.setsid,
        "setpgid": lambda: os.setpgid(0, 0),
        "kill parent": lambda: os.kill(os.getppid(), 0),
        "kill group": lambda: os.killpg(os.getpgrp(), 0),
        "kill all": lambda: os.kill(-1, 0),
        "limit parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)),
        "raise own limit": lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40)),
        "link": lambda: os.link(work / "1", work / "linked"),
        "symlink": lambda: (work / "symlink").symlink_to("/etc/passwd"),
        "pipe": lambda: os.mkfifo(work / "pipe"),
        "unshare": lambda: call("unshare", 0x10000000),
        "ptrace": lambda: call("ptrace", 16, os.getppid(), 0, 0),
        "live on": lambda: call("prctl", 1, 0, 0, 0, 0),
    }


def attempts_of_nobody(work: Path) -> dict[str, Callable[[], object]]:
    """What is refused besides where the child was started as root."""
    return {
        "overwrite": lambda: (work / "1").write_bytes(b"evil!"),
        "truncate": lambda: os.truncate(work / "1", 0),
        "chmod": lambda: (work / "1").chmod(0o777),
        "delete": (work / "1").unlink,
        "rename": lambda: (work / "1").rename(work / "0"),
        "list": lambda: next(Path("..").iterdir()),
        "outside": lambda: Path("../outside").write_bytes(b"x"),
        "be root": lambda: os.setuid(0),
    }


def call(name: str, *arguments: int) -> None:
    """A function of the C library that answers 0 or more, else OSError."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*map(ctypes.c_ulong, arguments)) < 0:
        raise OSError(ctypes.get_errno(), name)


def try_all(tries: dict[str, Callable[[], object]]) -> str:
    """The names of all tries that were not refused."""
    done = []
    for name, attempt in tries.items():
        try:
            attempt()
        except (OSError, ValueError):
            continue
        done.append(name)
    return ", ".join(done)


def misbehave(how: str, work: Path) -> str:
    """One way to be bad; what is to be told of it where it comes to an end."""
    if how == "try":
        return try_all(attempts(work))
    if how == "try as nobody":
        return try_all(attempts_of_nobody(work))
    if how == "who":
        return f"{os.getresuid()} {os.getgroups()}"
    if how == "leave":
        (work / "new").write_bytes(b"made here")
        (work / "folder").mkdir()
    if how == "make":
        (work / "new").write_bytes(b"made here")
    elif how == "segfault":
        ctypes.string_at(0)
    elif how == "loop in C":
        sum(range(10**12))
    elif how == "thread":
        thread = threading.Thread(target=print)
        thread.start()
        thread.join()
    elif how == "import":
        importlib.import_module("there_is_no_such_module")
    elif how == "heap":
        hoard = [bytes(1 << 20) + bytes([n % 256]) for n in range(4096)]
        del hoard
    else:
        break_down(how, work)
    return "read"


def break_down(how: str, work: Path) -> None:
    """Ways that cost the letter."""
    if how == "hang":
        time.sleep(600)
    elif how == "spin":
        while True:
            pass
    elif how == "abort":
        os.abort()
    elif how == "exit":
        os._exit(0)
    elif how == "eat":
        hoard = [bytearray(1 << 20) for _ in range(4096)]
        del hoard
    elif how == "raise":
        raise KeyError("what a parser raises")
    elif how == "sleeper":
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        (work / "sleeper").write_text(str(sleeper.pid))
    elif how == "flood":
        (work / "flood").write_bytes(bytes(64 << 20))
    elif how == "garble":
        write_everywhere(b"\0\0\0\4what" * 10)
    elif how == "chat":
        print("hello from a library")
    elif how == "socket":
        socket.socket(socket.AF_INET)
    elif how == "huge":
        write_everywhere(b"\xff\xff\xff\xff")


def write_everywhere(data: bytes) -> None:
    """Write into each pipe that is open, the one for answers among them."""
    for descriptor in range(3, 10):
        with contextlib.suppress(OSError):
            os.write(descriptor, data)


def main(arguments: list[str]) -> None:
    """The entry that `ChildReader(module=...)` calls."""
    child.main(arguments, child.Work(read_letter, read_manuscripts, lambda language: None))
