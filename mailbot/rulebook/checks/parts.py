"""The article has the named parts, in this order, and none of some others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from mailbot.rulebook.anatomy import canonical, find_part, squashed
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import Words, one_or_more
from mailbot.yamlfile import Hinted


class Named(Params):
    """A part as the call for papers names it."""

    name: str = Field(min_length=1, description="the part as it is labelled: abstract, keywords, conclusion, …")
    also: Words = Field(default=(), description="other labels that are as good")


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str | int) else value


PartNames = Annotated[tuple[Annotated[Named, BeforeValidator(_named)], ...], BeforeValidator(one_or_more)]


class Wanted(Params):
    """Parts by their labels; usual synonyms of abstract, keywords, references … are known."""

    present: PartNames = Field(default=(), description="parts that have to be there: labels, or {name, also}")
    order: bool = Field(default=False, description="true: in this order")
    absent: PartNames = Field(default=(), description="parts that must not be there")

    @model_validator(mode="after")
    def _makes_sense(self) -> Wanted:
        if not self.present and not self.absent:
            raise Hinted("asks for nothing", "give present, absent or both")
        both = {squashed(part.name) for part in self.present} & {squashed(part.name) for part in self.absent}
        if both:
            name = next(part.name for part in self.present if squashed(part.name) in both)
            raise Hinted(f"can never be met: `{name}` is both in present and in absent", "take one of them out")
        if self.order and len(self.present) < 2:
            raise Hinted("gives no order: present has less than two parts", "name the parts in their order")
        return self


@dataclass(frozen=True, slots=True)
class _Found:
    """A part in the article; `line` is None for what has no place of its own."""

    name: str
    line: int | None
    empty: bool


def run(facts: ArticleFacts, params: Wanted) -> Answer:
    """Fail with what is missing, empty, out of order or not wanted; pass with the parts and their lines."""
    say = facts.phrases.say
    wanted = [(_called(facts, part.name), _find(facts, part)) for part in params.present]
    found = [part for _, part in wanted if part is not None]
    unwanted = [_called(facts, part.name) for part in params.absent if _find(facts, part) is not None]
    faults = {
        "parts.missing": [name for name, part in wanted if part is None],
        "parts.empty": [part.name for part in found if part.empty],
        "parts.absent": unwanted,
    }
    said = [say(case, names=facts.listed(names)) for case, names in faults.items() if names]
    if params.order:
        said += _out_of_order(facts, found)
    evidence = facts.listed([_shown(facts, part) for part in found])
    return failed(say("faults.and").join(said), evidence) if said else passed(evidence)


def _shown(facts: ArticleFacts, part: _Found) -> str:
    return part.name if part.line is None else facts.phrases.say("parts.at", name=part.name, line=part.line + 1)


def _out_of_order(facts: ArticleFacts, found: list[_Found]) -> Iterator[str]:
    """What is to be said of the order of the parts that are there."""
    placed = [(part.line, part.name) for part in found if part.line is not None]
    now = sorted(placed, key=lambda part: part[0])
    if now != placed:
        arrow = facts.phrases.say("parts.then")
        wanted, seen = (arrow.join(name for _, name in parts) for parts in (placed, now))
        yield facts.phrases.say("parts.order", wanted=wanted, found=seen)


def _find(facts: ArticleFacts, named: Named) -> _Found | None:
    labels = (named.name, *named.also)
    places = (
        _place(facts, labels, name) for name in dict.fromkeys(canonical(one, facts.part_phrases) for one in labels)
    )
    found = [place for place in places if place is not None]
    if not found:
        return None
    line, empty = min(found, key=lambda place: (place[1], place[0] or 0))
    return _Found(_called(facts, named.name), line, empty)


def _called(facts: ArticleFacts, name: str) -> str:
    """What people call a part that the rule names by its key, such as `english_title`."""
    return facts.part_phrases.names.get(name, name)


def _place(facts: ArticleFacts, labels: tuple[str, ...], name: str) -> tuple[int | None, bool] | None:
    """(line, whether it is empty) of the part with a canonical name, or with one of the labels where name is ""."""
    anatomy, manuscript = facts.anatomy, facts.manuscript
    if name == "title" and manuscript.title:
        return _line_of(facts, manuscript.title), False
    if name == "byline":
        byline = manuscript.byline
        if not byline.unit and not byline.authors:
            return None
        names = (*byline.found, byline.unit or "", *(author.name for author in byline.authors))
        return next((line for name in names if (line := _line_of(facts, name)) is not None), None), False
    if name == "body" and anatomy.body.strip():
        return anatomy.body_starts, False
    part = anatomy.part(name) if name else find_part(anatomy, labels, facts.part_phrases)
    return (part.line, not part.text) if part is not None else None


def _line_of(facts: ArticleFacts, text: str) -> int | None:
    """The first line that begins with a text, or that the text begins with; None for a text that is not there."""
    whole = squashed(text)
    lines = ((n, squashed(line)) for n, line in enumerate(facts.anatomy.lines))
    return next((n for n, line in lines if line and whole and (whole.startswith(line) or line.startswith(whole))), None)


CHECK = Check("parts", "article", Wanted, run)
