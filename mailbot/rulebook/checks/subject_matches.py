"""The subject has a pattern in it, or has not."""

from __future__ import annotations

from unicodedata import normalize

from pydantic import Field, model_validator

from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed
from mailbot.rulebook.patterns import Pattern, found
from mailbot.yamlfile import Hinted

LONGEST = 1000
"""Characters of a subject that are looked at."""


class Patterns(Params):
    """What is looked for."""

    pattern: Pattern | None = Field(default=None, description="a pattern (RE2) that must be found in the subject")
    without: Pattern | None = Field(default=None, description="a pattern (RE2) that must not be found in the subject")
    example: str = Field(default="", description="a good subject, which the answer shows")

    @model_validator(mode="after")
    def _asks(self) -> Patterns:
        if self.pattern is None and self.without is None:
            raise Hinted("asks for nothing", "give `pattern`, `without` or both")
        return self


def run(facts: LetterFacts, params: Patterns) -> Answer:
    """Pass with what was found; the subject as written and in half-width forms are both tried."""
    subject, say = facts.dossier.letter.subject[:LONGEST], facts.phrases.say
    forms = (subject, normalize("NFKC", subject))
    unwanted = params.without and next((hit for form in forms if (hit := found(params.without, form))), None)
    if unwanted:
        return failed(say("subject_matches.unwanted", found=unwanted), subject)
    if params.pattern is None:
        return passed(subject)
    hit = next((hit for form in forms if (hit := found(params.pattern, form)) is not None), None)
    if hit is not None:
        return passed(hit or subject)
    case = "subject_matches.example" if params.example else "subject_matches.failed"
    return failed(say(case, example=params.example), subject)


CHECK = Check("subject_matches", "letter", Patterns, run)
