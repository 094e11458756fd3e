"""How paragraphs of a binary Word document are set: styles, properties of letters and paragraphs, fonts and paper.

[MS-DOC] 2.6 (property modifiers), 2.9.271 (style sheet), 2.9.291 (fonts). What is damaged here costs the looks only.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.model import Look, Page

STYLES = 4096
FONTS = 1000
NAME = 100
COMBINATIONS = 4096
CHAIN = 20
"""So many styles are based on one another at most."""
RUNS = 1000
"""So many runs of letters are looked at for one paragraph."""
MM = 25.4 / 1440

Properties = Callable[[bytes], Iterator[tuple[int, bytes]]]
Settings = dict[int, bytes]

_SIZE, _BOLD, _EASTERN = 0x4A43, 0x0835, 0x4A50  # sprmCHps, CFBold, CRgFtc1
_ALIGNS = (0x2461, 0x2403)  # sprmPJc, PJc80
_FIRST_CHARACTERS, _FIRST = 0x4457, (0x8460, 0x8411)  # sprmPDxcLeft1, PDxaLeft1, PDxaLeft180
_LINES, _BEFORE, _AFTER = 0x6412, 0xA413, 0xA414  # sprmPDyaLine, PDyaBefore, PDyaAfter
_ALIGN = {0: "left", 1: "center", 2: "right", 3: "justify", 4: "justify"}
_PAPER = {  # sprmSXaPage and the like, and what holds without them
    "width": (0xB01F, 12240),
    "height": (0xB020, 15840),
    "top": (0x9023, 1440),
    "bottom": (0x9024, 1440),
    "left": (0xB021, 1800),
    "right": (0xB022, 1800),
}


@dataclass(frozen=True, slots=True)
class Style:
    """What one style says itself, and the number of the one that it is based on."""

    base: int
    paragraph: bytes = b""
    letters: bytes = b""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters from one place in the stream to another, and their own properties."""

    start: int
    end: int
    letters: bytes


class Looks:
    """Works out looks; every combination once."""

    def __init__(
        self, styles: Sequence[Style], fonts: Sequence[str], font: int, runs: Sequence[Run], properties: Properties
    ) -> None:
        self._styles, self._fonts, self._font = styles, fonts, font
        self._runs = sorted(runs, key=lambda run: run.start)
        self._starts = [run.start for run in self._runs]
        self._properties = properties
        self._known: dict[tuple[int, bytes, bytes], Look] = {}
        self._whole: dict[int, tuple[Settings, Settings]] = {}

    def look(self, style: int, own: bytes, start: int, end: int) -> Look:
        """The look of a paragraph whose letters stand in a range of the stream: that of most of them."""
        key = (style, own, self._most(start, end))
        look = self._known.get(key)
        if look is None:
            look = self._made(*key)
            if len(self._known) < COMBINATIONS:
                self._known[key] = look
        return look

    def _most(self, start: int, end: int) -> bytes:
        counted: Counter[bytes] = Counter()
        first = max(0, bisect_right(self._starts, start) - 1)
        for run in self._runs[first : first + RUNS]:
            if run.start >= end:
                break
            counted[run.letters] += max(0, min(end, run.end) - max(start, run.start))
        return max(counted, key=lambda letters: counted[letters], default=b"")

    def _made(self, style: int, own: bytes, letters: bytes) -> Look:
        base, base_letters = self._style(style)
        paragraph = base | dict(self._properties(own))
        said = dict(self._properties(letters))
        whole = base_letters | said
        size = _number(whole.get(_SIZE)) / 2 or 10
        font = _number(whole[_EASTERN]) if _EASTERN in whole else self._font
        line, multiple = _pair(paragraph.get(_LINES, b"\xf0\0\1\0"))
        align = next((paragraph[code] for code in _ALIGNS if code in paragraph), b"\0")
        return Look(
            font=self._fonts[font] if 0 <= font < len(self._fonts) else "",
            size=size,
            bold=_is_bold(said.get(_BOLD), base_letters.get(_BOLD)),
            align=_ALIGN.get(align[0] if align else 0, ""),
            indent=_indent(paragraph, size),
            spacing=round((line or 240) / 240, 2) if multiple == 1 or not line else None,
            exact=-line / 20 if line < 0 else None,
            before=_number(paragraph.get(_BEFORE)) / 20,
            after=_number(paragraph.get(_AFTER)) / 20,
        )

    def _style(self, number: int) -> tuple[Settings, Settings]:
        """All that a style says of paragraphs and of letters, with those that it is based on."""
        known = self._whole.get(number)
        if known is None:
            chain: list[Style] = []
            at = number
            while at < len(self._styles) and len(chain) < CHAIN:
                chain.append(self._styles[at])
                at = self._styles[at].base
            paragraph: Settings = {}
            letters: Settings = {}
            for style in reversed(chain):
                paragraph |= dict(self._properties(style.paragraph))
                letters |= dict(self._properties(style.letters))
            known = self._whole[number] = paragraph, letters
        return known


