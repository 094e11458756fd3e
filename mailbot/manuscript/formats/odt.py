"""OpenDocument text (ODF 1.3): the whole text, each thing once, and the pictures in it.

Notes come after the text, headers and footers (of styles.xml) are margins; not read are tracked deletions, hidden text,
comments, ruby annotations, alternative texts of pictures and automatic numbers.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

from mailbot.manuscript.active import active_in_package
from mailbot.manuscript.document import Document, Paragraph, Unreadable
from mailbot.manuscript.formats.odtlooks import PROPERTIES, Looks, Pages
from mailbot.manuscript.formats.parts import (
    BROKEN,
    PARAGRAPHS,
    PART_BYTES,
    PICTURES,
    embedded,
    feed,
    is_drawing,
    leading_blanks,
    local,
    parser_of,
)
from mailbot.manuscript.packages import open_package, pieces
from mailbot.model import FileProblem

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _DRAW = f"{_OASIS}text:1.0 ", f"{_OASIS}style:1.0 ", f"{_OASIS}drawing:1.0 "
_TABLE = f"{_OASIS}table:1.0 "
_CAPTIONS = frozenset({"Caption", "Illustration", "Figure", "caption"})  # styles that office programs bring
_HREF = "http://www.w3.org/1999/xlink href"
_PARAGRAPH = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_NOT_READ = frozenset(
    {
        *(f"{_TEXT}{name}" for name in ("tracked-changes", "note-citation", "ruby-text", "number", "hidden-text")),
        f"{_OASIS}office:1.0 annotation",
        f"{_OASIS}table:1.0 covered-table-cell",
        *(f"{_OASIS}svg-compatible:1.0 {name}" for name in ("title", "desc")),
    }
)
_MARGIN = re.compile(r"(?:header|footer)(?:-left|-first)?$")
_BLANKS = re.compile(r"[ \t\r\n]+")
_MOST_BLANKS = 1_000


def read(path: Path) -> Document:
    """The document; Unreadable when it is encrypted, damaged, empty or a bomb."""
    try:
        with open_package(path) as package:
            return _document(path, package)
    except BROKEN:
        raise Unreadable(FileProblem.DAMAGED) from None


def _document(path: Path, package: ZipFile) -> Document:
    names = set(package.namelist())
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in b"".join(_part(package, manifest)):
        raise Unreadable(FileProblem.ENCRYPTED)
    reader = _Reader()
    for part in ("styles.xml", "content.xml"):
        if part in names or part == "content.xml":
            reader.read(_part(package, part))
    pictures = [
        embedded(path, name, after) for name, after in reader.pictures.items() if name in names and not is_drawing(name)
    ]
    if not reader.body and not reader.notes and not pictures:
        raise Unreadable(FileProblem.EMPTY)
    margins = tuple(dict.fromkeys(paragraph.text for paragraph in reader.margins))
    active = active_in_package(package)
    return Document((*reader.body, *reader.notes), margins, tuple(pictures[:PICTURES]), active, reader.pages.page())


def _part(package: ZipFile, name: str) -> Iterator[bytes]:
    return pieces(package, package.getinfo(name), PART_BYTES)


@dataclass(slots=True)
class _Open:
    """A paragraph that is being read; those of boxes and notes lie within the one that anchors them."""

    level: int | None
    story: list[Paragraph]
    pieces: list[str] = field(default_factory=list)
    style: str = ""
    letters: Counter[str] = field(default_factory=Counter)  # style of a span, "" for none -> characters


class _Reader:
    """Collects the text of styles.xml (margins) and content.xml as their elements come."""

    def __init__(self) -> None:
        self.body: list[Paragraph] = []
        self.notes: list[Paragraph] = []
        self.margins: list[Paragraph] = []
        self.pictures: dict[str, int] = {}  # member -> paragraphs before it
        self.pages = Pages()
        self._looks = Looks()
        self._rows: list[list[int]] = []  # of each open row, its number and that of its cell
        self._count = 0
        self._spans: list[str] = []  # the styles of those open
        self._stories: list[list[Paragraph]] = []
        self._open: list[_Open] = []
        self._skipping = 0
        self._frames: list[bool] = []  # of each open frame, whether its picture is known
        self._levels: dict[str, int] = {}
        self._based: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._described = ""

    def read(self, part: Iterator[bytes]) -> None:
        """One part; its styles hold for the parts read after."""
        parser = parser_of(self._start)
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        feed(parser, part)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipping or tag in _NOT_READ or self._is_hidden(tag, attributes):
            self._skipping += 1
        elif tag in _PARAGRAPH:
            self._begin(attributes)
        elif tag.startswith(_TEXT):
            self._within(local(tag), attributes)
        elif tag.startswith(_DRAW):
            self._draw(local(tag), attributes)
        elif _is_margin(tag):
            self._stories.append(self.margins)
        elif tag.startswith(_STYLE):
            self._styled(tag, attributes)
        elif tag.startswith(_TABLE):
            self._table(local(tag))
        elif tag == f"{_OASIS}office:1.0 body":
            self._stories.append(self.body)

    def _is_hidden(self, tag: str, attributes: dict[str, str]) -> bool:
        return tag == f"{_TEXT}span" and attributes.get(f"{_TEXT}style-name") in self._hidden

    def _styled(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "style":
            self._style(attributes)
        elif name == "default-style":
            self._described = f"\0{attributes.get(f'{_STYLE}family', '')}"
        elif name == "font-face":
            self._looks.face(attributes)
        elif tag in PROPERTIES and name in ("text-properties", "paragraph-properties"):
            self._looks.add(self._described, attributes)
            if attributes.get(f"{_TEXT}display") == "none":
                self._hidden.add(self._described)
        else:
            self.pages.start(name, attributes)

    def _table(self, name: str) -> None:
        if name == "table-row":
            self._count += 1
            self._rows.append([self._count, -1])
        elif name == "table-cell" and self._rows:
            self._rows[-1][1] += 1

    def _begin(self, attributes: dict[str, str]) -> None:
        if not self._stories:  # a paragraph outside the text: nothing that is shown
            self._open.append(_Open(None, []))
            return
        level = attributes.get(f"{_TEXT}outline-level", "")
        style = attributes.get(f"{_TEXT}style-name", "")
        named = self._level(style)
        self._open.append(_Open(_number(level) or named if named != 0 else 0, self._stories[-1], style=style))

    def _within(self, name: str, attributes: dict[str, str]) -> None:
        if name == "note-body":
            self._stories.append(self.notes)
        elif name == "span":
            self._spans.append(attributes.get(f"{_TEXT}style-name", ""))
        elif not self._open:
            return
        elif name == "s":
            self._open[-1].pieces.append(" " * min(_MOST_BLANKS, _number(attributes.get(f"{_TEXT}c", "")) or 1))
        elif name in ("tab", "line-break"):
            self._open[-1].pieces.append("\t" if name == "tab" else "\n")

    def _draw(self, name: str, attributes: dict[str, str]) -> None:
        if name == "frame":
            self._frames.append(False)
        elif name == "image" and self._frames and not self._frames[-1]:  # others are the same in another format
            self._frames[-1] = True
            self._picture(attributes.get(_HREF, ""))
        elif name == "fill-image" and _HREF in attributes and self._stories:
            self._picture(attributes[_HREF])

    def _picture(self, member: str) -> None:
        self.pictures.setdefault(posixpath.normpath(member), len(self.body))

    def _style(self, attributes: dict[str, str]) -> None:
        self._described = name = attributes.get(f"{_STYLE}name", "")
        self._based[name] = attributes.get(f"{_STYLE}parent-style-name", "")
        self._looks.begin(name, self._based[name])
        level = _number(attributes.get(f"{_STYLE}default-outline-level", ""))
        if name == "Title" or attributes.get(f"{_STYLE}display-name", "").lower() == "title":
            self._levels[name] = 0
        elif level:
            self._levels[name] = level

    def _level(self, style: str) -> int | None:
        for _ in range(20):  # a chain of styles may be a circle
            if style in self._levels:
                return self._levels[style]
            style = self._based.get(style, "")
        return None

    def _characters(self, text: str) -> None:
        if self._open and not self._skipping:
            paragraph = self._open[-1]
            paragraph.pieces.append(_BLANKS.sub(" ", text))
            paragraph.letters[self._spans[-1] if self._spans else ""] += len(text)

    def _end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag in _PARAGRAPH and self._open:
            self._close(self._open.pop())
        elif tag == f"{_DRAW}frame" and self._frames:
            self._frames.pop()
        elif tag == f"{_TEXT}span" and self._spans:
            self._spans.pop()
        elif tag == f"{_TABLE}table-row" and self._rows:
            self._rows.pop()
        elif self._stories and (tag in (f"{_TEXT}note-body", f"{_OASIS}office:1.0 body") or _is_margin(tag)):
            self._stories.pop()

    def _close(self, paragraph: _Open) -> None:
        whole = "".join(paragraph.pieces)
        text = whole.strip()
        if not text:
            return
        if len(paragraph.story) >= PARAGRAPHS:
            raise Unreadable(FileProblem.BOMB)
        most = max(paragraph.letters, key=lambda span: paragraph.letters[span], default="")
        look = self._looks.look(paragraph.style, most, leading_blanks(whole))
        row, cell = self._rows[-1] if self._rows else (0, 0)
        caption = self._is_caption(paragraph.style)
        paragraph.story.append(Paragraph(text, paragraph.level, look, row, max(0, cell), caption))

    def _is_caption(self, style: str) -> bool:
        for _ in range(20):  # a chain of styles may be a circle
            if style in _CAPTIONS:
                return True
            style = self._based.get(style, "")
        return False


def _is_margin(tag: str) -> bool:
    return tag.startswith(_STYLE) and bool(_MARGIN.fullmatch(local(tag)))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None
