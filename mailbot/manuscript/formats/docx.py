"""Word's .docx (ECMA-376 part 1): its whole text, each thing once, and the pictures in it.

Read are body, tables, text boxes (in mc:AlternateContent only the first choice: the others repeat it), WordArt,
diagrams, footnotes, endnotes, headers, footers, and the numbers of automatic lists; not read are deleted and moved-away
text, hidden text, field codes, ruby annotations, comments, bullets, and the building blocks of a template (glossary).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipFile

from mailbot.manuscript.active import active_in_package
from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.formats.docxlooks import DEFAULTS, LOOKS, Looks, Settings, Theme, page_of, setting
from mailbot.manuscript.formats.numbering import Numbering
from mailbot.manuscript.formats.parts import (
    BROKEN,
    PARAGRAPHS,
    PART_BYTES,
    PICTURES,
    WORD,
    embedded,
    feed,
    is_drawing,
    leading_blanks,
    local,
    parser_of,
    word_attribute,
)
from mailbot.manuscript.packages import open_package, pieces
from mailbot.model import FileProblem, Page

NOTES = ("footnotes", "endnotes")
MARGINS = ("header", "footer")
DIAGRAMS = "diagramData"

_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_DRAWING = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
_PARAGRAPHS = (*WORD, *_DRAWING)  # those of drawings are in diagrams
_CHANGES = ("pPrChange", "rPrChange", "sectPrChange", "tblPrChange", "numberingChange")  # how it was before
_NOT_READ = frozenset({"del", "moveFrom", "rt", "Fallback", "instrText", "delText", *_CHANGES})
_HEADING = re.compile(r"heading\s?(\d)$", re.IGNORECASE)
_STYLE_TAGS = frozenset({"style", "basedOn", "outlineLvl", "name", "numId", "ilvl", "docDefaults", *LOOKS})
_CAPTION = "caption"
_OF_TEXT = ("paragraph", "")
_TITLES = frozenset({"title"})
_STYLE_END = b"</w:style>"
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def read(path: Path) -> Document:
    """The document; Unreadable when it is encrypted, damaged, empty or a bomb."""
    try:
        with open_package(path) as package:
            return _Package(path, package).document()
    except BROKEN:
        raise Unreadable(FileProblem.DAMAGED) from None


@dataclass(slots=True)
class _Text:
    """What was read of one part: paragraphs in order, relation ids of its pictures with their places, its page."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    pictures: list[tuple[str, int]] = field(default_factory=list)
    page: Page | None = None


