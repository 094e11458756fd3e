"""Rich Text Format (1.9.1) as Word, WPS and LibreOffice write it: whole text, each thing once, and its pictures.

The file is read token by token; the digits of a picture are one token, so 30 MB of pictures cost next to nothing.
Text boxes, footnotes, tables and the numbers of lists are text; headers and footers are margins; deleted and hidden
text, bullets, field codes and the copies that Word keeps for older readers (`\\nonshppict`, `\\shprslt`) are left out.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from mailbot.manuscript.document import Document, Embedded, NeedsOffice, Paragraph, Unreadable
from mailbot.manuscript.formats.rtflooks import WORDS, Letters, Setting, is_of_paper, page_of
from mailbot.model import FileProblem

FILE_BYTES = 256 << 20
PICTURE_BYTES = 64 << 20
TOKENS = 600_000
DEPTH = 5_000
PICTURES = 500
FONTS = 500
NAME = 100
"""Characters of a font's name."""
IDEOGRAPHIC_BLANK = "\u3000"
CUT, DOUBTFUL = "cut", "doubtful"

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?[0-9]{1,9})? ?"  # a word of control, with its number
    rb"|((?:\\'[0-9A-Fa-f]{2})+)"  # bytes of the code page
    rb"|\\([^A-Za-z])|([{}])|([^\\{}]+)|(\\)\Z"  # a symbol, a group, text, a backslash at the end
)


class _Use(Enum):
    """What the text of a group is used for."""

    BODY = auto()
    NOTE = auto()
    MARGIN = auto()
    STYLE = auto()
    FONT = auto()
    NUMBER = auto()
    TEMPLATE = auto()
    OBJECT = auto()
    PICTURE = auto()
    MUTE = auto()  # for nothing, but groups within may be of use
    SKIP = auto()  # for nothing, nor what is within


_USES = {
    **dict.fromkeys(("shptxt", "dptxbxtext", "result"), _Use.BODY),
    "footnote": _Use.NOTE,
    **dict.fromkeys(
        ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), _Use.MARGIN
    ),
    "stylesheet": _Use.STYLE,
    "fonttbl": _Use.FONT,
    **dict.fromkeys(("listtext", "pntext"), _Use.NUMBER),
    "template": _Use.TEMPLATE,
    "objdata": _Use.OBJECT,
    "pict": _Use.PICTURE,
    **dict.fromkeys(("shp", "shppict", "shpinst", "shpgrp", "sp", "sv", "do", "object"), _Use.MUTE),
    **dict.fromkeys(
        (
            *("annotation", "atnid", "atnauthor", "bkmkstart", "bkmkend", "colortbl", "datafield", "fldinst", "ftnsep"),
            *("ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "info", "filetbl", "listtable"),
            *("listoverridetable", "nonesttables", "nonshppict", "revtbl", "shprslt", "sn", "tc", "xe"),
            *("objclass", "objname", "picprop", "background", "pgdsctbl", "rxe", "txe", "private"),
        ),
        _Use.SKIP,
    ),
}
_STORIES = (_Use.BODY, _Use.NOTE, _Use.MARGIN)
_ENDS = frozenset({"par", "cell", "nestcell", "row", "nestrow", "sect"})
_CHARACTERS = {
    **dict.fromkeys(("line", "page", "column", "lbr"), "\n"),
    "tab": "\t",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\"}  # \- is a hyphen that is not shown
_CODE_PAGES = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 238: "cp1250", 204: "cp1251"}
_KINDS = {"jpegblip": "jpeg", "pngblip": "png"}
_CLOSED = "、，。．：；）】》」"
_HEADING = re.compile(r"heading ?([1-9])$", re.IGNORECASE)
_REMOTE = re.compile(r"https?:|ftp:|\\\\|file://[^/]", re.IGNORECASE)
_PROGRAM = re.compile(rb"\.(?:exe|com|scr|bat|cmd|js|jse|vbs|vbe|wsf|hta|ps1|lnk|msi|jar|pif)\0", re.IGNORECASE)
_OBJECT_DIGITS = 16_384


