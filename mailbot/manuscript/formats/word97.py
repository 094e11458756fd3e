"""The text of a binary Word document, as [MS-DOC] lays it down (Word 97 and after; WPS writes the same).

What legacy readers lose is kept apart here: main text, notes and text boxes, headers and footers, comments (not read);
deleted and hidden text and field codes are left out; the styles of title and headings give levels; numbers of lists
are text (where the paragraph is in one, not only its style); text boxes come after the text, whatever their place. All
offsets come from a stranger: a read beyond the end is `struct.error`, loops are bounded by the size of the streams.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from mailbot.manuscript.document import Paragraph, Unreadable
from mailbot.manuscript.formats import doclooks, lists97
from mailbot.manuscript.formats.numbering import Numbering
from mailbot.model import FileProblem, Look, Page

WORD97, WORD6 = 0xA5EC, (0xA5DC, 0xA5DB)
PARAGRAPHS = 200_000
PIECES = 200_000
PAGES = 4_000
"""Of properties, of 512 bytes each: an article of 100 printed pages has some hundreds."""

_PAGE = 512
_HASTY, _ENCRYPTED, _TABLE_1 = 0x0004, 0x0100, 0x0200  # bits of the FIB's flags, [MS-DOC] 2.5.2
_STYLES, _SECTIONS, _CHARACTERS, _PARAGRAPHS, _FONTS = 1, 6, 12, 13, 15  # places in FibRgFcLcb97, 2.5.6
_PIECES, _LISTS, _USES = 33, 73, 74
_COUNTS = ("text", "notes", "margins", "macros", "comments", "endnotes", "boxes", "margin_boxes")  # 2.5.4
_READ, _BORDERS = ("text", "notes", "endnotes", "boxes"), ("margins", "margin_boxes")
_STYLE_TITLE = 62  # the invariant number of the built-in style Title; headings have 1 to 9
_DELETED, _HIDDEN, _SYMBOL, _OUTLINE = 0x0800, 0x083C, 0x6A09, 0x2640  # sprmCFRMarkDel, CFVanish, CSymbol, POutLvl
_LIST_LEVEL, _LIST_USE = 0x260A, 0x460B  # sprmPIlvl, sprmPIlfo
_IN_TABLE, _ROW_ENDS = 0x2416, 0x2417  # sprmPFInTable, sprmPFTtp
_OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)
_FIELDS = 20  # so many fields lie in one another
_ENDS = re.compile("[\r\x07\x0c\x0e]")
_MARKS = re.compile("[\x00-\x08\x0e-\x1d\x1f\ufeff]")
_PLAIN = str.maketrans({"\x0b": "\n", "\x1e": "-"})


@dataclass(slots=True)
class Text:
    """The text by its stories; `raw` is all of them together, with deleted text, codes and comments."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)
    raw: str = ""
    page: Page | None = None


def table_name(word: bytes) -> str:
    """The name of the stream with the tables. Unreadable(ENCRYPTED) for a document with a password."""
    (flags,) = struct.unpack_from("<H", word, 0x0A)
    if flags & _ENCRYPTED:
        raise Unreadable(FileProblem.ENCRYPTED)
    return "1Table" if flags & _TABLE_1 else "0Table"


def read(word: bytes, table: bytes) -> Text:
    """The text of the streams WordDocument and table; struct.error or ValueError when they are damaged."""
    return _Reader(word, table).text()


def plain_ansi(word: bytes) -> str:
    """The text of a Chinese Word 6 or 95 document: one run of bytes in code page 936; "" if it was saved in a hurry."""
    (flags,) = struct.unpack_from("<H", word, 0x0A)
    start, end = struct.unpack_from("<II", word, 0x18)
    return "" if flags & _HASTY else word[start:end].decode("gb18030", "replace")


def paragraphs_of(text: str) -> list[Paragraph]:
    """Plain paragraphs of a story's characters."""
    return [Paragraph(line) for part in _ENDS.split(text) if (line := _cleaned(part))]


def _cleaned(text: str) -> str:
    return _MARKS.sub("", _without_codes(text).translate(_PLAIN)).strip()


