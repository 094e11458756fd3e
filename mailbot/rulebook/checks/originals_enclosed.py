"""Each picture in the article has its original enclosed as a file of its own (clause 1b)."""

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed


class Size(Params):
    """`smallest`: pictures with both sides below this many pixels are ornaments and need no original."""

    smallest: int = Field(default=48, ge=0)


def run(facts: ArticleFacts, params: Size) -> Answer:
    """Fail naming the pictures without an original."""
    pictures = [p for p in facts.manuscript.pictures if max(p.width, p.height) >= params.smallest or not p.width]
    without = [picture.name for picture in pictures if picture.original is None]
    if without:
        names = facts.listed(without)
        return failed(facts.phrases.say("originals_enclosed.failed", count=len(without), names=names), names)
    return passed(facts.listed([f"{picture.name} = {picture.original}" for picture in pictures]))


CHECK = Check("originals_enclosed", "article", Size, run)
