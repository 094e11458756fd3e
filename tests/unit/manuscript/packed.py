"""Archives and letters of Outlook for the tests, where no free program makes them: RAR, and winmail.dat.

All else is made by true programs: zipfile, tarfile, 7z, Info-ZIP.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence


def _vint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _block5(body: bytes, data: bytes = b"") -> bytes:
    sized = _vint(len(body)) + body
    return struct.pack("<L", zlib.crc32(sized)) + sized + data


def rar5(files: Mapping[str, bytes], *, flags: int = 0, locked: bool = False) -> bytes:
    """A RAR 5 archive with these files stored; `flags` of the archive: 1 is a volume, 3 a volume that is not the first.

    `locked`: each file says that it is encrypted.

    Source: "RAR 5.0 archive format", technote.htm of RARLAB.
    """
    out = b"Rar!\x1a\x07\x01\x00" + _block5(_vint(1) + _vint(0) + _vint(flags) + (_vint(1) if flags == 3 else b""))
    for name, data in files.items():
        raw = name.encode()
        fields = [4, len(data), 0o100644]
        lock = _vint(48) + _vint(1) + bytes(47) if locked else b""
        body = _vint(2) + (_vint(3) + _vint(len(lock)) if locked else _vint(2))
        body += _vint(len(data)) + b"".join(map(_vint, fields))
        body += struct.pack("<L", zlib.crc32(data)) + _vint(0) + _vint(1) + _vint(len(raw)) + raw + lock
        out += _block5(body, data)
    return out + _block5(_vint(5) + _vint(0) + _vint(0))


def rar5_locked() -> bytes:
    """A RAR 5 archive whose headers are encrypted: all that can be seen is the block that says so."""
    locked = _vint(4) + _vint(0) + _vint(0) + _vint(0) + bytes([15]) + bytes(16)
    return b"Rar!\x1a\x07\x01\x00" + _block5(locked) + bytes(range(64))


def _block4(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + data


def rar4(files: Mapping[bytes, bytes], *, flags: int = 0, file_flags: int = 0, version: int = 29) -> bytes:
    """A RAR 4 archive with these files stored under names of any charset (technote of RAR 3)."""
    out = b"Rar!\x1a\x07\x00" + _block4(0x73, flags, bytes(6))
    for name, data in files.items():
        body = struct.pack(
            "<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0, version, 0x30, len(name), 0o100644
        )
        out += _block4(0x74, 0x8000 | file_flags, body + name, data)
    return out + _block4(0x7B, 0x4000, b"")


# --- winmail.dat


def _attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHL", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*pairs: tuple[int, bytes]) -> bytes:
    """A list of MAPI properties: (property and type as one number, value), each with its length if needed."""
    out = struct.pack("<L", len(pairs))
    for tag, value in pairs:
        kind, name = tag & 0xFFFF, tag >> 16
        out += struct.pack("<HH", kind, name)
        if kind in (0x1E, 0x1F, 0xD, 0x102):
            out += struct.pack("<LL", 1, len(value)) + value
        else:
            out += value
        out += bytes(-len(value) % 4)
    return out


def winmail(
    files: Sequence[tuple[bytes, str, bytes]] = (), *, body: bytes = b"", message: bytes = b"", codepage: int = 936
) -> bytes:
    """A winmail.dat as Outlook writes it ([MS-OXTNEF]): files of (short name, long name, content), body, properties."""
    out = struct.pack("<LH", 0x223E9F78, 1)
    out += _attribute(1, 0x9006, 8, struct.pack("<L", 0x10000))
    out += _attribute(1, 0x9007, 6, struct.pack("<LL", codepage, 0))
    if body:
        out += _attribute(1, 0x800C, 2, body + b"\0")
    if message:
        out += _attribute(1, 0x9003, 6, message)
    for short, long, content in files:
        out += _attribute(2, 0x9002, 6, bytes(14))
        out += _attribute(2, 0x8010, 1, short + b"\0")
        out += _attribute(2, 0x800F, 6, content)
        if long:
            out += _attribute(2, 0x9005, 6, properties((0x3707001F, long.encode("utf-16-le") + b"\0\0")))
    return out
