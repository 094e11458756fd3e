"""Labelled forms in a line: "报送单位：某某市民政局  作者：张三  电话：…" -> what each label says.

A label may be spaced out (作　者：) and ends what the label before it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cache
from itertools import zip_longest

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.people import HAN

LINE = 240
"""A longer paragraph is running text and no labelled line."""
_EDGES = " \u3000\t，,。；;、|│"


class Label(Enum):
    """What kind of thing a label announces."""

    SUBMITTER = auto()
    UNIT = auto()
    AUTHOR_UNIT = auto()
    AUTHOR = auto()
    POST = auto()
    ADDRESS = auto()
    REPRINT = auto()
    OTHER = auto()


@cache
def _kinds(phrases: BylinePhrases) -> dict[str, Label]:
    groups = (
        (Label.OTHER, phrases.other_labels),
        (Label.SUBMITTER, phrases.submitter_labels),
        (Label.UNIT, phrases.unit_labels),
        (Label.AUTHOR_UNIT, phrases.author_unit_labels),
        (Label.AUTHOR, phrases.author_labels),
        (Label.POST, phrases.post_labels),
        (Label.ADDRESS, phrases.address_labels),
        (Label.REPRINT, phrases.reprint_labels),
    )
    return {label: kind for kind, labels in groups for label in labels}


@cache
def _pattern(phrases: BylinePhrases) -> re.Pattern[str]:
    """Any label and its colon; one that does without stands at the beginning."""
    words = _alternatives(tuple(_kinds(phrases)))
    bare = _alternatives((*phrases.bare_labels, *phrases.reprint_labels))
    return re.compile(rf"(?<![{HAN}])(?:({words})[ \u3000]*[：:]|(?:^|(?<=[（(\s]))({bare})(?=[\s]*[{HAN}]))")


def _alternatives(labels: tuple[str, ...]) -> str:
    spaced = (r"[ \u3000]*".join(map(re.escape, label)) for label in sorted(set(labels), key=len, reverse=True))
    return "|".join(spaced)


def with_cells(lines: Sequence[str], phrases: BylinePhrases) -> Iterator[str]:
    """The lines; a label that stands alone, as in a table's cell, together with the line below."""
    alone = [re.sub(r"[\s：:]", "", line) if len(line) <= 12 else "" for line in lines]
    for line, word, below, other in zip_longest(lines, alone, lines[1:], alone[1:], fillvalue=""):
        cell = word in _kinds(phrases) and other not in _kinds(phrases)
        yield f"{word}：{below}" if cell else line


def before_labels(line: str, phrases: BylinePhrases) -> str:
    """What stands before the first label of a line, "" for a line without labels."""
    match = _pattern(phrases).search(line) if len(line) <= LINE else None
    return line[: match.start()].strip(_EDGES) if match else ""


def read_labels(line: str, phrases: BylinePhrases) -> Iterator[tuple[Label, str, bool]]:
    """Each label of the line, what it says, and whether it has a colon; nothing for running text."""
    if len(line) > LINE:
        return
    matches = list(_pattern(phrases).finditer(line))
    for match, following in zip_longest(matches, matches[1:]):
        end = following.start() if following else len(line)
        label = re.sub(r"\s", "", match[1] or match[2])
        yield _kinds(phrases)[label], line[match.end() : end].strip(_EDGES), match[1] is not None
