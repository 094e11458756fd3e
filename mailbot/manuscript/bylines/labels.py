"""Labelled lines: "报送单位：某某市民政局  作者：张三  电话：…" -> what each label says.

A label may be spaced out (作　者：), stand in brackets (【作者】) or have a bracket or a copula behind it
(报送单位（盖章）：, 作者单位分别为：). It ends what the label before it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache
from itertools import zip_longest

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.people import HAN

LINE = 240
"""A longer paragraph is running text and no labelled line."""
_EDGES = " \u3000\t\n，,。；;、|│｜"


class Label(Enum):
    """What kind of thing a label announces."""

    SUBMITTER = auto()
    UNIT = auto()
    AUTHOR_UNIT = auto()
    AUTHOR = auto()
    POST = auto()
    ADDRESS = auto()
    PHONE = auto()
    REPRINT = auto()
    OTHER = auto()


@cache
def kinds(phrases: BylinePhrases) -> dict[str, Label]:
    """Each label of the language and what it announces."""
    groups = (
        (Label.OTHER, phrases.other_labels),
        (Label.PHONE, phrases.phone_labels),
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
    words = alternatives(tuple(kinds(phrases)))
    bare = alternatives((*phrases.bare_labels, *phrases.reprint_labels))
    slashed = alternatives(tuple(label for label in phrases.bare_labels if "/" in label.strip("/")))
    behind = rf"[ \u3000]{{0,3}}(?:[（(][^（）()]{{1,8}}[）)])?(?:{phrases.label_copula})?"
    colon = rf"[【\[［（(]({words})[】\]］）)][ \u3000]*[：:]?|({words}){behind}[ \u3000]*[：:｜|\u4e28/／]"
    found = rf"({slashed})(?=\s*[{HAN}])|{colon}|(?:^|(?<=[（(\s]))({bare})(?=\s*[{HAN}])"
    return re.compile(rf"(?<![{HAN}])(?:{found})")


def alternatives(labels: tuple[str, ...]) -> str:
    """A pattern for any of the labels, the longest first, with blanks between their characters; for none, nothing.

    Most places are passed over by their first character: there are hundreds of labels.
    """
    if not labels:
        return "(?!)"
    spaced = (r"\s*".join(map(re.escape, label)) for label in sorted(set(labels), key=len, reverse=True))
    first = "".join(sorted({re.escape(label[0]) for label in labels}))
    return f"(?=[{first}])(?:{'|'.join(spaced)})"


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
        label = re.sub(r"\s", "", next(filter(None, match.groups())))
        yield kinds(phrases)[label], _closed(line[match.end() : end].strip(_EDGES)), not (match[1] or match[4])


def _closed(value: str) -> str:
    """Without a bracket at an end that has no partner in the value: "题目（作者：张三）"."""
    if value.endswith(("）", ")")) and not re.search(r"[（(]", value):
        value = value[:-1]
    if value.endswith(("（", "(")):
        value = value[:-1]
    return value.strip(_EDGES)
