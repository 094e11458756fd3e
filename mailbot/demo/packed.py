"""Zip archives for the sample letters as Windows makes them in China; zipfile writes neither such names nor locks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from random import Random

_TABLE = tuple(zlib.crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))
"""What the CRC makes of each byte alone."""


def zipped(files: Mapping[str, bytes], password: str = "") -> bytes:
    """A zip (APPNOTE 6.3) of these files: names in GBK without the flag for UTF-8, locked where there is a password."""
    out, directory = bytearray(), bytearray()
    for name, content in files.items():
        raw, crc = name.encode("gbk"), zlib.crc32(content)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        if password:
            packed = _locked(packed, crc, password)
        head = struct.pack("<5H3L2H", 20, bool(password), 8, 0, 0x5D77, crc, len(packed), len(content), len(raw), 0)
        directory += b"PK\1\2\x14\0" + head + struct.pack("<3H2L", 0, 0, 0, 32, len(out)) + raw
        out += b"PK\3\4" + head + raw + packed
    end = struct.pack("<4H2LH", 0, 0, len(files), len(files), len(directory), len(out), 0)
    return bytes(out + directory) + b"PK\5\6" + end


def _locked(data: bytes, crc: int, password: str) -> bytes:
    """The data under PKWARE's traditional encryption (APPNOTE 6.1)."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte: int) -> None:
        keys[0] = keys[0] >> 8 ^ _TABLE[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ _TABLE[(keys[2] ^ keys[1] >> 24) & 0xFF]

    for byte in password.encode("ascii"):
        turn(byte)
    out = bytearray()
    for byte in Random(crc).randbytes(11) + bytes([crc >> 24]) + data:
        mask = keys[2] | 2
        out.append(byte ^ (mask * (mask ^ 1) >> 8 & 0xFF))
        turn(byte)
    return bytes(out)
