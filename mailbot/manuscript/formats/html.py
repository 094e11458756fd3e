"""Saved pages: .html as browsers, Word and WPS write it, and .mht (RFC 2557), which is a letter with the page in it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from mailbot.letter.html import read_html
from mailbot.letter.parts import Part, Tree, read_tree
from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.formats.text import PARAGRAPHS, text_of
from mailbot.model import FileProblem

FILE_BYTES = 64 << 20
PAGE_BYTES = 8 << 20
"""So long may the page itself be, without the pictures in it."""
MARKS = 300_000
"""So many "<" may be in it."""
PICTURE_BYTES = 32 << 20
PICTURES = 200
_CHARSET = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})""", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,400})</title", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])(?=[\s>])[^<>]{0,2000}>", re.IGNORECASE)
_IMAGE = re.compile(
    r"""<(?:img|v:imagedata)\s[^<>]{0,2000}?\bsrc\s{0,9}=\s{0,9}["']?([^"'\s<>]{1,2000})""", re.IGNORECASE
)
_DATA = re.compile(rb"""["'(]data:image/([a-z0-9.+-]{1,20});base64,([A-Za-z0-9+/=\s%]+)""", re.IGNORECASE)
_CONDITION = re.compile(
    r"<!\[(?!endif\]--)[^<>]{0,400}>?"
)  # of Word; html.parser stumbles over other words than if and endif
_WRAPPED = re.compile(r"(?<=[\u2e80-\ufaff\uff00-\uffef])[ \t]{0,200}\r?\n[ \t]{0,200}(?=[\u2e80-\ufaff\uff00-\uffef])")
_HEADS = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6"  # no characters: a heading of each level begins with its own
_HEAD = re.compile(f"[{_HEADS}]")
_QUOTED = re.compile(r"^(?:>[> ]*)")


def read(path: Path) -> Document:
    """A page. Unreadable: EMPTY, DAMAGED when it is no text, TOO_LARGE."""
    if path.stat().st_size > FILE_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE)
    raw = path.read_bytes()
    pictures = tuple(_enclosed(path, raw))
    return _document(_paragraphs(_decoded(_DATA.sub(b'"', raw))), pictures)


def read_archive(path: Path) -> Document:
    """A page saved with its pictures in one file (.mht). Unreadable as for a page."""
    tree, part = _page(path)
    page = _text(tree, part)
    pictures = {key: number for number, part in enumerate(tree.parts) for key in _keys(part)}
    wanted = dict.fromkeys(html.unescape(source) for source in _IMAGE.findall(page))
    found = dict.fromkeys(pictures[source] for source in wanted if source in pictures)
    embedded = (Embedded(str(at), _ArchivedPicture(path, part).read) for at, part in enumerate([*found][:PICTURES], 1))
    return _document(_paragraphs(page), tuple(embedded))


def _document(paragraphs: list[Paragraph], pictures: tuple[Embedded, ...]) -> Document:
    if not paragraphs and not pictures:
        raise Unreadable(FileProblem.EMPTY)
    return Document(tuple(paragraphs), pictures=pictures)


def _decoded(raw: bytes, label: str = "") -> str:
    """The page's characters, by the charset that the letter or the page says it is in."""
    if len(raw) > PAGE_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE)
    found = _CHARSET.search(raw[:8192])
    return text_of(raw, label or (found[1].decode("ascii", "replace") if found else None))


def _paragraphs(page: str) -> list[Paragraph]:
    """The page's blocks. Its first `h1` is the title; a page without one has the title of its window."""
    if page.count("<") > MARKS:
        raise Unreadable(FileProblem.TOO_LARGE)
    title = _TITLE.search(page)
    marked = _HEADING.sub(lambda heading: heading[0] + _HEADS[int(heading[1])], _HEAD.sub("", page))
    text = read_html(_WRAPPED.sub("", _CONDITION.sub("", marked))).text
    found = list(_lines(text))
    if len(found) > PARAGRAPHS:
        raise Unreadable(FileProblem.TOO_LARGE)
    window = " ".join(html.unescape(title[1]).split()) if title else ""
    first = _title_at(found, window)
    found = [
        Paragraph(paragraph.text, 1) if paragraph.level == 0 and number != first else paragraph
        for number, paragraph in enumerate(found)
    ]
    return found if first >= 0 else _titled(found, window)