def _without_codes(text: str) -> str:
    """Without the codes of fields: what stands between 0x13 and its 0x14, nested or not."""
    if "\x13" not in text:
        return text
    kept: list[str] = []
    fields: list[int] = []  # of each open field, 1 while we are in its code
    codes = 0
    for piece in re.split("([\x13\x14\x15])", text):
        if piece == "\x13":
            fields.append(1)
            codes += 1
        elif piece in ("\x14", "\x15") and fields:
            codes -= fields.pop()
            if piece == "\x14":
                fields.append(0)
        elif not codes:
            kept.append(piece)
    return "".join(kept)


class _Reader:
    def __init__(self, word: bytes, table: bytes) -> None:
        self._word = word
        self._table = table

    def text(self) -> Text:
        pieces = list(self._pieces())
        text = "".join(piece.text for piece in pieces)
        result = Text()
        shown = self._without_deleted(pieces)
        levels = self._levels()
        setting = _Setting(self._numbering(), self._looks())
        result.page = self._page()
        at = 0
        counts = struct.unpack_from(f"<{len(_COUNTS)}I", self._word, 0x4C)
        for story, count in zip(_COUNTS, counts, strict=True):
            if story in _READ:
                result.paragraphs += self._paragraphs(pieces, shown, range(at, at + count), levels, setting)
            elif story in _BORDERS:
                result.margins += [paragraph.text for paragraph in paragraphs_of(_visible(shown[at : at + count]))]
            at += count
        if at > len(text) + 1:
            raise ValueError("the stories are longer than the text")
        result.raw = text[:at]
        return result

    def _place(self, place: int) -> tuple[int, int]:
        start, size = struct.unpack_from("<II", self._word, 0x9A + 8 * place)
        return start, size

    def _part(self, place: int) -> bytes:
        start, size = self._place(place)
        return self._table[start : start + size]

    def _numbering(self) -> Numbering:
        """The numbers of lists; none where their tables are damaged, which costs nothing of the text."""
        try:
            return lists97.read(self._table, self._place(_LISTS), self._place(_USES))
        except struct.error:
            return Numbering()

    def _looks(self) -> doclooks.Looks | None:
        """How paragraphs are set; None where its tables are damaged, which costs nothing of the text."""
        try:
            styles, font = doclooks.styles_of(self._part(_STYLES))
            return doclooks.Looks(styles, doclooks.fonts_of(self._part(_FONTS)), font, list(self._runs()), _properties)
        except (struct.error, ValueError, IndexError):
            return None

    def _runs(self) -> Iterator[doclooks.Run]:
        for page in self._pages(_CHARACTERS):
            many = page[-1]
            places = struct.unpack_from(f"<{many + 1}I", page)
            for number in range(many):
                at = 2 * page[4 * (many + 1) + number]
                yield doclooks.Run(places[number], places[number + 1], page[at + 1 : at + 1 + page[at]] if at else b"")

    def _page(self) -> Page | None:
        try:
            return doclooks.page_of(self._word, self._part(_SECTIONS), _properties)
        except struct.error:
            return None

    def _pieces(self) -> Iterator[_Piece]:
        clx, at, room = self._part(_PIECES), 0, len(self._word)
        while clx[at : at + 1] == b"\x01":
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        kind, size = struct.unpack_from("<BI", clx, at)
        if kind != 2:
            raise ValueError("no piece table")
        plc = clx[at + 5 : at + 5 + size]
        many = (len(plc) - 4) // 12
        if many > PIECES:
            raise ValueError("too many pieces")
        ends = struct.unpack_from(f"<{many + 1}I", plc)
        for number, (first, last) in enumerate(pairwise(ends)):
            (place,) = struct.unpack_from("<I", plc, 4 * (many + 1) + 8 * number + 2)
            piece = _Piece(first, place & 0x3FFFFFFF, bool(place & 0x40000000))
            room -= last - first
            if last < first or room < 0:  # pieces that overlap would make much of little
                raise ValueError("the pieces are longer than the document")
            piece.read(self._word, last - first)
            yield piece

    def _without_deleted(self, pieces: list[_Piece]) -> str:
        """The text with each deleted character and symbol made NUL, so that places do not move."""
        ranges = _merged(self._gone())
        shown: list[str] = []
        starts = [start for start, _ in ranges]
        for piece in pieces:
            text, cut = piece.text, 0
            first = max(0, bisect_right(starts, piece.place) - 1)
            for start, end in ranges[first : bisect_right(starts, piece.end)]:
                left, right = piece.index(start), piece.index(end)
                if right > left:
                    shown += [text[cut:left], "\0" * (right - left)]
                    cut = right
            shown.append(text[cut:])
        return "".join(shown)

    def _gone(self) -> Iterator[tuple[int, int]]:
        for page in self._pages(_CHARACTERS):
            many = page[-1]
            places = struct.unpack_from(f"<{many + 1}I", page)
            for number in range(many):
                at = 2 * page[4 * (many + 1) + number]
                if at and any(
                    (code in (_DELETED, _HIDDEN) and value[:1] != b"\0") or code == _SYMBOL
                    for code, value in _properties(page[at + 1 : at + 1 + page[at]])
                ):
                    yield places[number], places[number + 1]

    def _levels(self) -> list[tuple[int, _Kind]]:
        """Where a paragraph ends in the stream, and what it is, in order."""
        styles = self._styles()
        found: list[tuple[int, _Kind]] = []
        for page in self._pages(_PARAGRAPHS):
            many = page[-1]
            places = struct.unpack_from(f"<{many + 1}I", page)
            for number in range(many):
                at = 2 * page[4 * (many + 1) + 13 * number]
                found.append((places[number], _kind(page, at, styles) if at else _PLAIN_KIND))
        return sorted(found, key=lambda place: place[0])

    def _pages(self, place: int) -> Iterator[bytes]:
        plc = self._part(place)
        many = (len(plc) - 4) // 8
        if many > PAGES:
            raise ValueError("too many pages")
        numbers = struct.unpack_from(f"<{many}I", plc, 4 * (many + 1)) if many > 0 else ()
        for number in dict.fromkeys(numbers):
            page = self._word[(number & 0x3FFFFF) * _PAGE : ((number & 0x3FFFFF) + 1) * _PAGE]
            if len(page) == _PAGE:
                yield page

    def _styles(self) -> dict[int, int]:
        """Number of a style -> level, of those that are titles or headings or are based on one."""
        part = self._part(_STYLES)
        if len(part) < 6:
            return {}
        head, many, _ = struct.unpack_from("<HHH", part)
        own: dict[int, int] = {}
        based: dict[int, int] = {}
        at = 2 + head
        for number in range(min(many, 4096)):
            if at + 2 > len(part):
                break
            (size,) = struct.unpack_from("<H", part, at)
            if size >= 4:
                kind, base = struct.unpack_from("<HH", part, at + 2)
                kind &= 0x0FFF
                based[number] = base >> 4
                if kind == _STYLE_TITLE or 1 <= kind <= 9:
                    own[number] = 0 if kind == _STYLE_TITLE else kind
            at += 2 + size + size % 2
        return {number: level for number in based if (level := _inherited(number, own, based)) is not None}

    def _paragraphs(
        self,
        pieces: list[_Piece],
        shown: str,
        story: range,
        levels: list[tuple[int, _Kind]],
        setting: _Setting,
    ) -> Iterator[Paragraph]:
        starts, firsts = [start for start, _ in levels], [piece.first for piece in pieces]
        codes = 0  # of open fields: a table of contents goes over many paragraphs
        at = story.start
        for number, part in enumerate(_ENDS.split(shown[story.start : story.stop])):
            if number > PARAGRAPHS:
                raise Unreadable(FileProblem.BOMB)
            text = _cleaned(_visible("\x13" * codes + part))
            opened = part.count("\x13") - part.count("\x15")
            codes = 0 if "\x14" in part else max(0, min(codes + opened, _FIELDS))
            first, end = at, at + len(part)
            at = end + 1
            if "\0" in part and not text:  # deleted, and counts no more
                continue
            piece = pieces[max(0, bisect_right(firsts, end) - 1)]
            known = bisect_right(starts, piece.where(end)) - 1
            kind = levels[known][1] if known >= 0 else _PLAIN_KIND
            label = setting.numbering.next(str(kind.list), kind.list_level) if kind.list else ""
            row, cell = setting.place(kind, ends=shown[end : end + 1])
            if text:
                look = setting.look(kind, piece.where(first), piece.where(end), part)
                yield Paragraph(label + text, kind.level, look, row, cell)


