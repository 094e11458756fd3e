"""A letter without its bulk: what the MIME parser must see, and where the rest lies in the file.

To the parser of the standard library a line of a body matters only if it begins with `--`: all others it passes on. So
long stretches without such a line are left out, and a marker stands in their place. The parser itself decides where
a part ends; nothing here knows boundaries, and so nothing can disagree with it. A marker begins a line with a blank:
in a body that is a line like any other, in a header block it is a continuation, and then it does not come back in
a body and the letter is read the plain way. One pass in windows of fixed size: memory does not grow with the letter.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pybase64

BLOCK = 4 * 1024
KEPT_FIRST = 24 * 1024  # bytes at the letter's beginning that are never left out: its own header block
KEPT_HEAD = 8 * 1024  # bytes at the beginning of each later stretch: the header block of a part
PIECE = 256 * 1024  # bytes read at once out of a stretch
_DASHES = re.compile(rb"[\r\n]--")
_PLACE = b"\n @@%s.%06d@@"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The short form of a letter; `spans` are the (start, end) left out, in the order of their markers."""

    path: Path
    data: bytes
    spans: tuple[tuple[int, int], ...] = ()
    nonce: bytes = b""

    def markers(self, body: bytes) -> list[int]:
        """The numbers of the stretches whose markers stand in a body."""
        return [int(found[1]) for found in self._marker().finditer(body)] if self.spans else []

    def _marker(self) -> re.Pattern[bytes]:
        return re.compile(rb"\n @@" + self.nonce + rb"\.(\d{6})@@")

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """The true bytes of a body of the skeleton, a piece at a time."""
        if not self.spans:
            yield body
            return
        last = 0
        with self.path.open("rb") as file:
            for found in self._marker().finditer(body):
                yield body[last : found.start()]
                yield from _stretch(file, *self.spans[int(found[1])])
                last = found.end()
        yield body[last:]


def _stretch(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(PIECE, end - start))):
        yield piece
        start += len(piece)


def make(path: Path, *, block: int = BLOCK, first: int = KEPT_FIRST, head: int = KEPT_HEAD) -> Skeleton:
    """The skeleton of the letter in this file; the sizes are for tests."""
    kept: list[bytes | int] = []  # bytes, or the number of a stretch
    spans: list[tuple[int, int]] = []
    quiet_from = 0  # where the run of blocks without a line that begins with "--" started
    start, tail, previous = 0, b"", b""
    with path.open("rb", buffering=0) as file:
        while piece := _read(file, block):
            if _is_loud(previous[-2:] + piece, beginning=not start):
                kept.append(tail + piece)
                tail, quiet_from = b"", start + len(piece)
            elif start - quiet_from < (first if quiet_from == 0 else head) + block:
                kept.append(tail)
                tail = piece
            else:
                _leave_out(kept, spans, start - len(tail), start, fresh=not spans or spans[-1][1] < start - len(tail))
                tail = piece
            start, previous = start + len(piece), piece
    kept.append(tail)
    if not spans:
        return Skeleton(path, b"".join(part for part in kept if isinstance(part, bytes)))
    return _assemble(path, kept, spans)


def _read(file: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the file."""
    data = file.read(size)
    while 0 < len(data) < size and (more := file.read(size - len(data))):
        data += more
    return data


def _is_loud(piece: bytes, *, beginning: bool) -> bool:
    """Whether a line in it begins with "--"; the plain search comes first because base64 has no dash at all."""
    return b"--" in piece and (_DASHES.search(piece) is not None or (beginning and piece.startswith(b"--")))


def _leave_out(kept: list[bytes | int], spans: list[tuple[int, int]], start: int, end: int, *, fresh: bool) -> None:
    if fresh:
        kept.append(len(spans))
        spans.append((start, end))
    else:
        spans[-1] = (spans[-1][0], end)


def _assemble(path: Path, kept: list[bytes | int], spans: list[tuple[int, int]]) -> Skeleton:
    digest = hashlib.sha256()  # no letter can hold a marker made of its own hash
    for part in kept:
        if isinstance(part, bytes):
            digest.update(part)
    nonce = digest.hexdigest()[:24].encode()
    data = b"".join(part if isinstance(part, bytes) else _PLACE % (nonce, part) for part in kept)
    return Skeleton(path, data, tuple(spans), nonce)


# --- Transfer encodings (RFC 2045 section 6), a piece at a time ------------------------------------------------------

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_LONGEST_LINE = 1 << 20  # a longer line of quoted-printable or uuencode is cut


def decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The content of a body under its Content-Transfer-Encoding; an unknown one counts as none, nothing raises."""
    decoders: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
        "base64": _from_base64,
        "quoted-printable": _from_quoted_printable,
        **dict.fromkeys(("x-uuencode", "uuencode", "uue", "x-uue"), _from_uuencode),
    }
    decoder = decoders.get(encoding)
    return decoder(pieces) if decoder else pieces


def _from_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Strangers' characters are passed over, padding ends the content, a broken last group gives what it holds."""
    rest = b""
    for piece in pieces:
        rest += piece.translate(None, _NOT_BASE64)
        end = rest.find(b"=")
        if end >= 0 and (end % 4 == 3 or (rest[end : end + 2] == b"==" and end % 4 == 2)):
            rest = rest[:end]
            break
        whole = len(rest) - len(rest) % 4 if end < 0 else end - end % 4
        yield pybase64.b64decode(rest[:whole])
        rest = rest[whole:]
        if end >= 0 and len(rest) > 4:  # padding where none belongs
            rest = rest.replace(b"=", b"")
            whole = len(rest) - len(rest) % 4
            yield pybase64.b64decode(rest[:whole])
            rest = rest[whole:]
    rest = rest.replace(b"=", b"")
    rest = rest[:-1] if len(rest) % 4 == 1 else rest
    yield pybase64.b64decode(rest + b"=" * (-len(rest) % 4))


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines, many at a time."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > _LONGEST_LINE:
            cut = rest.rfind(b"=", len(rest) - 3)
            cut = len(rest) if cut < 0 else cut
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _from_quoted_printable(pieces: Iterator[bytes]) -> Iterator[bytes]:
    return (binascii.a2b_qp(lines) for lines in _lines(pieces))


def _from_uuencode(pieces: Iterator[bytes]) -> Iterator[bytes]:
    begun = False
    for lines in _lines(pieces):
        for line in lines.splitlines():
            if not begun:
                begun = line.startswith(b"begin ")
            elif line.strip() in (b"end", b"`"):
                return
            else:
                try:
                    yield binascii.a2b_uu(line)
                except binascii.Error:
                    # Some encoders write more than the length they announce: take what the length says.
                    length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
                    try:
                        yield binascii.a2b_uu(line[: length + 1])
                    except binascii.Error:
                        continue


@dataclass(frozen=True, slots=True)
class Extract:
    """A body that was taken out to a file."""

    sha256: str
    size: int
    head: bytes  # its first bytes, for its signature


def extract(content: Iterator[bytes], target: Path, *, head: int = 4096) -> Extract:
    """Write the content of a part to `target`, hashing it on the way."""
    digest, size, start = hashlib.sha256(), 0, bytearray()
    with target.open("wb") as file:
        for piece in content:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
            if len(start) < head:
                start += piece[: head - len(start)]
    return Extract(digest.hexdigest(), size, bytes(start))
