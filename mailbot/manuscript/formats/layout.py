"""The characters that a page shows, each with its place -> paragraphs, headings and margins in reading order.

A page knows no words, lines or paragraphs: they are told from distances. All lengths are in points, y grows upwards.
The order is that in which the page draws, which is the author's in what Word, WPS and LibreOffice write; only columns
that were drawn row by row are put in order.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailbot.manuscript.document import Paragraph
from mailbot.manuscript.formats.lines import Line, Zone, wide

MARGIN_ZONE = 0.13
"""The part of a page's height, above and below, in which running headers and footers stand."""
TITLE_ZONE = 0.4
"""The title begins above this part of the first page's height."""
LARGER = 1.12
"""A heading's letters are so many times as large as the text's; a title's `TITLE` times."""
TITLE = 1.2
HEADING_CHARACTERS = 80
FEW = 8
"""Fewer lines than these do not tell how wide a column is."""
_ROW = 6  # so many neighbours in a row are looked at: enough for columns, and bounded for tables
_SENTENCE_END = "。！？!?…■；;：:"
_CLOSERS = "，。、；：？！）》」』】〉”’…,.;:?!)]}%"
_ENCLOSERS = "”’」』）)"
_OPENERS = "（《「『【〈“‘(["
_SOFT_HYPHENS = "\u00ad\u0002"
_BULLETS = "●•◆■○◎☆★▪–-"
_PAGE_NUMBER = re.compile(r"[\W_]*\w?[\W_]*\d{1,4}[\W_]*\w?(?:[\W_]*\w?[\W_]*\d{1,4}[\W_]*\w?)?[\W_]*")


@dataclass(slots=True)
class Page:
    """The lines of one page in reading order."""

    width: float
    height: float
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """What was read of all pages."""

    paragraphs: tuple[Paragraph, ...]
    margins: tuple[str, ...]


# --- margins ----------------------------------------------------------------------------------------------------------


def take_margins(pages: Sequence[Page]) -> tuple[str, ...]:
    """Take out of the pages what stands above or below on several of them, and page numbers; each once."""
    seen: Counter[tuple[str, int]] = Counter()
    candidates: list[tuple[Page, Line, tuple[str, int]]] = []
    for page in pages:
        border = list(_border(page))
        keys = {(_pattern(line.text), round(line.middle / 6)) for line in border}
        seen.update(keys)
        candidates += [(page, line, (_pattern(line.text), round(line.middle / 6))) for line in border]
    margins: dict[str, str] = {}
    out: dict[int, set[int]] = defaultdict(set)
    for page, line, key in candidates:
        alone = line.middle < page.height * MARGIN_ZONE and _PAGE_NUMBER.fullmatch(line.text[:40])
        if alone or sum(seen[key[0], key[1] + step] for step in (-1, 0, 1)) > 1:
            margins.setdefault(key[0], line.text)
            out[id(page)].add(id(line))
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in out[id(page)]]
    return tuple(margins.values())


def _border(page: Page) -> Iterator[Line]:
    """The three uppermost and the three lowest lines, as far as they stand in the margins' zone."""
    rows = sorted(page.lines, key=lambda line: -line.middle)
    zone = page.height * MARGIN_ZONE
    yield from (line for line in rows[:3] if line.y0 > page.height - zone)
    yield from (line for line in rows[3:][-3:] if line.y1 < zone)


def _pattern(text: str) -> str:
    """The text without its numbers, as far as it may be a header: long lines of the text may differ by a number."""
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text)) if len(text) <= 40 else text


# --- columns ----------------------------------------------------------------------------------------------------------


def arrange(page: Page) -> None:
    """Give each line its zone, and put columns that were drawn row by row one after the other."""
    page.lines = _arranged(page.lines, 2)


def _arranged(lines: list[Line], depth: int) -> list[Line]:
    gutter = _gutter(lines) if depth and len(lines) >= 8 else None
    bands = _bands(lines, gutter) if gutter is not None else []
    if gutter is None or not bands:
        _measure(lines)
        return lines
    banded = {id(line): number for number, band in enumerate(bands) for line in band}
    _measure([line for line in lines if id(line) not in banded])
    done: set[int] = set()
    arranged: list[Line] = []
    for line in lines:
        number = banded.get(id(line))
        if number is None:
            arranged.append(line)
        elif number not in done:
            done.add(number)
            arranged += _columns([other for other in lines if banded.get(id(other)) == number], gutter, depth)
    return arranged


