"""At least one of the words, or so many different ones, stand in the title or the text (clause 2)."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Demand, Params, failed, passed
from mailbot.rulebook.models import Words
from mailbot.rulebook.places import Places, are_of_letter, evidence_of, spread, words_in
from mailbot.yamlfile import Hinted


class Wanted(Params):
    """Any one of the words is enough, unless more are asked for."""

    words: Words = Field(min_length=1, description="words that are looked for, whatever the case of their letters")
    in_: Places = Field(default=("title", "text"), alias="in", min_length=1, description="where they are looked for")
    at_least: int = Field(default=1, ge=1, description="how many different ones of the words have to occur")

    @model_validator(mode="after")
    def _can_be_met(self) -> Wanted:
        if self.at_least > len(set(self.words)):
            count = len(set(self.words))
            raise Hinted(f"can never be met: at_least {self.at_least}, and words has {count}", "lower it or add words")
        return self


def run(facts: ArticleFacts, params: Wanted) -> Answer:
    """Pass with the words found."""
    words = tuple(dict.fromkeys(params.words))
    found = words_in(facts, words, params.in_)
    if len(found) < params.at_least:
        here = {one.word for one in found}
        found += spread(facts, [word for word in words if word not in here], params.in_)
    evidence = evidence_of(facts, found)
    if len(found) >= params.at_least:
        return passed(evidence)
    wanted = facts.listed(list(params.words))
    if params.at_least == 1:
        return failed(facts.phrases.say("mentions.failed", words=wanted))
    message = facts.phrases.say("mentions.few", words=wanted, count=len(found), limit=params.at_least)
    return failed(message, evidence)


def demands(params: Wanted) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    return (Demand(of=params.in_, any_of=params.words),)


CHECK = Check("mentions", "article", Wanted, run, demands=demands, wordless=lambda params: are_of_letter(params.in_))
