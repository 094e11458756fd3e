"""RAR, 7z and tar archives, by libarchive.

It reads RAR 4 and 5, but no solid RAR 4 and nothing encrypted. Where the library is not installed, or does not know the
way in which an archive was made, the contributor is asked for a zip.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.members import PIECE, Broken, Member, path_text
from mailbot.manuscript.sniff import FileType
from mailbot.model import FileProblem

LIBRARY = "libarchive.so.13"
"""Told by name, because to look for it starts processes, which the reading child may not."""

_FORMATS = {FileType.RAR: ("rar", "rar5"), FileType.SEVENZIP: ("7zip",), FileType.TAR: ("tar",)}
_FILTERS: dict[FileType, tuple[str, ...]] = {FileType.TAR: ("gzip", "bzip2", "xz")}
_FATAL = -30  # archive.h
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_UNKNOWN_WAYS = ("unsupported", "not supported", "unavailable", "not implemented")


def members(path: Path, kind: FileType) -> Iterator[Member]:
    """The archive's members. Unreadable: ENCRYPTED, DAMAGED, UNSUPPORTED, for the archive as a whole."""
    try:
        os.environ.setdefault("LIBARCHIVE", LIBRARY)
        from libarchive import ArchiveError, ffi, read
    except (ImportError, OSError, AttributeError):  # the package, the library, a function that an old one lacks
        raise Unreadable(FileProblem.UNSUPPORTED, kind.value) from None
    first, *others = _FORMATS[kind]
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb", buffering=0))  # its position is libarchive's
        pointer = stack.enter_context(read.new_archive_read(first, "none"))
        archive = _Archive(ffi, pointer, ArchiveError, kind, _is_volume(file.read(64)))
        file.seek(0)
        try:
            for name in others:
                ffi.get_read_format_function(name)(pointer)
            for name in _FILTERS.get(kind, ()):
                ffi.get_read_filter_function(name)(pointer)
            ffi.read_open_fd(pointer, file.fileno(), PIECE)
            for entry in read.ArchiveRead(pointer):
                yield archive.member(entry)
        except ArchiveError as fault:
            raise Unreadable(*archive.meaning(fault)) from None


@dataclass(frozen=True, slots=True)
class _Archive:
    """An opened archive: libarchive's functions, its pointer, its error."""

    ffi: Any
    pointer: Any
    error: type[Exception]
    kind: FileType
    volume: bool

    def member(self, entry: Any) -> Member:
        path = _path(self.ffi, entry)
        is_encrypted: Callable[[Any], int] = self.ffi.ffi("entry_is_encrypted", [ctypes.c_void_p], ctypes.c_int)
        if is_encrypted(entry._entry_p):
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
        """What an error means to the contributor: problem and detail."""
        words = str(getattr(fault, "msg", "")).lower()
        if "encrypt" in words:  # it has a function to ask, too, which crashes where no header was read
            return FileProblem.ENCRYPTED, ""
        if any(way in words for way in _UNKNOWN_WAYS):
            return FileProblem.UNSUPPORTED, self.kind.value
        if getattr(fault, "errno", 0) == errno.ENOMEM:
            return FileProblem.TOO_LARGE, "memory"
        return FileProblem.DAMAGED, "volume" if self.volume else ""


def _path(ffi: Any, entry: Any) -> str:
    """The member's path, in Unicode where the archive has it so, else by its bytes."""
    try:
        path = ffi.entry_pathname_w(entry._entry_p)
    except ValueError:  # no character has that number
        path = None
    return path if path is not None else path_text(ffi.entry_pathname(entry._entry_p) or b"")


def _is_volume(head: bytes) -> bool:
    """Whether this is one of several RAR files that belong together (technote: archive flags, bit 0)."""
    if not head.startswith(_RAR5):
        return head.startswith(_RAR5[:6]) and len(head) > 11 and bool(head[10] & 1)
    at = 12  # behind the signature and a CRC-32
    values: list[int] = []
    while len(values) < 5 and at < len(head):
        value = shift = 0
        while at < len(head) and shift < 64:
            byte = head[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        values.append(value)
    has_extra = len(values) > 2 and bool(values[2] & 1)  # size, type, flags[, size of the extra area], archive flags
    return len(values) == 5 and bool(values[4 if has_extra else 3] & 1)
