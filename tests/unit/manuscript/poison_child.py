"""A reading child whose readers do what the letter's subject says: what a hostile file could make them do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from mailbot.languages import Language
from mailbot.manuscript import child
from mailbot.model import File, Letter, Manuscript, Reading


def read_letter(raw: Path, work: Path, language: Language) -> Letter:
    """The subject is the whole file; one file is taken out, unless the letter is poisoned itself."""
    subject = raw.read_text()
    if subject.startswith("letter:"):
        misbehave(subject.removeprefix("letter:"), work)
    (work / "1").write_bytes(b"bytes")
    return Letter(subject=subject, files=(File(name="稿.docx", media_type="", bytes=5, sha256="0", where="1"),))


def read_manuscripts(letter: Letter, work: Path, language: Language) -> Reading:
    """Misbehave as told; answers who did it as the title."""
    if letter.subject == "elsewhere":
        return Reading(
            files=(*letter.files, File(name="x", media_type="", bytes=1, sha256="", where="../x")), manuscripts=()
        )
    if letter.subject == "renamed":
        return Reading(files=(), manuscripts=())
    misbehave(letter.subject, work)
    return Reading(files=letter.files, manuscripts=(Manuscript(source="稿.docx", file=0, title=str(os.getpid())),))


def misbehave(how: str, work: Path) -> None:
    """One way to be bad."""
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
