"""To which issue and column an article goes. Pure: the arrival and the words decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize
from zoneinfo import ZoneInfo

from mailbot.rulebook.models import Issue, Routes


@dataclass(frozen=True, slots=True)
class Route:
    """Ids of issue and column, None for unassigned; `late` when the issue it was meant for had closed."""

    issue: str | None = None
    column: str | None = None
    late: bool = False


def route(arrived_at: datetime, zone: str, subject: str, title: str | None, issues: Sequence[Issue]) -> Route:
    """Where an article goes.

    1. A special issue whose routes name it, while it is open, or late within its grace.
    2. Else the regular issue that the day of arrival (in the office's zone) belongs to. Within the grace of an issue
       that has closed, that one, late.
    3. Between two issues the next one, late. Before the first and after the last none.
    An article for a special issue that is over for good goes the way of 2 and 3, late.
    """
    arrived = arrived_at.astimezone(ZoneInfo(zone))
    special, missed = _special(arrived, subject, title, issues)
    if special is not None:
        return _into(special, arrived, subject, title, missed=False)
    regular, skipped = _regular(arrived, issues)
    if regular is None:
        return Route(late=missed)
    return _into(regular, arrived, subject, title, missed=missed or skipped)


def _special(arrived: datetime, subject: str, title: str | None, issues: Sequence[Issue]) -> tuple[Issue | None, bool]:
    """The special issue that the words name and that takes it; else whether one that they name is over."""
    named = [issue for issue in issues if issue.special and _names(issue.routes, subject, title)]
    open_ones = [issue for issue in named if _takes(issue, arrived)]
    if open_ones:
        return min(open_ones, key=lambda issue: issue.closes), False
    return None, any(issue.closes < arrived.date() for issue in named)


def _regular(arrived: datetime, issues: Sequence[Issue]) -> tuple[Issue | None, bool]:
    """The regular issue for an arrival, and whether it missed the one before."""
    regular = sorted((issue for issue in issues if not issue.special), key=lambda issue: issue.opens)
    taking = next((issue for issue in regular if _takes(issue, arrived)), None)
    if taking is not None:
        return taking, False
    before = any(issue.closes < arrived.date() for issue in regular)
    following = next((issue for issue in regular if issue.opens > arrived.date()), None)
    return (following, True) if before and following is not None else (None, False)


def _into(issue: Issue, arrived: datetime, subject: str, title: str | None, *, missed: bool) -> Route:
    column = next((column.id for column in issue.columns if _names(column.routes, subject, title)), None)
    return Route(issue.id, column, missed or arrived.date() > issue.closes)


def _takes(issue: Issue, arrived: datetime) -> bool:
    """From the first moment of `opens` to the last of `closes`, and the grace after that."""
    over = datetime.combine(issue.closes, datetime.min.time(), arrived.tzinfo) + timedelta(days=1) + issue.grace
    return issue.opens <= arrived.date() and arrived < over


def _names(routes: Routes, subject: str, title: str | None) -> bool:
    return _has(subject, routes.subject) or _has(title or "", routes.title)


def _has(text: str, words: Sequence[str]) -> bool:
    text = _plain(text)
    return any(_plain(word) in text for word in words)


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())
