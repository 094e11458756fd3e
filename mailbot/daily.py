"""Makes the editors' daily mail from the ledger and puts it into the outbox, once a day and across restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from mailbot.editors.digest import DigestPage, due, page, render
from mailbot.model import MailState
from mailbot.notices.message import draft_digest
from mailbot.notices.templates import Templates
from mailbot.ports import Clock, Ledger
from mailbot.steps import At, Step, unhindered

log = structlog.get_logger()

FIRST_START = "first_start"
LAST_DIGEST = "last_digest"


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
        spans = [(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone)) for day in days]
        return page(
            days=days,
            counts=ledger.day_counts(spans),
            entries=ledger.entries(spans[0][1], spans[-1][2]),
            waiting=ledger.open_entries(),
            uncertain=ledger.mails(MailState.UNCERTAIN),
            failed=ledger.mails(MailState.FAILED),
            issue_names=self._issue_names(),
            office_name=self._plan.office_name,
            zone=zone,
            made_at=self._clock.now(),
            remarks=tuple(self._remarks()),
        )

    def render(self, page: DigestPage) -> tuple[str, str]:
        """(HTML, text) of a page."""
        return render(page, self._templates())

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

    def queue(self, days: Sequence[date], now: datetime) -> int:
        """Queue the digest over these days, one mail an editor; how many were new. An empty one may be left out."""
        page = self.page(days)
        if page.empty and not self._plan.when_empty:
            log.info("digest-empty", days=[str(day) for day in days])
            return 0
        html, text = self.render(page)
        self._at(Step.DIGEST_COMPOSED)
        queued = 0
        for editor in self._plan.editors:
            draft = draft_digest(
                html=html,
                text=text,
                subject=page.subject,
                editor=editor,
                day=days[-1],
                office_address=self._plan.account,
                office_name=self._plan.office_name,
                secret=self._plan.key,
                at=now,
            )
            queued += self._ledger.queue(draft, now)
        log.info("digest-queued", days=[str(day) for day in days], mails=queued)
        return queued


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
