"""Where authors sign by name, each one's unit is given in full (clause 3b)."""

from mailbot.model import Author
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed


class Strictness(Params):
    """`submitting_unit_counts`: an author without a unit belongs to the submitting unit."""

    submitting_unit_counts: bool = False


def run(facts: ArticleFacts, params: Strictness) -> Answer:
    """Fail naming the authors whose unit is missing or not full; pass where no author is named."""
    byline = facts.manuscript.byline
    excused = params.submitting_unit_counts and facts.submitter.fullness.full
    faulty = [
        _shown(facts, author)
        for author in byline.authors
        if not (facts.units.fullness(author.unit).full if author.unit else excused)
    ]
    evidence = facts.listed([f"{author.name} {author.unit}".strip() for author in byline.authors])
    if faulty:
        return failed(facts.phrases.say("author_unit.failed", authors=facts.listed(faulty)), evidence)
    return passed(evidence)


def _shown(facts: ArticleFacts, author: Author) -> str:
    case = "author_unit.partial" if author.unit else "author_unit.none"
    return facts.phrases.say(case, author=author.name, unit=author.unit)


CHECK = Check("author_unit", "article", Strictness, run)
