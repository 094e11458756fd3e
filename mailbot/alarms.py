"""Tells the admins, once for each trouble, what keeps changed rules or templates from being used (promise 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import structlog

from mailbot.errors import Problem, UserError
from mailbot.model import Office
from mailbot.notices.facts import AlarmFacts
from mailbot.notices.message import draft_alarm
from mailbot.notices.templates import ALARM, Templates
from mailbot.ports import Clock, Ledger

log = structlog.get_logger()


class Alarms:
    """Puts alarms into the outbox."""

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
        facts = AlarmFacts(office=self._office_name, what=what, version=version, problems=words)
        try:
            subject, text = self._templates().mail(ALARM, facts)
        except UserError as mistake:
            log.error("alarm-not-rendered", reason=str(mistake))
            self._told[what] = about
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
        self._told[what] = about  # only now: a full disk may have kept it out of the outbox