class _Package:
    def __init__(self, path: Path, package: ZipFile) -> None:
        self._path = path
        self._package = package
        self._main = next(iter(_targets(self._relations(""), "officeDocument")), "word/document.xml")

    def document(self) -> Document:
        relations = self._relations(self._main)
        styles = self._styles(relations)
        looks = Looks({name: style.settings for name, style in styles.items()}, lambda: self._theme(relations))
        numbering = self._numbering(relations)
        parts = [self._main, *self._present(relations, DIAGRAMS, *NOTES)]
        paragraphs: list[Paragraph] = []
        pictures: dict[str, Embedded] = {}
        page = None
        for part in parts:
            text = self._text(part, styles, numbering, looks)
            page = page or text.page
            for member, after in self._picture_members(part, text.pictures):
                if len(pictures) < PICTURES:
                    pictures.setdefault(member, embedded(self._path, member, len(paragraphs) + after))
            paragraphs += text.paragraphs
        borders = [self._text(part, styles, numbering, looks) for part in self._present(relations, *MARGINS)]
        margins = dict.fromkeys(paragraph.text for border in borders for paragraph in border.paragraphs)
        if not paragraphs and not pictures:
            raise Unreadable(FileProblem.EMPTY)
        active = active_in_package(self._package)
        return Document(tuple(paragraphs), tuple(margins), tuple(pictures.values()), active, page)

    def _present(self, relations: dict[str, tuple[str, str]], *kinds: str) -> list[str]:
        """The parts of these kinds, in order; a relation may point to nothing."""
        names = set(self._package.namelist())
        return [to for kind in kinds for to in _targets(relations, kind) if to in names]

    def _parse(self, part: str, parser: expat.XMLParserType) -> None:
        feed(parser, self._pieces(part))

    def _pieces(self, part: str) -> Iterator[bytes]:
        return pieces(self._package, self._package.getinfo(part), PART_BYTES)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id -> (last word of its type, member it points to); external targets are left out."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag.endswith("Relationship") and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), target)

        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where in self._package.namelist():
            self._parse(where, parser_of(start))
        return found

    def _styles(self, relations: dict[str, tuple[str, str]]) -> dict[str, _Style]:
        reader = _Styles()
        for part in self._present(relations, "styles"):
            feed(parser_of(reader.start), [_without_table_styles(b"".join(self._pieces(part)))])
        return reader.styles()

    def _theme(self, relations: dict[str, tuple[str, str]]) -> dict[str, str]:
        theme = Theme()
        for part in self._present(relations, "theme"):
            self._parse(part, parser_of(theme.start))
        return theme.fonts

    def _numbering(self, relations: dict[str, tuple[str, str]]) -> Numbering:
        numbering = Numbering()
        for part in self._present(relations, "numbering"):
            self._parse(part, parser_of(numbering.start))
        return numbering

    def _text(self, part: str, styles: dict[str, _Style], numbering: Numbering, looks: Looks) -> _Text:
        reader = _PartReader(styles, numbering, looks)
        parser = parser_of(reader.start)
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
        self._parse(part, parser)
        return reader.found

    def _picture_members(self, part: str, ids: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        if not ids:
            return
        relations = self._relations(part)
        names = set(self._package.namelist())
        for identifier, after in ids:
            kind, target = relations.get(identifier, ("", ""))
            if kind == "image" and target in names and not is_drawing(target):
                yield target, after


def _targets(relations: dict[str, tuple[str, str]], kind: str) -> list[str]:
    return sorted({to for what, to in relations.values() if what == kind})


def _without_table_styles(part: bytes) -> bytes:
    """The styles as they are mostly written, less those of tables: nine tenths of the part, and of no use here."""
    kept = []
    *styles, rest = part.split(_STYLE_END)
    for style in styles:
        start = style.find(b"<w:style ")
        table = start >= 0 and b'w:type="table"' in style[start : style.find(b">", start)]
        kept.append(style[:start] if table else style + _STYLE_END)
    return b"".join((*kept, rest))


@dataclass(slots=True)
class _Style:
    """What a style gives: level (of titles and headings), list and level in it; None where it gives none; and looks."""

    level: int | None = None
    numbered: str | None = None
    list_level: int | None = None
    based_on: str = ""
    caption: bool = False
    settings: Settings = field(default_factory=dict)


class _Styles:
    """Collects the paragraph styles: titles and headings by name, level, or their base, and those that number."""

    def __init__(self) -> None:
        self._own: dict[str, _Style] = {}
        self._defaults = _Style()
        self._default = _Style()
        self._current = _Style()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name not in _STYLE_TAGS:  # most of the part
            return
        value = word_attribute(attributes, "val")
        style = self._current
        if name == "style":
            self._current = self._own.setdefault(word_attribute(attributes, "styleId"), _Style())
            if (
                word_attribute(attributes, "default") in ("1", "true")
                and word_attribute(attributes, "type") in _OF_TEXT
            ):
                self._default = self._current
        elif name == "docDefaults":
            self._current = self._defaults
        elif name in LOOKS:
            setting(style.settings, name, attributes)
        elif name == "basedOn":
            style.based_on = value
        elif name == "outlineLvl" and style.level is None:
            style.level = _level(value)
        elif name == "numId":
            style.numbered = value
        elif name == "ilvl":
            style.list_level = _list_level(value)
        elif name == "name":
            heading = _HEADING.match(value)
            style.level = 0 if value.lower() in _TITLES else int(heading[1]) if heading else style.level
            style.caption = value.lower() == _CAPTION

    def styles(self) -> dict[str, _Style]:
        """Style id -> style, with what it has from those that it is based on."""
        whole = {name: self._whole(style) for name, style in self._own.items()}
        base = self._defaults.settings
        plain = _Style(settings=base | self._whole(self._default).settings)
        return {"": plain, DEFAULTS: _Style(settings=base), **whole}

    def _whole(self, style: _Style) -> _Style:
        whole = replace(style)
        for _ in range(20):  # a chain of styles may be a circle
            base = self._own.get(style.based_on)
            if base is None:
                break
            whole.level = base.level if whole.level is None else whole.level
            whole.numbered = base.numbered if whole.numbered is None else whole.numbered
            whole.list_level = base.list_level if whole.list_level is None else whole.list_level
            whole.caption = whole.caption or base.caption
            whole.settings = base.settings | whole.settings
            style = base
        return whole


@dataclass(slots=True)
class _Open:
    """A paragraph that is being read; those in a text box lie within the one that anchors it."""

    pieces: list[str] = field(default_factory=list)
    level: int | None = None
    style: str = ""
    numbered: str | None = None
    list_level: int | None = None
    deleted: bool = False  # some of it: then it may be empty for that, and count no more
    settings: Settings = field(default_factory=dict)
    letters: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)  # settings of runs -> characters


@dataclass(slots=True)
class _Run:
    """A run that is being read; one may lie within another, in a text box."""

    hidden: bool = False
    settings: Settings = field(default_factory=dict)
    key: tuple[tuple[str, str], ...] | None = None


@dataclass(slots=True)
class _Row:
    """A row of a table: its number in the document and the cell that is open."""

    number: int = 0
    cell: int = -1


