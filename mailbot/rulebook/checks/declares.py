"""The contributor declares what is asked for: original work, sent nowhere else, consent to be edited."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import Literal

from pydantic import Field, model_validator

from mailbot.languages.parts import PartPhrases
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, Params, failed, passed
from mailbot.rulebook.models import Words
from mailbot.rulebook.patterns import Pattern, compiled
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


class Declared(Params):
    """The statements, and where they may stand."""

    statements: tuple[Statement, ...] = Field(
        min_length=1,
        description="what has to be declared: a list of {name, words, patterns}; any word or pattern is enough",
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
    texts = [_squashed(text) for text in _texts(facts, params.where)]
    found = {statement.name: _told(statement, texts, facts.part_phrases) for statement in params.statements}
    missing = [name for name, words in found.items() if not words]
    evidence = facts.listed([facts.phrases.say("declares.found", name=n, words=w) for n, w in found.items() if w])
    enough = not missing if params.each == "all" else len(missing) < len(found)
    if enough:
        return passed(evidence)
    return failed(facts.phrases.say(f"declares.{params.each}", names=facts.listed(missing)), evidence)


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
        return unicodedata.normalize("NFKC", text)
    for wide, narrow in _MARKS:  # all that differs in most texts, in a tenth of the time
        text = text.replace(wide, narrow)
    return text


def _told(statement: Statement, texts: list[str], phrases: PartPhrases) -> str:
    """The statement's words with what stands around them, "" where it is not made."""
    patterns = [*(f"(?i){re.escape(_squashed(word))}" for word in statement.words), *statement.patterns]
    for pattern in patterns:
        for text in texts:
            for match in islice(compiled(pattern).finditer(text), MOST_OCCURRENCES):
                if not _is_denied(text, match.start(), match.end(), phrases):
                    return text[max(0, match.start() - AROUND) : match.end() + AROUND]
    return ""


def _is_denied(text: str, start: int, end: int, phrases: PartPhrases) -> bool:
    """Whether a word right before turns it round, or the answer behind it is no."""
    return text.endswith(phrases.negations, 0, start) or text.startswith(phrases.denials, end)


CHECK = Check("declares", "article", Declared, run, wordless=lambda params: params.where == "letter")
