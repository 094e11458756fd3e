"""How an article is set, by the looks of its paragraphs; the captions of its pictures; its tables as rows of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mailbot.languages.articles import ArticlePhrases
from mailbot.manuscript.document import Document, Embedded, Paragraph
from mailbot.model import Layout, Look

HEAD = 50
"""The title stands in one of so many first paragraphs."""
CAPTION = 120
"""Characters of a caption at most."""
CELLS = 64
"""A row has so many cells at most; those of wider ones are not counted."""


def layout_of(document: Document, title: str | None) -> Layout:
    """The looks of title, headings of each level and running text: each that of most characters."""
    paragraphs = document.paragraphs
    levels = [paragraph.level for paragraph in paragraphs if paragraph.level]
    titled = set(_title_places(paragraphs, title))
    headings = (
        _prevailing(p for p in paragraphs if p.level == level) for level in range(1, max(levels, default=0) + 1)
    )
    body = _prevailing(
        p for n, p in enumerate(paragraphs) if p.level is None and not p.row and not p.caption and n not in titled
    )
    return Layout(
        title=_prevailing(paragraphs[n] for n in titled), headings=tuple(headings), body=body, page=document.page
    )


def _title_places(paragraphs: Sequence[Paragraph], title: str | None) -> Iterator[int]:
    """Where the title stands: styled, else the first paragraph that says it, or a part of it in several lines."""
    styled = [n for n, paragraph in enumerate(paragraphs[:HEAD]) if paragraph.level == 0]
    if styled or not title:
        yield from styled
        return
    wanted = _squashed(title)
    for number, paragraph in enumerate(paragraphs[:HEAD]):
        said = _squashed(paragraph.text[: 2 * HEAD + len(title)])
        if wanted in said:
            yield number
            return
        if len(said) > 1 and wanted.startswith(said):
            yield number
            wanted = wanted.removeprefix(said)
            if not wanted:
                return


def _squashed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _prevailing(paragraphs: Iterable[Paragraph]) -> Look | None:
    counted: Counter[Look] = Counter()
    for paragraph in paragraphs:
        if paragraph.look is not None:
            counted[paragraph.look] += len(paragraph.text)
    return max(counted, key=lambda look: counted[look], default=None)


def captions(document: Document, phrases: ArticlePhrases) -> Iterator[str]:
    """The caption of each picture, in order, "" for none: below it, else above it where no other has it below."""
    paragraphs, used = document.paragraphs, -1
    pattern = re.compile(phrases.captions)
    for picture in document.pictures:
        found = _caption_at(picture, paragraphs, pattern, used)
        if found is None:
            yield ""
            continue
        used = max(used, found)
        yield paragraphs[found].text


def _caption_at(picture: Embedded, paragraphs: Sequence[Paragraph], pattern: re.Pattern[str], used: int) -> int | None:
    if picture.after is None:
        return None
    below, above = picture.after, picture.after - 1
    if below < len(paragraphs) and _is_caption(paragraphs[below], pattern):
        return below
    return above if used < above < len(paragraphs) and _is_caption(paragraphs[above], pattern) else None


def _is_caption(paragraph: Paragraph, pattern: re.Pattern[str]) -> bool:
    return paragraph.caption or (len(paragraph.text) <= CAPTION and bool(pattern.match(paragraph.text)))


def text_with_rows(paragraphs: Sequence[Paragraph]) -> str:
    """One line a paragraph; what stands in one row of a table goes with tabs between its cells, also empty ones."""
    pieces: list[str] = []
    row, cell = 0, 0
    for number, paragraph in enumerate(paragraphs):
        same = bool(paragraph.row) and paragraph.row == row
        tabs = paragraph.cell - (cell if same else 0) if paragraph.row and paragraph.cell < CELLS else 0
        line = "\n" if number and not (same and tabs > 0) else ""
        pieces += [line, "\t" * tabs, paragraph.text]
        row, cell = paragraph.row, paragraph.cell
    return "".join(pieces)
