"""Zip packages from strangers, opened within bounds."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from mailbot.manuscript.document import Unreadable
from mailbot.model import FileProblem

ENTRIES = 5_000
DIRECTORY_BYTES = 2 << 20
RATIO = 200
RATIO_FROM = 1 << 20
"""A member may be larger than its compressed form by RATIO; below this many bytes any ratio will do."""
_PIECE = 1 << 16
_COMMENT = 0xFFFF
_END = struct.Struct("<4s4H2LH")  # end of central directory record, APPNOTE 4.3.16
_LOCATOR = struct.Struct("<4sLQL")  # zip64 end of central directory locator, 4.3.15
_END64 = struct.Struct("<4sQ2H2L4Q")  # zip64 end of central directory record, 4.3.14


@dataclass(frozen=True, slots=True)
class Directory:
    """Where a package's central directory lies: `at` is counted from the file's start, `shift` what lies before."""

    entries: int
    size: int
    at: int
    shift: int


def open_package(path: Path) -> ZipFile:
    """The package; Unreadable(BOMB) when its directory alone is out of bounds, BadZipFile when it is none.

    UnicodeDecodeError where a name is not in the charset that it claims: such are archives that people made by hand.
    The directory's size is looked at before zipfile reads it: a million entries cost it a gigabyte.
    """
    with path.open("rb") as file:
        find_directory(file)
    try:
        return ZipFile(path)
    except UnicodeDecodeError:
        raise
    except (NotImplementedError, ValueError, struct.error, OverflowError) as fault:
        raise BadZipFile(str(fault)) from None


def find_directory(file: BinaryIO) -> Directory:
    """The package's directory; raises as `open_package`.

    zipfile believes a zip64 record wherever it finds one, so that one counts too, whatever the plain record says.
    """
    size = file.seek(0, 2)
    start = file.seek(max(0, size - _COMMENT - _END.size))
    tail = file.read(_COMMENT + _END.size)
    found = tail.rfind(b"PK\5\6")
    if found < 0 or found + _END.size > len(tail):
        raise BadZipFile("no end of central directory")
    _, _, _, _, entries, length, offset, _ = _END.unpack_from(tail, found)
    end = start + found
    for at, *large in _zip64(file, end):  # the last is the one before the plain record
        _check(*large[:2])
        end, (entries, length, offset) = at, large
    _check(entries, length)
    if end < length:
        raise BadZipFile("a directory that is not there")
    return Directory(entries, length, end - length, end - length - offset)


def _check(entries: int, length: int) -> None:
    if entries > ENTRIES or length > DIRECTORY_BYTES:
        raise Unreadable(FileProblem.BOMB, "members")


def _zip64(file: BinaryIO, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(where it lies, entries, size, offset) of the zip64 records: where the locator says, and before the locator."""
    before = end - _LOCATOR.size
    if before < _END64.size:
        return
    file.seek(before)
    signature, _, told, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if signature != b"PK\6\7":
        return
    for at in (told, before - _END64.size):
        if at > before - _END64.size:
            continue
        file.seek(at)
        fields = _END64.unpack(file.read(_END64.size))
        if fields[0] == b"PK\6\6":
            yield at, fields[7], fields[8], fields[9]


def pieces(package: ZipFile, member: ZipInfo, most: int) -> Iterator[bytes]:
    """The member's bytes, at most `most` of them, counted as they come: its directory may lie.

    Unreadable: ENCRYPTED, BOMB, or DAMAGED.
    """
    if member.flag_bits & 1:
        raise Unreadable(FileProblem.ENCRYPTED)
    ratio = member.file_size / max(1, member.compress_size)
    if member.file_size > most or (member.file_size > RATIO_FROM and ratio > RATIO):
        raise Unreadable(FileProblem.BOMB)
    total = 0
    try:
        with package.open(member) as file:
            while piece := file.read(_PIECE):
                total += len(piece)
                if total > most:
                    raise Unreadable(FileProblem.BOMB)
                yield piece
    except (BadZipFile, EOFError, OSError, RuntimeError, zlib.error, NotImplementedError, struct.error, ValueError):
        raise Unreadable(FileProblem.DAMAGED) from None