def _number(value: bytes | None) -> int:
    return struct.unpack("<h", value)[0] if value is not None and len(value) == 2 else 0


def _pair(value: bytes) -> tuple[int, int]:
    return struct.unpack("<hh", value) if len(value) == 4 else (240, 1)


def _is_bold(said: bytes | None, of_style: bytes | None) -> bool:
    """A weight may be told as that of the style (0x80), or as the other one (0x81)."""
    styled = bool(of_style and of_style[0] & 1)
    if not said:
        return styled
    return styled != (said[0] == 0x81) if said[0] & 0x80 else bool(said[0])


def _indent(paragraph: Settings, size: float) -> float:
    """Of the first line, in characters: these go before a measure."""
    if characters := _number(paragraph.get(_FIRST_CHARACTERS)):
        return characters / 100
    first = next((paragraph[code] for code in _FIRST if code in paragraph), None)
    return round(_number(first) / 20 / size, 2)


def styles_of(part: bytes) -> tuple[list[Style], int]:
    """The styles by their numbers, and the number of the font of East Asian letters that holds without any."""
    if len(part) < 20:
        return [], -1
    head, many, base_size = struct.unpack_from("<HHH", part)
    (font,) = struct.unpack_from("<H", part, 2 + 14)
    found: list[Style] = []
    at = 2 + head
    for _ in range(min(many, STYLES)):
        if at + 2 > len(part):
            break
        (size,) = struct.unpack_from("<H", part, at)
        found.append(_style(part[at + 2 : at + 2 + size], base_size))
        at += 2 + size + size % 2
    return found, font


def _style(data: bytes, base_size: int) -> Style:
    if len(data) < base_size + 2 or base_size < 6:
        return Style(0x0FFF)
    (kind,) = struct.unpack_from("<H", data, 2)
    (name,) = struct.unpack_from("<H", data, base_size)
    at = base_size + 2 + 2 * name + 2
    parts: list[bytes] = []
    for _ in range(2):
        if at + 2 > len(data):
            break
        (size,) = struct.unpack_from("<H", data, at)
        parts.append(data[at + 2 : at + 2 + size])
        at += 2 + size + size % 2
    if kind & 0xF != 1:  # only styles of paragraphs count
        return Style(0x0FFF)
    paragraph, letters = (*parts, b"", b"")[:2]
    return Style(kind >> 4, paragraph[2:], letters)


def fonts_of(part: bytes) -> list[str]:
    """The names of the fonts."""
    names: list[str] = []
    if len(part) < 4:
        return names
    (many,) = struct.unpack_from("<H", part)
    at = 4
    for _ in range(min(many, FONTS)):
        if at >= len(part):
            break
        end = at + 1 + part[at]
        name = part[at + 40 : end].decode("utf-16-le", "replace")
        names.append(name.partition("\0")[0][:NAME])
        at = end
    return names


def page_of(word: bytes, part: bytes, properties: Properties) -> Page | None:
    """The paper of the first section; None where no section is told."""
    many = (len(part) - 4) // 16
    if many < 1:
        return None
    (place,) = struct.unpack_from("<I", part, 4 * (many + 1) + 2)
    if place >= len(word) - 2:
        return None
    (size,) = struct.unpack_from("<H", word, place)
    told = dict(properties(word[place + 2 : place + 2 + size]))
    sides = {side: abs(_number(told.get(code))) or usual for side, (code, usual) in _PAPER.items()}
    return Page(**{side: round(twips * MM, 1) for side, twips in sides.items()})