def _columns(lines: list[Line], gutter: float, depth: int) -> list[Line]:
    """The lines of a band: as drawn, or column by column if it is text that was drawn row by row."""
    left, right = ([line for line in lines if (line.x0 > gutter) is side] for side in (False, True))
    left, right = _arranged(left, depth - 1), _arranged(right, depth - 1)
    changes = sum((one.x0 > gutter) is not (other.x0 > gutter) for one, other in pairwise(lines))
    if changes == 1:
        return [*right, *left] if lines[0].x0 > gutter else [*left, *right]
    if _is_prose(left) and _is_prose(right):
        return [*left, *right]
    for line in lines:
        if line.zone and changes > 2:
            line.zone.table = True
    return lines


def _is_prose(lines: Sequence[Line]) -> bool:
    """Whether most lines fill their column: cells of a table and names in a list do not."""
    full = sum(line.zone is not None and line.zone.right - line.x1 < 2 * line.size for line in lines)
    return full >= 0.6 * len(lines) and statistics.median(line.x1 - line.x0 for line in lines) >= 10 * lines[0].size


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where most rows have a gap between two lines; None unless at least four have."""
    rows = sorted(lines, key=lambda line: -line.middle)
    edges: list[tuple[float, int]] = []
    for number, one in enumerate(rows):
        for other in rows[number + 1 : number + 1 + _ROW]:
            left, right = (one, other) if one.x0 < other.x0 else (other, one)
            beside = min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0)
            if beside and right.x0 - left.x1 > 0.8 * min(one.size, other.size):
                edges += [(left.x1, 1), (right.x0, -1)]
    edges.sort()
    best, here, place = 3, 0, None
    for number, (x, step) in enumerate(edges):
        here += step
        if here > best:
            best, place = here, (x + edges[number + 1][0]) / 2
    return place


def _bands(lines: Sequence[Line], gutter: float) -> list[list[Line]]:
    """The stretches of the page, from the top down, in which no line crosses the gutter and both sides have three."""
    bands: list[list[Line]] = [[]]
    for line in sorted(lines, key=lambda line: -line.middle):
        if line.x0 < gutter < line.x1:
            bands.append([])
        else:
            bands[-1].append(line)
    return [band for band in bands if min(_split(band, gutter)) >= 3]


def _split(lines: Sequence[Line], gutter: float) -> tuple[int, int]:
    right = sum(line.x0 > gutter for line in lines)
    return len(lines) - right, right


def _measure(lines: Sequence[Line]) -> None:
    """Give lines that stand one below the other their zone; cells beside each other tell nothing of its borders."""
    if not lines:
        return
    pairs = list(pairwise(lines))
    rows = {id(line) for pair in pairs if _beside(*pair) for line in pair}
    alone = [line for line in lines if id(line) not in rows] or lines
    starts = Counter(round(line.x0 / 3) for line in alone)
    usual = [start for start, count in starts.items() if count >= max(2, len(alone) // 10)]
    left = min(line.x0 for line in alone if not usual or round(line.x0 / 3) >= min(usual))
    ends = sorted((line.x1 for line in alone), reverse=True)
    right = next((one for one, other in pairwise(ends) if one - other < alone[0].size), ends[0])
    steps = [step for one, other in pairs if 1 < (step := one.middle - other.middle) < 60]
    zone = Zone(left, right, statistics.median(steps) if steps else 0.0, len(lines))
    for line in lines:
        line.zone = zone


def _widen(pages: Sequence[Page]) -> None:
    """Zones of a few lines: their right border is that of larger ones that begin at the same place, or the page's."""
    zones = {id(line.zone): (line.zone, page) for page in pages for line in page.lines if line.zone}
    large = {round(zone.left / 6): zone.right for zone, _ in zones.values() if zone.lines >= FEW}
    for zone, page in zones.values():
        if zone.lines < FEW:
            place = round(zone.left / 6)
            known = next(
                (large[near] for near in (place, place - 1, place + 1) if near in large), page.width - zone.left
            )
            zone.right = max(zone.right, known)


# --- lines -> paragraphs ----------------------------------------------------------------------------------------------


