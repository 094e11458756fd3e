"""The history of every thing: who changed what, when, from what to what, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailbot.edges.ledger.tables import events
from mailbot.ports import Event

MAILBOT = "mailbot"
"""Who, when no person did it."""


def write(connection: Connection, changes: Sequence[Event]) -> None:
    """Add events in the transaction of the changes themselves."""
    if changes:
        connection.execute(
            insert(events),
            [
                {
                    "at": change.at,
                    "who": change.who,
                    "thing": change.thing,
                    "was": change.was,
                    "now": change.now,
                    "why": change.why,
                }
                for change in changes
            ],
        )


def note(
    connection: Connection, at: datetime, thing: str, was: str, now: str, why: str = "", who: str = MAILBOT
) -> None:
    """Add one event."""
    write(connection, [Event(at, who, thing, was, now, why)])


def of(connection: Connection, thing: str) -> list[Event]:
    """The history of `thing` (like `letter:12`), oldest first."""
    rows = connection.execute(select(events).where(events.c.thing == thing).order_by(events.c.id))
    return [Event(row.at, row.who, row.thing, row.was, row.now, row.why) for row in rows]