def _title_at(found: list[Paragraph], window: str) -> int:
    """Where the `h1` is that is the title, -1 for none: of several below other text each may only head a part."""
    heads = [number for number, paragraph in enumerate(found) if paragraph.level == 0]
    above = ["".join(paragraph.text.split()) for paragraph in found[: heads[0]]] if len(heads) > 1 else []
    heading_parts = above and (not window or "".join(window.split()) in above)
    return heads[0] if heads and not heading_parts else -1


def _lines(text: str) -> Iterator[Paragraph]:
    """The lines of a page's text, quotations without their marks; `h1` is level 0, `h2` level 1 and so on."""
    for line in text.split("\n"):
        line = _QUOTED.sub("", line)
        mark = _HEAD.search(line)
        words = _HEAD.sub("", line).strip()
        if words:
            yield Paragraph(words, _HEADS.index(mark[0]) - 1 if mark else None)


def _titled(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """With the window's title as title: at the line that says the same, else above all."""
    if not title or not paragraphs:
        return paragraphs
    plain = "".join(title.split())
    for number, paragraph in enumerate(paragraphs[:10]):
        if "".join(paragraph.text.split()) == plain:
            return [*paragraphs[:number], Paragraph(paragraph.text, 0), *paragraphs[number + 1 :]]
    return [Paragraph(title, 0), *paragraphs]


# --- pictures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _DataPicture:
    """A picture in a page's own text: where its base64 lies."""

    path: Path
    number: int

    def read(self) -> bytes:
        for number, found in enumerate(_DATA.finditer(self.path.read_bytes())):
            if number == self.number:
                return _picture(found[2])
        raise Unreadable(FileProblem.DAMAGED)


def _picture(text: bytes) -> bytes:
    if len(text) > PICTURE_BYTES * 4 // 3:
        raise Unreadable(FileProblem.TOO_LARGE)
    try:
        return base64.b64decode(unquote_to_bytes(text))
    except (binascii.Error, ValueError):
        raise Unreadable(FileProblem.DAMAGED) from None


def _enclosed(path: Path, page: bytes) -> Iterator[Embedded]:
    seen: set[bytes] = set()
    for number, found in enumerate(_DATA.finditer(page)):
        if number >= PICTURES:
            return
        if (digest := hashlib.sha256(found[2]).digest()) not in seen:
            seen.add(digest)
            yield Embedded(f"{number + 1}.{found[1].decode().lower()}", _DataPicture(path, number).read)


@dataclass(frozen=True, slots=True)
class _ArchivedPicture:
    """A picture among the parts of an .mht."""

    path: Path
    number: int

    def read(self) -> bytes:
        tree = _tree(self.path)
        content, size = [], 0
        for piece in tree.content(tree.parts[self.number]):
            size += len(piece)
            if size > PICTURE_BYTES:
                raise Unreadable(FileProblem.TOO_LARGE)
            content.append(piece)
        return b"".join(content)


def _tree(path: Path) -> Tree:
    try:
        return read_tree(path)
    except Exception:  # noqa: BLE001 - the mail package raises all kinds of errors on broken files
        raise Unreadable(FileProblem.DAMAGED) from None


def _page(path: Path) -> tuple[Tree, Part]:
    """The parts of the file, and that with the page."""
    if path.stat().st_size > FILE_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE)
    tree = _tree(path)
    page = next((part for part in tree.parts if part.media_type == "text/html"), None)
    if page is None:
        raise Unreadable(FileProblem.DAMAGED)
    return tree, page


def _text(tree: Tree, page: Part) -> str:
    content, size = [], 0
    for piece in tree.content(page):
        size += len(piece)
        if size > PAGE_BYTES:
            raise Unreadable(FileProblem.TOO_LARGE)
        content.append(piece)
    return _decoded(b"".join(content), page.charset)


def _keys(part: Part) -> Iterator[str]:
    """How a page may name this part, if it is a picture."""
    if part.media_type.startswith("image/"):
        yield "cid:" + part.headers.text("content-id").strip("<>")
        yield part.headers.text("content-location")
        yield part.headers.text("content-location").rpartition("/")[2]
