"""Where authors sign by name, each one's unit is given in full (clause 3b)."""

from pydantic import Field

from mailbot.model import Author
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed


class Strictness(Params):
    """`submitting_unit_counts`: an author without a unit belongs to the submitting unit."""

    submitting_unit_counts: bool = Field(
        default=False, description="true: an author without a unit belongs to the submitting unit, if that is full"
    )


def run(facts: ArticleFacts, params: Strictness) -> Answer:
    """Fail naming the authors whose unit is missing or not full; pass where no author is named."""
    byline = facts.manuscript.byline
    excused = params.submitting_unit_counts and facts.submitter.fullness.full
    faulty = [said for author in byline.authors if (said := _fault(facts, author, excused=excused))]
    evidence = facts.listed([f"{author.name} {author.unit}".strip() for author in byline.authors])
    if faulty:
        return failed(facts.phrases.say("author_unit.failed", authors=facts.listed(faulty)), evidence)
    return passed(evidence)


def _fault(facts: ArticleFacts, author: Author, *, excused: bool) -> str:
    """What is to be said of an author, "" for nothing."""
    if not author.unit:
        return "" if excused else facts.phrases.say("author_unit.none", author=author.name)
    fullness = facts.units.fullness(author.unit, facts.manuscript.byline.places)
    if fullness.full:
        return ""
    case = "author_unit.meant" if fullness.better else "author_unit.partial"
    return facts.phrases.say(case, author=author.name, unit=author.unit, better=fullness.better)


CHECK = Check("author_unit", "article", Strictness, run, wordless=True)
