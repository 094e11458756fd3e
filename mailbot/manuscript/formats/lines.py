"""The characters that a page draws, each with its place -> lines of text, each character once.

All lengths are in points, y grows upwards. What is drawn twice for a shadow is told by its place; what another font
draws after the line is put into the gap that was left for it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor
from typing import NamedTuple

FITTED = 300
"""Only among so many first glyphs of a line a gap is looked for."""
_IDEOGRAPHS = 0x3400


class Glyph(NamedTuple):
    """A character as drawn. `real` is False for a blank that is none on the page but was concluded from a gap."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    real: bool = True


@dataclass(slots=True)
class Line:
    """A run of glyphs on one base line; `size` is that of its letters."""

    x0: float
    y0: float
    x1: float
    y1: float
    size: float = 0.0
    glyphs: list[Glyph] = field(default_factory=list)
    blanks: dict[Glyph, Glyph] = field(default_factory=dict)  # a glyph -> the blank before it
    text: str = ""
    at: int = 0  # the index of one of its glyphs
    zone: Zone | None = None

    def take(self, glyph: Glyph) -> None:
        """Go on with this glyph."""
        _, _, y0, x1, y1, _ = glyph
        self.glyphs.append(glyph)
        if x1 > self.x1:
            self.x1 = x1
        if y0 < self.y0:
            self.y0 = y0
        if y1 > self.y1:
            self.y1 = y1

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(slots=True)
class Zone:
    """A column of lines, or all that stands across the page: where its lines begin and end, and how far apart."""

    left: float
    right: float
    pitch: float
    lines: int
    table: bool = False  # drawn row by row, beside another that is no text


class _Drawn:
    """Knows whether a character was drawn before at nearly the same place: bold or a shadow made by drawing twice."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._cells: dict[tuple[str, int, int], list[Glyph]] = {}

    def again(self, glyph: Glyph) -> bool:
        """Two boxes that share more than half of the smaller lie less than half a side apart: in one of four cells."""
        text, x0, y0, x1, y1, _ = glyph
        side = max(y1 - y0, 1.0)
        x, y = (x0 + x1) / 2 / side, (y0 + y1) / 2 / side
        column, row = floor(x), floor(y)
        if text in self._seen:
            aside, below = (-1 if x - column < 0.5 else 1), (-1 if y - row < 0.5 else 1)
            for cell in (
                (text, column, row),
                (text, column + aside, row),
                (text, column, row + below),
                (text, column + aside, row + below),
            ):
                for other in self._cells.get(cell, ())[:8]:
                    if _overlap(glyph, other) > 0.5:
                        return True
        self._seen.add(text)
        self._cells.setdefault((text, column, row), []).append(glyph)
        return False


def _overlap(one: Glyph, other: Glyph) -> float:
    """The common area as a part of the smaller box."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    areas = [(glyph.x1 - glyph.x0) * (glyph.y1 - glyph.y0) for glyph in (one, other)]
    return width * height / min(areas) if width > 0 and height > 0 and min(areas) > 0 else 0.0


def lines_of(glyphs: Iterable[tuple[int, Glyph]]) -> list[Line]:
    """The lines as they were drawn, each character once. The glyphs come with their index on the page."""
    drawn = _Drawn()
    lines: list[Line] = []
    line: Line | None = None
    blank: Glyph | None = None
    for index, glyph in glyphs:
        if glyph.text == " ":
            blank = glyph if blank is None or glyph.real else blank
            continue
        if drawn.again(glyph):
            continue
        if line is None or not _continues(line, glyph):
            if line is not None and _fits_in(line, glyph):
                continue
            line = Line(glyph.x0, glyph.y0, glyph.x1, glyph.y1, at=index)
            lines.append(line)
        elif blank:
            line.blanks[glyph] = blank
        line.take(glyph)
        blank = None
    for line in lines:
        line.text = _text_of(line)
        line.glyphs.clear()
        line.blanks.clear()
    return lines


def _fits_in(line: Line, glyph: Glyph) -> bool:
    """Put a glyph into the gap of the line before that was left for it: other fonts' glyphs may be drawn after it."""
    if glyph.x0 >= line.x1 or min(line.y1, glyph.y1) - max(line.y0, glyph.y0) <= 0.4 * (glyph.y1 - glyph.y0):
        return False
    slack = 0.15 * (glyph.y1 - glyph.y0)
    place = next((n for n, other in enumerate(line.glyphs[:FITTED]) if other.x0 > glyph.x0), len(line.glyphs))
    if place == min(FITTED, len(line.glyphs)) or glyph.x1 > line.glyphs[place].x0 + slack:
        return False
    before = line.glyphs[place - 1].x1 if place else line.x0 - 0.6 * (glyph.y1 - glyph.y0) - (glyph.x1 - glyph.x0)
    if before > glyph.x0 + slack:
        return False
    line.glyphs.insert(place, glyph)
    line.x0 = min(line.x0, glyph.x0)
    return True


def _text_of(line: Line) -> str:
    if not line.blanks:
        return "".join([glyph.text for glyph in line.glyphs])
    usual = statistics.median(_gap(*pair) for pair in pairwise(line.glyphs)) if len(line.glyphs) > 1 else 0.0
    pieces = [line.glyphs[0].text]
    for before, glyph in pairwise(line.glyphs):
        blank = line.blanks.get(glyph)
        if blank and _parts(before, glyph, blank, usual):
            pieces.append(" ")
        pieces.append(glyph.text)
    return "".join(pieces)


def _continues(line: Line, glyph: Glyph) -> bool:
    tall, high = line.y1 - line.y0, glyph.y1 - glyph.y0
    overlap = min(line.y1, glyph.y1) - max(line.y0, glyph.y0)
    return overlap > 0.4 * min(tall, high) and -0.6 * high < glyph.x0 - line.x1 < 2.2 * max(tall, 1.0)


def _parts(before: Glyph, glyph: Glyph, blank: Glyph, usual: float) -> bool:
    """Whether a blank before the glyph is one: beside a Chinese character only if it was typed, or is wide.

    Between two ideographs, where nothing else makes room, it may be narrow if it is wider than the line's usual gap.
    """
    if blank.real:
        return True
    gap, left, right = _gap(before, glyph), before.text[-1], glyph.text[0]
    if min(ord(left), ord(right)) >= _IDEOGRAPHS and left.isalpha() and right.isalpha():
        return gap > min(0.5, usual + 0.2)
    return gap > (0.5 if wide(left) or wide(right) else 0.1)


def _gap(before: Glyph, glyph: Glyph) -> float:
    """The room between two glyphs, as a part of the letters' height."""
    return (glyph.x0 - before.x1) / max(glyph.y1 - glyph.y0, 1.0)


def wide(character: str) -> bool:
    return character >= "\u2e80" or character in "—‘’“”…·"
