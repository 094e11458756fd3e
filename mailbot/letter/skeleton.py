"""A letter without its bulk: what the MIME parser must see, and where the rest lies in the file.

To the parser of the standard library a line of a body matters only if it begins with `--`: all others it passes on. So
long stretches without such a line are left out, and a marker stands in their place. The parser itself decides where
a part ends; nothing here knows boundaries, and so nothing can disagree with it. A marker begins a line with a blank:
in a body that is a line like any other, in a header block it is a continuation, and then it does not come back in
a body and the letter is read the plain way (`mailbot.letter.parts`). One pass in windows of fixed size: memory does
not grow with the letter.
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

BLOCK = 2 * 1024
WINDOW = 32  # blocks that are looked at as one where nothing in them could begin a part
MAX_KEPT = 48 * 1024 * 1024  # bytes of a skeleton, or of a letter that is read the plain way
KEPT_FIRST = 24 * 1024  # bytes at the letter's beginning that are kept to find the end of its header block
KEPT_HEAD = 8 * 1024  # the same for each line that could begin a part
LONGEST_BOUNDARY = 64 * 1024  # bytes of a line that may be a boundary
PIECE = 256 * 1024  # bytes read at once out of a stretch
_DASHES = re.compile(rb"[\r\n]--")
_LINE_END = re.compile(rb"[\r\n]")
_EMPTY_LINE = re.compile(rb"\n\r?\n|\r\r")
_PLACE = b"\n @@%s.%06d@@"
_MARKER = re.compile(rb"\n @@([0-9a-f]{24})\.(\d{6})@@")


class TooMuch(Exception):
    """A letter whose structure is too large to be parsed."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The short form of a letter; `spans` are the (start, end) left out, in the order of their markers."""

    path: Path
    data: bytes
    spans: tuple[tuple[int, int], ...] = ()
    nonce: bytes = b""

    def markers(self, body: bytes) -> list[int]:
        """The numbers of the stretches whose markers stand in a body."""
        return [number for number, _, _ in self._marked(body)]

    def _marked(self, body: bytes) -> Iterator[tuple[int, int, int]]:
        """Each stretch whose marker stands in a body: its number, and where the marker begins and ends."""
        for found in _MARKER.finditer(body) if self.spans else ():
            if found[1] == self.nonce:
                yield int(found[2]), found.start(), found.end()

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """The true bytes of a body of the skeleton, a piece at a time."""
        if not self.spans:
            yield body
            return
        last = 0
        with self.path.open("rb") as file:
            for number, start, end in self._marked(body):
                yield body[last:start]
                yield from _stretch(file, *self.spans[number])
                last = end
        yield body[last:]


def _stretch(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(PIECE, end - start))):
        yield piece
        start += len(piece)


def make(path: Path, *, block: int = BLOCK, first: int = KEPT_FIRST, head: int = KEPT_HEAD) -> Skeleton:
    """The skeleton of the letter in this file, TooMuch when too much of it had to be kept; the sizes are for tests."""
    kept: list[bytes | int] = []  # bytes, or the number of a stretch
    spans: list[tuple[int, int]] = []
    start, left_out, tail, previous = 0, 0, b"", b""
    heading, bound = True, first  # whether a header block may go on here, and up to where it is kept
    open_line = 0  # where the line began that could be a boundary and has not ended yet
    with path.open("rb", buffering=0) as file:
        for piece in _blocks(file, block):
            seen = previous[-3:] + piece
            loud = _is_loud(seen, beginning=not start)
            if loud or (heading and start < bound) or (open_line and _may_bound(piece, start - open_line)):
                kept.append(tail + piece)
                tail = b""
                heading = _EMPTY_LINE.search(seen, max(0, seen.rfind(b"--")) if loud else 0) is None
                bound = start + len(piece) + head if loud else bound
                open_line = _open_line(seen, start, open_line, loud=loud)
            else:
                open_line = 0
                quiet = tail + piece
                if size := max(0, len(quiet) - block):
                    begin = start - len(tail)
                    left_out += size
                    _leave_out(kept, spans, begin, begin + size, fresh=not spans or spans[-1][1] < begin)
                tail = quiet[size:]
            start, previous = start + len(piece), piece
            if start - left_out > MAX_KEPT:
                raise TooMuch("it has too many lines that could begin a part")
    kept.append(tail)
    if not spans:
        return Skeleton(path, b"".join(part for part in kept if isinstance(part, bytes)))
    return _assemble(path, kept, spans)


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The file in blocks, many at once where there is no dash pair in them, as in all of a long base64 body."""
    while window := _read(file, WINDOW * size):
        if b"--" in window:
            yield from (window[start : start + size] for start in range(0, len(window), size))
        else:
            yield window


def _read(file: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the file."""
    data = file.read(size)
    while 0 < len(data) < size and (more := file.read(size - len(data))):
        data += more
    return data


def _is_loud(piece: bytes, *, beginning: bool) -> bool:
    """Whether a line in it begins with "--"; the plain search comes first because base64 has no dash at all."""
    return b"--" in piece and (_DASHES.search(piece) is not None or (beginning and piece.startswith(b"--")))


def _may_bound(piece: bytes, length: int) -> bool:
    """Whether a line that has gone on for so long may still be a boundary: those have blanks at most at their end."""
    return length < LONGEST_BOUNDARY or not piece.strip(b" \t\r\n")


def _open_line(seen: bytes, start: int, before: int, *, loud: bool) -> int:
    """Where the last line that begins with "--" begins, if it goes on behind this block; 0 if it does not."""
    at = max(0, seen.rfind(b"\n--"), seen.rfind(b"\r--")) + 1 if loud else 0
    if _LINE_END.search(seen, at):
        return 0
    return max(1, start) if loud else before


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


def whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
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
    return (binascii.a2b_qp(lines) for lines in whole_lines(pieces))


def _from_uuencode(pieces: Iterator[bytes]) -> Iterator[bytes]:
    begun = False
    for lines in whole_lines(pieces):
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
