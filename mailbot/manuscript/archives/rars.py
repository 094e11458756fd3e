"""What the headers of a RAR archive say of it, where libarchive only says that something is wrong.

Source: "RAR 5.0 archive format" and the technote of RAR 4, both by RARLAB.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCKS = 2000
HEADER_BYTES = 1 << 16
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_MAIN, _FILE, _LOCK = 1, 2, 4  # RAR 5: types of blocks
_MAIN4, _FILE4 = 0x73, 0x74
_OLDEST = 29  # RAR 3.0: the first way of packing that libarchive knows


@dataclass(frozen=True, slots=True)
class Facts:
    """`volume`: one of several files that belong together; `locked`: with a password; `old`: older than RAR 3."""

    volume: bool = False
    locked: bool = False
    old: bool = False


def facts(path: Path) -> Facts:
    """What the first BLOCKS headers say."""
    with path.open("rb") as file:
        new = file.read(8) == _RAR5
        try:
            found = list(_blocks5(file) if new else _blocks4(file))
        except (struct.error, IndexError, ValueError, OverflowError):  # libarchive says that it is broken
            found = []
    return Facts(*(any(flags) for flags in zip(*found, strict=True))) if found else Facts()


_Block = tuple[bool, bool, bool]


def _blocks4(file: BinaryIO) -> Iterator[_Block]:
    at = 7
    for _ in range(BLOCKS):
        file.seek(at)
        header = file.read(32)
        if len(header) < 7:
            return
        kind, flags, size = struct.unpack_from("<BHH", header, 2)
        data = struct.unpack_from("<L", header, 7)[0] if flags & 0x8000 or kind == _FILE4 else 0
        if kind == _MAIN4:
            yield bool(flags & 1), bool(flags & 0x80), False
        elif kind == _FILE4:
            yield False, bool(flags & 4), header[24] < _OLDEST
        at += max(size, 7) + data


def _blocks5(file: BinaryIO) -> Iterator[_Block]:
    at = 8
    for _ in range(BLOCKS):
        file.seek(at)
        start = file.read(4 + 10)
        if len(start) < 7:
            return
        size, begin = _vint(start, 4)
        file.seek(at + begin)
        header = file.read(min(size, HEADER_BYTES))
        kind, here = _vint(header, 0)
        flags, here = _vint(header, here)
        extra, here = _vint(header, here) if flags & 1 else (0, here)
        data, here = _vint(header, here) if flags & 2 else (0, here)
        if kind == _MAIN:
            yield bool(_vint(header, here)[0] & 1), False, False
        elif kind == _LOCK:
            yield False, True, False
            return
        elif kind == _FILE:
            yield False, _has_lock(header[len(header) - min(extra, len(header)) :]), False
        at += begin + size + data


def _has_lock(extra: bytes) -> bool:
    """Whether one of a file's extra records is the one about its password."""
    at = 0
    while at < len(extra):
        size, begin = _vint(extra, at)
        if size == 0:
            return False
        if _vint(extra, begin)[0] == 1:
            return True
        at = begin + size
    return False


def _vint(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            break
    return value, at
