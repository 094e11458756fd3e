"""Captions of figures and tables are numbered one after the other: 图 1, 图 2, 表 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.models import Words

LONGEST = 60
"""A longer line is running text that begins with such a word."""
SHOWN = 20
_STOPS = ("\u3002", "\uff1b", ".", ";")


class Series(Params):
    """Each word has numbers of its own."""

    words: Words = Field(
        min_length=1, description="lines that begin with this word and a number are numbered 1, 2, 3; one or a list"
    )
    needed: bool = Field(default=False, description="whether there must be at least one for each word")


def run(facts: ArticleFacts, params: Series) -> Answer:
    """Fail with the lines whose number is not the next one; skipped where there are none and none is needed."""
    say, seen = facts.phrases.say, list[str]()
    faults = []
    for word in params.words:
        last = 0
        for line, number in _lines(facts, word):
            seen.append(line[:SHOWN])
            if number != last + 1:
                faults.append(say("numbered.gap", line=line[:SHOWN], number=last + 1))
            last = number
        if params.needed and not last:
            faults.append(say("numbered.none", word=word))
    if faults:
        return failed(facts.listed(faults), facts.listed(seen))
    return passed(facts.listed(seen)) if seen else skipped(say("numbered.skipped", words=facts.listed([*params.words])))


def _lines(facts: ArticleFacts, word: str) -> Iterator[tuple[str, int]]:
    for line in facts.anatomy.lines:
        line = line.strip()
        if len(line) <= LONGEST and not line.endswith(_STOPS) and (hit := _numbered(word).match(line)):
            yield line, int(hit[1])


@cache
def _numbered(word: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(word)}\s{{0,4}}([0-9]{{1,4}})(?![0-9.\-])")


CHECK = Check("numbered", "article", Series, run)
