"""The list of references: how many, in which form, and whether each is cited in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from mailbot.rulebook.anatomy import circled, entry_number
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.limits import Bounds
from mailbot.rulebook.patterns import Pattern, compiled
from mailbot.yamlfile import Hinted

SHOWN = 30
"""So many characters of an entry are told."""
MOST_CITED = 300
"""A higher number in brackets is no citation."""

_TYPE_MARK = re.compile(
    r"[\[［【]\s*(?:DB|CP|EB|CM|DS|[MCGNJDRSPAZ])\s*(?:[/／]\s*(?:OL|CD|MT|DK))?\s*[\]］】]", re.IGNORECASE
)
"""GB/T 7714-2015, annex B: the kind of a document and of what carries it."""
_CITED = re.compile(r"[\[［【〔]\s*(\d{1,3}(?:\s*[-–—~～,，、]\s*\d{1,3}){0,30})\s*[\]］】〕]|([①-⑳])")


class Listed(Bounds, Params):
    """What the list of references has to be like."""

    form: Literal["gb7714"] | None = Field(
        default=None, description="gb7714: each entry bears a type mark of GB/T 7714, such as [J], [M], [EB/OL]"
    )
    pattern: Pattern | None = Field(default=None, description="a pattern that has to be found in each entry")
    cited: bool = Field(
        default=False,
        description="true: each entry is cited by its number in the text, and each number there is an entry",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Listed:
        if self.min == 0 and self.max is None and not (self.form or self.pattern or self.cited):
            raise Hinted("asks for nothing", "give min, max, form, pattern or cited")
        if self.max == 0 and (self.form or self.pattern or self.cited):
            raise Hinted("allows no reference (max 0) and says how they have to be", "take one of the two out")
        if self.form and self.pattern:
            raise Hinted("has both form and pattern", "keep one of the two, or make two rules")
        return self


def run(facts: ArticleFacts, params: Listed) -> Answer:
    """Fail with the number of entries and those that are wrong; skipped where there are none and none is needed."""
    say, entries = facts.phrases.say, facts.anatomy.references
    count = len(entries)
    cited = set(_cited(facts, entries)) if params.cited else set()
    if not count and not params.min and not cited:
        return skipped(say("references.none")) if params.max is None else passed(say("references.none"))
    said = []
    if count < params.min:
        said.append(say("references.few", count=count, limit=params.min))
    if params.max is not None and count > params.max:
        said.append(say("references.many", count=count, limit=params.max))
    pattern = _TYPE_MARK if params.form else compiled(params.pattern) if params.pattern else None
    bad = [entry for entry in entries if pattern is not None and not pattern.search(entry)]
    if bad:
        case = "references.form" if params.form else "references.pattern"
        said.append(say(case, entries=facts.listed([_shown(facts, entry) for entry in bad])))
    if params.cited:
        said += _uncited(facts, entries, cited)
    evidence = facts.listed([_shown(facts, entry) for entry in entries]) or say("references.none")
    return failed(say("faults.and").join(said), evidence) if said else passed(evidence)


def _shown(facts: ArticleFacts, entry: str) -> str:
    return facts.phrases.say("references.one", entry=entry[:SHOWN] + ("…" if len(entry) > SHOWN else ""))


def _uncited(facts: ArticleFacts, entries: tuple[str, ...], cited: set[int]) -> Iterator[str]:
    """Entries that are nowhere cited, and citations of entries that are not there."""
    numbers = {entry_number(entry) or at for at, entry in enumerate(entries, 1)}
    for case, found in (("references.uncited", numbers - cited), ("references.unlisted", cited - numbers)):
        if found:
            yield facts.phrases.say(case, numbers=facts.listed([f"[{number}]" for number in sorted(found)]))


def _cited(facts: ArticleFacts, entries: tuple[str, ...]) -> Iterator[int]:
    """The numbers that the text cites: [1], [2-4], [1,3]; ① only where the entries are numbered so."""
    in_circles = any("①" <= entry[0] <= "⑳" for entry in entries)
    for match in _CITED.finditer(facts.anatomy.body):
        if match[2]:
            if in_circles:
                yield circled(match[2])
            continue
        for part in re.split(r"[,，、]", match[1]):
            ends = [int(digits) for digits in re.findall(r"\d+", part)]
            if ends and 0 < ends[0] <= ends[-1] <= MOST_CITED:
                yield from range(ends[0], ends[-1] + 1)


CHECK = Check("references", "article", Listed, run)
