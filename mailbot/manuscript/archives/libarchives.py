"""RAR, 7z and tar archives, by libarchive.

It reads RAR 4 and 5, but no solid RAR 4 and nothing encrypted. Where the library is not installed, or does not know the
way in which an archive was made, the contributor is asked for a zip.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.manuscript.archives.members import PIECE, Broken, Member, path_text
from mailbot.manuscript.archives.rars import Facts, facts
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.sniff import FileType
from mailbot.model import FileProblem

LIBRARY = "libarchive.so.13"
"""Told by name, because to look for it starts processes, which the reading child may not."""

_FORMATS = {FileType.RAR: ("rar", "rar5"), FileType.SEVENZIP: ("7zip",), FileType.TAR: ("tar",)}
_FILTERS: dict[FileType, tuple[str, ...]] = {FileType.TAR: ("gzip", "bzip2", "xz")}
_FATAL = -30  # archive.h
_UNKNOWN_WAYS = ("unsupported", "not supported", "unavailable", "not implemented")


def preload() -> None:
    """Load libarchive, so that the processes forked for letters need not."""
    os.environ.setdefault("LIBARCHIVE", LIBRARY)
    with suppress(ImportError, OSError, AttributeError):  # said when an archive comes
        import libarchive.read  # noqa: F401 - loading it is the point


def members(path: Path, kind: FileType) -> Iterator[Member]:
    """The archive's members. Unreadable: ENCRYPTED, DAMAGED, UNSUPPORTED, for the archive as a whole."""
    try:
        os.environ.setdefault("LIBARCHIVE", LIBRARY)
        from libarchive import ArchiveError, ffi, read
    except (ImportError, OSError, AttributeError):  # the package, the library, a function that an old one lacks
        raise Unreadable(FileProblem.UNSUPPORTED, kind.value) from None
    about = facts(path) if kind is FileType.RAR else Facts()
    first, *others = _FORMATS[kind]
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb", buffering=0))  # its position is libarchive's
        pointer = stack.enter_context(read.new_archive_read(first, "none"))
        archive = _Archive(ffi, pointer, ArchiveError, kind, about)
        try:
            for name in others:
                ffi.get_read_format_function(name)(pointer)
            for name in _FILTERS.get(kind, ()):
                ffi.get_read_filter_function(name)(pointer)
            ffi.read_open_fd(pointer, file.fileno(), PIECE)
            for entry in read.ArchiveRead(pointer):
                yield archive.member(entry)
            if about.volume:  # what it ends or begins with lies in another file
                raise Unreadable(FileProblem.DAMAGED, "volume")
        except ArchiveError as fault:
            raise Unreadable(*archive.meaning(fault)) from None


@dataclass(frozen=True, slots=True)
class _Archive:
    """An opened archive: libarchive's functions, its pointer, its error."""

    ffi: Any
    pointer: Any
    error: type[Exception]
    kind: FileType
    about: Facts

    def member(self, entry: Any) -> Member:
        path = _path(self.ffi, entry)
        is_encrypted: Callable[[Any], int] = self.ffi.ffi("entry_is_encrypted", [ctypes.c_void_p], ctypes.c_int)
        if self.about.locked or is_encrypted(entry._entry_p):  # of RAR 5 the library does not know it
            return Member(path, problem=FileProblem.ENCRYPTED)
        kept = not (entry.isdir or entry.issym or entry.isdev or entry.islnk)
        return Member(path, self._content(), kept=kept)

    def _content(self) -> Iterator[bytes]:
        """The bytes of the member at which the archive stands."""
        buffer = ctypes.create_string_buffer(PIECE)
        while True:
            try:
                length = self.ffi.read_data(self.pointer, buffer, PIECE)
            except self.error as fault:
                kind = Broken if getattr(fault, "retcode", _FATAL) <= _FATAL else Unreadable
                raise kind(*self.meaning(fault)) from None
            if length < 0:  # a warning: something is missing
                raise Unreadable(FileProblem.DAMAGED)
            if length == 0:
                return
            yield ctypes.string_at(buffer, length)

    def meaning(self, fault: Exception) -> tuple[FileProblem, str]:
        """What an error means to the contributor: problem and detail.

        The library has a function that tells of passwords, too; it crashes where no header could be read.
        """
        words = str(getattr(fault, "msg", "")).lower()
        if self.about.locked or "encrypt" in words:
            return FileProblem.ENCRYPTED, ""
        if self.about.volume:
            return FileProblem.DAMAGED, "volume"
        if self.about.old or any(way in words for way in _UNKNOWN_WAYS):
            return FileProblem.UNSUPPORTED, self.kind.value
        if getattr(fault, "errno", 0) == errno.ENOMEM:
            return FileProblem.TOO_LARGE, "memory"
        return FileProblem.DAMAGED, ""


def _path(ffi: Any, entry: Any) -> str:
    """The member's path, in Unicode where the archive has it so, else by its bytes."""
    try:
        path = ffi.entry_pathname_w(entry._entry_p)
    except ValueError:  # no character has that number
        path = None
    return path if path is not None else path_text(ffi.entry_pathname(entry._entry_p) or b"")
