"""The text of a letter that Outlook keeps as compressed RTF ([MS-OXRTFCP])."""

from __future__ import annotations

import struct

from mailbot.manuscript.document import NeedsOffice, Unreadable
from mailbot.manuscript.formats import rtf

MOST = 4 << 20
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D  # 2.1.3.1.1: "LZFu" and "MELA"
_WINDOW = 4096
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # 2.1.2.1: what the window holds before anything was read


def plain_text(data: bytes) -> str:
    """The letter's text, "" where it cannot be read."""
    try:
        return rtf.text_of(uncompressed(data))
    except (struct.error, ValueError, Unreadable, NeedsOffice):
        return ""


def uncompressed(data: bytes) -> bytes:
    """The RTF itself, at most MOST bytes (2.1.3); ValueError where it is no compressed RTF."""
    _, size, kind, _ = struct.unpack_from("<4L", data)
    if kind == _PLAIN:
        return data[16 : 16 + min(size, MOST)]
    if kind != _COMPRESSED:
        raise ValueError("no compressed RTF")
    window = bytearray(_START.ljust(_WINDOW, b" "))
    write, out, at = len(_START), bytearray(), 16
    while at < len(data) and len(out) < MOST:
        control, at = data[at], at + 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(data):
                    return bytes(out)
                token, at = data[at] << 8 | data[at + 1], at + 2
                read = token >> 4
                if read == write:  # the end
                    return bytes(out)
                run = [(read + step) % _WINDOW for step in range((token & 15) + 2)]
            elif at < len(data):
                window[write] = data[at]
                run, at = [write], at + 1
            else:
                return bytes(out)
            for place in run:
                out.append(window[place])
                window[write] = window[place]
                write = (write + 1) % _WINDOW
    return bytes(out)
