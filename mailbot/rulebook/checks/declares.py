"""The contributor declares what is asked for: original work, sent nowhere else, consent to be edited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from mailbot.languages.parts import PartPhrases
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import Words, one_or_more
from mailbot.rulebook.patterns import Pattern, compiled
from mailbot.rulebook.places import occurrences
from mailbot.yamlfile import Hinted

MOST_OCCURRENCES = 100
AROUND = 10
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_MARKS = tuple((chr(ord(mark) + 0xFEE0), mark) for mark in "!(),:;?")


class Statement(Params):
    """One statement, and the words by which it is told."""

    name: str = Field(min_length=1, description="what the message calls it")
    words: Words = Field(default=(), description="any of these words is enough; blanks and line ends do not count")
    patterns: tuple[Pattern, ...] = Field(
        default=(), description="any of these patterns is enough; they see the text without blanks"
    )

    @model_validator(mode="after")
    def _is_told(self) -> Statement:
        if not self.words and not self.patterns:
            raise Hinted("says nothing by which it is told", "give words, patterns or both")
        return self


def _named(value: Any) -> Any:
    return {"name": value, "words": (value,)} if isinstance(value, str) else value


class Declared(Params):
    """The statements, and where they may stand."""

    statements: Annotated[tuple[Annotated[Statement, BeforeValidator(_named)], ...], BeforeValidator(one_or_more)] = (
        Field(
            min_length=1,
            description="what has to be declared: a list of words, or of {name, words, patterns}; any word or "
            "pattern is enough",
        )
    )
    where: Literal["letter", "article", "anywhere"] = Field(
        default="anywhere",
        description="letter: its subject, words, names of files and documents beside the article; "
        "article: title and text",
    )
    each: Literal["all", "any"] = Field(
        default="all", description="all: every statement has to be made; any: one is enough"
    )


def run(facts: ArticleFacts, params: Declared) -> Answer:
    """Fail with the statements that are missing; the words found are the evidence."""
    texts = _squashed_texts(facts, params.where)
    found = {statement.name: _told(statement, texts, facts.part_phrases) for statement in params.statements}
    missing = [name for name, words in found.items() if not words]
    evidence = facts.listed([facts.phrases.say("declares.found", name=n, words=w) for n, w in found.items() if w])
    enough = not missing if params.each == "all" else len(missing) < len(found)
    if enough:
        return passed(evidence)
    return failed(facts.phrases.say(f"declares.{params.each}", names=facts.listed(missing)), evidence)


def _squashed_texts(facts: ArticleFacts, where: str) -> list[str]:
    """Where statements may stand, in one form; made once for all rules."""
    key = ("declares", where)
    if key not in facts.memo:
        facts.memo[key] = [_squashed(text) for text in _texts(facts, where) if text]
    texts: list[str] = facts.memo[key]
    return texts


def _texts(facts: ArticleFacts, where: str) -> list[str]:
    letter, manuscript = facts.dossier.letter, facts.manuscript
    own = [manuscript.title or "", manuscript.text]
    covering = [
        letter.subject,
        letter.text,
        *(file.name for file in letter.files),
        *(file.text for file in letter.files),
    ]
    return {"letter": covering, "article": own}.get(where, [*covering, *own])


def _squashed(text: str) -> str:
    """One form for full and half width, small and capital letters, without any blanks."""
    text = "".join(text.split()).casefold()
    if _WIDE.search(text):
        return unicodedata.normalize("NFKC", text).casefold()
    for wide, narrow in _MARKS:  # all that differs in most texts, in a tenth of the time
        text = text.replace(wide, narrow)
    return text


def _told(statement: Statement, texts: list[str], phrases: PartPhrases) -> str:
    """The statement's words with what stands around them, "" where it is not made."""
    for start, end, text in _where(statement, texts):
        if not _is_denied(text, start, end, phrases):
            return text[max(0, start - AROUND) : end + AROUND]
    return ""


def _where(statement: Statement, texts: list[str]) -> Iterator[tuple[int, int, str]]:
    """Where it is made, perhaps: its words before its patterns, up to a bound for each in each text."""
    for word in statement.words:
        small = _squashed(word)
        for text in texts:
            for start, end in islice(occurrences(text, small), MOST_OCCURRENCES):
                yield start, end, text
    for pattern in statement.patterns:
        for text in texts:
            for match in islice(compiled(pattern).finditer(text), MOST_OCCURRENCES):
                yield match.start(), match.end(), text


def _is_denied(text: str, start: int, end: int, phrases: PartPhrases) -> bool:
    """Whether a word right before turns it round, or the answer behind it is no."""
    return text.endswith(phrases.negations, 0, start) or text.startswith(phrases.denials, end)


CHECK = Check("declares", "article", Declared, run, wordless=lambda params: params.where == "letter")
