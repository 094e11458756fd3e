"""Blind review: neither the authors nor their units are named in the article's own text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from mailbot.rulebook.anatomy import squashed
from mailbot.rulebook.checking import MOST_NAMED, Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.places import Found, evidence_of

SHORTEST = 2
"""Shorter names stand within too many other words."""


class Hidden(Params):
    """What is known from letter, byline and enclosed forms must not stand in the article."""

    authors: bool = Field(default=True, description="false: authors' names may stand there")
    units: bool = Field(default=True, description="false: units may stand there")


def run(facts: ArticleFacts, params: Hidden) -> Answer:
    """Fail naming who is named and where; the list of references does not count. Skipped where nobody is known."""
    byline, say = facts.manuscript.byline, facts.phrases.say
    names = [author.name for author in byline.authors if params.authors]
    units = [byline.unit or "", *(author.unit for author in byline.authors)] if params.units else []
    wanted = list(dict.fromkeys(name for name in (*names, *units) if len(name) >= SHORTEST))
    if not wanted:
        return skipped(say("anonymous.unknown"))
    found = list(_named(facts, wanted))
    if not found:
        return passed(say("anonymous.passed", names=facts.listed(wanted)))
    where = facts.listed([say("anonymous.at", name=one.word, line=_line(one)) for one in found])
    return failed(say("anonymous.failed", where=where), evidence_of(facts, found))


def _named(facts: ArticleFacts, names: list[str]) -> Iterator[Found]:
    """Each name where it stands first."""
    anatomy = facts.anatomy
    listed = {line for part in anatomy.parts if part.name == "references" for line in part.text.split("\n")}
    text = "\n".join("" if listed and line.strip() in listed else line for line in anatomy.lines)
    bare = squashed(text)
    for name in names[:MOST_NAMED]:
        if squashed(name) not in bare:  # mostly: a pattern for each name costs more than all else
            continue
        spaced = r"\s{0,3}".join(map(re.escape, "".join(name.split())))
        if match := re.search(spaced, text, re.IGNORECASE):
            yield Found(name, "text", text, match.start(), match.end())


def _line(found: Found) -> int:
    return sum(1 for line in found.text[: found.start].split("\n")[:-1] if line.strip()) + 1


CHECK = Check("anonymous", "article", Hidden, run)
