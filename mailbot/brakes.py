"""Holds answers back whoever they go to: per correspondent, after bounces, and all of them when something is abnormal.

The breaker's state lies in the ledger, so that it survives restarts and any process may ask for it:

    burst of answers | rules that flip verdicts --trip--> every mail to a contributor is queued, one alarm
        `hold_for` has passed | `notices release --all` --untrip--> they go out within the caps, all-clear
        `notices hold`: an admin says no; then only `notices release` ends it

Letters are received, judged and filed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from mailbot import codec
from mailbot.daily import FIRST_START
from mailbot.errors import UserError
from mailbot.model import Draft, HeldBy, Hold, MailCause
from mailbot.notices.brakes import DAY, a_days_worth, holds_back, is_last
from mailbot.ports import Ledger

if TYPE_CHECKING:
    from mailbot.alarms import Alarms
    from mailbot.process import Policy
    from mailbot.rulebook.load import Rulebook

log = structlog.get_logger()

REHEARSED = Hold(by=HeldBy.REHEARSAL)

BREAKER = "breaker"
"""The note of the ledger: a Tripped as JSON, "" or none while nothing is held."""
COUNTED_FROM = "breaker counts from"
"""The note that says since when answers count: what was released is no new burst."""
COMPARED = "rules compared"
"""The note with the version of the rules that the last back-test was about."""

LOOKED_BACK = timedelta(days=30)
MOST_COMPARED = 1000
"""A back-test of a change looks at what arrived in so many days, and at so many letters at most: it takes seconds."""

SILENT_FOR = timedelta(days=30)
"""How long nothing goes to an address after a mail to it came back for good."""

MAILBOT = "mailbot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tripped:
    """Why mails are held: `burst` (`count` answers in `hours`), `rules` (`count` of `of` verdicts), or `admin`.

    `until` is None where an admin said that nothing is to be released by itself.
    """

    at: datetime
    until: datetime | None
    why: str
    count: int = 0
    of: int = 0
    hours: int = 0

    def is_over(self, now: datetime) -> bool:
        """Whether its time has come; also where the clock was set back behind its beginning."""
        return self.until is not None and not self.at <= now < self.until


def tripped(ledger: Ledger) -> Tripped | None:
    """The breaker's state, None while nothing is held."""
    state = ledger.noted(BREAKER)
    return codec.load(Tripped, state) if state else None


