"""What people mistype in YAML, told by looking at the lines where the parser gave up, or just before.

A parser says what it could not go on with; a beginner needs to hear what he did: a wide colon, a dash without a blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDE_COLON = "\uff1a"
WIDE_COMMAS = "\uff0c\u3001"
"""The comma and the enumeration comma of Chinese."""
_KEY = r"(?:- +)*[^\s:#'\"\[{\uff1a-][^\s:#'\"\uff1a]*"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong in a line: its row and column (from 0), what it is, what to write."""

    row: int
    column: int
    message: str
    hint: str


_LINES: tuple[tuple[re.Pattern[str], str, str], ...] = (  # where the group begins is the place
    (
        re.compile(r"[ \t]*([\u3000\u00a0])"),
        "a wide blank stands in the indent",
        "indent with plain blanks, two for each level",
    ),
    (
        re.compile(r" *([\uff0d\u2014\u2013\u2022\u00b7]) *\S"),
        "this is not the dash that begins an entry",
        "use the half-width `-` with a blank behind it",
    ),
    (
        re.compile(r" *(-)[^\s-]"),
        "a blank is missing behind the dash",
        "begin an entry with `- `",
    ),
    (
        re.compile(rf" *{_KEY}(\uff1a)"),
        "a wide colon stands behind the key",
        "use the half-width colon `:` with a blank behind it",
    ),
    (
        re.compile(r" *(?:- +)*[A-Za-z_]+(:)[^\s:/]"),
        "a blank is missing behind the colon",
        "write `key: value`",
    ),
    (
        re.compile(rf" *{_KEY}: +([\uff5b\uff3b\uff08])"),
        "a wide bracket begins the value",
        "use the half-width brackets `{ }` and `[ ]`",
    ),
    (
        re.compile(rf" *{_KEY}: +(?:\"[^\"]*\"|'[^']*')([^\s,\]}}#])"),
        "the text goes on behind its closing quotation mark",
        "put the whole text in the other kind of quotation marks, ' or \"",
    ),
    (
        re.compile(rf" *{_KEY}: +(?:\[[^\]]*\]|{{[^}}]*}}) *([^\s,\]}}#])"),
        "text goes on behind the closing bracket",
        "put text that begins with a bracket in quotes",
    ),
    (
        re.compile(rf" *{_KEY}: +([a-z_]+: +\S)"),
        "two keys stand in one line",
        "put the second one in braces, `{key: value}`, or in the next line, indented by two blanks more",
    ),
    (
        re.compile(rf" *{_KEY}: +[^\s\[{{\"'|>][^\"']*?(: )"),
        "a colon with a blank stands in the text",
        "put the text in quotes",
    ),
    (
        re.compile(rf" *{_KEY}: +(!)"),
        "text may not begin with !",
        "put the text in quotes",
    ),
)


_OPENED = re.compile(rf""" *{_KEY}: +(?:[{{\[].*)?(["'])[^"']*(?:#.*)?""")
_BEGINS = re.compile(rf" *(?:- +)*{_KEY}:(?: |$)")


def find(lines: Sequence[str], row: int) -> Slip | None:
    """The slip that made the parser give up in this row: it is there, or in the line with words before.

    A quotation mark that is never closed swallows lines up to the next one: it may stand far above.
    """
    if slip := _unclosed(lines, row):
        return slip
    before = next((n for n in range(min(row, len(lines)) - 1, max(row - 20, -1), -1) if _has_words(lines[n])), None)
    for number in (row, before):
        if number is not None and number < len(lines) and (slip := _in_line(lines[number], number)):
            return slip
    if before is not None and row < len(lines):
        return _deeper(lines, before, row)
    return None


def _unclosed(lines: Sequence[str], row: int) -> Slip | None:
    """The first line up to this row that opens a quotation mark, before a line that begins a key."""
    for number, (line, below) in enumerate(pairwise(lines[: row + 1])):
        opened = _OPENED.fullmatch(line)
        if opened and _BEGINS.match(below):
            message = "this quotation mark is never closed"
            return Slip(number, opened.start(1), message, "add the closing quotation mark")
    return None


def _in_line(line: str, row: int) -> Slip | None:
    for pattern, message, hint in _LINES:
        found = pattern.match(line)
        if found:
            return Slip(row, found.start(1), message, hint)
    return None


def _deeper(lines: Sequence[str], before: int, row: int) -> Slip | None:
    """A key that is indented more than the one before, which has its value already."""
    key = re.compile(r"((?: |- )*)[^\s:#'\"\[{-][^\s:#'\"]*: *(\S?)")
    above, here = key.match(lines[before]), key.match(lines[row])
    if above and here and above[2] and len(here[1]) > len(above[1]):
        message = "this line is indented more than the one before"
        return Slip(row, len(here[1]), message, "keys of one group start in the same column")
    return None


def _has_words(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


_QUOTED = re.compile("\u201c[^\u201c\u201d]*\u201d|\u2018[^\u2018\u2019]*\u2019")


def in_text(text: str, *, listed: bool) -> tuple[str, str] | None:
    """What is wrong with text that stands without quotation marks, and what to write; `listed`: between [ and ]."""
    if listed and any(mark in text for mark in WIDE_COMMAS):
        return (
            "a wide comma does not part the words of a list",
            "use the half-width comma `, `; where the mark belongs to a word, put the word in quotes",
        )
    if _QUOTED.fullmatch(text):
        return (
            "wide quotation marks are taken for a part of the text",
            "leave them out, or use half-width ones; where they belong to the text, put half-width ones around",
        )
    return None
