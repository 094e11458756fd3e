"""The directory of a compound file (OLE, [MS-CFB]): what lies at its root, read within bounds."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

ENTRIES = 4000
_FREE = 0xFFFFFFFA  # 2.1: from here on it is no sector's number
_ENTRY = 128
_STORAGE, _STREAM = 1, 2  # 2.6.1, the object's type


def root_names(path: Path) -> frozenset[str]:
    """The names of the root's streams and storages in lower case; none where there is no directory to be read."""
    try:
        with path.open("rb") as file:
            directory = _Sectors(file).directory()
    except (struct.error, OSError, OverflowError, ValueError):
        return frozenset()
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    names: dict[int, str] = {}
    to_see = [_number(entries[0], 76)] if entries else []  # the root's children are a tree
    while to_see:
        index = to_see.pop()
        if index < len(entries) and index not in names:
            entry = entries[index]
            length = min(int.from_bytes(entry[64:66], "little"), 64)
            known = entry[66] in (_STORAGE, _STREAM)
            names[index] = entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower() if known else ""
            to_see += [_number(entry, 68), _number(entry, 72)]
    return frozenset(names.values()) - {""}


class _Sectors:
    """The sectors of a file, and which of them follows which (2.2, 2.3, 2.5)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._header = file.read(512)
        power = struct.unpack_from("<H", self._header, 30)[0]
        if power not in (9, 12):
            raise ValueError("a sector of another size")
        self._size = 1 << power

    def directory(self) -> bytes:
        """The directory's first ENTRIES entries."""
        sector, found = _number(self._header, 48), bytearray()
        while sector < _FREE and len(found) < ENTRIES * _ENTRY:
            block = self._read(sector, 0, self._size)
            if not block:
                break
            found += block
            sector = self._after(sector)
        return bytes(found)

    def _read(self, sector: int, at: int, length: int) -> bytes:
        self._file.seek((sector + 1) * self._size + at)
        return self._file.read(length)

    def _after(self, sector: int) -> int:
        """The sector that follows: its number stands in the FAT, and where that lies in the header, or in a chain."""
        block, within = divmod(sector, self._size // 4)
        if block < 109:
            fat = _number(self._header, 76 + 4 * block)
        else:
            each = self._size // 4 - 1
            hops, slot = divmod(block - 109, each)
            chain = _number(self._header, 68)
            for _ in range(min(hops, 1000)):
                chain = _number(self._read(chain, each * 4, 4), 0)
            fat = _number(self._read(chain, slot * 4, 4), 0)
        return _number(self._read(fat, within * 4, 4), 0)


def _number(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<L", data, at)[0])