class Brakes:
    """What keeps mails to contributors back. All that it remembers is in the ledger; any thread may use it."""

    def __init__(self, *, ledger: Ledger, policy: Policy, alarms: Alarms | None = None) -> None:
        self._ledger, self._policy, self._alarms = ledger, policy, alarms

    # --- one mail -----------------------------------------------------------------------------------------------------

    def hold(self, draft: Draft, at: datetime) -> Hold | None:
        """What keeps this mail to a contributor back, None for nothing. May trip the breaker."""
        if self._policy.notices == "queue":
            return REHEARSED
        if self._ledger.hard_bounces(draft.recipient, at - SILENT_FOR):
            log.warning("brake", reason="mails to this address came back for good")
            return Hold(by=HeldBy.BOUNCES)
        answers = draft.cause is MailCause.ANSWER
        if answers and self._over(draft, at):
            return Hold(by=HeldBy.CORRESPONDENT)
        state = tripped(self._ledger) or (self._burst(at) if answers else None)
        return Hold(by=HeldBy.BREAKER, until=state.until) if state is not None else None

    def last_answer(self, address: str, kind: str, at: datetime) -> bool:
        """Whether an answer of this kind, made now, is the last one that this address gets for the time being."""
        rate = self._policy.per_correspondent
        return rate is not None and is_last(kind, self._ledger.answers_to(address, at - rate.period), rate.count)

    def _over(self, draft: Draft, at: datetime) -> bool:
        rate = self._policy.per_correspondent
        if rate is None:
            return False
        given = self._ledger.answers_to(draft.recipient, at - rate.period)
        if not holds_back(draft.kind, given, rate.count):
            return False
        answers = sum(given.values())
        log.warning("brake", reason="this address had its answers for now", answers=answers)
        if self._alarms is not None:
            self._alarms.braked(draft.recipient, answers, at)
        return True

    # --- the breaker --------------------------------------------------------------------------------------------------

    def _burst(self, at: datetime) -> Tripped | None:
        """The breaker's state if one more answer is one too many."""
        rate = self._policy.breaker
        if rate is None:
            return None
        for window, most in ((rate.period, rate.count), (DAY, a_days_worth(rate))):
            made = self._made(at - window, at)
            if made >= most:
                return self._trip("burst", at, count=made + 1, hours=max(1, round(window / timedelta(hours=1))))
        return None

    def _made(self, since: datetime, at: datetime) -> int:
        """How many answers were made since then, without those of a first start and those that were held before."""
        released = _moment(self._ledger.noted(COUNTED_FROM))
        if released is not None and since < released <= at:
            since = released
        first_start = _moment(self._ledger.noted(FIRST_START))
        return self._ledger.answers_made(since, first_start or since - LOOKED_BACK)

    def rules_in_force(self, rulebook: Rulebook, at: datetime) -> None:
        """Compare changed rules with those before them; too many other verdicts trip the breaker. The first never do.

        Called with the rules in force before any letter is judged by them.
        """
        before = self._ledger.noted(COMPARED)
        if before == rulebook.version:
            return
        if before and self._policy.notices == "send" and self._policy.flips is not None and not tripped(self._ledger):
            flipped, judged = self._flips(before, rulebook, at)
            log.info("rules-compared", flipped=flipped, letters=judged, rulebook=rulebook.version)
            if flipped > self._policy.flips * judged:
                self._trip("rules", at, count=flipped, of=judged)
        self._ledger.note(COMPARED, rulebook.version)

    def _flips(self, before: str, rulebook: Rulebook, at: datetime) -> tuple[int, int]:
        """Of how many letters the verdict would be another one, and how many were judged by both."""
        from mailbot.rulebook.backtest import backtest
        from mailbot.rulebook.load import load_rulebook

        kept = self._ledger.kept_files("rules", before)
        if kept is None:
            return 0, 0
        try:
            was = load_rulebook(kept[1], examples=False)
        except UserError as mistake:  # kept by a program whose checks were others
            log.warning("rules-not-compared", reason=str(mistake))
            return 0, 0
        dossiers = self._ledger.dossiers(at - LOOKED_BACK, MOST_COMPARED)
        verdicts = backtest(dossiers, was, rulebook, name=lambda stored: f"letter:{stored.letter}").of_letters
        return sum(count for (old, new), count in verdicts.items() if old is not new), verdicts.total()

    def _trip(self, why: str, at: datetime, *, count: int = 0, of: int = 0, hours: int = 0) -> Tripped:
        state = Tripped(at=at, until=at + self._policy.hold_for, why=why, count=count, of=of, hours=hours)
        held = self._ledger.trip(codec.dump(state), state.until, why, MAILBOT, at)
        log.error("breaker-tripped", why=why, count=count, of=of, until=str(state.until), held_back=held)
        self._tell(state)
        return state

    def _tell(self, state: Tripped) -> None:
        if self._alarms is not None and state.why != "admin":
            self._alarms.tripped(state.why, state.at, state.until, count=state.count, of=state.of, hours=state.hours)

    def tend(self, at: datetime) -> None:
        """Release what has waited long enough; called before mails are sent."""
        self._ledger.release_due(at)
        state = tripped(self._ledger)
        if state is None:
            return
        if not state.is_over(at):
            self._tell(state)  # a death may have come between the breaker and its alarm; told once
            return
        self._ledger.note(COUNTED_FROM, at.isoformat())
        held = self._ledger.untrip("its time has come", MAILBOT, at)
        log.warning("breaker-released", released=held)
        if self._alarms is not None:
            self._alarms.released(state.at, held)

    # --- by hand ------------------------------------------------------------------------------------------------------

    def stop(self, who: str, at: datetime) -> int:
        """An admin says no: what waits is queued, and nothing is released by itself. How many the breaker holds."""
        was = tripped(self._ledger)
        state = replace(was, until=None) if was is not None else Tripped(at=at, until=None, why="admin")
        return self._ledger.trip(codec.dump(state), None, "an admin holds all mails to contributors", who, at)

    def release_all(self, who: str, at: datetime) -> int:
        """An admin lets everything go that is held back, and the breaker closes; how many mails."""
        self._ledger.note(COUNTED_FROM, at.isoformat())
        return self._ledger.untrip("released by an admin", who, at) + self._ledger.release_all(who, at)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
