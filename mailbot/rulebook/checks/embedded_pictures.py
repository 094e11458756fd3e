"""The pictures within the article: how many, how large, of what format."""

from __future__ import annotations

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Demand
from mailbot.rulebook.pictures import PictureLimits, Shot, demanded, judged


class Embedded(PictureLimits):
    """What is asked of them."""

    smallest: int = Field(
        default=48, ge=0, description="pictures with both sides below so many pixels are ornaments and do not count"
    )


def run(facts: ArticleFacts, params: Embedded) -> Answer:
    """Fail numbering the wrong ones as they stand in the article."""
    shots = [
        Shot(one.name, one.width, one.height, one.bytes, one.format, one.taken_at, number)
        for number, one in enumerate(facts.manuscript.pictures, 1)
        if not one.width or max(one.width, one.height) >= params.smallest
    ]
    return judged(facts, shots, params)


def demands(params: Embedded) -> tuple[Demand, ...]:
    """How many there must be, how large, of what format."""
    return demanded(params, "embedded pictures", "embedded pictures")


CHECK = Check("embedded_pictures", "article", Embedded, run, demands=demands)
