"""Two judgements of one dossier, side by side: what differs. Pure.

What differs is said in small values, not in judgements: a back-test keeps thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.model import ArticleJudgement, Finding, Judgement, Mode, Outcome, Severity, Verdict

QUIET = frozenset({Outcome.PASSED, Outcome.SKIPPED})
"""Outcomes from which nothing follows and of which nobody is told."""

_OF_ARTICLE = ("verdict", "issue", "column", "late", "unit", "unit_complete")


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a judgement that is another one now: `what` is the name of the field."""

    what: str
    was: str | bool | None
    now: str | bool | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule said, as far as somebody is told."""

    outcome: Outcome
    severity: Severity
    mode: Mode
    message: str

    @classmethod
    def of(cls, finding: Finding) -> Said:
        """Out of a finding; one that nobody is told says only its outcome."""
        quiet = finding.outcome in QUIET
        return cls(finding.outcome, finding.severity, finding.mode, "" if quiet else finding.message)


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A rule that says something else; None where the rulebook has no such rule, or it is off."""

    rule: str
    was: Said | None
    now: Said | None


@dataclass(frozen=True, slots=True)
class ArticleTrial:
    """What differs for one article; `index` is its place in the letter."""

    index: int
    title: str
    was: Verdict
    now: Verdict
    changes: tuple[Change, ...]
    findings: tuple[FindingChange, ...]


@dataclass(frozen=True, slots=True)
class LetterTrial:
    """What differs for a letter: itself, and those of its articles for which something does."""

    was: Verdict
    now: Verdict
    changes: tuple[Change, ...]
    findings: tuple[FindingChange, ...]
    articles: tuple[ArticleTrial, ...]

    @property
    def decides(self) -> bool:
        """Whether a verdict, an answer or a place differs, not only what is remarked."""
        return bool(self.changes) or any(article.changes for article in self.articles)


def compare(was: Judgement, now: Judgement, titles: Sequence[str]) -> LetterTrial | None:
    """What differs between two judgements of one dossier, whose articles have these titles; None for nothing."""
    changes = tuple(_changes(was, now, ("verdict", "answer")))
    findings = tuple(changed(was.findings, now.findings))
    articles = tuple(_articles(was.articles, now.articles, titles))
    if not (changes or findings or articles):
        return None
    return LetterTrial(was.verdict, now.verdict, changes, findings, articles)


def _articles(
    was: Sequence[ArticleJudgement], now: Sequence[ArticleJudgement], titles: Sequence[str]
) -> Iterator[ArticleTrial]:
    for index, (old, new, title) in enumerate(zip(was, now, titles, strict=True)):
        changes = tuple(_changes(old, new, _OF_ARTICLE))
        findings = tuple(changed(old.findings, new.findings))
        if changes or findings:
            yield ArticleTrial(index, title, old.verdict, new.verdict, changes, findings)


def _changes(was: object, now: object, names: Sequence[str]) -> Iterator[Change]:
    for name in names:
        old, new = getattr(was, name), getattr(now, name)
        if old != new:
            yield Change(name, old, new)


def changed(was: Sequence[Finding], now: Sequence[Finding]) -> Iterator[FindingChange]:
    """Rules that say something else to somebody, in the order of the new rulebook; those that are gone at the end."""
    if was == now:
        return
    old = {finding.rule: finding for finding in was}
    for finding in now:
        before = old.pop(finding.rule, None)
        if before != finding and _is_told(before, finding):
            yield FindingChange(finding.rule, Said.of(before) if before else None, Said.of(finding))
    for before in old.values():
        if before.outcome not in QUIET:
            yield FindingChange(before.rule, Said.of(before), None)


def _is_told(was: Finding | None, now: Finding) -> bool:
    if (was is None or was.outcome in QUIET) and now.outcome in QUIET:
        return False
    return was is None or Said.of(was) != Said.of(now)