@dataclass(slots=True)
class _Setting:
    """What goes on from paragraph to paragraph: numbers of lists, and the place in a table. And looks."""

    numbering: Numbering
    looks: doclooks.Looks | None
    row: int = 1
    cell: int = 0

    def place(self, kind: _Kind, ends: str) -> tuple[int, int]:
        """Row and cell of a paragraph, 0 and 0 outside tables; `ends` is the character that ends it."""
        if not kind.in_table:
            return 0, 0
        here = self.row, self.cell
        if kind.row_ends:
            self.row, self.cell = self.row + 1, 0
        elif ends == "\x07":
            self.cell += 1
        return here

    def look(self, kind: _Kind, start: int, end: int, letters: str) -> Look | None:
        """How a paragraph is set; ideographic blanks before its letters indent it, too."""
        if self.looks is None:
            return None
        look = self.looks.look(kind.style, kind.own, start, end)
        blanks = len(letters) - len(letters.lstrip("\u3000"))
        return replace(look, indent=(look.indent or 0) + blanks) if blanks else look


@dataclass(slots=True)
class _Piece:
    """A run of characters: `first` is its place in the text, `place` (as stored) that in the stream."""

    first: int
    place: int
    narrow: bool
    text: str = ""

    def read(self, word: bytes, count: int) -> None:
        if self.narrow:
            self.place //= 2
        data = word[self.place : self.place + count * self.width]
        if len(data) < count * self.width:
            raise ValueError("a piece lies beyond the end")
        # Two code units to a character outside the first plane: places count units, so the halves stay apart.
        self.text = data.decode("cp1252", "replace") if self.narrow else data.decode("utf-16-le", "surrogatepass")
        if not self.narrow and len(self.text) < count:
            self.text = "".join(map(chr, struct.unpack(f"<{count}H", data)))

    @property
    def width(self) -> int:
        return 1 if self.narrow else 2

    @property
    def end(self) -> int:
        return self.place + len(self.text) * self.width

    def index(self, place: int) -> int:
        """The character at a place in the stream, kept within the piece."""
        return min(max(0, place - self.place), len(self.text) * self.width) // self.width

    def where(self, number: int) -> int:
        """The place in the stream of the text's character `number`."""
        return self.place + (number - self.first) * self.width


