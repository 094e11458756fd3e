"""The article has enough headings, not too deep, numbered in the wanted forms without gaps."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from mailbot import languages
from mailbot.rulebook.anatomy import Heading, style_of
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.limits import Bounds
from mailbot.rulebook.models import Words
from mailbot.yamlfile import Hinted

LONGEST = 40
"""So many characters of a heading are told."""


class Outline(Bounds, Params):
    """Headings are those that the format tells, and short lines that begin with a number."""

    deepest: int | None = Field(default=None, ge=1, description="so many levels are allowed at most")
    numbering: Words = Field(
        default=(),
        description="the form of the numbers, level by level from the top, as an example of each: 1. 1.1 (1)",
    )
    consecutive: bool = Field(default=False, description="true: no number may be left out or come twice")

    @model_validator(mode="after")
    def _makes_sense(self) -> Outline:
        if self.min == 0 and self.max is None and self.deepest is None and not self.numbering and not self.consecutive:
            raise Hinted("asks for nothing", "give min, max, deepest, numbering or consecutive")
        if self.max == 0 and (self.numbering or self.consecutive or self.deepest is not None):
            raise Hinted("allows no heading (max 0) and says how they have to be", "take one of the two out")
        unknown = next((style for style in self.numbering if not style_of(style, languages.load("und").parts)), None)
        if unknown is not None:
            raise Hinted(
                f"knows no form of number like `{unknown}`", "write one as it stands in front: 1. or 1.1 or (1)"
            )
        if len(set(self.numbering)) < len(self.numbering):
            raise Hinted("has the same form of number for two levels", "give each level its own form")
        return self


def run(facts: ArticleFacts, params: Outline) -> Answer:
    """Fail with the number of headings, or the headings that are wrong; skipped where none is there nor needed."""
    say, headings = facts.phrases.say, facts.anatomy.headings
    count = len(headings)
    if not count and not params.min:
        return skipped(say("headings.none")) if params.max is None else passed(say("headings.none"))
    said = []
    if count < params.min:
        said.append(say("headings.few", count=count, limit=params.min))
    if params.max is not None and count > params.max:
        said.append(say("headings.many", count=count, limit=params.max))
    deep = [heading for heading in headings if params.deepest is not None and heading.level > params.deepest]
    if deep:
        said.append(
            say("headings.deep", limit=params.deepest, names=facts.listed([_shown(facts, one) for one in deep]))
        )
    said += _misnumbered(facts, headings, params.numbering)
    if params.consecutive:
        said += _gaps(facts, headings)
    evidence = facts.listed([_shown(facts, heading) for heading in headings])
    return failed(say("faults.and").join(said), evidence) if said else passed(evidence)


def _shown(facts: ArticleFacts, heading: Heading) -> str:
    number, _, _ = facts.anatomy.lines[heading.line].strip().partition(heading.text)
    return facts.phrases.say("headings.one", text=f"{number}{heading.text}"[:LONGEST])


def _misnumbered(facts: ArticleFacts, headings: tuple[Heading, ...], numbering: tuple[str, ...]) -> Iterator[str]:
    """For each level whose headings have another form of number, which; headings without any may stand among them."""
    say, phrases = facts.phrases.say, facts.part_phrases
    numbered = [heading for heading in headings if heading.style]
    if numbering and headings and not numbered:
        yield say("headings.unnumbered", style=numbering[0])
    for level, style in enumerate(numbering, 1):
        known = style_of(style, phrases)
        wrong = [heading for heading in numbered if heading.level == level and heading.style != known]
        if wrong:
            names = facts.listed([_shown(facts, heading) for heading in wrong])
            yield say("headings.style", level=level, style=style, names=names)


def _gaps(facts: ArticleFacts, headings: tuple[Heading, ...]) -> Iterator[str]:
    """The headings whose number is not the next one; one form may also go on through all sections."""
    last: dict[int, int] = {}
    of_style: dict[str, int] = {}
    for heading in headings:
        if not heading.number:
            continue
        last = {level: number for level, number in last.items() if level <= heading.level}
        expected = last.get(heading.level, 0) + 1
        if heading.number not in (expected, of_style.get(heading.style, 0) + 1):
            yield facts.phrases.say("headings.gap", heading=_shown(facts, heading), number=expected)
        last[heading.level] = of_style[heading.style] = heading.number


CHECK = Check("headings", "article", Outline, run)
