"""A pattern is found in a part of the article or the letter; or must not be."""

from __future__ import annotations

from pydantic import Field

from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.patterns import Pattern, compiled
from mailbot.rulebook.places import Found, Places, are_of_letter, evidence_of, names_of, text_of


class Form(Params):
    """What is looked for, and where."""

    in_: Places = Field(alias="in", min_length=1, description="where it is looked for; of several places one is enough")
    pattern: Pattern = Field(description="a regular expression (RE2); a plain word is one too")
    absent: bool = Field(default=False, description="true: it must not be there")
    called: str | None = Field(
        default=None, description="what the message calls it, such as: the number of the project"
    )


def run(facts: ArticleFacts, params: Form) -> Answer:
    """Fail naming the place; what was found there is the evidence."""
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


CHECK = Check("matches", "article", Form, run, wordless=lambda params: are_of_letter(params.in_))
