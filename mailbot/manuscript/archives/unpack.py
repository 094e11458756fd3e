"""Archives from strangers: what lies in them, taken out within bounds. One archive a call; depth is the caller's.

Each reader gives the members in order (`members.Member`) and knows nothing of disk and bounds; `members.Taking` does.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mailbot.manuscript.archives import libarchives, tnef, zips
from mailbot.manuscript.archives.members import PIECE, Budget, Member, Taking, Unpacked, path_text
from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.sniff import FileType
from mailbot.model import FileProblem

__all__ = ["Budget", "Unpacked", "unpack"]

_XZ_MEMORY = 128 << 20
_VOLUME = re.compile(r"\.(?:part\d{1,4}\.rar|r\d\d|z\d\d|\d{3})$", re.IGNORECASE)
_GZIP_NAME, _GZIP_EXTRA = 8, 4


def unpack(path: Path, kind: FileType, work: Path, prefix: str, budget: Budget, name: str = "") -> Unpacked:
    """What the archive at `path` holds; its files are written to `work` as `prefix` and a number.

    `budget` counts down. `name` is what its sender called it: a single compressed file often has no other. Raises
    OSError only where the disk cannot be written.
    """
    taking = Taking(work, prefix, budget, path.stat().st_size)
    if kind is FileType.TNEF:
        return _winmail(path, taking)
    if kind is FileType.ZIP:
        found = taking.all(zips.members(path))
    elif kind is FileType.GZIP:
        found = taking.all(_single(path, name))
    else:
        found = taking.all(libarchives.members(path, kind))
    if found.problem is FileProblem.DAMAGED and _VOLUME.search(name):
        return replace(found, detail="volume")
    return found


def _winmail(path: Path, taking: Taking) -> Unpacked:
    try:
        message = tnef.read(path)
    except Unreadable as fault:
        return Unpacked(problem=fault.problem, detail=fault.detail)
    if not message.attachments:
        return Unpacked(text=message.text)  # a letter in Outlook's dress, no archive
    files = (Member(attachment.name, attachment.content()) for attachment in message.attachments)
    found = replace(taking.all(files), text=message.text)
    return found if message.whole or found.problem else replace(found, problem=FileProblem.DAMAGED)


def _single(path: Path, name: str) -> Iterator[Member]:
    """The one file in a .gz, .bz2 or .xz (RFC 1952)."""
    with path.open("rb") as file:
        head = file.read(1 << 12)
    bare = PurePosixPath(name).stem if PurePosixPath(name).suffix.lower() in (".gz", ".bz2", ".xz") else name
    yield Member(_name_in_gzip(head) or bare, _expanded(path, head))


def _expanded(path: Path, head: bytes) -> Iterator[bytes]:
    try:
        if head.startswith(b"\xfd"):
            yield from _from_xz(path)
        else:
            with gzip.open(path) if head.startswith(b"\x1f") else bz2.open(path) as file:
                while piece := file.read(PIECE):
                    yield piece
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        raise Unreadable(FileProblem.DAMAGED) from None


def _from_xz(path: Path) -> Iterator[bytes]:
    engine = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    with path.open("rb") as file:
        while (data := file.read(PIECE)) and not engine.eof:
            yield from zips.decode_pieces(engine, data)
    if not engine.eof:
        raise EOFError


def _name_in_gzip(head: bytes) -> str:
    if not head.startswith(b"\x1f\x8b") or len(head) < 12 or not head[3] & _GZIP_NAME:
        return ""
    at = 12 + int.from_bytes(head[10:12], "little") if head[3] & _GZIP_EXTRA else 10
    return path_text(head[at:].partition(b"\0")[0])
