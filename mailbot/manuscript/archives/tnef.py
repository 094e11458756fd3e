"""Outlook's winmail.dat ([MS-OXTNEF]): the files in it, and the letter's own text.

Read here and not by a library: the one there is copies the rest of the file for each of its attributes, and loops as
often as a property tells it to. All counts are bounded, and no content is read before it is asked for.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.letter.charsets import decode
from mailbot.letter.html import read_html, tidy
from mailbot.manuscript.archives.members import PIECE
from mailbot.manuscript.archives.rtfbody import plain_text
from mailbot.manuscript.document import Unreadable
from mailbot.model import FileProblem

ATTRIBUTES = 20_000
PROPERTIES = 50_000
TEXT_BYTES = 2 << 20
_SIGNATURE = 0x223E9F78
_BODY, _CODEPAGE, _MESSAGE_PROPERTIES = 0x800C, 0x9007, 0x9003  # 2.1.3.2
_RENDERING, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME, _NAME, _DISPLAY_NAME, _CONTENT = 0x3707, 0x3704, 0x3001, 0x3701  # [MS-OXPROPS]
_PLAIN, _HTML, _RTF, _CHARSET = 0x1000, 0x1013, 0x1009, 0x3FDE
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}  # [MS-OXCDATA] 2.11.1
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0xD, 0x102
_MANY, _NAMED = 0x1000, 0x8000
_LETTER = bytes.fromhex("0703020000000000c000000000000046")  # an object begins with its interface: IMessage
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in it: its name as written, and where its bytes lie; `span` is None where they are missing."""

    name: str
    path: Path
    span: _Span | None

    def content(self) -> Iterator[bytes]:
        """Its bytes, in pieces. Unreadable: DAMAGED."""
        if self.span is None:
            raise Unreadable(FileProblem.DAMAGED)
        at, end = self.span
        with self.path.open("rb") as file:
            file.seek(at)
            while at < end and (piece := file.read(min(PIECE, end - at))):
                at += len(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class Message:
    """What was read; `text` is "" where it carries none. `whole` is False where it ends early."""

    attachments: tuple[Attachment, ...]
    text: str
    whole: bool


@dataclass(slots=True)
class _File:
    names: dict[int, str] = field(default_factory=dict)
    span: _Span | None = None


def read(path: Path) -> Message:
    """The message. Unreadable: DAMAGED, or BOMB where it claims too many parts."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            reader = _Reader(data)
            whole = True
            try:
                reader.attributes()
            except struct.error:  # it ends early: what came before stays
                whole = False
                if not reader.files and not reader.texts:
                    raise
            text = reader.text()
    except (struct.error, ValueError):
        raise Unreadable(FileProblem.DAMAGED) from None
    return Message(tuple(Attachment(_name(one), path, one.span) for one in reader.files), text, whole)


def _name(file: _File) -> str:
    order = (_LONG_NAME, _NAME, _TITLE, _DISPLAY_NAME)
    return next((name for key in order if (name := file.names.get(key, "").strip("\0 "))), "")


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._codepage = ""
        self._left = PROPERTIES
        self.files: list[_File] = []
        self.texts: dict[int, tuple[bytes, str]] = {}  # property -> bytes, charset

    def attributes(self) -> None:
        """All of them, in order (2.1.3)."""
        if struct.unpack_from("<LH", self._data)[0] != _SIGNATURE:
            raise ValueError("no TNEF")
        at = 6
        for _ in range(ATTRIBUTES):
            if at + 11 > len(self._data):  # nothing, or filling
                if at == 6:
                    raise struct.error("no attribute at all")
                return
            _, name, _, size = struct.unpack_from("<BHHL", self._data, at)
            at += 9
            if at + size > len(self._data):
                raise struct.error("an attribute that ends behind the file")
            self._attribute(name, at, at + size)
            at += size + 2
        raise Unreadable(FileProblem.BOMB, "members")

    def _attribute(self, name: int, at: int, end: int) -> None:
        if name == _CODEPAGE:
            self._codepage = f"cp{self._number(at)}"
        elif name == _RENDERING:
            self.files.append(_File())
        elif name == _MESSAGE_PROPERTIES:
            self._message(at, end)
        elif name == _BODY:
            self.texts[_BODY] = self._data[at : min(end, at + TEXT_BYTES)], self._codepage
        elif self.files:
            self._of_file(self.files[-1], name, at, end)

    def _of_file(self, file: _File, name: int, at: int, end: int) -> None:
        if name == _TITLE:
            file.names[_TITLE] = decode(self._data[at : min(end, at + PIECE)], self._codepage)
        elif name == _DATA:
            file.span = (at, end)
        elif name == _PROPERTIES:
            for key, kind, (start, stop) in self._properties(at, end):
                if key in (_LONG_NAME, _NAME, _DISPLAY_NAME):
                    file.names[key] = self._string(kind, start, stop)
                elif key == _CONTENT:
                    self._content(file, kind, start, stop)

    def _content(self, file: _File, kind: int, start: int, stop: int) -> None:
        """What stands among the properties counts where there is nothing else, or only a stub for a letter."""
        interface = self._data[start : start + len(_LETTER)] if kind == _OBJECT else b""
        if file.span is None or interface == _LETTER:
            file.span = (start + len(interface), stop)

    def _message(self, at: int, end: int) -> None:
        charset = self._codepage
        for key, kind, (start, stop) in self._properties(at, end):
            if key == _CHARSET and stop - start == 4:
                charset = f"cp{self._number(start)}"
            elif key in (_PLAIN, _HTML, _RTF):
                label = "utf-16-le" if kind == _UNICODE else charset
                self.texts[key] = self._data[start : min(stop, start + TEXT_BYTES)], label

    def text(self) -> str:
        """The letter's text: the plain one, else what the page or the RTF says."""
        for key, (raw, charset) in sorted(
            self.texts.items(), key=lambda one: (_PLAIN, _BODY, _HTML, _RTF).index(one[0])
        ):
            if key == _RTF:
                text = plain_text(raw)
            else:
                text = decode(raw, "utf-8" if charset == "cp65001" else charset, cut=len(raw) >= TEXT_BYTES)
                text = read_html(text).text if key == _HTML else text
            if text := tidy(text.replace("\r\n", "\n")):
                return text
        return ""

    def _string(self, kind: int, start: int, stop: int) -> str:
        raw = self._data[start : min(stop, start + PIECE)]
        return decode(raw, "utf-16-le" if kind == _UNICODE else self._codepage)

    def _number(self, at: int) -> int:
        return int(struct.unpack_from("<L", self._data, at)[0])

    def _properties(self, at: int, end: int) -> Iterator[tuple[int, int, _Span]]:
        """(property, type, where its first value lies), of a list of them (2.1.3.4); a broken list ends early."""
        count, at = self._number(at), at + 4
        for _ in range(count):
            if at + 4 > end:
                return
            self._left -= 1
            if self._left < 0:
                raise Unreadable(FileProblem.BOMB, "members")
            kind, key = struct.unpack_from("<HH", self._data, at)
            at = self._after_name(at + 4) if key >= _NAMED else at + 4
            many, kind = bool(kind & _MANY), kind & ~_MANY
            if kind in _SIZES:
                number, at = (self._number(at), at + 4) if many else (1, at)
                size = 2 if kind == 2 and many else _SIZES[kind]
                span = (at, at + size)
                at += (number * size + 3) // 4 * 4
            elif kind in (_STRING, _UNICODE, _OBJECT, _BINARY):
                number, at = self._number(at), at + 4
                span, at = self._values(number, at, end)
            else:
                return
            if span[1] > end:
                return
            yield key, kind, span

    def _values(self, number: int, at: int, end: int) -> tuple[_Span, int]:
        """The first of some values that tell their length, and where they end."""
        first: _Span = (at, at)
        for index in range(number):
            self._left -= 1
            if self._left < 0:
                raise Unreadable(FileProblem.BOMB, "members")
            if at + 4 > end:
                raise struct.error("a list of values that ends early")
            size, at = self._number(at), at + 4
            first = (at, at + size) if index == 0 else first
            at += (size + 3) // 4 * 4
        return first, at

    def _after_name(self, at: int) -> int:
        """Behind the name of a named property: a set's number, and a number or a string."""
        if self._number(at + 16) == 0:
            return at + 24
        return at + 24 + (self._number(at + 20) + 3) // 4 * 4
