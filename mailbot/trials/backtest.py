"""`mailbot rules backtest`: all stored dossiers under new rules and under those in force. Touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.errors import UserError
from mailbot.ports import Ledger, StoredDossier
from mailbot.rulebook.backtest import LetterEntry, Matrix, Report, RuleTrial, backtest
from mailbot.rulebook.inforce import InForce
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder
from mailbot.rulebook.trial import ArticleTrial, Change, FindingChange, Said

SCHEMA = 1


class _Untouched:
    """The kept files of a ledger, for looking: what is in force is told, and nothing is written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keep_files(self, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        """Keeps nothing: the worker does, at its next poll."""

    def kept_files(self, kind: str, version: str | None = None) -> tuple[str, dict[str, str]] | None:
        return self._ledger.kept_files(kind, version)


Edited = Callable[[Path], Callable[[Mapping[str, str]], Rulebook]]
"""Given a folder, what makes a rulebook of its files as the worker does when they were edited."""


def in_force(ledger: Ledger, folder: Path, now: datetime, edited: Edited) -> Rulebook:
    """The rules that the next letter would be judged by: those of the folder, or the last good ones. Writes nothing."""
    kept = partial(load_rulebook, examples=False)
    return InForce("rules", folder, read_folder, edited(folder), _Untouched(ledger), kept=kept).refresh(now)


def try_rules(ledger: Ledger, was: Rulebook, new: Path, since: datetime | None, edited: Edited) -> Report:
    """What the rules in the folder `new` would change of what arrived since then. UserError where they are broken."""
    return backtest(ledger.dossiers(since), was, edited(new)(read_folder(new)), name=named(ledger))


def named(ledger: Ledger) -> Callable[[StoredDossier], str]:
    """How people call a letter: by the number of its first submission, else by the beginning of its SHA-256."""

    def name(stored: StoredDossier) -> str:
        if stored.submissions:
            return stored.submissions[0].number
        return letter_name(ledger.letter_row(stored.letter).raw.sha256)

    return name


def letter_name(sha256: str) -> str:
    """`L-` and the first 8 of its SHA-256."""
    return f"L-{sha256[:8]}"


def day(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The first moment of a day given by a person, in the office's zone."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        raise UserError(f"--since: {text!r} is not a date; write it like 2026-11-23") from None


# --- as JSON ----------------------------------------------------------------------------------------------------------


def as_json(report: Report, since: datetime | None) -> dict[str, Any]:
    """All of a report as plain JSON types (docs/commands.md)."""
    return {
        "schema": SCHEMA,
        "in_force": report.was,
        "new": report.now,
        "since": since.isoformat() if since else None,
        "letters": report.letters,
        "judged": report.judged,
        "articles": report.articles,
        "taken": report.taken,
        "otherwise": report.otherwise,
        "other_kinds": dict(report.kinds),
        "unreadable": {"count": report.unreadable, "first": report.unread},
        "verdicts": {"letters": _matrix(report.of_letters), "articles": _matrix(report.of_articles)},
        "rules": [_rule(rule) for rule in report.rules.values()],
        "changed": [_letter(entry) for entry in (*report.decided, *report.remarked)],
        "more": {"decided": report.more_decided, "remarked": report.more_remarked},
    }


def _matrix(matrix: Matrix) -> list[dict[str, Any]]:
    return [{"was": was, "now": now, "count": count} for (was, now), count in sorted(matrix.items())]


def _rule(rule: RuleTrial) -> dict[str, Any]:
    known = rule.now or rule.was
    assert known is not None
    return {
        "rule": rule.id,
        "title": known.title,
        "file": known.file,
        "line": known.line,
        "status": rule.status,
        "mode": {"was": rule.was and rule.was.mode, "now": rule.now and rule.now.mode},
        "severity": {"was": rule.was and rule.was.otherwise, "now": rule.now and rule.now.otherwise},
        "fails": {"was": rule.failed_before, "now": rule.fails},
        "newly_failing": rule.newly_failing,
        "no_longer_failing": rule.no_longer_failing,
        "errors": rule.errors,
        "outcomes": [
            {"was": was, "now": now, "count": count}
            for (was, now), count in sorted(rule.outcomes.items(), key=lambda one: (str(one[0][0]), str(one[0][1])))
        ],
        "would": _matrix(rule.would),
    }


def _letter(entry: LetterEntry) -> dict[str, Any]:
    trial = entry.trial
    return {
        "name": entry.name,
        "arrived_at": entry.arrived_at.isoformat(),
        "sender": entry.sender,
        "subject": entry.subject,
        "given": entry.given,
        "was": trial.was,
        "now": trial.now,
        "decides": trial.decides,
        "changes": [_change(change) for change in trial.changes],
        "findings": [_finding(finding) for finding in trial.findings],
        "articles": [_article(article, entry.numbers[article.index]) for article in trial.articles],
    }


def _article(article: ArticleTrial, number: str) -> dict[str, Any]:
    return {
        "index": article.index,
        "number": number or None,
        "title": article.title,
        "was": article.was,
        "now": article.now,
        "changes": [_change(change) for change in article.changes],
        "findings": [_finding(finding) for finding in article.findings],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"what": change.what, "was": change.was, "now": change.now}


def _finding(finding: FindingChange) -> dict[str, Any]:
    return {"rule": finding.rule, "was": _said(finding.was), "now": _said(finding.now)}


def _said(said: Said | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {"outcome": said.outcome, "severity": said.severity, "mode": said.mode, "message": said.message}
