"""A pattern is found in a part of the article or the letter; or must not be."""

from __future__ import annotations

from pydantic import Field, model_validator

from mailbot.rulebook.anatomy import part_called
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed, skipped
from mailbot.rulebook.models import Words
from mailbot.rulebook.patterns import Pattern, compiled
from mailbot.rulebook.places import LONGEST_SHOWN, Found, Places, are_of_letter, evidence_of, names_of, text_of
from mailbot.yamlfile import Hinted


class Form(Params):
    """What is looked for, and where."""

    in_: Places = Field(default=(), alias="in", description="where it is looked for; of several places one is enough")
    part: Words = Field(
        default=(), description="instead of `in`: in a part by its label, or a list of labels of which any will do"
    )
    pattern: Pattern = Field(description="a regular expression (RE2); a plain word is one too")
    absent: bool = Field(default=False, description="true: it must not be there")
    called: str | None = Field(
        default=None, description="what the message calls it, such as: the number of the project"
    )

    @model_validator(mode="after")
    def _has_a_place(self) -> Form:
        if bool(self.in_) == bool(self.part):
            raise Hinted("does not say where, or says it twice", "give in (such as [title, text]) or part")
        return self


def run(facts: ArticleFacts, params: Form) -> Answer:
    """Fail naming the place; what was found there is the evidence."""
    if params.part:
        return _in_part(facts, params)
    pattern = compiled(params.pattern)
    found = []
    for place in params.in_:
        text = text_of(facts, place)
        if match := pattern.search(text):
            found.append(Found("", place, text, match.start(), match.end()))
    say = facts.phrases.say
    what = params.called or say("matches.called")
    if params.absent and found:
        where, evidence = names_of(facts, [one.place for one in found]), evidence_of(facts, found)
        return failed(say("matches.present", places=where, what=what, found=evidence), evidence)
    if not params.absent and not found:
        return failed(say("matches.failed", places=names_of(facts, params.in_), what=what))
    return passed(evidence_of(facts, found))


def _in_part(facts: ArticleFacts, params: Form) -> Answer:
    say = facts.phrases.say
    where, what = say("length.part", name=params.part[0]), params.called or say("matches.called")
    part = part_called(facts.anatomy, params.part, facts.part_phrases)
    if part is None:
        return skipped(say("length.none", what=where))
    match = compiled(params.pattern).search(part.text)
    evidence = say("place.shown", place=where, said=match.group(0)[:LONGEST_SHOWN]) if match else ""
    if bool(match) == params.absent:
        return failed(
            say("matches.present" if match else "matches.failed", places=where, what=what, found=evidence), evidence
        )
    return passed(evidence)


CHECK = Check("matches", "article", Form, run, wordless=lambda params: not params.part and are_of_letter(params.in_))
