"""What a check is, what it sees, and what it answers. The checks themselves stand in `mailbot.rulebook.checks`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from mailbot import languages
from mailbot.languages.parts import PartPhrases
from mailbot.languages.rules import RulePhrases
from mailbot.model import Dossier, Manuscript, Outcome
from mailbot.rulebook.anatomy import Anatomy, anatomy_of
from mailbot.rulebook.models import Issue
from mailbot.rulebook.routing import Route
from mailbot.rulebook.units import Submitter, Units

MOST_NAMED = 20
"""How many files, pictures or words a message names at most."""


class Params(BaseModel):
    """What an admin may set under `with:`; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class NoParams(Params):
    """For checks with nothing to set."""


P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class LetterFacts:
    """What a check of a letter sees; `way` is where its only (or first) article goes, `issues` are all issues."""

    dossier: Dossier
    units: Units
    phrases: RulePhrases
    way: Route = field(default_factory=Route, kw_only=True)
    issues: tuple[Issue, ...] = field(default=(), kw_only=True)
    memo: dict[Any, Any] = field(default_factory=dict, kw_only=True, repr=False, compare=False)
    """What was worked out for one rule and serves the next."""

    @property
    def part_phrases(self) -> PartPhrases:
        """What the office's language calls the parts of an article."""
        return languages.load(self.dossier.office.language).parts

    def listed(self, items: list[str]) -> str:
        """Some names in one line."""
        shown = self.phrases.separator.join(items[:MOST_NAMED])
        return shown + ("…" if len(items) > MOST_NAMED else "")


@dataclass(frozen=True)
class ArticleFacts(LetterFacts):
    """What a check of an article sees: also the article, who submits it, and the `way` that it goes itself."""

    manuscript: Manuscript
    submitter: Submitter = field(default_factory=lambda: Submitter(None))

    @cached_property
    def anatomy(self) -> Anatomy:
        """The article's parts: looked for when the first check asks, once for all of them."""
        return anatomy_of(self.manuscript, self.part_phrases)


def is_stub(manuscript: Manuscript) -> bool:
    """Whether it only stands for an article that the letter does not carry."""
    return manuscript.file is None and manuscript.problem is None and is_unread(manuscript)


def is_unread(manuscript: Manuscript) -> bool:
    """Whether there is nothing in it to judge: it could not be read, is empty, or only stands for a missing one."""
    return manuscript.problem is not None or not (manuscript.text or manuscript.title or manuscript.pictures)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check says; `evidence` is what it was seen by."""

    outcome: Outcome
    message: str = ""
    evidence: str = ""


def passed(evidence: str = "", message: str = "") -> Answer:
    """The rule is met."""
    return Answer(Outcome.PASSED, message, evidence)


def failed(message: str, evidence: str = "") -> Answer:
    """The rule is not met, and why."""
    return Answer(Outcome.FAILED, message, evidence)


def skipped(message: str) -> Answer:
    """The rule has nothing to judge here, and why."""
    return Answer(Outcome.SKIPPED, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a check asks of one thing for it to pass, as far as its parameters alone say: see `Check.demands`.

    `of` names the thing in words ("characters of the body", "the subject"); several where any of them will do.
    `least` and `most` bound it. One of the words `any_of` has to stand in it, and none of `none_of` may. Its value has
    to be `among` these, if that is given, and `not_among` those.
    """

    of: tuple[str, ...]
    least: float | None = None
    most: float | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    among: frozenset[str] | None = None
    not_among: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check(Generic[P]):
    """A named check: a pure function of facts and parameters, and what it is about.

    `unread` checks look at articles that could not be read as well; for the others such an article is skipped.
    `stands_for_article`: where a letter without an article passes, what it encloses is the work itself, and is judged
    by the `wordless` checks, which need no text.
    """

    name: str
    about: Literal["letter", "article"]
    params: type[P]
    run: Callable[[Any, P], Answer]
    unread: bool = False
    stands_for_article: bool = False
    wordless: bool | Callable[[P], bool] = False
    needs: Literal["", "pictures"] = ""
    """What an article must have for the check to have anything to judge."""
    demands: Callable[[P], Iterable[Demand]] | None = None
    """Told so that rules which no letter can meet together are found before any letter comes."""

    def needs_no_text(self, params: P) -> bool:
        """Whether with these details it can judge a work that has no text; some look only at the letter then."""
        return self.wordless(params) if callable(self.wordless) else self.wordless
