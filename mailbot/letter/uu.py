"""Files that stand uuencoded within a text ("begin 644 name"), as old programs and gateways write them."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator

from mailbot.letter.skeleton import whole_lines

_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n?")
_LINE = re.compile(rb"[!-M][ -`]{1,90}\r?\n?")  # its length, up to 45, and that many bytes, four characters for three
_END = (b"end", b"`", b"")


def without_files(content: Iterator[bytes], take: Callable[[bytes, Iterator[bytes]], None]) -> Iterator[bytes]:
    """The text without the files in it, a piece at a time; `take` is given the raw name and content of each.

    A "begin" that no encoded line follows is text. `take` must read the content to its end.
    """
    lines = _Lines(content)
    while (piece := lines.until_begin()) is not None:
        yield piece
        begin = lines.line()
        if not begin:
            continue
        first = lines.line()
        if _is_encoded(first):
            lines.back(first)
            take(_BEGIN.match(begin)[1].strip(), _content(lines))  # type: ignore[index] # until_begin has matched it
        else:
            yield begin
            lines.back(first)


def _is_encoded(line: bytes) -> bool:
    """Whether its length is what its first character says, but for blanks lost or added at its end."""
    if not _LINE.fullmatch(line):
        return False
    expected = -(-((line[0] - 32) & 63) // 3) * 4
    return -4 <= len(line.rstrip(b"\r\n")) - 1 - expected <= 2


def _content(lines: _Lines) -> Iterator[bytes]:
    while line := lines.line():
        bare = line.rstrip(b"\r\n ")
        if bare in _END:
            if bare == b"`" and (last := lines.line()).rstrip() != b"end":
                lines.back(last)
            return
        if not _is_encoded(line):
            lines.back(line)
            return
        length = (line[0] - 32) & 63
        whole = line.rstrip(b"\r\n")[: -(-length // 3) * 4 + 1]
        try:
            yield binascii.a2b_uu(whole)
        except binascii.Error:
            continue


class _Lines:
    """The lines of a content, many at once where no file can begin in them."""

    def __init__(self, content: Iterator[bytes]) -> None:
        self._pieces = whole_lines(content)
        self._piece = b""
        self._at = 0

    def _more(self) -> bool:
        if self._at >= len(self._piece):
            self._piece, self._at = next(self._pieces, b""), 0
        return self._at < len(self._piece)

    def until_begin(self) -> bytes | None:
        """What stands before the next line that could begin a file, or a piece of it; None at the end."""
        if not self._more():
            return None
        start = at = self._at
        while (at := self._piece.find(b"begin ", at)) >= 0:
            if (at == 0 or self._piece[at - 1 : at] == b"\n") and _BEGIN.match(self._piece, at):
                break
            at += 1
        self._at = len(self._piece) if at < 0 else at
        return self._piece[start : self._at]

    def line(self) -> bytes:
        """The next line with its end, empty at the end of all."""
        if not self._more():
            return b""
        start, self._at = self._at, self._piece.find(b"\n", self._at) + 1 or len(self._piece)
        return self._piece[start : self._at]

    def back(self, line: bytes) -> None:
        """Go back before the line that was read last."""
        self._at -= len(line)
