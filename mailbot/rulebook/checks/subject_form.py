"""The subject has the form that the call asks for, such as 投稿-单位-作者-标题."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from unicodedata import normalize

from pydantic import BeforeValidator, Field

from mailbot.model import Manuscript
from mailbot.rulebook.checking import Answer, Check, LetterFacts, Params, failed, passed
from mailbot.rulebook.forms import PARTS, Form, FormText, form, told
from mailbot.rulebook.models import one_or_more

ALIKE = 80
"""So alike (of 100) a title in the subject must be to the article's own to be the same."""


class Asked(Params):
    """The form or forms; one of them is enough."""

    form: Annotated[tuple[FormText, ...], BeforeValidator(one_or_more)] = Field(
        min_length=1,
        description="how the subject should read, one form or a list of which one is enough. Words stand as they are, "
        f"parts in braces ({', '.join(PARTS)}); which separator somebody used does not matter",
    )
    agree: bool = Field(
        default=False,
        description="whether unit, author, title, column, issue and phone in the subject must be those of the article",
    )


def run(facts: LetterFacts, params: Asked) -> Answer:
    """Fail with the form, and how this letter's subject would read; or with the part that says something else."""
    subject = facts.dossier.letter.subject
    forms = [form(text) for text in params.form]
    read = next(((one, parts) for one in forms if (parts := one.read(subject, facts.phrases)) is not None), None)
    if read is None:
        return _failed(facts, forms, subject)
    evidence = facts.listed([f"{facts.phrases.say(f'form.{part}')}={value}" for part, value in read[1].items()])
    wrong = _disagreement(facts, read[1]) if params.agree else ""
    return failed(wrong, evidence) if wrong else passed(evidence or subject)


def _failed(facts: LetterFacts, forms: list[Form], subject: str) -> Answer:
    say, phrases = facts.phrases.say, facts.phrases
    values = told(facts, next(iter(facts.dossier.manuscripts), None))
    asked = say("subject_form.or").join(say("subject_form.one", form=one.shown(phrases)) for one in forms)
    example = forms[0].filled(values, phrases)
    known = any(part in values for part in forms[0].parts)
    case = "subject_form.failed" if known else "subject_form.plain"
    return failed(say(case, forms=asked, example=example), subject)


def _disagreement(facts: LetterFacts, parts: Mapping[str, str]) -> str:
    """What of the subject is not what any of the articles says, "" where one of them agrees with all."""
    wrongs = [_wrong(facts, parts, manuscript) for manuscript in facts.dossier.manuscripts]
    return "" if not all(wrongs) else next(iter(wrongs), "")


def _wrong(facts: LetterFacts, parts: Mapping[str, str], manuscript: Manuscript) -> str:
    values = told(facts, manuscript)
    others = {
        "author": [author.name for author in manuscript.byline.authors],
        "unit": [values.get("unit", ""), *(author.unit for author in manuscript.byline.authors)],
        "phone": list(manuscript.contacts.phones),
        "title": [values.get("title", "")],
        "column": [values.get("column", ""), facts.way.column or ""],
        "issue": [values.get("issue", ""), facts.way.issue or ""],
    }
    for part, said in parts.items():
        known = [value for value in others.get(part, []) if value]
        if known and not any(_same(part, said, value) for value in known):
            name = facts.phrases.say(f"form.{part}")
            return facts.phrases.say("subject_form.other", part=name, said=said, read=facts.listed(known[:3]))
    return ""


def _same(part: str, said: str, read: str) -> bool:
    """Leniently: one may stand within the other; titles may differ by some characters."""
    one, other = _plain(said), _plain(read)
    if one in other or other in one:
        return True
    if part != "title":
        return False
    from rapidfuzz import fuzz  # 30 ms that other rules do not need

    return fuzz.ratio(one, other) >= ALIKE


def _plain(text: str) -> str:
    return "".join(character for character in normalize("NFKC", text).casefold() if character.isalnum())


CHECK = Check("subject_form", "letter", Asked, run)
