"""Why a dossier was judged as it was: every rule in order, with its evidence, the details that applied, and its place.

Pure; plain JSON types come out (docs/commands.md). Without a rulebook, which today's program may no longer understand,
the stored findings speak for themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from mailbot import languages
from mailbot.model import (
    ArticleJudgement,
    Dossier,
    Finding,
    Judgement,
    Manuscript,
    Mode,
    Outcome,
    Verdict,
)
from mailbot.rulebook.judge import VERDICT_OF, doubts
from mailbot.rulebook.load import Rule, Rulebook
from mailbot.rulebook.models import Issue, When
from mailbot.rulebook.routing import Route
from mailbot.rulebook.units import Units, submitter

OFF = "off"
"""The outcome of a rule that is not judged."""


def explain(
    dossier: Dossier, judgement: Judgement, rulebook: Rulebook | None, only: Collection[int] | None = None
) -> dict[str, Any]:
    """The judgement with all its reasons; `only` names the articles wanted by their index, None for all."""
    ways = [Route(article.issue, article.column, article.late) for article in judgement.articles]
    first = ways[0] if ways else Route()
    pairs = enumerate(zip(dossier.manuscripts, judgement.articles, strict=False))  # none where no rules were asked
    return {
        "kind": dossier.kind,
        "kind_reasons": list(dossier.kind_reasons),
        "verdict": judgement.verdict,
        "answer": judgement.answer,
        "reasons": list(judgement.reasons),
        "doubts": list(doubts(dossier)),
        "rulebook": judgement.rulebook,
        "findings": _traces(judgement.findings, rulebook, "letter", first) if judgement.findings else [],
        "articles": [
            _article(dossier, index, manuscript, article, judgement.findings, rulebook)
            for index, (manuscript, article) in pairs
            if only is None or index in only
        ],
    }


def _article(
    dossier: Dossier,
    index: int,
    manuscript: Manuscript,
    article: ArticleJudgement,
    of_letter: tuple[Finding, ...],
    rulebook: Rulebook | None,
) -> dict[str, Any]:
    way = Route(article.issue, article.column, article.late)
    return {
        "index": index,
        "title": manuscript.title,
        "source": manuscript.source,
        "verdict": article.verdict,
        "decided_by": deciding((*of_letter, *article.findings), article.verdict),
        "issue": article.issue,
        "column": article.column,
        "late": article.late,
        "way": _way(dossier, way, rulebook),
        "unit": article.unit,
        "unit_complete": article.unit_complete,
        "name": _unit(dossier, manuscript, rulebook),
        "findings": _traces(article.findings, rulebook, "article", way),
    }


def deciding(findings: Iterable[Finding], verdict: Verdict) -> list[str]:
    """The ids of the rules that asked for this verdict; none where no rule did, but doubt or an unreadable file."""
    if verdict is Verdict.ACKNOWLEDGE:
        return []
    acting = [finding for finding in findings if finding.mode is Mode.ON]
    return [
        finding.rule
        for finding in acting
        if (finding.outcome is Outcome.FAILED and VERDICT_OF[finding.severity] is verdict)
        or (finding.outcome is Outcome.ERROR and verdict is Verdict.HOLD)
    ]


# --- one rule ---------------------------------------------------------------------------------------------------------


def _traces(findings: tuple[Finding, ...], rulebook: Rulebook | None, about: str, way: Route) -> list[dict[str, Any]]:
    """Each rule about the letter, or about an article, in the order of the rulebook; also those that are off."""
    said = {finding.rule: finding for finding in findings}
    if rulebook is None:
        return [_finding(finding) for finding in findings]
    return [_trace(rule, said.get(rule.id), way) for rule in rulebook.rules if rule.check.about == about]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": finding.title,
        "cites": finding.cites,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "mode": finding.mode,
        "message": finding.message,
        "evidence": finding.evidence,
        "advice": finding.advice,
    }


def _trace(rule: Rule, finding: Finding | None, way: Route) -> dict[str, Any]:
    told = (
        _finding(finding)
        if finding is not None
        else {
            "rule": rule.id,
            "title": rule.title,
            "cites": rule.cites,
            "outcome": OFF,
            "severity": rule.otherwise,
            "mode": rule.mode,
            "message": "",
            "evidence": "",
            "advice": rule.advice,
        }
    )
    return {
        **told,
        "check": rule.check.name,
        "expect": rule.expect or None,
        "when": _when(rule.when),
        "with": rule.params_for(way).model_dump(mode="json", by_alias=True),
        "variant": _variant(rule, way),
        "file": rule.file,
        "line": rule.line,
    }


def _when(when: When) -> dict[str, Any]:
    return when.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _variant(rule: Rule, way: Route) -> str | None:
    """Whose details applied, where they are not the rule's own: `by_column 案例`."""
    if way.column in rule.by_column:
        return f"by_column {way.column}"
    return f"by_issue {way.issue}" if way.issue in rule.by_issue else None


# --- what is a result of judging --------------------------------------------------------------------------------------


def _way(dossier: Dossier, way: Route, rulebook: Rulebook | None) -> dict[str, Any] | None:
    """What decided on issue and column: the day of arrival, the issue's days, and the words that name them."""
    if rulebook is None:
        return None
    issue = rulebook.issue(way.issue) if way.issue else None
    open_then = [one.id for one in rulebook.issues if one.opens <= dossier.arrived_at.date() <= one.closes]
    return {
        "arrived": dossier.arrived_at.date().isoformat(),
        "open_that_day": open_then,
        "issue": _issue(issue) if issue else None,
        "column_routes": _routes_of(issue, way.column) if issue else None,
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "name": issue.name,
        "opens": issue.opens.isoformat(),
        "closes": issue.closes.isoformat(),
        "grace_hours": issue.grace.total_seconds() / 3600,
        "special": issue.special,
        "routes": issue.routes.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }


def _routes_of(issue: Issue, column: str | None) -> dict[str, Any] | None:
    found = next((one for one in issue.columns if one.id == column), None)
    return found.routes.model_dump(mode="json", by_alias=True, exclude_defaults=True) if found else None


def _unit(dossier: Dossier, manuscript: Manuscript, rulebook: Rulebook | None) -> dict[str, Any] | None:
    """Which unit was taken for the submitting one, and whether its name is full and why."""
    if rulebook is None:
        return None
    units = Units(rulebook.known_names, languages.load(dossier.office.language).units)
    taken = submitter(manuscript.byline, units, dossier.letter.subject)
    return {
        "found": list(manuscript.byline.found),
        "stands_in": taken.stands_in,
        "listed": taken.name is not None and any(unit.name == taken.name for unit in rulebook.units),
        "full": taken.fullness.full,
        "fault": taken.fullness.fault,
        "better": taken.fullness.better,
    }
