"""Plain text (.txt) and Markdown (CommonMark 0.31 with tables): charset, paragraphs, headings."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.letter.charsets import clean, decode
from mailbot.letter.html import read_html
from mailbot.manuscript.document import Document, Paragraph, Unreadable
from mailbot.manuscript.formats.layout import seam
from mailbot.model import FileProblem

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FILE_BYTES = 8 << 20
MARKED_UP = 200_000
"""A Markdown text of more characters is read as plain text, as is a paragraph of more than `MARKED_UP_PARAGRAPH`."""
MARKED_UP_PARAGRAPH = 20_000
PARAGRAPHS = 200_000
BINARY = 0.01
"""Where more than so large a part of a text is control characters, it is none."""
RARE = 0.1
"""Bytes that are read as gb18030 and give more than this part of rare characters are looked at as Big5."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANKS = " \t\xa0\u3000"
_INDENTED = re.compile(r"\u3000|[ \t\xa0]{2}|\t")
_FRONT = re.compile(r"---[ \t]*\n((?:[^\n]{0,2000}\n){1,50}?)(?:---|\.\.\.)[ \t]*(?:\n|$)")
_LEVELS = {f"h{level}": level for level in range(1, 7)}


def read(path: Path) -> Document:
    """A plain text. Unreadable: EMPTY, DAMAGED when it is no text, TOO_LARGE."""
    return _document([Paragraph(text) for text in paragraphs_of(load(path))])


def read_markdown(path: Path) -> Document:
    """A Markdown text, without its marks; Unreadable as for plain text."""
    text = _BREAKS.sub("\n", load(path))
    if len(text) > MARKED_UP:
        return _document([Paragraph(line) for line in paragraphs_of(text)])
    front = _FRONT.match(text)
    head = list(_front_matter(front[1])) if front else []
    body = list(_Blocks().paragraphs(text[front.end() :] if front else text))
    if any(paragraph.level == 0 for paragraph in head):
        body = [Paragraph(one.text, 1 if one.level == 0 else one.level) for one in body]
    return _document([*head, *body])


def load(path: Path, label: str | None = None) -> str:
    """A text's characters, whatever its charset; `label` is what is claimed. Unreadable as `read` says."""
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES + 1)
    if len(raw) > FILE_BYTES:
        raise Unreadable(FileProblem.TOO_LARGE)
    return text_of(raw, label)


def text_of(raw: bytes, label: str | None = None) -> str:
    """The characters of a text's bytes: by its byte order mark, else UTF-8, else gb18030 or Big5."""
    for mark, charset in _BOMS:
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(charset, "replace")
            break
    else:
        if raw.count(b"\0") > BINARY * len(raw):
            raise Unreadable(FileProblem.DAMAGED)
        text = decode(raw, label)
        if not label and _rarely(text) > RARE:
            text = min((text, decode(raw, "big5")), key=_rarely)
    if len(_CONTROLS.findall(text)) + text.count("\ufffd") > BINARY * len(text):
        raise Unreadable(FileProblem.DAMAGED)
    return _CONTROLS.sub("", clean(text))


def _rarely(text: str) -> float:
    """How large a part of its ideographs is in neither GB 2312 nor Big5's first level: of a wrong charset, half are."""
    ideographs = [character for character in text[:20_000] if 0x3400 <= ord(character) <= 0xFAFF]
    return sum(map(_is_rare, ideographs)) / len(ideographs) if ideographs else 0.0


