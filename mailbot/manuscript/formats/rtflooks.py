"""How paragraphs of an RTF are set: what words of control say of letters, paragraphs and paper (RTF 1.9.1).

Writers repeat a style's properties at each paragraph (`\\pard\\plain \\s1 ...`), so the style sheet is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mailbot.model import Look, Page

TWIPS = 20
"""In a point."""
MM = 25.4 / 1440
"""Millimetres in a twip."""
LARGEST = 1 << 20
"""Measures beyond this are none."""

_ALIGN = {"ql": "left", "qc": "center", "qr": "right", "qj": "justify", "qd": "justify"}
_MEASURES = frozenset({"fi", "cufi", "sl", "slmult", "sb", "sa"})
_PAPER = {"paperw": 12240, "paperh": 15840, "margt": 1440, "margb": 1440, "margl": 1800, "margr": 1800}

_SCRIPTS = ("dbch", "hich", "loch", "rtlch", "ltrch")
"""Which letters the words behind are about; `dbch` are the East Asian ones."""

WORDS = frozenset({*_ALIGN, *_MEASURES, *_PAPER, "fs", "b", "af", "afs", "ab", *_SCRIPTS})
"""What is heeded here; the reader itself says what fonts, `\\plain` and `\\pard` do."""


@dataclass(frozen=True, slots=True)
class Letters:
    """How letters are set: sizes in half points; `eastern` is what East Asian letters have of their own."""

    size: int = 24
    bold: bool = False
    font: int = -1
    eastern_size: int | None = None
    eastern_bold: bool | None = None
    eastern_font: int = -1
    for_eastern: bool = False

    def with_word(self, word: str, value: int | None) -> Letters:
        """After a word of control."""
        if word in _SCRIPTS:
            return replace(self, for_eastern=word == "dbch")
        size = value if value and 0 < value < LARGEST else 24
        match word:
            case "fs":
                return replace(self, size=size)
            case "b":
                return replace(self, bold=value != 0)
            case "afs" if self.for_eastern:
                return replace(self, eastern_size=size)
            case "ab" if self.for_eastern:
                return replace(self, eastern_bold=value != 0)
            case "af" if self.for_eastern:
                return self.with_font(value)
            case _:
                return self

    def with_font(self, value: int | None) -> Letters:
        """After a font was chosen."""
        number = value if value is not None else -1
        return replace(self, eastern_font=number) if self.for_eastern else replace(self, font=number)


@dataclass(slots=True)
class Setting:
    """How one paragraph is set, and how many of its letters in which way."""

    align: str = "left"
    measures: dict[str, int] = field(default_factory=dict)
    letters: Counter[Letters] = field(default_factory=Counter)

    def word(self, word: str, value: int | None) -> None:
        """Takes a word of control in."""
        if word in _ALIGN:
            self.align = _ALIGN[word]
        elif word in _MEASURES and value is not None and abs(value) < LARGEST:
            self.measures[word] = value

    def reset(self) -> None:
        """What \\pard does."""
        self.align = "left"
        self.measures.clear()

    def look(self, fonts: Mapping[int, str], blanks: int) -> Look | None:
        """The look of most letters; ideographic `blanks` before the text indent it, too. None without letters."""
        if not self.letters:
            return None
        most = max(self.letters, key=lambda letters: self.letters[letters])
        name = (fonts.get(most.eastern_font) or fonts.get(most.font, "")).rstrip("; ")
        size = most.size if most.eastern_size is None else most.eastern_size
        bold = most.bold if most.eastern_bold is None else most.eastern_bold
        return _look(name, size, bold, self.align, tuple(sorted(self.measures.items())), blanks)


@lru_cache(256)
def _look(
    font: str, half_points: int, bold: bool, align: str, measures: tuple[tuple[str, int], ...], blanks: int
) -> Look:
    told = dict(measures)
    size = half_points / 2
    indent = told.get("cufi", 0) / 100 or told.get("fi", 0) / TWIPS / size
    line, multiple = told.get("sl", 0), told.get("slmult", 0) == 1
    at_least = line > 0 and not multiple  # says nothing of how far apart lines are
    return Look(
        font=font,
        size=size,
        bold=bold,
        align=align,
        indent=round(indent, 2) + blanks,
        spacing=None if at_least or line < 0 else round((line or 240) / 240, 2),
        exact=-line / TWIPS if line < 0 else None,
        before=told.get("sb", 0) / TWIPS,
        after=told.get("sa", 0) / TWIPS,
    )


def page_of(paper: Mapping[str, int]) -> Page | None:
    """The page; None where its width is not told."""
    if "paperw" not in paper:
        return None
    width, height, top, bottom, left, right = (
        round(abs(paper.get(name, usual)) * MM, 1) for name, usual in _PAPER.items()
    )
    return Page(width=width, height=height, top=top, bottom=bottom, left=left, right=right)


def is_of_paper(word: str) -> bool:
    """Whether a word tells the paper or its margins, once for the document."""
    return word in _PAPER
