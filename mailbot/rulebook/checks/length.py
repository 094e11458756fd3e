"""The article is neither too short nor too long, counted as Word counts (字数)."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.yamlfile import Hinted


class Limits(Params):
    """`min`, `max`: characters; without one of them there is no limit on that side."""

    min: int = Field(default=0, ge=0)
    max: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _can_be_met(self) -> Limits:
        if self.min == 0 and self.max is None:
            raise Hinted("sets no limit", "give min, max or both")
        if self.max is not None and self.max < self.min:
            raise Hinted(f"can never be met: min {self.min} is more than max {self.max}", "exchange or mend the two")
        return self


def run(facts: ArticleFacts, params: Limits) -> Answer:
    """Fail with the count and the limit."""
    count, say = facts.manuscript.characters, facts.phrases.say
    if count < params.min:
        return failed(say("length.short", count=count, limit=params.min), str(count))
    if params.max is not None and count > params.max:
        return failed(say("length.long", count=count, limit=params.max), str(count))
    return passed(say("length.passed", count=count))


CHECK = Check("length", "article", Limits, run)
