"""Zip packages from strangers, opened within bounds."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from mailbot.manuscript.document import Unreadable
from mailbot.model import FileProblem

ENTRIES = 5_000
DIRECTORY_BYTES = 2 << 20
RATIO = 200
RATIO_FROM = 1 << 20
"""A member may be larger than its compressed form by RATIO; below this many bytes any ratio will do."""
_PIECE = 1 << 16
_END = struct.Struct("<4s4H2LH")  # end of central directory record, APPNOTE 4.3.16


def open_package(path: Path) -> ZipFile:
    """The package; Unreadable(BOMB) when its directory alone is out of bounds, BadZipFile when it is none.

    The directory's size is looked at before zipfile reads it: a million entries cost it a gigabyte.
    """
    entries, directory = _directory(path)
    if entries > ENTRIES or directory > DIRECTORY_BYTES:
        raise Unreadable(FileProblem.BOMB)
    return ZipFile(path)


def _directory(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 0xFFFF - _END.size))
        tail = file.read(0xFFFF + _END.size)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise BadZipFile("no end of central directory")
    fields = _END.unpack_from(tail, at)
    return fields[4], fields[5]


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
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, struct.error, ValueError):
        raise Unreadable(FileProblem.DAMAGED) from None
