"""The letter brings neither too few nor too many files of a sort."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.rulebook.checking import Answer, Check, Demand, LetterFacts, Params, failed, passed
from mailbot.rulebook.files import OF, Of, count, some
from mailbot.yamlfile import Hinted


class Numbers(Params):
    """The limits themselves are within them."""

    of: Of = Field(description=f"what is counted: {OF}")
    min: int | None = Field(default=None, ge=1, description="so many at least")
    max: int | None = Field(default=None, ge=0, description="so many at most; 0 for none at all")

    @model_validator(mode="after")
    def _can_be_met(self) -> Numbers:
        if self.min is None and self.max is None:
            raise Hinted("sets no limit", "give min, max or both")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise Hinted(f"can never be met: min {self.min} is more than max {self.max}", "exchange or mend the two")
        return self


def run(facts: LetterFacts, params: Numbers) -> Answer:
    """Fail with the number and the limit."""
    found = count(facts.dossier, params.of)
    shown = some(facts, params.of, found)
    if params.min is not None and found < params.min:
        limit = some(facts, params.of, params.min)
        return failed(facts.phrases.say("file_count.few", count=shown, limit=limit), shown)
    if params.max is not None and found > params.max:
        limit = some(facts, params.of, params.max)
        return failed(facts.phrases.say("file_count.many", count=shown, limit=limit), shown)
    return passed(shown)


def demands(params: Numbers) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=(f"number of enclosed {params.of}",), least=params.min, most=params.max),)


CHECK = Check("file_count", "letter", Numbers, run, demands=demands)
