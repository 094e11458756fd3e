"""Makes the editors' daily mail from the ledger and puts it into the outbox, once a day and across restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from mailbot.codec import dump, load
from mailbot.editors.digest import MOST_DAYS, DigestPage, due, page, render
from mailbot.model import DayCount, MailState
from mailbot.notices.message import draft_digest
from mailbot.notices.templates import Templates
from mailbot.ports import Clock, Ledger
from mailbot.steps import At, Step, unhindered

log = structlog.get_logger()

FIRST_START = "first_start"
LAST_DIGEST = "last_digest"
TOLD = "last_balance"
"""The balance of each day as the editors were last told it: JSON of DayCounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """When the digest is due, and for whom. `days` are the numbers of date.weekday()."""

    at: time
    days: frozenset[int]
    when_empty: bool
    editors: tuple[str, ...]
    account: str
    office_name: str
    zone: ZoneInfo
    key: bytes


class Daily:
    """The digest of a day: `page` for looking, `queue_due` for the worker."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        plan: DigestPlan,
        issue_names: Callable[[], Mapping[str, str]],
        templates: Callable[[], Templates],
        clock: Clock,
        remarks: Callable[[], Sequence[str]] = tuple,
        at: At = unhindered,
    ) -> None:
        self._ledger, self._plan, self._issue_names = ledger, plan, issue_names
        self._templates, self._clock, self._remarks, self._at = templates, clock, remarks, at

    def started(self) -> None:
        """Note the first start: the first digest is due at the first `digest.at` after it."""
        if self._ledger.noted(FIRST_START) is None:
            self._ledger.note(FIRST_START, self._clock.now().isoformat())

    def page(self, days: Sequence[date]) -> DigestPage:
        """The facts of a digest over these days (in the office's zone)."""
        ledger, zone = self._ledger, self._plan.zone
        spans = [_span(day, zone) for day in days]
        older = [told for told in self._told() if told.day < days[0]]
        today = ledger.day_counts([_span(told.day, zone) for told in older])
        return page(
            days=days,
            counts=ledger.day_counts(spans),
            restated=[count for told, count in zip(older, today, strict=True) if count != told],
            entries=ledger.entries(spans[0][1], spans[-1][2]),
            waiting=ledger.open_entries(),
            uncertain=ledger.mails(MailState.UNCERTAIN),
            failed=ledger.mails(MailState.FAILED),
            issue_names=self._issue_names(),
            office_name=self._plan.office_name,
            zone=zone,
            made_at=self._clock.now(),
            remarks=tuple(self._remarks()),
            shadows=ledger.shadows(spans[0][1], spans[-1][2]),
            bounces=ledger.bounces(spans[0][1], spans[-1][2]),
        )

    def render(self, page: DigestPage) -> tuple[str, str]:
        """(HTML, text) of a page."""
        made = render(page, self._templates())
        return made.html, made.text

    def today(self) -> date:
        """The office's date."""
        return self._clock.now().astimezone(self._plan.zone).date()

    def queue_due(self) -> bool:
        """If a digest is due, put one mail for each editor into the outbox; whether it was due."""
        plan = self._plan
        first = self._ledger.noted(FIRST_START)
        last = self._ledger.noted(LAST_DIGEST)
        now = self._clock.now()
        days = due(
            now,
            first_start=datetime.fromisoformat(first) if first else now,
            last=datetime.fromisoformat(last) if last else None,
            at=plan.at,
            days=plan.days,
            zone=plan.zone,
        )
        if not days:
            return False
        self.queue(days, now)
        self._ledger.note(LAST_DIGEST, now.isoformat())
        self._at(Step.DIGEST_QUEUED)
        return True

    def queue(self, days: Sequence[date], now: datetime, *, by_hand: bool = False) -> int:
        """Queue the digest over these days, one mail an editor; how many were new. An empty one may be left out.

        One sent by hand is a mail of its own: it does not stand in for the day's due one.
        """
        page = self.page(days)
        if page.empty and not self._plan.when_empty:
            log.info("digest-empty", days=[str(day) for day in days])
            return 0
        made = render(page, self._templates())
        self._at(Step.DIGEST_COMPOSED)
        queued = 0
        for editor in self._plan.editors:
            draft = draft_digest(
                html=made.html,
                text=made.text,
                subject=made.subject,
                editor=editor,
                day=days[-1],
                by_hand=now if by_hand else None,
                office_address=self._plan.account,
                office_name=self._plan.office_name,
                secret=self._plan.key,
                at=now,
            )
            queued += self._ledger.queue(draft, now)
        self._remember(page)
        log.info("digest-queued", days=[str(day) for day in days], mails=queued)
        return queued

    def _told(self) -> tuple[DayCount, ...]:
        kept = self._ledger.noted(TOLD)
        return load(tuple[DayCount, ...], kept) if kept else ()

    def _remember(self, page: DigestPage) -> None:
        """Keep what this digest says of each day: the next one restates the days that have changed since."""
        told = {count.day: count for count in (*self._told(), *page.restated, *page.days)}
        self._ledger.note(TOLD, dump(tuple(told[day] for day in sorted(told)[-MOST_DAYS:])))


def _span(day: date, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    return day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
