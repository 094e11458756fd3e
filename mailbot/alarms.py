"""Tells the admins, once for each trouble, what they have to know at once.

That is: changed rules or templates that cannot be used (promise 5), the breaker, a provider that stops our mails or
takes them for spam, an address that gets no more answers. Alarms go out like all mails, before the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from mailbot.errors import Problem, UserError
from mailbot.model import Office
from mailbot.notices.facts import AlarmFacts, clean
from mailbot.notices.message import draft_alarm
from mailbot.notices.templates import ALARM, Templates
from mailbot.ports import Clock, Ledger

log = structlog.get_logger()

BRAKED_TODAY = "braked today"
"""The note of the addresses of which the admins were told on a day: `<day> <address> <address> …`."""
MOST_BRAKED = 5
"""Addresses a day of which an alarm tells: a flood of them is the breaker's matter."""


class Alarms:
    """Puts alarms into the outbox. `told` is what this process has said already; the ledger knows it, too."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        office: Office,
        office_name: str,
        templates: Callable[[], Templates],
        clock: Clock,
        key: bytes,
    ) -> None:
        self._ledger, self._office, self._office_name = ledger, office, office_name
        self._templates, self._clock, self._key = templates, clock, key
        self._told: dict[str, str] = {}
        self._zone = ZoneInfo(office.timezone)

    def broken(self, what: str, version: str, problems: Sequence[Problem]) -> None:
        """`what` (rules or templates) cannot be used as it is; `version` stays in force. No problems: all is well."""
        words = tuple(str(problem) for problem in problems)
        about = hashlib.sha256("\n".join((what, version, *words)).encode()).hexdigest()[:16] if words else ""
        if self._told.get(what, "") == about:
            return
        if not words:
            self._told[what] = about
            log.info("mended", what=what, version=version)
            return
        log.error("broken", what=what, in_force=version, problems=list(words))
        self._tell(about, AlarmFacts(office=self._office_name, what=what, version=version, problems=words))

    def tripped(self, why: str, at: datetime, until: datetime | None, *, count: int, of: int, hours: int) -> None:
        """The breaker holds all mails to contributors since `at`."""
        facts = AlarmFacts(
            office=self._office_name, what="breaker", why=why, count=count, of=of, hours=hours, until=self._local(until)
        )
        self._tell(f"breaker:{at.isoformat()}", facts)

    def released(self, since: datetime, count: int) -> None:
        """The breaker, tripped `since`, is closed again, and `count` mails go out."""
        self._tell(f"released:{since.isoformat()}", AlarmFacts(office=self._office_name, what="released", count=count))

    def stopped(self, reply: str, at: datetime, until: datetime | None) -> None:
        """The provider refuses the account, or all mails for a day; this goes out when it takes mails again."""
        facts = AlarmFacts(office=self._office_name, what="stopped", reply=clean(reply, 300), until=self._local(until))
        self._tell(f"stopped:{at.isoformat()}", facts)

    def taken_for_spam(self, reply: str, at: datetime) -> None:
        """The provider takes our mails for spam, again and again; told once a day."""
        facts = AlarmFacts(office=self._office_name, what="spam", reply=clean(reply, 300))
        self._tell(f"spam:{self._day(at)}", facts)

    def braked(self, address: str, count: int, at: datetime) -> None:
        """An address had its answers for now; told once a day for each, and of MOST_BRAKED addresses a day."""
        day, address = self._day(at), address.lower()
        told_on, *addresses = (self._ledger.noted(BRAKED_TODAY) or "").split() or [""]
        addresses = addresses if told_on == day else []
        if address in addresses or len(addresses) >= MOST_BRAKED:
            return
        facts = AlarmFacts(office=self._office_name, what="braked", address=clean(address), count=count)
        self._tell(f"braked:{day}:{address}", facts)
        self._ledger.note(BRAKED_TODAY, " ".join((day, *addresses, address)))

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self._zone) if moment is not None else None

    def _day(self, at: datetime) -> str:
        return at.astimezone(self._zone).date().isoformat()

    def _tell(self, about: str, facts: AlarmFacts) -> None:
        """Put it into the outbox, unless that was done for this trouble."""
        if self._told.get(facts.what, "") == about:
            return
        try:
            subject, text = self._templates().mail(ALARM, facts)
        except UserError as mistake:
            log.error("alarm-not-rendered", reason=str(mistake))
            self._told[facts.what] = about
            return
        now = self._clock.now()
        for admin in self._office.admins:
            draft = draft_alarm(
                subject,
                text,
                admin=admin,
                about=about,
                office_address=self._office.address,
                office_name=self._office_name,
                at=now,
                secret=self._key,
            )
            self._ledger.queue(draft, now)
        self._told[facts.what] = about  # only now: a full disk may have kept it out of the outbox
