"""Dossiers and rulebooks for tests of the rules: a good article by default, and each test says what is different."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import languages
from mailbot.model import Address, Author, Byline, Dossier, Kind, Letter, Manuscript, Office, Outcome, Picture
from mailbot.rulebook.checking import Answer, ArticleFacts, LetterFacts
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder
from mailbot.rulebook.models import Unit
from mailbot.rulebook.units import KnownNames, Units, submitter

SHIPPED = Path(__file__).parents[2] / "rules"
SHANGHAI = ZoneInfo("Asia/Shanghai")
UNIT = "江苏省示例市民政局"
LANGUAGE = languages.load("zh-CN")


def a_letter(**changes: Any) -> Letter:
    """From a contributor with the right subject."""
    facts: dict[str, Any] = {
        "subject": "投稿：幸福社区的故事",
        "sender": Address(address="li@example.org", name="李四"),
    }
    return Letter(**facts | changes)


def an_article(**changes: Any) -> Manuscript:
    """With everything that the shipped rules ask for."""
    facts: dict[str, Any] = {
        "source": "稿件.docx",
        "file": 0,
        "title": "幸福社区的故事",
        "text": "社区居民" * 300,
        "characters": 1200,
        "byline": Byline(unit=UNIT, found=(f"● {UNIT}",)),
    }
    return Manuscript(**facts | changes)


def a_dossier(*manuscripts: Manuscript, letter: Letter | None = None, **changes: Any) -> Dossier:
    """A submission that arrived on 23 November 2026."""
    facts: dict[str, Any] = {
        "kind": Kind.SUBMISSION,
        "kind_reasons": (),
        "letter": letter or a_letter(),
        "manuscripts": manuscripts,
        "arrived_at": datetime(2026, 11, 23, 10, tzinfo=SHANGHAI),
        "announced": 1000,
        "office": Office(address="tougao@example.cn"),
    }
    return Dossier(**facts | changes)


def signed(*authors: tuple[str, str], unit: str | None = None) -> Byline:
    """A byline of (name, unit) pairs."""
    return Byline(unit=unit, authors=tuple(Author(name=name, unit=of) for name, of in authors))


def a_picture(name: str = "image1.png", original: str | None = None, side: int = 800) -> Picture:
    """A picture in a manuscript."""
    return Picture(name=name, width=side, height=side, bytes=9, format="PNG", original=original)


def the_shipped_rulebook() -> Rulebook:
    """The rules that come with the program."""
    return load_rulebook(read_folder(SHIPPED))


def a_rulebook(text: str, **files: str) -> Rulebook:
    """A rulebook of one rules file and others."""
    return load_rulebook({"rules.yaml": text, **{f"{name}.yaml": content for name, content in files.items()}})


def ask(name: str, subject: Dossier | Manuscript, known: tuple[Unit, ...] = (), **params: Any) -> Answer:
    """The answer of one check, by its name, to a letter or an article."""
    check = CHECKS[name]
    units = Units(KnownNames.of(known), LANGUAGE.units)
    parameters = check.params.model_validate(params)
    if isinstance(subject, Dossier):
        return check.run(LetterFacts(subject, units, LANGUAGE.rules), parameters)
    facts = ArticleFacts(a_dossier(subject), units, LANGUAGE.rules, subject, submitter(subject.byline, units))
    return check.run(facts, parameters)


def fails(answer: Answer, said: str = "") -> bool:
    """Whether it failed, saying this."""
    return answer.outcome is Outcome.FAILED and said in answer.message
