"""Zip archives as people send them (APPNOTE 6.3): names in GBK with or without the flag, members broken one by one.

The directory is read here and not by zipfile, which opens no archive at all when one name is not what its flag says,
and no member whose name differs between directory and header.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol
from zipfile import BadZipFile

from mailbot.manuscript.archives.members import PIECE, Member, path_text
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.packages import find_directory
from mailbot.model import FileProblem

DICTIONARY_BYTES = 64 << 20
"""So much memory LZMA may ask for."""
_ENTRY = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075  # 4.5.3, 4.6.9
_IS_ENCRYPTED = 0x0001
_LINK = 0o120000
_UNKNOWN = 0xFFFFFFFF


class Inflating(Protocol):
    """What zlib.decompressobj makes."""

    @property
    def eof(self) -> bool: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    encrypted: bool
    method: int
    crc: int
    packed: int
    at: int
    kept: bool


def members(path: Path) -> Iterator[Member]:
    """The archive's members. Unreadable: BOMB where the directory is out of bounds, DAMAGED where there is none."""
    with path.open("rb") as file:
        try:
            directory = find_directory(file)
        except BadZipFile:
            raise Unreadable(FileProblem.DAMAGED) from None
        file.seek(directory.at)
        for entry in _entries(file.read(directory.size), directory.shift):
            if entry.encrypted:
                yield Member(entry.path, problem=FileProblem.ENCRYPTED, kept=entry.kept)
            else:
                yield Member(entry.path, _content(file, entry), kept=entry.kept)


def _entries(data: bytes, shift: int) -> Iterator[_Entry]:
    at = 0
    while at + _ENTRY.size <= len(data):
        fields = _ENTRY.unpack_from(data, at)
        if fields[0] != b"PK\1\2":
            raise Unreadable(FileProblem.DAMAGED)
        flags, method, crc, packed, size = fields[3], fields[4], *fields[7:10]
        name_end = at + _ENTRY.size + fields[10]
        name, extra = data[at + _ENTRY.size : name_end], data[name_end : name_end + fields[11]]
        offset, mode = fields[16], fields[15] >> 16
        packed, offset = _large(extra, size, packed, offset)
        path = _path(name, extra)
        kept = not path.endswith(("/", "\\")) and (mode & 0o170000) != _LINK
        yield _Entry(path, bool(flags & _IS_ENCRYPTED), method, crc, packed, offset + shift, kept)
        at = name_end + fields[11] + fields[12]


def _extras(extra: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        found.setdefault(kind, extra[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _large(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int]:
    """Packed size and offset, from the zip64 field where the entry has no room for them."""
    values = _extras(extra).get(_ZIP64, b"")
    numbers = iter(struct.unpack(f"<{len(values) // 8}Q", values[: len(values) // 8 * 8]))
    _, packed, offset = (next(numbers, value) if value == _UNKNOWN else value for value in (size, packed, offset))
    return packed, offset


def _path(name: bytes, extra: bytes) -> str:
    """The name: the Unicode field where it was made of this name, else by its bytes, for the flag lies too often."""
    unicode = _extras(extra).get(_UNICODE_PATH, b"")
    if unicode[1:5] == struct.pack("<L", zlib.crc32(name)):
        return path_text(unicode[5:])
    return path_text(name)


def _content(file: BinaryIO, entry: _Entry) -> Iterator[bytes]:
    """The member's bytes, checked against its CRC-32; Unreadable for that member alone."""
    try:
        file.seek(entry.at)
        header = _LOCAL.unpack(file.read(_LOCAL.size))
        if header[0] != b"PK\3\4":
            raise Unreadable(FileProblem.DAMAGED)
        file.seek(header[9] + header[10], 1)
        crc = 0
        for piece in _unpacked(file, entry):
            crc = zlib.crc32(piece, crc)
            yield piece
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, struct.error, OverflowError, MemoryError):
        raise Unreadable(FileProblem.DAMAGED) from None
    if crc != entry.crc:
        raise Unreadable(FileProblem.DAMAGED)


def _unpacked(file: BinaryIO, entry: _Entry) -> Iterator[bytes]:
    start = file.tell()
    decompress = _decompressor(entry.method, file)
    left = entry.packed - (file.tell() - start)
    while left > 0:
        data = file.read(min(PIECE, left))
        if not data:
            raise Unreadable(FileProblem.DAMAGED)
        left -= len(data)
        yield from decompress(data)


def _decompressor(method: int, file: BinaryIO) -> Callable[[bytes], Iterator[bytes]]:
    if method == 0:
        return lambda data: iter((data,))
    if method == 8:
        return partial(_inflate, zlib.decompressobj(-zlib.MAX_WBITS))
    if method == 12:
        return partial(decode_pieces, bz2.BZ2Decompressor())
    if method == 14:
        return partial(decode_pieces, _lzma(file))
    raise Unreadable(FileProblem.UNSUPPORTED, "method")  # of the others only Deflate64 (9) is met


def _inflate(engine: Inflating, data: bytes) -> Iterator[bytes]:
    while not engine.eof:
        piece = engine.decompress(data, PIECE)
        data = engine.unconsumed_tail
        if piece:
            yield piece
        if not data and len(piece) < PIECE:
            return


def decode_pieces(engine: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes) -> Iterator[bytes]:
    """What comes out of these bytes, PIECE by PIECE."""
    while not engine.eof:
        if piece := engine.decompress(data, PIECE):
            yield piece
        data = b""
        if engine.needs_input:
            return


def _lzma(file: BinaryIO) -> lzma.LZMADecompressor:
    """LZMA with its own header within the member (5.8.8)."""
    _, length = struct.unpack("<HH", file.read(4))
    first, dictionary = struct.unpack("<BL", file.read(length)[:5])
    if dictionary > DICTIONARY_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE, "memory")
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    settings = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[settings])