class _PartReader:
    """Collects text and pictures of one part as its elements come."""

    def __init__(self, styles: dict[str, _Style], numbering: Numbering, looks: Looks) -> None:
        self.found = _Text()
        self._styles = styles
        self._numbering = numbering
        self._looks = looks
        self._runs: list[_Run] = []
        self._rows: list[_Row] = []  # those of a table in a cell lie within another
        self._count = 0
        self._page: dict[str, dict[str, str]] = {}  # the size and margins of the first section
        self._open: list[_Open] = []
        self._alternatives: list[int] = []  # of each open mc:AlternateContent, how many choices came
        self._skipping = 0
        self._in_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if self._skipping or name in _NOT_READ or (name == "Choice" and self._is_repeated()):
            self._skipping += 1
            if name == "del" and self._open:
                self._open[-1].deleted = True
        elif name == "p" and tag.startswith(_PARAGRAPHS):
            self._open.append(_Open())
        elif name == "AlternateContent":
            self._alternatives.append(0)
        elif name == "t":
            self._in_text = True
        elif name == "r":
            self._runs.append(_Run())
        elif name == "tr":
            self._count += 1
            self._rows.append(_Row(self._count))
        elif name == "tc" and self._rows:
            self._rows[-1].cell += 1
        elif name in ("pgSz", "pgMar"):
            self._page.setdefault(name, attributes)
        elif name in ("blip", "imagedata"):
            self._picture(attributes)
        elif name == "textpath":
            self._close(_Open([attributes.get("string", "")]))
        elif self._open:
            self._within(name, attributes)

    def _is_repeated(self) -> bool:
        if self._alternatives:
            self._alternatives[-1] += 1
        return bool(self._alternatives) and self._alternatives[-1] > 1

    def _within(self, name: str, attributes: dict[str, str]) -> None:
        paragraph = self._open[-1]
        value = word_attribute(attributes, "val")
        if name == "pStyle":
            paragraph.style = value
            paragraph.level = self._styles.get(value, _Style()).level
        elif name == "outlineLvl":
            level = _level(value)
            paragraph.level = paragraph.level if level is None else level
        elif name == "numId":
            paragraph.numbered = value
        elif name == "ilvl":
            paragraph.list_level = _list_level(value)
        elif name in LOOKS:
            setting(
                self._runs[-1].settings if self._runs else paragraph.settings, name, attributes, run=bool(self._runs)
            )
        elif name == "vanish" and self._runs:
            self._runs[-1].hidden = value not in ("0", "false", "off")
        elif name in _BREAKS and not _is_tab_stop(attributes):
            paragraph.pieces.append(_BREAKS[name])
        elif name == "sym":
            paragraph.pieces.append(_symbol(word_attribute(attributes, "char")))

    def _picture(self, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key.startswith((_STRICT, _TRANSITIONAL)) and local(key) in ("embed", "id"):
                self.found.pictures.append((value, len(self.found.paragraphs)))

    def characters(self, text: str) -> None:
        run = self._runs[-1] if self._runs else None
        if self._in_text and self._open and not (run and run.hidden):
            paragraph = self._open[-1]
            paragraph.pieces.append(text)
            if run:
                key = run.key = run.key or tuple(run.settings.items())
                paragraph.letters[key] = paragraph.letters.get(key, 0) + len(text)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        name = local(tag)
        if name == "t":
            self._in_text = False
        elif name == "r" and self._runs:
            self._runs.pop()
        elif name == "tr" and self._rows:
            self._rows.pop()
        elif name == "sectPr" and self.found.page is None:
            self.found.page = page_of(self._page.get("pgSz", {}), self._page.get("pgMar", {}))
        elif name == "AlternateContent" and self._alternatives:
            self._alternatives.pop()
        elif name == "p" and self._open and tag.startswith(_PARAGRAPHS):
            self._close(self._open.pop())

    def _close(self, paragraph: _Open) -> None:
        if len(self.found.paragraphs) >= PARAGRAPHS:
            raise Unreadable(FileProblem.BOMB)
        whole = "".join(paragraph.pieces)
        text = whole.strip()
        number = self._number(paragraph) if text or not paragraph.deleted else ""
        if not text:
            return
        row = self._rows[-1] if self._rows else _Row()
        caption = self._styles.get(paragraph.style, _Style()).caption
        look = self._looks.look(paragraph.style, paragraph.settings, paragraph.letters, leading_blanks(whole))
        found = Paragraph(number + text, paragraph.level, look, row.number, max(0, row.cell), caption)
        self.found.paragraphs.append(found)

    def _number(self, paragraph: _Open) -> str:
        """The number of its list that stands before it, by itself or by its style; "0" takes the style's away."""
        style = self._styles.get(paragraph.style, _Style())
        use = style.numbered if paragraph.numbered is None else paragraph.numbered
        if not use:
            return ""
        at = style.list_level if paragraph.list_level is None else paragraph.list_level
        return self._numbering.next(use, self._numbering.level_of_style(use, paragraph.style) if at is None else at)


def _level(value: str) -> int | None:
    """A heading's level by a w:outlineLvl; None for running text."""
    return int(value) + 1 if value in set("012345678") else None


def _list_level(value: str) -> int | None:
    return int(value) if value in set("012345678") else None


def _symbol(code: str) -> str:
    """The character of a w:sym; one for private use (0xF000 and up) is a picture in a font of symbols."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return chr(value) if 0x20 <= value < 0xD800 else ""


def _is_tab_stop(attributes: dict[str, str]) -> bool:
    """`w:tab` within a paragraph's properties defines a stop and is no character."""
    return bool(word_attribute(attributes, "val") or word_attribute(attributes, "pos"))