def _visible(text: str) -> str:
    """Without deleted characters, and with the halves of characters outside the first plane put together."""
    text = text.replace("\0", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def _inherited(style: int, own: dict[int, int], based: dict[int, int]) -> int | None:
    for _ in range(20):  # a chain of styles may be a circle
        if style in own:
            return own[style]
        style = based.get(style, 0x0FFF)
    return None


class _Kind(NamedTuple):
    """What a paragraph is: a heading of some level, an item of a list (0 for none)."""

    level: int | None = None
    list: int = 0
    list_level: int = 0
    style: int = 0
    own: bytes = b""
    in_table: bool = False
    row_ends: bool = False


_PLAIN_KIND = _Kind()


def _kind(page: bytes, at: int, styles: dict[int, int]) -> _Kind:
    size = page[at]
    start, size = (at + 1, 2 * size - 1) if size else (at + 2, 2 * page[at + 1])
    (style,) = struct.unpack_from("<H", page, start)
    level, use, list_level = styles.get(style), 0, 0
    own = page[start + 2 : start + size]
    in_table = row_ends = False
    for code, value in _properties(own):
        if code == _OUTLINE and value:
            level = value[0] + 1 if value[0] < 9 else None
        elif code == _LIST_USE and len(value) == 2:
            use = int.from_bytes(value, "little")
        elif code == _LIST_LEVEL and value:
            list_level = value[0]
        elif code == _IN_TABLE:
            in_table = value[:1] != b"\0"
        elif code == _ROW_ENDS:
            row_ends = value[:1] != b"\0"
    return _Kind(level, use, list_level, style, own, in_table, row_ends)


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The property modifiers ([MS-DOC] 2.2.5.1): their code and operand."""
    at = 0
    while at + 3 <= len(data):
        code = data[at] | data[at + 1] << 8
        at += 2
        size = _OPERAND[code >> 13]
        if not size:
            size = 1 + data[at] if code != 0xD608 else 1 + int.from_bytes(data[at : at + 2], "little")
        yield code, data[at : at + size]
        at += size
