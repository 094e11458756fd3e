"""The numbers that Word and WPS put before paragraphs by themselves (ECMA-376 part 1, 17.9): 一、 （一） 1. ① …

They stand in no paragraph: numbering.xml says how each level of each list is counted and shown, a paragraph only that
it belongs to one. Bullets are left out: they say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.languages.zh.numbers import DIGITS, LEGAL, SIGNS, counted
from mailbot.manuscript.formats.parts import local, word_attribute

PATTERN = 60
"""A number's pattern is cut to so many characters: it is repeated before each paragraph."""
_LEVELS = 9
_CLOSED = "、，。．：；）】》」"
_COUNTED = frozenset(
    {
        *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "japaneseLegal", "koreanDigital2"),
        *(
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
            "japaneseDigitalTenThousand",
            "ideographTraditionalCounting",
        ),
    }
)
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x")),
    *((9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(slots=True)
class Level:
    """How one level of a list is counted and shown; `style` is the paragraph style that it belongs to."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    style: str = ""
    legal: bool = False


class Numbering:
    """Reads numbering.xml, then counts paragraph after paragraph."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._list_of: dict[str, str] = {}
        self._own: dict[str, dict[int, Level]] = {}  # what a use of a list shows otherwise
        self._restarts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._levels: dict[int, Level] = {}
        self._level = Level()
        self._use, self._at = "", 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """The parser's handler for numbering.xml."""
        name = local(tag)
        value = word_attribute(attributes, "val")
        if name == "abstractNum":
            self._levels = self._lists.setdefault(word_attribute(attributes, "abstractNumId"), {})
        elif name == "num":
            self._use = word_attribute(attributes, "numId")
            self._levels = self._own.setdefault(self._use, {})
        elif name == "abstractNumId":
            self._list_of[self._use] = value
        elif name == "lvl":
            self._level = self._levels[_number(word_attribute(attributes, "ilvl"))] = Level()
        elif name == "lvlOverride":
            self._at = _number(word_attribute(attributes, "ilvl"))
        elif name == "startOverride":
            self._restarts[self._use, self._at] = _number(value)
        else:
            self._describe(name, value)

    def _describe(self, name: str, value: str) -> None:
        if name == "start":
            self._level.start = _number(value)
        elif name == "numFmt":
            self._level.form = value
        elif name == "lvlText":
            self._level.pattern = value[:PATTERN]
        elif name == "suff":
            self._level.suffix = value
        elif name == "pStyle":
            self._level.style = value
        elif name == "isLgl":
            self._level.legal = value not in ("0", "false")

    def add_list(self, name: str, levels: dict[int, Level]) -> None:
        """A list with its levels, where they come from elsewhere than numbering.xml."""
        self._lists[name] = levels

    def add_use(self, use: str, name: str) -> None:
        """A use of a list: what paragraphs name; several uses of one list are counted on."""
        self._list_of[use] = name

    def change(self, use: str, at: int, level: Level) -> None:
        """What a use of a list shows otherwise."""
        self._own.setdefault(use, {})[at] = level

    def restart(self, use: str, at: int, first: int) -> None:
        """With what number a use of a list begins anew."""
        self._restarts[use, at] = first

    def level_of_style(self, use: str, style: str) -> int:
        """The level of a list that belongs to a paragraph style; 0 where none does."""
        levels = self._lists.get(self._list_of.get(use, ""), {})
        return next((at for at, level in levels.items() if level.style == style), 0)

    def next(self, use: str, at: int) -> str:
        """The number before the next paragraph of a list's level, with the blank after it; "" for none."""
        which = self._list_of.get(use, "")
        level = self._find(use, at)
        if level is None:
            return ""
        counts = self._counts.setdefault(which, {})
        if (use, at) in self._restarts:
            counts[at] = self._restarts.pop((use, at))
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        for deeper in range(at + 1, _LEVELS):
            counts.pop(deeper, None)
        if level.form == "bullet":
            return ""
        shown = re.sub("%([1-9])", lambda found: self._shown(use, counts, int(found[1]) - 1, level), level.pattern)
        shown = shown.strip()
        return shown + (" " if shown and shown[-1] not in _CLOSED and level.suffix != "nothing" else "")

    def _find(self, use: str, at: int) -> Level | None:
        return self._own.get(use, {}).get(at) or self._lists.get(self._list_of.get(use, ""), {}).get(at)

    def _shown(self, use: str, counts: dict[int, int], at: int, level: Level) -> str:
        named = self._find(use, at) or Level()
        return shown(counts.get(at, named.start), "decimal" if level.legal else named.form)


def shown(value: int, form: str) -> str:
    """A number as a form of ST_NumberFormat (17.18.59) writes it; an unknown form writes digits."""
    if form == "none":
        return ""
    if form in _COUNTED:
        return counted(value)
    if form in ("ideographDigital", "taiwaneseDigital"):
        return "".join(DIGITS[int(digit)] for digit in str(value))
    if form in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return counted(value).translate(LEGAL)
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return str(value).translate(_WIDE)
    signs = SIGNS.get(form, "")
    if 0 < value <= len(signs):
        return signs[value - 1]
    if form in ("upperRoman", "lowerRoman") and 0 < value < 4000:
        return _roman(value) if form == "lowerRoman" else _roman(value).upper()
    if form in ("upperLetter", "lowerLetter") and 0 < value <= 26 * 5:
        letter = chr(ord("a" if form == "lowerLetter" else "A") + (value - 1) % 26)
        return letter * ((value - 1) // 26 + 1)
    return f"{value:02}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (value // worth)
        value %= worth
    return text


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0
