"""Whether the worker does its work: what `mailbot status` says and a health check asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailbot.brakes import Tripped, tripped
from mailbot.model import HeldBy, MailState, SendOutcome, Stage
from mailbot.outgoing import halted

if TYPE_CHECKING:
    from mailbot.ports import Clock, Ledger, Store

MISSED_POLLS = 3
"""Intervals without a good poll after which the worker is unhealthy."""


def look(
    *,
    ledger: Ledger,
    store: Store,
    clock: Clock,
    folders: Sequence[str],
    poll_every: timedelta,
    holder: str | None,
) -> dict[str, Any]:
    """The state of things. Parked, held or uncertain items never make it unhealthy; `problems` do.

    `folders` are those that are polled; `holder` says which worker holds the ledger, None when none does.
    """
    now = clock.now()
    last = ledger.last_good_poll(folders)
    started = ledger.noted("started_at")
    since = _latest(now, last, _moment(started))
    problems = []
    if since is None:
        problems.append("the worker was never started")
    elif not timedelta() <= now - since <= MISSED_POLLS * poll_every:
        problems.append(f"no good poll since {(last or since).isoformat(timespec='seconds')}")
    halt = halted(ledger, now)
    if halt is not None and halt.why.startswith(SendOutcome.STOP.value):
        problems.append(f"the SMTP server refuses the account: {halt.why}")
    if not store.writable():
        problems.append("the storage folder cannot be written")
    try:
        ledger.note("status_asked_at", now.isoformat())
    except Exception as fault:  # noqa: BLE001 - whatever keeps the ledger from being written is the finding itself
        problems.append(f"the ledger cannot be written: {fault}")
    queued = Counter(mail.held_by or HeldBy.REHEARSAL for mail in ledger.mails(MailState.QUEUED))
    breaker = tripped(ledger)
    return {
        "healthy": not problems,
        "problems": problems,
        "worker": holder,
        "started_at": started,
        "last_good_poll": last.isoformat() if last else None,
        "waiting_mails": len(ledger.mails(MailState.WAITING)),
        "queued_mails": queued.total(),
        "queued_by": {held_by.value: count for held_by, count in sorted(queued.items())},
        "breaker": _breaker(breaker) if breaker else None,
        "uncertain_mails": len(ledger.mails(MailState.UNCERTAIN)),
        "parked_letters": len(ledger.letters_in(Stage.PARKED)),
        "free_bytes": store.free_bytes(),
    }


def describe(seen: dict[str, Any]) -> str:
    """The same for people."""
    lines = ["healthy" if seen["healthy"] else "NOT healthy", *(f"  {problem}" for problem in seen["problems"])]
    lines += [
        f"{name.replace('_', ' ')}: {value}" for name, value in seen.items() if name not in ("healthy", "problems")
    ]
    return "\n".join(lines)


def _breaker(state: Tripped) -> dict[str, Any]:
    until = state.until.isoformat() if state.until else None
    return {"why": state.why, "since": state.at.isoformat(), "until": until, "count": state.count, "of": state.of}


def _latest(now: datetime, *moments: datetime | None) -> datetime | None:
    """The latest of them that has come; one that lies ahead was written before the clock was set back."""
    come = [moment for moment in moments if moment is not None and moment <= now]
    return max(come, default=min((moment for moment in moments if moment is not None), default=None))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