def paragraphs_of(pages: Sequence[Page]) -> Layout:
    """All pages' text. The pages lose their margins and are arranged."""
    margins = take_margins(pages)
    for page in pages:
        arrange(page)
    _widen(pages)
    lines = [line for page in pages for line in page.lines]
    levels = _levels(pages)
    paragraphs: list[Paragraph] = []
    pieces: list[str] = []
    previous: Line | None = None
    for line in lines:
        level = levels.get(id(line))
        if previous is None or _begins(previous, line, levels.get(id(previous)), level):
            if previous is not None:
                paragraphs.append(_paragraph("".join(pieces), levels.get(id(previous))))
            pieces = [line.text]
        else:
            if pieces[-1][-1] in _SOFT_HYPHENS:
                pieces[-1] = pieces[-1][:-1]
                between = ""
            else:
                between = "\t" if _beside(previous, line) else seam(pieces[-1], line.text)
            pieces += (between, line.text)
        previous = line
    if previous is not None:
        paragraphs.append(_paragraph("".join(pieces), levels.get(id(previous))))
    return Layout(tuple(paragraph for paragraph in paragraphs if paragraph.text), margins)


def seam(before: str, after: str) -> str:
    """What stands between two lines of one paragraph: a blank between words, nothing beside a Chinese character."""
    return "" if not before or not after or wide(before[-1]) or wide(after[0]) or before[-1] in "-/@" else " "


def _paragraph(text: str, level: int | None) -> Paragraph:
    return Paragraph(text.strip(), level if len(text) <= HEADING_CHARACTERS else None)


def _levels(pages: Sequence[Page]) -> dict[int, int]:
    """The level of each line (by its id) whose letters are larger than those of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[_rounded(line)] += len(line.text)
    if not sizes:
        return {}
    body = max(sizes, key=lambda size: sizes[size])
    larger = sorted((size for size in sizes if size >= LARGER * body), reverse=True)
    head = [line for line in pages[0].lines if line.middle > pages[0].height * TITLE_ZONE] if pages else []
    largest = max(map(_rounded, head), default=0.0)
    title = largest if largest >= TITLE * body else None
    ranks = {size: min(rank, 6) for rank, size in enumerate((size for size in larger if size != title), 1)}
    levels = {id(line): ranks[size] for page in pages for line in page.lines if (size := _rounded(line)) in ranks}
    titles = [line for page in pages for line in page.lines if title is not None and _rounded(line) == title]
    levels.update((id(line), 1) for line in titles)
    started = False
    for line in pages[0].lines:
        if started and levels.get(id(line)) != 1:
            break
        if started := started or _rounded(line) == title:
            levels[id(line)] = 0
    return levels


def _rounded(line: Line) -> float:
    return round(line.size * 2) / 2


def _beside(one: Line, other: Line) -> bool:
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return other.x0 >= one.x1 and overlap > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0)


def _begins(one: Line, other: Line, level: int | None, other_level: int | None) -> bool:
    """Whether a paragraph begins with the second of two lines."""
    if level != other_level or abs(one.size - other.size) > 0.1 * max(one.size, other.size):
        return True
    if level == 0:
        return other.text.startswith(("—", "──")) or one.middle - other.middle > 2.6 * one.size
    if one.zone is None or other.zone is None:
        return True
    if one.zone.table and one.zone is not other.zone:
        return not _beside(one, other)
    if one.zone is other.zone:
        if _beside(one, other):
            return False
        step = one.middle - other.middle
        if step <= 0 or (step > 1.45 * one.zone.pitch and step > 1.6 * one.size):
            return True
    if one.x1 + _first_unit(other) < one.zone.right:  # there was room for more
        return True
    ended = one.text.rstrip(_ENCLOSERS)[-1:] in _SENTENCE_END
    indent, other_indent = one.x0 - one.zone.left, other.x0 - other.zone.left
    if other_indent > 0.8 * other.size:
        hangs = _is_item(one.text) or abs(indent - other_indent) < 0.4 * other.size
        return ended or not hangs
    if one.zone is not other.zone and ended:  # the next column or page
        return True
    return ended and _is_item(other.text)


def _is_item(text: str) -> bool:
    """Whether it begins with a bullet or a number, as the item of a list or a heading does."""
    head = text.lstrip("（(")[:4]
    numbers = len(head) - len(head.lstrip("0123456789" + "".join(filter(str.isnumeric, head))))
    return text[0] in _BULLETS or (0 < numbers < len(head) and head[numbers] in "）)、.．")


def _first_unit(line: Line) -> float:
    """How much room the first character or word of a line needs at the end of the line before, and some more."""
    text, size = line.text, line.size
    if not wide(text[0]):
        word = re.match(r"[^\s\u2e80-\uffff—‘’“”…·]{1,60}", text)
        return size * (1.2 + 0.6 * len(word[0] if word else text[0]))
    return size * (3.0 if text[0] in _OPENERS or text[1:2] in _CLOSERS else 2.0)
