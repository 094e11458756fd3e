"""The article, or a part of it, is neither too short nor too long, counted as Word counts (字数)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mailbot.count import characters
from mailbot.rulebook.anatomy import part_called
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Demand, Params, failed, passed, skipped
from mailbot.rulebook.limits import Limits as MinMax
from mailbot.rulebook.models import Words
from mailbot.rulebook.places import text_of
from mailbot.yamlfile import Hinted

SHOWN = 20
"""So many characters of what is too long are told."""


class Limits(MinMax, Params):
    """Limits in characters, as Word counts them (字数)."""

    of: Literal["text", "body", "title", "abstract", "first_paragraph", "keyword", "paragraph", "letter"] = Field(
        default="text",
        description="what is measured: text (all of the article), title, abstract, body (without title, byline, "
        "abstract, keywords and references), first_paragraph, keyword or paragraph (the longest one), or letter "
        "(what the letter itself says)",
    )
    part: Words = Field(
        default=(), description="instead of `of`: a part by its label, or a list of labels of which any will do"
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Limits:
        if self.part and self.of != "text":
            raise Hinted("has both `of` and `part`", "keep one of them")
        return self


def run(facts: ArticleFacts, params: Limits) -> Answer:
    """Fail with the count and the limit; skipped where there is no such part and none is needed."""
    say = facts.phrases.say
    if params.part:
        return _part(facts, params)
    count, example = _measured(facts, params.of)
    if count == 0 and params.min == 0 and params.of != "text":
        return skipped(say("length.none", what=say(f"length.{params.of}", example="")))
    what = say(f"length.{params.of}", example=say("length.example", text=example) if example else "")
    return _judged(facts, params, what, count)


def _part(facts: ArticleFacts, params: Limits) -> Answer:
    what = facts.phrases.say("length.part", name=params.part[0])
    part = part_called(facts.anatomy, params.part, facts.part_phrases)
    if part is None:
        none = facts.phrases.say("length.none", what=what)
        return failed(none) if params.min else skipped(none)
    return _judged(facts, params, what, characters(part.text))


def _judged(facts: ArticleFacts, params: Limits, what: str, count: int) -> Answer:
    say = facts.phrases.say
    if count < params.min:
        return failed(say("length.short", what=what, count=count, limit=params.min), str(count))
    if params.max is not None and count > params.max:
        return failed(say("length.long", what=what, count=count, limit=params.max), str(count))
    return passed(say("length.passed", what=what, count=count))


def _measured(facts: ArticleFacts, of: str) -> tuple[int, str]:
    """The count, and the beginning of the one that it is of where there are several."""
    match of:
        case "body":
            return facts.anatomy.body_characters, ""
        case "abstract":
            return facts.anatomy.abstract_characters, ""
        case "title":
            return characters(facts.manuscript.title or ""), ""
        case "first_paragraph":
            return characters(text_of(facts, "first_paragraph")), ""
        case "letter":
            return characters(facts.dossier.letter.text), ""
        case "keyword":
            return _longest(list(facts.anatomy.keywords))
        case "paragraph":
            return _longest(facts.anatomy.body.splitlines())
        case _:
            return facts.manuscript.characters, ""


def _longest(texts: list[str]) -> tuple[int, str]:
    count, text = max(((characters(text), text) for text in texts), default=(0, ""), key=lambda one: one[0])
    return count, text.strip()[:SHOWN] + ("…" if len(text.strip()) > SHOWN else "")


def demands(params: Limits) -> tuple[Demand, ...]:
    """What has to be so, as far as the details say."""
    of = f"part {params.part[0]}" if params.part else params.of
    return (Demand(of=(f"characters of the {of}",), least=params.min, most=params.max),)


CHECK = Check("length", "article", Limits, run, demands=demands, wordless=lambda params: params.of == "letter")