def _is_rare(character: str) -> bool:
    try:
        raw = character.encode("gb2312")
        return raw >= b"\xd8\xa1"  # the second level, by radicals
    except UnicodeEncodeError:
        pass
    try:
        return not b"\xa4\x40" <= character.encode("big5") <= b"\xc6\x7e"
    except UnicodeEncodeError:
        return True


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text: its lines; where lines are wrapped at one width, they are joined."""
    lines = _BREAKS.split(text)
    if len(lines) > PARAGRAPHS:
        raise Unreadable(FileProblem.TOO_LARGE)
    width = _wrapped_at(lines)
    found: list[list[str]] = []
    before = ""  # the line before, if the paragraph may go on after it
    for line in lines:
        words = line.strip(_BLANKS)
        if before and words and not _INDENTED.match(line) and not _has_room(before, words, width):
            found[-1] += (seam(found[-1][-1], words), words)
        elif words:
            found.append([words])
        before = line if width and words else ""
    return ["".join(pieces) for pieces in found]


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _columns(text: str) -> int:
    return len(text) + sum(map(_is_wide, text))


def _wrapped_at(lines: Sequence[str]) -> int:
    """The width at which the lines are wrapped, in columns; 0 when they are not."""
    filled = [line.rstrip(_BLANKS) for line in lines if line.strip(_BLANKS)]
    if len(filled) < 5:
        return 0
    widths = sorted(map(_columns, filled[:2000]))
    width = widths[-1 - len(widths) // 50]  # a few lines may stick out
    pairs = [(line, after) for line, after in pairwise(filled) if not _INDENTED.match(after)]
    full = sum(not _has_room(line, after.strip(_BLANKS), width) for line, after in pairs[:2000])
    return width if 30 <= width <= 120 and len(pairs) >= 4 and full >= 0.5 * len(pairs[:2000]) else 0


def _has_room(line: str, after: str, width: int) -> bool:
    """Whether the first character or word of the next line would have stood on this one."""
    word = re.match(r"[!-~]{1,100}", after)
    return _columns(line.rstrip(_BLANKS)) + (len(word[0]) + 1 if word else 4) <= width


def _document(paragraphs: Sequence[Paragraph]) -> Document:
    if not paragraphs:
        raise Unreadable(FileProblem.EMPTY)
    return Document(tuple(paragraphs))


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _front_matter(lines: str) -> Iterator[Paragraph]:
    """What stands above the text about it: its title as the title, all else as lines."""
    for line in lines.split("\n"):
        key, colon, value = line.partition(":")
        value = value.strip().strip("\"'")
        if colon and key.strip().lower() == "title" and value:
            yield Paragraph(value, 0)
        elif line.strip() and not line.lstrip().startswith("#"):
            yield Paragraph(line.strip())


class _Blocks:
    """The blocks of a Markdown text as paragraphs; the first `#` is its title."""

    def __init__(self) -> None:
        from markdown_it import MarkdownIt

        self._parser: MarkdownIt = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self._titled = False

    def paragraphs(self, text: str) -> Iterator[Paragraph]:
        self._parser.disable("inline")  # it is done for each block by itself, and not for those that are too long
        mark, level = "", None
        row: list[str] = []
        for token in self._parser.parse(text):
            if token.type == "heading_open":
                level = self._level(_LEVELS[token.tag])
            elif token.type == "list_item_open":
                mark = f"{token.info}{token.markup} " if token.info else "• "
            elif token.type in ("th_open", "td_open"):
                row.append("")
            elif token.type == "tr_close":
                yield Paragraph("\t".join(row).strip())
                row = []
            elif token.type == "inline":
                words = self._words(token.content)
                if row:
                    row[-1] = words
                    continue
                yield from (Paragraph(f"{mark}{line}", level) for line in words.split("\n") if line.strip())
                mark, level = "", None
            elif token.type in ("fence", "code_block", "html_block"):
                content = read_html(token.content).text if token.type == "html_block" else token.content
                yield from (Paragraph(line.strip()) for line in content.split("\n") if line.strip())

    def _level(self, level: int) -> int:
        if level == 1 and not self._titled:
            self._titled = True
            return 0
        return max(1, level - 1)

    def _words(self, content: str) -> str:
        """A block's text without its marks; its lines are one paragraph."""
        if len(content) > MARKED_UP_PARAGRAPH:
            return content.replace("\n", " ")
        lines = [""]
        for token in self._inlines(content):
            if token.type == "hardbreak" or (token.type == "html_inline" and token.content.lower().startswith("<br")):
                lines.append("")
            elif token.type == "softbreak":
                lines[-1] += "\n"
            elif token.type == "image":
                lines[-1] += token.content or str(token.attrs.get("src", "")).rpartition("/")[2][:200]
            elif token.type in ("text", "code_inline", "text_special"):
                lines[-1] += token.content
        return "\n".join(_on_one_line(line) for line in lines)

    def _inlines(self, content: str) -> list[Token]:
        tokens: list[Token] = []
        self._parser.inline.parse(content, self._parser, {}, tokens)
        return tokens


def _on_one_line(text: str) -> str:
    pieces: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        pieces += (seam(pieces[-1], line) if pieces else "", line)
    return "".join(pieces)
