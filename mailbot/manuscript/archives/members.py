"""What is taken out of an archive, within bounds.

It lies under names of our own, so that no stranger's path ever touches the disk.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.letter.charsets import decode
from mailbot.letter.media import extension, media_type, role
from mailbot.manuscript.document import Unreadable
from mailbot.model import File, FileProblem
from mailbot.names import last_part

MEMBERS = 200
ALL_BYTES = 300 << 20
RATIO = 200
RATIO_FROM = 64 << 20
"""An archive may grow by RATIO; below this many bytes by any: a few blank scans are no bomb."""
PIECE = 1 << 16
FOLDERS = 500
"""So many characters of a path are looked at for the names of folders."""
_SYSTEM_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_SYSTEM_FOLDER = "__MACOSX"
_SYSTEM_PREFIXES = ("._", "~$")  # what macOS knows of a file; who has a document open in Word


class Broken(Unreadable):
    """The archive is broken from this member on: nothing behind it can be read."""


class _Over(Unreadable):
    """The archive is over its bounds."""


def never() -> bool:
    """There is no hurry."""
    return False


@dataclass(slots=True)
class Budget:
    """What all archives of a letter may bring together; it counts down. `late` tells when the time is over."""

    members: int = MEMBERS
    bytes: int = ALL_BYTES
    late: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive held. `problem` is why not all of it was taken out; what was, stays.

    `folders` are the folders in which each of the files lay, as text that is only compared. `text` is the letter that
    a winmail.dat carries beside its files.
    """

    files: tuple[File, ...] = ()
    problem: FileProblem | None = None
    detail: str = ""
    text: str = ""
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive. `path` as it stands there; its `content` raises Unreadable where it is broken.

    `kept` is False for what is no file of its own (folders, links): it is read all the same, because its bytes may
    stand before those of the next one, and count.
    """

    path: str
    content: Iterable[bytes] = ()
    problem: FileProblem | None = None
    detail: str = ""
    kept: bool = True


def path_text(raw: bytes) -> str:
    """A path of unknown charset: UTF-8 where it is valid, else GB18030, in which Windows' zip programs write."""
    return decode(raw)


@dataclass(slots=True)
class Taking:
    """Takes the members of one archive out to `work`; each file is `prefix` and a number."""

    work: Path
    prefix: str
    budget: Budget
    packed: int
    files: list[File] = field(default_factory=list)
    _folders: list[str] = field(default_factory=list)
    _out: int = 0

    def all(self, members: Iterator[Member]) -> Unpacked:
        """Everything, or as much as there is room for."""
        try:
            for member in members:
                self._member(member)
        except Unreadable as fault:
            return Unpacked(tuple(self.files), fault.problem, fault.detail, folders=tuple(self._folders))
        if not self.files:
            return Unpacked(problem=FileProblem.EMPTY)
        locked = all(file.problem is FileProblem.ENCRYPTED for file in self.files)
        problem = FileProblem.ENCRYPTED if locked else None
        return Unpacked(tuple(self.files), problem, folders=tuple(self._folders))

    def _member(self, member: Member) -> None:
        name = last_part(member.path)
        if not member.kept or _is_of_a_system(member.path, name):
            self._pass_over(member)
            return
        if self.budget.members <= 0:
            raise _Over(FileProblem.BOMB, "members")
        self.budget.members -= 1
        where = f"{self.prefix}{len(self.files) + 1:03}"
        try:
            if member.problem is not None:
                raise Unreadable(member.problem, member.detail)
            self._add(self._written(member, name, where), member)
        except _Over:
            raise
        except Unreadable as fault:
            problem, detail = fault.problem, fault.detail
            kind = media_type(b"", name, "")
            lost = File(
                name=name or where,
                media_type=kind,
                bytes=0,
                sha256="",
                where="",
                role=role(kind),
                problem=problem,
                detail=detail,
            )
            self._add(lost, member)
            if isinstance(fault, Broken):
                raise

    def _add(self, file: File, member: Member) -> None:
        self.files.append(file)
        self._folders.append(member.path[-FOLDERS:].replace("\\", "/").rstrip("/").rpartition("/")[0])

    def _pass_over(self, member: Member) -> None:
        try:
            for piece in member.content:
                self._count(len(piece))
        except (_Over, Broken):
            raise
        except Unreadable:  # nobody misses it
            return

    def _written(self, member: Member, name: str, where: str) -> File:
        """The member on disk; half a file is none."""
        digest, head, size = hashlib.sha256(), bytearray(), 0
        path = self.work / where
        try:
            with path.open("xb") as file:
                for piece in member.content:
                    self._count(len(piece))
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    head += piece[: 8192 - len(head)]
        except Unreadable:
            path.unlink()
            raise
        except OSError as fault:
            if fault.errno != errno.EFBIG:  # the process may not write a longer file
                raise
            path.unlink()
            raise _Over(FileProblem.TOO_LARGE, "bytes") from None
        kind = media_type(bytes(head), name, "")
        return File(
            name=name or where + extension(kind),
            media_type=kind,
            bytes=size,
            sha256=digest.hexdigest(),
            where=where,
            role=role(kind),
            problem=None if size else FileProblem.EMPTY,
        )

    def _count(self, size: int) -> None:
        self._out += size
        self.budget.bytes -= size
        if self._out > RATIO_FROM and self._out > RATIO * self.packed:
            raise _Over(FileProblem.BOMB, "ratio")
        if self.budget.bytes < 0:
            raise _Over(FileProblem.TOO_LARGE, "bytes")
        if self.budget.late():
            raise _Over(FileProblem.TOO_LARGE, "time")


def _is_of_a_system(path: str, name: str) -> bool:
    """Whether an operating system or a program put it there beside the files that were meant."""
    return _SYSTEM_FOLDER in path or name.lower() in _SYSTEM_NAMES or name.startswith(_SYSTEM_PREFIXES)
