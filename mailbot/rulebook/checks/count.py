"""There are enough, and not too many, keywords, references, authors, …"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Demand, Params, failed, passed
from mailbot.rulebook.limits import Limits

Counted = Literal["keywords", "references", "authors", "units", "headings", "pictures", "paragraphs", "originals"]


class Number(Limits, Params):
    """What is counted, and its limits."""

    of: Counted = Field(
        description="what is counted: keywords, references, authors, units (different ones, also those of authors), "
        "headings, pictures (embedded), originals (of those), paragraphs"
    )


def run(facts: ArticleFacts, params: Number) -> Answer:
    """Fail with the number and the limit; the things counted are the evidence."""
    things = _counted(facts, params.of)
    count, limit = (things, None) if isinstance(things, int) else (len(things), things)
    say = facts.phrases.say
    what = say(f"count.{params.of}")
    evidence = say("count.passed", what=what, count=count)
    if limit:
        evidence = f"{evidence} ({facts.listed([thing[:60] for thing in limit])})"
    if count < params.min:
        return failed(say("count.few", what=what, count=count, limit=params.min), evidence)
    if params.max is not None and count > params.max:
        return failed(say("count.many", what=what, count=count, limit=params.max), evidence)
    return passed(evidence)


def _counted(facts: ArticleFacts, of: Counted) -> int | list[str]:
    manuscript = facts.manuscript
    match of:
        case "keywords":
            return list(facts.anatomy.keywords)
        case "references":
            return list(facts.anatomy.references)
        case "headings":
            return [heading.text for heading in facts.anatomy.headings]
        case "authors":
            return [author.name for author in manuscript.byline.authors]
        case "units":
            units = (manuscript.byline.unit, *(author.unit for author in manuscript.byline.authors))
            return list(dict.fromkeys(unit for unit in units if unit))
        case "pictures":
            return [picture.name for picture in manuscript.pictures]
        case "originals":
            return [picture.original for picture in manuscript.pictures if picture.original is not None]
        case "paragraphs":
            return manuscript.paragraphs


def demands(params: Number) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=(f"number of {params.of}",), least=params.min, most=params.max),)


CHECK = Check("count", "article", Number, run, demands=demands)
