"""Each picture in the article has its original enclosed as a file of its own (clause 1b)."""

from pydantic import Field

from mailbot.model import Picture
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed


class Size(Params):
    """`smallest`: pictures with both sides below this many pixels are ornaments and need no original."""

    smallest: int = Field(
        default=48, ge=0, description="pictures with both sides below this many pixels need no original"
    )


def run(facts: ArticleFacts, params: Size) -> Answer:
    """Fail numbering the pictures without an original as they stand in the article; their names are the evidence."""
    numbered = enumerate(facts.manuscript.pictures, 1)
    pictures = [(n, p) for n, p in numbered if max(p.width, p.height) >= params.smallest or not p.width]
    without = [(n, picture) for n, picture in pictures if picture.original is None]
    if not without:
        return passed(facts.listed([f"{picture.name} = {picture.original}" for _, picture in pictures]))
    say = facts.phrases.say
    message = say(
        "originals_enclosed.failed",
        count=len(without),
        which=facts.listed([_shown(facts, number, picture) for number, picture in without]),
    )
    return failed(message, facts.listed([picture.name for _, picture in without]))


def _shown(facts: ArticleFacts, number: int, picture: Picture) -> str:
    if picture.copy is None:
        return facts.phrases.say("originals_enclosed.one", number=number)
    return facts.phrases.say("originals_enclosed.copy", number=number, name=picture.copy)


CHECK = Check("originals_enclosed", "article", Size, run, needs="pictures")
