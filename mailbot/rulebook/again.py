"""What the rules in force would decide otherwise about what was decided before. Pure.

The rules of today see a letter as it was then: its dossier, with what the office knew at the time frozen in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.lifecycle import STATE_OF_VERDICT
from mailbot.model import (
    ArticleJudgement,
    Dossier,
    Finding,
    Judgement,
    Mode,
    Outcome,
    Submission,
    SubmissionState,
    Verdict,
)
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook

AUTOMATIC = frozenset(STATE_OF_VERDICT.values())
"""The states that a verdict gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One submission about which today's rules decide otherwise; `rulebook` is the version that decided before.

    `rules` are those whose outcome is another one now; none where only the issues are. `refusal` says why this is an
    editor's matter and no program's, "" where it is not.
    """

    submission: Submission
    rulebook: str
    was: ArticleJudgement
    now: ArticleJudgement
    rules: tuple[str, ...]
    refusal: str

    @property
    def state(self) -> SubmissionState:
        """The state that it would have now."""
        return STATE_OF_VERDICT.get(self.now.verdict, self.submission.state)

    @property
    def issue(self) -> str | None:
        """The issue that it would be for now; one that a person chose stays."""
        return self.now.issue if self.submission.issue == self.was.issue else self.submission.issue

    @property
    def column(self) -> str | None:
        """The column that it would be for now; one that a person chose stays."""
        return self.now.column if self.submission.column == self.was.column else self.submission.column


def compare(submission: Submission, before: Judgement, now: Judgement) -> Change | None:
    """How a new judgement differs about this submission from the one that counts; None where it decides the same.

    Between rejected and rejected nothing differs, whatever the issue.
    """
    was, new = before.articles[submission.article], now.articles[submission.article]
    change = Change(
        submission=submission,
        rulebook=before.rulebook,
        was=was,
        now=new,
        rules=_otherwise((*before.findings, *was.findings), (*now.findings, *new.findings)),
        refusal=_refusal(submission, was, new),
    )
    if was.verdict is new.verdict:
        same_place = (change.issue, change.column) == (submission.issue, submission.column)
        if same_place or new.verdict is Verdict.REJECT:
            return None
    return change


def changes(dossier: Dossier, counted: Iterable[tuple[Submission, Judgement]], rulebook: Rulebook) -> list[Change]:
    """What the rulebook decides otherwise about the submissions of one letter, each with the judgement that counts.

    One that this very version judged is not judged again: it would say the same.
    """
    asked = [(submission, before) for submission, before in counted if before.rulebook != rulebook.version]
    if not asked:
        return []
    now = judge(dossier, rulebook)
    found = (compare(submission, before, now) for submission, before in asked)
    return [change for change in found if change is not None]


def _refusal(submission: Submission, was: ArticleJudgement, now: ArticleJudgement) -> str:
    if submission.state is not STATE_OF_VERDICT.get(was.verdict):
        return f"it is {submission.state}: an editor decided so"
    if now.verdict is Verdict.REJECT and was.verdict is not Verdict.REJECT:
        return "nobody is rejected after another answer but by an editor"
    return ""


def _otherwise(before: Iterable[Finding], now: Iterable[Finding]) -> tuple[str, ...]:
    """The rules that have another effect now; what passes, is skipped or does not act has none."""
    old, new = _effects(before), _effects(now)
    return tuple(rule for rule in dict.fromkeys((*old, *new)) if old.get(rule) != new.get(rule))


def _effects(findings: Iterable[Finding]) -> dict[str, tuple[Outcome, str]]:
    acting = (one for one in findings if one.mode is Mode.ON and one.outcome in (Outcome.FAILED, Outcome.ERROR))
    return {one.rule: (one.outcome, one.severity if one.outcome is Outcome.FAILED else "") for one in acting}
