"""Mails that are held back: the breaker that holds all of them, and what releases them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update

from mailbot.edges.ledger import events, keeping
from mailbot.edges.ledger.tables import letters, mails
from mailbot.model import HeldBy, MailCause, MailState
from mailbot.ports import Event

BREAKER = "breaker"
"""The note that holds the breaker's state while it is tripped, and the thing that its events are about."""

_TO_CONTRIBUTORS = mails.c.rank == 1


def is_going() -> ColumnElement[bool]:
    """Whether a mail went out, or will by itself: what is held for a person burdens nobody."""
    return or_(mails.c.held_by.is_(None), mails.c.held_by == HeldBy.BREAKER)


def made_query(since: datetime, arrived_since: datetime) -> Select[Any]:
    """How many answers were made since then to letters that arrived since another moment."""
    these = (mails.c.created_at >= since, mails.c.cause == MailCause.ANSWER, is_going())
    joined = mails.join(letters, letters.c.id == mails.c.letter)
    return select(func.count()).select_from(joined).where(*these, letters.c.arrived_at >= arrived_since)


def trip(connection: Connection, state: str, until: datetime | None, why: str, who: str, at: datetime) -> int:
    """Keep the breaker's state, and queue all that waits for contributors; answers how many are queued for it now."""
    was = keeping.noted(connection, BREAKER)
    keeping.note(connection, BREAKER, state)
    events.note(connection, at, BREAKER, "tripped" if was else "", "tripped", why, who)
    waiting = select(mails.c.id).where(mails.c.state == MailState.WAITING, _TO_CONTRIBUTORS)
    found = connection.scalars(waiting).all()
    held = {"state": MailState.QUEUED, "held_by": HeldBy.BREAKER}
    connection.execute(update(mails).where(mails.c.state == MailState.WAITING, _TO_CONTRIBUTORS), held)
    _tell(connection, found, MailState.WAITING, MailState.QUEUED, f"held by the breaker: {why}", events.MAILBOT, at)
    kept = (mails.c.state == MailState.QUEUED, mails.c.held_by == HeldBy.BREAKER)
    return connection.execute(update(mails).where(*kept), {"release_at": until}).rowcount


def untrip(connection: Connection, why: str, who: str, at: datetime) -> int:
    """Forget the breaker's state and release what it held; answers how many. Nothing when it was not tripped."""
    if not keeping.noted(connection, BREAKER):
        return 0
    keeping.note(connection, BREAKER, "")
    events.note(connection, at, BREAKER, "tripped", "", why, who)
    return _release(connection, mails.c.held_by == HeldBy.BREAKER, why, who, at)


def due_query(at: datetime) -> Select[Any]:
    """Queued mails whose time has come, along the index of states."""
    return select(mails.c.id).where(mails.c.state == MailState.QUEUED, mails.c.release_at <= at)


def any_due(connection: Connection, at: datetime) -> bool:
    """Whether the time of a queued mail has come."""
    return connection.scalar(due_query(at).limit(1)) is not None


def release_due(connection: Connection, at: datetime) -> int:
    """Release what is queued until now; answers how many."""
    return _release(connection, mails.c.release_at <= at, "its time has come", events.MAILBOT, at)


def release_all(connection: Connection, who: str, at: datetime) -> int:
    """Release all that is queued, whatever for; answers how many."""
    return _release(connection, None, "decided by a person", who, at)


def _release(connection: Connection, which: ColumnElement[bool] | None, why: str, who: str, at: datetime) -> int:
    these = (mails.c.state == MailState.QUEUED, *(() if which is None else (which,)))
    found = connection.scalars(select(mails.c.id).where(*these)).all()
    if found:
        free = {"state": MailState.WAITING, "held_by": None, "release_at": None}
        connection.execute(update(mails).where(*these), free)
        _tell(connection, found, MailState.QUEUED, MailState.WAITING, why, who, at)
    return len(found)


def _tell(
    connection: Connection, found: Sequence[int], was: MailState, now: MailState, why: str, who: str, at: datetime
) -> None:
    """The history of each mail says so, all in one statement: thousands may wait."""
    events.write(connection, [Event(at, who, f"mail:{mail}", was, now, why) for mail in found])