def read(path: Path) -> Document:
    """The document; Unreadable when it is empty, cut off, or out of bounds."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if len(data) > FILE_BYTES:
            raise Unreadable(FileProblem.TOO_LARGE)
        reader = _Reader(path)
        end = reader.read(data)
        if data.find(b"\\par", end) >= 0:  # one brace too many, and the rest would be lost in silence
            raise NeedsOffice(Unreadable(FileProblem.DAMAGED, DOUBTFUL))
    if not reader.body and not reader.notes and not reader.pictures:
        raise Unreadable(FileProblem.EMPTY)
    return Document(
        (*reader.body, *reader.notes),
        tuple(dict.fromkeys(paragraph.text for paragraph in reader.margins)),
        tuple(reader.pictures),
        reader.active,
        page_of(reader.paper),
    )


def text_of(data: bytes) -> str:
    """The text of an RTF that is no file of its own; Unreadable when it is cut off or out of bounds."""
    reader = _Reader(None)
    reader.read(data)
    return "\n".join(paragraph.text for paragraph in (*reader.body, *reader.notes))


@dataclass(slots=True)
class _Open:
    """A paragraph, or a style's or font's name, that is being read."""

    pieces: list[str] = field(default_factory=list)
    level: int | None = None
    number: int = 0
    in_table: bool = False
    setting: Setting = field(default_factory=Setting)


@dataclass(slots=True)
class _State:
    """What a closing brace undoes."""

    use: _Use
    open: _Open
    font: int = -1
    skip: int = 1
    deleted: bool = False
    hidden: bool = False
    kind: str = ""
    starred: bool = False
    letters: Letters = field(default_factory=Letters)


class _Reader:
    def __init__(self, path: Path | None) -> None:
        self.body: list[Paragraph] = []
        self.notes: list[Paragraph] = []
        self.margins: list[Paragraph] = []
        self.pictures: list[Embedded] = []
        self.active = ""
        self.groups: list[_State] = []
        self.paper: dict[str, int] = {}
        self._path = path
        self._state = _State(_Use.BODY, _Open())
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._row, self._cell = 1, 0
        self._styles: dict[int, int] = {}
        self._bytes = bytearray()
        self._to_skip = 0

    def read(self, data: mmap.mmap | bytes) -> int:
        """Takes all tokens in, and says where the outermost group ends: what follows is no part of the document."""
        at, match = 0, _TOKEN.match
        for _ in range(TOKENS):
            token = match(data, at)
            if token is None:
                break
            at = token.end()
            kind = token.lastindex
            if kind in (1, 2):
                at = self._word(str(token[1], "ascii"), token[2], at)
            elif kind == 3:
                self._page_bytes(token[3])
            elif kind == 4:
                self._symbol(token[4])
            elif kind == 5:
                self._brace(token[5])
                if not self.groups:
                    break
            elif kind == 6:
                self._plain(data, *token.span(6))
        else:
            raise Unreadable(FileProblem.TOO_LARGE)
        if self.groups:
            raise Unreadable(FileProblem.DAMAGED, CUT)
        return at

    def _brace(self, brace: bytes) -> None:
        self._decode()
        self._to_skip = 0
        if brace == b"{":
            if len(self.groups) > DEPTH:
                raise Unreadable(FileProblem.DAMAGED)
            state = self._state
            self.groups.append(state)
            self._state = replace(state, starred=False)
        elif self.groups:
            outer = self.groups.pop()
            if not self.groups:
                self._end_paragraph()
            elif outer.open is not self._state.open:
                self._leave(outer)
            self._state = outer

    def _leave(self, outer: _State) -> None:
        """The group that ends had a text of its own."""
        own, use = self._state.open, self._state.use
        text = "".join(own.pieces).strip().rstrip(";")
        if use in _STORIES:
            self._end_paragraph()
        elif use is _Use.STYLE and outer.use is _Use.STYLE:
            self._style(own, text)
        elif use is _Use.NUMBER and outer.use in _STORIES and not outer.open.pieces and any(map(str.isalnum, text)):
            outer.open.pieces.append(text + ("" if text[-1] in _CLOSED else " "))
        elif use is _Use.TEMPLATE and _REMOTE.search(text):
            self.active = self.active or "template"

    def _style(self, style: _Open, name: str) -> None:
        heading = _HEADING.match(name)
        level = 0 if name.lower() == "title" else int(heading[1]) if heading else style.level
        if level is not None:
            self._styles[style.number] = level

    def _word(self, word: str, number: bytes | None, at: int) -> int:
        """A word of control; where to go on: behind the bytes of \\bin."""
        value = int(number) if number is not None else None
        state = self._state
        if word == "bin":
            size = max(0, value or 0)
            self._picture(at, size, digits=False)
            return at + size
        if word == "u":
            self._unicode(value or 0)
            return at
        self._decode()
        self._to_skip = 0
        if state.use is _Use.SKIP:
            return at
        if word in _USES or state.starred:
            self._destination(word)
        elif word in _ENDS:
            self._end_paragraph()
            self._go_on_in_table(word)
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word in _SETTINGS:
            _SETTINGS[word](self, value)
        elif word in WORDS:
            self._set(word, value)
        elif word in _KINDS:
            state.kind = _KINDS[word]
        return at

    def _set(self, word: str, value: int | None) -> None:
        state = self._state
        if is_of_paper(word):
            self.paper.setdefault(word, value or 0)
        elif state.use in _STORIES:
            state.letters = state.letters.with_word(word, value)
            state.open.setting.word(word, value)

    def _go_on_in_table(self, word: str) -> None:
        if word == "cell":
            self._cell += 1
        elif word == "row":
            self._row, self._cell = self._row + 1, 0

    def _destination(self, word: str) -> None:
        """The group is for something else than the one around it; what is starred and unknown is for nothing."""
        state = self._state
        state.use, state.starred, state.kind = _USES.get(word, _Use.SKIP), False, ""
        if state.use not in (_Use.SKIP, _Use.MUTE):
            state.open = _Open()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._state.starred = True
        elif symbol in (b"\r", b"\n"):
            self._end_paragraph()
        elif self._to_skip:
            self._to_skip -= 1
        elif symbol in _SYMBOLS:
            self._decode()
            self._add(_SYMBOLS[symbol])

    def _page_bytes(self, run: bytes) -> None:
        if self._state.use in (_Use.SKIP, _Use.MUTE, _Use.PICTURE, _Use.OBJECT):
            return
        data = bytes.fromhex(run.replace(b"\\'", b"").decode("ascii"))
        self._take(data)

    def _plain(self, data: mmap.mmap | bytes, start: int, end: int) -> None:
        use = self._state.use
        if use is _Use.PICTURE:
            self._picture(start, end - start, digits=True)
        elif use is _Use.OBJECT:
            self._object(data[start : min(end, start + _OBJECT_DIGITS)])
        elif use not in (_Use.SKIP, _Use.MUTE):
            self._take(data[start:end].replace(b"\r", b"").replace(b"\n", b""))

    def _take(self, data: bytes) -> None:
        """Bytes of the code page; those that only stand for a \\u before them are passed over."""
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        self._bytes += data[skipped:]

    def _unicode(self, value: int) -> None:
        self._decode()
        self._add(chr(value & 0xFFFF))
        self._to_skip = self._state.skip

    def _decode(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            self._add(data.decode(self._encoding(), "replace") if not data.isascii() else data.decode("ascii"))

    def _encoding(self) -> str:
        # Chinese writers label Chinese bytes with Western fonts; the code page of the document knows better.
        return self._fonts.get(self._state.font, self._page)

    def _add(self, text: str) -> None:
        state = self._state
        if state.deleted or state.hidden or state.use in (_Use.SKIP, _Use.MUTE):
            return
        state.open.pieces.append(text)
        if state.use is _Use.BODY:
            state.open.setting.letters[state.letters] += len(text)
        elif state.use is _Use.FONT and len(self._names) < FONTS:
            self._names[state.font] = (self._names.get(state.font, "") + text)[:NAME]

    def _end_paragraph(self) -> None:
        self._decode()
        self._to_skip = 0
        state = self._state
        if state.use not in _STORIES:
            return
        raw = "".join(state.open.pieces).replace("\0", "")
        text = raw.strip()
        state.open.pieces.clear()
        if text:
            whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            stories = {_Use.BODY: self.body, _Use.NOTE: self.notes, _Use.MARGIN: self.margins}
            look = state.open.setting.look(self._names, len(raw) - len(raw.lstrip(IDEOGRAPHIC_BLANK)))
            row, cell = (self._row, self._cell) if state.open.in_table else (0, 0)
            stories[state.use].append(Paragraph(whole, state.open.level, look, row, cell))
        state.open.setting.letters.clear()

    def _picture(self, start: int, size: int, *, digits: bool) -> None:
        state = self._state
        if self._path and state.use is _Use.PICTURE and state.kind and size > 64 and len(self.pictures) < PICTURES:
            name = f"image{len(self.pictures) + 1}.{state.kind}"
            self.pictures.append(Embedded(name, _Picture(self._path, start, size, digits)))
            state.kind = ""

    def _object(self, digits: bytes) -> None:
        plain = re.sub(rb"[^0-9A-Fa-f]", b"", digits)
        data = bytes.fromhex(plain[: len(plain) & ~1].decode("ascii"))
        if _PROGRAM.search(data) or _PROGRAM.search(data.replace(b"\0", b"") + b"\0"):
            self.active = "program"

    def code_page(self, value: int | None) -> None:
        """The document's code page (\\ansicpg)."""
        self._page = {936: "gb18030", 950: "cp950", 65001: "utf-8"}.get(value or 0, "cp1252")

    def font(self, value: int | None) -> None:
        """A font is chosen, or, in the table of fonts, described."""
        self._state.font = value if value is not None else -1
        self._state.letters = self._state.letters.with_font(value)

    def font_page(self, value: int | None) -> None:
        """The character set of the font that is being described."""
        page = _CODE_PAGES.get(value or 0)
        if page and self._state.use is _Use.FONT:
            self._fonts[self._state.font] = page

    def style(self, value: int | None) -> None:
        """A paragraph has a style, or, in the style sheet, a style is described."""
        state = self._state
        if state.use is _Use.STYLE:
            state.open = _Open(number=value or 0)
        else:
            state.open.level = self._styles.get(value or 0)

    def outline(self, value: int | None) -> None:
        """The paragraph's level in the outline; 9 is plain text."""
        self._state.open.level = value + 1 if value is not None and 0 <= value < 9 else None

    def default_paragraph(self, _value: int | None) -> None:
        """A new paragraph forgets the properties of the one before."""
        self._state.open.level, self._state.open.in_table = None, False
        self._state.open.setting.reset()

    def in_table(self, _value: int | None) -> None:
        """The paragraph is a cell's, or one of several of it."""
        self._state.open.in_table = True

    def default_characters(self, _value: int | None) -> None:
        """Characters forget their properties."""
        self._state.deleted, self._state.hidden, self._state.font = False, False, -1
        self._state.letters = Letters()

    def deleted(self, value: int | None) -> None:
        """Text that was deleted with changes tracked, or no longer."""
        self._state.deleted = value != 0

    def hidden(self, value: int | None) -> None:
        """Text that is not shown, or no longer."""
        self._state.hidden = value != 0

    def replacement(self, value: int | None) -> None:
        """How many bytes stand for a \\u in readers that do not know it."""
        self._state.skip = min(max(0, value if value is not None else 1), 16)


_SETTINGS: dict[str, Callable[[_Reader, int | None], None]] = {
    "ansicpg": _Reader.code_page,
    "f": _Reader.font,
    "fcharset": _Reader.font_page,
    "s": _Reader.style,
    "outlinelevel": _Reader.outline,
    "intbl": _Reader.in_table,
    "pard": _Reader.default_paragraph,
    "plain": _Reader.default_characters,
    "deleted": _Reader.deleted,
    "v": _Reader.hidden,
    "uc": _Reader.replacement,
}


@dataclass(frozen=True, slots=True)
class _Picture:
    """Reads one picture from its place in the file when called."""

    path: Path
    start: int
    size: int
    digits: bool

    def __call__(self) -> bytes:
        if self.size > 2 * PICTURE_BYTES:
            raise Unreadable(FileProblem.TOO_LARGE)
        with self.path.open("rb") as file:
            file.seek(self.start)
            data = file.read(self.size)
        if not self.digits:
            return data
        try:
            return bytes.fromhex(data.decode("ascii"))
        except ValueError:
            raise Unreadable(FileProblem.DAMAGED) from None
