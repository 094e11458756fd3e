"""The letter says how its author can be reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mailbot import languages
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import one_or_more
from mailbot.rulebook.widths import half_width

ENDS = 2_000
"""So many characters at the beginning and at the end of a text are looked into: nobody signs in the middle."""

_BETWEEN = re.compile(r"[\s()+.\-\u2010-\u2015\u2212\u00b7]")

Detail = Literal["phone", "mobile", "email", "address", "postcode", "recipient", "name"]


class Wanted(Params):
    """Which details, and where they stand."""

    need: Annotated[tuple[Detail, ...], BeforeValidator(one_or_more)] = Field(
        min_length=1,
        description="what must be given: phone (any telephone number), mobile, email, address (a postal one), "
        "postcode, recipient (to whom copies go), name (what the author is called, behind a label for it)",
    )
    any_of: bool = Field(default=False, description="whether one of them is enough")
    where: Literal["article", "letter", "anywhere"] = Field(
        default="anywhere", description="where it must stand: in the article, in the letter around it, or in either"
    )


def run(facts: ArticleFacts, params: Wanted) -> Answer:
    """Fail naming what is missing; the evidence shows no more of a number or address than tells it apart."""
    texts = {"article": facts.manuscript.text, "letter": facts.dossier.letter.text}
    text = half_width("\n".join(_ends(text) for key, text in texts.items() if params.where in (key, "anywhere")))
    found = {detail: value for detail in params.need if (value := _found(facts, detail, params.where, text))}
    missing = [detail for detail in params.need if detail not in found]
    say = facts.phrases.say
    evidence = facts.listed([f"{say(f'contacts.{detail}')}={_masked(value)}" for detail, value in found.items()])
    if not missing or (params.any_of and found):
        return passed(evidence)
    names = facts.listed([say(f"contacts.{detail}") for detail in missing])
    case = "contacts.none" if params.any_of else "contacts.failed"
    return failed(say(case, missing=names, where=say(f"contacts.in_{params.where}")), evidence)


def _found(facts: ArticleFacts, detail: Detail, where: str, text: str) -> str:
    """The first such detail that stands there, "" for none; `text` is what stands there."""
    contacts, phrases = facts.manuscript.contacts, languages.load(facts.dossier.office.language).contacts
    patterns = {"postcode": phrases.postcode, "recipient": phrases.recipient, "name": phrases.name}
    if detail in patterns:
        return _matched(patterns[detail], text)
    if detail == "email":
        ours = facts.dossier.office.address.lower()
        values: Sequence[str] = [email for email in contacts.emails if email != ours]
    elif detail == "address":
        values = contacts.addresses
    else:
        phones = contacts.phones
        values = [phone for phone in phones if detail == "phone" or re.fullmatch(phrases.mobile, phone)]
    if where == "anywhere" or not values:  # what was read stands in one or the other
        return next(iter(values), "")
    plain = _BETWEEN.sub("", text).lower()
    return next((value for value in values if _BETWEEN.sub("", half_width(value)).lower() in plain), "")


def _ends(text: str) -> str:
    return text if len(text) <= 2 * ENDS else f"{text[:ENDS]}\n{text[-ENDS:]}"


def _matched(pattern: str, text: str) -> str:
    """What the pattern's group finds first; not in a line that names a mail address as programs write it."""
    for match in re.finditer(pattern, text):
        end = text.find("\n", match.end())
        if "<" not in text[match.end() : end if end >= 0 else None]:
            return next(filter(None, match.groups()), "")
    return ""


def _masked(value: str) -> str:
    return f"{value[:3]}…{value[-2:]}" if len(value) > 6 else value


CHECK = Check("contacts", "article", Wanted, run, wordless=True)
